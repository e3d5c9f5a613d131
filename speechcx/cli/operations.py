"""Commands of operations managers: what surges, whom to call back, what goes with what, what is new."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from speechcx.cli import options
from speechcx.cli.command_examples import example
from speechcx.cli.output import print_answer
from speechcx.cli.question_options import Asked, asks


def register(app: typer.Typer) -> None:
    """Add the commands of this file to `app`."""
    for command in (alerts, outreach, causes, topics):
        app.command()(command)


@asks("period", "since", "until")
@example("alerts --day 2026-03-02")
def alerts(
    asked: Asked,
    day: Annotated[
        str | None, typer.Option("--day", metavar="DAY", help="The day; default: the newest with calls.")
    ] = None,
    probability: Annotated[
        float, typer.Option("--probability", min=0.0, max=1.0, help="At most so probable on a usual day.")
    ] = 0.001,
    excess: Annotated[
        float, typer.Option("--excess", min=0.0, help="Minimum number of calls above the usual.")
    ] = 5.0,
) -> None:
    """What happens more often on a day than the same weekday usually brings, with size and scope."""
    from speechcx.ask.operations import find_alerts
    from speechcx.present.operations import present_alerts

    found = find_alerts(
        asked.where,
        asked.filters,
        day=options.day("--day", day),
        probability=probability,
        least_excess=excess,
    )
    print_answer(present_alerts(found), asked.style)


@asks()
@example("outreach negative-end")
def outreach(
    asked: Asked,
    rule: Annotated[str, typer.Argument(metavar="RULE", help="A rule, or negative-end.")],
    without: Annotated[
        Path | None,
        typer.Option("--except", metavar="FILE", help="Customers to leave out: a CSV, the first column."),
    ] = None,
) -> None:
    """Customers whose calls matched a rule and who have not been called back, unhappiest first."""
    from speechcx.ask.operations import list_outreach, read_customers
    from speechcx.present.operations import present_outreach

    excepted = () if without is None else read_customers(without)
    found = list_outreach(asked.where, rule, asked.filters, excepted=excepted)
    print_answer(present_outreach(found), asked.style)


@asks()
@example("causes flagged --by queue")
def causes(
    asked: Asked,
    outcome: Annotated[
        str, typer.Argument(metavar="OUTCOME", help="A rule, negative-end or flagged.")
    ] = "negative-end",
    by: Annotated[
        str,
        typer.Option("--by", help="driver, queue, team, center, agent, direction, hour or weekday."),
    ] = "driver",
) -> None:
    """What tends to go with an outcome: how much more often it comes with a driver, queue, hour, ... than usual."""
    from speechcx.ask.operations import find_causes
    from speechcx.present.operations import present_causes

    print_answer(present_causes(find_causes(asked.where, outcome, asked.filters, by=by)), asked.style)


@asks()
@example("topics --period 2026-03")
def topics(asked: Asked, limit: options.Limit = 20) -> None:
    """Words of customers that come in more calls than in the period before; default: the newest 7 days."""
    from speechcx.ask.operations import find_topics
    from speechcx.present.operations import present_topics

    print_answer(present_topics(find_topics(asked.where, asked.filters, limit=limit)), asked.style)
