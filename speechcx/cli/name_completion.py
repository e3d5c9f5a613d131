"""Names that a shell offers when somebody presses the tabulator key: agents, teams, rules, settings.

Whatever goes wrong here is no message in the middle of a line that somebody types: nothing is offered then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from speechcx.ask.ground import OfferedKind

Offered = list[tuple[str, str]]
"""What can be typed, and what the shell says of it."""


def offer(kind: OfferedKind) -> Callable[[typer.Context, str], Offered]:
    """A function that offers names of a kind, out of the database that the line names."""

    def names(ctx: typer.Context, incomplete: str) -> Offered:
        try:
            return _begins(_read(kind, ctx.params), incomplete)
        except Exception:  # noqa: BLE001  the line goes on without an offer
            return []

    return names


def offer_settings(incomplete: str) -> Offered:
    """Settings as ``--set`` takes them, each with an equals sign."""
    from speechcx.config import describe_sections

    return _begins([(f"{one.section}.{one.key}=", one.text) for one in describe_sections()], incomplete)


def _read(kind: OfferedKind, given: dict[str, Any]) -> Offered:
    from speechcx.ask.ground import list_offered
    from speechcx.config import load_settings

    loaded = load_settings(given.get("config"))
    return list(list_offered(given.get("db") or loaded.resolve(loaded.files.database), kind))


def _begins(offered: Offered, typed: str) -> Offered:
    wanted = typed.casefold()
    # A person is also found by a name, and typed by the id.
    return [
        (value, about) for value, about in offered
        if any(word.startswith(wanted) for word in (value.casefold(), *about.casefold().split() * bool(wanted)))
    ]  # fmt: skip
