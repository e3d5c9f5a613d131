"""Commands of the supervisor and the reviewer: scores, calls, one call."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from speechcx.cli import options
from speechcx.cli.output import Column, Format, clock, note, print_json, print_rows

if TYPE_CHECKING:
    from speechcx.ask.aggregate import ScoreTable

Sort = Annotated[str, typer.Option("--sort", help="A measure, name or n.")]
MinN = Annotated[int, typer.Option("--min-n", min=1, help="Calls that a rank needs.")]
Scorecard = Annotated[
    str | None, typer.Option("--scorecard", help="Scorecard; default: the newest call's first.")
]

_CALL_COLUMNS = (
    Column("call_id", "call"),
    Column("started", "start"),
    Column("agent", "agent"),
    Column("team", "team"),
    Column("customer", "customer"),
    Column("queue", "queue"),
    Column("length", "length"),
    Column("score", "score", digits=1),
    Column("customer_sentiment", "customer -5..5", digits=1),
    Column("agent_talk_share", "agent talks", share=True),
    Column("non_talk_share", "nobody talks", share=True),
    Column("flagged_rules", "flagged"),
    Column("flags", "recording"),
)


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    for command in (agents, teams, centers, calls, show):
        app.command(rich_help_panel="Supervisor and reviewer")(command)


def agents(
    since: options.Since = None,
    until: options.Until = None,
    agent: options.Agent = None,
    team: options.Team = None,
    center: options.Center = None,
    queue: options.Queue = None,
    sort: Sort = "score",
    min_n: MinN = 5,
    scorecard: Scorecard = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """Scores of agents, with calls, 95 % intervals and the change against the period before."""
    from speechcx.ask.aggregate import TableForm, score_agents

    filters = options.call_filter(since, until, agent=agent, team=team, center=center, queue=queue)
    form = TableForm(scorecard=scorecard, sort=sort, min_n=min_n)
    where = options.database(options.load(config, None), db)
    _print_scores(score_agents(where, filters, form), options.style(as_json, as_csv))


def teams(
    since: options.Since = None,
    until: options.Until = None,
    team: options.Team = None,
    center: options.Center = None,
    queue: options.Queue = None,
    sort: Sort = "score",
    min_n: MinN = 5,
    scorecard: Scorecard = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """Scores of teams: every call weighs the same, and beside it every agent weighs the same."""
    from speechcx.ask.aggregate import TableForm, score_teams

    filters = options.call_filter(since, until, team=team, center=center, queue=queue)
    form = TableForm(scorecard=scorecard, sort=sort, min_n=min_n)
    where = options.database(options.load(config, None), db)
    _print_scores(score_teams(where, filters, form), options.style(as_json, as_csv))


def centers(
    since: options.Since = None,
    until: options.Until = None,
    center: options.Center = None,
    queue: options.Queue = None,
    sort: Sort = "score",
    min_n: MinN = 5,
    scorecard: Scorecard = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """Scores of centres: every call weighs the same, and beside it every agent weighs the same."""
    from speechcx.ask.aggregate import TableForm, score_centers

    filters = options.call_filter(since, until, center=center, queue=queue)
    form = TableForm(scorecard=scorecard, sort=sort, min_n=min_n)
    where = options.database(options.load(config, None), db)
    _print_scores(score_centers(where, filters, form), options.style(as_json, as_csv))


def _print_scores(table: ScoreTable, style: Format) -> None:
    from speechcx.cli.score_view import print_scores

    print_scores(table, style)


def calls(
    since: options.Since = None,
    until: options.Until = None,
    agent: options.Agent = None,
    team: options.Team = None,
    center: options.Center = None,
    queue: options.Queue = None,
    customer: options.Customer = None,
    flagged: Annotated[
        bool | None, typer.Option("--flagged/--not-flagged", help="With a flagged rule.")
    ] = None,
    sort: Annotated[str, typer.Option("--sort", help="newest, oldest, score, sentiment, ...")] = "newest",
    limit: options.Limit = 50,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """List calls; `show CALL` opens one."""
    from speechcx.ask.calls import list_calls

    filters = options.call_filter(
        since, until, agent=agent, team=team, center=center, queue=queue, customer=customer, flagged=flagged
    )
    found = list_calls(options.database(options.load(config, None), db), filters, sort=sort, limit=limit)
    rows = [options.row(call) | {"started": _started(call.occurred_at), "length": clock(call.audio_duration_s)}
            for call in found.rows]  # fmt: skip
    print_rows("calls", rows, _CALL_COLUMNS, style=options.style(as_json, as_csv), empty=str(found.hint))
    if len(rows) < found.total:
        note(f"{len(rows)} of {found.total} calls; --limit shows more.")


def _started(occurred_at: str | None) -> str | None:
    return occurred_at.replace("T", " ")[:16] if occurred_at else None


def show(
    call: Annotated[str, typer.Argument(help="Call id, the beginning of one, or the name of its file.")],
    why: Annotated[
        bool, typer.Option("--why", help="Show every answer with its evidence, and what was not measured.")
    ] = False,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw the call into this .png or .svg file.")
    ] = None,
    version: Annotated[
        str | None,
        typer.Option("--version", help="As judged by this version of the rulebook, or its digest."),
    ] = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """One call: who spoke when, words and feeling, rule hits, scores and how they came about."""
    from speechcx.ask.show import find_call
    from speechcx.cli.call_view import print_call
    from speechcx.document import call_document
    from speechcx.picture import check_picture, draw_call

    if plot is not None:
        check_picture(plot)
    found = find_call(options.database(options.load(config, None), db), call, version=version)
    if plot is not None:
        draw_call(found, plot)
        note(f"Drawn: {plot}")
    if as_json:
        print_json(call_document(found))
    elif why or plot is None:
        print_call(found, why=why)
