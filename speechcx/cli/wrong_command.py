"""A command that does not exist: the message names the nearest one that changes nothing of value."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from typer.core import TyperGroup

from speechcx.errors import UsageError

if TYPE_CHECKING:
    from typer import Context

_NOT_SUGGESTED = frozenset({"erase", "restore", "merge", "compact"})
"""Nobody is led by a typing error to what cannot be undone."""

_MEANT = {
    "ls": "calls", "list": "calls", "recordings": "calls", "transcript": "show", "call": "show", "open": "show",
    "start": "run", "process": "run", "score": "run", "transcribe": "analyze", "test": "doctor",
    "errors": "failures", "failed": "failures", "people": "agents", "scores": "agents", "find": "search",
    "grep": "search", "rulebook": "rules", "setup": "init", "new": "init", "download": "models",
    "rescore": "rejudge", "web": "serve", "dashboard": "report",
}  # fmt: skip
"""What people of other tools type, and what it is called here."""


def _group_words(ctx: Any) -> list[str]:
    """The groups that were typed: ``rules`` of ``speechcx rules lnt``; however speechcx itself was started."""
    if ctx is None or ctx.parent is None:
        return []
    return [*_group_words(ctx.parent), ctx.info_name or ""]


class CommandGroup(TyperGroup):
    """A group of commands whose message about a wrong one is like every other message."""

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
