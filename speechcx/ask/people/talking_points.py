"""Moments of calls worth talking about: flagged rules with their words, and customers at their angriest."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from speechcx.store import CallFilter, Store
from speechcx.store.moments import ROWS_A_CALL

SHOWN = 8
"""Flagged moments; a rule gives at most two of them."""

ANGRIEST = 3
"""Calls whose most negative turn of the customer is shown."""

_SEVERITIES = ("critical", "major", "minor", "info")
_LOOKED_THROUGH = 500


@dataclass(frozen=True, slots=True)
class Moment:
    """A place in a call.

    Parameters
    ----------
    call_id, local_day
        The call, and its day.
    start_s
        Where to listen; None where it is about the whole call.
    why
        The flagged rule's title, or what the turn is.
    severity
        Of the rule; None for a turn.
    party, quote
        Who said what there; None where nothing was said.
    """

    call_id: str
    local_day: str | None
    start_s: float | None
    why: str
    severity: str | None
    party: str | None
    quote: str | None


def find_moments(store: Store, filters: CallFilter) -> tuple[Moment, ...]:
    """Flagged moments, the most severe and newest first, then the most negative turns of the unhappiest customers."""
    condition, values = filters.to_sql()
    return (*_find_flagged(store, condition, values), *_find_angriest(store, condition, values))


def _find_flagged(
    store: Store, condition: str, values: list[str | int | float | bytes | None]
) -> list[Moment]:
    ranks = " ".join(f"WHEN '{name}' THEN {rank}" for rank, name in enumerate(_SEVERITIES))
    rows = store.db.execute(
        "SELECT f.call_id, f.local_day, f.start_s, f.title, f.severity, f.party, f.quote FROM flagged_calls f"
        f" WHERE f.call_no IN (SELECT c.call_no FROM calls c WHERE c.flagged_count > 0 AND {condition}"
        f" ORDER BY c.call_no DESC LIMIT {_LOOKED_THROUGH})"
        f" ORDER BY CASE f.severity {ranks} ELSE 9 END, f.call_no DESC",
        values,
    )
    seen: Counter[str] = Counter()
    found = []
    for row in rows:
        moment = Moment(*row)
        seen[moment.why] += 1
        if seen[moment.why] <= 2:
            found.append(moment)
    return found[:SHOWN]


def _find_angriest(
    store: Store, condition: str, values: list[str | int | float | bytes | None]
) -> list[Moment]:
    rows = store.db.execute(
        "SELECT c.call_id, c.local_day, t.start_s, 'the customer at the most negative', NULL, t.party, t.text"
        " FROM calls c JOIN party_measures p ON p.call_no = c.call_no AND p.party = 'customer'"
        f" JOIN turns t ON t.call_no = c.call_no AND t.turn_id = c.call_no * {ROWS_A_CALL} + p.most_negative_turn"
        f" WHERE c.customer_sentiment < 0 AND {condition} ORDER BY c.customer_sentiment, c.call_no DESC"
        f" LIMIT {ANGRIEST}",
        values,
    )
    return [Moment(*row) for row in rows]
