"""How calls were handled, by the telephone system's records: handle time, waiting, abandoned calls, transfers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from speechcx.ask.ground.fact_filters import fact_condition
from speechcx.ask.ground.group_sums import DIVISIONS
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import settle_names
from speechcx.ask.statistics import CountedFigure, Scale, Sums, mean_figure, share_figure
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from speechcx.store.facts.handling_sums import (
    SERVICE_S,
    SHARES,
    SHORT_S,
    STEPS,
    TIMES,
    list_sums,
    to_correct,
    to_select,
)
from speechcx.store.select_sums import split_months

HandlingBy = Literal[
    "agent", "team", "center", "queue", "direction", "day", "week", "month", "weekday", "hour"
]
HANDLING_BY: tuple[HandlingBy, ...] = get_args(HandlingBy)

_TIME = Scale(0.0, None)
_DAYS_AND_HOURS = ("day", "week", "weekday", "hour")
"""Groups that the sums by day and hour answer."""


@dataclass(frozen=True, slots=True)
class HandlingRow:
    """How the calls of one group were handled.

    Parameters
    ----------
    key
        The agent, team, queue, day, ...; None for calls without one, and for the row of all.
    records
        Calls of the telephone system.
    recorded
        Of those, calls whose recording was found.
    offered
        Calls that came in, and of which it is told how they ended.
    short
        Of those, given up before the limit for short ones: left out of `abandoned` and `service`.
    handled
        Calls that were answered.
    aht_s, talk_s, hold_s, wrap_s
        Mean handle time of the answered calls, and of its parts; hold and after-call work that no record tells count
        as none in the handle time, and have no figure of their own.
    asa_s
        Mean wait of the answered calls that came in.
    abandoned
        Share of the offered calls, short ones left out, that were given up or not answered.
    service
        Share of the offered calls, short ones left out, that were answered within the limit.
    transferred
        Share of the answered calls that went on to another agent or queue.
    """

    key: str | None
    records: int
    recorded: int
    offered: int
    short: int
    handled: int
    aht_s: CountedFigure
    talk_s: CountedFigure
    hold_s: CountedFigure
    wrap_s: CountedFigure
    asa_s: CountedFigure
    abandoned: CountedFigure
    service: CountedFigure
    transferred: CountedFigure


@dataclass(frozen=True, slots=True)
class Handling:
    """How calls were handled over a period.

    Parameters
    ----------
    by
        What the rows are grouped by.
    rows
        One for each group, by name.
    all
        All groups together.
    service_s, short_s
        Limits of the service level and of a short abandoned call, in seconds.
    first_day, last_day
        Days of the records; None where there are none.
    """

    by: HandlingBy
    rows: tuple[HandlingRow, ...]
    all: HandlingRow
    service_s: float
    short_s: float
    first_day: str | None
    last_day: str | None


def read_handling(
    where: Where,
    filters: CallFilter | None = None,
    *,
    by: HandlingBy = "agent",
    service_s: float = SERVICE_S,
    short_s: float = SHORT_S,
) -> Handling:
    """How calls were handled, by agent, team, queue or time.

    Parameters
    ----------
    where
        Store or database.
    filters
        Which calls: period, agent, team, center, customer, queue and direction.
    by
        What to group by.
    service_s
        A call answered within this many seconds keeps the service level.
    short_s
        A call given up within this many seconds is left out of the abandoned ones.

    Raises
    ------
    UsageError
        There is no such group, or a limit is negative.
    """
    if by not in HANDLING_BY:
        raise UsageError(f"--by {by!r}", f"one of {', '.join(HANDLING_BY)}", "correct it")
    if service_s < 0 or short_s < 0:
        raise UsageError("a negative limit", "seconds, 0 or more", "correct it")
    with reading(where) as store:
        chosen = settle_names(store, filters or CallFilter())
        groups = _Reader(store, chosen, by, service_s=service_s, short_s=short_s).read()
        whole = [sum(column) for column in zip(*groups.values(), strict=True)] or [0] * len(list_sums())
        rows = [_to_row(key, sums) for key, sums in groups.items()]
        rows.sort(key=lambda row: (row.key is None, row.key or ""))
        condition, values = record_condition(chosen)
        days = store.db.execute(
            f"SELECT min(c.local_day), max(c.local_day) FROM call_records c WHERE {condition}", values
        ).fetchone()
        return Handling(by, tuple(rows), _to_row(None, whole), service_s, short_s, *days)


def record_condition(filters: CallFilter) -> tuple[str, list[object]]:
    """A condition on ``call_records c`` for the filters that records know, and its values."""
    return fact_condition(filters, day="c.local_day")


class _Reader:
    """Adds up records by group, out of the kept sums as far as they know the question."""

    def __init__(
        self, store: Store, filters: CallFilter, by: HandlingBy, *, service_s: float, short_s: float
    ) -> None:
        self.store = store
        self.filters = filters
        self.by = by
        divisions: dict[str, str] = {str(name): expression for name, expression in DIVISIONS.items()}
        self.group = divisions.get(by, f"c.{by}")
        self.service_s = service_s
        self.short_s = short_s
        self.found: dict[str | None, list[float]] = {}

    def read(self) -> dict[str | None, list[float]]:
        """Sums of each group, in the order of :func:`list_sums`."""
        # A sum has records in it that this person may not see.
        is_whole = not self.store.hides_calls
        days_only = replace(self.filters, since=None, until=None) == CallFilter()
        people_only = days_only or not self.filters.customer
        if is_whole and self.by in _DAYS_AND_HOURS and days_only:
            self._add("handling_sums_by_day c", fact_condition(self.filters, day="c.local_day"), stored=True)
            self._correct_limits()
        elif is_whole and self.by not in _DAYS_AND_HOURS and people_only:
            self._read_months()
            self._correct_limits()
        else:
            sums = to_select(stored=False, service_s=self.service_s, short_s=self.short_s)
            self._add_sums("call_records c", record_condition(self.filters), self.group, sums)
        return self.found

    def _read_months(self) -> None:
        """Whole months out of the sums, the days before and after them out of the records."""
        for months, first, last in split_months(self.filters.since, self.filters.until):
            days = replace(self.filters, since=first, until=last)
            if months is None:
                self._add("call_records c", record_condition(days), stored=False)
                continue
            condition, values = fact_condition(replace(days, since=None, until=None), day="")
            condition += " AND c.month >= ? AND c.month < ?"
            self._add("handling_sums_by_month c", (condition, [*values, *months]), stored=True)

    def _correct_limits(self) -> None:
        """Sums are kept under the usual limits: change what others do."""
        if (self.service_s, self.short_s) != (SERVICE_S, SHORT_S):
            changes, is_other = to_correct(service_s=self.service_s, short_s=self.short_s)
            condition, values = record_condition(self.filters)
            self._add_sums("call_records c", (f"{condition} AND {is_other}", values), self.group, changes)

    def _add(self, source: str, chosen: tuple[str, list[object]], *, stored: bool) -> None:
        """Sums under the usual limits."""
        group = self.group
        if stored and self.by not in _DAYS_AND_HOURS:
            group = "c.month" if self.by == "month" else f"nullif({group}, '')"
        self._add_sums(source, chosen, group, to_select(stored=stored))

    def _add_sums(
        self, source: str, chosen: tuple[str, list[object]], group: str, sums: Sequence[str]
    ) -> None:
        condition, values = chosen
        rows = self.store.db.execute(
            f"SELECT {group}, {', '.join(sums)} FROM {source} WHERE {condition} GROUP BY 1", values
        )
        for key, *row in rows:
            name = None if key is None else str(key)
            before = self.found.get(name)
            self.found[name] = (
                row if before is None else [one + other for one, other in zip(before, row, strict=True)]
            )


def _to_row(key: str | None, sums: Sequence[float]) -> HandlingRow:
    told = dict(zip((one.name for one in list_sums()), sums, strict=True))
    means = [
        mean_figure(
            Sums(
                int(told[f"{name}_n"]), told[f"{name}_total"] / STEPS, told[f"{name}_squares"] / STEPS / STEPS
            ),
            _TIME,
        )
        for name in TIMES
    ]
    shares = [
        share_figure(Sums(int(told[f"{name}_n"]), told[f"{name}_yes"], told[f"{name}_yes"]))
        for name in SHARES
    ]
    records, recorded, offered, short, handled = (
        int(told[name]) for name in ("records", "recorded", "offered", "short", "handled")
    )
    return HandlingRow(key, records, recorded, offered, short, handled, *means, *shares)
