"""Allocations fail, one of them or all from one on: the program ends, and says why."""

import pytest

import torture

pytestmark = pytest.mark.xdist_group("program")
EVERY = 5  # all of them take many minutes


@pytest.mark.parametrize("always", [False, True], ids=["once", "from there on"])
def test_short_of_memory_it_says_so(listing, always, scratch):
    usual, found = torture.Torture(*listing, "malloc", always, scratch).outcomes(EVERY)
    assert torture.complaints_of_memory(usual, found) == []
