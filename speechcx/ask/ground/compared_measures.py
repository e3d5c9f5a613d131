"""The measures that people are compared by: those of calls that are declared for it, scores and flags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from speechcx.ask.statistics import (
    OPEN,
    Interval,
    Scale,
    Sums,
    mean_difference,
    mean_interval,
    share_difference,
    share_interval,
)
from speechcx.call.measures import COMPARED, ENDS, CallColumn, Unit, call_columns

DifferenceVerdict = Literal["better", "worse", "higher", "lower", "cannot tell", "too few calls"]
"""A difference in a word: ``higher`` and ``lower`` where neither is better."""


@dataclass(frozen=True, slots=True)
class ComparedMeasure:
    """One measure of a call, as groups of calls are compared by it.

    Parameters
    ----------
    name
        As rows, sorting and ``--json`` call it.
    sql
        Its value on a call: ``c`` is the call, ``s`` its filled scorecard.
    kind
        ``mean`` of a number, or ``share`` of calls for which something holds.
    best
        Whether high or low values come first when people are ranked; None where neither is better.
    missing
        Key of its reason in ``calls.missing``; None where another table has it, or it is never missing.
    scale
        Where its values end.
    unit
        Of its values; None for a score.
    heading
        Over its column in tables; empty for one that they leave out.
    shown
        Decimals in tables; of a share, in percent.
    """

    name: str
    sql: str
    kind: Literal["mean", "share"] = "mean"
    best: Literal["high", "low"] | None = None
    missing: str | None = None
    scale: Scale = OPEN
    unit: Unit | None = None
    heading: str = ""
    shown: int = 1

    def interval(self, sums: Sums) -> Interval | None:
        """95 % interval of the measure; None where there are too few calls."""
        return mean_interval(sums, self.scale) if self.kind == "mean" else share_interval(sums)

    def difference(self, now: Sums, before: Sums) -> Interval | None:
        """95 % interval of the change between two groups of calls."""
        return (
            mean_difference(now, before, self.scale) if self.kind == "mean" else share_difference(now, before)
        )

    def judge(self, interval: Interval | None, *, enough: bool) -> DifferenceVerdict:
        """Whether a difference with this interval is beyond chance, and which way it points."""
        if interval is None or not enough:
            return "too few calls"
        low, high = interval
        if low <= 0 <= high:
            return "cannot tell"
        is_up = low > 0
        if self.best is None:
            return "higher" if is_up else "lower"
        return "better" if is_up == (self.best == "high") else "worse"


def _compared(column: CallColumn) -> ComparedMeasure:
    measure = column.measure
    return ComparedMeasure(
        # The length of recordings is never called handle time.
        name="recorded_duration_s" if column.name == "audio_duration_s" else column.name,
        sql=f"c.{column.name}",
        best=measure.better,
        missing=column.name,
        scale=Scale(*ENDS.get(measure.unit, (None, None))),
        unit=measure.unit,
        heading=COMPARED[column.name],
        shown=measure.shown,
    )


_SHARE = Scale(0.0, 1.0)
_COLUMNS = {column.name: column for column in call_columns()}

MEASURES = (
    ComparedMeasure("score", "s.score", best="high", scale=Scale(0.0, 100.0), heading="score"),
    ComparedMeasure(
        "critical_accuracy",
        "s.critical_accuracy",
        kind="share",
        best="high",
        scale=_SHARE,
        unit="share",
        heading="critical\nchecks\npassed",
    ),
    *(_compared(_COLUMNS[name]) for name in COMPARED),
    ComparedMeasure(
        "flagged_share",
        "c.flagged_count > 0",
        kind="share",
        best="low",
        scale=_SHARE,
        unit="share",
        heading="flagged",
    ),
)
"""In the order tables show them."""

MEASURE_NAMES = tuple(measure.name for measure in MEASURES)
