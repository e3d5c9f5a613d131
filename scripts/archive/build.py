"""An archive in a database: a pool of made-up calls saved whole, and copies of them by other people on other days."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from archive.people import Organisation, Who
from archive.talk import Talk, make_talk
from archive.verdict import make_assessment
from speechcx.call import (
    Call,
    Conversation,
    Details,
    Origin,
    Peaks,
    Provenance,
    Recording,
    SpeakerVoice,
    Speech,
)
from speechcx.store import Store
from speechcx.store.moments import ROWS_A_CALL, first_call_no, utc_text, write_moment

BATCH = 500
COPIED = ("speakers", "roles", "machine_spans", "non_talk", "overlaps_data", "party_measures", "results_data",
          "hits_data", "scores", "answers_data")  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """How large an archive, of what."""

    calls: int
    seed: int = 1
    pool: int = 2000
    agents: int = 120
    first_day: date = date(2025, 1, 1)
    days: int = 365
    peaks_per_s: float = 10.0
    order: str = "time"


def build_archive(path: Path, plan: Plan, tell: Callable[[str], None]) -> None:
    """Write an archive; the same plan gives the same calls, and goes on where it was stopped."""
    rng = random.Random(plan.seed)
    people = Organisation(rng, agents=plan.agents, first_day=plan.first_day, days=plan.days)
    calls = [people.draw() for _ in range(plan.calls)]
    keys = [rng.random() for _ in calls]
    # Calls are done oldest first, and end a little out of order.
    seconds = {"time": 200, "shuffled": 1e9}[plan.order]
    order = sorted(range(plan.calls), key=lambda i: calls[i].started_at.timestamp() + seconds * keys[i])
    with Store.open(path, create=True) as store:
        # An archive for measuring can be made again: no need to wait for the disk.
        store.db.execute("PRAGMA synchronous = OFF")
        store.sync_roster(people.roster())
        _fill(store, [calls[i] for i in order], plan, tell)
        store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        store.db.execute("PRAGMA synchronous = FULL")


def make_call(rng: random.Random, number: int, who: Who, plan: Plan) -> Call:
    """One whole call."""
    talk = make_talk(rng)
    sha256 = _sha256(plan.seed, number)
    details = Details(
        agent=who.agent, customer=who.customer, started_at=who.started_at, zone=who.zone, direction=who.direction,
        queue=who.queue, extras=(("campaign", rng.choice(("spring", "autumn"))),),
        sources=tuple((name, "file name") for name in ("agent", "customer", "started_at")),
    )  # fmt: skip
    recording = Recording(sha256[:16], _path(who, number), sha256, int(talk.duration_s * 16000), details)
    speakers = ("ch0", "ch1")
    heard = Conversation(
        recording=recording,
        origin=Origin("wav", "pcm_mulaw", 2, 8000, talk.duration_s, talk.duration_s, length_verified=True),
        peaks=_peaks(rng, talk, plan.peaks_per_s),
        speech=Speech("channels", speakers, talk.turns),
        utterances=talk.said,
        voices=talk.voices,
        speaker_voices=tuple(
            SpeakerVoice(s, rng.gauss(-26, 2), rng.gauss(-60, 3), 150.0, 6.0, 0.6, 0.0) for s in speakers
        ),
        sentiments=talk.read,
        provenance=Provenance(
            "0.1.0", (("transcribe", "whisper base"), ("sentiment", "speechcx")), "0" * 16,
            tuple((name, round(rng.uniform(0, 9), 3)) for name in ("audio", "turns", "transcribe", "prosody")),
        ),
    )  # fmt: skip
    return Call(heard, make_assessment(rng, talk))


def _fill(store: Store, calls: list[Who], plan: Plan, tell: Callable[[str], None]) -> None:
    start, pool = time.monotonic(), []
    for first in range(0, len(calls), BATCH):
        with store.write():
            for number in range(first, min(first + BATCH, len(calls))):
                rng, call_id = random.Random(f"{plan.seed}/{number}"), _sha256(plan.seed, number)[:16]
                if store.has_call(call_id):
                    # Made before somebody stopped the building.
                    pool += [call_id] if len(pool) < plan.pool else []
                    continue
                if len(pool) < plan.pool:
                    call = make_call(rng, number, calls[number], plan)
                    store.save_call(call)
                    pool.append(call.conversation.recording.id)
                else:
                    _copy(store, rng, number, calls[number], source=rng.choice(pool), seed=plan.seed)
        if first // BATCH % 20 == 0:
            tell(f"{min(first + BATCH, len(calls))} of {len(calls)} calls, {time.monotonic() - start:.0f} s")


def _copy(store: Store, rng: random.Random, number: int, who: Who, *, source: str, seed: int) -> None:
    """The words and voices of a stored call, as another call of other people, with verdicts of its own."""
    db = store.db
    old = db.execute("SELECT call_no FROM calls WHERE call_id = ?", (source,)).fetchone()[0]
    new = first_call_no(who.started_at)
    while db.execute("SELECT 1 FROM calls WHERE call_no = ?", (new,)).fetchone():
        new += 1
    sha256 = _sha256(seed, number)
    changed = {
        "call_no": new, "call_id": sha256[:16], "agent": who.agent, "customer": who.customer, "queue": who.queue,
        "direction": who.direction, "occurred_at": utc_text(who.started_at),
        "local_day": who.started_at.date().isoformat(), "local_hour": who.started_at.hour,
    }  # fmt: skip
    _copy_rows(store, "calls", old, changed)
    shift = rng.gauss(0, 1)
    db.execute(
        "UPDATE calls SET customer_sentiment = max(-5, min(5, customer_sentiment + ?)),"
        " agent_pace_wpm = agent_pace_wpm + ?, agent_talk_share = min(1, agent_talk_share * ?) WHERE call_no = ?",
        (shift, rng.gauss(0, 10), rng.uniform(0.8, 1.1), new),
    )
    for table in COPIED:
        _copy_rows(store, table, old, {"call_no": new})
    recording = {
        "call_no": new,
        "path": _path(who, number),
        "sha256": sha256,
        "started_at": write_moment(who.started_at),
    }
    _copy_rows(store, "recordings", old, recording | {"zone": who.zone})
    db.execute(
        "UPDATE scores SET score = max(0, min(100, score + ?)) WHERE call_no = ?", (rng.gauss(0, 8), new)
    )
    for table, key in (("turns_data", "turn_id"), ("peaks", "piece_id")):
        columns = ", ".join(name for name in _columns(store, table) if name != key)
        db.execute(
            f"INSERT INTO {table} ({key}, {columns}) SELECT {key} - ? + ?, {columns} FROM {table}"
            f" WHERE {key} BETWEEN ? AND ?",
            (old * ROWS_A_CALL, new * ROWS_A_CALL, old * ROWS_A_CALL, old * ROWS_A_CALL + ROWS_A_CALL - 1),
        )
    place = " (SELECT {0} FROM roster r WHERE r.agent = calls.agent AND coalesce(r.valid_from, '') <= local_day" \
            " AND coalesce(r.valid_to, '9') >= local_day LIMIT 1)"  # fmt: skip
    db.execute(
        f"UPDATE calls SET team = {place.format('team')}, center = {place.format('center')} WHERE call_no = ?",
        (new,),
    )


_KNOWN: dict[str, list[str]] = {}


def _columns(store: Store, table: str) -> list[str]:
    if table not in _KNOWN:
        rows = store.db.execute("SELECT name FROM pragma_table_info(?)", (table,))
        _KNOWN[table] = [name for (name,) in rows]
    return _KNOWN[table]


def _copy_rows(store: Store, table: str, old: int, changed: dict[str, object]) -> None:
    columns = _columns(store, table)
    values = ", ".join("?" if name in changed else name for name in columns)
    given = [changed[name] for name in columns if name in changed]
    store.db.execute(f"INSERT INTO {table} SELECT {values} FROM {table} WHERE call_no = ?", (*given, old))


def _sha256(seed: int, number: int) -> str:
    return hashlib.sha256(f"{seed}/{number}".encode()).hexdigest()


def _path(who: Who, number: int) -> str:
    return f"/archive/{who.started_at:%Y/%m/%d}/{who.agent}_{who.customer}_{who.started_at:%H-%M-%S}_{number}.wav"


def _peaks(rng: random.Random, talk: Talk, per_s: float) -> Peaks:
    """Outlines that compress like those of telephone speech: loud and uneven in turns, near zero between."""
    count = int(talk.duration_s * per_s)
    channels = []
    for channel in (0, 1):
        points = bytearray(rng.choices((0, 1, 2), (8, 3, 1), k=count))
        for turn in talk.turns:
            if turn.channel == channel:
                for i in range(int(turn.span.start_s * per_s), min(count, int(turn.span.end_s * per_s))):
                    points[i] = min(255, int(abs(rng.gauss(30, 11))))
        channels.append(bytes(points))
    return Peaks(per_s, tuple(channels))
