"""Whatever call of the system fails, the program ends with the whole table or with an error: no signal, no hang."""

import pytest

import torture

pytestmark = pytest.mark.xdist_group("torture")
EVERY = 13  # allocation; all of them take many minutes
MODES = pytest.mark.parametrize("always", [False, True], ids=["once", "from there on"])


@MODES
def test_short_of_memory_it_says_so(listing, always, scratch):
    usual, found = torture.Torture(*listing, "malloc", always, scratch).outcomes(EVERY)
    assert torture.complaints_of_memory(usual, found) == []


@MODES
@pytest.mark.parametrize("call", ["write", "send", "recv", "connect", "open", "poll"])
def test_a_call_that_fails_is_an_error_or_no_matter(listing, call, always, scratch):
    usual, found = torture.Torture(*listing, call, always, scratch).outcomes(1)
    assert torture.complaints(usual, found) == []
