"""Saved searches: what each asks for, run again, and how much is new since somebody looked."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.search.word_search import SearchFilter, count_matches, search
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from speechcx.store.decisions.audit import tidy_text
from speechcx.store.decisions.saved_searches import SavedSearch, list_searches

MAX_NEW = 1000
"""New matches are counted up to here."""


@dataclass(frozen=True, slots=True)
class SavedRow:
    """A saved search in a list.

    Parameters
    ----------
    name, words, filters
        What it asks for; `filters` in words.
    new
        Matches in calls stored since somebody last looked, counted up to 1000.
    looked_at
        The newest call of that moment was stored then, UTC; None where there were no calls.
    saved_at, saved_by
        When, UTC, and by whom.
    """

    name: str
    words: str
    filters: str
    new: int
    looked_at: str | None
    saved_at: str
    saved_by: str


def list_saved(where: Where) -> tuple[SavedRow, ...]:
    """All saved searches by name, each with what is new to it."""
    with reading(where) as store:
        return tuple(
            SavedRow(
                found.name, found.words, say_filters(found.filters), count_new(store, found),
                found.looked_at or None, found.saved_at, found.saved_by,
            )
            for found in list_searches(store)
        )  # fmt: skip


def find_saved(where: Where, name: str) -> SavedSearch:
    """The saved search of a name.

    Raises
    ------
    UsageError
        There is none; the message names the nearest.
    """
    with reading(where) as store:
        known = {found.name: found for found in list_searches(store)}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=1)
    cure = f"use {near[0]!r}" if near else "save one by `speechcx search WORDS --save NAME`"
    raise UsageError(f"no saved search {name!r}", "a name of `speechcx searches`", cure)


def count_new(store: Store, found: SavedSearch) -> int:
    """Matches in calls stored since somebody last looked at a saved search."""
    filters = replace(read_filters(found.filters), stored_after=found.looked_at)
    return count_matches(store, found.words, filters, most=MAX_NEW)


def find_calls(store: Store, name: str, *, most: int = 1000) -> list[str]:
    """Calls of the newest matches of a saved search, newest first, each once; errors as :func:`find_saved`."""
    found = find_saved(store, name)
    page = search(store, found.words, read_filters(found.filters), limit=most)
    return list(dict.fromkeys(hit.call_id for hit in page.hits))


def read_name(name: str) -> str:
    """The name of a search as it is kept.

    Raises
    ------
    UsageError
        It is blank, or longer than 100 characters.
    """
    kept = tidy_text(name)
    if kept is None or len(kept) > 100:
        raise UsageError(f"a name of {len(name)} characters", "1 to 100", "give the search a short name")
    return kept


def write_filters(filters: SearchFilter) -> str:
    """A filter as JSON, only what is asked for."""
    given = _given(filters, SearchFilter()) | {"calls": _given(filters.calls, CallFilter())}
    return json.dumps(given, default=str, ensure_ascii=True, sort_keys=True)


def read_filters(text: str) -> SearchFilter:
    """The filter that :func:`write_filters` was given.

    Raises
    ------
    UsageError
        A newer version wrote it.
    """
    given = json.loads(text)
    try:
        calls = {name: _read_value(name, value) for name, value in given.pop("calls").items()}
        return SearchFilter(CallFilter(**calls), **given)
    except (TypeError, ValueError, KeyError) as error:
        raise UsageError(
            "a saved search of another version", "filters this one knows", "save it again"
        ) from error


def say_filters(text: str) -> str:
    """A stored filter in words: ``agent ann, since 2026-03-01``."""
    given = json.loads(text)
    parts = given.pop("calls", {}) | given
    return ", ".join(
        f"{name.replace('_', ' ')} {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in parts.items()
    )


def _given(record: Any, usual: Any) -> dict[str, Any]:
    names = [part.name for part in fields(record) if part.name not in ("calls", "stored_after")]
    return {name: getattr(record, name) for name in names if getattr(record, name) != getattr(usual, name)}


def _read_value(name: str, value: Any) -> Any:
    if name in ("since", "until"):
        return date.fromisoformat(value)
    if isinstance(value, list):
        return tuple(tuple(part) if isinstance(part, list) else part for part in value)
    return value
