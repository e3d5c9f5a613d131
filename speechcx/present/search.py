"""Calls in a list, turns that were searched for, and searches kept under a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import partial

from speechcx.ask.ground import expect_one
from speechcx.ask.search import CallList, CallRow, SavedRow, SearchHit, SearchPage
from speechcx.present.envelope import Envelopes, record, rows
from speechcx.present.table import Answer, Column, Text, make_table
from speechcx.present.units import moment


@dataclass(frozen=True, slots=True)
class ForgottenSearch:
    """The name of a search that is kept no longer."""

    name: str


_CALLS = rows("calls", CallRow, facts={"total": int, "scorecard": str | None})
_HITS = rows("turns", SearchHit, time=str | None, snippet=str)
_SAVED = rows("searches", SavedRow)
_FORGOTTEN = record("search-forgotten", ForgottenSearch)

ENVELOPES: dict[str, Envelopes] = {
    "calls": _CALLS,
    "search": _HITS,
    "searches": (_SAVED, _FORGOTTEN),
}

_CALL_COLUMNS = (
    Column("number", "#", text=lambda row: row.number and f"#{row.number}"),
    Column("call_id", "call"),
    Column("started", "start", kind="start"),
    Column("agent", "agent"),
    Column("team", "team", rank=7),
    Column("customer", "customer", rank=2),
    Column("queue", "queue", rank=6),
    Column("audio_duration_s", "length", kind="length", rank=3),
    Column("score", "score", digits=1),
    Column("customer_sentiment", "customer\n-5..5", digits=1, rank=1),
    Column("agent_talk_share", "agent\ntalks", kind="share", rank=5),
    Column("non_talk_share", "nobody\ntalks", kind="share", rank=4),
    Column("flagged_rules", "flagged"),
    Column("flags", "recording", rank=6),
)


def present_calls(found: CallList, columns: str | None = None) -> Answer:
    """The calls; `columns` names others than the usual ones, by comma.

    Raises
    ------
    UsageError
        There is no such column; the message names the nearest.
    """
    wanted = _CALL_COLUMNS if columns is None else _read_columns(found, columns)
    shown = make_table("calls", wanted, found.rows, empty=str(found.hint))
    if len(found.rows) < found.total:
        shown = replace(shown, cut=f"{len(found.rows)} of {found.total} calls.")
    document = partial(
        _CALLS.wrap_rows, found.rows, hint=shown.empty, total=found.total, scorecard=found.scorecard
    )
    return Answer(document, (shown,))


def _read_columns(found: CallList, columns: str) -> list[Column]:
    own = [field.name for field in fields(CallRow)]
    legal = own + sorted({name for call in found.rows for name, _ in call.extras} - set(own))
    usual = {column.key: column for column in _CALL_COLUMNS}
    wanted = []
    for name in (text.strip() for text in columns.split(",")):
        # Without calls the columns of their source are not known.
        if found.rows or name in legal:
            expect_one("show the column", name, legal)
        plain = Column(name, name.replace("_", " "))
        wanted.append(usual.get(name, plain if name in own else _extra(plain)))
    return wanted


def _extra(column: Column) -> Column:
    return replace(column, value=lambda call: dict(call.extras).get(column.key))


def _snippet(hit: SearchHit) -> str:
    return "".join(f"[{piece.text}]" if piece.is_match else piece.text for piece in hit.pieces)


_HIT_COLUMNS = (
    Column("call_id", "call"),
    Column("local_day", "day"),
    Column("agent", "agent"),
    Column("time", "time", value=lambda hit: moment(hit.start_s)),
    Column("party", "party"),
    Column("snippet", "words", value=_snippet),
)
_RESULT_COLUMNS = (
    *_HIT_COLUMNS[:3],
    Column("rule", "rule"),
    Column("result", "result"),
    *_HIT_COLUMNS[3:],
    Column("why", "why"),
)


def present_hits(found: SearchPage, *, is_empty: bool) -> Answer:
    """Turns, results or silences that were found; `is_empty` where nothing was looked for."""
    columns = _RESULT_COLUMNS if any(hit.rule for hit in found.hits) else _HIT_COLUMNS
    left = " ".join(found.words.left_out)[:200]
    shown = make_table("turns", columns, found.hits, empty=_nothing(found, is_empty=is_empty))
    shown = replace(
        shown,
        notes=(f"Not searched for: {left}",) if left else (),
        cut="There are more." if found.next is not None else "",
    )
    also = [{"time": moment(hit.start_s), "snippet": _snippet(hit)} for hit in found.hits]
    return Answer(partial(_HITS.wrap_rows, found.hits, hint=shown.empty, also=also), (shown,))


def _nothing(found: SearchPage, *, is_empty: bool) -> str:
    """Why nothing was found."""
    if is_empty:
        return (
            "Nothing to look for: type words, or --rule, --result, --speaker, --sentiment or --min-silence."
        )
    if found.hint:
        return str(found.hint)
    if not found.words.terms:
        return "Nothing like that in the calls asked for."
    if len(found.words.groups) > 1:
        return "Nobody said all of that in one turn; OR between words finds either: one OR other."
    return "Nobody said that in the calls asked for."


_SAVED_COLUMNS = (
    Column("name", "name"),
    Column("words", "words"),
    Column("filters", "where"),
    Column("new", "new"),
    Column("looked_at", "since"),
    Column("saved_by", "saved by"),
)


def present_searches(found: Sequence[SavedRow]) -> Answer:
    """Searches kept under a name."""
    hint = "Add --save NAME to `speechcx search`."
    shown = make_table("searches", _SAVED_COLUMNS, found, empty="No search is kept.").with_hints(
        () if found else (hint,)
    )
    return Answer(partial(_SAVED.wrap_rows, found, hint=f"{shown.empty} {hint}"), (shown,))


def present_forgotten(name: str) -> Answer:
    """That a search is kept no longer."""
    return Answer(lambda: _FORGOTTEN.wrap(ForgottenSearch(name)), (Text(f"{name} is forgotten."),))
