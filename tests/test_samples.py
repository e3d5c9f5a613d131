"""The sample calls and their truth agree: files, words, times, levels, rules."""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import subprocess
import sys
from datetime import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
CALLS = SAMPLES / "calls"
DIALOGUES = ROOT / "scripts" / "samples" / "data" / "dialogues"
RATE_HZ = 8000
AUDIO = {".wav", ".mp3", ".opus", ".flac", ".m4a"}
CODECS = {
    "wav-mulaw": "pcm_mulaw",
    "wav-alaw": "pcm_alaw",
    "wav-pcm": "pcm_s16le",
    "flac": "flac",
    "mp3": "mp3",
    "opus": "opus",
    "m4a": "aac",
}

TRUTH: list[dict[str, Any]] = json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))["files"]
EACH = pytest.mark.parametrize("call", TRUTH, ids=lambda call: call["file"].rsplit(".", 1)[0])


@cache
def decode(name: str) -> tuple[str, int, NDArray[np.float64]]:
    """Return codec, rate of the file in Hz, and samples `[channel, time]` at 8 kHz in -1..1."""
    import av

    blocks = []
    with av.open(str(CALLS / name)) as container:
        stream = container.streams.audio[0]
        codec, rate_hz = stream.codec_context.name, stream.rate
        resampler = av.AudioResampler("fltp", rate=RATE_HZ)
        for frame in container.decode(stream):
            blocks += [part.to_ndarray() for part in resampler.resample(frame)]
        blocks += [part.to_ndarray() for part in resampler.resample(None)]
    return codec.removesuffix("float"), rate_hz, np.concatenate(blocks, axis=1).astype(np.float64)


def level_dbov(track: NDArray[np.float64], start_s: float, end_s: float) -> float:
    """Root-mean-square level of a span in dB under full scale."""
    part = track[max(0, round(start_s * RATE_HZ)) : round(end_s * RATE_HZ)]
    return float(10 * np.log10(np.mean(part**2) + 1e-12))


def overlaps(span: dict[str, Any], start_s: float, end_s: float) -> bool:
    """Tell whether a span shares time with another."""
    return bool(span["start_s"] < end_s and span["end_s"] > start_s)


def sounds_on(call: dict[str, Any], channel: int) -> list[dict[str, Any]]:
    """Everything that is meant to be heard on a channel, speech or not."""
    leaks = {"agent", "customer"} if f"{party_on(call, channel)}_leak_db" in call["acoustics"] else set()
    speech = [s for s in call["speech"] if s["channel"] == channel or s["party"] in leaks]
    return speech + call["hold"] + call["tones"]


def party_on(call: dict[str, Any], channel: int) -> str:
    """Whose channel it is, or mono."""
    return str(call["channels"][str(channel)])


def test_every_recording_has_a_truth_and_every_truth_a_recording() -> None:
    """Files in samples/calls and entries in truth.json are the same set."""
    assert {call["file"] for call in TRUTH} == {p.name for p in CALLS.iterdir() if p.suffix in AUDIO}


def test_the_set_is_as_wide_as_promised() -> None:
    """Enough calls of each kind, mood, format and way to carry metadata; small enough to commit."""
    mono = [call for call in TRUTH if "mono" in call["channels"].values()]
    assert len(TRUTH) >= 18
    assert len(TRUTH) - len(mono) >= 12
    assert len(mono) >= 2
    assert {call["brand"] for call in TRUTH} == {"Northwind Bank", "Larkspur Mobile"}
    assert {call["format"] for call in TRUTH} >= {"wav-mulaw", "wav-pcm", "mp3", "opus"}
    assert {call["metadata"] for call in TRUTH} == {"sidecar", "csv", "name"}
    moods = [call["customer_mood"] for call in TRUTH]
    assert moods.count("angry") >= 3
    assert moods.count("pleased") >= 3
    assert moods.count("neutral") >= 4
    assert len({call["agent"] for call in TRUTH}) >= 4
    assert len({call["team"] for call in TRUTH}) >= 2
    assert len({call["center"] for call in TRUTH}) >= 2
    assert len({call["started_at"][:10] for call in TRUTH}) >= 4
    assert sum(p.stat().st_size for p in CALLS.iterdir()) <= 12e6


def test_some_customer_calls_twice_within_days() -> None:
    """Repeat contacts can be measured on the samples."""
    customers = [call["customer"] for call in TRUTH]
    assert any(customers.count(customer) >= 2 for customer in customers)


@EACH
def test_recording_is_what_its_truth_says(call: dict[str, Any]) -> None:
    """Codec, rate, channels and length of the decoded file match the entry."""
    codec, rate_hz, samples = decode(call["file"])
    assert CODECS[call["format"]] == codec
    assert rate_hz == (48000 if codec == "opus" else RATE_HZ)
    assert samples.shape[0] == len(call["channels"])
    # AAC fills its last block of 1,024 samples.
    assert samples.shape[1] / RATE_HZ == pytest.approx(call["duration_s"], abs=0.13)
    assert 40.0 <= call["duration_s"] <= 150.0


@EACH
def test_file_name_sidecar_and_csv_tell_the_same(call: dict[str, Any]) -> None:
    """Agent, customer and start are the same wherever they are written."""
    agent, customer, started = Path(call["file"]).stem.rsplit("_", 2)
    started_at = datetime.fromisoformat(call["started_at"])
    assert (agent, customer) == (call["agent"], call["customer"])
    assert datetime.strptime(started, "%Y-%m-%dT%H-%M-%S") == started_at.replace(tzinfo=None)
    assert started_at.utcoffset() is not None
    sidecar = (CALLS / call["file"]).with_suffix(".json")
    assert sidecar.exists() == (call["metadata"] == "sidecar")
    with (CALLS / "calls.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["file"]: row for row in csv.DictReader(file)}
    assert (call["file"] in rows) == (call["metadata"] == "csv")
    told = json.loads(sidecar.read_text(encoding="utf-8")) if sidecar.exists() else rows.get(call["file"])
    for key in ("agent", "customer", "started_at", "direction", "queue", "brand"):
        assert told is None or told[key] == call[key]


@EACH
def test_roster_knows_the_agent_on_that_day(call: dict[str, Any]) -> None:
    """Team and centre come from the roster's stint that covers the day."""
    with (SAMPLES / "roster.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["agent"] == call["agent"]]
    day = call["started_at"][:10]
    stints = [r for r in rows if r["valid_from"] <= day <= (r["valid_to"] or "9999-12-31")]
    assert [(r["name"], r["team"], r["center"]) for r in stints] == [
        (call["agent_name"], call["team"], call["center"])
    ]


@EACH
def test_every_turn_is_heard_on_its_own_channel(call: dict[str, Any]) -> None:
    """Inside a turn its channel is at least 12 dB over the channel's own quiet."""
    _, _, samples = decode(call["file"])
    for turn in call["turns"]:
        track = samples[turn["channel"]]
        quiet_db = level_dbov(track, 0.0, 0.4)
        assert level_dbov(track, turn["start_s"], turn["end_s"]) > quiet_db + 12.0, turn


@EACH
def test_turns_start_and_end_where_the_energy_does(call: dict[str, Any]) -> None:
    """Just outside a turn its channel is quiet, just inside it is not."""
    _, _, samples = decode(call["file"])
    for turn in call["turns"]:
        track, sounds = samples[turn["channel"]], sounds_on(call, turn["channel"])
        for outside, inside in (
            ((turn["start_s"] - 0.16, turn["start_s"] - 0.03), (turn["start_s"], turn["start_s"] + 0.25)),
            ((turn["end_s"] + 0.03, turn["end_s"] + 0.16), (turn["end_s"] - 0.25, turn["end_s"])),
        ):
            if any(overlaps(sound, *outside) for sound in sounds):
                continue
            assert level_dbov(track, *inside) > level_dbov(track, *outside) + 6.0, turn


@EACH
def test_pauses_and_silences_are_quiet(call: dict[str, Any]) -> None:
    """Nothing but line noise is on the channel in a pause, on any channel in a silence."""
    _, _, samples = decode(call["file"])
    planned = [(p["channel"], p) for p in call["pauses"]]
    planned += [(channel, span) for span in call["non_talk"] for channel in range(len(samples))]
    for channel, span in planned:
        start_s, end_s = span["start_s"] + 0.05, span["end_s"] - 0.05
        if any(overlaps(sound, start_s, end_s) for sound in sounds_on(call, channel)):
            continue
        # The noisiest customer sits at -47 dBov; the softest speech at -31.
        assert level_dbov(samples[channel], start_s, end_s) < -43.0, span


@EACH
def test_nobody_speaks_where_the_truth_says_silence(call: dict[str, Any]) -> None:
    """Non-talk spans are 3 s and more, and no turn or hold touches them."""
    for span in call["non_talk"]:
        assert span["end_s"] - span["start_s"] >= 3.0
        for sound in call["turns"] + call["hold"]:
            assert not overlaps(sound, span["start_s"] + 0.001, span["end_s"] - 0.001)


@EACH
def test_turns_of_one_party_are_parted_as_defined(call: dict[str, Any]) -> None:
    """Two turns of a party have 0.8 s between them, or the other party speaks in between."""
    for party in ("agent", "customer"):
        own = [turn for turn in call["turns"] if turn["party"] == party]
        other = [span for span in call["speech"] if span["party"] != party]
        for before, after in pairwise(own):
            assert after["start_s"] > before["end_s"]
            assert after["start_s"] - before["end_s"] >= 0.8 or any(
                overlaps(span, before["end_s"], after["start_s"]) for span in other
            )


@EACH
def test_interruptions_meet_the_definition(call: dict[str, Any]) -> None:
    """B starts while A speaks, 0.5 s together, A stops within 2 s, B holds on for 1 s."""
    for cut in call["interruptions"]:
        late = next(t for t in call["turns"] if t["party"] == cut["by"] and t["start_s"] == cut["start_s"])
        early = next(
            t for t in call["turns"] if t["party"] != cut["by"] and t["start_s"] < cut["start_s"] < t["end_s"]
        )
        assert not late["is_backchannel"]
        assert cut["end_s"] - cut["start_s"] >= 0.5
        assert early["end_s"] - late["start_s"] <= 2.0
        assert late["end_s"] - early["end_s"] >= 1.0


@EACH
def test_back_channels_and_overlaps_are_apart_from_interruptions(call: dict[str, Any]) -> None:
    """Each overlap has one kind, and the interruptions are those of that kind."""
    kinds = [overlap["kind"] for overlap in call["overlaps"]]
    assert set(kinds) <= {"interruption", "backchannel", "overlap"}
    assert kinds.count("interruption") == len(call["interruptions"])
    assert kinds.count("backchannel") <= len(call["backchannels"])


@EACH
def test_loud_speech_is_really_loud(call: dict[str, Any]) -> None:
    """A step of 8 dB in the truth is 8 dB on the channel against the speaker's plain turns."""
    if "mono" in call["channels"].values():
        pytest.skip("levels of one party cannot be measured on a mono mix")
    _, _, samples = decode(call["file"])
    runs = {
        turn["no"]: [
            level_dbov(samples[turn["channel"]], max(s["start_s"], turn["start_s"]), s["end_s"])
            for s in call["speech"]
            if s["party"] == turn["party"] and overlaps(s, turn["start_s"], turn["end_s"])
        ]
        for turn in call["turns"]
    }
    for turn in call["turns"]:
        if turn["level_step_db"] >= 8.0:
            plain = [
                float(np.mean(runs[t["no"]]))
                for t in call["turns"]
                if t["party"] == turn["party"] and t["level_step_db"] == 0.0 and not t["is_backchannel"]
            ]
            rise_db = float(np.mean(runs[turn["no"]])) - float(np.median(plain))
            assert rise_db == pytest.approx(turn["level_step_db"], abs=2.5), turn["text"]


def test_an_angry_customer_shouts_the_sentence_everyone_knows() -> None:
    """The sentence is in the set loud, and calm by the same speaker."""
    said = [
        (call["file"], turn["level_step_db"])
        for call in TRUTH
        for turn in call["turns"]
        if turn["text"].rstrip(".!") == "You're not being helpful and your product stinks"
    ]
    loud = {name for name, step_db in said if step_db >= 8.0}
    assert loud & {name for name, step_db in said if step_db == 0.0}


@EACH
def test_hold_music_is_on_the_channels_it_names(call: dict[str, Any]) -> None:
    """Music is heard where the truth puts it, and the other channel is quiet."""
    _, _, samples = decode(call["file"])
    for span in call["hold"]:
        for number, party in call["channels"].items():
            level = level_dbov(samples[int(number)], span["start_s"] + 0.1, span["end_s"] - 0.1)
            assert (level > -32.0) == (party in span["parties"])


def test_rules_are_judged_for_every_file_and_exercised_both_ways() -> None:
    """Each rule hits somewhere and must not hit somewhere, and is never both in one file."""
    rules = load_screenplay().RULES
    for call in TRUTH:
        hit, not_hit = set(call["rules"]["must_hit"]), set(call["rules"]["must_not_hit"])
        assert not hit & not_hit
        assert hit | not_hit <= set(rules)
    for rule in rules:
        assert any(rule in call["rules"]["must_hit"] for call in TRUTH), rule
        assert any(rule in call["rules"]["must_not_hit"] for call in TRUTH), rule


def load_screenplay() -> Any:
    """Import the reader of dialogues, which stands outside the package."""
    spec = importlib.util.spec_from_file_location(
        "sample_screenplay", ROOT / "scripts" / "samples" / "screenplay.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_truth_holds_the_words_of_the_dialogues() -> None:
    """The words of each call's turns are those of its written dialogue, in order, by party."""
    import re

    import yaml

    screenplay = load_screenplay()
    written = {}
    for path in DIALOGUES.glob("*.yaml"):
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        key = (raw["agent"], raw["customer"], f"{raw['started']:%Y-%m-%dT%H-%M-%S}")
        words: dict[str, list[str]] = {"A": [], "C": []}
        for line in raw["lines"]:
            spoken = screenplay.SPOKEN.match(line)
            if spoken:
                words[spoken[1]] += re.sub(r"\{[\d.]+\}|<[^>]+>", " ", spoken[3]).split()
        written[key] = words
    assert len(written) == len(TRUTH)
    for call in TRUTH:
        words = written[tuple(Path(call["file"]).stem.rsplit("_", 2))]
        for letter, party in screenplay.PARTY.items():
            told = [
                word
                for turn in call["turns"]
                if turn["party"] == party and not turn["is_backchannel"]
                for word in turn["text"].split()
            ]
            listening = {b["text"] for b in call["backchannels"]}
            plain = [word for word in words[letter] if word not in listening]
            assert plain == [word for word in told if word not in listening], call["file"]


def test_readme_tells_of_every_file_and_rule() -> None:
    """Each recording has a row in the README with its purpose, and each rule its one line."""
    readme = (SAMPLES / "README.md").read_text(encoding="utf-8")
    for call in TRUTH:
        assert f"`{call['file']}`" in readme
        assert call["about"] in readme
    for rule in load_screenplay().RULES:
        assert f"| `{rule}` |" in readme


def test_make_samples_names_what_is_missing() -> None:
    """Without the speaking programs the script says what to install and ends with 2."""
    result = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "make_samples"), "--out", os.devnull],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": ""},
        check=False,
    )
    assert result.returncode == 2
    assert "flite: apt-get install flite" in result.stderr
