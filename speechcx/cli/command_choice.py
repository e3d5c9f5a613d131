"""Which command was typed: only that one is loaded and built; a wrong one is answered with the nearest harmless one.

To load the modules of all commands and read their options costs more than many an answer.
"""

from __future__ import annotations

import difflib
import os
from typing import TYPE_CHECKING, Any, Final

from typer.core import TyperGroup

from speechcx.errors import UsageError

if TYPE_CHECKING:
    from typer import Context
from collections.abc import Mapping, Sequence
from copy import copy

import typer
from typer.models import CommandInfo, TyperInfo

from speechcx.cli.typed_values import leave_defaults_unchecked
from speechcx.cli.wrong_options import told_in_parts

COMMANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "demo": ("demo",),
    "init": ("init",),
    "run": ("run", "analyze", "status", "failures"),
    "layouts": ("layouts",),
    "explore": (
        "agents",
        "teams",
        "centers",
        "questions",
        "agent",
        "customer",
        "drivers",
        "trends",
        "outcomes",
        "calls",
        "show",
    ),
    "report": ("report",),
    "serve": ("serve", "users"),
    "operations": ("alerts", "outreach", "mark", "notify", "causes", "topics"),
    "import_facts": ("reconcile", "handling", "surveys", "calibrate", "repeats", "accounts", "import"),
    "search": ("search", "searches"),
    "flags": ("callbacks", "flags"),
    "audit": ("audit",),
    "data_requests": ("export", "erase", "compact"),
    "holds": ("hold", "retention"),
    "take_out": ("redact",),
    "review": ("review",),
    "qa": ("qa",),
    "rulebooks": ("rejudge", "rules"),
    "relabel": ("relabel", "sentiment"),
    "keep": ("check", "backup", "restore", "merge"),
    "admin": ("doctor", "bench"),
    "models": ("models",),
}
"""The modules of this folder with their commands and groups, in the order in which help lists them."""

_NOT_SUGGESTED = frozenset({"erase", "restore", "merge", "compact"})
"""Nobody is led by a typing error to what cannot be undone."""

_MEANT = {
    "ls": "calls", "list": "calls", "recordings": "calls", "transcript": "show", "call": "show", "open": "show",
    "start": "run", "process": "run", "score": "run", "transcribe": "analyze", "test": "doctor",
    "errors": "failures", "failed": "failures", "people": "agents", "scores": "agents", "find": "search",
    "grep": "search", "rulebook": "rules", "setup": "init", "new": "init", "download": "models",
    "rescore": "rejudge", "web": "serve", "dashboard": "report", "churn": "accounts",
}  # fmt: skip
"""What people of other tools type, and what it is called here."""


def _group_words(ctx: Any) -> list[str]:
    """The groups that were typed: ``rules`` of ``speechcx rules lnt``; however speechcx itself was started."""
    if ctx is None or ctx.parent is None:
        return []
    return [*_group_words(ctx.parent), ctx.info_name or ""]


class CommandGroup(TyperGroup):
    """A group of commands whose message about a wrong one is like every other message."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what was typed; a mistake in it is told in three parts."""
        leave_defaults_unchecked(self.get_params(ctx))
        return told_in_parts(lambda: super(CommandGroup, self).parse_args(ctx, args), ctx)

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, object, list[str]]:  # type: ignore[override]
        """The command that is typed.

        Raises
        ------
        UsageError
            There is none of that name.
        """
        typed = args[0] if args else ""
        if typed and not typed.startswith("-") and not ctx.resilient_parsing and typed not in self.commands:
            path = " ".join(["speechcx", *_group_words(ctx)])
            near = self._suggest(typed)
            raise UsageError(
                f"no command {typed!r}", f"a command of `{path} --help`",
                f"{path} {near}" if near else f"{path} --help",
            )  # fmt: skip
        return super().resolve_command(ctx, args)

    def _suggest(self, typed: str) -> str | None:
        known = [name for name, command in self.commands.items() if not command.hidden]
        meant = _MEANT.get(typed.lower())
        if meant in known:
            return meant
        near = difflib.get_close_matches(typed.lower(), known, n=1, cutoff=0.6)
        return near[0] if near and near[0] not in _NOT_SUGGESTED else None


def find_modules(words: Sequence[str]) -> tuple[str, ...]:
    """The module of the command that `words` begin with; all of them where none is named, or none of ours."""
    typed = next(iter(_completed(words)), "")
    found = tuple(module for module, names in COMMANDS.items() if typed in names)
    return found or tuple(COMMANDS)


def narrow(app: typer.Typer, words: Sequence[str]) -> typer.Typer:
    """The app with the command only that `words` begin with; to list commands, with all of them but no options.

    Parameters
    ----------
    app
        All commands.
    words
        What was typed after the program's name.
    """
    typed = next(iter(_completed(words)), "")
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


def _completed(words: Sequence[str]) -> Sequence[str]:
    """The words of the line that a shell wants completed, without the one that is being typed; else those given."""
    if "_SPEECHCX_COMPLETE" not in os.environ:
        return words
    line = os.environ.get("_TYPER_COMPLETE_ARGS") or os.environ.get("COMP_WORDS") or ""
    _, *typed = line.split() or [""]
    return typed if len(typed) > 1 or line.endswith(" ") else ()


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
