"""What is said in a made-up call, how it sounds and how it feels: turns of lifelike number and length."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from speechcx.call import (
    Span,
    TextSentiment,
    Turn,
    TurnVoice,
    Utterance,
    Word,
)

SENTENCES = Path(__file__).resolve().parent.parent / "sentiment" / "data" / "train.tsv"
BACKCHANNELS = ("okay", "mm-hm", "yeah", "right", "sure", "I see", "uh-huh", "yes")
SYLLABLES = (
    "ba",
    "den",
    "kor",
    "li",
    "mar",
    "nov",
    "pe",
    "ros",
    "ta",
    "vi",
    "wen",
    "zu",
    "har",
    "sto",
    "gel",
    "mi",
)
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@cache
def sentences() -> tuple[str, ...]:
    """Sentences of calls, from the training set of the sentiment model."""
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()[1:]
    return tuple(line.rsplit("\t", 1)[1].strip() for line in lines if line.count("\t") >= 2)


@dataclass(frozen=True)
class Talk:
    """All turns of a call and what is parallel to them."""

    duration_s: float
    turns: tuple[Turn, ...]
    said: tuple[Utterance, ...]
    voices: tuple[TurnVoice, ...]
    read: tuple[TextSentiment, ...]


def make_talk(rng: random.Random) -> Talk:
    """A call of lognormal length, six minutes on average, its turns alternating with short replies between.

    Some 60 turns and 870 words in six minutes; a real call of four minutes had 54 turns in six.
    """
    wanted_s = min(3600.0, max(40.0, rng.lognormvariate(5.7, 0.6)))
    now, no = 0.8, 0
    turns: list[Turn] = []
    said: list[Utterance] = []
    voices: list[TurnVoice] = []
    read: list[TextSentiment] = []
    name = "".join(rng.choices(SYLLABLES, k=3)).capitalize()
    while now < wanted_s:
        channel = no % 2
        text = _text(rng, name)
        words, now = _words(rng, text.split(), now)
        speech = _speech(words)
        turns.append(Turn(no, f"ch{channel}", channel, Span(speech[0].start_s, speech[-1].end_s), speech))
        said.append(Utterance(no, text, words, "en", round(sum(w.confidence for w in words) / len(words), 3)))
        voices.append(_voice(rng, no, channel, len(words)))
        value = round(max(-1.0, min(1.0, rng.gauss(0, 0.4))), 4)
        label = "negative" if value <= -0.25 else "positive" if value >= 0.25 else "neutral"
        read.append(TextSentiment(no, value, label, round(rng.uniform(0.4, 0.99), 4)))  # type: ignore[arg-type]
        now = round(now + (rng.uniform(3, 40) if rng.random() < 0.05 else rng.uniform(0.05, 1.4)), 3)
        no += 1
    return Talk(round(now + 1.0, 3), tuple(turns), tuple(said), tuple(voices), tuple(read))


def _text(rng: random.Random, name: str) -> str:
    chance = rng.random()
    if chance < 0.12:
        return rng.choice(BACKCHANNELS)
    parts = rng.choices(sentences(), k=1 if chance < 0.45 else rng.choice((2, 2, 3)))
    if rng.random() < 0.12:
        parts.append("It's " + " ".join(rng.choices(DIGITS, k=rng.randrange(3, 10))) + ".")
    if rng.random() < 0.06:
        parts.append(f"My name is {name}, reference {''.join(rng.choices(SYLLABLES, k=4))}.")
    return " ".join(parts)


def _words(rng: random.Random, texts: list[str], start_s: float) -> tuple[tuple[Word, ...], float]:
    """Words on Whisper's grid of 0.02 s, with a pause here and there."""
    now = round(start_s / 0.02) * 2
    words = []
    for text in texts:
        length = 2 * max(3, round(len(text) * rng.uniform(1.4, 4.0)))
        sure = round(min(1.0, max(0.05, 1 - rng.expovariate(9))), 2)
        words.append(Word(text, now / 100, (now + length) / 100, sure))
        now += length + (2 * rng.randrange(15, 60) if rng.random() < 0.06 else 0)
    return tuple(words), now / 100


def _speech(words: tuple[Word, ...]) -> tuple[Span, ...]:
    spans = [[words[0].start_s, words[0].end_s]]
    for word in words[1:]:
        if word.start_s - spans[-1][1] >= 0.3:
            spans.append([word.start_s, word.end_s])
        else:
            spans[-1][1] = word.end_s
    return tuple(Span(start, end) for start, end in spans)


def _voice(rng: random.Random, no: int, channel: int, words: int) -> TurnVoice:
    if words < 2:
        return TurnVoice(
            no, round(rng.gauss(-26, 3), 2), round(rng.gauss(0, 2), 2), why_missing="under 0.5 s of speech"
        )
    base = 190 if channel else 120
    return TurnVoice(
        no, round(rng.gauss(-26, 3), 2), round(rng.gauss(0, 2), 2), round(rng.gauss(base, 15), 2),
        round(rng.gauss(0, 1.5), 2), round(abs(rng.gauss(5, 2)), 2), round(rng.gauss(0, 1), 2),
        round(rng.uniform(0.4, 0.8), 3), round(rng.gauss(165, 25), 2), round(rng.gauss(190, 25), 2),
        round(rng.uniform(0, 0.25), 3),
    )  # fmt: skip
