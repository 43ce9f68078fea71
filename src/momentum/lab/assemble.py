"""Join the modules in `js/` into the one module that a notebook front end wants.

JupyterLab imports a widget's code from an address of its own making, so the code cannot import its
neighbours. `assemble` therefore puts every module that `entry` needs into one text, each once, after
those it needs itself, and takes the lines away that refer from one to another:

* ``import { a } from "./b.js";`` is dropped, because `b.js` stands further up in the same text;
* ``export`` is dropped, except for the default export of `entry`.

The modules share one scope then, so no two of them may use one top-level name (a test checks that).
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(?P<name>[\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


@cache
def source(name: str) -> str:
    """Return the text of one file in `js/`."""
    return (files("momentum.lab") / "js" / name).read_text("utf-8")


def order(entry: str) -> list[str]:
    """Return the modules that `entry` needs, each after those it needs itself, `entry` last.

    Parameters
    ----------
    entry : str
        A file in `js/`.

    Returns
    -------
    list of str

    Examples
    --------
    >>> order("shell.js")
    ['writing.js', 'controls.js', 'shell.js']
    """
    done: list[str] = []

    def visit(name: str) -> None:
        for match in _IMPORT.finditer(source(name)):
            visit(match["name"])
        if name not in done:
            done.append(name)

    visit(entry)
    return done


@cache
def assemble(entry: str) -> str:
    """Return `entry` and all that it needs as the text of one ES module.

    Parameters
    ----------
    entry : str
        A file in `js/` with a default export, such as ``"ball.js"``.

    Returns
    -------
    str
    """
    parts = [f"// {name}\n" + _EXPORT.sub("", _IMPORT.sub("", source(name))) for name in order(entry)]
    return "\n".join(parts)
