"""Alerts, call-backs, causes and topics on the screen."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from speechcx.cli.figures import document
from speechcx.cli.output import (
    Column,
    Format,
    note,
    plain_number,
    print_json,
    print_rows,
    print_text,
    start_text,
)
from speechcx.cli.score_view import days_text

if TYPE_CHECKING:
    from speechcx.ask.operations.alerts import Alert, Alerts
    from speechcx.ask.operations.causes import Causes
    from speechcx.ask.operations.outreach import Outreach
    from speechcx.ask.operations.topics import Topics

_ALERTS = (
    Column("title", "what"),
    Column("calls", "calls"),
    Column("usual", "usual", digits=1),
    Column("times", "times", digits=1),
    Column("chance", "by chance"),
    Column("customers", "cus-\ntomers"),
    Column("minutes", "minutes", digits=0, rank=1),
    Column("first_at", "first", rank=2),
    Column("teams", "teams", rank=3),
    Column("queues", "queues", rank=3),
)


def print_alerts(found: Alerts, style: Format) -> None:
    """What surges, each with size and scope, then words of its calls."""
    if style == "json":
        print_json(document("alerts", found))
        return
    rows = [_alert_cells(row, style) for row in found.rows]
    columns = [*_ALERTS, *((Column("rule", "rule"), Column("centers", "centers")) if style == "csv" else ())]
    print_rows("alerts", rows, columns, style=style, empty=_no_alerts(found))
    if style != "table" or not found.rows:
        return
    for row in found.rows:
        for example in row.examples:
            print_text(f'  {row.title}: "{example.quote}"  ({example.party or "-"}, show {example.call_id})')
    note(
        f"{found.day}, calls that began until {found.until_hour}:59; {found.calls} calls. Usual: "
        f"{found.rows[0].compared} of the 8 weeks before, {found.rows[0].past_days} days."
        " Call back with `speechcx outreach RULE --period DAY`."
    )


def _no_alerts(found: Alerts) -> str:
    if found.hint is not None:
        return str(found.hint)
    if found.why_none is not None:
        return f"{found.day}: cannot tell; {found.why_none}."
    return f"{found.day}: nothing out of the usual among {found.calls} calls; {found.watched} counts were compared."


def _alert_cells(row: Alert, style: Format) -> dict[str, object]:
    def names(shares: tuple[tuple[str, int], ...]) -> str:
        shown = shares if style == "csv" else shares[:3]
        more = len(shares) - len(shown)
        return ", ".join(f"{name} {count}" for name, count in shown) + (f", {more} more" if more else "")

    size = row.size
    first = size.first_at
    return {
        "rule": row.rule,
        "title": row.title,
        "calls": size.calls,
        "usual": row.usual,
        "times": row.times,
        "chance": row.probability if style == "csv" else _chance(row.probability),
        "customers": size.customers,
        "minutes": size.minutes,
        "first_at": first if first is None else start_text(first)[0 if style == "csv" else 11 :],
        "teams": names(size.teams),
        "queues": names(size.queues),
        "centers": names(size.centers),
    }


def _chance(probability: float) -> str:
    return "under 1 in a million" if probability < 1e-6 else f"1 in {round(1 / probability):,}"


_OUTREACH = (
    Column("customer", "customer"),
    Column("calls", "calls"),
    Column("sentiment", "customer\n-5..5", digits=1),
    Column("started", "last call", is_start=True),
    Column("agent", "agent", rank=1),
    Column("call_id", "call"),
    Column("quote", "words", rank=2),
)


def print_outreach(found: Outreach, style: Format) -> None:
    """Customers to call back."""
    if style == "json":
        print_json(document("outreach", found))
        return
    rows = [asdict(row) | {"sentiment": row.customer_sentiment} for row in found.rows]
    nobody = f"{found.title}: {found.calls} calls, nobody left to call back."
    print_rows("customers", rows, _OUTREACH, style=style, empty=str(found.hint or nobody))
    if style == "table" and found.calls:
        out = "".join(f", {count} {reason.replace('_', ' ')}" for reason, count in found.left_out)
        note(
            f"{found.title}: {found.calls} calls; {len(found.rows)} customers to call back{out};"
            f" {found.unknown} calls of unknown customers."
        )


_CAUSES = (
    Column("title", "with"),
    Column("calls", "calls"),
    Column("outcomes", "of them"),
    Column("share", "share", share=True),
    Column("lift", "lift", digits=2),
    Column("interval", "95 %"),
    Column("verdict", "comes"),
)


def print_causes(found: Causes, style: Format) -> None:
    """What an outcome goes with."""
    if style == "json":
        print_json(document("causes", found))
        return
    rows = [
        asdict(row)
        | {
            "interval": None
            if row.interval is None
            else " to ".join(plain_number(end, 2) for end in row.interval)
        }
        for row in found.rows
    ]
    columns = [*_CAUSES, *((Column("key", "key"),) if style == "csv" else ())]
    none = "No driver was found in a call: give the rulebook rules of kind 'driver', or use --by queue."
    print_rows("causes", rows, columns, style=style, empty=str(found.hint or none))
    if style == "table" and rows:
        share = 100 * found.outcomes / found.calls
        note(
            f"{found.title}: {found.outcomes} of {found.calls} calls ({plain_number(share, 1)} %). Lift: the share"
            " with it over that of all calls; 1 is no difference."
        )
        note(
            f"About {plain_number(found.by_chance, 1)} of these would be told from chance by luck alone; and what goes"
            " with an outcome need not be why it happens."
        )


_TOPICS = (
    Column("phrase", "customers say"),
    Column("calls", "calls"),
    Column("share", "share", share=True),
    Column("share_before", "before", share=True),
    Column("times", "times", digits=1),
    Column("driver", "driver that covers it"),
    Column("call", "a call", rank=1),
)


def print_topics(found: Topics, style: Format) -> None:
    """What customers talk about more than before."""
    if style == "json":
        print_json(document("topics", found))
        return
    rows = [
        asdict(row) | {"call": row.call_ids[0] if row.call_ids else None, "driver": row.driver or "(none)"}
        for row in found.rows
    ]
    print_rows("topics", rows, _TOPICS, style=style, empty=_no_topics(found))
    if style == "table" and rows and found.before:
        sampled = "; very many calls, evenly sampled" if found.is_sampled else ""
        note(
            f"{days_text(found.since, found.until)} ({found.calls} calls) against {days_text(*found.before)}"
            f" ({found.calls_before}); {found.phrases} phrases compared{sampled}."
        )


def _no_topics(found: Topics) -> str:
    if found.hint is not None:
        return str(found.hint)
    if not found.calls_before:
        return "There are no calls in the period before to compare with: choose a later --period."
    return (
        f"{days_text(found.since, found.until)}: no phrase of customers stands out against {found.calls_before}"
        f" calls before; {found.phrases} were compared. A longer --period would show smaller changes."
    )
