"""Commands of the supervisor and the reviewer: scores of people, one agent, one customer, drivers, trends, calls."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from speechcx.cli import options
from speechcx.cli.output import note, print_json
from speechcx.cli.question_options import Asked, asks


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    for command in (agents, teams, centers, agent, customer, drivers, trends, outcomes, calls, show):
        app.command(rich_help_panel="Supervisor and reviewer")(command)


@asks()
def agents(
    asked: Asked,
    sort: options.Sort = "score",
    min_n: options.MinN = 5,
    against: options.Against = None,
    compare: options.Compare = None,
    case_mix: options.CaseMix = False,
    scorecard: options.Scorecard = None,
) -> None:
    """Scores of agents, with calls, 95 % intervals and the change against the period before."""
    from speechcx.cli.score_view import ScoreQuestion, print_scores

    print_scores(asked, ScoreQuestion("agent", sort, min_n, against, compare, case_mix, scorecard))


@asks()
def teams(
    asked: Asked,
    sort: options.Sort = "score",
    min_n: options.MinN = 5,
    against: options.Against = None,
    compare: options.Compare = None,
    case_mix: options.CaseMix = False,
    scorecard: options.Scorecard = None,
) -> None:
    """Scores of teams: every call weighs the same, and beside it every agent weighs the same."""
    from speechcx.cli.score_view import ScoreQuestion, print_scores

    print_scores(asked, ScoreQuestion("team", sort, min_n, against, compare, case_mix, scorecard))


@asks()
def centers(
    asked: Asked,
    sort: options.Sort = "score",
    min_n: options.MinN = 5,
    against: options.Against = None,
    compare: options.Compare = None,
    case_mix: options.CaseMix = False,
    scorecard: options.Scorecard = None,
) -> None:
    """Scores of centres: every call weighs the same, and beside it every agent weighs the same."""
    from speechcx.cli.score_view import ScoreQuestion, print_scores

    print_scores(asked, ScoreQuestion("center", sort, min_n, against, compare, case_mix, scorecard))


@asks("agent", "team", "center", "as_csv")
def agent(
    asked: Asked,
    name: Annotated[str, typer.Argument(metavar="AGENT", help="Agent, by id or by name.")],
    against: options.Against = None,
    scorecard: options.Scorecard = None,
) -> None:
    """One agent: figures beside the team's, weeks, questions, best and worst calls, moments to talk about."""
    from speechcx.ask.ground.score_rows import TableForm
    from speechcx.ask.people.agent import describe_agent
    from speechcx.cli.agent_view import print_agent
    from speechcx.cli.score_view import read_against

    form = TableForm(scorecard=scorecard, before=read_against(against))
    print_agent(describe_agent(asked.where, name, asked.filters, form), asked.style)


@asks("customer")
def customer(
    asked: Asked,
    name: Annotated[str, typer.Argument(metavar="CUSTOMER", help="Customer, as the source wrote it.")],
    scorecard: options.Scorecard = None,
) -> None:
    """One customer's calls over time: why, with whom, how it felt, called again, what looks open."""
    from speechcx.ask.customers.customer import describe_customer
    from speechcx.cli.customer_view import print_customer

    print_customer(describe_customer(asked.where, name, asked.filters, scorecard=scorecard), asked.style)


@asks()
def drivers(
    asked: Asked,
    sort: Annotated[
        str, typer.Option("--sort", help="calls, change, sentiment, length or repeat.")
    ] = "calls",
    against: options.Against = None,
) -> None:
    """Why customers call and what grows: calls, share, change, length, sentiment, repeat contacts by driver."""
    from speechcx.ask.customers.drivers import list_driver_rows
    from speechcx.cli.score_view import read_against
    from speechcx.cli.trend_view import print_drivers

    found = list_driver_rows(asked.where, asked.filters, sort=sort, before=read_against(against))
    print_drivers(found, asked.style)


@asks()
def trends(
    asked: Asked,
    by: Annotated[
        str, typer.Option("--by", help="day, week, month, weekday, hour, queue or direction.")
    ] = "week",
    scorecard: options.Scorecard = None,
) -> None:
    """How scores and measures go over time, or over hours, weekdays and queues."""
    from speechcx.ask.people.trends import score_over_time
    from speechcx.cli.trend_view import print_trends

    print_trends(score_over_time(asked.where, asked.filters, by=by, scorecard=scorecard), asked.style)


@asks()
def outcomes(
    asked: Asked,
    by: Annotated[
        str,
        typer.Option("--by", help="agent, team, center, day, week, month, weekday, hour, queue, direction."),
    ] = "team",
) -> None:
    """Surveys and call records: CSAT, NPS, CES, handle time, wait, transfers, resolution, first contact."""
    from speechcx.ask.customers.outcomes import list_outcomes
    from speechcx.cli.outcome_view import print_outcomes

    print_outcomes(list_outcomes(asked.where, asked.filters, by=by), asked.style)


@asks()
def calls(
    asked: Asked,
    sort: Annotated[
        str, typer.Option("--sort", help="newest, oldest, score, best-score, sentiment, longest, ...")
    ] = "newest",
    columns: Annotated[
        str | None,
        typer.Option("--columns", metavar="A,B,...", help="Columns to show, also those of the source."),
    ] = None,
    scorecard: options.Scorecard = None,
    limit: options.Limit = 50,
) -> None:
    """List calls; `show CALL` opens one."""
    from speechcx.ask.search.calls import list_calls
    from speechcx.cli.list_view import print_calls

    found = list_calls(asked.where, asked.filters, sort=sort, limit=limit, scorecard=scorecard)
    print_calls(found, columns, asked.style)


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
    from speechcx.ask.ground.find_call import find_call
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
