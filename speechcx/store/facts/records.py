"""Calls made from their legs: doubles counted once, transfers kept, times added up."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from speechcx.store.calls.row_digests import forget_shared, note_shared_rows
from speechcx.store.calls.team_assignment import find_place
from speechcx.store.moments import read_moment, utc_text, write_moment

_WORSE = ("voicemail", "abandoned", "no_answer", "busy", "failed")
"""How a call ended that nobody answered: the first of these that a leg has."""


@dataclass(frozen=True, slots=True)
class _Leg:
    """A stored leg, as far as a call is made from it."""

    leg_id: str
    started_at: datetime
    agent: str | None
    customer: str | None
    queue: str | None
    direction: str | None
    outcome: str | None
    wait_s: float | None
    talk_s: float | None
    hold_s: float | None
    wrap_s: float | None
    duration_s: float | None

    @property
    def is_answered(self) -> bool:
        """Whether somebody talked: said so, or, where nothing is said, there is talk."""
        return self.outcome == "answered" or (self.outcome is None and bool(self.talk_s))

    @property
    def sameness(self) -> tuple[object, ...]:
        """What two rows of one leg have in common, whatever they are called."""
        return (self.started_at, self.agent, self.queue, self.outcome, self.talk_s, self.duration_s)


def rebuild_records(db: sqlite3.Connection, record_ids: Iterable[str]) -> None:
    """Make the rows of ``call_records`` again from the legs; inside a write. Matches stay for :func:`match_facts`."""
    numbers = []
    places: dict[tuple[str | None, str], tuple[str | None, str | None]] = {}
    for record_id in sorted(set(record_ids)):
        legs = _read_legs(db, record_id)
        if not legs:
            gone = db.execute(
                "DELETE FROM call_records WHERE record_id = ? RETURNING record_no", (record_id,)
            ).fetchall()
            forget_shared(db, "call_records", [number for (number,) in gone])
            continue
        row = {"record_id": record_id, **_join(db, legs, places)}
        names = ", ".join(row)
        changes = ", ".join(f"{name} = excluded.{name}" for name in row if name != "record_id")
        (number,) = db.execute(
            f"INSERT INTO call_records ({names}) VALUES ({', '.join('?' * len(row))})"
            f" ON CONFLICT (record_id) DO UPDATE SET {changes} RETURNING record_no",
            tuple(row.values()),
        ).fetchone()
        numbers.append(int(number))
    note_shared_rows(db, "call_records", numbers)


def _read_legs(db: sqlite3.Connection, record_id: str) -> list[_Leg]:
    rows = db.execute(
        "SELECT leg_id, started_at, agent, customer, queue, direction, outcome, wait_s, talk_s, hold_s, wrap_s,"
        " duration_s FROM call_legs WHERE record_id = ?",
        (record_id,),
    )
    legs = [_Leg(leg_id, _moment(started), *rest) for leg_id, started, *rest in rows]
    legs.sort(key=lambda leg: (leg.started_at, leg.leg_id))
    kept: dict[tuple[object, ...], _Leg] = {}
    for leg in legs:
        kept.setdefault(leg.sameness, leg)
    return list(kept.values())


def _moment(text: str) -> datetime:
    moment = read_moment(text)
    assert moment is not None
    return moment


def _join(
    db: sqlite3.Connection,
    legs: Sequence[_Leg],
    places: dict[tuple[str | None, str], tuple[str | None, str | None]],
) -> dict[str, object]:
    """A call of its legs; `places` keeps team and center of agents on days, which many calls have in common."""
    answered = [leg for leg in legs if leg.is_answered]
    start = legs[0].started_at
    agent = _first(answered, lambda leg: leg.agent) or _first(legs[::-1], lambda leg: leg.agent)
    day = start.date().isoformat()
    if (agent, day) not in places:
        places[agent, day] = find_place(db, agent, day)
    team, center = places[agent, day]
    return {
        "started_at": write_moment(start),
        "start_utc": utc_text(start.astimezone(UTC)),
        "local_day": day,
        "local_hour": start.hour,
        "agent": agent,
        "team": team,
        "center": center,
        "customer": _first(legs, lambda leg: leg.customer),
        "queue": _first(legs, lambda leg: leg.queue),
        "direction": _first(legs, lambda leg: leg.direction),
        "outcome": "answered" if answered else _worst(legs),
        "wait_s": _wait(legs, answered),
        "talk_s": _add(leg.talk_s for leg in answered),
        "hold_s": _add(leg.hold_s for leg in answered),
        "wrap_s": _add(leg.wrap_s for leg in answered),
        "duration_s": _duration(legs),
        "legs": len(legs),
        "transfers": _count_transfers(answered),
    }


def _first(legs: Sequence[_Leg], read: Callable[[_Leg], str | None]) -> str | None:
    return next((value for leg in legs if (value := read(leg))), None)


def _worst(legs: Sequence[_Leg]) -> str | None:
    found = {leg.outcome for leg in legs}
    return next((outcome for outcome in _WORSE if outcome in found), None)


def _wait(legs: Sequence[_Leg], answered: Sequence[_Leg]) -> float | None:
    """Seconds until the first answer, or until it was given up: from the first leg's start, where legs tell it."""
    last = answered[0] if answered else legs[-1]
    own = last.wait_s if answered or last.wait_s is not None else last.duration_s
    if own is None:
        return None
    return (last.started_at - legs[0].started_at).total_seconds() + own


def _duration(legs: Sequence[_Leg]) -> float | None:
    ends = [
        (leg.started_at - legs[0].started_at).total_seconds() + leg.duration_s
        for leg in legs
        if leg.duration_s is not None
    ]
    return max(ends) if ends else None


def _add(values: Iterable[float | None]) -> float | None:
    """The sum of what is told; None where nothing is."""
    told = [value for value in values if value is not None]
    return sum(told) if told else None


def _count_transfers(answered: Sequence[_Leg]) -> int:
    """Times the call went on from who had answered it to another agent or queue."""
    places = [(leg.agent, leg.queue) for leg in answered]
    return sum(one != other for one, other in pairwise(places))
