"""The measures that people are compared by, each with its expression on a call and what it may be."""

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

Verdict = Literal["better", "worse", "higher", "lower", "cannot tell", "too few calls"]
"""A difference in a word: ``higher`` and ``lower`` where neither is better."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of a call.

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
    """

    name: str
    sql: str
    kind: Literal["mean", "share"] = "mean"
    best: Literal["high", "low"] | None = None
    missing: str | None = None
    scale: Scale = OPEN

    def interval(self, sums: Sums) -> Interval | None:
        """95 % interval of the measure; None where there are too few calls."""
        return mean_interval(sums, self.scale) if self.kind == "mean" else share_interval(sums)

    def difference(self, now: Sums, before: Sums) -> Interval | None:
        """95 % interval of the change between two groups of calls."""
        return (
            mean_difference(now, before, self.scale) if self.kind == "mean" else share_difference(now, before)
        )

    def judge(self, interval: Interval | None, *, enough: bool) -> Verdict:
        """Whether a difference with this interval can be told from chance, and which way it points."""
        if interval is None or not enough:
            return "too few calls"
        low, high = interval
        if low <= 0 <= high:
            return "cannot tell"
        is_up = low > 0
        if self.best is None:
            return "higher" if is_up else "lower"
        return "better" if is_up == (self.best == "high") else "worse"


_FEELING, _SHARE, _COUNT = Scale(-5.0, 5.0), Scale(0.0, 1.0), Scale(0.0)

MEASURES = (
    Measure("score", "s.score", best="high", scale=Scale(0.0, 100.0)),
    Measure(
        "critical_accuracy",
        "CASE WHEN s.score IS NOT NULL THEN s.critical_errors = '[]' END",
        kind="share",
        best="high",
    ),
    Measure(
        "customer_sentiment",
        "c.customer_sentiment",
        best="high",
        missing="customer_sentiment",
        scale=_FEELING,
    ),
    Measure("agent_sentiment", "c.agent_sentiment", best="high", missing="agent_sentiment", scale=_FEELING),
    Measure("agent_talk_share", "c.agent_talk_share", missing="agent_talk_share", scale=_SHARE),
    Measure("agent_pace_wpm", "c.agent_pace_wpm", missing="agent_pace_wpm", scale=_COUNT),
    Measure(
        "agent_interruptions",
        "c.agent_interruptions",
        best="low",
        missing="agent_interruptions",
        scale=_COUNT,
    ),
    Measure("non_talk_share", "c.non_talk_share", best="low", missing="non_talk_share", scale=_SHARE),
    Measure("hold_s", "c.hold_s", best="low", scale=_COUNT),
    Measure("recorded_duration_s", "c.audio_duration_s", scale=_COUNT),
    Measure("flagged_share", "c.flagged_count > 0", kind="share", best="low"),
)
"""In the order tables show them. ``recorded_duration_s`` is the length of recordings, never handle time."""

MEASURE_NAMES = tuple(measure.name for measure in MEASURES)
