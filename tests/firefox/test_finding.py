"""A machine without Firefox."""

import pytest
from finding import INSTALL, installed


def test_a_firefox_that_is_not_there_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIREFOX", "no-such-firefox")
    assert installed() is None
    assert INSTALL.startswith("No Firefox for the tests: install it")
