"""Measures in people's units: shares in percent, seconds, intervals, signs; and documents of records."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from speechcx.ask.ground.measures import MEASURES
from speechcx.ask.statistics import MIN_CALLS
from speechcx.cli.output import SCHEMA_VERSION, plain_number

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SHARES = frozenset(measure.name for measure in MEASURES if measure.unit == "share")
"""Measures that are shares of something, shown in percent."""

_DIGITS = {measure.name: measure.shown for measure in MEASURES}
_ENDS = {
    measure.name: (
        float("-inf") if measure.scale.low is None else measure.scale.low,
        float("inf") if measure.scale.high is None else measure.scale.high,
    )
    for measure in MEASURES
}
"""Where the scale of a measure ends; an interval does not reach past it."""


def document(kind: str, record: DataclassInstance) -> dict[str, object]:
    """A record as a JSON document: measures become objects by name, and a hint the words of it."""
    head: dict[str, object] = {"schema_version": SCHEMA_VERSION, "kind": kind}
    found: dict[str, object] = _by_name(asdict(record))
    hint = getattr(record, "hint", None)
    return head | found | ({"hint": None if hint is None else str(hint)} if "hint" in found else {})


def _by_name(value: Any) -> Any:
    """Lists of named measures as objects."""
    if isinstance(value, dict):
        return {
            name: {one["name"]: one for one in part} if name == "measures" else _by_name(part)
            for name, part in value.items()
        }
    return [_by_name(one) for one in value] if isinstance(value, list | tuple) else value


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


def interval_text(estimate: Any, measure: str | None = None, *, sign: bool = False) -> str | None:
    """The 95 % interval of an estimate or a difference; a dash where there are too few calls."""
    if estimate.interval is None:
        return "n too small" if 0 < getattr(estimate, "n", 0) < MIN_CALLS and not sign else None
    name = measure or estimate.name
    low, high = estimate.interval if sign else _trimmed(name, estimate.interval)
    if name == "score" and not sign:
        return f"{low:.0f} to {high:.0f}"
    return f"{number_text(name, low, sign=sign)} to {number_text(name, high, sign=sign)}"


def _trimmed(measure: str, interval: tuple[float, float]) -> tuple[float, float]:
    # The t interval of a few calls can reach past the ends of a scale; people read scores on 0 to 100.
    least, most = _ENDS.get(measure, (0.0, 1.0) if measure in SHARES else (float("-inf"), float("inf")))
    return max(least, interval[0]), min(most, interval[1])


def signed(value: float | None, digits: int) -> str | None:
    """A number with its sign; None for None."""
    return None if value is None else plain_number(value, digits, sign=True)


def change_text(measure: str, estimate: Any) -> str | None:
    """A change with its sign, and with its word where it can be told from chance."""
    found = number_text(measure, estimate.change, sign=True)
    told = estimate.verdict not in (None, "cannot tell", "too few calls")
    return f"{found} {estimate.verdict}" if found and told else found
