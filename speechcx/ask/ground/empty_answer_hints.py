"""What would widen a question that found nothing: the days there are, filters that shut all out, near names."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, fields, replace

from speechcx.ask.ground.resolve_names import KINDS, find_nearest, list_others
from speechcx.store import CallFilter, Store

_FLAGS = {"extras": "where", "results": "driver", "rulebook_digest": "judged-by"}
"""Options whose field of the filter has another name."""


_SHOWN_RULES = 6
"""Rules that a message lists."""


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
    known
        (filter, name that was asked for, some names that there are) triples, where none is near.
    rule
        What there is instead of a rule that there is not; empty for a rule there is, or where none was asked for.
    """

    calls: int
    first_day: str | None
    last_day: str | None
    without: tuple[tuple[str, int], ...] = ()
    near: tuple[tuple[str, str, str], ...] = ()
    known: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    rule: str = ""

    def __str__(self) -> str:
        if not self.calls:
            return "The database holds no calls yet: run `speechcx run`."
        parts = [f"There are {self.calls} calls from {self.first_day} to {self.last_day}."]
        parts += [
            f"No {'column' if name == 'where' else name} {asked!r}; the nearest is {near!r}."
            for name, asked, near in self.near
        ]
        parts += [self.rule] if self.rule else []
        parts += [f"No {name} {asked!r}; there are {', '.join(known)}." for name, asked, known in self.known]
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
            without.append((_FLAGS.get(name, name.replace("_", "-")), count))
    without.sort(key=lambda pair: -pair[1])
    near: list[tuple[str, str, str]] = []
    others: list[tuple[str, str, tuple[str, ...]]] = []
    for name in KINDS:
        for asked in getattr(filters, name):
            found = find_nearest(store, name, asked)
            if found is not None:
                near.append((name, asked, found))
            # Customers are not listed to somebody who does not know their names.
            elif name != "customer" and (known := list_others(store, name, asked)):
                others.append((name, asked, known))
    near += [("driver", rule, found) for rule, _ in filters.results if (found := _near_rule(store, rule))]
    near += [("where", key, found) for key, _ in filters.extras if (found := _near_key(store, key))]
    return Hint(calls, first, last, tuple(without), tuple(near), tuple(others))


def _count(store: Store, filters: CallFilter) -> int:
    where, values = filters.to_sql()
    return int(store.db.execute(f"SELECT count(*) FROM calls c WHERE {where}", values).fetchone()[0])


def read_rule_hint(store: Store, asked: str) -> str:
    """What there is instead of a rule that there is not: the nearest, else some of them; empty where there is one."""
    known = [
        rule for (rule,) in store.db.execute(
            "SELECT rule FROM rules WHERE kind <> 'hidden' GROUP BY rule ORDER BY min(rule_no)"
        )
    ]  # fmt: skip
    if asked in known:
        return ""
    near = _near(known, asked)
    if near is not None:
        return f"No rule {asked!r}; the nearest is {near!r}."
    listed = ", ".join(known[:_SHOWN_RULES]) + (", ..." if len(known) > _SHOWN_RULES else "")
    return (
        f"No rule {asked!r}; there are {listed}."
        if known
        else f"No rule {asked!r}: no rulebook judged a call yet."
    )


def _near_rule(store: Store, asked: str) -> str | None:
    return _near([rule for (rule,) in store.db.execute("SELECT DISTINCT rule FROM rules")], asked)


def _near_key(store: Store, asked: str) -> str | None:
    """The nearest name among the further columns of the newest calls."""
    rows = store.db.execute(
        "SELECT DISTINCT e.key FROM (SELECT extras FROM recordings ORDER BY call_no DESC LIMIT 2000) r,"
        " json_each(r.extras) e WHERE e.type = 'text'"
    )
    return _near([key for (key,) in rows], asked)


def _near(names: list[str], asked: str) -> str | None:
    if asked in names:
        return None
    near = difflib.get_close_matches(asked, names, n=1, cutoff=0.5)
    return near[0] if near else None
