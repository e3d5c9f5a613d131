"""Only the command that was typed is built: reading the options of all others costs more than many an answer."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

import typer
from typer.models import CommandInfo, TyperInfo


def narrow(app: typer.Typer, words: Sequence[str]) -> typer.Typer:
    """The app with the command only that `words` begin with; to list commands, with all of them but no options.

    Parameters
    ----------
    app
        All commands.
    words
        What was typed after the program's name.
    """
    typed = next(iter(words), "")
    narrowed = copy(app)
    if typed in ("", "-h", "--help", "--version"):
        narrowed.registered_commands = [_without_options(one) for one in app.registered_commands]
        narrowed.registered_groups = [_without_commands(one) for one in app.registered_groups]
        return narrowed
    narrowed.registered_commands = [one for one in app.registered_commands if _name(one) == typed]
    narrowed.registered_groups = [
        one for one in app.registered_groups if typed in (one.name, _inner(one).info.name)
    ]
    # A word that is none of ours, such as a misspelt one or that of a shell's completion, needs all of them.
    return narrowed if narrowed.registered_commands or narrowed.registered_groups else app


def _name(command: CommandInfo) -> str:
    assert command.callback is not None
    return command.name or command.callback.__name__.lower().replace("_", "-")


def _inner(group: TyperInfo) -> typer.Typer:
    assert group.typer_instance is not None
    return group.typer_instance


def _without_options(info: Any) -> Any:
    """A command, or what runs before those of a group, that takes nothing; its name and help stay."""

    def nothing() -> None:
        """Replaced below."""

    plain = copy(info)
    nothing.__name__, nothing.__doc__ = info.callback.__name__, info.callback.__doc__
    plain.callback = nothing
    return plain


def _without_commands(group: TyperInfo) -> TyperInfo:
    plain, inner = copy(group), copy(_inner(group))
    inner.registered_commands, inner.registered_groups = [], []
    if inner.registered_callback is not None:
        inner.registered_callback = _without_options(inner.registered_callback)
    plain.typer_instance = inner
    return plain
