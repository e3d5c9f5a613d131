"""Aho and Corasick's automaton over words: any number of plain phrases found in one pass.

A. V. Aho, M. J. Corasick, "Efficient string matching: an aid to bibliographic search", CACM 18 (1975).
Each token of the text costs one dictionary look-up, however many phrases there are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence


class PhraseAutomaton:
    """All plain phrases of a rulebook, ready to be found together.

    Parameters
    ----------
    phrases
        Each a sequence of normalised words; a phrase's number is its place here.
    """

    __slots__ = ("_fail", "_next", "_out", "lengths")

    def __init__(self, phrases: Iterable[Sequence[str]]) -> None:
        self._next: list[dict[str, int]] = [{}]
        self._out: list[tuple[int, ...]] = [()]
        self.lengths: list[int] = []
        for number, words in enumerate(phrases):
            self._add(number, words)
        self._fail = [0] * len(self._next)
        self._link()

    def _add(self, number: int, words: Sequence[str]) -> None:
        if not words:
            raise ValueError("a phrase needs at least one word")
        self.lengths.append(len(words))
        state = 0
        for word in words:
            following = self._next[state].get(word)
            if following is None:
                following = len(self._next)
                self._next[state][word] = following
                self._next.append({})
                self._out.append(())
            state = following
        self._out[state] += (number,)

    def _link(self) -> None:
        waiting = deque(self._next[0].values())
        while waiting:
            state = waiting.popleft()
            for word, following in self._next[state].items():
                waiting.append(following)
                back = self._fail[state]
                while back and word not in self._next[back]:
                    back = self._fail[back]
                self._fail[following] = self._next[back].get(word, 0)
                self._out[following] += self._out[self._fail[following]]

    def find(self, tokens: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Every occurrence as (phrase number, place after its last token), by place."""
        state, moves, fails, outs = 0, self._next, self._fail, self._out
        for place, token in enumerate(tokens, start=1):
            following = moves[state].get(token)
            while following is None and state:
                state = fails[state]
                following = moves[state].get(token)
            state = following or 0
            if outs[state]:
                for number in outs[state]:
                    yield number, place
