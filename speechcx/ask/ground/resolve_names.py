"""What a typed name means: an agent by id or name, a team in other letters; else the nearest name there is."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from speechcx.ask.ground.typed_words import fold
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from speechcx.store.paths import plain_text

Kind = Literal["agent", "team", "center", "customer", "queue", "direction"]
KINDS: tuple[Kind, ...] = ("agent", "team", "center", "customer", "queue", "direction")

_MOST = 50_000
"""Names that are looked through for the nearest."""


def read_names(store: Store) -> dict[str | None, str | None]:
    """The name of every agent of the roster, its newest where it had several."""
    return dict(store.db.execute("SELECT agent, name FROM roster ORDER BY agent, valid_from").fetchall())


def settle_names(store: Store, filters: CallFilter) -> CallFilter:
    """The filter with names as they are stored: ``"maria lopez"`` becomes the agent of that name.

    A name that means nothing stays as it is: the answer is empty then, and its hint names the nearest.
    """
    changed: dict[str, tuple[str, ...]] = {}
    for kind in KINDS:
        # A terminal may hand over half characters, which the database cannot be asked for.
        typed: tuple[str, ...] = tuple(map(plain_text, getattr(filters, kind)))
        meant = tuple(_meaning(store, kind, name) or name for name in typed)
        if meant != getattr(filters, kind):
            changed[kind] = meant
    return replace(filters, **changed) if changed else filters  # type: ignore[arg-type]


def find_name(store: Store, kind: Kind, typed: str) -> str:
    """The stored agent, team, customer, ... that a typed name means.

    Raises
    ------
    UsageError
        None, and the message names the nearest.
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


def find_nearest(store: Store, kind: Kind, typed: str) -> str | None:
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


def _meaning(store: Store, kind: Kind, typed: str) -> str | None:
    """The stored name that is typed: exactly, else the only one in other letters, else by the roster."""
    if store.db.execute(f"SELECT 1 FROM calls WHERE {kind} = ? LIMIT 1", (typed,)).fetchone():
        return typed
    if kind == "agent":
        if store.db.execute("SELECT 1 FROM roster WHERE agent = ? LIMIT 1", (typed,)).fetchone():
            return typed
        named = {agent for agent, name in read_names(store).items() if fold(name or "") == fold(typed)}
        if len(named) == 1:
            return named.pop()
    alike = {name for name in _stored(store, kind) if fold(name) == fold(typed)}
    return alike.pop() if len(alike) == 1 else None


def _stored(store: Store, kind: Kind) -> list[str]:
    rows = store.db.execute(f"SELECT DISTINCT {kind} FROM calls WHERE {kind} IS NOT NULL LIMIT {_MOST}")
    return [name for (name,) in rows]
