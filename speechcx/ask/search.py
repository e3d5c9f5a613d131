"""Words and phrases in what was said: newest calls first, with time, party and a snippet.

The numbers of turns grow with the time of their call, and the index hands out matches in their
order. So the first page needs neither sorting nor counting, however many matches there are, and a
period is a stretch of the index.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from speechcx.ask.opening import Where, reading
from speechcx.ask.snippets import Piece, cut_snippet
from speechcx.ask.widen import Hint, find_hint
from speechcx.ask.words import Words, find_terms, read_words
from speechcx.call import Party, RuleValue
from speechcx.store import CallFilter, Store
from speechcx.store.codes import PARTY_CODES
from speechcx.store.moments import ROWS_A_CALL
from speechcx.store.packing import from_fixed, unpack_words

FEW_CALLS = 200
"""With fewer calls to look in, each is looked into (half a millisecond a call); with more, the matches are
gone through, of which then enough fit."""


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """Where to look besides the words; every field that is given must fit.

    Parameters
    ----------
    calls
        Which calls.
    party
        Who speaks.
    sentiment_at_most, sentiment_at_least
        Bounds on the turn's sentiment, -1 to 1.
    rule, result
        A rule by id and its result in the call; `rule` alone asks for ``present``, `result` needs one.
    min_silence_s
        The call has a silence at least so long.
    near
        The words stand within so many words of each other.
    """

    calls: CallFilter = field(default_factory=CallFilter)
    party: Party | None = None
    sentiment_at_most: float | None = None
    sentiment_at_least: float | None = None
    rule: str | None = None
    result: RuleValue | None = None
    min_silence_s: float | None = None
    near: int | None = None

    def __post_init__(self) -> None:
        if self.near is not None and not 0 <= self.near <= 1000:
            raise ValueError(f"near must be 0 to 1000 words, got {self.near}")
        if self.result is not None and self.rule is None:
            raise ValueError(f"a result ({self.result}) needs the rule whose result it is")

    @property
    def is_about_turns(self) -> bool:
        """Whether a match must be looked at before it is known to fit."""
        return not (self.party is None and self.sentiment_at_most is None and self.sentiment_at_least is None)

    def call_sql(self) -> tuple[str, list[str | int | float | bytes | None]]:
        """A condition on ``calls c``, and its values."""
        calls = self.calls
        if self.rule is not None:
            calls = replace(calls, results=(*calls.results, (self.rule, self.result or "present")))
        where, values = calls.to_sql()
        parts = [where]
        if self.min_silence_s is not None:
            parts.append("c.longest_silence_s >= ?")
            values.append(self.min_silence_s)
        return " AND ".join(parts), values

    def turn_sql(self) -> tuple[str, list[int | float]]:
        """A condition on ``turns_data t``, and its values."""
        parts, values = ["1"], []
        if self.party is not None:
            parts.append("t.party = ?")
            values.append(float(PARTY_CODES.index(self.party)))
        # A whole number there stands for ten-thousandths, one with a fraction for itself.
        value = "(CASE typeof({0}) WHEN 'integer' THEN {0} / 10000.0 ELSE {0} END)".format(
            "t.sentiment_x10000"
        )
        if self.sentiment_at_most is not None:
            parts.append(f"{value} <= ?")
            values.append(self.sentiment_at_most)
        if self.sentiment_at_least is not None:
            parts.append(f"{value} >= ?")
            values.append(self.sentiment_at_least)
        return " AND ".join(parts), [*values]


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One turn with the words.

    Parameters
    ----------
    call_id, turn_no
        Where.
    party, speaker
        Who speaks.
    start_s
        When the first match is said; the start of the turn where its words carry no times.
    turn_start_s, turn_end_s
        The turn.
    pieces
        The snippet, cut at the matches.
    sentiment
        Of the turn, -1 to 1; None where it could not be told.
    agent, team, center, customer, queue, occurred_at, local_day
        Of the call.
    """

    call_id: str
    turn_no: int
    party: Party
    speaker: str
    start_s: float
    turn_start_s: float
    turn_end_s: float
    pieces: tuple[Piece, ...]
    sentiment: float | None
    agent: str | None
    team: str | None
    center: str | None
    customer: str | None
    queue: str | None
    occurred_at: str | None
    local_day: str | None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of matches.

    Parameters
    ----------
    hits
        Newest call first, in a call its last turn first.
    words
        The search as understood.
    next
        What to give as `after` for the next page; None on the last one.
    hint
        Where no call at all fits the filter: what would widen it.
    """

    hits: tuple[SearchHit, ...]
    words: Words
    next: int | None
    hint: Hint | None


def search(
    where: Where,
    typed: str,
    filters: SearchFilter | None = None,
    *,
    limit: int = 20,
    after: int | None = None,
) -> SearchPage:
    """Turns in which all the words are said. Never fails, whatever is typed.

    Parameters
    ----------
    where
        Store or database.
    typed
        Words, ``"phrases in quotes"``, ``begin*``; see :func:`speechcx.ask.words.read_words`.
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
        if not words.terms:
            return SearchPage((), words, None, None)
        found = [
            turn_id for turn_id, _ in zip(_find(store, words, chosen, after), range(limit + 1), strict=False)
        ]
        hits = tuple(_read_hit(store, turn_id, words) for turn_id in found[:limit])
        more = found[limit - 1] if len(found) > limit else None
        hint = None if hits or after is not None else _hint(store, chosen)
        return SearchPage(hits, words, more, hint)


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
    turns = "CROSS JOIN turns_data t ON t.turn_id = f.rowid" if chosen.is_about_turns else ""
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
    turns = "CROSS JOIN turns_data t ON t.turn_id = f.rowid" if chosen.is_about_turns else ""
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
        "SELECT c.call_id, t.party, coalesce(t.speaker, 'ch' || t.channel), t.start_s_x1000, t.end_s_x1000, t.text,"
        " t.words, t.sentiment_x10000, c.agent, c.team, c.center, c.customer, c.queue, c.occurred_at, c.local_day"
        f" FROM turns_data t JOIN calls c ON c.call_no = t.turn_id / {ROWS_A_CALL} WHERE t.turn_id = ?",
        (turn_id,),
    ).fetchone()
    call_id, party, speaker, start, end, text, packed, sentiment, *who = row
    start_s, end_s = from_fixed(start, 1000) or 0.0, from_fixed(end, 1000) or 0.0
    spans = find_terms(text, words)
    said = unpack_words(packed, text, start_s=start_s)
    before = len(text[: spans[0][0]].split()) if spans else 0
    # Where the words are not those of the text, their number still tells about where.
    at = said[min(before, len(said) - 1)].start_s if said and spans else start_s
    return SearchHit(
        call_id, turn_id % ROWS_A_CALL, PARTY_CODES[party], speaker, at, start_s, end_s, cut_snippet(text, spans),
        from_fixed(sentiment, 10_000), *who,
    )  # fmt: skip


def _hint(store: Store, chosen: SearchFilter) -> Hint | None:
    condition, values = chosen.call_sql()
    if store.db.execute(f"SELECT 1 FROM calls c WHERE {condition} LIMIT 1", values).fetchone():
        return None
    return find_hint(store, chosen.calls)
