"""A mistyped command: one message with what to type, and never a command that destroys."""

import pytest

from tests.cli.conftest import Speechcx


@pytest.mark.parametrize(
    ("typed", "cure"),
    [
        ("agnets", "speechcx agents"),
        ("ls", "speechcx calls"),
        ("transcribe", "speechcx analyze"),
        ("erasse", "speechcx --help"),
        ("restor", "speechcx --help"),
        ("zzz", "speechcx --help"),
        ("rules lnt", "speechcx rules lint"),
        ("failures rety", "speechcx failures retry"),
    ],
)
def test_the_nearest_harmless_command_is_named(speechcx: Speechcx, typed: str, cure: str) -> None:
    """What was typed, what was expected, and the command to type."""
    ran = speechcx(*typed.split())
    assert (2, "") == (ran.code, ran.out)
    assert f"no command '{typed.split()[-1]}'" in ran.err
    assert ran.err.rstrip().endswith(f"To do: {cure}")
