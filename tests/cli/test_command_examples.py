"""The help of a command begins with an example that can be typed."""

import shlex
from collections.abc import Iterator

import pytest
import typer
from typer.main import get_command

from speechcx.cli import app
from tests.cli.conftest import Speechcx


def list_commands(inside: typer.Typer = app, *words: str) -> Iterator[tuple[str, str]]:
    """Every command as it is typed, and its example."""
    for one in inside.registered_commands:
        assert one.callback is not None
        name = one.name or one.callback.__name__.lower().replace("_", "-")
        yield " ".join((*words, name)), getattr(one.callback, "example", "")
    for group in inside.registered_groups:
        assert group.typer_instance is not None
        yield from list_commands(
            group.typer_instance, *words, str(group.name or group.typer_instance.info.name)
        )


# Built once: it is all commands with their options, a quarter of a second.
ROOT = get_command(app)


@pytest.mark.parametrize(("command", "example"), list(list_commands()))
def test_an_example_is_accepted_as_it_stands(command: str, example: str) -> None:
    """Every command has one, and every word and option of it is one that the command takes."""
    words = shlex.split(example)
    assert words[: len(command.split())] == command.split()
    found = ROOT
    for word in command.split():
        found = found.commands[word]
    found.make_context(command, words[len(command.split()) :])


def test_help_begins_with_the_example(speechcx: Speechcx) -> None:
    """Before the usage line, for commands and those of groups."""
    assert speechcx("agents", "--help").out.startswith(
        "Example: speechcx agents --period 2026-W10 --team cards\n"
    )
    assert speechcx("layouts", "try", "--help").out.startswith("Example: speechcx layouts try recordings\n")
