"""A small archive with known answers for the questions of this folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from speechcx.call import Call
from speechcx.store import FileStats, RunInfo, Store
from tests.factories import (
    make_assessment,
    make_conversation,
    make_flow,
    make_party_feeling,
    make_party_flow,
    make_reading,
    make_recording,
    make_result,
    make_score,
)


@dataclass(frozen=True)
class Line:
    """A line of the roster."""

    agent: str
    team: str | None
    center: str | None = "Leeds"
    name: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


ROSTER = (
    Line("ann", "blue", name="Ann Hall"),
    Line("bea", "blue", name="Bea Low"),
    Line("cid", "red", "Porto"),
)
SAID = (
    ("ch0", 0.5, "Thank you for calling Northwind, how can I help?"),
    ("ch1", 6.0, "I want to cancel my account, it's ridiculous."),
    ("ch0", 12.0, "I can cancel the account for you."),
)


DRIVERS = ("billing", "network")
"""Contact drivers that every call of an archive was asked about."""


def make(
    name: str | int,
    *,
    score: float | None = 80.0,
    mood: float | None = 0.0,
    flagged: bool = False,
    drivers: tuple[str, ...] = (),
    version: str = "1",
    **who: object,
) -> Call:
    """One call of an archive; `who` are details, or the `path` of its file."""
    heard = make_conversation(SAID, recording=make_recording(name, **who))
    reading = make_reading(heard)
    feeling = make_party_feeling("customer", sentiment_score=mood, reasons=() if mood is not None else (
        ("sentiment_score", "under 3 turns"),
    ))  # fmt: skip
    flow = make_flow(make_party_flow("agent", interruptions=1), make_party_flow("customer"))
    reading = replace(reading, flow=flow, feeling=replace(reading.feeling, parties=(feeling,)))
    card = make_score(score, critical_errors=("compliance",) if score is not None and score < 50 else ())
    results = [make_result(flagged=flagged)]
    for rule in DRIVERS:
        value = "present" if rule in drivers else "absent"
        results.append(make_result(rule, title=rule, kind="driver", value=value, flagged=False, hits=()))
    judged = make_assessment(heard, reading=reading, results=tuple(results), scores=(card,), version=version)
    return Call(heard, judged)


def at(day: int, hour: int = 9, month: int = 3) -> datetime:
    """A time in 2025."""
    return datetime(2025, month, 1, hour, tzinfo=UTC) + timedelta(days=day - 1)


def fill(store: Store) -> None:
    """Three agents, two teams, two centers, February and March of 2025.

    March: ann 6 calls of 80..90, bea 5 of 60, cid 2 of 40 (both with a critical error) and 1 without
    a score. February: ann 2 calls of 70.
    """
    store.sync_roster(ROSTER)
    run_id = store.ledger.begin_run(RunInfo())
    calls = [
        make(f"a{n}", score=80.0 + 2 * n, mood=float(n), agent="ann", started_at=at(n + 1)) for n in range(6)
    ]
    calls += [make(f"b{n}", score=60.0, mood=None, agent="bea", started_at=at(n + 1, 11)) for n in range(5)]
    calls += [
        make(f"c{n}", score=40.0, mood=-2.0, flagged=True, agent="cid", started_at=at(n + 1, 13))
        for n in range(2)
    ]
    calls += [make("c9", score=None, agent="cid", started_at=at(20), queue="sales")]
    calls += [make(f"f{n}", score=70.0, agent="ann", started_at=at(n + 1, month=2)) for n in range(2)]
    for call in calls:
        store.ledger.save_outcome(run_id, call, FileStats(1, 1))
