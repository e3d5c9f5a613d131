"""The sums behind every table of scores: one pass over the calls of a period, by agent, team and center."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from speechcx.ask.ground.compared_measures import MEASURES, ComparedMeasure
from speechcx.ask.ground.resolve_names import expect_one
from speechcx.ask.statistics import Sums
from speechcx.store import CallFilter, Store
from speechcx.store.daily_sums import SCORE, SUMMED, Counted
from speechcx.store.select_sums import has_sums, select_sums

GroupKey = tuple[str | None, ...]
"""What the calls of a group have in common: a value for each column they are grouped by."""

PEOPLE = ("c.agent", "c.team", "c.center")
"""Columns of the tables of people."""


Bucket = Literal["day", "week", "month", "weekday", "hour", "queue", "direction"]

DIVISIONS: dict[Bucket, str] = {
    "day": "c.local_day",
    # The Monday of the week.
    "week": "date(c.local_day, 'weekday 0', '-6 days')",
    "month": "substr(c.local_day, 1, 7)",
    # Monday is 1, as in ISO 8601.
    "weekday": "CAST((strftime('%w', c.local_day) + 6) % 7 + 1 AS TEXT)",
    "hour": "printf('%02d', c.local_hour)",
    "queue": "c.queue",
    "direction": "c.direction",
}
"""The expression on a call ``c`` for each division."""


@dataclass(slots=True)
class GroupSums:
    """What the calls of one group add up to.

    Parameters
    ----------
    n
        Calls.
    flagged
        Calls with a flagged rule.
    measures
        Sums of each measure, in the order of ``MEASURES``.
    reasons
        For each measure, why calls are left out of it.
    """

    n: int = 0
    flagged: int = 0
    measures: list[Sums] = field(default_factory=lambda: [Sums()] * len(MEASURES))
    reasons: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, other: GroupSums) -> None:
        """Add the calls of another group."""
        self.n += other.n
        self.flagged += other.flagged
        self.measures = [mine + theirs for mine, theirs in zip(self.measures, other.measures, strict=True)]
        for name, counts in other.reasons.items():
            self.reasons[name].update(counts)


def add_sums(parts: Iterable[GroupSums]) -> GroupSums:
    """Sums of several groups together."""
    together = GroupSums()
    for part in parts:
        together.add(part)
    return together


def find_scorecard(store: Store, filters: CallFilter, named: str | None = None) -> str | None:
    """The scorecard that is named, else the first one of the newest call that has one.

    Raises
    ------
    UsageError
        No call has a scorecard of that name; the message names the nearest.
    """
    if named is not None:
        rows = store.db.execute("SELECT DISTINCT scorecard FROM questions")
        expect_one("show the scorecard", named, [name for (name,) in rows])
        return named
    where, values = filters.to_sql()
    row = store.db.execute(
        "SELECT (SELECT s.scorecard FROM scores s WHERE s.call_no = c.call_no ORDER BY s.position LIMIT 1)"
        f" FROM calls c WHERE {where} AND EXISTS (SELECT 1 FROM scores s WHERE s.call_no = c.call_no)"
        " ORDER BY c.call_no DESC LIMIT 1",
        values,
    ).fetchone()
    return None if row is None else str(row[0])


def sum_calls(
    store: Store, filters: CallFilter, scorecard: str | None, *, by: Sequence[str] = PEOPLE
) -> dict[GroupKey, GroupSums]:
    """Sums of every measure over the calls of a filter, for each group of them.

    Parameters
    ----------
    store, filters, scorecard
        Which calls, and whose score.
    by
        Expressions on a call (``c``) that make the groups; none for all calls together.
    """
    if has_sums(store, filters) and all(part in _BY_SUMS for part in by):
        return _read_sums(store, filters, scorecard, by)
    return _scan_calls(store, filters, scorecard, by)


_BY_DAY = tuple(DIVISIONS[name] for name in ("day", "week", "weekday"))
_BY_SUMS = (*PEOPLE, *_BY_DAY, DIVISIONS["month"])
"""Groups that the daily sums know."""


def _read_sums(
    store: Store, filters: CallFilter, scorecard: str | None, by: Sequence[str]
) -> dict[GroupKey, GroupSums]:
    """As :func:`sum_calls`, from the sums that the store keeps."""
    by_day = any(part in _BY_DAY for part in by)

    def rows(table: str, columns: Sequence[str], more: int = 0, **only: str | None) -> Iterator[SumsRow]:
        source = select_sums(table, filters, by_day=by_day)
        where = "".join(f" WHERE {name} = ?" for name in only)
        found = store.db.execute(
            f"SELECT {', '.join((*by, *columns))} FROM {source.sql} c{where}{_grouped(by, more)}",
            (*source.values, *only.values()),
        )
        return ((row[: len(by)], row[len(by) :]) for row in found)

    found: dict[GroupKey, GroupSums] = {}
    for group, (n, flagged, *numbers) in rows("call_sums", _STORED):
        if n:
            named = {"flagged_share": Sums(n, flagged, flagged)}
            for place, measure in enumerate(SUMMED):
                count, total, squares = numbers[3 * place : 3 * place + 3]
                named[measure.name] = _unscaled(measure.counted, count, total, squares, n - count)
            named["score"] = named["critical_accuracy"] = Sums(0, 0.0, 0.0, n)
            found[group] = GroupSums(n, flagged, [named[_column_of(measure)] for measure in MEASURES])
    for group, (missing, n) in rows("missing_sums", ("missing", "sum(calls)"), 1):
        _count_reasons(found[group], missing, n)
    for group, (why, n, total, squares, passed) in rows("score_sums", _SCORES, 1, scorecard=scorecard):
        _add_scores(found[group], why, Sums(n, total, squares), passed)
    for sums in found.values():
        if unjudged := sums.measures[0].n_missing - sum(sums.reasons["score"].values()):
            for name in ("score", "critical_accuracy"):
                sums.reasons[name]["not judged by this scorecard"] += unjudged
    return found


SumsRow = tuple[tuple[str | None, ...], tuple[Any, ...]]
_STORED = (
    "sum(calls)",
    "sum(flagged)",
    *(
        f"{how}({measure.name}_{part})"
        for measure in SUMMED
        for how, part in (("sum", "n"), ("total", "total"), ("total", "squares"))
    ),
)
_SCORES = ("why", "sum(calls)", "total(total)", "total(squares)", "sum(passed)")


def _column_of(measure: ComparedMeasure) -> str:
    return measure.missing or measure.name


def _unscaled(counted: Counted, n: int, total: float, squares: float, missing: int = 0) -> Sums:
    """Sums in the unit, from those of whole numbers of steps."""
    return Sums(n, total / counted.steps, squares / counted.steps / counted.steps, missing)


def _add_scores(sums: GroupSums, why: str, scores: Sums, passed: int) -> None:
    """Count calls that have a score, or a reason for none."""
    for place, name in enumerate(("score", "critical_accuracy")):
        if why:
            sums.reasons[name][why] += scores.n
            continue
        value = (
            Sums(scores.n, passed, passed)
            if place
            else _unscaled(SCORE, scores.n, scores.total, scores.squares)
        )
        sums.measures[place] += replace(value, n_missing=-scores.n)


def _scan_calls(
    store: Store, filters: CallFilter, scorecard: str | None, by: Sequence[str]
) -> dict[GroupKey, GroupSums]:
    """As :func:`sum_calls`, from the calls themselves: for filters that the daily sums do not know."""
    where, values = filters.to_sql()
    columns = ", ".join((*by, "count(*)", "sum(c.flagged_count > 0)", *_SUMS))
    rows = store.db.execute(
        f"SELECT {columns} FROM calls c LEFT JOIN call_scores s ON s.call_no = c.call_no AND s.scorecard = ?"
        f" WHERE {where}" + _grouped(by),
        [scorecard, *values],
    )
    found = {}
    for row in rows:
        group, (n, flagged, *numbers) = row[: len(by)], row[len(by) :]
        parts = zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)
        sums = [Sums(count, total, squares, n - count) for count, total, squares in parts]
        if n:
            found[group] = GroupSums(n, flagged, sums)
    _add_reasons(store, filters, scorecard, found, by)
    return found


def count_versions(store: Store, filters: CallFilter) -> tuple[tuple[str, int], ...]:
    """What the calls were judged under and heard with, most calls first: more than one is worth saying."""
    where, values = filters.to_sql()
    source, count = f"calls c WHERE {where}", "count(*)"
    if has_sums(store, filters):
        sums = select_sums("call_sums", filters, by_day=False)
        source, count, values = f"{sums.sql} c", "sum(c.calls)", list(sums.values)
    rows = store.db.execute(
        f"SELECT c.rulebook_no, c.provenance_no, {count} FROM {source} GROUP BY 1, 2 ORDER BY 3 DESC", values
    )
    found = []
    for rulebook_no, provenance_no, n in rows.fetchall():
        name, version = store.db.execute(
            "SELECT name, version FROM rulebooks WHERE rulebook_no = ?", (rulebook_no,)
        ).fetchone()
        digest, engines = store.db.execute(
            "SELECT settings_digest, engines FROM provenances WHERE provenance_no = ?", (provenance_no,)
        ).fetchone()
        heard = ", ".join(f"{room} {engine}" for room, engine in json.loads(engines))
        found.append((f"{name} version {version}; {heard}; settings {digest[:8]}", n))
    return tuple(found)


def _grouped(by: Sequence[str], more: int = 0) -> str:
    places = range(1, len(by) + more + 1)
    return f" GROUP BY {', '.join(map(str, places))}" if places else ""


def _squares(measure: ComparedMeasure) -> str:
    if measure.kind == "share":
        # Squares of 0 and 1 are themselves.
        return f"total({measure.sql})"
    return f"total({measure.sql} * {measure.sql})"


_SUMS = [part for m in MEASURES for part in (f"count({m.sql})", f"total({m.sql})", _squares(m))]


def _count_reasons(sums: GroupSums, missing: str, n: int) -> None:
    """Count why measures of `n` calls are missing."""
    reasons = json.loads(missing)
    for measure in MEASURES:
        if measure.missing in reasons:
            sums.reasons[measure.name][reasons[measure.missing]] += n


def _add_reasons(
    store: Store,
    filters: CallFilter,
    scorecard: str | None,
    found: dict[GroupKey, GroupSums],
    by: Sequence[str],
) -> None:
    """Count why calls are left out; only calls that miss something are looked at."""
    where, values = filters.to_sql()
    rows = store.db.execute(
        f"SELECT {', '.join((*by, 'c.missing', 'count(*)'))} FROM calls c"
        f" WHERE c.missing IS NOT NULL AND {where}" + _grouped(by, 1),
        values,
    )
    for *group, missing, n in rows:
        _count_reasons(found[tuple(group)], missing, n)
    if not any(group.measures[0].n_missing for group in found.values()):
        return
    why = "CASE WHEN s.call_no IS NULL THEN 'not judged by this scorecard' ELSE s.why END"
    rows = store.db.execute(
        f"SELECT {', '.join((*by, why, 'count(*)'))} FROM calls c"
        " LEFT JOIN scores s ON s.call_no = c.call_no AND s.scorecard = ?"
        f" WHERE s.score IS NULL AND {where}" + _grouped(by, 1),
        [scorecard, *values],
    )
    for *group, reason, n in rows:
        for name in ("score", "critical_accuracy"):
            found[tuple(group)].reasons[name][reason or "no score"] += n
