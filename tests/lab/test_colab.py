"""Colab shows a lab without a line of the reader's: anywidget sees to it, and this holds it to that."""

import sys
from types import ModuleType

from anywidget import _util

from momentum.lab import BallLab


def test_colab_is_told_to_show_widgets(monkeypatch):
    calls = []
    _util.enable_custom_widget_manager_once.cache_clear()
    output = ModuleType("google.colab.output")
    output.enable_custom_widget_manager = lambda: calls.append("enabled")
    for name, module in {
        "google": ModuleType("google"),
        "google.colab": ModuleType("google.colab"),
        "google.colab.output": output,
    }.items():
        monkeypatch.setitem(sys.modules, name, module)
    BallLab().close()
    assert calls == ["enabled"]
