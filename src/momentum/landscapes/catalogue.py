"""The landscapes of the course, each by its table of coefficients."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from momentum._checks import check_finite, check_positive
from momentum.landscapes.landscape import Landscape
from momentum.landscapes.tables import exact


def slope(gradient: Any = 1.0) -> Landscape:
    r"""Return an endless slope, :math:`f(w) = g w`.

    Parameters
    ----------
    gradient : number
        The slope :math:`g`, finite.

    Returns
    -------
    Landscape

    Examples
    --------
    >>> slope(2.0).gradient([5.0])
    array([2.])
    """
    check_finite(gradient, "gradient")
    return Landscape("slope", 1, (exact([[0], [gradient]]),), ((-4.0, 4.0),))


def bowl(curvature: Any = 1.0) -> Landscape:
    r"""Return a parabola, :math:`f(w) = \tfrac12 \lambda w^2`.

    Parameters
    ----------
    curvature : number
        The curvature :math:`\lambda`, positive.

    Returns
    -------
    Landscape

    Examples
    --------
    >>> float(bowl(3.0).value([2.0]))
    6.0
    """
    check_positive(curvature, "curvature")
    return Landscape("bowl", 1, (exact([[0], [0], [Fraction(curvature) / 2]]),), ((-2.0, 2.0),))


def ravine(condition_number: Any = 10.0) -> Landscape:
    r"""Return a long valley, :math:`f(w) = \tfrac12 (w_1^2 + \kappa w_2^2)`.

    Its curvatures are :math:`\ell = 1` along the valley and :math:`L = \kappa` across.

    Parameters
    ----------
    condition_number : number
        The ratio :math:`\kappa` of the curvatures, positive.

    Returns
    -------
    Landscape

    Examples
    --------
    >>> ravine(10).hessian([0.0, 0.0])
    array([[ 1.,  0.],
           [ 0., 10.]])
    """
    check_positive(condition_number, "condition_number")
    table = exact([[0, 0, Fraction(condition_number) / 2], [0], [Fraction(1, 2)]])
    return Landscape("ravine", 2, (table,), ((-2.5, 2.5), (-1.5, 1.5)), near=((0.0, 0.0),))


def double_well(tilt: Any = 0.2) -> Landscape:
    r"""Return two valleys with a barrier between, :math:`f(w) = \tfrac14 (w^2 - 1)^2 + t w`.

    Parameters
    ----------
    tilt : number
        How much the right valley is lifted over the left, finite. Both exist for
        :math:`|t| < 2 / \sqrt{27} \approx 0.385`.

    Returns
    -------
    Landscape

    Examples
    --------
    >>> [point.kind for point in double_well(0.2).critical_points]
    ['minimum', 'maximum', 'minimum']
    """
    check_finite(tilt, "tilt")
    table = exact([[Fraction(1, 4)], [tilt], [Fraction(-1, 2)], [0], [Fraction(1, 4)]])
    return Landscape("double well", 1, (table,), ((-2.0, 2.0),))


def bumps(rise: Any = Fraction(1, 2)) -> Landscape:
    r"""Return a hill that falls to the right over slight uphills into a bowl.

    The gradient is the polygon through :math:`-2, r, -2, r, -2, r, -2, 3` at :math:`w = -5, -4, \dots, 2`,
    continued at both ends: the loss is made of parabolas that join smoothly.

    Parameters
    ----------
    rise : number
        The steepest uphill :math:`r` on the way, positive.

    Returns
    -------
    Landscape

    Examples
    --------
    >>> bumps(0.5).gradient([[-5.0], [-4.0]]).ravel()
    array([-2. ,  0.5])
    """
    check_positive(rise, "rise")
    knots = list(range(-5, 3))
    gradients = [Fraction(-2), Fraction(rise)] * 3 + [Fraction(-2), Fraction(3)]
    pieces, value = [], Fraction(0)
    for x, g, g_next in zip(knots[:-1], gradients[:-1], gradients[1:], strict=True):
        # value + g (w - x) + curvature (w - x)^2 / 2, multiplied out.
        curvature = g_next - g
        constant = value - g * x + curvature * x * x / 2
        pieces.append(exact([[constant], [g - curvature * x], [curvature / 2]]))
        value += (g + g_next) / 2
    breaks = tuple(Fraction(x) for x in knots[1:-1])
    return Landscape("bumps", 1, tuple(pieces), ((-5.5, 3.0),), breaks)


def saddle(curvature: Any = 1.0) -> Landscape:
    r"""Return a pass, :math:`f(w) = \tfrac12 \lambda (w_1^2 - w_2^2)`, up along one axis, down along one.

    Parameters
    ----------
    curvature : number
        The size :math:`\lambda` of both curvatures, positive.

    Returns
    -------
    Landscape

    Examples
    --------
    >>> saddle().critical_points[0].kind
    'saddle'
    """
    check_positive(curvature, "curvature")
    half = Fraction(curvature) / 2
    domain = ((-2.0, 2.0), (-2.0, 2.0))
    return Landscape("saddle", 2, (exact([[0, 0, -half], [0], [half]]),), domain, near=((0.0, 0.0),))


def rosenbrock() -> Landscape:
    r"""Return Rosenbrock's curved valley, :math:`f(w) = (1 - w_1)^2 + 100 (w_2 - w_1^2)^2`.

    Returns
    -------
    Landscape

    References
    ----------
    Rosenbrock (1960).

    Examples
    --------
    >>> rosenbrock().critical_points[0].w
    (1.0, 1.0)
    """
    table = exact([[1, 0, 100], [-2], [1, -200], [0], [100]])
    return Landscape("rosenbrock", 2, (table,), ((-2.0, 2.0), (-1.0, 3.0)), near=((1.0, 1.0),))


def himmelblau() -> Landscape:
    r"""Return Himmelblau's function, :math:`f(w) = (w_1^2 + w_2 - 11)^2 + (w_1 + w_2^2 - 7)^2`.

    Four minima of the same depth, four saddles, one maximum.

    Returns
    -------
    Landscape

    References
    ----------
    Himmelblau (1972).

    Examples
    --------
    >>> sum(point.kind == "minimum" for point in himmelblau().critical_points)
    4
    """
    table = exact([[170, -22, -13, 0, 1], [-14, 0, 2], [-21, 2], [0], [1]])
    near = (
        (3.0, 2.0), (-2.8, 3.1), (-3.8, -3.3), (3.6, -1.8),  # minima
        (0.1, 2.9), (-0.1, -2.0), (-3.1, -0.1), (3.4, 0.1),  # saddles
        (-0.3, -0.9),  # maximum
    )  # fmt: skip
    return Landscape("himmelblau", 2, (table,), ((-5.0, 5.0), (-5.0, 5.0)), near=near)


def lessard() -> Landscape:
    r"""Return the smooth, strongly convex function on which tuned heavy ball cycles for ever.

    Its gradient is :math:`25w` below 1, :math:`w + 24` from 1 to 2, and :math:`25w - 24` from 2 on:
    every curvature lies between :math:`\ell = 1` and :math:`L = 25`.

    Returns
    -------
    Landscape

    References
    ----------
    Lessard, Recht and Packard (2016), section 4.6.

    Examples
    --------
    >>> lessard().gradient([[0.5], [1.5], [3.0]]).ravel()
    array([12.5, 25.5, 51. ])
    """
    pieces = (
        exact([[0], [0], [Fraction(25, 2)]]),
        exact([[-12], [24], [Fraction(1, 2)]]),
        exact([[36], [-24], [Fraction(25, 2)]]),
    )
    return Landscape("lessard", 1, pieces, ((-2.5, 3.5),), (Fraction(1), Fraction(2)))
