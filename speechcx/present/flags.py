"""Flags: the queue, counts by rule or people, one flag with its evidence, what was decided, the audit trail."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from speechcx.ask.compliance import (
    FlagCount,
    FlagCounts,
    FlagEvidence,
    FlagList,
    FlagRow,
    FlagView,
    QuotedTurn,
)
from speechcx.present.envelope import Envelopes, record, rows
from speechcx.present.keeping import CERTIFICATE
from speechcx.present.table import Answer, Column, Text, make_table
from speechcx.present.units import clock, count_text, moment, start_text
from speechcx.present.wording import STANDINGS, minute_text, precision_text, result_text
from speechcx.store.decisions.audit import AuditRow
from speechcx.store.decisions.trail_check import TrailVerdict


@dataclass(frozen=True, slots=True)
class ChangedFlags:
    """How many flags were named or chosen, and how many of them were changed."""

    matched: int
    changed: int


_QUEUE = rows("flags", FlagRow, facts={"total": int, "counts": dict[str, int]}, time=str | None)
_COUNTS = rows(
    "flag-counts",
    FlagCount,
    facts={"by": str, "before": tuple[date, date] | None},
    minutes=float,
    change_points=str | None,
    right=str | None,
)
_FLAG = record("flag", FlagView)
_SET = record("flags-set", ChangedFlags)
_TRAIL = rows("audit", AuditRow)
_CHECK = record("audit-check", TrailVerdict)

ENVELOPES: dict[str, Envelopes] = {
    "audit": (_TRAIL, _CHECK, CERTIFICATE),
    "flags": (_QUEUE, _COUNTS),
    "flags set": _SET,
    "flags show": _FLAG,
}

_QUEUE_COLUMNS = (
    Column("number", "#", text=lambda row: row.number and f"#{row.number}"),
    Column("flag", "flag", is_read=True),
    Column("call_id", "call", audience="programs"),
    Column("rule", "rule", audience="programs"),
    Column("local_day", "day", rank=3),
    Column("agent", "agent"),
    Column("severity", "severity"),
    Column("title", "what"),
    Column("result", "result", rank=6, text=lambda row: row.result.replace("_", " ")),
    Column("time", "time", rank=2, value=lambda row: moment(row.start_s)),
    Column("quote", "words", rank=1),
    Column("status", "status", rank=4),
    Column("owner", "owner", rank=5),
    Column("due", "due", rank=7),
    Column("standing", "standing", rank=8),
)


def present_flags(found: FlagList) -> Answer:
    """The queue of flags."""
    parts = ", ".join(f"{n} {status}" for status, n in found.counts)
    hints = ("`speechcx flags show FLAG` shows the words.",) if found.rows else ()
    shown = make_table(
        "flags", _QUEUE_COLUMNS, found.rows, empty=found.hint or "", notes=(f"{parts}.",)
    ).with_hints(hints)
    if len(found.rows) < found.total:
        shown = replace(shown, cut=f"{len(found.rows)} of {found.total} flags.")
    document = partial(
        _QUEUE.wrap_rows,
        found.rows,
        hint=shown.empty,
        also=[{"time": moment(row.start_s)} for row in found.rows],
        total=found.total,
        counts=dict(found.counts),
    )
    return Answer(document, (shown,))


def _minutes(row: FlagCount) -> float:
    return row.audio_s / 60


def _points(row: FlagCount) -> str | None:
    return None if row.change is None else f"{100 * row.change:+.1f}"


def _right(row: FlagCount) -> str | None:
    return precision_text(row.precision)


_COUNT_COLUMNS = (
    Column("key", "which"),
    Column("severity", "severity"),
    Column("calls", "calls"),
    Column("call_share", "of all", kind="share"),
    Column("course", "trend", rank=2),
    Column("change_points", "points", rank=3, value=_points),
    Column("waiting", "waiting"),
    Column("cannot_tell", "cannot\ntell"),
    Column("agents", "agents", rank=1),
    Column("teams", "teams", rank=5),
    Column("minutes", "minutes", digits=0, rank=6, value=_minutes),
    Column("customers", "cus-\ntomers", rank=4),
    Column("first_day", "first", rank=8),
    Column("last_day", "last", rank=7),
    Column("right", "right (95 %), n", rank=2, value=_right),
)


def present_flag_counts(found: FlagCounts) -> Answer:
    """Flags by rule, agent, team, ...: how many, how far they reach, rising or falling, how often right."""
    notes: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    if found.before:
        notes = (f"Trend against {found.before[0]} to {found.before[1]}: the change of the share of calls.",)
    elif found.rows:
        hints = ("--since DATE compares with the period before.",)
    shown = make_table(
        "flag-counts", _COUNT_COLUMNS, found.rows, empty=found.hint or "", notes=notes
    ).with_hints(hints)
    document = partial(
        _COUNTS.wrap_rows,
        found.rows,
        hint=shown.empty,
        also=[
            {"minutes": _minutes(row), "change_points": _points(row), "right": _right(row)}
            for row in found.rows
        ],
        by=found.by,
        before=found.before,
    )
    return Answer(document, (shown,))


def present_changed_flags(changed: ChangedFlags, to: str | None) -> Answer:
    """What `flags set` did."""
    text = f"{changed.changed} of {changed.matched} flags changed{f' to {to}' if to else ''}."
    return Answer(lambda: _SET.wrap(changed), (Text(text),))


def present_flag(found: FlagView) -> Answer:
    """One flag: what was found, the words around it, the rule as written, what people decided."""
    return Answer(lambda: _FLAG.wrap(found), tuple(_flag_blocks(found)))


def _flag_blocks(found: FlagView) -> Iterator[Text]:
    flag = found.flag
    yield Text(f"{flag.flag}  {flag.severity or ''} {flag.kind or ''}".rstrip())
    yield Text(f"{flag.title or flag.rule}: {result_text(flag.result)}. {flag.why}", indent=2)
    who = f"agent {flag.agent or 'unknown'}, customer {flag.customer or 'unknown'}"
    where = ", ".join(part for part in (flag.team, flag.center, flag.queue) if part)
    when = start_text(flag.started)
    yield Text(f"{when}  {who}{f', {where}' if where else ''}", indent=2)
    for path in found.paths:
        yield Text(f"recording {path}", indent=2)
    for evidence in found.evidence:
        yield from _evidence(evidence)
    if not found.evidence and flag.standing != "gone":
        none = "No words to point at: it rests on what was not said, or on a measure. The call begins:"
        yield Text(none, indent=2)
        yield from _turns(found.opening)
    yield from _rule(found)
    yield from _state(found)


def _evidence(evidence: FlagEvidence) -> Iterator[Text]:
    kind = "Nearest" if evidence.is_nearest else "Hit" if evidence.result == "present" else "FlagEvidence"
    at = "" if evidence.start_s is None else f" at {clock(evidence.start_s)} to {clock(evidence.end_s)}"
    offset = "" if evidence.start_s is None else f" ({evidence.start_s:.2f} s into the recording)"
    words = f' "{evidence.quote}"' if evidence.quote else ""
    yield Text(f"{kind}{at}{offset}, {evidence.party or 'no party'}:{words} ({evidence.why})", indent=2)
    yield from _turns(evidence.turns)


def _turns(turns: Sequence[QuotedTurn]) -> Iterator[Text]:
    for turn in turns:
        mark = ">" if turn.is_hit else " "
        yield Text(f"{mark} {clock(turn.start_s):>7} {turn.party:9} {turn.text}", indent=4)


def _rule(found: FlagView) -> Iterator[Text]:
    yield Text(f"Judged by rulebook {found.rulebook} version {found.version}, {found.digest[:16]}", indent=2)
    for line in (found.rule_text or "").splitlines():
        yield Text(line.lstrip(), indent=4 + len(line) - len(line.lstrip()))
    looked = precision_text(found.precision) or "nobody confirmed or dismissed a flag of it yet"
    yield Text(f"Right so far: {looked}", indent=2)


def _state(found: FlagView) -> Iterator[Text]:
    flag = found.flag
    parts = [flag.status, f"owner {flag.owner}" if flag.owner else "", f"due {flag.due}" if flag.due else ""]
    yield Text(f"Status: {', '.join(part for part in parts if part)}", indent=2)
    if flag.standing in STANDINGS:
        yield Text(STANDINGS[flag.standing], indent=2)
    for row in found.trail:
        yield Text(_decision(row), indent=4)


def _decision(row: AuditRow) -> str:
    if row.detail is None:
        return f"{minute_text(row.at)} {row.who}: taken out when the call was erased"
    told = json.loads(row.detail)
    parts = [
        f"{told['was']} to {told['status']}" if told["was"] != told["status"] else f"stays {told['status']}"
    ]
    parts += [f"{name} {told[name]}" for name in ("owner", "due") if told.get(name)]
    reason = f': "{told["reason"]}"' if told.get("reason") else ""
    return f"{minute_text(row.at)} {row.who}: {', '.join(parts)}{reason} [{told['rulebook']}]"


def tell_detail(detail: str | None) -> str | None:
    """The detail of a row of the trail in words; JSON and CSV have it as it was written."""
    if detail is None:
        return "taken out when the call was erased"
    try:
        told = json.loads(detail)
    except ValueError:
        return detail
    if not isinstance(told, dict):
        return detail
    shown = {name: value for name, value in told.items() if value not in (None, "", {}, [], '{"calls": {}}')}
    return "; ".join(f"{str(name).replace('_', ' ')}: {_plain(value)}" for name, value in shown.items())


def _plain(value: object) -> str:
    return str(value) if isinstance(value, str | int) else json.dumps(value, ensure_ascii=False)


_TRAIL_COLUMNS = (
    Column("audit_id", "no"),
    Column("at", "when, UTC", text=lambda row: row.at[:19].replace("T", " ")),
    Column("who", "who"),
    Column("action", "what"),
    Column("call_id", "call"),
    Column("rule", "rule"),
    Column("detail", "detail", text=lambda row: tell_detail(row.detail)),
)


def present_trail(rows: Sequence[AuditRow], *, total: int) -> Answer:
    """Rows of the audit trail, oldest first, of `total`."""
    shown = make_table("audit", _TRAIL_COLUMNS, rows, empty="Nothing was decided, exported or erased yet.")
    if len(rows) < total:
        shown = replace(shown, cut=f"The newest {len(rows)} of {total} rows.")
    return Answer(partial(_TRAIL.wrap_rows, rows, hint=shown.empty), (shown,))


def present_trail_check(verdict: TrailVerdict) -> Answer:
    """Whether the rows of the trail are as they were written."""
    if not verdict.problems:
        told = [
            Text(
                f"{count_text(verdict.rows, 'row')}, all as they were written. Last digest: {verdict.digest}"
            ),
            Text(
                f"Decision chain: {verdict.chain_entries} entries, the last with digest {verdict.chain_digest}"
            ),
        ]
    else:
        told = [Text(f"{problem[:1].upper()}{problem[1:]}.") for problem in verdict.problems]
        told.append(Text("Something else than speechcx wrote to these rows.", is_note=True))
        compare = "Compare with a backup: speechcx audit --verify --db COPY"
        told.append(Text(compare, is_note=True, is_hint=True))
    return Answer(lambda: _CHECK.wrap(verdict), tuple(told))
