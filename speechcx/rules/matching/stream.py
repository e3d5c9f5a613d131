"""A call's words as one row of normalised tokens, with links back to the original words and times.

The turns of one speaker that follow each other within 3 s, interrupted by nothing but a listener's
"mm-hm", form one *passage*: phrases and distances in words run on inside it. Passages lie one after
the other in the row, with an empty token between them that nothing matches.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain, compress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from speechcx.call import Party, Word
from speechcx.rules import limits
from speechcx.rules.language.normal import BACKCHANNELS, REDACTED, normal_tokens
from speechcx.rules.language.numerals import find_numbers

Ints = NDArray[np.int64]
TokenRange = tuple[int, int]
"""Place of the first token and place after the last."""

PARTIES: tuple[Party, ...] = ("agent", "customer", "ivr", "unknown")
PARTY_CODES: dict[str, int] = {party: code for code, party in enumerate(PARTIES)}


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
    party_code
        int, shape (n,): place of each token's party in :data:`PARTIES`, -1 between.
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
    party_code: NDArray[np.int64]

    def party_at(self, place: int) -> Party | None:
        """Who says a token; None between passages."""
        code = int(self.party_code[place])
        return PARTIES[code] if code >= 0 else None

    def said_by(self, parties: Collection[str]) -> NDArray[np.bool_]:
        """Which tokens these parties say: bool, shape (n,)."""
        allowed = np.array([*[party in parties for party in PARTIES], False], dtype=bool)
        return allowed[self.party_code]

    @property
    def taken_out(self) -> list[tuple[int, str]]:
        """Place and kind of each token that stands for something that was taken out of the words."""
        return [
            (place, text[1:]) for place, text in enumerate(self.tokens) if text[:1] == REDACTED and text[1:]
        ]

    @property
    def sentence_ends(self) -> frozenset[int]:
        """Places of the tokens whose word was written with the end of a sentence."""
        written = [word.text.rstrip("\"') ") for word in self.words]
        closing = [text.endswith((".", "?", "!")) and not text.endswith("..") for text in written]
        return frozenset(
            place for place, word in enumerate(self.last.tolist()) if word >= 0 and closing[word]
        )

    def quote(self, start: int, end: int) -> str:
        """The original words of one party from token `start` up to, not including, token `end`."""
        inside = [
            place
            for place in range(start, end)
            if self.first[place] >= 0 and self.party_code[place] == self.party_code[start]
        ]
        if not inside:
            return ""
        if "" not in self.tokens[start:end]:
            words = self.words[int(self.first[inside[0]]) : int(self.last[inside[-1]]) + 1]
            return " ".join(word.text.strip() for word in words)
        numbers = {
            number
            for place in inside
            for number in range(int(self.first[place]), int(self.last[place]) + 1)
        }  # fmt: skip
        return " ".join(self.words[number].text.strip() for number in sorted(numbers))


def build_stream(turns: Sequence[SaidTurn]) -> Stream:
    """The row of tokens of a call's turns, given in order of time."""
    passages = find_passages(turns)
    said = [turn for passage in passages for turn in passage]
    words = [word for turn in said for word in turn.words]
    split = [normal_tokens(word.text) for word in words]
    texts: list[str] = []
    of_word: list[int] = []
    done = 0
    for passage in passages:
        if done:
            texts.append("")
            of_word.append(-1)
        end = done + sum(len(turn.words) for turn in passage)
        texts.extend(chain.from_iterable(split[done:end]))
        of_word += [word for word in range(done, end) for _ in split[word]]
        done = end
    return _lay_out(texts, np.array(of_word, dtype=np.int64), words, said)


def _lay_out(texts: list[str], of_word: Ints, words: list[Word], said: list[SaidTurn]) -> Stream:
    """The columns: numbers run together, times and parties looked up; the place -1 is that between passages."""
    keep = np.ones(len(texts), dtype=bool)
    last = of_word.copy()
    for start, end, digits in find_numbers(texts):
        texts[start] = digits
        last[start] = of_word[end - 1]
        keep[start + 1 : end] = False
    tokens = tuple(compress(texts, keep.tolist()))
    first, last = of_word[keep], last[keep]
    starts = np.array([*[word.start_s for word in words], np.nan], dtype=np.float64)
    ends = np.array([*[word.end_s for word in words], np.nan], dtype=np.float64)
    sure = np.array([*[word.confidence for word in words], 1.0], dtype=np.float64)
    confidence = sure[first]
    for place in np.flatnonzero(last > first).tolist():
        confidence[place] = sure[first[place] : last[place] + 1].min()
    if REDACTED in tokens:
        confidence[[text == REDACTED for text in tokens]] = 0.0
    counts = [*[len(turn.words) for turn in said], 1]
    turn = np.repeat(np.array([*[turn.no for turn in said], -1], dtype=np.int64), counts)
    party = np.repeat(np.array([*[PARTY_CODES[turn.party] for turn in said], -1], dtype=np.int64), counts)
    return Stream(
        tokens, first, last, tuple(words), tuple(turn[:-1].tolist()), starts[first], ends[last], confidence,
        turn[first], party[first],
    )  # fmt: skip


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
