"""A call's words as one row of normalised tokens, with links back to the original words and times.

The turns of one speaker that follow each other within 3 s, interrupted by nothing but a listener's
"mm-hm", form one *passage*: phrases and distances in words run on inside it. Passages lie one after
the other in the row, with an empty token between them that nothing matches.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from speechcx.call import Party, Word
from speechcx.rules import limits
from speechcx.rules.normal import BACKCHANNELS, REDACTED, normal_tokens
from speechcx.rules.numerals import find_numbers


class SaidTurn(NamedTuple):
    """One turn's words, as far as matching needs them."""

    no: int
    speaker: str
    party: Party
    start_s: float
    end_s: float
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """The row of tokens.

    Parameters
    ----------
    tokens
        Normalised text of each token; '' between passages.
    first, last
        int, shape (n,): index into `words` of each token's first and last original word; -1 between.
    words, turn_of_word
        All original words in the order of the row, and the number of the turn of each.
    start_s, end_s
        float, shape (n,): time of each token in seconds.
    confidence
        float, shape (n,): 0 to 1; the least of the words of a token, 0 for a redacted one, 1 between.
    turn
        int, shape (n,): turn number, -1 between passages.
    party
        object, shape (n,): party of each token, '' between.
    """

    tokens: tuple[str, ...]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    words: tuple[Word, ...]
    turn_of_word: tuple[int, ...]
    start_s: NDArray[np.float64]
    end_s: NDArray[np.float64]
    confidence: NDArray[np.float64]
    turn: NDArray[np.int64]
    party: tuple[str, ...]

    def quote(self, start: int, end: int) -> str:
        """The original words from token `start` up to, not including, token `end`."""
        inside = [place for place in range(start, end) if self.first[place] >= 0]
        if not inside:
            return ""
        words = self.words[int(self.first[inside[0]]) : int(self.last[inside[-1]]) + 1]
        return " ".join(word.text.strip() for word in words)


def build_stream(turns: Sequence[SaidTurn]) -> Stream:
    """The row of tokens of a call's turns, given in order of time."""
    row = _Row()
    for passage in find_passages(turns):
        row.add(passage)
    return row.finish()


def find_passages(turns: Sequence[SaidTurn]) -> list[list[SaidTurn]]:
    """Turns of one speaker that are read on as one, by the start of the first."""
    passages: list[list[SaidTurn]] = []
    open_by_speaker: dict[str, list[SaidTurn]] = {}
    for turn in turns:
        if not turn.words:
            continue
        passage = open_by_speaker.get(turn.speaker)
        if passage is not None and turn.start_s - passage[-1].end_s < limits.PASSAGE_GAP_S:
            passage.append(turn)
        else:
            passage = open_by_speaker[turn.speaker] = [turn]
            passages.append(passage)
        if not is_backchannel(turn):
            for speaker in [name for name in open_by_speaker if name != turn.speaker]:
                del open_by_speaker[speaker]
    return passages


def is_backchannel(turn: SaidTurn) -> bool:
    """Whether a turn is nothing but a listener's sounds ("mm-hm", "okay, got it")."""
    return len(turn.words) <= 4 and all(
        token in BACKCHANNELS for word in turn.words for token in normal_tokens(word.text)
    )


class _Row:
    """Grows the columns of a Stream passage by passage."""

    def __init__(self) -> None:
        self.words: list[Word] = []
        self.turn_of_word: list[int] = []
        self.tokens: list[str] = []
        self.first: list[int] = []
        self.last: list[int] = []
        self.party: list[str] = []

    def add(self, passage: Iterable[SaidTurn]) -> None:
        if self.tokens:
            self._extend([""], [-1], [-1], "")
        turns = list(passage)
        words = [word for turn in turns for word in turn.words]
        split = [normal_tokens(word.text) for word in words]
        texts = [text for tokens in split for text in tokens]
        places = [place for place, tokens in enumerate(split, start=len(self.words)) for _ in tokens]
        self.words += words
        for turn in turns:
            self.turn_of_word += [turn.no] * len(turn.words)
        party = turns[0].party
        done = 0
        for start, end, digits in find_numbers(texts):
            self._extend(texts[done:start], places[done:start], places[done:start], party)
            self._extend([digits], [places[start]], [places[end - 1]], party)
            done = end
        self._extend(texts[done:], places[done:], places[done:], party)

    def _extend(self, texts: list[str], firsts: list[int], lasts: list[int], party: str) -> None:
        self.tokens += texts
        self.first += firsts
        self.last += lasts
        self.party += [party] * len(texts)

    def finish(self) -> Stream:
        words = self.words
        first, last = np.array(self.first, dtype=np.int64), np.array(self.last, dtype=np.int64)
        # The last of each column is for -1, the place between passages.
        starts = np.array([*[word.start_s for word in words], np.nan], dtype=np.float64)
        ends = np.array([*[word.end_s for word in words], np.nan], dtype=np.float64)
        sure = np.array([*[word.confidence for word in words], 1.0], dtype=np.float64)
        confidence = sure[first]
        for place in np.flatnonzero(last > first).tolist():
            confidence[place] = sure[first[place] : last[place] + 1].min()
        if REDACTED in self.tokens:
            confidence[[text == REDACTED for text in self.tokens]] = 0.0
        turn = np.array([*self.turn_of_word, -1], dtype=np.int64)
        return Stream(
            tokens=tuple(self.tokens), first=first, last=last, words=tuple(words),
            turn_of_word=tuple(self.turn_of_word), start_s=starts[first], end_s=ends[last],
            confidence=confidence, turn=turn[first], party=tuple(self.party),
        )  # fmt: skip
