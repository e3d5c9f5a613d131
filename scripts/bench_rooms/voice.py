"""Who speaks when and how: turns, time and voice against known answers, with a reference beside them.

Run by ``scripts/bench voice [--data DIR] [--music DIR] [--pyin] [--words]``. The truth is ``samples/truth.json``,
the ITU's level vectors, and signals made here. ``--music`` takes a folder of WAV files with hold music
for the mixtures (Debian's asterisk-moh-opsound-wav has five pieces); without it music is made. Times are
processor seconds of one core.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.samples.sound import make_hold_music
from speechcx.audio import AudioSettings, decode
from speechcx.call import (
    Audio,
    Conversation,
    Recording,
    Role,
    Span,
    SpeakerVoice,
    Speech,
    TurnVoice,
    Utterance,
)
from speechcx.call.spans import intersect, subtract, total_s, unite
from speechcx.discover.files import hash_file
from speechcx.prosody import ProsodySettings, measure_flow, measure_voice
from speechcx.prosody.level import measure_active_level
from speechcx.prosody.pitch import track_pitch
from speechcx.turns import TurnSettings, find_turns, name_parties
from speechcx.waveform import read_channel
from tests.factories import make_conversation
from tests.prosody.voices import made_voice, mu_law, pitch_errors
from tests.synth import audio_of, noise, scale_to

ROOT = Path(__file__).resolve().parents[2]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One line of the table; `good` is None where there is no bar or nothing was measured."""

    what: str
    ours: str
    reference: str
    bar: str
    n: str
    good: bool | None = None


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench voice", description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("SPEECHCX_DATA", ROOT.parent / "shared/data"))
    )
    parser.add_argument("--music", type=Path, help="folder of WAV files with hold music")
    parser.add_argument("--pyin", action="store_true", help="measure librosa's pyin too (slow)")
    parser.add_argument(
        "--words", action="store_true", help="word errors of one channel against two too (slow)"
    )
    args = parser.parse_args(argv)
    rows = [
        *level_rows(args.data),
        *pitch_rows("pyin" if args.pyin else "yin"),
        *turn_rows(),
        *party_rows(),
        *made_rows(args.data),
        *hold_rows(args.music),
        *speed_rows(args.data),
        *mono_rows(args.data, words=args.words),
    ]
    widths = [
        max(len(getattr(row, name)) for row in rows) for name in ("what", "ours", "reference", "bar", "n")
    ]
    heads = ("what", "ours", "reference", "bar", "n")
    print("  ".join(head.ljust(width) for head, width in zip(heads, widths, strict=True)))
    for row in rows:
        cells = (row.what, row.ours, row.reference, row.bar, row.n)
        mark = {True: "ok", False: "MISSED", None: ""}[row.good]
        print("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)), mark)
    return int(any(row.good is False for row in rows))


# --- level -----------------------------------------------------------------------------------------


def level_rows(data: Path) -> Iterator[Row]:
    """P.56 on the ITU's vector at seven gains."""
    path = data / "itu_stl_p56" / "voice.nrm"
    if not path.is_file():
        yield Row("active level, ITU vector", "not measured", "", "<= 0.2 dB", f"no {path.name}: give --data")
        return
    sound = np.fromfile(path, "<i2") / 32768
    ours, plain = [], []
    for gain_db in (-30, -20, -10, -6, 0, 3, 6):
        scaled = np.clip(np.rint(sound * 32768 * 10 ** (gain_db / 20)), -32768, 32767) / 32768
        level = measure_active_level(scaled.astype(np.float32), 16_000)
        ours.append(abs((level or 0.0) - (-30 + gain_db)))
        plain.append(abs(10 * np.log10(np.mean(scaled**2)) - (-30 + gain_db)))
    yield Row(
        "active level, largest error",
        f"{max(ours):.3f} dB",
        f"plain RMS {max(plain):.3f} dB",
        "<= 0.2 dB",
        "7 gains, -30 to +6 dB",
        max(ours) <= 0.2,
    )


# --- pitch -----------------------------------------------------------------------------------------


def pitch_rows(reference: str) -> Iterator[Row]:
    """Errors and speed on made voices; librosa beside it."""
    for kind in ("tones", "glides"):
        made = [made_voice(kind, seed) for seed in range(8)]
        found = {}
        for method in ("fast", reference):
            settings = ProsodySettings(pitch_method=method)
            errors = [pitch_errors(track_pitch(sound, 8000, settings).hz, truth) for sound, truth in made]
            found[method] = np.mean(errors, axis=0)
        n = f"{sum(truth.size for _, truth in made) // 80} frames"
        for i, (name, bar) in enumerate((("voicing errors", 0.08), ("gross errors (> 20 %)", 0.02))):
            yield Row(
                f"pitch, {kind}: {name}",
                f"{found['fast'][i]:.2%}",
                f"librosa {reference} in our band {found[reference][i]:.2%}",
                f"< {bar:.0%}",
                n,
                bool(found["fast"][i] < bar),
            )
    sound = np.concatenate([sound for sound, _ in made])
    speeds = {
        m: _speed(lambda m=m: track_pitch(sound, 8000, ProsodySettings(pitch_method=m)), sound.size / 8000)
        for m in ("fast", reference)
    }
    yield Row(
        "pitch, times real time",
        f"{speeds['fast']:.0f} x",
        f"librosa {reference} {speeds[reference]:.0f} x",
        ">= 200 x",
        f"{sound.size / 8000:.0f} s of voice",
        speeds["fast"] >= 200,
    )


def _speed(work: Callable[[], object], seconds: float) -> float:
    work()
    start = time.process_time()
    work()
    return seconds / max(1e-6, time.process_time() - start)


# --- turns and time --------------------------------------------------------------------------------


@cache
def samples() -> tuple[tuple[dict[str, Any], Audio, Speech], ...]:
    """Every sample call with its truth, its sound and what was found in it."""
    return tuple(
        (entry, audio, find_turns(audio, TurnSettings()))
        for entry, path in sample_paths()
        for audio in (read_audio(path),)
    )


def sample_paths() -> list[tuple[dict[str, Any], Path]]:
    """Truth and file of every sample call."""
    truth = json.loads((ROOT / "samples" / "truth.json").read_text())
    return [(entry, ROOT / "samples" / "calls" / entry["file"]) for entry in truth["files"]]


def read_audio(path: Path) -> Audio:
    """Decode a file the way the pipeline does."""
    sha256 = hash_file(str(path))
    return decode(Recording(sha256[:16], str(path), sha256, path.stat().st_size), AudioSettings())


def turn_rows() -> Iterator[Row]:
    """Edges, pauses, interruptions and hold of the two-channel samples."""
    edges, plain = [], []
    counts = {name: np.zeros(3, int) for name in ("pauses", "interruptions", "non-talk")}
    hold = np.zeros(3)
    for entry, audio, speech in samples():
        if len(entry["channels"]) != 2:
            continue
        stretches = {
            c: [(t.span.start_s, t.span.end_s) for t in speech.turns if t.channel == c] for c in (0, 1)
        }
        edges += edge_errors(entry, stretches)
        plain += edge_errors(entry, {c: plain_turns(audio, c) for c in (0, 1)})
        for name, (true, found) in events(entry, audio, speech).items():
            counts[name] += (matches(true, found), len(found), len(true))
        true_hold = [Span(span["start_s"], span["end_s"]) for span in entry["hold"]]
        true_hold += [
            Span(span["start_s"], span["end_s"]) for span in entry["tones"] if span["kind"] != "dtmf"
        ]
        hold += (total_s(intersect(speech.hold, true_hold)), total_s(speech.hold), total_s(true_hold))
    n = f"{len(edges)} edges"
    yield Row(
        "turn edges, median error",
        f"{np.median(edges):.3f} s",
        f"faster-whisper's VAD {np.median(plain):.3f} s",
        "<= 0.10 s",
        n,
        bool(np.median(edges) <= 0.1),
    )
    yield Row(
        "turn edges, 95 % under",
        f"{np.percentile(edges, 95):.3f} s",
        f"faster-whisper's VAD {np.percentile(plain, 95):.3f} s",
        "<= 0.35 s",
        n,
        bool(np.percentile(edges, 95) <= 0.35),
    )
    for name, (hits, found, true) in counts.items():
        precision, recall = hits / max(1, found), hits / max(1, true)
        good = None if name == "non-talk" else bool(min(precision, recall) >= 0.9)
        yield Row(
            f"{name}: precision, recall",
            f"{precision:.3f}, {recall:.3f}",
            "the truth's definition",
            ">= 0.9",
            f"{true} true, {found} found",
            good,
        )
    yield Row(
        "hold in the samples: precision, recall",
        f"{hold[0] / hold[1]:.3f}, {hold[0] / hold[2]:.3f}",
        "",
        "",
        f"{hold[2]:.0f} s",
    )


def edge_errors(entry: dict[str, Any], turns: dict[int, list[tuple[float, float]]]) -> list[float]:
    """Error of both edges of every true turn; 9 s for a turn that was not found."""
    errors = []
    for true in entry["turns"]:
        whole = Span(true["start_s"], true["end_s"])
        near = [pair for pair in turns[true["channel"]] if whole.overlap_s(Span(*pair)) > 0]
        if not near:
            errors += [9.0, 9.0]
            continue
        start_s, end_s = max(near, key=lambda pair: whole.overlap_s(Span(*pair)))
        errors += [abs(start_s - whole.start_s), abs(end_s - whole.end_s)]
    return errors


def plain_turns(audio: Audio, channel: int) -> list[tuple[float, float]]:
    """What faster-whisper's own VAD function gives, with silences of 0.8 s between turns."""
    from faster_whisper.vad import get_speech_timestamps

    sound = read_channel(audio, channel, rate_hz=16_000)
    found = get_speech_timestamps(sound, min_silence_duration_ms=800, speech_pad_ms=30)
    return [(span["start"] / 16_000, span["end"] / 16_000) for span in found]


def events(entry: dict[str, Any], audio: Audio, speech: Speech) -> dict[str, tuple[list[Any], list[Any]]]:
    """True and found (who, start_s, end_s) of pauses, interruptions and non-talk."""
    roles = tuple(Role(f"ch{c}", party, 1.0, "config") for c, party in entry["channels"].items())
    flow = measure_flow(conversation_of(entry, audio, speech), roles, ProsodySettings())
    pauses = [
        (turn.channel, before.end_s, after.start_s)
        for turn in speech.turns
        for before, after in zip(turn.speech, turn.speech[1:], strict=False)
        if after.start_s - before.end_s >= 0.3
    ]
    true_pauses = [p for p in entry["pauses"] if p["kind"] == "in_turn"]
    return {
        "pauses": ([(p["channel"], p["start_s"], p["end_s"]) for p in true_pauses], pauses),
        "interruptions": (
            [(i["by"], i["start_s"], i["end_s"]) for i in entry["interruptions"]],
            [(o.by, o.span.start_s, o.span.end_s) for o in flow.overlaps if o.kind == "interruption"],
        ),
        "non-talk": (
            [("", gap["start_s"], gap["end_s"]) for gap in entry["non_talk"]],
            [("", gap.start_s, gap.end_s) for gap in flow.non_talk],
        ),
    }


def conversation_of(entry: dict[str, Any], audio: Audio, speech: Speech) -> Conversation:
    """A conversation with the true words in the turns that were found."""
    said = []
    for turn in speech.turns:
        texts = [
            true["text"]
            for true in entry["turns"]
            if true["channel"] == turn.channel
            and turn.span.overlap_s(Span(true["start_s"], true["end_s"])) > 0.5 * turn.span.duration_s
        ]
        said.append(Utterance(turn.no, " ".join(texts), (), "en", None))
    empty = make_conversation([])
    sentiments = tuple(replace(make_conversation().sentiments[0], no=turn.no) for turn in speech.turns)
    details = replace(empty.recording.details, agent=entry["agent"], direction=entry["direction"])
    return replace(
        empty,
        recording=replace(empty.recording, details=details),
        origin=audio.origin,
        speech=speech,
        utterances=tuple(said),
        voices=tuple(TurnVoice(turn.no) for turn in speech.turns),
        speaker_voices=tuple(SpeakerVoice(name) for name in speech.speakers),
        sentiments=sentiments,
    )


def matches(true: list[Any], found: list[Any]) -> int:
    """How many true events were found: same speaker, both edges within 0.3 s."""
    left = list(found)
    hits = 0
    for who, start_s, end_s in true:
        near = [f for f in left if f[0] == who and abs(f[1] - start_s) <= 0.3 and abs(f[2] - end_s) <= 0.3]
        if near:
            left.remove(near[0])
            hits += 1
    return hits


def party_rows() -> Iterator[Row]:
    """Parties of the two-channel samples by their words alone."""
    right = unknown = wrong = total = 0
    for entry, audio, speech in samples():
        if len(entry["channels"]) != 2:
            continue
        for role in name_parties(conversation_of(entry, audio, speech), TurnSettings()):
            total += 1
            right += role.party == entry["channels"][role.speaker.removeprefix("ch")]
            unknown += role.party == "unknown"
    wrong = total - right - unknown
    yield Row(
        "party by the true words: right, unknown, wrong",
        f"{right}, {unknown}, {wrong}",
        "channel 0 is the agent",
        "none wrong",
        f"{total} speakers",
        wrong == 0,
    )


# --- hold ------------------------------------------------------------------------------------------


def hold_rows(folder: Path | None) -> Iterator[Row]:
    """Music between stretches of the samples' speech: seconds found, speech lost."""
    found_s = music_s = lost_s = speech_s = 0.0
    draw = np.random.default_rng(11)
    pieces = list(_music(folder, draw))
    voices = [read_channel(audio, 0, rate_hz=8000) for entry, audio, _ in samples() if not entry["hold"]]
    for no in range(24):
        piece, voice = pieces[no % len(pieces)], voices[no % len(voices)].astype(np.float64)
        length = min(piece.size, int(draw.uniform(10, 30) * 8000))
        at = int(draw.integers(0, piece.size - length + 1))
        music = scale_to(piece[at : at + length], draw.uniform(-32, -20)).astype(np.float64)
        half = min(voice.size // 2, 25 * 8000)
        gap = np.zeros(int(draw.uniform(0.3, 1.0) * 8000))
        parts = [voice[:half], gap, music, gap, voice[half : 2 * half]]
        start_s, end_s = (half + gap.size) / 8000, (half + gap.size + music.size) / 8000
        with_music = find_turns(_line(parts), TurnSettings())
        parts[2] = np.zeros(music.size)
        without = find_turns(_line(parts), TurnSettings(find_hold=False))
        said = [
            unite(span for turn in found.turns for span in turn.speech) for found in (with_music, without)
        ]
        found_s += total_s(intersect(with_music.hold, [Span(start_s, end_s)]))
        music_s += end_s - start_s
        lost_s += total_s(subtract(said[1], said[0]))
        speech_s += total_s(said[1])
    kind = "real" if folder else "made"
    yield Row(
        f"hold, {kind} music: seconds found",
        f"{found_s / music_s:.1%}",
        "",
        ">= 95 %",
        f"{music_s:.0f} s in 24 mixtures",
        found_s >= 0.95 * music_s,
    )
    yield Row(
        f"hold, {kind} music: speech lost",
        f"{lost_s / speech_s:.2%}",
        "the same without music",
        "<= 1 %",
        f"{speech_s:.0f} s",
        lost_s <= 0.01 * speech_s,
    )


def _music(folder: Path | None, draw: np.random.Generator) -> Iterator[Floats]:
    if folder is not None:
        for path in sorted(folder.glob("*.wav")):
            yield read_channel(read_audio(path), 0, rate_hz=8000).astype(np.float64)
        return
    yield np.asarray(make_hold_music(40 * 8000, draw))
    time_s = np.arange(40 * 8000) / 8000
    yield sum(np.sin(2 * np.pi * hz * time_s) for hz in (330, 392, 494, 660, 784)) * (
        1 + 0.3 * np.sin(2 * np.pi * 0.3 * time_s)
    )
    beat = np.exp(-12 * (time_s % 0.5)) * draw.standard_normal(time_s.size)
    tune = np.sin(2 * np.pi * np.repeat(440 * 2 ** (draw.integers(0, 12, 80) / 12), 4000) * time_s)
    yield 0.4 * beat + tune + 0.5 * np.sin(2 * np.pi * 523.25 * time_s)


def _line(parts: list[Floats]) -> Audio:
    sound = np.concatenate(parts)
    return audio_of(mu_law(sound + noise(sound.size / 8000, level_dbov=-62)).astype(np.float32))


# --- made calls ------------------------------------------------------------------------------------


def made_rows(data: Path) -> Iterator[Row]:
    """Interruptions, pauses and edges of made calls; ringing, tones and keys; parties of made talks."""
    from scripts.bench_rooms import voice_made

    sides = voice_made.cut_clips(samples())
    for name, count, leak_db, bars in (("", 90, None, True), (", leaking at -24 dB", 30, -24.0, False)):
        cuts, pauses, edges = voice_made.measure_calls(sides, count, seed=1, leak_db=leak_db)
        for what, counts in (("interruptions", cuts), ("pauses", pauses)):
            good = bool(min(counts.shares) >= 0.9) if bars else None
            ours = "{:.3f}, {:.3f}".format(*counts.shares)
            n = f"{counts.true} true, {counts.found} found"
            yield Row(
                f"made calls{name}: {what}: precision, recall", ours, "the definition", ">= 0.9", n, good
            )
        late = float(np.percentile(edges, 95))
        ours = f"{np.median(edges):.3f} s, {late:.3f} s"
        yield Row(f"made calls{name}: edges, median and 95 %", ours, "", "0.10, 0.35 s", f"{len(edges)}",
                  bool(np.median(edges) <= 0.1 and late <= 0.35))  # fmt: skip
    found_s = true_s = lost_s = speech_s = 0.0
    for kind, *seconds in voice_made.measure_tones(sides):
        found_s, true_s = found_s + seconds[0], true_s + seconds[1]
        lost_s, speech_s = lost_s + seconds[2], speech_s + seconds[3]
        share = seconds[0] / seconds[1]
        yield Row(
            f"{kind}: seconds found", f"{share:.1%}", "", ">= 95 %", f"{seconds[1]:.0f} s", share >= 0.95
        )
    lost = lost_s / speech_s
    yield Row(
        "tones: speech lost",
        f"{lost:.2%}",
        "the same without tones",
        "<= 1 %",
        f"{speech_s:.0f} s",
        lost <= 0.01,
    )
    yield from _party_bands(data)


def _party_bands(data: Path) -> Iterator[Row]:
    """Confidence against what is right, for made talks; never wrong from 0.7 on."""
    from scripts.bench_rooms.voice_made import measure_parties

    files = [data / "intents" / name / "train" / "seq.in" for name in ("BANKING77", "CLINC150")]
    requests = [line for path in files if path.is_file() for line in path.read_text("utf-8").splitlines()]
    bands = measure_parties(requests)
    for low, n, right, confidence in bands:
        ours, claimed = f"{right / max(1, n):.1%} right", f"confidence says {confidence:.1%}"
        yield Row(f"party of made talks, confidence {low:.1f} to {low + 0.1:.1f}", ours, claimed, "", f"{n}")
    n = sum(band[1] for band in bands if band[0] >= 0.7)
    wrong = n - sum(band[2] for band in bands if band[0] >= 0.7)
    yield Row(
        "party of made talks, wrong from 0.7 on", f"{wrong}", "", "<= 0.5 %", f"{n}", wrong <= 0.005 * n
    )


# --- speed -----------------------------------------------------------------------------------------


def speed_rows(data: Path) -> Iterator[Row]:
    """Processor time of the stages on two channels: a real call if there is one, else the samples."""
    path = data / "aws_calls" / "Auto_Repairs_40_UTC_L-agent_R-caller.wav"
    audios = [read_audio(path)] if path.is_file() else [a for e, a, _ in samples() if len(e["channels"]) == 2]
    seconds = sum(audio.duration_s for audio in audios)
    spent = np.zeros(2)
    for audio in audios:
        start = time.process_time()
        speech = find_turns(audio, TurnSettings())
        middle = time.process_time()
        said = tuple(Utterance(turn.no, "some words", (), "en", None) for turn in speech.turns)
        measure_voice(audio, speech, said, ProsodySettings())
        spent += (middle - start, time.process_time() - middle)
    n = f"{seconds:.0f} s, two channels"
    yield Row("turns, times real time", f"{seconds / spent[0]:.0f} x", "", "", n)
    yield Row("voice, times real time", f"{seconds / spent[1]:.0f} x", "", "", n)
    whole = seconds / spent.sum()
    yield Row("whole voice stage, times real time", f"{whole:.0f} x", "", ">= 80 x", n, whole >= 80)


# --- one channel -----------------------------------------------------------------------------------


def mono_rows(data: Path, *, words: bool) -> Iterator[Row]:
    """Calls mixed down to one channel, and made dialogues."""
    from scripts.bench_rooms.accuracy import normalise
    from scripts.bench_rooms.voice_mono import mono_lines

    path = data / "aws_calls" / "Auto_Repairs_40_UTC_L-agent_R-caller.wav"
    two = [
        (
            entry["file"],
            audio,
            [
                normalise(" ".join(turn["text"] for turn in entry["turns"] if turn["channel"] in channels))
                for channels in ((0,), (1,), (0, 1))
            ],
        )
        for entry, audio, _ in samples()
        if len(entry["channels"]) == 2
    ]
    call = read_audio(path) if path.is_file() else None
    for line in mono_lines(data, two, call, words=words):
        yield Row(line.what, line.ours, line.reference, line.bar, line.n, line.good)
    yield mono_party_row()


def mono_party_row() -> Row:
    """Parties of the mono samples' voices by the true words; a voice is whose speech it mostly holds."""
    right = unknown = total = 0
    for entry, audio, speech in samples():
        if len(entry["channels"]) != 1:
            continue
        for role in name_parties(conversation_of(entry, audio, speech), TurnSettings()):
            own = [s for turn in speech.turns if turn.speaker == role.speaker for s in turn.speech]
            held = {
                party: sum(
                    s.overlap_s(Span(t["start_s"], t["end_s"]))
                    for s in own
                    for t in entry["turns"]
                    if t["party"] == party
                )
                for party in ("agent", "customer")
            }
            total += 1
            right += role.party == max(held, key=held.__getitem__)
            unknown += role.party == "unknown"
    wrong = total - right - unknown
    return Row(
        "party on one channel: right, unknown, wrong", f"{right}, {unknown}, {wrong}", "", "none wrong",
        f"{total} speakers", wrong == 0,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
