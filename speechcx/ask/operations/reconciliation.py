"""Call records, recordings and results compared: every gap with its reason."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import settle_names
from speechcx.ask.operations.handling import record_condition
from speechcx.store import CallFilter, Store
from speechcx.store.moments import read_moment
from speechcx.store.paths import read_path

GapKind = Literal[
    "no_recording", "recording_failed", "no_record", "wrong_length", "recorded_twice", "ambiguous"
]
GAP_KINDS: dict[GapKind, str] = {
    "no_recording": "answered calls without a recording",
    "recording_failed": "recordings that could not be analysed",
    "no_record": "recorded calls without a call record",
    "wrong_length": "recordings of another length than the record tells",
    "recorded_twice": "calls with two recordings, by name or id",
    "ambiguous": "call records and recordings that would fit in several ways",
}
"""Every kind of gap, in words."""

LENGTH_TOLERANCE_S = 2.0


@dataclass(frozen=True, slots=True)
class RecordingGap:
    """Something that one side has and the other has not, or has otherwise.

    Parameters
    ----------
    kind
        One of :data:`GAP_KINDS`.
    started
        When the call began, on its own clock; None where that is not known.
    agent
        Who took it.
    record_id, call_id, path
        The call record, the recorded call, the file; None for the one that is not there.
    why
        More about it.
    """

    kind: GapKind
    started: str | None
    agent: str | None
    record_id: str | None
    call_id: str | None
    path: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What there is on each side, and every gap.

    Parameters
    ----------
    records, answered
        Call records of the period, and those that were answered.
    matched
        Records whose recording was found.
    calls
        Recorded calls of the days that the records cover.
    counts
        (kind, number) pairs of the gaps.
    gaps
        In order of kind and time.
    first_day, last_day
        Days that the records of the period cover; None where there are none.
    """

    records: int
    answered: int
    matched: int
    calls: int
    counts: tuple[tuple[GapKind, int], ...]
    gaps: tuple[RecordingGap, ...]
    first_day: str | None
    last_day: str | None

    @property
    def exit_code(self) -> int:
        """3 where there is a gap."""
        return 3 if self.gaps else 0


def reconcile(where: Where, filters: CallFilter | None = None) -> Reconciliation:
    """Compare call records with recordings, for the days that the records cover.

    Parameters
    ----------
    where
        Store or database.
    filters
        Which: period, agent, team, center, customer, queue and direction.
    """
    with reading(where) as store:
        filters = settle_names(store, filters or CallFilter())
        condition, values = record_condition(filters)
        records, answered, matched, first, last = store.db.execute(
            "SELECT count(*), total(c.outcome = 'answered'), count(c.call_id), min(c.local_day), max(c.local_day)"
            f" FROM call_records c WHERE {condition}",
            values,
        ).fetchone()
        if not records:
            return Reconciliation(0, 0, 0, 0, (), (), None, None)
        gaps = [
            *_find_lone_records(store, condition, values),
            *_find_wrong_lengths(store, condition, values),
            *_find_lone_calls(store, filters, first, last),
        ]
        order = list(GAP_KINDS)
        gaps.sort(
            key=lambda gap: (order.index(gap.kind), gap.started or "", gap.record_id or gap.call_id or "")
        )
        found = Counter(gap.kind for gap in gaps)
        counts = tuple((kind, found[kind]) for kind in GAP_KINDS if found[kind])
        calls = _count_calls(store, filters, first, last)
        return Reconciliation(records, int(answered), matched, calls, counts, tuple(gaps), first, last)


def _find_lone_records(store: Store, condition: str, values: list[object]) -> Iterator[RecordingGap]:
    """Answered calls without a recording: none there, one that failed, or several that would fit."""
    failed = _failed_by_name(store)
    rows = store.db.execute(
        "SELECT c.record_id, c.started_at, c.agent, c.candidates, c.matched_by, (SELECT group_concat(l.recording, '|')"
        " FROM call_legs l WHERE l.record_id = c.record_id) FROM call_records c"
        f" WHERE {condition} AND c.call_id IS NULL AND (c.outcome = 'answered' OR c.candidates > 1)",
        values,
    )
    for record_id, started, agent, candidates, how, recordings in rows.fetchall():
        names = [name.replace("\\", "/").rsplit("/", 1)[-1] for name in (recordings or "").split("|") if name]
        bad = next((failed[name] for name in names if name in failed), None)
        when = _clock(started)
        if bad is not None:
            yield RecordingGap(
                "recording_failed", when, agent, record_id, None, bad[0], f"{bad[1]}: {bad[2]}"
            )
        elif candidates > 1 and how is not None:
            why = f"{candidates} recordings have its {'file name' if how == 'recording' else 'id'}"
            yield RecordingGap("recorded_twice", when, agent, record_id, None, None, why)
        elif candidates > 1:
            why = f"{candidates} recordings or records fit by agent, number and time"
            yield RecordingGap("ambiguous", when, agent, record_id, None, None, why)
        else:
            named = f"the record names {names[0]}" if names else "no file and no id of it is known"
            yield RecordingGap("no_recording", when, agent, record_id, None, None, named)


def _failed_by_name(store: Store) -> dict[str, tuple[str, str, str]]:
    """Path, kind and message of every file that could not be analysed, by its name."""
    rows = store.db.execute("SELECT path, kind, message FROM failures JOIN files USING (file_id)")
    found = ((read_path(path), kind, message) for path, kind, message in rows)
    return {os.path.basename(path): (path, kind, message) for path, kind, message in found}


_LENGTHS = (
    "SELECT c.record_id, c.started_at, c.agent, c.call_id, k.audio_duration_s, c.duration_s, c.wait_s, c.talk_s,"
    " c.hold_s, r.path FROM call_records c CROSS JOIN calls k ON k.call_id = c.call_id"
    " CROSS JOIN recordings r ON r.call_no = k.call_no"
)


def _find_wrong_lengths(store: Store, condition: str, values: list[object]) -> Iterator[RecordingGap]:
    """Recordings that are longer or shorter than every length the record tells; and records found twice."""
    twice = dict(
        store.db.execute(
            "SELECT call_id, count(*) FROM call_records WHERE call_id IS NOT NULL GROUP BY call_id HAVING count(*) > 1"
        )
    )
    rows = [
        row
        for number in _list_wrong_lengths(store)
        for row in store.db.execute(f"{_LENGTHS} WHERE c.record_no = ? AND {condition}", [number, *values])
    ]
    wrong = {row[0] for row in rows}
    for call_id in twice:
        more = store.db.execute(f"{_LENGTHS} WHERE {condition} AND c.call_id = ?", [*values, call_id])
        rows += [row for row in more if row[0] not in wrong]
    for record_id, started, agent, call_id, length_s, whole_s, wait_s, talk_s, hold_s, path in rows:
        where = (_clock(started), agent, record_id, call_id, read_path(path))
        if call_id in twice:
            yield RecordingGap("ambiguous", *where, f"{twice[call_id]} call records name this recording")
        if record_id in wrong:
            talked_s = None if talk_s is None else talk_s + (hold_s or 0.0)
            fitting = [one for one in (whole_s, talk_s, talked_s) if one is not None]
            fitting += [] if talked_s is None or wait_s is None else [talked_s + wait_s]
            told = ", ".join(f"{one:.0f}" for one in dict.fromkeys(fitting))
            yield RecordingGap(
                "wrong_length", *where, f"{length_s:.0f} s recorded; the record tells {told} s"
            )


def _list_wrong_lengths(store: Store) -> list[int]:
    """Numbers of all records whose recording has another length: two indexes are walked, in the order of call ids."""
    talked = "c.talk_s + coalesce(c.hold_s, 0)"
    lengths = ("c.duration_s", "c.talk_s", talked, f"{talked} + c.wait_s")
    is_wrong = " AND ".join(
        f"coalesce(abs(k.audio_duration_s - ({one})) > {LENGTH_TOLERANCE_S}, 1)" for one in lengths
    )
    rows = store.db.execute(
        f"SELECT c.record_no FROM call_records c CROSS JOIN {_calls_by_id(store, 'k')} ON k.call_id = c.call_id"
        f" WHERE c.call_id IS NOT NULL AND coalesce(c.duration_s, c.talk_s) IS NOT NULL AND {is_wrong}"
    )
    return [number for (number,) in rows]


def _calls_by_id(store: Store, alias: str) -> str:
    """The calls, by the index that holds their days and lengths; a view that hides some of them has none."""
    return f"calls {alias}" + ("" if store.hides_calls else " INDEXED BY calls_by_fact")


def _find_lone_calls(store: Store, filters: CallFilter, first: str, last: str) -> Iterator[RecordingGap]:
    """Recorded calls of the days of the records that no record is about."""
    condition, values = filters.to_sql()
    lone = (
        f"SELECT f.call_no FROM {_calls_by_id(store, 'f')} WHERE f.superseded_by IS NULL"
        " AND f.local_day BETWEEN ? AND ? AND NOT EXISTS (SELECT 1 FROM call_records k WHERE k.call_id = f.call_id)"
    )
    rows = store.db.execute(
        "SELECT c.call_id, r.started_at, c.agent, r.path FROM calls c CROSS JOIN recordings r ON r.call_no = c.call_no"
        f" WHERE {condition} AND c.local_day BETWEEN ? AND ? AND c.call_no IN ({lone})",
        [*values, first, last, first, last],
    )
    for call_id, started, agent, path in rows.fetchall():
        yield RecordingGap(
            "no_record", _clock(started), agent, None, call_id, read_path(path), "no call record fits it"
        )


def _count_calls(store: Store, filters: CallFilter, first: str, last: str) -> int:
    condition, values = filters.to_sql()
    (count,) = store.db.execute(
        f"SELECT count(*) FROM calls c WHERE {condition} AND c.local_day BETWEEN ? AND ?",
        [*values, first, last],
    ).fetchone()
    return int(count)


def _clock(text: str | None) -> str | None:
    moment = read_moment(text)
    return None if moment is None else moment.isoformat(timespec="seconds")
