"""The sums behind every table of scores: one pass over the calls of a period, by agent, team and center."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from speechcx.ask.intervals import Sums
from speechcx.ask.measures import MEASURES, Measure
from speechcx.store import CallFilter, Store

Group = tuple[str | None, str | None, str | None]
"""Agent, team and center of calls."""


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


def find_scorecard(store: Store, filters: CallFilter) -> str | None:
    """The scorecard to show where none is named: the first one of the newest call that has one."""
    where, values = filters.to_sql()
    row = store.db.execute(
        "SELECT (SELECT s.scorecard FROM scores s WHERE s.call_no = c.call_no ORDER BY s.position LIMIT 1)"
        f" FROM calls c WHERE {where} AND EXISTS (SELECT 1 FROM scores s WHERE s.call_no = c.call_no)"
        " ORDER BY c.call_no DESC LIMIT 1",
        values,
    ).fetchone()
    return None if row is None else str(row[0])


def sum_calls(store: Store, filters: CallFilter, scorecard: str | None) -> dict[Group, GroupSums]:
    """Sums of every measure over the calls of a filter, for each agent in each team and center."""
    where, values = filters.to_sql()
    columns = ", ".join(f"count({m.sql}), total({m.sql}), {_squares(m)}" for m in MEASURES)
    rows = store.db.execute(
        f"SELECT c.agent, c.team, c.center, count(*), sum(c.flagged_count > 0), {columns} FROM calls c"
        f" LEFT JOIN scores s ON s.call_no = c.call_no AND s.scorecard = ? WHERE {where}"
        " GROUP BY c.agent, c.team, c.center",
        [scorecard, *values],
    )
    found = {}
    for agent, team, center, n, flagged, *numbers in rows:
        parts = zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)
        sums = [Sums(count, total, squares, n - count) for count, total, squares in parts]
        found[agent, team, center] = GroupSums(n, flagged, sums)
    _add_reasons(store, filters, scorecard, found)
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


def _squares(measure: Measure) -> str:
    if measure.kind == "share":
        # Squares of 0 and 1 are themselves.
        return f"total({measure.sql})"
    return f"total({measure.sql} * {measure.sql})"


def _add_reasons(
    store: Store, filters: CallFilter, scorecard: str | None, found: dict[Group, GroupSums]
) -> None:
    """Count why calls are left out; only calls that miss something are looked at."""
    where, values = filters.to_sql()
    rows = store.db.execute(
        f"SELECT c.agent, c.team, c.center, c.missing, count(*) FROM calls c WHERE c.missing IS NOT NULL AND {where}"
        " GROUP BY 1, 2, 3, 4",
        values,
    )
    for agent, team, center, missing, n in rows:
        reasons = json.loads(missing)
        for measure in MEASURES:
            if measure.missing in reasons:
                found[agent, team, center].reasons[measure.name][reasons[measure.missing]] += n
    if not any(group.measures[0].n_missing for group in found.values()):
        return
    rows = store.db.execute(
        "SELECT c.agent, c.team, c.center,"
        " CASE WHEN s.call_no IS NULL THEN 'not judged by this scorecard' ELSE s.why END, count(*) FROM calls c"
        " LEFT JOIN scores s ON s.call_no = c.call_no AND s.scorecard = ?"
        f" WHERE s.score IS NULL AND {where} GROUP BY 1, 2, 3, 4",
        [scorecard, *values],
    )
    for agent, team, center, why, n in rows:
        for name in ("score", "critical_accuracy"):
            found[agent, team, center].reasons[name][why or "no score"] += n
