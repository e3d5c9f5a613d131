"""Measures in people's units: shares in percent, seconds, intervals, signs, and the word for a change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from speechcx.ask.ground import MEASURE_NAMES, MEASURES, ComparedMeasure
from speechcx.ask.statistics import MIN_CALLS
from speechcx.present.table import Column
from speechcx.present.units import count_text, plain_number

if TYPE_CHECKING:
    from speechcx.ask.ground import Estimate

SHARES = frozenset(measure.name for measure in MEASURES if measure.unit == "share")
"""Measures that are shares of something, shown in percent."""

VERDICT = "clear dif-\nference?"
"""Heading of the word that says whether a difference is beyond chance."""

_TITLES = {
    "critical_accuracy": "critical checks passed", "agent_talk_share": "agent's share of talk",
    "agent_pace_wpm": "agent's pace, wpm", "agent_overtalk_share": "agent talks over",
    "agent_dead_air_share": "dead air of the agent", "non_talk_share": "nobody speaks", "hold_s": "on hold, s",
    "recorded_duration_s": "recording, s", "flagged_share": "calls flagged",
}  # fmt: skip

_DIGITS = {measure.name: measure.shown for measure in MEASURES}
_ENDS = {
    measure.name: (
        float("-inf") if measure.scale.low is None else measure.scale.low,
        float("inf") if measure.scale.high is None else measure.scale.high,
    )
    for measure in MEASURES
}
"""Where the scale of a measure ends; an interval does not reach past it."""

_RANKS = {
    "critical_accuracy": 0, "customer_sentiment": 0, "flagged_share": 0, "non_talk_share": 2, "agent_talk_share": 3,
    "agent_interruptions": 5, "agent_pace_wpm": 6, "hold_s": 7,
}  # fmt: skip
"""Which columns go first where there is little room: the highest; 4 for a measure that is not here."""


class MeasuredRow(Protocol):
    """A row of a table of people or of time."""

    @property
    def measures(self) -> tuple[Estimate, ...]:
        """In the order of ``MEASURES``."""


class Spread(Protocol):
    """What has an interval: an estimate, or a difference."""

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its 95 % interval; None where there are too few calls."""


def get_estimate(row: MeasuredRow, measure: str) -> Estimate:
    """The estimate of one measure."""
    return row.measures[MEASURE_NAMES.index(measure)]


def _column(measure: ComparedMeasure) -> Column:
    return Column(
        measure.name,
        measure.heading,
        measure.shown,
        "share" if measure.unit == "share" else "plain",
        _RANKS.get(measure.name, 4),
        value=lambda row: get_estimate(row, measure.name).mean,
    )


MEASURE_COLUMNS = tuple(_column(one) for one in MEASURES if one.heading and one.name != "score")
"""Columns of measures that tables of people and of time share, beside the score."""


def measure_title(name: str) -> str:
    """What people call a measure; JSON, CSV and ``--sort`` have its name."""
    return _TITLES.get(name, name.replace("_", " "))


def number_text(measure: str, value: float | None, *, sign: bool = False) -> str | None:
    """A value of a measure as people read it; with `sign`, a difference."""
    if value is None:
        return None
    if measure in SHARES:
        return f"{plain_number(100 * value, 0, sign=sign)} %"
    return plain_number(value, _DIGITS.get(measure, 1), sign=sign)


def value_text(
    measure: str, value: float | None, interval: tuple[float, float] | None = None, *, sign: bool = False
) -> str | None:
    """A value, with its interval in brackets where it has one."""
    found = number_text(measure, value, sign=sign)
    if found is None or interval is None:
        return found
    low, high = _trimmed(measure, interval)
    ends = (number_text(measure, end, sign=sign) or "" for end in (low, high))
    return f"{found} ({' to '.join(end.removesuffix(' %') for end in ends)})"


def interval_text(estimate: Spread, measure: str | None = None, *, sign: bool = False) -> str | None:
    """The 95 % interval of an estimate or a difference; a dash where there are too few calls."""
    if estimate.interval is None:
        return "n too small" if 0 < getattr(estimate, "n", 0) < MIN_CALLS and not sign else None
    name = measure or str(getattr(estimate, "name", ""))
    low, high = estimate.interval if sign else _trimmed(name, estimate.interval)
    if name == "score" and not sign:
        return f"{low:.0f} to {high:.0f}"
    return f"{number_text(name, low, sign=sign)} to {number_text(name, high, sign=sign)}"


def _trimmed(measure: str, interval: tuple[float, float]) -> tuple[float, float]:
    # The t interval of a few calls can reach past the ends of a scale; people read scores on 0 to 100.
    least, most = _ENDS.get(measure, (0.0, 1.0) if measure in SHARES else (float("-inf"), float("inf")))
    return max(least, interval[0]), min(most, interval[1])


def change_text(measure: str, estimate: Estimate) -> str | None:
    """A change with its sign, and with its word where it is beyond chance."""
    found = number_text(measure, estimate.change, sign=True)
    told = estimate.verdict not in (None, "cannot tell", "too few calls")
    return f"{found} {estimate.verdict}" if found and told else found


def count_chance(verdicts: Sequence[str | None], what: str) -> tuple[str, ...]:
    """How many differences stand out, and how many would by chance alone; nothing where under two can be judged."""
    judged = [verdict for verdict in verdicts if verdict not in (None, "too few calls")]
    told = sum(verdict != "cannot tell" for verdict in judged)
    if len(judged) < 2:
        return ()
    return (
        f"{told} of {len(judged)} {what} {'is' if told == 1 else 'are'} clear (a word says which way); about"
        f" {len(judged) / 20:.1f} would look clear by chance if nothing had changed.",
    )


def list_versions(versions: Sequence[tuple[str, int]]) -> tuple[str, ...]:
    """That calls were made with different versions, where they were."""
    if len(versions) < 2:
        return ()
    mixed = "; ".join(f"{version}: {count_text(count, 'call')}" for version, count in versions)
    return (f"These calls were made with different versions, which means mix: {mixed}",)
