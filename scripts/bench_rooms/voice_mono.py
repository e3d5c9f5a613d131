"""Rows of ``scripts/bench voice`` for calls on one channel: speakers, words, speed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import numpy as np

from scripts.bench_rooms.voice_talks import (
    Errors,
    Talk,
    make_dialogues,
    measure_errors,
    mixed_talk,
    read_callers,
    voices_of,
)
from speechcx.call import Audio, Recording, Utterance
from speechcx.prosody import ProsodySettings, measure_voice
from speechcx.transcribe import TranscribeSettings, load_recognizer, transcribe
from speechcx.turns import TurnSettings, find_turns

DIALOGUES = 100
CALL_BAR, SAMPLE_BAR, MEDIAN_BAR, TENTH_BAR, WORDS_BAR, SPEED_BAR = 0.04, 0.08, 0.06, 0.15, 0.03, 25.0
MODEL, LARGER = "tiny.en", "base"
REFERENCE = "all speech given to one voice"


@dataclass(frozen=True, slots=True)
class Line:
    """What a row says; the caller makes a row of it."""

    what: str
    ours: str
    reference: str
    bar: str
    n: str
    good: bool | None = None


def mono_lines(
    data: Path, samples: Sequence[tuple[str, Audio, list[str]]], call: Audio | None, *, words: bool
) -> Iterator[Line]:
    """Every line.

    `samples` are calls on two channels: name, sound, true words of each party and of all; `call` is a real one;
    `words` asks for the slow rows with words.
    """
    talks = [mixed_talk(name, audio) for name, audio, _ in samples]
    real = [mixed_talk("call 40", call)] if call is not None else []
    if real:
        yield from _call_lines(real[0])
    else:
        yield Line(
            "one channel, call 40 mixed: error", "not measured", "", f"<= {CALL_BAR:.0%}", "no recording"
        )
    yield from _sample_lines(talks)
    if (data / "wuw2" / "labels.json").is_file():
        yield from _dialogue_lines(data)
    else:
        yield Line(
            "one channel, made dialogues: error", "not measured", "", f"<= {MEDIAN_BAR:.0%}", "no wuw2"
        )
    yield _speed_line(real or talks)
    if words:
        pairs = [(audio, talk) for (_, audio, _), talk in zip(samples, talks, strict=True)]
        said = [truth for _, _, truth in samples]
        yield from _word_lines(pairs, said, [(call, real[0])] if call is not None else [])


def _errors(talk: Talk, collar_s: float = 0.25) -> tuple[Errors, Errors]:
    """Ours, and of one voice for all."""
    speech = find_turns(talk.audio, TurnSettings())
    one = find_turns(talk.audio, TurnSettings(diarizer=""))
    return (
        measure_errors(talk.truth, voices_of(speech), collar_s=collar_s),
        measure_errors(talk.truth, voices_of(one), collar_s=collar_s),
    )


def _call_lines(talk: Talk) -> Iterator[Line]:
    ours, one = _errors(talk)
    n = f"{ours.speech_s:.0f} s of speech"
    reference = f"{REFERENCE} {one.rate:.1%}"
    yield Line(
        "one channel, call 40 mixed: error", f"{ours.rate:.1%}", reference, f"<= {CALL_BAR:.0%}", n,
        ours.rate <= CALL_BAR,
    )  # fmt: skip
    bare, _ = _errors(talk, 0.0)
    yield Line("  without a collar", f"{bare.rate:.1%}", "", "", str(bare))


def _sample_lines(talks: Sequence[Talk]) -> Iterator[Line]:
    found = [(*_errors(talk), talk.name) for talk in talks]
    rates = [ours.rate for ours, _, _ in found]
    worst, name = max((ours.rate, name) for ours, _, name in found)
    one = np.median([one.rate for _, one, _ in found])
    yield Line(
        "one channel, samples mixed: largest error", f"{worst:.1%}", f"{REFERENCE} {one:.1%}",
        f"<= {SAMPLE_BAR:.0%} each", f"{len(talks)} calls, worst {name}", worst <= SAMPLE_BAR,
    )  # fmt: skip
    yield Line("  median error", f"{np.median(rates):.1%}", "", "", f"{len(talks)} calls")


def _dialogue_lines(data: Path) -> Iterator[Line]:
    callers = read_callers(data)
    # Made from two halves of the callers: thresholds were looked at with the first half only.
    halves = [list(make_dialogues(callers[half::2], count=DIALOGUES // 2, seed=5 + half)) for half in (0, 1)]
    found = [[_errors(talk) for talk in half] for half in halves]
    rates = np.array([ours.rate for half in found for ours, _ in half])
    one = np.median([one.rate for half in found for _, one in half])
    median, tenth = np.median(rates), np.percentile(rates, 90)
    n = f"{len(rates)} dialogues of {len(callers)} callers"
    yield Line(
        "one channel, made dialogues: median error", f"{median:.1%}", f"{REFERENCE} {one:.1%}",
        f"<= {MEDIAN_BAR:.0%}", n, bool(median <= MEDIAN_BAR),
    )  # fmt: skip
    yield Line("  90th percentile", f"{tenth:.1%}", "", f"<= {TENTH_BAR:.0%}", n, bool(tenth <= TENTH_BAR))
    held = np.array([ours.rate for ours, _ in found[1]])
    yield Line(
        "  callers not looked at: median, 90th", f"{np.median(held):.1%}, {np.percentile(held, 90):.1%}",
        "", "", f"{len(held)} dialogues",
    )  # fmt: skip
    for trait in ("same kind", "other kind", "short", "long"):
        part = [
            ours.rate
            for half, talks in zip(found, halves, strict=True)
            for (ours, _), talk in zip(half, talks, strict=True)
            if trait in talk.traits
        ]
        yield Line(f"  {trait}: median, 90th", f"{np.median(part):.1%}, {np.percentile(part, 90):.1%}", "", "",
                   f"{len(part)} dialogues")  # fmt: skip


def _speed_line(talks: Sequence[Talk]) -> Line:
    spent, seconds = 0.0, 0.0
    find_turns(talks[0].audio, TurnSettings())
    for talk in talks:
        start = time.process_time()
        speech = find_turns(talk.audio, TurnSettings())
        said = tuple(Utterance(turn.no, "some words", (), "en", None) for turn in speech.turns)
        measure_voice(talk.audio, speech, said, ProsodySettings())
        spent += time.process_time() - start
        seconds += talk.audio.duration_s
    speed = seconds / spent
    return Line(
        "whole voice stage on one channel, times real time", f"{speed:.0f} x", "", f">= {SPEED_BAR:.0f} x",
        f"{seconds:.0f} s", speed >= SPEED_BAR,
    )  # fmt: skip


# --- words -----------------------------------------------------------------------------------------


def _word_lines(
    samples: Sequence[tuple[Audio, Talk]],
    truths: Sequence[Sequence[str]],
    calls: Sequence[tuple[Audio, Talk]],
) -> Iterator[Line]:
    """Word error in order of time, and by speaker (speakers paired in the best way), on one channel and two.

    The samples' words are known; the real call's are what the larger model hears on two channels.
    """
    heard = [_words(audio, LARGER) for audio, _ in calls]
    for name, pairs, known in (("samples", samples, truths), ("call 40", calls, heard)):
        wrong, words = np.zeros((2, 2)), 0
        for (audio, talk), truth in zip(pairs, known, strict=True):
            for row, sound in enumerate((talk.audio, audio)):
                found = _words(sound, MODEL)
                wrong[row] += (
                    _word_errors(truth[-1:], found[-1:]),
                    _word_errors(truth[:-1], found[:-1]),
                )
            words += len(truth[-1].split())
        for column, title in enumerate(("word error", "word error by speaker")) if words else ():
            one, two = wrong[:, column] / words
            yield Line(
                f"{title}, {name} on one channel", f"{one:.1%}", f"two channels {two:.1%}",
                f"within {WORDS_BAR:.0%} of it", f"{words} words, {MODEL}", bool(one - two <= WORDS_BAR),
            )  # fmt: skip


def _words(audio: Audio, model: str) -> list[str]:
    """Words of each speaker, and last those of all, in order of time."""
    from scripts.bench_rooms.accuracy import normalise

    settings = TranscribeSettings(model=model)
    speech = find_turns(audio, TurnSettings())
    recording = Recording("0" * 16, "none.wav", "0" * 64, 0)
    said = transcribe(audio, speech, recording, load_recognizer(settings), settings)
    own = [[turn for turn in speech.turns if turn.speaker == speaker] for speaker in speech.speakers]
    return [normalise(" ".join(said[turn.no].text for turn in turns)) for turns in (*own, speech.turns)]


def _word_errors(truth: Sequence[str], found: Sequence[str]) -> int:
    """Wrong, lost and added words under the best pairing of speakers."""
    import jiwer

    width = max(len(truth), len(found))
    padded = [*found, *[""] * (width - len(found))]

    def errors(said: str, heard: str) -> int:
        if not said:
            return len(heard.split())
        result = jiwer.process_words(said, heard)
        return result.substitutions + result.deletions + result.insertions

    table = [[errors(said, heard) for heard in padded] for said in (*truth, *[""] * (width - len(truth)))]
    return min(sum(table[i][j] for i, j in enumerate(order)) for order in permutations(range(width)))
