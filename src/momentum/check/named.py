"""Formulas and proofs that exercises ask for by name, so that the question does not show the answer."""

from __future__ import annotations

from collections.abc import Mapping

# Each with the symbols that may occur.
FORMULAS: dict[str, tuple[str, str]] = {
    "stability limit of the averaged form": ("2*(1 + mu)/(1 - mu)", "mu"),
    "stationary variance of the averaged form": (
        "lr*s2*(1 + mu)/(lam*(2*(1 + mu) - lr*lam*(1 - mu)))",
        "lr mu lam s2",
    ),
    "momentum that damps bouncing best": ("(sqrt(a) - 1)**2", "a"),
    "kinetic energy after braking twice": ("r**3", "r"),
    "room of Nesterov's method": ("(1 + mu)/((1 + 2*mu)*(1 - mu))", "mu"),
    "edge with weight decay": ("2*(1 + mu)/lr - wd", "lr mu wd"),
    "critical damping of Nesterov's method": ("(1 - sqrt(a))/(1 + sqrt(a))", "a"),
    "momentum correction": ("lr_new/lr_old", "lr_old lr_new"),
    "gap after two steps": ("(lr_new - lr_old)*mu*g", "lr_old lr_new mu g"),
    "gap of Nesterov's forms": ("mu**2*(lr - lr_old)*b", "mu lr lr_old b"),
}

# For each step, by its label in the exercise, the steps that it uses; None if it is not of the proof.
PROOFS: dict[str, Mapping[str, str | None]] = {
    "stability of momentum": {"A": "", "B": "G", "C": "AB", "D": None, "E": "F", "F": "", "G": "E"},
    "stationary variances": {"A": "E", "B": None, "C": "AEF", "D": "AC", "E": "", "F": ""},
    "sign test": {"A": "F", "B": "E", "C": "", "D": None, "E": "AG", "F": "", "G": "C"},
    "saddles at equal effective learning rate": (
        {"A": "DF", "B": "DE", "C": "B", "D": "", "E": "A", "F": "", "G": None}
    ),
    "Nesterov's estimate": ({"A": "FH", "B": "", "C": "G", "D": "A", "E": None, "F": "BC", "G": "", "H": ""}),
    "best learning rate": {"A": "D", "B": "F", "C": "B", "D": "", "E": None, "F": "A", "G": "C"},
    "energy law": {"A": "EG", "B": "", "C": "F", "D": None, "E": "", "F": "AB", "G": ""},
    "when the forms agree": (
        {"A": "E", "B": "F", "C": "", "D": "CH", "E": "", "F": "A", "G": None, "H": "B"}
    ),
}
