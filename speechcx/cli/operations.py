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
    for command in (alerts, outreach, mark, notify, causes, topics):
        app.command()(command)


# As in speechcx.ask.operations.alerts, which takes long to load.
_PROBABILITY, _EXCESS = 0.0005, 5.0


@asks("period", "since", "until")
@example("alerts --day 2026-03-02")
def alerts(
    asked: Asked,
    day: Annotated[
        str | None, typer.Option("--day", metavar="DAY", help="The day; default: the newest with calls.")
    ] = None,
    probability: Annotated[
        float, typer.Option("--probability", min=0.0, max=1.0, help="Maximum probability on a usual day.")
    ] = _PROBABILITY,
    excess: Annotated[
        float, typer.Option("--excess", min=0.0, help="Minimum number of calls above the usual.")
    ] = _EXCESS,
    by: Annotated[
        str | None, typer.Option("--by", help="Each center, team, queue or agent on its own.")
    ] = None,
) -> None:
    """What happened more often on a day than is usual for that weekday, with size and scope."""
    from speechcx.ask.operations import find_alerts
    from speechcx.present.operations import present_alerts

    found = find_alerts(
        asked.where,
        asked.filters,
        day=options.day("--day", day),
        probability=probability,
        least_excess=excess,
        by=by,  # type: ignore[arg-type]
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
    everything: Annotated[bool, typer.Option("--all", help="Also those marked as done or dropped.")] = False,
) -> None:
    """Customers whose calls matched a rule and who have not been called back, unhappiest first."""
    from speechcx.ask.operations import list_outreach, read_customers
    from speechcx.present.operations import present_outreach

    excepted = () if without is None else read_customers(without)
    found = list_outreach(asked.where, rule, asked.filters, excepted=excepted, with_settled=everything)
    print_answer(present_outreach(found), asked.style)


@example("mark callback:C1042 --owner mia --due 2026-12-01")
def mark(
    name: Annotated[
        str,
        typer.Argument(
            metavar="ENTRY",
            help="alert:DAY/RULE, callback:CUSTOMER or outreach:RULE/CUSTOMER, as they are listed.",
        ),
    ],
    status: Annotated[str | None, typer.Option("--status", help="open, started, done or dropped.")] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Owner; '' for nobody.")] = None,
    due: Annotated[str | None, typer.Option("--due", metavar="DAY", help="Due day; none removes it.")] = None,
    result: Annotated[
        str | None, typer.Option("--result", metavar="WORDS", help="Result, in a few words.")
    ] = None,
    probability: Annotated[
        float,
        typer.Option(
            "--probability", min=0.0, max=1.0, help="As in alerts, for one found with other limits."
        ),
    ] = _PROBABILITY,
    excess: Annotated[
        float, typer.Option("--excess", min=0.0, help="As in alerts, for one found with other limits.")
    ] = _EXCESS,
    who: options.Who = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Give an alert, a callback or a customer of outreach an owner, a due day, a status and a result."""
    from datetime import date

    from speechcx.ask.operations import find_follow_up
    from speechcx.present.marked_entries import present_mark
    from speechcx.store import Store
    from speechcx.store.decisions.audit import read_who
    from speechcx.store.decisions.follow_ups import FollowUpChange, mark_follow_up

    day = date.min if due in ("none", "") else options.day("--due", due)
    change = FollowUpChange(status, owner, day, result)  # type: ignore[arg-type]
    with Store.open(options.database(options.load(config, None), db)) as store:
        entry = find_follow_up(store, name, probability=probability, least_excess=excess)
        found = mark_follow_up(store, entry, change, who=read_who(who))
    print_answer(present_mark(f"{entry.kind}:{entry.key}", found), options.style(as_json, False))


@asks("period", "since", "until", "as_csv", "columns")
@example("notify --to mailto://user:password@example.com --dry-run")
def notify(
    asked: Asked,
    to: Annotated[
        options.Names,
        typer.Option(
            "--to",
            metavar="URL",
            envvar="SPEECHCX_NOTIFY_TO",
            help="Destination, as an Apprise URL; may be repeated.",
        ),
    ] = None,
    day: Annotated[
        str | None, typer.Option("--day", metavar="DAY", help="The day; default: the newest with calls.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Each center, team or queue on its own.")] = None,
    listed: Annotated[bool, typer.Option("--list", help="Only list what was sent and what failed.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be sent.")] = False,
) -> None:
    """Send the day's alerts, counts only, by mail, chat or web hook (extra notify); what failed is tried again."""
    from speechcx.ask.operations import find_alerts
    from speechcx.batch.notifications import deliver
    from speechcx.errors import UsageError
    from speechcx.present.marked_entries import present_deliveries, present_notices
    from speechcx.present.operations import write_notices
    from speechcx.store import Store
    from speechcx.store.deliveries import list_deliveries

    with Store.open(asked.where, read_only=listed or dry_run) as store:
        if listed:
            print_answer(
                present_deliveries(list_deliveries(store), empty="Nothing was sent yet."), asked.style
            )
            return
        notices = write_notices(
            find_alerts(store, asked.filters, day=options.day("--day", day), by=by)  # type: ignore[arg-type]
        )
        if dry_run:
            print_answer(present_notices(notices), asked.style)
            return
        if not to:
            raise UsageError(
                "no address", "one or more of apprise's addresses", "add --to URL, or set SPEECHCX_NOTIFY_TO"
            )
        found = deliver(store, to, notices)
    print_answer(present_deliveries(found, empty="Nothing to send."), asked.style)
    if any(one.delivered_at is None for one in found):
        raise typer.Exit(3)


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
    """What tends to go with an outcome: how much more often it occurs with a driver, queue, hour, ... than usual."""
    from speechcx.ask.operations import find_causes
    from speechcx.present.operations import present_causes

    print_answer(present_causes(find_causes(asked.where, outcome, asked.filters, by=by)), asked.style)


@asks()
@example("topics --period 2026-03")
def topics(asked: Asked, limit: options.Limit = 20) -> None:
    """Words that customers use in more calls than in the period before; default: the newest 7 days."""
    from speechcx.ask.operations import find_topics
    from speechcx.present.operations import present_topics

    print_answer(present_topics(find_topics(asked.where, asked.filters, limit=limit)), asked.style)
