"""Sentences that mean about the same as examples, whatever their words: the ``means:`` condition.

An encoder turns a sentence into a vector; two sentences are as alike as the cosine of theirs. Slower
than words by a thousand times, so vectors are kept, and rulebooks without ``means:`` load no model.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import numpy as np

from speechcx.rules.language.conditions import Means
from speechcx.rules.matching.stream import Stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST_SENTENCE = 30
"""Words after which a sentence is cut where the recogniser wrote no full stop."""

_SHORTEST_SENTENCE = 2
_VECTORS_KEPT = 20_000


class SentenceEncoder(Protocol):
    """Turns sentences into unit vectors.

    Runs in a worker, is loaded once for each process, may use its threads, must not keep the texts.
    """

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32, shape (len(texts), width), each row of length 1."""
        ...


class Meanings:
    """Finds sentences by meaning.

    Parameters
    ----------
    encoder
        What turns sentences into vectors.
    """

    def __init__(self, encoder: SentenceEncoder) -> None:
        self._encoder = encoder
        self._vectors: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def compare(self, means: Means, stream: Stream) -> list[tuple[int, int, float]]:
        """(first token, place after the last, cosine with the nearest example) of every sentence of a call."""
        sentences = find_sentences(stream)
        if not sentences:
            return []
        texts = [text for _, _, text in sentences]
        vectors = self._encode([*means.examples, *texts])
        examples, said = vectors[: len(means.examples)], vectors[len(means.examples) :]
        likeness = (said @ examples.T).max(axis=1)
        return [
            (start, end, float(value)) for (start, end, _), value in zip(sentences, likeness, strict=True)
        ]

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        unknown = list(dict.fromkeys(text for text in texts if text not in self._vectors))
        if unknown:
            for text, vector in zip(unknown, self._encoder.encode(unknown), strict=True):
                self._vectors[text] = vector
        found = np.stack([self._vectors[text] for text in texts])
        while len(self._vectors) > _VECTORS_KEPT:
            self._vectors.popitem(last=False)
        return found


def find_sentences(stream: Stream) -> list[tuple[int, int, str]]:
    """(first token, place after the last, text) of every sentence: up to a full stop, a turn's end or 30 words."""
    tokens = np.flatnonzero(stream.first >= 0)
    firsts = stream.first[tokens]
    sentences = []
    begin = 0
    for place, word in enumerate(stream.words):
        last = place + 1 == len(stream.words) or stream.turn_of_word[place + 1] != stream.turn_of_word[place]
        full = word.text.rstrip("\"'").endswith((".", "?", "!")) or place + 1 - begin >= LONGEST_SENTENCE
        if not (last or full):
            continue
        low, high = np.searchsorted(firsts, [begin, place + 1])
        if high - low >= _SHORTEST_SENTENCE:
            text = " ".join(word.text.strip() for word in stream.words[begin : place + 1])
            sentences.append((int(tokens[low]), int(tokens[high - 1]) + 1, text))
        begin = place + 1
    return sentences


@lru_cache(maxsize=1)
def load_meanings() -> Meanings:
    """The finder on the model ``sentence-encoder``; loaded once for each process.

    Raises
    ------
    ModelMissing
        The model is not on this machine; the message says how to get it.
    ModelBad
        It is there, but is no such model.
    """
    from speechcx.rules.matching.minilm import MiniLM
    from speechcx.weights import find_model

    return Meanings(MiniLM(find_model("sentence-encoder")))
