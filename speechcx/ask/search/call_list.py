"""A list of calls: filtered, sorted, with what a supervisor looks at first."""

from __future__ import annotations

import json
from dataclasses import dataclass

from speechcx.ask.ground.call_by_name import read_number
from speechcx.ask.ground.driver_lookup import read_drivers
from speechcx.ask.ground.empty_answer_hints import Hint, find_hint
from speechcx.ask.ground.group_sums import find_scorecard
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import expect_one, settle_names
from speechcx.store import CallFilter, Store
from speechcx.store.moments import read_start

SORTS = {
    "newest": "c.call_no DESC",
    "oldest": "c.call_no",
    "score": "s.score",
    "best-score": "s.score DESC",
    "sentiment": "c.customer_sentiment",
    "best-sentiment": "c.customer_sentiment DESC",
    "longest": "c.audio_duration_s DESC",
    "silence": "c.non_talk_share DESC",
    "hold": "c.hold_s DESC",
    "interruptions": "c.agent_interruptions DESC",
    "flags": "c.flagged_count DESC",
    "pace": "c.agent_pace_wpm DESC",
    "talk": "c.agent_talk_share DESC",
    "shortest": "c.audio_duration_s",
    "shift": "c.customer_sentiment_shift",
}
"""Orders by name. Calls without a value come last; equal ones newest first."""


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call in a list; a measure that could not be told is None, and `missing` says why.

    `started` is its start on the clock of its own zone, with the offset; `occurred_at` is the same instant
    in UTC. `drivers` are titles of the contact drivers found; `flagged_rules` of the rules whose result is
    not what it should be; `flags` are quality flags of the recording; `extras` further columns of its source.
    `number` is its short number, which stays the same in this database.
    """

    call_id: str
    occurred_at: str | None
    started: str | None
    local_day: str | None
    local_hour: int | None
    agent: str | None
    team: str | None
    center: str | None
    customer: str | None
    queue: str | None
    direction: str | None
    audio_duration_s: float
    score: float | None
    auto_failed: bool | None
    customer_sentiment: float | None
    customer_end_state: str | None
    agent_talk_share: float | None
    agent_pace_wpm: float | None
    agent_interruptions: int | None
    non_talk_share: float | None
    longest_silence_s: float | None
    hold_s: float
    flagged_count: int
    drivers: tuple[str, ...]
    flagged_rules: tuple[str, ...]
    flags: tuple[str, ...]
    extras: tuple[tuple[str, str], ...]
    missing: tuple[tuple[str, str], ...]
    number: int | None = None


@dataclass(frozen=True, slots=True)
class CallList:
    """Calls, how many there are in all, and, where there are none, what would widen the question."""

    rows: tuple[CallRow, ...]
    total: int
    scorecard: str | None
    hint: Hint | None


_COLUMNS = (
    "c.call_id, c.occurred_at, c.local_day, c.local_hour, c.agent, c.team, c.center, c.customer, c.queue,"
    " c.direction, c.audio_duration_s, s.score, s.auto_failed, c.customer_sentiment, c.customer_end_state,"
    " c.agent_talk_share, c.agent_pace_wpm, c.agent_interruptions, c.non_talk_share, c.longest_silence_s,"
    " c.hold_s, c.flagged_count"
)


def list_calls(
    where: Where,
    filters: CallFilter | None = None,
    *,
    sort: str = "newest",
    limit: int = 50,
    offset: int = 0,
    scorecard: str | None = None,
) -> CallList:
    """Calls of a filter in an order.

    Parameters
    ----------
    where
        Store or database.
    filters
        Which calls; None for all.
    sort
        A key of :data:`SORTS`.
    limit, offset
        How many, after how many.
    scorecard
        The scorecard of the scores; None for the first one of the newest call.

    Raises
    ------
    UsageError
        There is no such order.
    """
    expect_one("sort by", sort, SORTS)
    filters = filters or CallFilter()
    with reading(where) as store:
        filters = settle_names(store, filters)
        chosen = find_scorecard(store, filters, scorecard)
        condition, values = filters.to_sql()
        total = count_calls(store, filters)
        value = SORTS[sort].removesuffix(" DESC")
        order = SORTS[sort] if value == "c.call_no" else f"{value} IS NULL, {SORTS[sort]}, c.call_no DESC"
        rows = store.db.execute(
            f"SELECT c.call_no, c.flags, c.missing, {_COLUMNS} FROM calls c"
            f" LEFT JOIN scores s ON s.call_no = c.call_no AND s.scorecard = ? WHERE {condition}"
            f" ORDER BY {order} LIMIT ? OFFSET ?",
            [chosen, *values, limit, offset],
        ).fetchall()
        found = tuple(_row(store, row) for row in rows)
        return CallList(found, total, chosen, None if total else find_hint(store, filters))


def count_calls(store: Store, filters: CallFilter) -> int:
    """How many calls satisfy a filter."""
    condition, values = filters.to_sql()
    return int(store.db.execute(f"SELECT count(*) FROM calls c WHERE {condition}", values).fetchone()[0])


def _row(store: Store, row: tuple[object, ...]) -> CallRow:
    call_no, flags, missing, *values = row
    given: dict[str, object] = dict(zip(_names(), values, strict=True))
    failed = given["auto_failed"]
    given["auto_failed"] = None if failed is None else bool(failed)
    number = int(str(call_no))
    return CallRow(
        **given,  # type: ignore[arg-type]
        started=read_start(store.db, number),
        drivers=read_drivers(store, number),
        flagged_rules=read_flagged(store, number),
        flags=tuple(json.loads(str(flags))),
        extras=_read_extras(store, number),
        missing=tuple(json.loads(str(missing)).items()) if missing else (),
        number=read_number(store, str(given["call_id"])),
    )


def read_flagged(store: Store, call_no: int) -> tuple[str, ...]:
    """Titles of the rules of a call whose result is not what it should be."""
    titles = store.db.execute(
        "SELECT title FROM results WHERE call_no = ? AND flagged = 1 ORDER BY position",
        (call_no,),
    )
    return tuple(title for (title,) in titles)


def _read_extras(store: Store, call_no: int) -> tuple[tuple[str, str], ...]:
    (text,) = store.db.execute("SELECT extras FROM recordings WHERE call_no = ?", (call_no,)).fetchone()
    extras = json.loads(text)
    pairs = extras.items() if isinstance(extras, dict) else extras
    return tuple((str(name), str(value)) for name, value in pairs)


def _names() -> list[str]:
    return [column.strip().partition(".")[2] for column in _COLUMNS.split(",")]
