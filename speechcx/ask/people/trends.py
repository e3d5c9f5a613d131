"""How measures go over time: by day, week or month, over hours and weekdays, or week by week for each team."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, get_args

from speechcx.ask.ground.driver_lookup import list_drivers
from speechcx.ask.ground.empty_answer_hints import Hint, find_hint
from speechcx.ask.ground.group_sums import (
    DIVISIONS,
    Bucket,
    GroupSums,
    count_versions,
    find_scorecard,
    sum_calls,
)
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import expect_one, read_names, settle_names
from speechcx.ask.ground.score_rows import Estimate, make_estimates
from speechcx.store import CallFilter, Store

_OVER_TIME = ("day", "week", "month")

TrendGroup = Literal["agent", "team", "center", "driver"]
"""What may have a trend of its own: its weeks."""


@dataclass(frozen=True, slots=True)
class TrendRow:
    """The calls of one day, week, month, weekday, hour, queue or direction.

    Parameters
    ----------
    key
        The day, the Monday of the week, the month (2026-09), the weekday (1 is Monday), the hour or the
        name; None for calls of which it is not known.
    group
        The agent, team, centre or driver whose week it is; None where rows are not divided so, or not known.
    n, n_flagged
        Calls, and those with a flagged rule.
    is_whole
        False where the period begins or ends inside this week or month.
    measures
        In the order of ``measures.MEASURES``, an object by name in JSON. Changes are against the row before,
        for days, weeks and months.
    """

    key: str | None
    n: int
    n_flagged: int
    is_whole: bool
    measures: tuple[Estimate, ...]
    group: str | None = None


@dataclass(frozen=True, slots=True)
class TrendTable:
    """Measures over time.

    Parameters
    ----------
    by
        What a row is.
    scorecard
        The scorecard of score and critical accuracy.
    since, until
        The period; None where open.
    rows
        In order of time, or of names; a day without calls has no row.
    versions
        (rulebook, engines and settings; calls) pairs. More than one: a step in the trend may be theirs.
    hint
        Where there are no rows: what would widen the question.
    """

    by: Bucket | TrendGroup
    scorecard: str | None
    since: date | None
    until: date | None
    rows: tuple[TrendRow, ...]
    versions: tuple[tuple[str, int], ...]
    hint: Hint | None


def score_over_time(
    where: Where, filters: CallFilter | None = None, *, by: str = "week", scorecard: str | None = None
) -> TrendTable:
    """Every measure by day, week, month, weekday, hour, queue or direction; or the weeks of each agent, team,
    centre or driver.

    Raises
    ------
    UsageError
        There is no such division, or no such scorecard.
    """
    expect_one("divide by", by, (*get_args(Bucket), *get_args(TrendGroup)))
    bucket = next((known for known in DIVISIONS if known == by), None)
    group: TrendGroup | None = next((known for known in get_args(TrendGroup) if known == by), None)
    with reading(where) as store:
        filters = settle_names(store, filters or CallFilter())
        card = find_scorecard(store, filters, scorecard)
        if bucket is not None:
            rows = read_rows(store, filters, bucket, card)
        else:
            rows = tuple(_read_groups(store, filters, str(group), card))
        return TrendTable(
            bucket or group or "week", card, filters.since, filters.until, rows, count_versions(store, filters),
            None if rows else find_hint(store, filters),
        )  # fmt: skip


def read_rows(store: Store, filters: CallFilter, by: Bucket, scorecard: str | None) -> tuple[TrendRow, ...]:
    """The rows of a trend."""
    sums = sum_calls(store, filters, scorecard, by=(DIVISIONS[by],))
    return _make_rows({key: now for (key,), now in sums.items()}, by, filters)


def _make_rows(
    sums: dict[str | None, GroupSums], by: Bucket, filters: CallFilter, group: str | None = None
) -> tuple[TrendRow, ...]:
    rows: list[TrendRow] = []
    before = None
    for key, now in sorted(sums.items(), key=lambda pair: (pair[0] is None, pair[0] or "")):
        estimates = make_estimates(now, before if by in _OVER_TIME and key is not None else None)
        rows.append(TrendRow(key, now.n, now.flagged, _is_whole(by, key, filters), estimates, group))
        before = now
    return tuple(rows)


def _read_groups(store: Store, filters: CallFilter, by: str, scorecard: str | None) -> Iterator[TrendRow]:
    """The weeks of each agent, team, centre or driver; a call counts for each of its drivers."""
    if by == "driver":
        for driver in list_drivers(store):
            wanted = replace(filters, results=(*filters.results, (driver.rule, "present")))
            yield from (
                replace(row, group=driver.title) for row in read_rows(store, wanted, "week", scorecard)
            )
        return
    names = read_names(store) if by == "agent" else {}
    groups: dict[str | None, dict[str | None, GroupSums]] = {}
    for (key, week), now in sum_calls(store, filters, scorecard, by=(f"c.{by}", DIVISIONS["week"])).items():
        groups.setdefault(key, {})[week] = now
    for key, weeks in sorted(groups.items(), key=lambda pair: (pair[0] is None, pair[0] or "")):
        yield from _make_rows(weeks, "week", filters, names.get(key) or key)


def _is_whole(by: Bucket, key: str | None, filters: CallFilter) -> bool:
    if key is None or by not in ("week", "month"):
        return True
    if by == "week":
        first = date.fromisoformat(key)
        last = first + timedelta(days=6)
    else:
        first = date.fromisoformat(f"{key}-01")
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return (filters.since is None or filters.since <= first) and (
        filters.until is None or last <= filters.until
    )


def count_by_hour(where: Where, filters: CallFilter | None = None) -> dict[tuple[int, int], int]:
    """Calls by weekday (Monday is 1) and hour of their start in the call's own zone, without those of unknown time."""
    with reading(where) as store:
        condition, values = settle_names(store, filters or CallFilter()).to_sql()
        rows = store.db.execute(
            f"SELECT {DIVISIONS['weekday']}, c.local_hour, count(*) FROM calls c WHERE {condition}"
            " AND c.local_day IS NOT NULL AND c.local_hour IS NOT NULL GROUP BY 1, 2",
            values,
        )
        return {(int(day), int(hour)): n for day, hour, n in rows}
