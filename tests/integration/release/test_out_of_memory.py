"""Each single allocation fails, alone or with all that follow: the program ends, and says why."""

import pytest

import torture


@pytest.mark.parametrize("always", [False, True], ids=["once", "from there on"])
def test_short_of_memory_it_says_so(listing, always, scratch):
    usual, found = torture.Torture(*listing, "malloc", always, scratch).outcomes(1)
    assert torture.complaints_of_memory(usual, found) == []
