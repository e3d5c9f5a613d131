"""What is printed of rules tried on calls: where one holds, nearly holds or cannot tell; what a rulebook covers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from speechcx.cli.output import Format, note, print_json, print_rows, print_text
from speechcx.present.table import Column
from speechcx.present.units import clock
from speechcx.present.wording import precision_text

if TYPE_CHECKING:
    from speechcx.ask.compliance import Precision
    from speechcx.batch import CoverReport, TriedCall, TryReport
    from speechcx.rules import Rulebook, RuleCover

_PLACE = (
    Column("call_id", "call"),
    Column("started_at", "start", kind="start"),
    Column("agent", "agent"),
    Column("time", "time"),
    Column("party", "party"),
    Column("words", "words"),
)
_HIT_COLUMNS = _PLACE
_WHY_COLUMNS = (*_PLACE, Column("why", "why"))
_CSV_COLUMNS = (
    Column("call_id", "call"), Column("file", "file"), Column("agent", "agent"), _PLACE[1],
    Column("value", "result"), Column("start_s", "start s", digits=3), Column("end_s", "end s", digits=3),
    Column("party", "party"), Column("words", "words"), Column("why", "why"),
)  # fmt: skip
_RULE_COLUMNS = (
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
_MISSES = 5


def try_on_text(book: Rulebook, rule: str, text: str) -> TryReport:
    """One rule tried on typed talk; ``-`` reads it from standard input."""
    import sys

    from speechcx.batch import TriedCall, TryReport
    from speechcx.rules import RuleTest, facts_of_test, parties_asked, try_on, type_lines, why_unknown

    lines = type_lines(sys.stdin.read() if text == "-" else text, parties_asked(book, rule))
    trial = try_on(book, rule, facts_of_test(RuleTest(rule, "present", lines)))
    result = trial.result
    doubt = why_unknown(result) if result.value == "cannot_tell" else ""
    tried = TriedCall("", "", None, None, result.value, result.why, result.hits, trial.closeness, doubt)
    calls, unsure, misses = (
        (tried,) if result.value == value else () for value in ("present", "cannot_tell", "absent")
    )
    return TryReport(
        book.rule(rule).title, 1, 1, len(calls), len(misses), len(unsure), 0, ((doubt, 1),) if doubt else (),
        calls, unsure, misses,
    )  # fmt: skip


def print_tried(report: TryReport, style: Format) -> None:
    """Print where a rule holds: JSON has everything listed, CSV a row for each hit, doubt and near miss."""
    if style == "json":
        print_json({"schema_version": 1, "kind": "rules-try", **asdict(report)})
        return
    if style == "csv":
        every = [row for tried in (*report.calls, *report.unsure, *report.misses) for row in _rows(tried)]
        print_rows("calls", every, _CSV_COLUMNS, style="csv", empty=report.hint or "It holds nowhere.")
        return
    print_text(_headline(report))
    if report.calls:
        print_rows("calls", [row for tried in report.calls for row in _rows(tried)], _HIT_COLUMNS)
    for why, count in report.doubts[:_MISSES]:
        print_text(f"Cannot tell in {_calls(count)}: {why}", indent=2)
    if report.unsure and not report.calls:
        print_rows("unsure", [row for tried in report.unsure for row in _rows(tried)], _WHY_COLUMNS)
    if report.misses:
        print_text("Nearest misses:")
        near = [row for tried in report.misses[:_MISSES] for row in _rows(tried)]
        print_rows("misses", near, _WHY_COLUMNS)
    if report.hint:
        note(report.hint)
    if len(report.calls) < report.present:
        note(f"{len(report.calls)} of {report.present} calls are shown; --limit shows more.")
    elif report.searched < report.stored:
        note(f"The newest {report.searched} of {report.stored} calls were searched; --newest 0 takes all.")


def print_cover(
    reports: Sequence[CoverReport], style: Format, *, limit: int, right: Mapping[str, Precision] | None = None
) -> None:
    """Print what rulebooks cover: JSON has everything, CSV a row for each rule; `right` as people judged flags."""
    several = len(reports) > 1
    if style == "json" and several:
        print_json(
            {
                "schema_version": 1,
                "kind": "rules-coverages",
                "hint": None,
                "rows": [asdict(one) for one in reports],
            }
        )
        return
    if style == "json":
        print_json({"schema_version": 1, "kind": "rules-coverage", **asdict(reports[0])})
        return
    columns = (Column("language", "language"), *_RULE_COLUMNS) if several else _RULE_COLUMNS
    rows = {
        no: [
            _rule_row(rule, report)
            | {"right": precision_text((right or {}).get(rule.rule)), "language": report.language}
            for rule in report.rules
        ]
        for no, report in enumerate(reports)
    }
    if style == "csv":
        print_rows("rules", [row for no in rows for row in rows[no]], columns, style=style)
        return
    for no, report in enumerate(reports):
        _print_report(report, rows[no], limit=limit)


def _print_report(report: CoverReport, rows: list[dict[str, object]], *, limit: int) -> None:
    print_rows("rules", rows, _RULE_COLUMNS, empty=report.hint or "No call could be judged.")
    if not rows:
        return
    if report.dead_phrases:
        dead = [asdict(phrase) for phrase in report.dead_phrases]
        print_rows("phrases", dead[:limit], _PHRASE_COLUMNS)
        if len(dead) > limit:
            note(f"{limit} of {len(dead)} phrases that nobody said; --limit shows more.")
    if report.has_drivers:
        _print_without_driver(report, limit)
    else:
        note("The rulebook has no rule of kind driver: why customers call is not asked.")
    if report.failed:
        note(f"{_calls(report.failed)} could not be judged.")
    searched = (
        f"the newest {report.searched} of {report.stored}" if report.searched < report.stored else "all"
    )
    if report.language is not None:
        searched = f"the {report.language}" if report.language != "any" else "all other"
    note(f"{report.rulebook} version {report.version} on {searched} calls ({report.searched}).")


def _print_without_driver(report: CoverReport, limit: int) -> None:
    judged = report.searched - report.failed
    count = len(report.without_driver)
    print_text(f"No driver explains {count} of {_calls(judged)} ({count / max(1, judged):.0%}).")
    if count:
        newest = list(reversed(report.without_driver))[:limit]
        print_text(", ".join(newest) + (" and more" if count > limit else ""), indent=2)


def _rule_row(rule: RuleCover, report: CoverReport) -> dict[str, object]:
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
    return asdict(rule) | {"share": rule.share, "remark": remark, "reasons": reasons}


def _headline(report: TryReport) -> str:
    parts = [
        f"holds in {report.present}", f"absent in {report.absent}", f"cannot tell in {report.cannot_tell}"
    ]  # fmt: skip
    parts += [f"not judged {report.failed}"] if report.failed else []
    return f"{report.condition}: {', '.join(parts)} of {_calls(report.searched)}."


def _rows(tried: TriedCall) -> Iterator[dict[str, object]]:
    """A row for each hit of a call, or one for the call."""
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


def _calls(count: int) -> str:
    return f"{count} call{'s' * (count != 1)}"
