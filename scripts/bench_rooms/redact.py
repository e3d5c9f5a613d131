"""How many values are taken out, how many turns are touched for nothing, and what can still be heard when muted."""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
import wave
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from speechcx.call import PAYMENT, Conversation, Recording, Span
from speechcx.config import Settings, load_settings
from speechcx.discover import FoundFile, identify, read_sources
from speechcx.redact.conversation_marks import find_values
from speechcx.redact.token_row import SpokenTurn

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data"
PARTS = ("planted", "everyday", "real", "digits", "cost")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print each part; 1 where one is under its bar."""
    parser = argparse.ArgumentParser(prog="scripts/bench redact", description=__doc__)
    parser.add_argument(
        "--part", nargs="+", choices=PARTS, default=list(PARTS), help="which parts (default: all)"
    )
    parser.add_argument("--values", type=int, default=2000, help="planted values (default 2000)")
    parser.add_argument("--numbers", type=int, default=200, help="numbers of recorded digits (default 200)")
    parser.add_argument(
        "--models", nargs="+", default=["whisper-tiny.en", "whisper-base"], help="who hears the copies"
    )
    parser.add_argument("--seed", type=int, default=1, help="where drawing begins (default 1)")
    asked = parser.parse_args(arguments)
    fine = True
    for part in asked.part:
        fine &= {
            "planted": lambda: measure_planted(asked.values, asked.seed),
            "everyday": lambda: measure_everyday(asked.values, asked.seed),
            "real": measure_real,
            "digits": lambda: measure_digits(asked.numbers, asked.models, asked.seed),
            "cost": measure_cost,
        }[part]()
    return 0 if fine else 1


def _tell(what: str, value: float, bar: str, *, holds: bool) -> bool:
    print(f"{what:52} {value:10.4f}  {bar:12} {'' if holds else 'UNDER THE BAR'}", flush=True)
    return holds


# --- words


def measure_planted(count: int, seed: int) -> bool:
    """Recall by kind: a value is found where none of its words is left."""
    from tests.redact.planted import plant

    told: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for call in plant(count, seed):
        found = find_values(call.spoken(), PAYMENT)
        told[call.kind] += 1
        whole[call.kind] += not any(
            is_value and not any(each.first <= at <= each.last for each in found.get(no, ()))
            for no, (_, words) in enumerate(call.turns)
            for at, (_, is_value) in enumerate(words)
        )
    fine = True
    for kind, number in told.items():
        bar = 0.99 if kind in ("card", "security_code") else 0.95
        share = whole[kind] / number
        fine &= _tell(f"recall of {kind}, {number} planted", share, f">= {bar}", holds=share >= bar)
    return fine


def measure_everyday(count: int, seed: int) -> bool:
    """Turns of made everyday talk with numbers that are touched."""
    from tests.redact.everyday_talk import everyday

    calls = list(everyday(count, seed))
    touched = sum(len(find_values(call.spoken(), PAYMENT)) for call in calls)
    share = touched / sum(len(call.turns) for call in calls)
    return _tell(
        f"turns touched, of {4 * count} made ones without a value", share, "<= 0.005", holds=share <= 0.005
    )


def measure_real() -> bool:
    """Turns of transcripts of real and sample calls, and of single requests, that are touched."""
    turns = touched = 0
    for call in _real_talks():
        turns += len(call)
        for no, found in find_values(call, PAYMENT).items():
            touched += 1
            print(f"    touched ({', '.join(each.kind for each in found)}): {' '.join(call[no].words)[:100]}")
    if not turns:
        print("no transcripts here")
        return True
    return _tell(
        f"turns touched, of {turns} real ones", touched / turns, "<= 0.005", holds=touched <= turns / 200
    )


def _real_talks() -> Iterator[list[SpokenTurn]]:
    """The words of the sample calls, of real bank calls, and of single requests that people typed or said."""
    for call in json.loads((ROOT / "samples" / "truth.json").read_text())["files"]:
        yield _talk([(turn["party"], turn["text"]) for turn in call["turns"]])
    harper = SHARED / "harper_valley" / "references.json"
    if harper.is_file():
        for call in json.loads(harper.read_text()).values():
            if isinstance(call, dict) and "segments" in call:
                yield _talk([(each["speaker_role"], each["human_transcript"]) for each in call["segments"]])
    sentences = SHARED / "wuw2" / "labels.json"
    if sentences.is_file():
        for text in _texts_in(json.loads(sentences.read_text())):
            yield _talk([("c", text)])
    for path in sorted((SHARED / "intents").rglob("seq.in")) if SHARED.is_dir() else ():
        for line in path.read_text(errors="replace").splitlines():
            yield _talk([("c", line)])


def _texts_in(value: object) -> Iterator[str]:
    """Every transcript of a file of labels."""
    if isinstance(value, dict):
        yield from (
            text for name, text in value.items() if name in ("transcript", "text") and isinstance(text, str)
        )
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _texts_in(item)


def _talk(lines: Iterable[tuple[str, str]]) -> list[SpokenTurn]:
    turns, moment = [], 0.0
    for no, (speaker, text) in enumerate(lines):
        words = tuple(text.split())
        times = tuple((moment + 0.35 * at, moment + 0.35 * at + 0.3) for at in range(len(words)))
        turns.append(SpokenTurn(no, speaker, "en", words, times))
        moment += 0.35 * len(words) + 0.8
    return turns


# --- sound


def measure_digits(count: int, models: Sequence[str], seed: int) -> bool:
    """Numbers of recorded digits: how many digits are muted, and what others still hear in the copies."""
    files = sorted((SHARED / "fsdd").rglob("*.wav"))
    if not files:
        print("no recorded digits here (shared/data/fsdd)")
        return True
    from speechcx.pipeline import hear_values, listen
    from speechcx.redact.muting import MutingSettings, write_muted_copy

    rng = random.Random(seed)
    settings = load_settings(None, environment={}).settings
    muting = MutingSettings(settings.audio, settings.turns, settings.redact.margin_s)
    digits = muted = 0
    heard_again: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            path = Path(folder) / f"number-{number}.wav"
            spans = _write_number(path, files, rng)
            heard = listen(_recording(path, settings), settings)
            copy = path.with_suffix(".muted.wav")
            made = write_muted_copy(heard, str(path), copy, muting)
            digits += len(spans)
            muted += sum(_is_muted(path, span, made.muted) for span in spans)
            for model in models:
                other = replace(settings, transcribe=replace(settings.transcribe, model=model))
                heard_again[model] += bool(hear_values(_recording(copy, other), other))
    fine = _tell(
        f"digits muted, of {digits} recorded ones", muted / digits, ">= 0.99", holds=muted >= 0.99 * digits
    )
    for model in models:
        fine &= _tell(
            f"numbers heard again by {model}, of {count}",
            heard_again[model],
            "0",
            holds=not heard_again[model],
        )
    return fine


def _write_number(path: Path, files: Sequence[Path], rng: random.Random) -> list[Span]:
    """One speaker's recorded digits as a number of 16, in groups of four; where each digit is."""
    speaker = rng.choice(sorted({file.stem.split("_")[1] for file in files}))
    own = [file for file in files if file.stem.split("_")[1] == speaker]
    spans, sound = [], bytearray(8000)
    for at in range(16):
        with wave.open(str(rng.choice(own)), "rb") as reader:
            frames = reader.readframes(reader.getnframes())
        start_s = len(sound) / 16000
        sound += frames
        spans.append(Span(start_s, len(sound) / 16000))
        sound += bytes(2 * int(8000 * (0.45 if at % 4 == 3 else 0.12)))
    with wave.open(str(path), "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(8000)
        writer.writeframes(bytes(sound) + bytes(16000))
    return spans


def _is_muted(path: Path, span: Span, muted: Sequence[Span]) -> bool:
    """Whether 99 hundredths of the energy of a digit are silent: its recording begins and ends with some noise."""
    with wave.open(str(path), "rb") as reader:
        rate_hz = reader.getframerate()
        power = np.frombuffer(reader.readframes(reader.getnframes()), dtype="<i2").astype(np.float64) ** 2
    heard = power.copy()
    for each in muted:
        heard[int(each.start_s * rate_hz) : int(each.end_s * rate_hz)] = 0.0
    first, end = int(span.start_s * rate_hz), int(span.end_s * rate_hz)
    return bool(heard[first:end].sum() <= 0.01 * power[first:end].sum())


def _recording(path: Path, settings: Settings) -> Recording:
    discover = replace(settings.discover, settle_s=0.0)
    status = path.stat()
    return identify(
        FoundFile(str(path), status.st_size, status.st_mtime_ns, None),
        read_sources([str(path)], discover),
        discover,
    )


# --- cost


def measure_cost() -> bool:
    """Processor time of redaction against that of hearing the sample calls."""
    from speechcx.pipeline import listen, without_values

    settings = load_settings(None, environment={}).settings
    off = replace(settings, redact=replace(settings.redact, enabled=False))
    calls = sorted((ROOT / "samples" / "calls").glob("*.wav"))[:4]
    begin = time.process_time()
    heard: list[Conversation] = [listen(_recording(path, off), off) for path in calls]
    hearing_s = time.process_time() - begin
    begin = time.process_time()
    for each in heard:
        without_values(each, settings)
    share = (time.process_time() - begin) / hearing_s
    return _tell(
        f"cost of redaction, of hearing {len(calls)} sample calls", share, "<= 0.03", holds=share <= 0.03
    )
