"""`SGD`: the optimizer as a learner meets it in a framework, keeping its state between steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from momentum._checks import FLOATS, as_kind, check_lr, check_mu, check_shape, refuse
from momentum.updates.kernels import OPTIMIZERS

FORMS = ("velocity", "accumulator", "averaged")


class SGD:
    r"""Stochastic gradient descent with momentum that keeps its state, starting at zero.

    Parameters
    ----------
    lr : float
        The learning rate, finite and not negative. May be set between steps.
    mu : float
        The momentum coefficient, in [0, 1). May be set between steps. With 0 this is plain SGD.
    form : {"velocity", "accumulator", "averaged"}
        Which of the three ways to write the update is run: form A (Keras), B (PyTorch), E (an average).
    nesterov : bool
        Take the gradient at the look-ahead point; the stored weights are that point.

    Raises
    ------
    ValueError
        If an argument is out of its range, or Nesterov is asked of the averaged form: no framework
        defines that combination, so there is nothing that it should agree with.

    Examples
    --------
    >>> import numpy as np
    >>> w = np.array([1.0, -2.0])
    >>> optimizer = SGD(lr=0.25, mu=0.5)
    >>> for _ in range(2):
    ...     _ = optimizer.step(w, 2 * w)
    >>> w
    array([0., 0.])
    """

    def __init__(self, lr: float, mu: float = 0.9, form: str = "velocity", nesterov: bool = False) -> None:
        if form not in FORMS:
            raise refuse("form", form, f"one of {', '.join(FORMS)}")
        if nesterov and form == "averaged":
            raise refuse("nesterov", nesterov, 'False when form is "averaged"')
        self.lr = lr
        self.mu = mu
        self._form = form
        self._nesterov = bool(nesterov)
        self._kernel = OPTIMIZERS[form, self._nesterov]
        self._state: list[np.ndarray[Any, Any]] = []
        self._work: list[np.ndarray[Any, Any]] = []

    @property
    def lr(self) -> float:
        """The learning rate of the next step."""
        return self._lr

    @lr.setter
    def lr(self, lr: float) -> None:
        check_lr(lr)
        self._lr = lr

    @property
    def mu(self) -> float:
        """The momentum coefficient of the next step."""
        return self._mu

    @mu.setter
    def mu(self, mu: float) -> None:
        check_mu(mu)
        self._mu = mu

    @property
    def form(self) -> str:
        """Which of the forms is run."""
        return self._form

    @property
    def nesterov(self) -> bool:
        """Whether the gradient is taken at the look-ahead point."""
        return self._nesterov

    def __repr__(self) -> str:
        return f"SGD(lr={self.lr}, mu={self.mu}, form={self.form!r}, nesterov={self.nesterov})"

    def step(self, params: Any, grads: Any) -> Any:
        """Move the parameters by one step, in place.

        Parameters
        ----------
        params : array or list of arrays
            The weights: float32, float64, or objects such as `fractions.Fraction`. Changed in place.
        grads : array or list of arrays
            The gradient at `params`, of the same shapes. Not changed, and not kept.

        Returns
        -------
        params
            What came in, moved.

        Raises
        ------
        ValueError
            If the shapes do not fit each other or the state, or an array cannot hold the result.
        """
        if isinstance(params, np.ndarray):
            weights, gradients = [params], [grads]
        else:
            weights, gradients = params, grads
            if not isinstance(params, list | tuple):
                raise refuse("params", params, "an array, or a list of arrays")
            if not isinstance(grads, list | tuple) or len(grads) != len(params):
                raise refuse("grads", grads, f"a list of {len(params)} arrays, as params is")
        self._check(weights, gradients)
        for w, g, state, work in zip(weights, gradients, self._state, self._work, strict=True):
            lr, mu = as_kind(self._lr, w.dtype), as_kind(self._mu, w.dtype)
            self._kernel(w, state, g, lr, mu, w, work)
        return params

    def _check(self, weights: Any, gradients: Any) -> None:
        """Check the arrays of one step before any of them is changed; make the state at the first."""
        for w, g in zip(weights, gradients, strict=True):
            if not isinstance(w, np.ndarray) or (w.dtype not in FLOATS and w.dtype.kind != "O"):
                raise refuse("params", w, "an array of float32, float64 or Fraction, or a list of them")
            check_shape(g, w.shape, "grads", "params")
        if not self._state:
            self._state = [np.zeros_like(w) for w in weights]
        if [s.shape for s in self._state] != [w.shape for w in weights]:
            shapes = [w.shape for w in weights]
            raise refuse("params", shapes, f"of the shapes of the state, {[s.shape for s in self._state]}")
        if len(self._work) != len(weights):
            self._work = [np.empty_like(w) for w in weights]

    def state_dict(self) -> dict[str, Any]:
        """Return everything that a later `load_state_dict` needs, as copies."""
        return {
            "lr": self.lr,
            "mu": self.mu,
            "form": self.form,
            "nesterov": self.nesterov,
            "state": [state.copy() for state in self._state],
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue where another optimizer of the same form stopped.

        Parameters
        ----------
        state_dict : dict
            What `state_dict` returned.

        Raises
        ------
        ValueError
            If a key is missing, or the form or Nesterov differ from this optimizer's: the two states
            mean different things, and `velocity_from_accumulator` and its inverse convert them.
        """
        expected = {"lr", "mu", "form", "nesterov", "state"}
        if set(state_dict) != expected:
            raise refuse("state_dict", sorted(state_dict), f"a dict with the keys {sorted(expected)}")
        for name in ("form", "nesterov"):
            if state_dict[name] != getattr(self, name):
                raise refuse(f"state_dict[{name!r}]", state_dict[name], repr(getattr(self, name)))
        self.lr, self.mu = state_dict["lr"], state_dict["mu"]
        self._state = [state.copy() for state in state_dict["state"]]
        self._work = []
