"""What the option parser refuses is told in three parts, and names what can be typed instead."""

import pytest

from tests.cli.conftest import Speechcx


@pytest.mark.parametrize(
    ("typed", "found", "expected", "cure"),
    [
        ("flags --ruel x", "no option '--ruel'", "an option of `speechcx flags --help`", "use --rule"),
        ("agents --limt 3", "no option '--limt'", "an option of `speechcx agents --help`", "leave it out"),
        ("--quiet", "no option '--quiet'", "an option of `speechcx --help`", "speechcx --help"),
        ("show", "no CALL is given", "speechcx show CALL", "for example `speechcx show"),
        ("agents --sort", "requires an argument", "--sort ", "see `speechcx agents --help`"),
        ("show one two three", "'two three' is one word too many", "speechcx show CALL", "in quotes"),
        ("calls --limit x", "the value of --limit does not fit", "a valid integer", "speechcx calls --help"),
        ("calls --limit 0", "the value of --limit does not fit", "or equal to 1", "correct it"),
    ],
)
def test_a_mistake_is_told_in_three_parts(
    speechcx: Speechcx, typed: str, found: str, expected: str, cure: str
) -> None:
    """What was found, what was expected and what to do, with exit code 2 and nothing on stdout."""
    ran = speechcx(*typed.split())
    assert (2, "") == (ran.code, ran.out)
    first, second, third = ran.err.strip().splitlines()
    assert first.startswith("speechcx: ")
    assert found in first
    assert second.startswith("  Expected: ")
    assert expected in second
    assert third.startswith("  To do: ")
    assert cure in third


def test_help_is_no_mistake(speechcx: Speechcx) -> None:
    """Of a command, a group and the program."""
    for typed in (("agents", "--help"), ("flags", "--help"), ("--help",)):
        assert 0 == speechcx(*typed).code
