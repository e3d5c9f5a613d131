"""Which calls are meant: period, people, queue, anything their source said, rulebook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from speechcx.store.codes import VALUES
from speechcx.store.moments import first_call_no_of_day
from speechcx.store.paths import plain_text

if TYPE_CHECKING:
    from speechcx.call import RuleValue

SqlValue = str | int | float | bytes | None
"""What SQLite keeps in a column."""

_LISTS = ("agent", "team", "center", "customer", "queue", "direction")


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Calls must satisfy every field that is given; a tuple means one of its values.

    Parameters
    ----------
    since, until
        First and last day, in each call's own zone; both belong to the period.
    agent, team, center, customer, queue, direction
        As stored with the call.
    extras
        (name, value) pairs of further columns of the source; all must fit.
    results
        (rule, result) pairs; all must fit: calls of a driver are those where its rule is ``present``.
    flagged
        Only calls with a flagged rule (True), or without (False).
    rulebook_digest
        Only calls judged under this rulebook, or under any other.
    listen_digest
        Only calls heard with these settings.
    with_superseded
        Also calls whose file was replaced by another call.
    """

    since: date | None = None
    until: date | None = None
    agent: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    center: tuple[str, ...] = ()
    customer: tuple[str, ...] = ()
    queue: tuple[str, ...] = ()
    direction: tuple[str, ...] = ()
    extras: tuple[tuple[str, str], ...] = ()
    results: tuple[tuple[str, RuleValue], ...] = ()
    flagged: bool | None = None
    rulebook_digest: str | None = None
    not_judged_by: tuple[tuple[str | None, str], ...] = ()
    listen_digest: str | None = None
    with_superseded: bool = False

    def to_sql(self) -> tuple[str, list[SqlValue]]:
        """A condition on ``calls c``, and its values."""
        parts: list[str] = [] if self.with_superseded else ["c.superseded_by IS NULL"]
        values: list[SqlValue] = []
        for name in _LISTS:
            wanted: tuple[str, ...] = getattr(self, name)
            if wanted:
                parts.append(f"c.{name} IN ({', '.join('?' * len(wanted))})")
                values += wanted
        for add in (self._period, self._versions, self._extras, self._results):
            more, its_values = add()
            parts += more
            values += its_values
        if self.flagged is not None:
            parts.append("c.flagged_count > 0" if self.flagged else "c.flagged_count = 0")
        # A name as a terminal gives it may hold half characters, which no stored name has.
        return " AND ".join(parts) or "1", [plain_text(v) if isinstance(v, str) else v for v in values]

    def call_no_range(self) -> tuple[int | None, int | None]:
        """Bounds on ``call_no`` that hold for every call of the period: from, and below.

        Two days wider than the period, since days are those of zones and numbers those of UTC.
        """
        first = None if self.since is None else first_call_no_of_day(_shift(self.since, -2))
        last = None if self.until is None else first_call_no_of_day(_shift(self.until, 3))
        return first, last

    def _period(self) -> tuple[list[str], list[SqlValue]]:
        parts: list[str] = []
        values: list[SqlValue] = []
        first, last = self.call_no_range()
        if self.since is not None:
            parts += ["c.call_no >= ?", "c.local_day >= ?"]
            values += [first, self.since.isoformat()]
        if self.until is not None:
            parts += ["c.call_no < ?", "c.local_day <= ?"]
            values += [last, self.until.isoformat()]
        return parts, values

    def _versions(self) -> tuple[list[str], list[SqlValue]]:
        asked = (
            ("rulebook_no", "IN", "rulebooks WHERE digest = ?", self.rulebook_digest),
            ("provenance_no", "IN", "provenances WHERE settings_digest = ?", self.listen_digest),
        )
        parts = [
            f"c.{name} {how} (SELECT {name} FROM {source})" for name, how, source, value in asked if value
        ]
        values: list[SqlValue] = [value for *_, value in asked if value]
        if self.not_judged_by:
            *named, (_, other) = self.not_judged_by
            cases = " ".join("WHEN ? THEN ?" for _ in named)
            wanted = f"CASE c.language {cases} ELSE ? END" if named else "?"
            parts.append(f"{wanted} <> (SELECT digest FROM rulebooks b WHERE b.rulebook_no = c.rulebook_no)")
            values += [*(value for pair in named for value in pair), other]
        return parts, values

    def _extras(self) -> tuple[list[str], list[SqlValue]]:
        part = (
            "EXISTS (SELECT 1 FROM recordings x, json_each(x.extras) e WHERE x.call_no = c.call_no"
            " AND ((e.type = 'text' AND e.key = ? AND e.value = ?)"
            " OR (e.type = 'array' AND e.value ->> 0 = ? AND e.value ->> 1 = ?)))"
        )
        values: list[SqlValue] = [text for pair in self.extras for text in (*pair, *pair)]
        return [part] * len(self.extras), values

    def _results(self) -> tuple[list[str], list[SqlValue]]:
        part = (
            "EXISTS (SELECT 1 FROM rules r CROSS JOIN results_data d WHERE r.rule = ? AND r.rulebook_no ="
            " c.rulebook_no AND d.call_no = c.call_no AND d.rule_no = r.rule_no AND d.value = ?)"
        )
        values: list[SqlValue] = [
            part for rule, value in self.results for part in (rule, VALUES.index(value))
        ]
        return [part] * len(self.results), values


def _shift(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return day
