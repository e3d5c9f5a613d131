"""What a typed name means: an agent by id or name, a team ignoring case, a rule by id or title; else the nearest."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.typed_words import fold
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from speechcx.store.paths import plain_text

NameKind = Literal["agent", "team", "center", "customer", "queue", "direction"]
KINDS: tuple[NameKind, ...] = ("agent", "team", "center", "customer", "queue", "direction")

MIN_DIGEST = 6
"""Characters of a digest that name it."""

_SHOWN = 5
"""Names that a message about several lists."""

_MOST = 50_000
"""Names that are looked through for the nearest."""


def read_names(store: Store) -> dict[str | None, str | None]:
    """The name of every agent of the roster, its newest where it had several."""
    return dict(store.db.execute("SELECT agent, name FROM roster ORDER BY agent, valid_from").fetchall())


OfferedKind = Literal["agent", "team", "center", "queue", "direction", "rule", "driver"]


def list_offered(where: Where, kind: OfferedKind) -> tuple[tuple[str, str], ...]:
    """(name, what it is) pairs to choose from: agents with their names, rules with their titles. Never customers."""
    with reading(where) as store:
        if kind in ("rule", "driver"):
            rows = store.db.execute(
                "SELECT rule, title FROM rules WHERE kind <> 'hidden' AND (?1 = 'rule' OR kind = ?1)"
                " GROUP BY rule ORDER BY min(rule_no)",
                (kind,),
            )
            return tuple((rule, title) for rule, title in rows)
        names = read_names(store) if kind == "agent" else {}
        return tuple((name, names.get(name) or "") for name in sorted(_stored(store, kind)))


def settle_names(store: Store, filters: CallFilter) -> CallFilter:
    """The filter with names as they are stored: ``"maria lopez"`` becomes the agent of that name.

    A name that means nothing stays as it is: the answer is empty then, and its hint names the nearest.

    Raises
    ------
    UsageError
        Several people go by a name, or several rulebooks have the version that is asked for.
    """
    changed: dict[str, tuple[str, ...]] = {}
    for kind in KINDS:
        # A terminal may hand over half characters, which the database cannot be asked for.
        typed: tuple[str, ...] = tuple(map(plain_text, getattr(filters, kind)))
        meant = tuple(_meaning(store, kind, name) or name for name in typed)
        if meant != getattr(filters, kind):
            changed[kind] = meant
    results = tuple((settle_rule(store, rule), value) for rule, value in filters.results)
    filters = filters if results == filters.results else replace(filters, results=results)
    if filters.rulebook_digest is not None:
        filters = replace(filters, rulebook_digest=settle_rulebook(store, filters.rulebook_digest))
    return replace(filters, **changed) if changed else filters  # type: ignore[arg-type]


def settle_rule(store: Store, typed: str) -> str:
    """The rule that is typed, by id or title, ignoring case; what means no rule, or several, stays as it is."""
    rules = store.db.execute(
        "SELECT DISTINCT rule, title FROM rules WHERE kind <> 'hidden' ORDER BY rule_no"
    ).fetchall()
    if any(rule == typed for rule, _ in rules):
        return typed
    for place in (0, 1):
        alike = {row[0] for row in rules if fold(row[place]) == fold(typed)}
        if len(alike) == 1:
            return str(alike.pop())
    return typed


def settle_rulebook(store: Store, typed: str) -> str:
    """Digest of the rulebook of a version, or of the beginning of a digest; what means none stays as it is.

    Raises
    ------
    UsageError
        Several rulebooks have that version; the message lists their digests.
    """
    books = store.db.execute("SELECT version, digest FROM rulebooks ORDER BY rulebook_no").fetchall()
    found = [digest for version, digest in books if version == typed]
    if not found and len(typed) >= MIN_DIGEST:
        found = [digest for _, digest in books if digest.startswith(typed)]
    if len(found) > 1:
        listed = ", ".join(digest[:12] for digest in found)
        raise UsageError(
            f"{len(found)} rulebooks of version {typed!r} judged calls",
            "one rulebook",
            f"give the beginning of a digest: {listed}",
        )
    return str(found[0]) if found else typed


def find_name(store: Store, kind: NameKind, typed: str) -> str:
    """The stored agent, team, customer, ... that a typed name means.

    Raises
    ------
    UsageError
        None, and the message names the nearest; or several, and it names them.
    """
    meant = _meaning(store, kind, plain_text(typed))
    if meant is not None:
        return meant
    near = find_nearest(store, kind, typed)
    if near:
        cure = f"nearest: {near}"
    elif store.db.execute("SELECT 1 FROM calls LIMIT 1").fetchone():
        cure = f"see `speechcx {kind}s`" if kind in ("agent", "team", "center") else "see `speechcx calls`"
    else:
        cure = "the database holds no calls yet: run `speechcx run`"
    raise UsageError(f"no {kind} {typed!r}", f"the {kind} of a stored call", cure)


def find_nearest(store: Store, kind: NameKind, typed: str) -> str | None:
    """The stored name most like a typed one; None where it is there, or nothing is like it."""
    stored = _stored(store, kind)
    if typed in stored:
        return None
    spellings = {fold(name): name for name in stored}
    for agent, name in read_names(store).items() if kind == "agent" else ():
        for part in (name, *name.split()) if name else ():
            spellings.setdefault(fold(part), f"{name} ({agent})")
    near = difflib.get_close_matches(fold(typed), spellings, n=1, cutoff=0.5)
    return spellings[near[0]] if near else None


def list_others(store: Store, kind: NameKind, typed: str) -> tuple[str, ...]:
    """Some of the names that there are, the most frequent first, where a typed one is not among them; else none."""
    rows = store.db.execute(
        f"SELECT {kind}, count(*), max({kind} = ?) FROM calls WHERE {kind} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1",
        (typed,),
    ).fetchall()
    return () if any(is_it for _, _, is_it in rows) else tuple(name for name, _, _ in rows[:_SHOWN])


def expect_one(what: str, given: str, legal: Iterable[str]) -> None:
    """Refuse a name that is not among the legal ones, and name the nearest.

    Raises
    ------
    UsageError
        `given` is not legal.
    """
    legal = tuple(legal)
    if given not in legal:
        near = difflib.get_close_matches(given, legal, n=1)
        raise UsageError(
            f"cannot {what} {given!r}",
            f"one of {', '.join(legal)}",
            f"use {near[0]}" if near else "name another",
        )


def _meaning(store: Store, kind: NameKind, typed: str) -> str | None:
    """The stored name that is typed: exactly, else the only one ignoring case, else by the roster."""
    if store.db.execute(f"SELECT 1 FROM calls WHERE {kind} = ? LIMIT 1", (typed,)).fetchone():
        return typed
    if kind == "agent":
        if store.db.execute("SELECT 1 FROM roster WHERE agent = ? LIMIT 1", (typed,)).fetchone():
            return typed
        named = {agent for agent, name in read_names(store).items() if fold(name or "") == fold(typed)}
        if len(named) == 1:
            return named.pop()
    stored = _stored(store, kind)
    alike = {name for name in stored if fold(name) == fold(typed)}
    if len(alike) == 1:
        return alike.pop()
    return _by_part(store, kind, typed, stored) if kind in _SPOKEN else None


_SPOKEN = ("agent", "team", "center")
"""What people call by a part of its name: ``carter`` for James Carter."""


def _by_part(store: Store, kind: NameKind, typed: str, stored: list[str]) -> str | None:
    """The only one whose name has all the words that are typed; None for none.

    Raises
    ------
    UsageError
        Several have; the message names them.
    """
    wanted = _words(typed)
    names: dict[str, str] = {key: key for key in stored}
    if kind == "agent":
        names |= {agent: f"{name or ''} {agent}" for agent, name in read_names(store).items() if agent}
    found = sorted(key for key, name in names.items() if wanted and wanted <= _words(name))
    if len(found) > 1:
        listed = ", ".join(found[:_SHOWN]) + (", ..." if len(found) > _SHOWN else "")
        raise UsageError(f"{len(found)} {kind}s go by {typed!r}", "the name of one", f"use one of {listed}")
    return found[0] if found else None


def _words(name: str) -> frozenset[str]:
    return frozenset(re.split(r"[\W_]+", fold(name))) - {""}


def _stored(store: Store, kind: NameKind | OfferedKind) -> list[str]:
    rows = store.db.execute(f"SELECT DISTINCT {kind} FROM calls WHERE {kind} IS NOT NULL LIMIT {_MOST}")
    return [name for (name,) in rows]
