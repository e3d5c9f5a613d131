"""Only the command that was typed is built, and a wrong one is answered with the nearest."""

from __future__ import annotations

import pytest
from typer.main import get_command

from speechcx.cli import app, build_app
from speechcx.cli.command_choice import COMMANDS, find_modules, narrow
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


def commands_of(words: list[str]) -> dict[str, object]:
    return get_command(narrow(app, words)).commands  # type: ignore[attr-defined, no-any-return]


def test_one_command_is_built_for_one_that_is_typed() -> None:
    """With all its options; a group with all its commands."""
    whole = get_command(app).commands  # type: ignore[attr-defined]
    for typed in ("agents", "rules", "failures", "users"):
        found = commands_of([typed, "--json"])
        assert [typed] == list(found)
        assert [one.name for one in whole[typed].params] == [one.name for one in found[typed].params]
        assert getattr(whole[typed], "commands", {}).keys() == getattr(found[typed], "commands", {}).keys()


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"]])
def test_the_list_of_commands_is_whole(words: list[str]) -> None:
    """Every command in its order and with its help, none with options of its own."""
    whole, found = get_command(app).commands, commands_of(words)  # type: ignore[attr-defined]
    assert [(name, one.help) for name, one in whole.items()] == [
        (name, one.help) for name, one in found.items()
    ]
    assert {0} == {len([one for one in command.params if one.name != "help"]) for command in found.values()}


def test_a_misspelt_command_is_told_the_nearest(speechcx: Speechcx) -> None:
    """All commands are known where none was meant."""
    ran = speechcx("agnts")
    assert 2 == ran.code
    assert "agents" in ran.err


def test_every_command_is_found_in_its_module() -> None:
    """The list of modules names the commands that each registers, so that loading one of them is enough."""
    found = {
        module: tuple(get_command(build_app((module,))).commands) for module in COMMANDS if module != "demo"
    }  # type: ignore[attr-defined]
    assert {module: names for module, names in COMMANDS.items() if module in found} == {
        module: tuple(sorted(names, key=list(COMMANDS[module]).index)) for module, names in found.items()
    }
    assert ("explore",) == find_modules(["agents", "--json"])
    assert tuple(COMMANDS) == find_modules(["agnts"]) == find_modules([])


def test_a_typed_value_is_checked_and_a_default_is_not(speechcx: Speechcx) -> None:
    """Options that nobody typed keep the value of the signature; a wrong one is refused as ever."""
    ran = speechcx("agents", "--min-n", "many")
    assert (2, "") == (ran.code, ran.out)
    assert "--min-n" in ran.err
