"""One channel, several voices: recordings with known speakers, and the error of who speaks when.

The error is missed speech, false speech and confused speakers over the speech there is, at steps of
10 ms, under the best pairing of speakers, overlaps included (two voices at once count twice). Steps
within `collar_s` of an edge of the truth are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from speechcx.call import Audio, Span, Speech
from speechcx.turns import TurnSettings, find_turns
from tests.prosody.voices import mu_law
from tests.synth import audio_of, noise, scale_to

Floats = NDArray[np.float32]
STEP_S = 0.01
RATE_HZ = 8000
MONO_ONLY = TurnSettings(diarizer="")
"""For the truth: two channels need no diarizer."""


@dataclass(frozen=True, slots=True, eq=False)
class Talk:
    """A recording of one channel and who speaks in it: stretches of each speaker."""

    name: str
    audio: Audio
    truth: tuple[tuple[Span, ...], ...]
    traits: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Errors:
    """Seconds of each kind of error, and of true speech."""

    missed_s: float
    false_s: float
    confused_s: float
    speech_s: float

    @property
    def rate(self) -> float:
        """All errors over the speech there is."""
        return (self.missed_s + self.false_s + self.confused_s) / max(self.speech_s, 1e-9)

    def __str__(self) -> str:
        parts = (self.missed_s, self.false_s, self.confused_s)
        missed, false, confused = (part / max(self.speech_s, 1e-9) for part in parts)
        return f"missed {missed:.1%}, false {false:.1%}, confused {confused:.1%}"


def measure_errors(
    truth: Sequence[Sequence[Span]], found: Sequence[Sequence[Span]], *, collar_s: float = 0.25
) -> Errors:
    """How far `found` is from `truth`, speakers paired in the best way."""
    edges = [edge for spans in truth for span in spans for edge in (span.start_s, span.end_s)]
    last_s = max([span.end_s for spans in (*truth, *found) for span in spans], default=0.0)
    size = int(last_s / STEP_S) + 1
    counted = np.ones(size, bool)
    for edge in edges if collar_s else ():
        counted[max(0, round((edge - collar_s) / STEP_S)) : round((edge + collar_s) / STEP_S)] = False
    true = np.array([_mask(spans, size) for spans in truth]).reshape(-1, size)[:, counted]
    ours = np.array([_mask(spans, size) for spans in found]).reshape(-1, size)[:, counted]
    width = max(len(true), len(ours))
    true, ours = (np.vstack([x, np.zeros((width - len(x), x.shape[1]), bool)]) for x in (true, ours))
    shared = true.astype(np.float32) @ ours.astype(np.float32).T
    hits = max(sum(shared[i, j] for i, j in enumerate(order)) for order in permutations(range(width)))
    n_true, n_ours = true.sum(0), ours.sum(0)
    missed, false = np.maximum(n_true - n_ours, 0).sum(), np.maximum(n_ours - n_true, 0).sum()
    confused = np.minimum(n_true, n_ours).sum() - hits
    return Errors(*(float(x * STEP_S) for x in (missed, false, confused, n_true.sum())))


def _mask(spans: Sequence[Span], size: int) -> NDArray[np.bool_]:
    mask = np.zeros(size, bool)
    for span in spans:
        mask[round(span.start_s / STEP_S) : round(span.end_s / STEP_S)] = True
    return mask


def voices_of(speech: Speech) -> tuple[tuple[Span, ...], ...]:
    """Stretches of speech of each speaker."""
    return tuple(
        tuple(span for turn in speech.turns if turn.speaker == speaker for span in turn.speech)
        for speaker in speech.speakers
    )


def mixed_talk(name: str, audio: Audio) -> Talk:
    """Two channels mixed to one; the truth is our speech detector on each."""
    truth = voices_of(find_turns(audio, MONO_ONLY))
    both = np.clip(audio.samples.astype(np.int32).sum(0), -32768, 32767).astype(np.int16)
    return Talk(name, replace(audio, samples=both[None]), truth)


# --- made dialogues --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Caller:
    """One person: sentences with where speech is in them, and short words cut out by hand labels."""

    name: str
    kind: tuple[str, str]
    sentences: tuple[tuple[Floats, tuple[Span, ...]], ...]
    replies: tuple[tuple[Floats, tuple[Span, ...]], ...]


@cache
def read_callers(data: Path) -> tuple[Caller, ...]:
    """The callers of ``wuw2`` in order of their number."""
    rows: dict[str, list[dict[str, object]]] = {}
    for row in json.loads((data / "wuw2" / "labels.json").read_text()):
        rows.setdefault(str(row["file"]).split("/")[1], []).append(row)
    return tuple(_read_caller(data, name, rows[name]) for name in sorted(rows))


def _read_caller(data: Path, name: str, rows: list[dict[str, object]]) -> Caller:
    sentences, replies = [], []
    for row in rows:
        raw = np.frombuffer((data / "wuw2" / str(row["file"])).read_bytes(), np.uint8)
        sound = _from_mu_law(raw)
        spans = tuple(span for turn in find_turns(audio_of(sound), MONO_ONLY).turns for span in turn.speech)
        if not spans:
            continue
        sentences.append(_cut(sound, spans, Span(spans[0].start_s, spans[-1].end_s)))
        start_s, end_s = row["keyword_start_s"], row["keyword_end_s"]
        if isinstance(start_s, float) and isinstance(end_s, float) and 0.3 <= end_s - start_s <= 0.9:
            word = Span(start_s, end_s)
            replies.append(_cut(sound, (word,), word))
    kind = (str(rows[0]["gender"]), str(rows[0]["phone"]))
    return Caller(name, kind, tuple(sentences), tuple(replies))


def _from_mu_law(raw: NDArray[np.uint8]) -> Floats:
    code = ~raw
    size = (((code & 15).astype(np.int32) << 3) + 132 << ((code & 112) >> 4)) - 132
    return (np.where(code & 128, -size, size) / 32768).astype(np.float32)


def _cut(sound: Floats, spans: Sequence[Span], whole: Span) -> tuple[Floats, tuple[Span, ...]]:
    """One stretch of a sound with 50 ms around it, faded in and out, and its speech on the new clock."""
    first = max(0, round((whole.start_s - 0.05) * RATE_HZ))
    part = sound[first : round((whole.end_s + 0.05) * RATE_HZ)].copy()
    fade = np.linspace(0, 1, 160, dtype=np.float32)
    part[:160] *= fade
    part[-160:] *= fade[::-1]
    moved = tuple(
        Span(max(0.0, s.start_s - first / RATE_HZ), s.end_s - first / RATE_HZ) for s in spans if s.end_s > 0
    )
    return part, moved


def make_dialogues(callers: Sequence[Caller], *, count: int = 100, seed: int = 5) -> Iterator[Talk]:
    """Two callers' sentences in turn.

    Half of the pairs are of one gender and one kind of telephone; gaps are 0.2 to 1 s; every second
    dialogue has short replies of the other speaker after some sentences.
    """
    draw = np.random.default_rng(seed)
    for no in range(count):
        first = callers[int(draw.integers(len(callers)))]
        same = no % 2 == 0
        pool = [c for c in callers if c.name != first.name and (c.kind == first.kind) == same]
        if not pool:
            pool = [c for c in callers if c.name != first.name]
        second = pool[int(draw.integers(len(pool)))]
        short = no // 2 % 2 == 0
        traits = {"same kind" if first.kind == second.kind else "other kind", "short" if short else "long"}
        yield _make_dialogue(f"{first.name}+{second.name}", (first, second), short, draw, frozenset(traits))


def _make_dialogue(
    name: str, pair: tuple[Caller, Caller], short: bool, draw: np.random.Generator, traits: frozenset[str]
) -> Talk:
    levels = draw.uniform(-28, -20, 2)
    line: list[tuple[int, Floats, tuple[Span, ...]]] = []
    for turn in range(2 * min(len(caller.sentences) for caller in pair)):
        who = turn % 2
        line.append((who, *pair[who].sentences[turn // 2]))
        replies = pair[1 - who].replies
        if short and replies and draw.random() < 0.5:
            # The speaker goes on after the reply: without that a reply would only lengthen a turn.
            reply = replies[int(draw.integers(len(replies)))]
            line[-1:] = [*_with_reply(line[-1], (1 - who, *reply))]
    sound, spans, at_s = [], ([], []), 0.3  # type: tuple[list[Floats], tuple[list[Span], list[Span]], float]
    sound.append(np.zeros(round(at_s * RATE_HZ), np.float32))
    for who, part, said in line:
        sound.append(scale_to(part, levels[who]))
        spans[who].extend(Span(at_s + s.start_s, at_s + s.end_s) for s in said)
        gap = round(draw.uniform(0.2, 1.0) * RATE_HZ)
        sound.append(np.zeros(gap, np.float32))
        at_s += (part.size + gap) / RATE_HZ
    whole = np.concatenate(sound)
    whole = whole + noise(whole.size / RATE_HZ, level_dbov=-62)
    audio = audio_of(mu_law(whole).astype(np.float32))
    return Talk(name, audio, (tuple(spans[0]), tuple(spans[1])), traits)


Part = tuple[int, Floats, tuple[Span, ...]]


def _with_reply(part: Part, reply: Part) -> tuple[Part, ...]:
    """A sentence broken at its longest pause by a reply of the other; unbroken where it has none."""
    who, sound, spans = part
    gaps = [(after.start_s - before.end_s, before.end_s, after.start_s)
            for before, after in pairwise(spans)]  # fmt: skip
    if not gaps or max(gaps)[0] < 0.2:
        return part, reply
    _, end_s, start_s = max(gaps)
    middle = round((end_s + start_s) / 2 * RATE_HZ)
    left = tuple(span for span in spans if span.end_s <= end_s)
    right = tuple(
        Span(s.start_s - middle / RATE_HZ, s.end_s - middle / RATE_HZ) for s in spans if s.start_s >= start_s
    )
    return (who, sound[:middle], left), reply, (who, sound[middle:], right)
