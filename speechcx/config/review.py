"""The settings of reviews: which calls people look at, and from when on the machine's answers count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from speechcx.ranges import Range, expect_ranges

PERIODS = ("day", "week", "month", "all")
"""What a plan draws so many calls an agent for."""

STRATA = ("queue", "direction", "duration", "driver", "day")
"""What a draw can be spread over."""

RISKS = ("flags", "low-score", "cannot-tell", "negative-end")
"""What can make a call more probable."""


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """Which calls people review, and when the machine's answers count.

    Parameters
    ----------
    per_agent
        Calls a plan draws for each agent and period.
    period
        ``day``, ``week``, ``month`` or ``all``.
    strata
        What the draw is spread over: ``queue``, ``direction``, ``duration``, ``driver``, ``day``.
    risks
        What makes a call more likely to be drawn: pairs of a risk (``flags``, ``low-score``, ``cannot-tell``,
        ``negative-end``) and the weight it adds to a call's own of 1. Empty: every call alike.
    low_score
        A score below this is a ``low-score``.
    duration_bands_s
        Where the bands of ``duration`` end, seconds.
    min_length_s
        Shorter calls are not drawn.
    second_share
        Share of drawn calls that two people review blind, 0 to 1.
    kappa_bar
        The machine's answers to a question count officially from this Cohen's kappa.
    min_answers
        Blind answers of people needed for that.
    drift_window
        How many of the newest answers are compared with all before them.
    drift_p
        A drop of agreement less probable than this by chance reopens a question.
    """

    per_agent: Annotated[int, Range(1, 100_000)] = 3
    period: str = "month"
    strata: tuple[str, ...] = ()
    risks: Annotated[tuple[tuple[str, float], ...], Range(0, 1000)] = ()
    low_score: Annotated[float, Range(0, 1000)] = 60.0
    duration_bands_s: Annotated[tuple[float, ...], Range(0, 7 * 86_400)] = (120.0, 300.0, 600.0)
    min_length_s: Annotated[float, Range(0, 7 * 86_400)] = 0.0
    second_share: Annotated[float, Range(0, 1)] = 0.0
    kappa_bar: Annotated[float, Range(-1, 1)] = 0.6
    min_answers: Annotated[int, Range(1, 1_000_000)] = 30
    drift_window: Annotated[int, Range(1, 1_000_000)] = 30
    drift_p: Annotated[float, Range(0, 1)] = 0.001

    def __post_init__(self) -> None:
        if self.period not in PERIODS:
            raise ValueError(f"period must be one of {', '.join(PERIODS)}, got {self.period!r}")
        _expect_known("strata", self.strata, STRATA)
        _expect_known("risks", tuple(name for name, _ in self.risks), RISKS)
        expect_ranges(self)
        if list(self.duration_bands_s) != sorted({*self.duration_bands_s}):
            raise ValueError(f"duration_bands_s must rise, got {self.duration_bands_s}")


def _expect_known(field_name: str, given: tuple[str, ...], known: tuple[str, ...]) -> None:
    for name in given:
        if name not in known:
            raise ValueError(f"{field_name} must be among {', '.join(known)}, got {name!r}")
    if len(set(given)) < len(given):
        raise ValueError(f"{field_name} must name each once, got {', '.join(given)}")
