"""Figures that move, and questions: widgets in Jupyter, and the same code on a page without a kernel.

Each lab is an `anywidget` whose traits hold its whole state. `lab.path` gives the arrays that the figure
draws, `lab.observe` tells of changes, and `ipywidgets.jslink` ties a trait to another widget.
`Quiz` shows the questions of a chapter.
"""

from momentum.lab.ball import BallLab
from momentum.lab.base import Lab
from momentum.lab.eigen import EigenLab
from momentum.lab.escape import EscapeLab
from momentum.lab.forms import FormsLab
from momentum.lab.noise import NoiseLab
from momentum.lab.path import PathLab
from momentum.lab.phase import PhaseLab
from momentum.lab.quiz import Quiz

__all__ = ["BallLab", "EigenLab", "EscapeLab", "FormsLab", "Lab", "NoiseLab", "PathLab", "PhaseLab", "Quiz"]
