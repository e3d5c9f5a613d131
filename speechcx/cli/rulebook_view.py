"""What ``rules test`` prints: the tests of a rulebook, and its measures on labelled calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from speechcx.cli.output import Format, print_rows
from speechcx.present.rulebooks import Interval, LabelledRule
from speechcx.present.table import Column

if TYPE_CHECKING:
    from speechcx.rules import RuleMeasure, TestOutcome

_TEST_COLUMNS = (
    Column("rule", "rule"),
    Column("line", "line"),
    Column("expected", "expected"),
    Column("found", "found"),
    Column("passed", "passed"),
    Column("why", "why"),
)
_MEASURE_COLUMNS = (
    Column("rule", "rule"),
    Column("n", "labelled"),
    Column("there", "present"),
    Column("precision", "precision", digits=2),
    Column("precision_95", "95 %"),
    Column("recall", "recall", digits=2),
    Column("recall_95", "95 %"),
    Column("cannot_tell", "cannot tell"),
    Column("missed", "missed"),
    Column("false", "wrongly present"),
)
_CALLS_SHOWN = 3


def label_rule(measure: RuleMeasure) -> LabelledRule:
    """A measure with its intervals."""
    from speechcx.ask.statistics import Sums, share_interval

    right, found, there = measure.right, measure.found, measure.there
    return LabelledRule(
        measure.rule, measure.n, there, found, right, measure.precision, share_interval(Sums(found, right, right)),
        measure.recall, share_interval(Sums(there, right, right)), measure.cannot_tell, measure.missed, measure.false,
    )  # fmt: skip


def print_tests(
    outcomes: Sequence[TestOutcome], measures: Sequence[LabelledRule] | None, style: Format
) -> None:
    """Print the tests of a rulebook and, where there are labels, its measures; as CSV only these."""
    rows = [asdict(outcome) for outcome in outcomes]
    if measures is None or style == "json":
        facts = None if measures is None else {"measures": [asdict(measure) for measure in measures]}
        print_rows("tests", rows, _TEST_COLUMNS, style=style, empty="No test to show.", facts=facts)
        return
    if style == "table":
        print_rows("tests", rows, _TEST_COLUMNS, empty="No test to show.")
    shown = [
        asdict(measure)
        | {name: _interval(getattr(measure, name)) for name in ("precision_95", "recall_95")}
        | ({name: _some(getattr(measure, name)) for name in ("missed", "false")} if style == "table" else {})
        for measure in measures
    ]
    print_rows("measures", shown, _MEASURE_COLUMNS, style=style, empty="No labelled call could be judged.")


def find_short(
    measures: Iterable[LabelledRule], min_precision: float | None, min_recall: float | None
) -> tuple[str, ...]:
    """Which rules fall short of what is asked, in words."""
    short = []
    for measure in measures:
        for name, value, least in (
            ("precision", measure.precision, min_precision), ("recall", measure.recall, min_recall),
        ):  # fmt: skip
            if value is not None and least is not None and value < least:
                short.append(f"{measure.rule}: {name} {value:.3f} is under {least:g}")
    return tuple(short)


def _interval(interval: Interval | None) -> str | None:
    return None if interval is None else f"{interval[0]:.2f} to {interval[1]:.2f}"


def _some(calls: Sequence[str]) -> str:
    more = f" and {len(calls) - _CALLS_SHOWN} more" if len(calls) > _CALLS_SHOWN else ""
    return ", ".join(calls[:_CALLS_SHOWN]) + more
