"""What would widen a question that found nothing: the days there are, filters that shut all out, near names."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, fields, replace

from speechcx.store import CallFilter, Store


@dataclass(frozen=True, slots=True)
class Hint:
    """Why nothing was found.

    Parameters
    ----------
    calls
        Calls in the database that count.
    first_day, last_day
        The days they are from; None without calls.
    without
        (filter, calls that would be found without it) pairs, the most helpful first.
    near
        (filter, name that was asked for, nearest name that there is) triples.
    """

    calls: int
    first_day: str | None
    last_day: str | None
    without: tuple[tuple[str, int], ...] = ()
    near: tuple[tuple[str, str, str], ...] = ()

    def __str__(self) -> str:
        if not self.calls:
            return "The database holds no calls yet: run `speechcx run`."
        parts = [f"There are {self.calls} calls from {self.first_day} to {self.last_day}."]
        parts += [f"No {name} {asked!r}; the nearest is {near!r}." for name, asked, near in self.near]
        parts += [f"Without --{name} there would be {n}." for name, n in self.without[:3]]
        return " ".join(parts)


def find_hint(store: Store, filters: CallFilter) -> Hint:
    """What would widen a filter that no call satisfies."""
    days = "SELECT count(*), min(local_day), max(local_day) FROM calls WHERE superseded_by IS NULL"
    calls, first, last = store.db.execute(days).fetchone()
    if not calls:
        return Hint(0, None, None)
    empty = CallFilter(with_superseded=filters.with_superseded)
    given = [
        part.name for part in fields(filters) if getattr(filters, part.name) != getattr(empty, part.name)
    ]
    without = []
    for name in given:
        wider = replace(filters, **{name: getattr(empty, name)})
        count = _count(store, wider)
        if count:
            without.append((name.replace("_", "-"), count))
    without.sort(key=lambda pair: -pair[1])
    near = []
    for name in ("agent", "team", "center", "customer", "queue", "direction"):
        for asked in getattr(filters, name):
            found = _nearest(store, name, asked)
            if found is not None:
                near.append((name, asked, found))
    return Hint(calls, first, last, tuple(without), tuple(near))


def _count(store: Store, filters: CallFilter) -> int:
    where, values = filters.to_sql()
    return int(store.db.execute(f"SELECT count(*) FROM calls c WHERE {where}", values).fetchone()[0])


def _nearest(store: Store, column: str, asked: str) -> str | None:
    """The stored name most like the one asked for; None where it is there, or nothing is like it."""
    rows = store.db.execute(f"SELECT DISTINCT {column} FROM calls WHERE {column} IS NOT NULL LIMIT 20000")
    names = [name for (name,) in rows]
    if asked in names:
        return None
    folded = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(asked.casefold(), folded, n=1, cutoff=0.5)
    return folded[near[0]] if near else None
