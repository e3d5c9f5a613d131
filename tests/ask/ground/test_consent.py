"""What a source says of opting out and resolving, in any letters, and nothing where it says nothing."""

from __future__ import annotations

import pytest

from speechcx.ask.ground.consent import is_opted_out, is_resolved, is_unresolved, read_columns


@pytest.mark.parametrize("text", ["yes", " TRUE ", "1", "x"])
def test_yes_in_any_letters(text: str) -> None:
    """As exports of other systems write it."""
    assert is_opted_out({"do_not_call": text})
    assert is_resolved({"resolved": text})
    assert not is_unresolved({"resolved": text})


@pytest.mark.parametrize("text", ["no", "False", "0"])
def test_no_is_not_nothing(text: str) -> None:
    """A no of resolving is a reason to call; nothing is none."""
    assert is_unresolved({"is_resolved": text})
    assert not is_opted_out({"opt_out": text})


@pytest.mark.parametrize("columns", [{}, {"resolved": ""}, {"resolved": "perhaps"}, {"other": "yes"}])
def test_nothing_says_nothing(columns: dict[str, str]) -> None:
    """Neither yes nor no is read into it."""
    assert [False] * 3 == [is_resolved(columns), is_unresolved(columns), is_opted_out(columns)]


def test_columns_are_read_in_both_forms() -> None:
    """An object, or a list of pairs where a name comes twice."""
    assert read_columns('{"a": "1"}') == {"a": "1"}
    assert read_columns('[["a", "1"], ["a", "2"]]') == {"a": "2"}
