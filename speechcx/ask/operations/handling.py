"""How calls were handled, by the telephone system's records: handle time, waiting, abandoned calls, transfers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from speechcx.ask.ground.fact_filters import fact_condition
from speechcx.ask.ground.group_sums import DIVISIONS
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import settle_names
from speechcx.ask.statistics import CountedFigure, Scale, Sums, mean_figure, share_figure
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store

HandlingBy = Literal[
    "agent", "team", "center", "queue", "direction", "day", "week", "month", "weekday", "hour"
]
HANDLING_BY: tuple[HandlingBy, ...] = get_args(HandlingBy)

_TIME = Scale(0.0, None)
_HANDLED = "c.outcome = 'answered'"
_OFFERED = "coalesce(c.direction, '') NOT IN ('outbound', 'internal') AND c.outcome IS NOT NULL"
_ABANDONED = f"{_OFFERED} AND c.outcome IN ('abandoned', 'no_answer')"


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
    service_s: float = 20.0,
    short_s: float = 5.0,
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
        A call answered within so many seconds keeps the service level.
    short_s
        A call given up within so many seconds is left out of the abandoned ones.

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
        condition, values = record_condition(settle_names(store, filters or CallFilter()))
        divisions: dict[str, str] = {str(name): expression for name, expression in DIVISIONS.items()}
        group = divisions.get(by, f"c.{by}")
        query = _Query(store, condition, values, service_s=service_s, short_s=short_s)
        rows = sorted(query.rows(group), key=lambda row: (row.key is None, row.key or ""))
        days = store.db.execute(
            f"SELECT min(c.local_day), max(c.local_day) FROM call_records c WHERE {condition}", values
        ).fetchone()
        return Handling(by, tuple(rows), query.rows("NULL")[0], service_s, short_s, *days)


def record_condition(filters: CallFilter) -> tuple[str, list[object]]:
    """A condition on ``call_records c`` for the filters that records know, and its values."""
    return fact_condition(filters, day="c.local_day")


class _Query:
    """Sums of records by group."""

    def __init__(
        self, store: Store, condition: str, values: Sequence[object], *, service_s: float, short_s: float
    ) -> None:
        self.store = store
        self.condition = condition
        self.values = values
        short = f"({_ABANDONED} AND c.wait_s < {float(short_s)!r})"
        counted = f"{_OFFERED} AND NOT coalesce({short}, 0)"
        handle = f"CASE WHEN {_HANDLED} THEN c.talk_s + coalesce(c.hold_s, 0) + coalesce(c.wrap_s, 0) END"
        self.counts = ("1", "c.call_id IS NOT NULL", _OFFERED, f"coalesce({short}, 0)", _HANDLED)
        self.figures = (
            handle,
            *(f"CASE WHEN {_HANDLED} THEN c.{name} END" for name in ("talk_s", "hold_s", "wrap_s")),
            f"CASE WHEN {_HANDLED} AND {_OFFERED} THEN c.wait_s END",
            f"CASE WHEN {counted} THEN {_ABANDONED} END",
            f"CASE WHEN {counted} AND c.wait_s IS NOT NULL THEN {_HANDLED} AND c.wait_s <= {float(service_s)!r} END",
            f"CASE WHEN {_HANDLED} THEN c.transfers > 0 END",
        )

    def rows(self, group: str) -> list[HandlingRow]:
        counts = ", ".join(f"coalesce(sum({one}), 0)" for one in self.counts)
        sums = ", ".join(f"count({one}), total({one}), total(({one}) * ({one}))" for one in self.figures)
        grouped = "" if group == "NULL" else f" GROUP BY {group}"
        found = self.store.db.execute(
            f"SELECT {group}, {counts}, {sums} FROM call_records c WHERE {self.condition}{grouped}",
            self.values,
        )
        return [_to_row(row) for row in found.fetchall()]


def _to_row(row: Sequence[object]) -> HandlingRow:
    key, *rest = row
    counts, sums = rest[:5], rest[5:]
    made = [
        Sums(int(sums[at]), float(sums[at + 1]), float(sums[at + 2]))  # type: ignore[call-overload, arg-type]
        for at in range(0, len(sums), 3)
    ]
    means = [mean_figure(one, _TIME) for one in made[:5]]
    shares = [share_figure(one) for one in made[5:]]
    name = None if key is None else str(key)
    return HandlingRow(name, *(int(count) for count in counts), *means, *shares)  # type: ignore[call-overload]
