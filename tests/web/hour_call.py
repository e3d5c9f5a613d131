"""A call of an hour, as contact centres have them: some 630 turns, 8,000 words, hits of a rule, and its recording."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from speechcx.call import Call, Peaks, Recording
from speechcx.store import FileStats, RunInfo, RunTotals, Store
from tests.factories import (
    make_assessment,
    make_conversation,
    make_details,
    make_hit,
    make_reading,
    make_result,
    make_score,
)
from tests.web.house import make_wav

HOUR_S = 3600.0
_SENTENCE = "I would like to know why the bill is so high because nobody told me that the price goes up"


def make_hour(folder: Path) -> Call:
    """The call, with its recording in the folder."""
    draw = random.Random(3)
    said: list[tuple[str, float, str]] = []
    at = 1.0
    while at < HOUR_S - 10:
        count = draw.randint(4, 22)
        said.append(
            (f"ch{len(said) % 2}", round(at, 2), " ".join(draw.choices(_SENTENCE.split(), k=count)) + ".")
        )
        at += count * 0.35 + draw.uniform(0.2, 2.0)
    body = make_wav(HOUR_S, "an hour")
    path = folder / "hour.wav"
    path.write_bytes(body)
    sha256 = hashlib.sha256(body).hexdigest()
    details = make_details(
        agent="james.carter", customer="C1042", started_at=datetime(2026, 3, 6, 9, 2, tzinfo=UTC)
    )
    recording = Recording(sha256[:16], str(path), sha256, len(body), details)
    heard = make_conversation(tuple(said), recording=recording, duration_s=HOUR_S)
    voices = tuple(
        replace(one, level_rel_db=round(draw.gauss(0, 4), 1), pitch_rel_st=round(draw.gauss(0, 2), 1))
        for one in heard.voices
    )
    peaks = Peaks(10.0, tuple(draw.randbytes(round(10 * HOUR_S)) for _ in range(2)))
    heard = replace(heard, voices=voices, peaks=peaks)
    hits = tuple(
        make_hit("billing", no, start_s=said[no][1], end_s=said[no][1] + 1, quote="the bill", why="the bill")
        for no in range(5, len(said), 40)
    )
    flag = make_result("billing", title="Customer disputes a bill", severity="major", hits=hits)
    judged = make_assessment(heard, reading=make_reading(heard), results=(flag,), scores=(make_score(50.0),))
    return Call(heard, judged)


def keep_hour(store: Store, folder: Path) -> str:
    """Put the call into a store; returns its id."""
    call = make_hour(folder)
    run_id = store.ledger.begin_run(RunInfo())
    store.ledger.save_outcome(run_id, call, FileStats(call.conversation.recording.size_bytes, 1))
    store.ledger.finish_run(run_id, RunTotals(1, 1, 0, 0, HOUR_S, 60.0), 0)
    return call.conversation.recording.id
