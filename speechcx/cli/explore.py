"""Commands of the supervisor and the reviewer: scores of people, one agent, one customer, drivers, trends, calls."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from speechcx.cli import options
from speechcx.cli.command_examples import example
from speechcx.cli.name_completion import offer
from speechcx.cli.output import note, print_answer, print_json
from speechcx.cli.question_options import Asked, asks
from speechcx.cli.readings import note_reading, open_to_read

if TYPE_CHECKING:
    from speechcx.ask.ground import ScoreBy


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    for command in (
        agents,
        teams,
        centers,
        questions,
        agent,
        customer,
        drivers,
        trends,
        outcomes,
        calls,
        show,
    ):
        app.command(rich_help_panel="Supervisor and reviewer")(command)


@dataclass(frozen=True, slots=True)
class TableOptions:
    """What was asked of a score table, as typed."""

    sort: str
    min_n: int
    against: str | None
    pair: tuple[str, str] | None
    case_mix: bool
    scorecard: str | None


@asks()
@example("agents --period 2026-W10 --team cards")
def agents(
    asked: Asked,
    sort: options.SortOption = "score",
    min_n: options.MinN = 5,
    against: options.Against = None,
    compare: options.Compare = None,
    case_mix: options.CaseMix = False,
    scorecard: options.ScorecardOption = None,
) -> None:
    """Scores of agents, with calls, 95 % intervals and the change against the period before."""
    _print_scores(asked, "agent", TableOptions(sort, min_n, against, compare, case_mix, scorecard))


@asks()
@example("teams --against 2026-02")
def teams(
    asked: Asked,
    sort: options.SortOption = "score",
    min_n: options.MinN = 5,
    against: options.Against = None,
    compare: options.Compare = None,
    case_mix: options.CaseMix = False,
    scorecard: options.ScorecardOption = None,
) -> None:
    """Scores of teams: the average over calls, and the average over agents."""
    _print_scores(asked, "team", TableOptions(sort, min_n, against, compare, case_mix, scorecard))


@asks()
@example("centers --period 2026-Q1")
def centers(
    asked: Asked,
    sort: options.SortOption = "score",
    min_n: options.MinN = 5,
    against: options.Against = None,
    compare: options.Compare = None,
    case_mix: options.CaseMix = False,
    scorecard: options.ScorecardOption = None,
) -> None:
    """Scores of centres: the average over calls, and the average over agents."""
    _print_scores(asked, "center", TableOptions(sort, min_n, against, compare, case_mix, scorecard))


def _print_scores(asked: Asked, by: ScoreBy, typed: TableOptions) -> None:
    """Ask, and print the table, the comparison of two, or the case-mix view.

    Raises
    ------
    UsageError
        Two forms at once, or an unknown name or period.
    """
    from speechcx.ask.ground import TableForm
    from speechcx.ask.people import adjust_scores, compare_two, score_agents, score_centers, score_teams
    from speechcx.errors import UsageError
    from speechcx.present.scores import present_case_mix, present_comparison, present_scores

    form = TableForm(typed.scorecard, typed.sort, typed.min_n, options.read_against(typed.against))
    if sum((typed.pair is not None, typed.case_mix, typed.against is not None)) > 1:
        raise UsageError("--compare, --case-mix and --against together", "one of them", "remove the others")
    if typed.pair is not None:
        found = compare_two(asked.where, by, typed.pair, asked.filters, scorecard=form.scorecard)
        answer = present_comparison(found)
    elif typed.case_mix:
        answer = present_case_mix(adjust_scores(asked.where, by, asked.filters, form))
    else:
        score = {"agent": score_agents, "team": score_teams, "center": score_centers}[by]
        answer = present_scores(score(asked.where, asked.filters, form))
    print_answer(answer, asked.style)


@asks()
@example("questions --team cards --period 2026-03")
def questions(asked: Asked, scorecard: options.ScorecardOption = None) -> None:
    """Questions of a scorecard: how often each is answered yes, and the points it costs; the most expensive first."""
    from speechcx.ask.people import cost_questions
    from speechcx.present.agent import present_questions

    print_answer(
        present_questions(cost_questions(asked.where, asked.filters, scorecard=scorecard)), asked.style
    )


@asks("agent", "as_csv")
@example("agent carter --period 2026-03")
def agent(
    asked: Asked,
    name: Annotated[
        str, typer.Argument(metavar="AGENT", help="Agent, by id or by name.", autocompletion=offer("agent"))
    ],
    against: options.Against = None,
    scorecard: options.ScorecardOption = None,
) -> None:
    """One agent: figures beside the team's, week by week, questions, best and worst calls, moments to talk about."""
    from speechcx.ask.ground import TableForm
    from speechcx.ask.people import describe_agent
    from speechcx.present.agent import present_agent

    form = TableForm(scorecard=scorecard, before=options.read_against(against))
    print_answer(present_agent(describe_agent(asked.where, name, asked.filters, form)), asked.style)


@asks("customer")
@example("customer C1042")
def customer(
    asked: Asked,
    name: Annotated[str, typer.Argument(metavar="CUSTOMER", help="Customer, as the source wrote it.")],
    scorecard: options.ScorecardOption = None,
) -> None:
    """One customer's calls over time: why, with whom, how it felt, called again, what looks open."""
    from speechcx.ask.customers import describe_customer
    from speechcx.present.customers import present_customer

    with open_to_read(asked.loaded, asked.where) as store:
        found = describe_customer(store, name, asked.filters, scorecard=scorecard)
        note_reading(asked.loaded, store, "view", [one.call_id for one in found.calls], command="customer")
    print_answer(present_customer(found), asked.style)


@asks()
@example("drivers --since 2026-03-01 --sort change")
def drivers(
    asked: Asked,
    sort: Annotated[
        str, typer.Option("--sort", help="calls, change, sentiment, length or repeat.")
    ] = "calls",
    against: options.Against = None,
) -> None:
    """Why customers call and what grows: calls, share, change, length, sentiment, repeat contacts by driver."""
    from speechcx.ask.customers import list_driver_rows
    from speechcx.present.customers import present_drivers

    found = list_driver_rows(asked.where, asked.filters, sort=sort, before=options.read_against(against))
    print_answer(present_drivers(found), asked.style)


@asks()
@example("trends --by team --since 2026-01-01")
def trends(
    asked: Asked,
    by: Annotated[
        str,
        typer.Option(
            "--by", help="day, week, month, weekday, hour, queue, direction, agent, team, center, driver."
        ),
    ] = "week",
    scorecard: options.ScorecardOption = None,
) -> None:
    """How scores and measures change over time, for each team or driver, or over hours, weekdays and queues."""
    from speechcx.ask.people import score_over_time
    from speechcx.present.trends import present_trends

    found = score_over_time(asked.where, asked.filters, by=by, scorecard=scorecard)
    print_answer(present_trends(found), asked.style)


@asks()
@example("outcomes --by agent")
def outcomes(
    asked: Asked,
    by: Annotated[
        str,
        typer.Option("--by", help="agent, team, center, day, week, month, weekday, hour, queue, direction."),
    ] = "team",
) -> None:
    """Surveys and call records: CSAT, NPS, CES, handle time, wait, transfers, resolution, first contact."""
    from speechcx.ask.customers import list_outcomes
    from speechcx.present.customers import present_outcomes

    print_answer(present_outcomes(list_outcomes(asked.where, asked.filters, by=by)), asked.style)


@asks("columns")
@example("calls --flagged --agent carter")
def calls(
    asked: Asked,
    sort: Annotated[
        str, typer.Option("--sort", help="newest, oldest, score, best-score, sentiment, longest, ...")
    ] = "newest",
    columns: Annotated[
        str | None,
        typer.Option("--columns", metavar="A,B,...", help="Columns to show, also those of the source."),
    ] = None,
    scorecard: options.ScorecardOption = None,
    limit: options.Limit = 50,
) -> None:
    """List calls; `show CALL` opens one."""
    from speechcx.ask.search import list_calls
    from speechcx.present.search import present_calls

    found = list_calls(asked.where, asked.filters, sort=sort, limit=limit, scorecard=scorecard)
    print_answer(present_calls(found, columns), asked.style)


@example("show 66ea3428")
def show(
    call: Annotated[str, typer.Argument(help="Call id, the beginning of one, or the name of its file.")],
    why: Annotated[
        bool, typer.Option("--why", help="Also the patterns behind every result, and what was not measured.")
    ] = False,
    numbers: Annotated[
        bool, typer.Option("--numbers", help="Also level, pitch, pace and feeling of every turn and party.")
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
    wide: options.Wide = False,
    as_json: options.AsJson = False,
) -> None:
    """One call: how it ended, why it is flagged, its score question by question, and what was said."""
    from speechcx.ask.ground import find_call
    from speechcx.document import call_document
    from speechcx.picture import check_picture, draw_call
    from speechcx.present.one_call import present_call

    if plot is not None:
        check_picture(plot)
    loaded = options.load(config, None)
    where = options.database(loaded, db)
    with open_to_read(loaded, where) as store:
        found = find_call(store, call, version=version)
        note_reading(loaded, store, "view", [found.conversation.recording.id], command="show")
    if plot is not None:
        draw_call(found, plot)
        note(f"Drawn: {plot}")
    if as_json:
        print_json(call_document(found))
    elif why or plot is None:
        options.show(wide=wide)
        print_answer(present_call(found, why=why, numbers=numbers), "table")
