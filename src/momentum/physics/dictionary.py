r"""The dictionary between a ball, :math:`m \ddot w + c\,\dot w = -\nabla f`, and the optimizer.

Its units: `mass` [M], `drag` [M/T], `time_step` [T], with the loss in [M L^2/T^2] and the weights in [L].
"""

from __future__ import annotations

from typing import Any

import numpy as np

from momentum._checks import check_finite, check_lr, check_mu, check_positive, refuse

INTEGRATORS = ("semi-implicit", "implicit-drag", "exact-drag")


def to_optimizer(mass: Any, drag: Any, time_step: Any, integrator: str = "semi-implicit") -> tuple[Any, Any]:
    r"""Return the `lr` and `mu` with which form A moves as this ball does.

    The position always moves with the *new* velocity. The integrators differ in the drag:

    ================ ======================================== ============================
    "semi-implicit"  :math:`\mu = 1 - ch/m`                   :math:`\eta = h^2/m`
    "implicit-drag"  :math:`\mu = m/(m + ch)`                 :math:`\eta = h^2/(m + ch)`
    "exact-drag"     :math:`\mu = e^{-ch/m}`                  :math:`\eta = h(1 - \mu)/c`
    ================ ======================================== ============================

    Parameters
    ----------
    mass, drag, time_step : float or array
        The ball's mass m, its viscous drag c and the time h that one update takes, all positive. With no
        drag at all `mu` would be 1, which no optimizer accepts.
    integrator : {"semi-implicit", "implicit-drag", "exact-drag"}
        Whether the drag acts on the old velocity, on the new one, or is solved exactly over the step.

    Returns
    -------
    lr, mu : float or array

    Raises
    ------
    ValueError
        If an argument is not positive, the integrator is unknown, or the drag is so strong that the
        semi-implicit step would turn the velocity round (``drag * time_step > mass``).

    References
    ----------
    Qian (1999) for the analogy; Hairer, Lubich and Wanner (2006) for the integrators.

    Examples
    --------
    >>> to_optimizer(mass=1.0, drag=2.0, time_step=0.25)
    (0.0625, 0.5)
    """
    for name, value in (("mass", mass), ("drag", drag), ("time_step", time_step)):
        check_positive(value, name)
    if integrator == "semi-implicit":
        mu = 1 - drag * time_step / mass
        # `to_ball` of mu = 0 gives a drag of mass / time_step, which may be an ulp more than that.
        if not np.all(mu >= -1e-12):
            raise refuse("drag", drag, "at most mass / time_step for the semi-implicit integrator")
        return time_step**2 / mass, mu * (mu > 0)
    if integrator == "implicit-drag":
        return time_step**2 / (mass + drag * time_step), mass / (mass + drag * time_step)
    if integrator == "exact-drag":
        mass, drag, time_step = (np.asarray(value, dtype=float) for value in (mass, drag, time_step))
        exponent = -drag * time_step / mass
        return -time_step * np.expm1(exponent) / drag, np.exp(exponent)
    raise refuse("integrator", integrator, f"one of {', '.join(INTEGRATORS)}")


def to_ball(lr: Any, mu: Any, mass: Any = 1.0) -> tuple[Any, Any]:
    r"""Return the drag and the time step of the ball that form A integrates semi-implicitly.

    One scale is free: any mass gives a ball, with :math:`h = \sqrt{m\eta}` and
    :math:`c = (1 - \mu) m / h`.

    Parameters
    ----------
    lr : float or array
        The learning rate, positive.
    mu : float or array
        The momentum coefficient, in [0, 1).
    mass : float or array
        The ball's mass, positive.

    Returns
    -------
    drag, time_step : float or array

    Raises
    ------
    ValueError
        If `lr` or `mass` is not positive or `mu` lies outside [0, 1).

    Examples
    --------
    >>> drag, time_step = to_ball(lr=0.0625, mu=0.5)
    >>> float(drag), float(time_step)
    (2.0, 0.25)
    """
    check_positive(lr, "lr")
    check_mu(mu)
    check_positive(mass, "mass")
    lr, mu, mass = (np.asarray(value, dtype=float) for value in (lr, mu, mass))
    time_step = np.sqrt(mass * lr)
    return (1 - mu) * mass / time_step, time_step


def terminal_velocity(lr: Any, mu: Any, gradient: Any) -> Any:
    r"""Return the velocity that form A tends to on a constant slope, :math:`-\eta g / (1 - \mu)`.

    Parameters
    ----------
    lr : float or array
        The learning rate, finite and not negative.
    mu : float or array
        The momentum coefficient, in [0, 1).
    gradient : float or array
        The constant gradient; the velocity points the other way.

    Returns
    -------
    float or array
        A displacement a step, with its sign.

    Raises
    ------
    ValueError
        If `lr` is negative or not finite, `mu` lies outside [0, 1), or `gradient` is not finite.

    Examples
    --------
    >>> terminal_velocity(lr=0.25, mu=0.5, gradient=2.0)
    -1.0
    """
    check_lr(lr)
    check_mu(mu)
    check_finite(gradient, "gradient")
    return -lr * gradient / (1 - mu)
