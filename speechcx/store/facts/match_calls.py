"""Which recorded call a call record or a survey answer is about: by the name of the recording, by an id, or by time.

A match needs one candidate on each side. Two recordings that would fit one record, or one recording that would fit
two, are counted and never decided.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from speechcx.store.calls.row_digests import note_shared_rows
from speechcx.store.facts.customer_keys import customer_key
from speechcx.store.filters import SqlValue
from speechcx.store.moments import read_moment

CLOCK_TOLERANCE_S = 30.0
"""How far the clocks of telephone system and recorder may differ, unless an import says otherwise."""

SURVEY_AFTER_S = 14 * 86_400.0
"""A survey is answered so long after its call, at most."""

_MIN_ID = 6
"""A value of a further column is taken for an id from so many characters on."""

_FEW = 1_000
"""Fewer rows than this are looked up one by one; otherwise the whole table is read."""

_SELECT_CALLS = (
    "SELECT c.call_id, r.path, r.started_at, r.extras, c.agent, c.customer FROM calls c"
    " JOIN recordings r ON r.call_no = c.call_no"
)

_TOKEN = re.compile(r"[^\s_,;|()\[\]]+")


class _OfPeople(Protocol):
    """What may tell its agent and customer."""

    @property
    def agent(self) -> str | None:
        """The agent."""

    @property
    def customer(self) -> str | None:
        """The customer."""


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """A stored call, as far as facts are matched with it."""

    call_id: str
    start_s: float | None
    agent: str | None
    customer: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A fact that looks for its call."""

    number: int
    names: tuple[str, ...]
    ids: tuple[str, ...]
    start_s: float | None
    agent: str | None
    customer: str | None


@dataclass(frozen=True, slots=True)
class _Match:
    """What was found for a fact: a call and how, or how many would fit."""

    call_id: str | None = None
    matched_by: str | None = None
    candidates: int = 0


def match_facts(db: sqlite3.Connection) -> None:
    """Find the recorded call of every call record and survey answer again, where there are any; inside a write.

    How far start times of one call may lie apart is what the last import of call records said.
    """
    if not has_facts(db):
        return
    tolerance_s, calls = read_tolerance_s(db), StoredCalls(db)
    match_records(db, calls, read_records(db), tolerance_s=tolerance_s)
    answers = list(read_answers(db))
    known = find_recorded(db, {key for answer in answers for key in answer.ids})
    match_answers(db, calls, answers, known, tolerance_s=tolerance_s)
    db.execute("DELETE FROM calls_to_match")


def has_facts(db: sqlite3.Connection) -> bool:
    """Whether anything was imported."""
    return db.execute("SELECT 1 FROM imports LIMIT 1").fetchone() is not None


def read_tolerance_s(db: sqlite3.Connection) -> float:
    """How far the clocks of telephone system and recorder may differ, by the last import of call records."""
    told = db.execute("SELECT tolerance_s FROM imports WHERE kind = 'calls' ORDER BY import_no DESC LIMIT 1")
    return float((told.fetchone() or (CLOCK_TOLERANCE_S,))[0])


def match_records(
    db: sqlite3.Connection, calls: StoredCalls, records: Iterable[Wanted], *, tolerance_s: float
) -> None:
    """Find the recorded call of these call records among these calls, and keep it."""
    found = _match_all(calls, list(records), before_s=tolerance_s, after_s=tolerance_s)
    _write(db, "call_records", "record_no", found)


def find_recorded(db: sqlite3.Connection, references: Collection[str]) -> dict[str, str]:
    """The recorded call of each of these ids of a call record, or of one leg of it: a survey names the last leg."""
    found: dict[str, str] = {}
    for reference in references:
        calls = {
            call_id
            for sql in _RECORDED
            for (call_id,) in db.execute(sql, (reference,))
            if sql is _RECORDED[0] or len(reference) >= _MIN_ID
        }
        if len(calls) == 1:
            found[reference] = calls.pop()
    return found


_RECORDED = (
    "SELECT call_id FROM call_records WHERE record_id = ? AND call_id IS NOT NULL",
    "SELECT r.call_id FROM call_legs l JOIN call_records r ON r.record_id = l.record_id"
    " WHERE l.leg_id = ? AND r.call_id IS NOT NULL",
)
"""Numbers of legs such as 1 and 2 are no ids: a leg is looked for by longer ones only."""


def match_answers(
    db: sqlite3.Connection,
    calls: StoredCalls,
    answers: Iterable[Wanted],
    records: Mapping[str, str],
    *,
    tolerance_s: float,
) -> None:
    """Find the recorded call of these survey answers, and keep it; `records` are calls that call records found."""
    found = _match_all(
        calls, list(answers), before_s=SURVEY_AFTER_S, after_s=tolerance_s, records=records, is_newest=True
    )
    _write(db, "survey_answers", "answer_no", found)


class StoredCalls:
    """Stored calls by name of their file, by every id that their source tells, and by agent or customer and time."""

    def __init__(
        self,
        db: sqlite3.Connection,
        call_nos: Collection[int] | None = None,
        *,
        with_superseded: bool = False,
    ) -> None:
        self.by_name: dict[str, set[str]] = defaultdict(set)
        self.by_id: dict[str, set[str]] = defaultdict(set)
        self.by_person: dict[tuple[str, str], list[tuple[float, RecordedCall]]] = defaultdict(list)
        condition = "" if with_superseded else " WHERE c.superseded_by IS NULL"
        rows = select_by(db, _SELECT_CALLS + condition, "c.call_no", call_nos)
        for call_id, path, started, extras, agent, customer in rows:
            self._add(RecordedCall(call_id, to_seconds(started), agent, customer), os.fsdecode(path), extras)
        for timed in self.by_person.values():
            timed.sort(key=lambda pair: (pair[0], pair[1].call_id))

    def _add(self, call: RecordedCall, path: str, extras: str) -> None:
        name = os.path.basename(path)
        stem = os.path.splitext(name)[0]
        self.by_name[name.casefold()].add(call.call_id)
        self.by_name[stem.casefold()].add(call.call_id)
        for token in (call.call_id, stem, *_TOKEN.findall(stem), *re.split(r"[-_]", stem), *_values(extras)):
            self.by_id[token.casefold()].add(call.call_id)
        if call.start_s is None:
            return
        if call.agent is not None:
            self.by_person["agent", call.agent.casefold()].append((call.start_s, call))
        if call.customer is not None:
            self.by_person["customer", customer_key(call.customer)].append((call.start_s, call))

    def near(self, wanted: Wanted, *, before_s: float, after_s: float) -> list[RecordedCall]:
        """Calls of the same agent or customer that began within this of `wanted`, oldest first."""
        if wanted.start_s is None:
            return []
        keys = [("agent", wanted.agent.casefold())] if wanted.agent else []
        keys += [("customer", customer_key(wanted.customer))] if wanted.customer else []
        found: dict[str, RecordedCall] = {}
        for key in keys:
            timed = self.by_person.get(key, [])
            low = bisect_left(timed, wanted.start_s - before_s, key=lambda pair: pair[0])
            high = bisect_right(timed, wanted.start_s + after_s, key=lambda pair: pair[0])
            found |= {call.call_id: call for _, call in timed[low:high] if may_be_one(wanted, call)}
        return sorted(found.values(), key=lambda call: (call.start_s or 0.0, call.call_id))


def _match_all(
    calls: StoredCalls,
    wanted: Sequence[Wanted],
    *,
    before_s: float,
    after_s: float,
    records: Mapping[str, str] | None = None,
    is_newest: bool = False,
) -> dict[int, _Match]:
    """What each fact is about. Names and ids go before times; a call found by those is not looked for by time."""
    found = {one.number: _match_named(calls, one, records or {}) for one in wanted}
    taken = {match.call_id for match in found.values() if match.call_id}
    timed: dict[str, list[int]] = defaultdict(list)
    for one in wanted:
        if found[one.number].call_id or found[one.number].candidates:
            continue
        near = calls.near(one, before_s=before_s, after_s=after_s)
        free = near if is_newest else [call for call in near if call.call_id not in taken]
        if is_newest and free:
            # A customer answers about the call before: the newest one, unless two agents fit it.
            free = [call for call in free if call.start_s == free[-1].start_s]
        found[one.number] = _Match(candidates=len(free))
        if len(free) == 1:
            timed[free[0].call_id].append(one.number)
    for call_id, numbers in timed.items():
        for number in numbers:
            is_sure = len(numbers) == 1 or is_newest
            found[number] = _Match(call_id, "time", 1) if is_sure else _Match(candidates=len(numbers))
    return found


def _match_named(calls: StoredCalls, one: Wanted, records: Mapping[str, str]) -> _Match:
    """The call whose file or id a fact names."""
    for how, index, keys in (("recording", calls.by_name, one.names), ("id", calls.by_id, one.ids)):
        fitting: set[str] = set().union(*(index.get(key.casefold(), set()) for key in keys))
        if how == "id":
            fitting |= {records[key] for key in keys if key in records}
        if len(fitting) == 1:
            return _Match(next(iter(fitting)), how, 1)
        if fitting:
            return _Match(None, how, len(fitting))
    return _Match()


def may_be_one(wanted: _OfPeople, call: _OfPeople) -> bool:
    """Whether nothing that both tell differs."""
    if wanted.agent and call.agent and wanted.agent.casefold() != call.agent.casefold():
        return False
    if wanted.customer and call.customer:
        return customer_key(wanted.customer) == customer_key(call.customer)
    return True


def read_records(db: sqlite3.Connection, record_ids: Collection[str] | None = None) -> Iterator[Wanted]:
    """Call records, all or these."""
    named: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    legs = "SELECT record_id, leg_id, recording FROM call_legs"
    for record_id, leg_id, recording in select_by(db, legs, "record_id", record_ids):
        names, ids = named[record_id]
        ids |= {record_id, leg_id}
        names |= recording_names(recording)
    records = "SELECT record_no, record_id, started_at, agent, customer FROM call_records"
    for number, record_id, started, agent, customer in select_by(db, records, "record_id", record_ids):
        names, ids = named[record_id]
        yield Wanted(number, tuple(sorted(names)), tuple(sorted(ids)), to_seconds(started), agent, customer)


def recording_names(recording: str | None) -> set[str]:
    """Names that a leg gives its recording: with and without what comes after the dot."""
    if not recording:
        return set()
    base = re.split(r"[\\/]", recording)[-1]
    return {base, os.path.splitext(base)[0]}


def read_answers(db: sqlite3.Connection, numbers: Collection[int] | None = None) -> Iterator[Wanted]:
    """Survey answers, all or these."""
    answers = "SELECT answer_no, reference, answered_at, agent, customer FROM survey_answers"
    for number, reference, answered, agent, customer in select_by(db, answers, "answer_no", numbers):
        yield Wanted(number, (), (reference,) if reference else (), to_seconds(answered), agent, customer)


def select_by(
    db: sqlite3.Connection, select: str, column: str, values: Collection[SqlValue] | None
) -> Iterator[tuple[Any, ...]]:
    """Rows of a question whose column has one of these values; all of them for None."""
    if values is None:
        yield from db.execute(select)
        return
    joined = f"{select} {'AND' if ' WHERE ' in select else 'WHERE'} {column} = ?"
    for value in values:
        yield from db.execute(joined, (value,))


def _write(db: sqlite3.Connection, table: str, number: str, found: Mapping[int, _Match]) -> None:
    """Keep the matches that differ from what is stored."""
    select = f"SELECT {number}, call_id, matched_by, candidates FROM {table}"
    rows = select_by(db, select, number, found if len(found) < _FEW else None)
    changed = [
        (row[0], match) for row in rows if (match := found.get(row[0])) not in (None, _Match(*row[1:]))
    ]
    db.executemany(
        f"UPDATE {table} SET call_id = ?, matched_by = ?, candidates = ? WHERE {number} = ?",
        [(match.call_id, match.matched_by, match.candidates, key) for key, match in changed],
    )
    note_shared_rows(db, table, [key for key, _ in changed])


def to_seconds(text: str | None) -> float | None:
    """A stored moment as seconds since 1970."""
    moment: datetime | None = read_moment(text)
    return None if moment is None else moment.timestamp()


def _values(extras: str) -> Iterable[str]:
    """Values of further columns that can be an id: no words, no small numbers."""
    for value in json.loads(extras).values():
        text = value[1] if isinstance(value, list) else value
        if isinstance(text, str) and len(text) >= _MIN_ID and re.search(r"\d", text) and " " not in text:
            yield text
