"""What every command of a review takes besides its own options: who you are, which database, which form."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from speechcx.cli import options

if TYPE_CHECKING:
    from speechcx.cli.output import OutputFormat
    from speechcx.store import Store
    from speechcx.store.decisions.reviews import ReviewDesk

Reviewer = Annotated[
    str | None,
    typer.Option("--as", metavar="NAME", help="Who you are; default: SPEECHCX_REVIEWER, else your login."),
]
Number = Annotated[int, typer.Argument(metavar="REVIEW", min=1, help="Number of the review.")]

_SHARED: dict[str, Any] = {
    "who": Reviewer,
    "db": options.Database,
    "config": options.Config,
    "as_json": options.AsJson,
}


@dataclass(frozen=True, slots=True)
class Desk:
    """A person at an open database."""

    store: Store
    reviews: ReviewDesk
    who: str
    style: OutputFormat


def at_desk(command: options.Command, *, read_only: bool = False) -> options.Command:
    """Give a command the options above, and call it with the open :class:`Desk` first.

    Parameters
    ----------
    command
        Takes a desk and what a person types besides.
    read_only
        Open the database to look only.
    """

    def sit(command: options.Command, own: dict[str, Any], given: dict[str, Any]) -> None:
        with _open_desk(**given, read_only=read_only) as desk:
            command(desk, **own)

    return options.give(command, before={}, after=_SHARED, call=sit)


@contextmanager
def _open_desk(
    *, who: str | None, db: Path | None, config: Path | None, as_json: bool, read_only: bool
) -> Iterator[Desk]:
    from speechcx.ask.qa import digest_questions
    from speechcx.store import Store
    from speechcx.store.decisions.reviews import ReviewDesk

    name, where = read_who(who), options.database(options.load(config, None), db)
    with Store.open(where, read_only=read_only) as store:
        yield Desk(store, ReviewDesk(store, digest_questions), name, options.style(as_json, False))


def read_who(given: str | None) -> str:
    """Who is at work: ``--as``, else ``SPEECHCX_REVIEWER``, else the login.

    Raises
    ------
    UsageError
        None of them names anybody.
    """
    import os

    from speechcx.store.decisions.audit import read_who as read_login

    return read_login(given if given is not None else os.environ.get("SPEECHCX_REVIEWER") or None)
