"""Word error rate on real telephone speech, side by side with plain faster-whisper.

Run by ``scripts/bench accuracy [--clips N] [--model NAME] [--data DIR]``. *Ours* is the way of a call
(decode, turns, transcribe); *plain* is ``WhisperModel.transcribe`` with its defaults over the whole
of the same decoded sound, with the same weights and number format. Texts are normalised by
whisper-normalizer, errors counted by jiwer. The recordings are read where they lie, never copied.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from json import loads
from pathlib import Path
from typing import Any

from speechcx.audio import AudioSettings, decode
from speechcx.call import Audio, Recording, Utterance
from speechcx.discover.files import hash_file
from speechcx.transcribe import TranscribeSettings, load_recognizer, transcribe
from speechcx.turns import TurnSettings, find_turns
from speechcx.waveform import RECOGNITION_RATE_HZ, read_channel

ROOT = Path(__file__).resolve().parents[2]
BAR_POINTS = 0.5
"""Ours may be worse than plain by so many points of word error rate."""

INVENTED = re.compile(r"think ?engine|on ?word|wild ?fire", re.IGNORECASE)
"""Keywords of wuw2 that are no English words, or brands."""


@dataclass(frozen=True)
class Clip:
    """One channel of a recording with what is said in it; `keyword` is (word, start_s, end_s)."""

    path: Path
    channel: int
    text: str
    keyword: tuple[str, float, float] | None = None


@dataclass(frozen=True)
class Result:
    """What an engine wrote for each clip, and the processor seconds it took."""

    texts: tuple[str, ...]
    cpu_s: float
    utterances: tuple[tuple[Utterance, ...], ...] = ()


@dataclass(frozen=True)
class Errors:
    """Counts of jiwer over some clips."""

    words: int
    substituted: int
    deleted: int
    inserted: int

    @property
    def rate(self) -> float:
        """Word error rate in percent."""
        return 100 * (self.substituted + self.deleted + self.inserted) / self.words


def main(argv: Sequence[str]) -> int:
    """Print the tables; 0 where the bar holds on every set, else 1."""
    parser = argparse.ArgumentParser(prog="scripts/bench accuracy", description=__doc__)
    parser.add_argument("--data", type=Path, default=find_data())
    parser.add_argument("--model", default="base")
    parser.add_argument("--clips", type=int, default=60, help="clips of wuw2, 0 for all 380")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="a transcribe setting"
    )
    parser.add_argument("--show", type=int, default=0, help="print so many of the clips that differ most")
    args = parser.parse_args(argv)
    if not args.data.is_dir():
        print(f"no recordings in {args.data}: give --data or SPEECHCX_DATA", file=sys.stderr)
        return 2
    settings = read_settings(args.model, args.set)
    holds = [
        compare("wuw2", read_wuw2(args.data, args.clips, args.seed), settings, args.show),
        compare("harper_valley", read_harper(args.data), settings, args.show),
        compare("samples", read_samples(ROOT / "samples"), settings, args.show),
    ]
    return 0 if all(holds) else 1


def find_data() -> Path:
    """The folder of shared recordings: ``SPEECHCX_DATA``, else beside the checkout."""
    return Path(os.environ.get("SPEECHCX_DATA", ROOT.parent / "shared" / "data"))


def read_settings(model: str, pairs: Sequence[str]) -> TranscribeSettings:
    """Default settings with the model and the pairs given, each read as its default's type."""
    settings = TranscribeSettings(model=model)
    for pair in pairs:
        key, _, value = pair.partition("=")
        kind = type(getattr(settings, key))
        given: Any = (
            tuple(value.split(",")) if kind is tuple else value == "true" if kind is bool else kind(value)
        )
        settings = replace(settings, **{key: given})
    return settings


# --- recordings ------------------------------------------------------------------------------------


def read_wuw2(data: Path, count: int, seed: int) -> list[Clip]:
    """Telephone sentences: a drawn part of those with words left once the marks are stripped."""
    rows = loads((data / "wuw2" / "labels.json").read_text())
    clips = []
    for row in rows:
        text = strip_marks(row["raw"])
        if not text:
            continue
        keyword = None
        last = re.search(r"(operator|voyager)\W*$", text, re.IGNORECASE)
        if last and row.get("keyword_start_s") is not None:
            keyword = (last[1].lower(), float(row["keyword_start_s"]), float(row["keyword_end_s"]))
        clips.append(Clip(data / "wuw2" / row["file"], 0, text, keyword))
    random.Random(seed).shuffle(clips)
    return clips[: count or None]


def strip_marks(raw: str) -> str:
    """A transcript of wuw2 without its marks: noises, cut words, doubt, names and pronunciation."""
    text = re.sub(r"\[\[?[^\]]*\]+|\{[^}]*\}|</?\w+>|\(\(\s*\)\)", " ", raw)
    text = re.sub(r"\(\(|\)\)", " ", text)
    text = re.sub(r"(?<!\w)-\w+|\w+-(?!\w)", " ", text)
    return " ".join(re.sub(r"[\^+*~%_>\\]", " ", text).split())


def read_harper(data: Path) -> list[Clip]:
    """Bank calls: each role's own file, and both channels of the call that has a stereo file."""
    folder = data / "harper_valley"
    clips = []
    for call in loads((folder / "references.json").read_text()).values():
        said: dict[str, str] = {}
        for row in sorted(call["segments"], key=lambda row: row["call_start_ms"]):
            text = re.sub(r"\[[^\]]*\]|<[^>]*>", " ", row["human_transcript"])
            role = row["speaker_role"]
            said[role] = " ".join(f"{said.get(role, '')} {text}".split())
        for name in call["audio"]:
            role = next(role for role in said if role in name)
            clips.append(Clip(folder / name, 0, said[role]))
        for path in folder.glob(f"{call['sid']}_L-agent_R-caller.wav"):
            clips += [Clip(path, 0, said["agent"]), Clip(path, 1, said["caller"])]
    return clips


def read_samples(folder: Path) -> list[Clip]:
    """Each channel of the made-up calls; mono mixes are left out, where voices talk over each other."""
    clips = []
    for call in loads((folder / "truth.json").read_text())["files"]:
        for channel in map(int, call["channels"] if len(call["channels"]) == 2 else ()):
            said = " ".join(turn["text"] for turn in call["turns"] if turn["channel"] == channel)
            if said:
                clips.append(Clip(folder / "calls" / call["file"], channel, said))
    return clips


@cache
def hear(path: Path) -> tuple[Recording, Audio]:
    """A recording and its decoded sound."""
    sha256 = hash_file(str(path))
    recording = Recording(sha256[:16], str(path), sha256, path.stat().st_size)
    return recording, decode(recording, AudioSettings())


# --- engines ---------------------------------------------------------------------------------------


def run_ours(clips: Sequence[Clip], settings: TranscribeSettings) -> Result:
    """The way of a call: turns, then words."""
    recognizer = load_recognizer(settings)

    @cache
    def listen(path: Path) -> tuple[tuple[int, Utterance], ...]:
        recording, audio = hear(path)
        speech = find_turns(audio, TurnSettings())
        said = transcribe(audio, speech, recording, recognizer, settings)
        return tuple((turn.channel, words) for turn, words in zip(speech.turns, said, strict=True))

    def ours(clip: Clip) -> tuple[Utterance, ...]:
        return tuple(words for channel, words in listen(clip.path) if channel == clip.channel)

    utterances, cpu_s = timed(ours, clips)
    texts = tuple(" ".join(part.text for part in parts) for parts in utterances)
    return Result(texts, cpu_s, tuple(utterances))


def run_plain(clips: Sequence[Clip], settings: TranscribeSettings) -> Result:
    """faster-whisper's own loop with its defaults, on the whole sound."""
    from faster_whisper import WhisperModel

    from speechcx.weights import find_model

    compute_type = "int8" if settings.compute_type == "auto" else settings.compute_type
    model = WhisperModel(
        str(find_model(settings.model)),
        device="cpu",
        compute_type=compute_type,
        cpu_threads=settings.cpu_threads,
    )
    language = None if settings.language == "auto" else settings.language

    def plain(clip: Clip) -> str:
        samples = read_channel(hear(clip.path)[1], clip.channel, rate_hz=RECOGNITION_RATE_HZ)
        segments, _ = model.transcribe(samples, language=language)
        return " ".join(segment.text for segment in segments)

    texts, cpu_s = timed(plain, clips)
    return Result(tuple(texts), cpu_s)


def timed(engine: Callable[[Clip], Any], clips: Sequence[Clip]) -> tuple[list[Any], float]:
    """The engine's results, and processor seconds without decoding the files."""
    for clip in clips:
        hear(clip.path)
    started_s = time.process_time()
    found = [engine(clip) for clip in clips]
    return found, time.process_time() - started_s


# --- counting --------------------------------------------------------------------------------------


def compare(name: str, clips: Sequence[Clip], settings: TranscribeSettings, show: int) -> bool:
    """Print one set's table; whether ours is within the bar."""
    ours, plain = run_ours(clips, settings), run_plain(clips, settings)
    audio_s = sum(hear(clip.path)[1].duration_s for clip in clips)
    print(
        f"\n{name}: {len(clips)} clips, {audio_s:.0f} s of sound, model {settings.model}, language {settings.language}"
    )
    print(f"{'':34s}{'clips':>6s}{'words':>7s}   {'ours':>7s}   {'plain':>7s}   {'ours - plain':>12s}")
    everything = list(range(len(clips)))
    plain_words = [no for no in everything if not INVENTED.search(clips[no].text)]
    holds = print_row("word error rate %", everything, clips, ours, plain)
    if len(plain_words) < len(everything):
        print_row("  without invented keywords", plain_words, clips, ours, plain)
    print(
        f"{'times real time, one thread':34s}{'':13s}   {audio_s / ours.cpu_s:7.1f}   {audio_s / plain.cpu_s:7.1f}"
    )
    print_word_times(clips, ours)
    for line in worst(clips, ours, plain)[:show]:
        print(line)
    return holds


def print_row(title: str, which: Sequence[int], clips: Sequence[Clip], ours: Result, plain: Result) -> bool:
    """One line with both engines; whether ours is within the bar."""
    rows = [
        count_errors([clips[no].text for no in which], [result.texts[no] for no in which])
        for result in (ours, plain)
    ]
    counts = "  ".join(
        f"{who} S {row.substituted} D {row.deleted} I {row.inserted}"
        for who, row in zip(("ours", "plain"), rows, strict=True)
    )
    apart = rows[0].rate - rows[1].rate
    rates = f"{rows[0].rate:7.2f}   {rows[1].rate:7.2f}   {apart:+12.2f}"
    print(f"{title:34s}{len(which):6d}{rows[0].words:7d}   {rates}   {counts}")
    return apart <= BAR_POINTS


def count_errors(references: Sequence[str], found: Sequence[str]) -> Errors:
    """Errors over all clips together, after normalising both sides."""
    import jiwer

    pairs = [
        (normalise(reference), normalise(text)) for reference, text in zip(references, found, strict=True)
    ]
    pairs = [pair for pair in pairs if pair[0]]
    counted = jiwer.process_words([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    words = counted.hits + counted.substitutions + counted.deletions
    return Errors(words, counted.substitutions, counted.deletions, counted.insertions)


@cache
def normalise(text: str) -> str:
    """Whisper's English normaliser: case, punctuation, spelling, numbers, contractions."""
    return str(english_normaliser()(text))


@cache
def english_normaliser() -> Callable[[str], str]:
    """Built once: it reads a spelling table."""
    from whisper_normalizer.english import EnglishTextNormalizer

    normaliser: Callable[[str], str] = EnglishTextNormalizer()
    return normaliser


def print_word_times(clips: Sequence[Clip], ours: Result) -> None:
    """How far our times of the labelled keywords are from the hand-set ones."""
    starts, ends = [], []
    for clip, parts in zip(clips, ours.utterances, strict=True):
        if clip.keyword is None:
            continue
        word, start_s, end_s = clip.keyword
        said = [each for part in parts for each in part.words if normalise(each.text) == word]
        if said:
            starts.append(abs(said[-1].start_s - start_s))
            ends.append(abs(said[-1].end_s - end_s))
    if starts:
        print(
            f"word times, n {len(starts)} keywords: start off by median {statistics.median(starts):.3f} s, "
            f"90 % under {sorted(starts)[int(0.9 * len(starts))]:.3f} s; end {statistics.median(ends):.3f} s, "
            f"{sorted(ends)[int(0.9 * len(ends))]:.3f} s"
        )


def worst(clips: Sequence[Clip], ours: Result, plain: Result) -> list[str]:
    """Clips where ours has more errors than plain, the largest difference first."""
    found = []
    for clip, mine, other in zip(clips, ours.texts, plain.texts, strict=True):
        if normalise(clip.text):
            rows = [count_errors([clip.text], [text]) for text in (mine, other)]
            apart = [row.substituted + row.deleted + row.inserted for row in rows]
            text = f"{apart[0] - apart[1]:+d} {clip.path.name}\n  said  {clip.text}\n  ours  {mine}\n  plain {other}"
            found.append((apart[0] - apart[1], text))
    return [text for apart, text in sorted(found, key=lambda each: -abs(each[0])) if apart]
