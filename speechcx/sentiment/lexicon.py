"""A text model without weights: a word list with negation, strengtheners and contrast.

Each word of the list adds its strength; one of the three words before it may turn it round (by
three quarters: "not good" is weaker than "bad") or make it stronger. After "but" the words count
half as much again, before it half. The sum over the text is squeezed into -1..1.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Sequence

from speechcx.sentiment.protocol import ClassShares
from speechcx.sentiment.settings import SentimentSettings
from speechcx.sentiment.word_list import NEGATORS, PHRASES, STRENGTHS, STRONGER

_WORD = re.compile(r"[a-z][a-z'\-]*")
_REACH = 3
"""A negation or strengthener reaches this many words ahead."""
_TURNED = -0.75
_SCALE = 2.5
"""A sum of 2.5 (one strong word, or two plain ones) becomes tanh(1) = 0.76."""
_CONTRAST = frozenset({"but", "however", "although"})
_VERSION = "lexicon 1"


class Lexicon:
    """The word-list engine."""

    def __init__(self) -> None:
        self._exact: dict[str, float] = {}
        self._stems: dict[str, float] = {}
        for strength, words in STRENGTHS.items():
            for word in words.split():
                if word.endswith("*"):
                    self._stems[word[:-1]] = strength
                else:
                    self._exact[word] = strength
        self._phrases = {tuple(phrase.split()): strength for phrase, strength in PHRASES.items()}
        self._longest = max(len(phrase) for phrase in self._phrases)
        content = repr((_VERSION, STRENGTHS, PHRASES, sorted(NEGATORS), STRONGER))
        self._digest = hashlib.sha256(content.encode()).hexdigest()[:16]

    @property
    def name(self) -> str:
        """The engine's name."""
        return "lexicon"

    @property
    def digest(self) -> str:
        """Digest of the word list."""
        return self._digest

    def read(self, texts: Sequence[str]) -> tuple[ClassShares, ...]:
        """Class shares of each text."""
        return tuple(self._shares(text) for text in texts)

    def knows_one_of(self, words: Sequence[str]) -> bool:
        """Whether one of these lower-case words is in the list."""
        return any(self._match(words[k : k + 1], 0)[1] for k in range(len(words)))

    def _shares(self, text: str) -> ClassShares:
        value = math.tanh(self._sum(text) / _SCALE)
        feeling = abs(value)
        if value < 0:
            return ClassShares(feeling, 1 - feeling, 0.0)
        return ClassShares(0.0, 1 - feeling, feeling)

    def _sum(self, text: str) -> float:
        words = _WORD.findall(text.lower().replace("\u2019", "'"))
        contrast = next((k for k, word in enumerate(words) if word in _CONTRAST), None)
        total, k = 0.0, 0
        while k < len(words):
            length, strength = self._match(words, k)
            # A phrase says all by itself; a word is coloured by those before it.
            if strength and length == 1:
                strength *= self._colour(words[max(0, k - _REACH) : k])
            if contrast is not None:
                strength *= 0.5 if k < contrast else 1.5
            total += strength
            k += length
        return total

    def _match(self, words: Sequence[str], k: int) -> tuple[int, float]:
        for length in range(min(self._longest, len(words) - k), 1, -1):
            strength = self._phrases.get(tuple(words[k : k + length]))
            if strength is not None:
                return length, strength
        word = words[k]
        if word in self._exact:
            return 1, self._exact[word]
        for end in range(len(word), 3, -1):
            if word[:end] in self._stems:
                return 1, self._stems[word[:end]]
        return 1, 0.0

    def _colour(self, before: Sequence[str]) -> float:
        factor = 1.0
        for word in before:
            factor *= STRONGER.get(word, 1.0)
        return factor * _TURNED if any(word in NEGATORS for word in before) else factor


def load_lexicon(settings: SentimentSettings) -> Lexicon:
    """Return the word-list engine; it has no settings of its own."""
    del settings
    return Lexicon()


def has_known_word(text: str) -> bool:
    """Whether a text has a word of the list, which is English: all that tells the language of a word or two."""
    return load_lexicon(SentimentSettings()).knows_one_of(_WORD.findall(text.lower()))
