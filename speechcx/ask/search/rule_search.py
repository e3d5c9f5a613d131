"""A search without words: results of rules with their evidence, turns of a party or a feeling, silences.

Numbers of results and silences are made like those of turns, from the number of the call, so that
newest first and the next page work alike.
"""

from __future__ import annotations

from collections.abc import Iterator

from speechcx.ask.compliance import read_hits
from speechcx.ask.search.search_filters import SearchFilter, SearchHit
from speechcx.ask.search.snippets import SnippetPiece
from speechcx.store import Store
from speechcx.store.moments import ROWS_A_CALL, read_start
from speechcx.store.paths import plain_text

_WHO = "c.agent, c.team, c.center, c.customer, c.queue, c.occurred_at, c.local_day"


def find_results(store: Store, chosen: SearchFilter, after: int | None) -> Iterator[int]:
    """Numbers of the results that fit: of the rule asked for, or all that could not tell."""
    where, values = chosen.call_sql()
    before, place = _before(after, f"d.call_no * {ROWS_A_CALL} + d.rule_no")
    rule = "" if chosen.rule is None else "AND r.rule = ?"
    result = chosen.result or "present"
    # Those that could not tell have an index.
    wanted = {"present": "d.is_present", "cannot_tell": "d.is_unsure"}.get(result, f"d.value = '{result}'")
    rows = store.db.execute(
        f"SELECT d.call_no * {ROWS_A_CALL} + d.rule_no FROM calls c CROSS JOIN rule_results d"
        " ON d.call_no = c.call_no CROSS JOIN rules r ON r.rule_no = d.rule_no"
        f" WHERE {wanted} AND r.kind <> 'hidden' {rule} AND {where} {before}"
        " ORDER BY c.call_no DESC, d.rule_no DESC",
        [*(() if chosen.rule is None else (plain_text(chosen.rule),)), *values, *place],
    )
    for (number,) in rows:
        yield number


def find_turns(store: Store, chosen: SearchFilter, after: int | None) -> Iterator[int]:
    """Numbers of the turns that fit a party or a feeling."""
    where, values = chosen.call_sql()
    turn_where, turn_values = chosen.turn_sql()
    before, place = _before(after, "t.turn_id")
    rows = store.db.execute(
        f"SELECT t.turn_id FROM calls c CROSS JOIN turn_feelings t"
        f" ON t.turn_id BETWEEN c.call_no * {ROWS_A_CALL} AND c.call_no * {ROWS_A_CALL} + {ROWS_A_CALL - 1}"
        f" WHERE {where} AND {turn_where} {before}"
        " ORDER BY c.call_no DESC, t.turn_id DESC",
        [*values, *turn_values, *place],
    )
    for (number,) in rows:
        yield number


def find_silences(store: Store, chosen: SearchFilter, after: int | None) -> Iterator[int]:
    """Numbers of the stretches in which nobody speaks for so long."""
    where, values = chosen.call_sql()
    before, place = _before(after, f"n.call_no * {ROWS_A_CALL} + n.position")
    rows = store.db.execute(
        f"SELECT n.call_no * {ROWS_A_CALL} + n.position FROM calls c CROSS JOIN non_talk n ON n.call_no = c.call_no"
        f" WHERE {where} AND n.end_s - n.start_s >= ? {before} ORDER BY c.call_no DESC, n.position DESC",
        [*values, chosen.min_silence_s, *place],
    )
    for (number,) in rows:
        yield number


def read_result(store: Store, number: int) -> SearchHit:
    """A result with its first evidence."""
    call_no, rule_no = divmod(number, ROWS_A_CALL)
    call_id, rule, value, why, *who = store.db.execute(
        f"SELECT c.call_id, d.rule, d.value, d.why, {_WHO} FROM results d JOIN calls c ON c.call_no = d.call_no"
        " WHERE d.call_no = ? AND d.rule_no = ?",
        (call_no, rule_no),
    ).fetchone()
    who.append(read_start(store.db, call_no))
    hit = next((hit for hit in read_hits(store, call_no, rule_no) if not hit.is_nearest), None)
    turn_no = hit.turn_no if hit else None
    turn = (None, None, None, None) if turn_no is None else _read_turn(store, call_no, turn_no)
    speaker, start_s, end_s, sentiment = turn
    return SearchHit(
        "rule", call_id, turn_no, hit.party if hit else None, speaker, hit.start_s if hit else None, start_s, end_s,
        (SnippetPiece(hit.quote, True),) if hit and hit.quote else (), rule, value, why, sentiment, *who,
    )  # fmt: skip


def read_silence(store: Store, number: int) -> SearchHit:
    """A stretch in which nobody speaks."""
    call_no, position = divmod(number, ROWS_A_CALL)
    call_id, start_s, end_s, *who = store.db.execute(
        f"SELECT c.call_id, n.start_s, n.end_s, {_WHO} FROM non_talk n JOIN calls c ON c.call_no = n.call_no"
        " WHERE n.call_no = ? AND n.position = ?",
        (call_no, position),
    ).fetchone()
    who.append(read_start(store.db, call_no))
    text = f"nobody speaks for {end_s - start_s:.1f} s"
    return SearchHit(
        "silence", call_id, None, None, None, start_s, start_s, end_s, (SnippetPiece(text, False),), None, None, None,
        None, *who,
    )  # fmt: skip


def _read_turn(
    store: Store, call_no: int, turn_no: int
) -> tuple[str | None, float | None, float | None, float | None]:
    row = store.db.execute(
        "SELECT speaker, start_s, end_s, sentiment FROM turns WHERE call_no = ? AND no = ?",
        (call_no, turn_no),
    ).fetchone()
    return (None, None, None, None) if row is None else row


def _before(after: int | None, number: str) -> tuple[str, list[int]]:
    """A condition for what comes after a page, and its values."""
    return ("", []) if after is None else (f"AND {number} < ?", [after])
