"""The sums behind every table of scores: one pass over the calls of a period, by agent, team and center."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from speechcx.ask.ground.compared_measures import MEASURES, ComparedMeasure
from speechcx.ask.ground.resolve_names import expect_one
from speechcx.ask.statistics import Sums
from speechcx.store import CallFilter, Store

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
    rows = store.db.execute(
        f"SELECT c.rulebook_no, c.provenance_no, count(*) FROM calls c WHERE {where} GROUP BY 1, 2 ORDER BY 3 DESC",
        values,
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
        reasons = json.loads(missing)
        counts = found[tuple(group)].reasons
        for measure in MEASURES:
            if measure.missing in reasons:
                counts[measure.name][reasons[measure.missing]] += n
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
