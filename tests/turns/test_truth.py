"""The bars of turns and time, on sample calls whose every edge is known."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from scripts.bench_rooms.voice import conversation_of, edge_errors, events, matches, read_audio, sample_paths
from speechcx.call import Audio, Span, Speech
from speechcx.call.spans import intersect, total_s
from speechcx.turns import TurnSettings, find_turns, name_parties

CALLS = (
    "nina.brooks_L2002",
    "nina.brooks_L2004",
    "priya.shah_L2006",
    "james.carter_C3884",
    "maria.lopez_C4419",
)
"""Interruptions and anger in MP3; hold music; leakage and keys; ringing in Opus; a calm call in M4A."""


@cache
def found(start: str) -> tuple[dict[str, Any], Audio, Speech]:
    """Truth, sound and turns of the sample whose file name begins so."""
    entry, path = next((e, p) for e, p in sample_paths() if p.name.startswith(start))
    audio = read_audio(path)
    return entry, audio, find_turns(audio, TurnSettings())


def test_edges_lie_where_the_turns_do() -> None:
    """Half of all edges are within 0.10 s, 95 % within 0.35 s."""
    errors = []
    for name in CALLS:
        entry, _, speech = found(name)
        turns = {c: [(t.span.start_s, t.span.end_s) for t in speech.turns if t.channel == c] for c in (0, 1)}
        errors += edge_errors(entry, turns)
    assert len(errors) > 100
    assert float(np.median(errors)) <= 0.10
    assert float(np.percentile(errors, 95)) <= 0.35


@pytest.mark.parametrize("what", ["pauses", "interruptions"])
def test_events_are_the_true_ones(what: str) -> None:
    """Precision and recall of pauses and interruptions are at least 0.9."""
    hits = named = true = 0
    for name in CALLS:
        wanted, got = events(*found(name))[what]
        hits, named, true = hits + matches(wanted, got), named + len(got), true + len(wanted)
    assert true > 0
    assert hits >= 0.9 * named
    assert hits >= 0.9 * true


def test_hold_and_ringing_are_found() -> None:
    """95 % of music and ringing is hold, and nothing else is; keys are machine time."""
    for name in CALLS:
        entry, _, speech = found(name)
        held = [Span(s["start_s"], s["end_s"]) for s in entry["hold"]]
        held += [Span(s["start_s"], s["end_s"]) for s in entry["tones"] if s["kind"] != "dtmf"]
        assert total_s(intersect(speech.hold, held)) >= 0.95 * total_s(held)
        assert total_s(speech.hold) <= 1.05 * total_s(held)
        assert bool(speech.ivr) == any(s["kind"] == "dtmf" for s in entry["tones"])


def test_flags_are_the_true_ones() -> None:
    """Leakage is flagged where it was mixed in, music where it plays, and nowhere else."""
    flags = {name: found(name)[2].flags for name in CALLS}
    assert flags == dict.fromkeys(CALLS, ()) | {
        "nina.brooks_L2004": ("music",),
        "priya.shah_L2006": ("crosstalk",),
    }


def test_the_words_tell_the_parties() -> None:
    """By the true words every speaker gets the true party."""
    for name in CALLS:
        entry, audio, speech = found(name)
        roles = name_parties(conversation_of(entry, audio, speech), TurnSettings())
        assert [role.party for role in roles] == [entry["channels"]["0"], entry["channels"]["1"]]
