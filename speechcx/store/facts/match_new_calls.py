"""Matching facts after a run: only those that calls which came since can change, with the result of matching all.

What is found for one fact can change what is found for another: a call that a record names is not looked for by time,
and one call that fits two records is neither's. So calls and records are followed from one to the other until
nothing more hangs together with the new calls.
"""

from __future__ import annotations

import json
import os
import sqlite3
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from speechcx.store.facts.customer_keys import customer_key
from speechcx.store.facts.match_calls import (
    SURVEY_AFTER_S,
    RecordedCall,
    StoredCalls,
    Wanted,
    find_recorded,
    has_facts,
    match_answers,
    match_facts,
    match_records,
    may_be_one,
    read_answers,
    read_records,
    read_tolerance_s,
    recording_names,
    to_seconds,
)

_MOST = 2_000
"""With more calls than this, all facts are matched: that is quicker then."""

_SLACK_S = 1.0
"""So much further is looked, so that no rounding at the ends leaves out what matching all would find."""


def match_new_calls(db: sqlite3.Connection) -> None:
    """What :func:`match_facts` does, where it was done before and calls came since; inside a write."""
    if not has_facts(db):
        return
    waiting = {
        call_id for (call_id,) in db.execute("SELECT call_id FROM calls_to_match LIMIT ?", (_MOST + 1,))
    }
    if not waiting:
        return
    scope = _Scope(db, read_tolerance_s(db))
    if "" in waiting or len(waiting) > _MOST or not scope.match(waiting):
        match_facts(db)
        return
    db.execute("DELETE FROM calls_to_match")


@dataclass(frozen=True, slots=True)
class _Timed:
    """A stored call or fact with when it was and whose."""

    key: int | str
    start_s: float
    agent: str | None
    customer: str | None


class _Scope:
    """What can be changed by new calls."""

    def __init__(self, db: sqlite3.Connection, tolerance_s: float) -> None:
        self.db = db
        self.tolerance_s = tolerance_s
        self._days: dict[tuple[str, str], list[_Timed]] = {}
        self._texts: _SourceTexts | None = None

    def match(self, waiting: Collection[str]) -> bool:
        """Match what hangs together with these calls; false, and nothing done, where that is too much."""
        new = {
            number
            for call_id in waiting
            for (number,) in self.db.execute("SELECT call_no FROM calls WHERE call_id = ?", (call_id,))
        }
        calls, records, frontier = set(new), set[str](), set(new)
        while frontier:
            added = self._find_records(frontier) - records
            records |= added
            frontier = self._find_calls(read_records(self.db, added), self.tolerance_s) - calls
            calls |= frontier
            if len(calls) + len(records) > _MOST:
                return False
        chosen = read_records(self.db, records)
        match_records(self.db, StoredCalls(self.db, calls), chosen, tolerance_s=self.tolerance_s)
        self._match_answers(new, records)
        return True

    def _match_answers(self, new: Collection[int], records: Collection[str]) -> None:
        """No answer changes what is found for another one."""
        numbers = self._find_answers(new, records)
        calls = self._find_calls(read_answers(self.db, numbers), SURVEY_AFTER_S)
        answers = list(read_answers(self.db, numbers))
        known = find_recorded(self.db, {key for answer in answers for key in answer.ids})
        match_answers(self.db, StoredCalls(self.db, calls), answers, known, tolerance_s=self.tolerance_s)

    def _find_records(self, call_nos: Collection[int]) -> set[str]:
        """Records that any of these calls fits."""
        calls = StoredCalls(self.db, call_nos, with_superseded=True)
        found = {
            record_id
            for record_id, leg_id, recording in self.db.execute(
                "SELECT record_id, leg_id, recording FROM call_legs"
            )
            if record_id.casefold() in calls.by_id
            or leg_id.casefold() in calls.by_id
            or any(name.casefold() in calls.by_name for name in recording_names(recording))
        }
        return found | {
            str(one.key)
            for call in _timed_calls(calls)
            for one in self._near("call_records", call, before_s=self.tolerance_s, after_s=self.tolerance_s)
        }

    def _find_answers(self, call_nos: Collection[int], records: Collection[str]) -> set[int]:
        """Answers that any of these calls fits, or that name one of these records."""
        calls = StoredCalls(self.db, call_nos, with_superseded=True)
        legs = {
            leg_id
            for record_id in records
            for (leg_id,) in self.db.execute("SELECT leg_id FROM call_legs WHERE record_id = ?", (record_id,))
        }
        found = {
            int(number)
            for number, reference in self.db.execute(
                "SELECT answer_no, reference FROM survey_answers WHERE reference IS NOT NULL"
            )
            if reference in records or reference in legs or reference.casefold() in calls.by_id
        }
        return found | {
            int(one.key)
            for call in _timed_calls(calls)
            for one in self._near("survey_answers", call, before_s=self.tolerance_s, after_s=SURVEY_AFTER_S)
        }

    def _find_calls(self, facts: Iterable[Wanted], before_s: float) -> set[int]:
        """Calls that fit any of these facts; by time those that began up to so long before it."""
        wanted = list(facts)
        keys = {key.casefold() for one in wanted for key in (*one.names, *one.ids)}
        found = self._find_named(keys) if keys else set[int]()
        for one in wanted:
            if one.start_s is not None:
                near = self._near("calls", one, before_s=before_s, after_s=self.tolerance_s)
                found |= {int(call.key) for call in near}
        return found

    def _find_named(self, keys: Collection[str]) -> set[int]:
        """Calls whose file or ids hold one of these, and perhaps some more."""
        if self._texts is None:
            self._texts = _SourceTexts(self.db)
        return self._texts.find(keys)

    def _near(
        self, table: str, of: RecordedCall | Wanted, *, before_s: float, after_s: float
    ) -> Iterator[_Timed]:
        """Rows of a table from so long before to so long after a fact or call, of nobody who is told to be another."""
        assert of.start_s is not None
        low_s, high_s = of.start_s - before_s - _SLACK_S, of.start_s + after_s + _SLACK_S
        day = datetime.fromtimestamp(low_s, UTC).date() - timedelta(days=1)
        while day <= datetime.fromtimestamp(high_s, UTC).date() + timedelta(days=1):
            for one in self._read_day(table, day.isoformat()):
                if low_s <= one.start_s <= high_s and _is_of_same(one, of):
                    yield one
            day += timedelta(days=1)

    def _read_day(self, table: str, day: str) -> list[_Timed]:
        """Rows of a day on their own clocks that tell when they were."""
        if (table, day) not in self._days:
            rows = self.db.execute(_OF_DAY[table], (day,))
            self._days[table, day] = [
                _Timed(key, start_s, agent, customer)
                for key, started, agent, customer in rows
                if (start_s := to_seconds(started)) is not None
            ]
        return self._days[table, day]


_OF_DAY = {
    "calls": "SELECT c.call_no, r.started_at, c.agent, c.customer FROM calls c JOIN recordings r USING (call_no)"
    " WHERE c.local_day = ?",
    "call_records": "SELECT record_id, started_at, agent, customer FROM call_records WHERE local_day = ?",
    "survey_answers": "SELECT answer_no, answered_at, agent, customer FROM survey_answers WHERE local_day = ?",
}


class _SourceTexts:
    """What the sources of all stored calls say, as one text in which to look for names and ids."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._numbers, texts = list[int](), list[str]()
        ids = dict(db.execute("SELECT call_no, call_id FROM calls"))
        for number, path, extras in db.execute("SELECT call_no, path, extras FROM recordings"):
            if "\\" in extras:
                values = json.loads(extras).values()
                extras = " ".join(str(value[1] if isinstance(value, list) else value) for value in values)
            self._numbers.append(number)
            texts.append(f"{ids[number]}\n{os.path.basename(os.fsdecode(path))}\n{extras}\n".casefold())
        self._text = "".join(texts)
        self._ends = list(accumulate(map(len, texts)))

    def find(self, keys: Collection[str]) -> set[int]:
        """Numbers of calls that hold one of these, also within a word; at most one more than is of use."""
        found = set[int]()
        for key in keys:
            at = self._text.find(key)
            while at >= 0 and len(found) <= _MOST:
                row = bisect_right(self._ends, at)
                found.add(self._numbers[row])
                at = self._text.find(key, self._ends[row])
        return found


def _timed_calls(calls: StoredCalls) -> Iterator[RecordedCall]:
    """Calls that tell when and whose they are."""
    seen = {call.call_id: call for timed in calls.by_person.values() for _, call in timed}
    yield from seen.values()


def _is_of_same(one: _Timed, of: RecordedCall | Wanted) -> bool:
    """Whether two share agent or customer, and nothing that both tell differs."""
    same_agent = one.agent and of.agent and one.agent.casefold() == of.agent.casefold()
    same_customer = one.customer and of.customer and customer_key(one.customer) == customer_key(of.customer)
    return bool(same_agent or same_customer) and may_be_one(one, of)
