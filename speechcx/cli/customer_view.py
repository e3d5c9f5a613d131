"""One customer on the screen: the calls over time, repeats, what looks open."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from speechcx.cli.figures import document
from speechcx.cli.output import Column, Format, length, note, print_json, print_rows, print_text

if TYPE_CHECKING:
    from speechcx.ask.customers.customer import CustomerReport

_CALLS = (
    Column("call_id", "call"),
    Column("started", "start", is_start=True),
    Column("agent", "agent"),
    Column("queue", "queue", rank=2),
    Column("drivers", "about"),
    Column("length", "length", rank=1),
    Column("sentiment", "feels\n-5..5", digits=1),
    Column("sentiment_shift", "shift", digits=1, rank=3),
    Column("score", "score", digits=1),
    Column("flagged_rules", "flagged"),
    Column("again", "again"),
)


def print_customer(report: CustomerReport, style: Format) -> None:
    """The calls, oldest first, then what looks open."""
    if style == "json":
        print_json(document("customer", report))
        return
    rows = [
        asdict(call)
        | {
            "agent": f"{call.agent} {call.agent_name}" if call.agent_name and call.agent else call.agent,
            "drivers": tuple(title for _, title in call.drivers),
            "length": call.audio_duration_s if style == "csv" else length(call.audio_duration_s),
            "again": "forwarded"
            if call.is_forwarded
            else f"of {call.repeat_of[:6]}"
            if call.repeat_of
            else None,
        }
        for call in report.calls
    ]
    print_rows("calls", rows, _CALLS, style=style, empty=str(report.hint or ""))
    if style == "csv" or not rows:
        return
    for issue in report.open_issues:
        print_text(
            f"Looks open: {issue.title}, {issue.calls} calls, newest {issue.last}: {'; '.join(issue.why)}."
        )
    note(
        f"{report.n} calls, {report.contacts} contacts, {report.repeats} of them about the same within 7 days."
        + (f" Shown are the newest {len(rows)}." if len(rows) < report.n else "")
    )
