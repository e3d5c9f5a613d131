"""Customers: why they call, one of them over time, how calls end by surveys and call records, whom to call back."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from speechcx.ask.customers import (
    OUTCOME_COLUMNS,
    CallbackList,
    CallbackRow,
    CustomerAnswer,
    CustomerCall,
    CustomerReport,
    DriverTable,
    OutcomeMeasure,
    OutcomeRow,
    OutcomeTable,
)
from speechcx.present.envelope import Envelopes, record, rows
from speechcx.present.marked_entries import write_follow_up
from speechcx.present.measures import VERDICT, number_text
from speechcx.present.table import Answer, Column, Text, make_table
from speechcx.present.units import count_text, days_text, length, percent, plain_number, signed
from speechcx.present.wording import difference_text

_HINT = str | None
_CUSTOMER = record("customer", CustomerReport, swapped={"CustomerReport.hint": _HINT})
_DRIVERS = record("drivers", DriverTable, swapped={"DriverTable.hint": _HINT})
_OUTCOMES = record(
    "outcomes",
    OutcomeTable,
    swapped={"OutcomeRow.measures": dict[str, OutcomeMeasure], "OutcomeTable.hint": _HINT},
)
_CALLBACKS = rows("callbacks", CallbackRow, facts={"total": int, "left_out": dict[str, int]})

ENVELOPES: dict[str, Envelopes] = {
    "callbacks": _CALLBACKS,
    "customer": _CUSTOMER,
    "drivers": _DRIVERS,
    "outcomes": _OUTCOMES,
}

NO_DRIVERS = (
    "No driver was found in a call: give the rulebook rules of kind 'driver', then judge the calls again."
)
MAX_DOUBTFUL = 3
"""Drivers that are named with the calls in which they could not be told."""

_DRIVER_COLUMNS = (
    Column("title", "driver"),
    Column("calls", "calls"),
    Column("share", "share", kind="share", value=lambda row: row.share.value),
    Column(
        "change", "change",
        value=lambda row: row.share.change,
        text=lambda row: number_text("flagged_share", row.share.change, sign=True),
    ),
    Column(
        "verdict", VERDICT,
        value=lambda row: row.share.verdict,
        text=lambda row: difference_text(row.share.verdict),
    ),
    Column("customers", "cus-\ntomers", rank=2),
    Column("length", "length", kind="length", value=lambda row: row.recorded_duration_s.value),
    Column("sentiment", "customer\n-5..5", digits=1, value=lambda row: row.customer_sentiment.value),
    Column(
        "sentiment_change", "change", rank=1,
        value=lambda row: row.customer_sentiment.change,
        text=lambda row: signed(row.customer_sentiment.change, 1),
    ),
    Column("repeat", "call\nagain", kind="share", value=lambda row: row.repeat_share.value),
    Column("driver", "driver", audience="programs"),
)  # fmt: skip


def present_drivers(table: DriverTable) -> Answer:
    """Contact drivers: how many calls, how much that changed, and what such calls are like."""
    shown = make_table(
        "drivers",
        _DRIVER_COLUMNS,
        table.rows,
        empty=str(table.hint or NO_DRIVERS),
        notes=tuple(_driver_notes(table)),
    )
    return Answer(lambda: _DRIVERS.wrap(table), (shown,))


def _driver_notes(table: DriverTable) -> Iterator[str]:
    before = f"; change against {days_text(*table.before)}" if table.before else ""
    yield (
        f"{count_text(table.calls, 'call')}, {days_text(table.since, table.until)}{before}. A call may have"
        " several drivers."
        " Call again: about the same within 7 days."
    )
    doubtful = sorted((row for row in table.rows if row.cannot_tell), key=lambda row: -row.cannot_tell)
    if doubtful:
        shown = "; ".join(f"{row.title}: {row.cannot_tell}" for row in doubtful[:MAX_DOUBTFUL])
        others = len(doubtful) - MAX_DOUBTFUL
        more = f"; and {others} other drivers" if others > 0 else ""
        yield f"Left out of a share are calls in which the driver could not be told: {shown}{more}."
    new = sum(row.immature for row in table.rows)
    if new:
        yield f"{new} calls are too new to say whether the customer calls again; they are left out of that share."
    if len(table.rows) == 1 and table.rows[0].driver is None:
        yield NO_DRIVERS


def _agent(call: CustomerCall) -> str | None:
    return f"{call.agent} {call.agent_name}" if call.agent_name and call.agent else call.agent


def _again(call: CustomerCall) -> str | None:
    return "forwarded" if call.is_forwarded else f"of {call.repeat_of[:6]}" if call.repeat_of else None


_CUSTOMER_CALLS = (
    Column("call_id", "call"),
    Column("started", "start", kind="start"),
    Column("agent", "agent", value=_agent),
    Column("queue", "queue", rank=2),
    Column("drivers", "about", value=lambda call: tuple(title for _, title in call.drivers)),
    Column("length", "length", kind="length", rank=1, value=lambda call: call.audio_duration_s),
    Column("sentiment", "feels\n-5..5", digits=1),
    Column("sentiment_shift", "shift", digits=1, rank=3),
    Column("score", "score", digits=1),
    Column("flagged_rules", "flagged"),
    Column("again", "again", value=_again),
)


def _rating(answer: CustomerAnswer) -> str:
    return f"{answer.kind.upper()} {answer.value:g} on {answer.low:g} to {answer.high:g}{', low' * answer.is_low}"


_ANSWERS = (
    Column("local_day", "day"),
    Column("rating", "survey", value=_rating),
    Column("comment", "comment", is_read=True),
    Column("sentiment", "says", text=lambda answer: answer.sentiment or answer.why_unread),
    Column("drivers", "about", rank=1),
    Column("call_id", "call", rank=2),
)


def present_customer(report: CustomerReport) -> Answer:
    """The calls of a customer, oldest first, then what looks open."""
    calls = make_table("calls", _CUSTOMER_CALLS, report.calls, empty=str(report.hint or ""))
    answers = [make_table("surveys", _ANSWERS, report.answers)] if report.answers else []
    return Answer(lambda: _CUSTOMER.wrap(report), (calls, *answers, *_after_calls(report)), csv=calls)


def _after_calls(report: CustomerReport) -> Iterator[Text]:
    if not report.calls:
        return
    for issue in report.open_issues:
        yield Text(
            f"Looks open: {issue.title}, {issue.calls} calls, newest {issue.last}: {'; '.join(issue.why)}."
        )
    newest = f" Shown are the newest {len(report.calls)}." if len(report.calls) < report.n else ""
    yield Text(
        f"{count_text(report.n, 'call')}, {count_text(report.contacts, 'contact')}, {report.repeats} of them"
        f" about the same within 7 days.{newest}",
        is_note=True,
    )


_HEADINGS = {
    "csat": "CSAT\n4 and 5", "nps": "NPS", "ces": "CES", "aht_s": "handle\ntime", "asa_s": "wait",
    "transfer_rate": "trans-\nferred", "resolution_rate": "resolved", "fcr": "first\ncontact",
}  # fmt: skip


def present_outcomes(table: OutcomeTable) -> Answer:
    """A column for each measure some call has, with its interval and the calls it is of."""
    document = partial(_OUTCOMES.wrap, table)
    known = [one.name for one in table.total.measures if one.n]
    columns = [Column("key", table.by, text=_outcome_name), Column("n", "calls")]
    for name in known:
        columns += _outcome_columns(name)
    shown = make_table(
        "outcomes",
        columns,
        table.rows,
        total=(table.total, {"key": "all"}),
        empty=str(table.hint or ""),
        notes=tuple(_outcome_notes(table, known)),
    )
    if not table.columns and table.rows:
        return Answer(document, (Text(_no_outcomes(), is_note=True),), csv=shown)
    return Answer(document, (shown,))


def _outcome_name(row: OutcomeRow) -> str:
    return f"{row.key or '(unknown)'} {row.name or ''}".strip()


def _outcome_columns(name: str) -> tuple[Column, ...]:
    def get(row: OutcomeRow) -> OutcomeMeasure:
        return next(one for one in row.measures if one.name == name)

    def end(place: int) -> Any:
        return lambda row: None if (interval := get(row).interval) is None else interval[place]

    return (
        Column(
            name, _HEADINGS[name], value=lambda row: get(row).value, text=lambda row: _outcome_text(get(row))
        ),
        Column(f"{name}_n", "of", value=lambda row: get(row).n),
        Column(f"{name}_low", f"{name} low", value=end(0), audience="programs"),
        Column(f"{name}_high", f"{name} high", value=end(1), audience="programs"),
    )


def _outcome_text(one: OutcomeMeasure) -> str | None:
    if one.value is None:
        return None
    if one.interval is None:
        return _outcome_number(one.name, one.value)
    low, high = (_outcome_number(one.name, end).removesuffix(" %") for end in one.interval)
    return f"{_outcome_number(one.name, one.value)} ({low} to {high})"


def _outcome_number(name: str, value: float) -> str:
    if name.endswith("_s"):
        return length(max(0.0, value))
    if name in ("nps", "ces"):
        return plain_number(value, 0 if name == "nps" else 1)
    return percent(value)


def _outcome_notes(table: OutcomeTable, known: list[str]) -> Iterator[str]:
    yield f"{count_text(table.total.n, 'call')}, {days_text(table.since, table.until)}. In brackets: 95 % interval."
    for one in table.total.measures:
        if one.n and (one.n_missing or one.n_unreadable):
            wrong = f", {one.n_unreadable} cannot be read" if one.n_unreadable else ""
            yield f"{one.name}: {count_text(one.n, 'call')}, {one.n_missing} without it{wrong}"
        elif one.n_unreadable:
            yield f"{one.name}: none of {one.n_unreadable} values can be read"
    if "fcr" in known and table.immature:
        yield (
            f"{table.immature} calls are too new to say whether the customer contacts again; not in first contact."
        )


def _no_outcomes() -> str:
    names = "\n".join(f"  {name:12}  {meaning}" for name, meaning in OUTCOME_COLUMNS.items())
    return (
        f"No call has a column of a survey or a call record. Understood in calls.csv and sidecars:\n{names}"
    )


def _follow_up(row: CallbackRow) -> str | None:
    return None if row.follow_up is None else write_follow_up(row.follow_up)


_CALLBACK_COLUMNS = (
    Column("customer", "customer"),
    Column("call_id", "newest call"),
    Column("local_day", "day"),
    Column("agent", "agent"),
    Column("queue", "queue"),
    Column("calls", "calls"),
    Column("why", "why"),
    Column("comments", "wrote", is_read=True),
    Column("follow_up", "marked", value=_follow_up, rank=1),
)


def present_callbacks(found: CallbackList) -> Answer:
    """Customers whose newest call ended badly or at risk, and who have not been spoken to since."""
    left = "".join(f"; {n} left out: {why}" for why, n in found.left_out)
    notes = (f"{len(found.rows)} of {found.total} customers{left}.",)
    shown = make_table("callbacks", _CALLBACK_COLUMNS, found.rows, empty=found.hint or "", notes=notes)
    document = partial(
        _CALLBACKS.wrap_rows, found.rows, hint=shown.empty, total=found.total, left_out=dict(found.left_out)
    )
    return Answer(document, (shown,))
