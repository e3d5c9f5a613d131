"""Words for what the machine and people say: results of rules, how a flag stands, how often a rule was right."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from speechcx.ask.compliance import Precision

STANDINGS = {
    "changed": "The evidence is not the one that was decided about: look again.",
    "gone": "The call is no longer flagged for this; the decision is kept.",
}
"""How a flag stands, where that must be said."""


def result_text(result: str) -> str:
    """The result of a rule in words: ``cannot_tell`` becomes ``cannot tell``."""
    return result.replace("_", " ")


def difference_text(verdict: str | None) -> str | None:
    """Whether a difference is clear, and which way: ``cannot tell`` becomes ``no clear difference``."""
    return "no clear difference" if verdict == "cannot tell" else verdict


def minute_text(at: str) -> str:
    """A moment in UTC (ISO 8601) to the minute."""
    return at[:16].replace("T", " ")


def precision_text(found: Precision | None) -> str | None:
    """How often a rule was right, with its interval and n; None where nobody looked."""
    if found is None or found.share is None or found.interval is None:
        return None
    low, high = found.interval
    return f"{100 * found.share:.0f} % ({100 * low:.0f}-{100 * high:.0f} %), n={found.confirmed + found.dismissed}"
