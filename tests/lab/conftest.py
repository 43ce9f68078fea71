"""Labs for a test, closed after it."""

from collections.abc import Callable, Iterator

import pytest

from momentum.lab import Lab


@pytest.fixture
def keep() -> Iterator[Callable[[Lab], Lab]]:
    """A function that takes a lab and hands it back; it is closed when the test is over."""
    kept: list[Lab] = []

    def keep(lab: Lab) -> Lab:
        kept.append(lab)
        return lab

    yield keep
    for lab in kept:
        lab.close()
