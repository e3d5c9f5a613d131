"""Reading the daily sums: which filters of calls they can answer, and the rows of them for one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from speechcx.store.daily_sums import Grain
from speechcx.store.filters import CallFilter, SqlValue
from speechcx.store.paths import plain_text

if TYPE_CHECKING:
    from speechcx.store import Store


@dataclass(frozen=True, slots=True)
class SumsSource:
    """A subquery to take for ``calls c``: rows of sums with agent, team, center, local_day and versions.

    Parameters
    ----------
    sql, values
        The subquery and its values.
    """

    sql: str
    values: tuple[SqlValue, ...]


def has_sums(store: Store, filters: CallFilter) -> bool:
    """Whether the calls of a filter are whole groups of sums: it asks for days, people and versions only.

    Never where single calls are hidden, since a sum has them in it.
    """
    if store.under_review:
        return False
    asked = replace(
        filters,
        since=None,
        until=None,
        agent=(),
        team=(),
        center=(),
        rulebook_digest=None,
        listen_digest=None,
    )
    return asked == CallFilter()


def select_sums(table: str, filters: CallFilter, *, by_day: bool) -> SumsSource:
    """Rows of a table of sums, by its name without the grain, for a filter that :func:`has_sums`.

    Parameters
    ----------
    table
        ``call_sums``, ``missing_sums``, ``score_sums`` or ``driver_sums``.
    filters
        Which calls, with names as they are stored.
    by_day
        Each row of one day. Else whole months are one row each, dated on their first day.
    """
    chosen = GroupChoice.of(filters)
    where, values = chosen.condition, chosen.values
    parts: list[str] = []
    given: list[SqlValue] = []
    for grain, condition, bounds in _stretches(filters.since, filters.until, by_day=by_day):
        day = f"nullif(t.{grain}, '')" + (" || '-01'" if grain == "month" else "")
        parts.append(
            f"SELECT g.agent, g.team, g.center, g.rulebook_no, g.provenance_no, {day} AS local_day, t.*"
            f" FROM sum_groups g CROSS JOIN {table}_by_{grain} t ON t.group_no = g.group_no"
            f" WHERE {condition.format(column='t.' + grain)} AND {where}"
        )
        given += [*bounds, *values]
    return SumsSource(f"({' UNION ALL '.join(parts)})", tuple(given))


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """The groups of ``sum_groups g`` that a filter means: a condition and its values, and the period of days."""

    condition: str
    values: tuple[SqlValue, ...]
    since: date | None
    until: date | None

    @classmethod
    def of(cls, filters: CallFilter) -> GroupChoice:
        """The groups of a filter that :func:`has_sums`."""
        parts: list[str] = ["1"]
        values: list[SqlValue] = []
        for name in ("agent", "team", "center"):
            wanted: tuple[str, ...] = getattr(filters, name)
            if wanted:
                parts.append(f"g.{name} IN ({', '.join('?' * len(wanted))})")
                values += [plain_text(value) for value in wanted]
        for column, source, digest in (
            ("rulebook_no", "rulebooks WHERE digest = ?", filters.rulebook_digest),
            ("provenance_no", "provenances WHERE settings_digest = ?", filters.listen_digest),
        ):
            if digest:
                parts.append(f"g.{column} IN (SELECT {column} FROM {source})")
                values.append(digest)
        return cls(" AND ".join(parts), tuple(values), filters.since, filters.until)

    def contacts(self) -> tuple[str, list[SqlValue]]:
        """A condition on ``contacts k`` of these groups and days, and its values."""
        parts = ["1"]
        values: list[SqlValue] = []
        if self.values:
            # Without a condition on people, every row belongs to some group.
            parts = [f"k.group_no IN (SELECT g.group_no FROM sum_groups g WHERE {self.condition})"]
            values = list(self.values)
        for sign, bound in ((">=", self.since), ("<=", self.until)):
            if bound is not None:
                parts.append(f"k.day {sign} ? AND k.day <> ''")
                values.append(bound.isoformat())
        return " AND ".join(parts), values


def _stretches(
    since: date | None, until: date | None, *, by_day: bool
) -> Iterator[tuple[Grain, str, list[SqlValue]]]:
    """A period as whole months, and days before and after them: (grain, condition on ``{column}``, its values)."""
    if since is None and until is None:
        yield ("day" if by_day else "month"), "1", []
        return
    first, last = since or date.min, until or date.max
    # The first day of the first whole month, and the first day behind the last whole one.
    start = first if first.day == 1 else _next_month(first)
    end = (
        _next_month(last) if last == date.max or (last + timedelta(days=1)).day == 1 else last.replace(day=1)
    )
    if by_day or start >= end:
        yield "day", "{column} BETWEEN ? AND ?", [first.isoformat(), last.isoformat()]
        return
    yield "month", "{column} >= ? AND {column} < ?", [start.isoformat()[:7], _month_text(end)]
    if first < start:
        yield "day", "{column} >= ? AND {column} < ?", [first.isoformat(), start.isoformat()]
    if end <= last and end != date.max:
        yield "day", "{column} >= ? AND {column} <= ?", [end.isoformat(), last.isoformat()]


def _next_month(day: date) -> date:
    """The first day of the month behind the one of a day; the last day there is, where there is none."""
    if (day.year, day.month) == (date.max.year, 12):
        return date.max
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _month_text(end: date) -> str:
    """The month of a day as a bound; behind every month for the last day there is."""
    return "9999-99" if end == date.max else end.isoformat()[:7]


def split_months(
    since: date | None, until: date | None
) -> Iterator[tuple[tuple[str, str] | None, date | None, date | None]]:
    """A period as (bounds of its whole months, first and last day): bounds are None for a stretch of days.

    Months are compared as text: from the first bound, and below the second. Calls of an unknown day belong to
    the whole months of a period without ends.
    """
    if since is None and until is None:
        yield ("", "9999-99"), None, None
        return
    for grain, _, bounds in _stretches(since, until, by_day=False):
        first, last = str(bounds[0]), str(bounds[1])
        if grain == "month":
            yield (first, last), None, None
        else:
            # Below the first day of a month, or up to the last day of the period.
            end = date.fromisoformat(last)
            is_bound = until is None or end != until
            yield None, date.fromisoformat(first), end - timedelta(days=1) if is_bound else end
