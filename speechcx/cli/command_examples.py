"""The help of a command begins with an example, which stands where the command does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand

from speechcx.cli.options import Command
from speechcx.cli.typed_values import leave_defaults_unchecked
from speechcx.cli.wrong_options import told_in_parts


def example(typed: str) -> Callable[[Command], Command]:
    """Give a command the example that its help begins with: what to type after ``speechcx``."""

    def give(command: Command) -> Command:
        command.__dict__["example"] = typed
        return command

    return give


class ExampleCommand(TyperCommand):
    """A command whose help begins with its example."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what was typed; a mistake in it is told in three parts."""
        leave_defaults_unchecked(self.get_params(ctx))
        return told_in_parts(lambda: super(ExampleCommand, self).parse_args(ctx, args), ctx)

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the example above the usage line."""
        typed = getattr(self.callback, "example", None)
        if typed is not None:
            formatter.write(f"Example: speechcx {typed}\n\n")
        super().format_usage(ctx, formatter)


def add_examples(app: typer.Typer) -> None:
    """Let the help of every command of an app begin with its example."""
    for command in app.registered_commands:
        command.cls = ExampleCommand
    for group in app.registered_groups:
        if group.typer_instance is not None:
            add_examples(group.typer_instance)
