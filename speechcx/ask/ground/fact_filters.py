"""Which facts of other systems a filter of calls means: they know people and days, and nothing of rules."""

from __future__ import annotations

from collections.abc import Mapping

from speechcx.store import CallFilter

FACT_FILTERS = ("agent", "team", "center", "customer", "queue", "direction")
"""Filters that facts know, besides the period."""


def fact_condition(
    filters: CallFilter, *, day: str, columns: Mapping[str, str] | None = None
) -> tuple[str, list[object]]:
    """A condition on facts, and its values.

    Parameters
    ----------
    filters
        With names as they are stored.
    day
        The SQL of the day of a fact.
    columns
        The SQL of a filter, where it is not that column of ``c``.
    """
    parts: list[str] = ["1"]
    values: list[object] = []
    for name in FACT_FILTERS:
        wanted: tuple[str, ...] = getattr(filters, name)
        if wanted:
            column = (columns or {}).get(name, f"c.{name}")
            parts.append(f"{column} IN ({', '.join('?' * len(wanted))})")
            values += wanted
    for sign, bound in ((">=", filters.since), ("<=", filters.until)):
        if bound is not None:
            parts.append(f"{day} {sign} ?")
            values.append(bound.isoformat())
    return " AND ".join(parts), values
