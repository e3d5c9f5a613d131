"""Rules tried on calls: where one holds, nearly holds or cannot tell; what a whole rulebook covers."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from speechcx.ask.compliance import Precision
from speechcx.batch import CoverageReport, TriedCall, TryReport
from speechcx.present.envelope import Envelopes, record, rows
from speechcx.present.table import Answer, Column, Table, Text, make_table
from speechcx.present.units import clock, count_text
from speechcx.present.wording import precision_text
from speechcx.rules import RuleCoverage

MAX_MISSES = 5
"""Near misses and reasons that people are shown; the JSON document has all that are listed."""

_TRIED = record("rules-try", TryReport)
_COVERED = record("rules-coverage", CoverageReport)
_EACH_COVERED = rows("rules-coverages", CoverageReport)

ENVELOPES: dict[str, Envelopes] = {"rules coverage": (_COVERED, _EACH_COVERED), "rules try": _TRIED}

_HIT_COLUMNS = (
    Column("call_id", "call"),
    Column("started_at", "start", kind="start"),
    Column("agent", "agent"),
    Column("time", "time"),
    Column("party", "party"),
    Column("words", "words"),
)
_WHY_COLUMNS = (*_HIT_COLUMNS, Column("why", "why"))
_CSV_COLUMNS = (
    Column("call_id", "call"), Column("file", "file"), Column("agent", "agent"), _HIT_COLUMNS[1],
    Column("value", "result"), Column("start_s", "start s", digits=3), Column("end_s", "end s", digits=3),
    Column("party", "party"), Column("words", "words"), Column("why", "why"),
)  # fmt: skip
_COVER_COLUMNS = (
    Column("rule", "rule"),
    Column("kind", "kind"),
    Column("present", "present"),
    Column("absent", "absent"),
    Column("cannot_tell", "cannot tell"),
    Column("share", "present of told", kind="share"),
    Column("flagged", "flagged"),
    Column("remark", "remark"),
    Column("reasons", "why it cannot tell"),
    Column("right", "right (95 %), n"),
)
_PHRASE_COLUMNS = (Column("rule", "rule"), Column("phrase", "phrase nobody said"))


def present_tried(report: TryReport) -> Answer:
    """Where a rule holds: JSON has everything listed, CSV a row for each hit, doubt and near miss."""
    every = _rows((*report.calls, *report.unsure, *report.misses))
    shown = make_table("calls", _CSV_COLUMNS, every, empty=report.hint or "It holds nowhere.")
    return Answer(partial(_TRIED.wrap, report), tuple(_tried(report)), csv=shown)


def _tried(report: TryReport) -> Iterator[Table | Text]:
    yield Text(_headline(report))
    if report.calls:
        yield make_table("calls", _HIT_COLUMNS, _rows(report.calls))
    for why, count in report.doubts[:MAX_MISSES]:
        yield Text(f"Cannot tell in {count_text(count, 'call')}: {why}", indent=2)
    if report.unsure and not report.calls:
        yield make_table("unsure", _WHY_COLUMNS, _rows(report.unsure))
    if report.misses:
        yield Text("Nearest misses:")
        yield make_table("misses", _WHY_COLUMNS, _rows(report.misses[:MAX_MISSES]))
    if report.hint:
        yield Text(report.hint, is_note=True)
    if len(report.calls) < report.present:
        more = f"{len(report.calls)} of {report.present} calls are shown; --limit shows more."
        yield Text(more, is_note=True, is_hint=True)
    elif report.searched < report.stored:
        more = f"The newest {report.searched} of {report.stored} calls were searched; --newest 0 takes all."
        yield Text(more, is_note=True, is_hint=True)


def _headline(report: TryReport) -> str:
    parts = [
        f"holds in {report.present}", f"absent in {report.absent}", f"cannot tell in {report.cannot_tell}"
    ]  # fmt: skip
    parts += [f"not judged {report.failed}"] if report.failed else []
    return f"{report.condition}: {', '.join(parts)} of {count_text(report.searched, 'call')}."


def _rows(calls: Iterable[TriedCall]) -> Iterator[dict[str, object]]:
    """A row for each hit of each call, or one for a call without any."""
    for tried in calls:
        base: dict[str, object] = {
            "call_id": tried.call_id or "(typed)",
            "file": os.path.basename(tried.file),
            "agent": tried.agent,
            "started_at": tried.started_at,
            "value": tried.value,
            "why": tried.why,
        }
        for hit in tried.hits:
            yield base | {
                "time": clock(hit.start_s), "start_s": hit.start_s, "end_s": hit.end_s, "party": hit.party,
                "words": hit.quote, "why": hit.why,
            }  # fmt: skip
        if not tried.hits:
            yield base


def present_coverage(
    reports: Sequence[CoverageReport], *, limit: int, right: Mapping[str, Precision] | None = None
) -> Answer:
    """What a rulebook covers, or each of several: JSON has everything, CSV a row for each rule.

    Parameters
    ----------
    reports
        What each says of the calls that it judges.
    limit
        At most this many phrases and calls are shown to people.
    right
        How often each rule was right, as people judged its flags.
    """
    blocks: list[Table | Text] = []
    every = []
    for report in reports:
        shown = [
            _cover_row(rule, report)
            | {"right": precision_text((right or {}).get(rule.rule)), "language": report.language}
            for rule in report.rules
        ]
        empty = report.hint or "No call could be judged."
        blocks += [make_table("rules", _COVER_COLUMNS, shown, empty=empty)]
        blocks += _coverage(report, limit) if shown else ()
        every += shown
    if len(reports) == 1:
        return Answer(partial(_COVERED.wrap, reports[0]), tuple(blocks))
    csv = make_table("rules", (Column("language", "language"), *_COVER_COLUMNS), every)
    return Answer(partial(_EACH_COVERED.wrap_rows, reports), tuple(blocks), csv=csv)


def _coverage(report: CoverageReport, limit: int) -> Iterator[Table | Text]:
    if report.dead_phrases:
        yield make_table("phrases", _PHRASE_COLUMNS, report.dead_phrases[:limit])
        if len(report.dead_phrases) > limit:
            more = f"{limit} of {len(report.dead_phrases)} phrases that nobody said; --limit shows more."
            yield Text(more, is_note=True, is_hint=True)
    if report.has_drivers:
        yield from _without_driver(report, limit)
    else:
        none = "The rulebook has no rule of kind driver: why customers call is not asked."
        yield Text(none, is_note=True)
    if report.failed:
        yield Text(f"{count_text(report.failed, 'call')} could not be judged.", is_note=True)
    searched = (
        f"the newest {report.searched} of {report.stored}" if report.searched < report.stored else "all"
    )
    if report.language is not None:
        searched = "all other" if report.language == "any" else f"the {report.language}"
    which = f"{report.rulebook} version {report.version} on {searched} calls ({report.searched})."
    yield Text(which, is_note=True)


def _without_driver(report: CoverageReport, limit: int) -> Iterator[Text]:
    judged = report.searched - report.failed
    count = len(report.without_driver)
    yield Text(f"No driver explains {count} of {count_text(judged, 'call')} ({count / max(1, judged):.0%}).")
    if count:
        newest = list(reversed(report.without_driver))[:limit]
        yield Text(", ".join(newest) + (" and more" if count > limit else ""), indent=2)


def _cover_row(rule: RuleCoverage, report: CoverageReport) -> dict[str, object]:
    remark = ""
    for names, words in (
        (report.blind, "can never tell"),
        (report.never, "never"),
        (report.always, "always"),
    ):
        if rule.rule in names:
            remark = words
            break
    reasons = "; ".join(f"{why} ({count})" for why, count in rule.reasons[:2])
    plain = {column.key: getattr(rule, column.key) for column in _COVER_COLUMNS[:7]}
    return plain | {"remark": remark, "reasons": reasons}
