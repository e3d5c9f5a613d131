"""What other systems know: imports, gaps between records and recordings, handling, answers to surveys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from speechcx.ask.customers import AccountSummary, Comments, Repeats, Satisfaction, SurveyRow
from speechcx.ask.operations import GAP_KINDS, Handling, Reconciliation
from speechcx.ask.statistics import CountedFigure
from speechcx.imports import ImportReport
from speechcx.present.envelope import Envelopes, record
from speechcx.present.table import Answer, Column, Text, make_table
from speechcx.present.units import clock, count_text, plain_number

MAX_SHOWN = 20
"""Refused rows that are shown; the JSON document has them all."""

_IMPORT = record("import", ImportReport)
_RECONCILE = record("reconcile", Reconciliation)
_HANDLING = record("handling", Handling)
_SURVEYS = record("surveys", Satisfaction)
_REPEATS = record("repeats", Repeats, swapped={"Repeats.hint": str | None})
_ACCOUNTS = record("accounts", AccountSummary, swapped={"AccountSummary.hint": str | None})

ENVELOPES: dict[str, Envelopes] = {
    "import calls": _IMPORT,
    "import surveys": _IMPORT,
    "import accounts": _IMPORT,
    "reconcile": _RECONCILE,
    "handling": _HANDLING,
    "surveys": _SURVEYS,
    "accounts": _ACCOUNTS,
    "repeats": _REPEATS,
}


def present_import(report: ImportReport) -> Answer:
    """What became of a file, and every row that is not used."""
    return Answer(partial(_IMPORT.wrap, report), tuple(_import(report)))


def _import(report: ImportReport) -> Iterator[Text]:
    how = f"as {report.mapping.title}" if report.mapping.title else "by its headings"
    columns = ", ".join(f"{name} = {heading}" for name, heading in report.mapping.columns.items())
    days = f", {report.first_day} to {report.last_day}" if report.first_day else ""
    yield Text(
        f"{report.file}: {count_text(report.rows, 'row')} read {how}, {count_text(report.facts, 'fact')}{days}."
    )
    yield Text(f"Columns: {columns}.")
    if report.note:
        yield Text(f"{report.note[0].upper()}{report.note[1:]}.", is_note=True)
    for row in report.refused[:MAX_SHOWN]:
        yield Text(f"line {row.line}: {row.found}", indent=2)
    if len(report.refused) > MAX_SHOWN:
        yield Text(f"{len(report.refused) - MAX_SHOWN:,} more rows cannot be used.", indent=2)
    if report.saved is None:
        yield Text("Nothing was kept.")
        if report.refused:
            yield Text(
                "Correct these rows, or add --anyway to import the others.", is_note=True, is_hint=True
            )
        return
    saved = report.saved
    yield Text(f"{saved.added:,} new, {saved.updated:,} corrected, {saved.unchanged:,} known as they are.")
    if report.imported == "accounts":
        yield Text(f"{saved.matched:,} of all accounts are of a customer with a recorded call.")
        return
    what = "call records" if report.imported == "calls" else "answers"
    doubtful = f"; {saved.ambiguous:,} fit several calls and are left open" if saved.ambiguous else ""
    found = "recording" if report.imported == "calls" else "call"
    yield Text(f"{saved.matched:,} of all {what} have their {found}{doubtful}.")


_GAP_COLUMNS = (
    Column("kind", "gap", text=lambda row: row.kind.replace("_", " ")),
    Column("started", "started"),
    Column("agent", "agent", rank=1),
    Column("record_id", "record"),
    Column("call_id", "call"),
    Column("path", "file", rank=2),
    Column("why", "why"),
)


def present_reconciliation(found: Reconciliation) -> Answer:
    """How many gaps of each kind, then each."""
    if not found.records:
        none = "No call records of these days: import them first."
        return Answer(partial(_RECONCILE.wrap, found), (Text(none),))
    head = [
        Text(
            f"{found.first_day} to {found.last_day}: {found.records:,} call records, {found.answered:,} answered,"
            f" {found.matched:,} with their recording; {found.calls:,} recorded calls."
        )
    ]
    head += [Text(f"{number:,} {GAP_KINDS[kind]}", indent=2) for kind, number in found.counts]
    empty = "No gap: every answered call has its recording, and every recording its record."
    shown = make_table("gaps", _GAP_COLUMNS, found.gaps, empty=empty)
    return Answer(partial(_RECONCILE.wrap, found), (*head, shown))


def _figure(
    name: str, write: Callable[[float], str]
) -> tuple[Callable[..., float | None], Callable[..., str | None]]:
    def value(row: object) -> float | None:
        figure: CountedFigure = getattr(row, name)
        return figure.value

    def text(row: object) -> str | None:
        figure: CountedFigure = getattr(row, name)
        return None if figure.value is None else write(figure.value)

    return value, text


def _time_column(name: str, heading: str, *, rank: int = 0) -> Column:
    value, text = _figure(name, clock)
    return Column(name, heading, value=value, text=text, rank=rank)


def _share_column(name: str, heading: str, *, rank: int = 0) -> Column:
    value, text = _figure(name, lambda share: f"{share:.0%}")
    return Column(name, heading, value=value, text=text, rank=rank)


def _reliability(name: str) -> tuple[Column, Column, Column]:
    """Denominator and interval of a figure, for programs."""

    def end(row: object, at: int) -> float | None:
        figure: CountedFigure = getattr(row, name)
        return None if figure.interval is None else figure.interval[at]

    return (
        Column(f"{name}_n", f"{name} n", value=lambda row: getattr(row, name).n, audience="programs"),
        Column(f"{name}_low", f"{name} low", value=lambda row: end(row, 0), audience="programs"),
        Column(f"{name}_high", f"{name} high", value=lambda row: end(row, 1), audience="programs"),
    )


_HANDLING_COLUMNS = (
    Column("key", "", text=lambda row: row.key or "-"),
    Column("handled", "handled"),
    _time_column("aht_s", "AHT"),
    _time_column("talk_s", "talk", rank=1),
    _time_column("hold_s", "hold", rank=2),
    _time_column("wrap_s", "after-\ncall", rank=2),
    _time_column("asa_s", "wait"),
    Column("offered", "offered"),
    _share_column("abandoned", "aban-\ndoned"),
    _share_column("service", "service\nlevel"),
    _share_column("transferred", "trans-\nferred", rank=1),
    Column("short", "short", rank=3),
    Column("records", "records", audience="programs"),
    Column("recorded", "recorded", audience="programs"),
    *(
        column
        for name in ("aht_s", "talk_s", "hold_s", "wrap_s", "asa_s", "abandoned", "service", "transferred")
        for column in _reliability(name)
    ),
)


def present_handling(found: Handling) -> Answer:
    """Handle time, waiting, abandoned calls and transfers by group, all calls last."""
    rows = (*found.rows, replace(found.all, key="all calls")) if found.all.records else ()
    empty = "No call records of these days: import them first."
    shown = make_table(found.by, _HANDLING_COLUMNS, rows, empty=empty, notes=tuple(_handling_notes(found)))
    return Answer(partial(_HANDLING.wrap, found), (shown,))


def _handling_notes(found: Handling) -> Iterator[str]:
    everything = found.all
    if not everything.records:
        return
    yield (
        f"{found.first_day} to {found.last_day}, {everything.records:,} call records, {everything.recorded:,} with"
        f" their recording. Service level: answered within {found.service_s:g} s."
    )
    yield (
        f"Calls given up within {found.short_s:g} s ({everything.short:,}) count neither as abandoned nor for the"
        " service level."
    )
    lacking = [
        f"{words} is told for {figure.n:,} of {everything.handled:,} answered calls"
        for words, figure in (("hold", everything.hold_s), ("after-call work", everything.wrap_s))
        if figure.n < everything.handled
    ]
    if lacking:
        yield f"AHT: {'; '.join(lacking)}, and counts as none for the others."


_KINDS = {"csat": "CSAT", "nps": "NPS", "ces": "CES"}


def _answer(row: SurveyRow) -> str | None:
    return None if row.value is None else _write_answer(row, row.value)


def _write_answer(row: SurveyRow, value: float) -> str:
    if row.kind == "csat":
        return f"{value:.0%}"
    return f"{100 * value:+.0f}" if row.kind == "nps" else plain_number(value, 1)


def _answer_interval(row: SurveyRow) -> str | None:
    return None if row.interval is None else " to ".join(_write_answer(row, end) for end in row.interval)


_SURVEY_COLUMNS = (
    Column("kind", "survey", text=lambda row: _KINDS[row.kind]),
    Column("key", "", text=lambda row: row.key or "-"),
    Column("n", "answers"),
    Column("value", "result", text=_answer),
    Column("interval", "95 %", value=_answer_interval),
    Column("response_rate", "answered", kind="share"),
    Column("matched", "with their\ncall", rank=1),
    Column("low_answers", "low", rank=1),
    Column("asked", "asked", audience="programs"),
    Column("low", "scale from", audience="programs"),
    Column("high", "scale to", audience="programs"),
    Column("high_is", "high is", audience="programs"),
)


def present_satisfaction(found: Satisfaction) -> Answer:
    """Survey figures, each with its number of answers and interval."""
    shown = make_table(
        "surveys",
        _SURVEY_COLUMNS,
        found.rows,
        empty="No answers: import them first.",
        notes=tuple(_survey_notes(found)),
    )
    return Answer(partial(_SURVEYS.wrap, found), (shown,))


def _survey_notes(found: Satisfaction) -> Iterator[str]:
    if not found.rows:
        return
    yield (
        "CSAT: share of satisfied answers (unless set, the upper quarter of the scale: 4 and 5 of 5). NPS: 9 and 10"
        " minus 0 to 6. CES: mean on its own scale."
    )
    ends = {row.high_is for row in found.rows if row.kind == "ces"}
    if ends == {None}:
        yield "CES: it is not told whether high is easy or difficult; set ces_high in the mapping."
    elif ends:
        yield f"CES: high is {' or '.join(sorted(end for end in ends if end))}."
    yield from _comment_notes(found.comments)
    if any(row.low_answers for row in found.rows):
        yield "Low answers with their call are flags (speechcx flags --kind survey) and reasons to call back."


def _comment_notes(comments: Comments) -> Iterator[str]:
    if comments.read:
        mixed = comments.read - comments.negative - comments.neutral - comments.positive
        yield (
            f"Comments: {comments.read:,} read, {comments.negative:,} negative, {comments.neutral:,} neutral,"
            f" {comments.positive:,} positive, {mixed:,} mixed."
        )
    if comments.drivers:
        told = (
            f"{one.driver} {one.comments:,} ({one.negative:,} negative)"
            for one in comments.drivers[:MAX_SHOWN]
        )
        yield f"Drivers in comments: {', '.join(told)}."
    for why, n in comments.unread:
        yield f"{n:,} comments: {why}."


def _interval_text(name: str, heading: str, *, rank: int = 0) -> Column:
    def text(row: object) -> str | None:
        figure: CountedFigure = getattr(row, name)
        return None if figure.interval is None else " to ".join(f"{end:.0%}" for end in figure.interval)

    return Column(f"{name}_interval", heading, value=text, rank=rank, audience="people")


def _amount_column(name: str, heading: str, *, rank: int = 0) -> Column:
    value, text = _figure(name, lambda amount: f"{amount:,.2f}")
    return Column(name, heading, value=value, text=text, rank=rank)


_ACCOUNT_COLUMNS = (
    Column("key", "", text=lambda row: row.key or "-"),
    Column("customers", "cus-\ntomers"),
    _share_column("retention", "kept"),
    _interval_text("retention", "95 %"),
    _share_column("churn", "lost"),
    Column("cancel_calls", "cancel\ncalls"),
    _share_column("saved", "saved"),
    _interval_text("saved", "95 %", rank=1),
    _amount_column("value", "value"),
    Column("value_total", "together", digits=2, rank=1),
    _amount_column("lifetime_value", "lifetime\nvalue", rank=1),
    Column("currency", "currency", rank=2),
    Column("undated", "undated", audience="programs"),
    Column("immature", "immature", audience="programs"),
    Column("unknown", "unknown", audience="programs"),
    *(
        column
        for name in ("retention", "churn", "saved", "value", "lifetime_value")
        for column in _reliability(name)
    ),
)


def present_account_summary(found: AccountSummary) -> Answer:
    """Customers kept and lost, saved after an intent to cancel, and what they are worth, by group; all last."""
    rows = (*found.rows, replace(found.all, key="all customers")) if found.accounts else ()
    empty = "No accounts: import them first, with speechcx import accounts FILE."
    shown = make_table(found.by, _ACCOUNT_COLUMNS, rows, empty=empty, notes=tuple(_account_notes(found)))
    return Answer(partial(_ACCOUNTS.wrap, found), (shown,))


def _account_notes(found: AccountSummary) -> Iterator[str]:
    everything = found.all
    if not found.accounts:
        return
    known = f", told up to {found.known_until}" if found.known_until else ""
    yield (
        f"{found.accounts:,} accounts{known}. Kept: customers at the start of the period who were customers at its"
        f" end, of {everything.retention.n:,}; {everything.undated:,} are left out, since it is not told when they"
        " came, went or stayed."
    )
    if not found.intents:
        yield "No rule shows an intent to cancel: name one with --intent."
        return
    yield (
        f"Saved: calls with {' or '.join(found.intents)} whose customer stayed {found.days} days, of"
        f" {everything.saved.n:,}; left out are {everything.immature:,} too new to tell and {everything.unknown:,} of"
        " customers without an account, or who had left before."
    )


def _span(seconds: float) -> str:
    """A time from minutes to weeks."""
    if seconds < 3600:
        return clock(seconds)
    return f"{seconds / 3600:.1f} h" if seconds < 2 * 86_400 else f"{seconds / 86_400:.1f} d"


def _span_column(name: str, heading: str, *, rank: int = 0) -> Column:
    value, text = _figure(name, _span)
    return Column(name, heading, value=value, text=text, rank=rank)


def _number_column(name: str, heading: str, *, rank: int = 0) -> Column:
    value, text = _figure(name, lambda number: plain_number(number, 1))
    return Column(name, heading, value=value, text=text, rank=rank)


_REPEAT_COLUMNS = (
    Column("key", "", text=lambda row: row.key or "-"),
    Column("contacts", "contacts"),
    _share_column("fcr", "FCR"),
    _interval_text("fcr", "95 %"),
    _share_column("fcr_driver", "same\ndriver"),
    _share_column("fcr_words", "with\nwords"),
    _share_column("says_again", "says\nagain"),
    Column("matters", "matters"),
    _number_column("calls_a_matter", "calls\neach", rank=1),
    _share_column("resolved", "re-\nsolved", rank=1),
    _span_column("resolution_s", "time to\nend"),
    _span_column("first_response_s", "first\nword", rank=2),
    Column("immature", "too new", rank=2),
    Column("untold", "untold", audience="programs"),
    *(
        column
        for name in (
            "fcr", "fcr_driver", "fcr_words", "says_again", "calls_a_matter", "resolved", "resolution_s",
            "first_response_s",
        )
        for column in _reliability(name)
    ),
)  # fmt: skip


def present_repeats(found: Repeats) -> Answer:
    """First contact resolution, and matters, by group; all contacts last."""
    rows = (*found.rows, replace(found.all, key="all contacts")) if found.all.contacts else ()
    empty = str(found.hint or "No calls of known customers.")
    shown = make_table(found.by, _REPEAT_COLUMNS, rows, empty=empty, notes=tuple(_repeat_notes(found)))
    return Answer(partial(_REPEATS.wrap, found), (shown,))


def _repeat_notes(found: Repeats) -> Iterator[str]:
    whole = found.all
    if not whole.contacts:
        return
    yield (
        f"FCR: contacts after which the customer did not call again within {found.days} days, of {whole.fcr.n:,};"
        f" {whole.immature:,} are too new to tell. Same driver: not again about the same, of {whole.fcr_driver.n:,}."
    )
    said = f"with {found.word_rule}" if found.word_rule else "no rule tells: name one with --words"
    yield (
        f"With words: less those who say that they called before where no such call is known ({said})."
        f" Matters: contacts without a longer pause; resolved as told of {whole.resolved.n:,}, not told of"
        f" {whole.untold:,}."
    )
    if found.unknown:
        yield f"{found.unknown:,} calls of unknown customers or times are left out."
