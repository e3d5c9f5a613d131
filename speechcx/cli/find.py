"""Commands of whoever looks for words: search, and searches kept under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from speechcx.cli import options
from speechcx.cli.output import Column, Format, clock, note, print_rows

if TYPE_CHECKING:
    from speechcx.ask.search import SearchPage
    from speechcx.ask.snippets import Piece

_HIT_COLUMNS = (
    Column("call_id", "call"),
    Column("local_day", "day"),
    Column("agent", "agent"),
    Column("time", "time"),
    Column("party", "party"),
    Column("snippet", "words"),
)


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    app.command(rich_help_panel="Compliance")(search)


def search(
    words: Annotated[
        list[str], typer.Argument(help='Words; "quoted ones" as a phrase; cancel* for beginnings.')
    ],
    since: options.Since = None,
    until: options.Until = None,
    agent: options.Agent = None,
    team: options.Team = None,
    queue: options.Queue = None,
    customer: options.Customer = None,
    speaker: Annotated[
        str | None, typer.Option("--speaker", help="Said by: agent, customer, unknown.")
    ] = None,
    sentiment: Annotated[
        float | None, typer.Option("--sentiment", min=-1, max=1, help="Turns at or below this sentiment.")
    ] = None,
    rule: Annotated[str | None, typer.Option("--rule", help="Only calls in which this rule hit.")] = None,
    result: Annotated[
        str | None, typer.Option("--result", help="... or had this result: present, absent, cannot_tell.")
    ] = None,
    min_silence: Annotated[
        float | None, typer.Option("--min-silence", metavar="SECONDS", help="Only calls with such a silence.")
    ] = None,
    near: Annotated[
        int | None, typer.Option("--near", min=0, max=1000, help="All words within so many.")
    ] = None,
    limit: options.Limit = 20,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """Find who said something, when and in which call; any text is a fine question."""
    from speechcx.ask.search import SearchFilter, search

    filters = SearchFilter(
        calls=options.call_filter(since, until, agent=agent, team=team, queue=queue, customer=customer),
        party=options.party("--speaker", speaker),
        sentiment_at_most=sentiment,
        rule=rule,
        result=options.rule_value(result, rule),
        min_silence_s=min_silence,
        near=near,
    )
    found = search(options.database(options.load(config, None), db), " ".join(words), filters, limit=limit)
    _print_found(found, options.style(as_json, as_csv))


def _print_found(found: SearchPage, style: Format) -> None:
    rows = [
        options.row(hit)
        | {"time": clock(hit.start_s), "snippet": "".join(_mark(piece) for piece in hit.pieces)}
        for hit in found.hits
    ]
    nothing = str(found.hint) if found.hint else "Nobody said that in the calls asked for."
    print_rows("turns", rows, _HIT_COLUMNS, style=style, empty=nothing)
    if found.next is not None:
        note("There are more; --limit shows them.")


def _mark(piece: Piece) -> str:
    return f"[{piece.text}]" if piece.is_match else piece.text
