"""The help of a command begins with an example that can be typed."""

import shlex

import pytest
from typer.main import get_command

from speechcx.cli import app
from speechcx.cli.command_examples import EXAMPLES
from tests.cli.conftest import Speechcx


@pytest.mark.parametrize("command", EXAMPLES)
def test_an_example_is_accepted_as_it_stands(command: str) -> None:
    """Every word and option of it is one that the command takes."""
    words = shlex.split(EXAMPLES[command])
    assert words[: len(command.split())] == command.split()
    found = get_command(app)
    for word in command.split():
        found = found.commands[word]
    found.make_context(command, words[len(command.split()) :])


def test_help_begins_with_the_example(speechcx: Speechcx) -> None:
    """Before the usage line, for commands and those of groups."""
    assert speechcx("agents", "--help").out.splitlines()[0] == f"Example: speechcx {EXAMPLES['agents']}"
    assert speechcx("layouts", "try", "--help").out.startswith("Example: speechcx layouts try recordings\n")
