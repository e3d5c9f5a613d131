"""Words and phrases in what was said: newest calls first, with time, party and a snippet.

The numbers of turns grow with the time of their call, and the index hands out matches in their
order. So the first page needs neither sorting nor counting, however many matches there are, and a
period is a stretch of the index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

from speechcx.ask.ground.empty_answer_hints import Hint, find_hint, read_rule_hint
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.typed_words import Words, find_terms, read_words
from speechcx.ask.search.rule_search import find_results, find_silences, find_turns, read_result, read_silence
from speechcx.ask.search.search_filters import SearchFilter, SearchHit, SearchPage
from speechcx.ask.search.snippets import cut_snippet
from speechcx.store import Store
from speechcx.store.moments import ROWS_A_CALL, read_start

__all__ = ["SearchFilter", "SearchHit", "SearchPage", "search"]

FEW_CALLS = 200
"""With fewer calls to look in, each is looked into (half a millisecond a call); with more, the matches are
gone through, of which then enough fit."""


def search(
    where: Where,
    typed: str,
    filters: SearchFilter | None = None,
    *,
    limit: int = 20,
    after: int | None = None,
) -> SearchPage:
    """Turns in which all the words are said. Never fails, whatever is typed.

    Without words, what the filter is about is found: results of a rule, turns of a party or a feeling, silences.

    Parameters
    ----------
    where
        Store or database.
    typed
        Words, ``"phrases in quotes"``, ``begin*``; see :func:`speechcx.ask.ground.typed_words.read_words`.
    filters
        Where to look.
    limit
        Matches on the page.
    after
        ``next`` of the page before.
    """
    chosen = filters or SearchFilter()
    words = read_words(typed, near=chosen.near)
    with reading(where) as store:
        chosen = chosen.settle(store)
        find, read = _way(store, words, chosen, after)
        found = list(islice(find, limit + 1))
        hits = tuple(read(number) for number in found[:limit])
        more = found[limit - 1] if len(found) > limit else None
        hint = None if hits or after is not None else _hint(store, chosen)
        return SearchPage(hits, words, more, hint)


def count_matches(where: Where, typed: str, filters: SearchFilter, *, most: int = 1000) -> int:
    """How many turns, results or silences :func:`search` would find, counted up to `most`."""
    words = read_words(typed, near=filters.near)
    with reading(where) as store:
        chosen = filters.settle(store)
        find, _ = _way(store, words, chosen, None)
        return sum(1 for _ in islice(find, most))


def _way(
    store: Store, words: Words, chosen: SearchFilter, after: int | None
) -> tuple[Iterator[int], Callable[[int], SearchHit]]:
    """How to look, and how to read what is found: by words where there are any, else by what the filter is about."""
    if words.terms:
        return _find(store, words, chosen, after), lambda number: _read_hit(store, number, words)
    if chosen.is_about_rules:
        return find_results(store, chosen, after), lambda number: read_result(store, number)
    if chosen.is_about_turns:
        return find_turns(store, chosen, after), lambda number: _read_hit(store, number, words)
    if chosen.min_silence_s is not None:
        return find_silences(store, chosen, after), lambda number: read_silence(store, number)
    return iter(()), lambda number: _read_hit(store, number, words)


def _find(store: Store, words: Words, chosen: SearchFilter, after: int | None) -> Iterator[int]:
    """Numbers of the turns that fit, newest first, as far as they are asked for."""
    condition, values = chosen.call_sql()
    few = store.db.execute(
        f"SELECT c.call_no FROM calls c WHERE {condition} ORDER BY c.call_no DESC LIMIT ?",
        [*values, FEW_CALLS + 1],
    ).fetchall()
    if len(few) > FEW_CALLS:
        yield from _go_through(store, words, chosen, after)
        return
    for (call_no,) in few:
        if after is None or call_no * ROWS_A_CALL < after:
            yield from _look_into(store, words, chosen, (call_no, after))


def _go_through(store: Store, words: Words, chosen: SearchFilter, after: int | None) -> Iterator[int]:
    """Go through all matches of the period, newest first, and look up the call of each."""
    call_where, call_values = chosen.call_sql()
    turn_where, turn_values = chosen.turn_sql()
    first, last = chosen.calls.call_no_range()
    low = -1 if first is None else first * ROWS_A_CALL
    high = 2**62 if last is None else last * ROWS_A_CALL
    turns = "CROSS JOIN turn_feelings t ON t.turn_id = f.rowid" if chosen.is_about_turns else ""
    rows = store.db.execute(
        f"SELECT f.rowid FROM turns_fts f CROSS JOIN calls c ON c.call_no = f.rowid / {ROWS_A_CALL} {turns}"
        f" WHERE f.turns_fts MATCH ? AND f.rowid >= ? AND f.rowid < ? AND {call_where} AND {turn_where}"
        " ORDER BY f.rowid DESC",
        [words.to_match(), low, high if after is None else min(high, after), *call_values, *turn_values],
    )
    for (turn_id,) in rows:
        yield turn_id


def _look_into(
    store: Store, words: Words, chosen: SearchFilter, place: tuple[int, int | None]
) -> Iterator[int]:
    """Matches in one call, that with `place` is its number and where to go on."""
    call_no, after = place
    turn_where, turn_values = chosen.turn_sql()
    turns = "CROSS JOIN turn_feelings t ON t.turn_id = f.rowid" if chosen.is_about_turns else ""
    high = (call_no + 1) * ROWS_A_CALL
    rows = store.db.execute(
        f"SELECT f.rowid FROM turns_fts f {turns} WHERE f.turns_fts MATCH ? AND f.rowid >= ? AND f.rowid < ?"
        f" AND {turn_where} ORDER BY f.rowid DESC",
        [words.to_match(), call_no * ROWS_A_CALL, high if after is None else min(high, after), *turn_values],
    )
    for (turn_id,) in rows.fetchall():
        yield turn_id


def _read_hit(store: Store, turn_id: int, words: Words) -> SearchHit:
    row = store.db.execute(
        "SELECT t.call_id, t.no, t.party, t.speaker, t.start_s, t.end_s, t.text, t.sentiment,"
        " c.agent, c.team, c.center, c.customer, c.queue, c.occurred_at, c.local_day, c.call_no"
        " FROM turns t JOIN calls c ON c.call_no = t.call_no WHERE t.turn_id = ?",
        (turn_id,),
    ).fetchone()
    call_id, no, party, speaker, start_s, end_s, text, sentiment, *who, call_no = row
    who.append(read_start(store.db, call_no))
    spans = find_terms(text, words)
    said = store.load_words(turn_id)
    before = len(text[: spans[0][0]].split()) if spans else 0
    # Where the words are not those of the text, their number still tells about where.
    at = said[min(before, len(said) - 1)].start_s if said and spans else start_s
    return SearchHit(
        "turn", call_id, no, party, speaker, at, start_s, end_s, cut_snippet(text, spans), None, None, None, sentiment,
        *who,
    )  # fmt: skip


def _hint(store: Store, chosen: SearchFilter) -> Hint | None:
    """Where no call fits the filter: what would widen it. Where calls fit and words do not, there is no advice."""
    condition, values = chosen.call_sql()
    if store.db.execute(f"SELECT 1 FROM calls c WHERE {condition} LIMIT 1", values).fetchone():
        return None
    hint = find_hint(store, chosen.calls)
    if chosen.rule is None:
        where, values = chosen.calls.to_sql()
        some = store.db.execute(f"SELECT 1 FROM calls c WHERE {where} LIMIT 1", values).fetchone()
        return None if some else hint
    return replace(hint, rule=read_rule_hint(store, chosen.rule))
