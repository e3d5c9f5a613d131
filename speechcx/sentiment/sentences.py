"""Turns into sentences and passages, and what was read in each back into one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from speechcx.sentiment.protocol import ClassShares

_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+")
_SHORTENED = re.compile(r"\b(?:mr|mrs|ms|dr|st|no|vs|[a-z])\.$", re.IGNORECASE)
_MAX_WORDS = 40
"""Recognised speech without full stops is cut here; at a joint where one is near."""
_MIN_WORDS = 3
"""A shorter sentence is read with its neighbour: 'Oh. Great. It broke again.'"""
_JOINTS = frozenset({"and", "but", "so", "because", "then", "however"})


def split_sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of `text` in order; joined by blanks they hold all its words.

    Sentences end at ``.``, ``!`` and ``?``. Stretches of more than 40 words without one are cut at
    a conjunction where possible. Sentences under 3 words go with the next one, or the last.
    """
    pieces: list[str] = []
    for part in _END.split(text.strip()):
        if pieces and _SHORTENED.search(pieces[-1]):
            pieces[-1] += " " + part
        elif part:
            pieces.append(part)
    whole: list[str] = []
    carried = ""
    for piece in pieces:
        carried = f"{carried} {piece}".strip()
        if len(carried.split()) >= _MIN_WORDS:
            whole += _cut(carried)
            carried = ""
    if carried:
        if whole:
            whole[-1] += " " + carried
        else:
            whole.append(carried)
    return tuple(whole)


def join_passages(sentences: Sequence[str]) -> tuple[str, ...]:
    """Return `sentences` put together into passages of at most 40 words, in order.

    A passage is read as a whole, since a sentence gets its meaning from its neighbours: 'Thanks for the
    reply. Still no bag.' Sentences are spread over as few passages as will hold them.
    """
    passages: list[str] = []
    for sentence in sentences:
        if passages and len(passages[-1].split()) + len(sentence.split()) <= _MAX_WORDS:
            passages[-1] += " " + sentence
        else:
            passages.append(sentence)
    return tuple(passages)


def join_shares(sentences: Sequence[str], shares: Sequence[ClassShares]) -> ClassShares:
    """Join what was read in the sentences, or passages, of one turn.

    Weights are the square root of the words times 0.2 plus the strength of the feeling: a long turn
    with one angry passage is an angry turn, though the others hold account numbers.
    """
    weights = [
        len(sentence.split()) ** 0.5 * (0.2 + abs(share.value))
        for sentence, share in zip(sentences, shares, strict=True)
    ]
    total = sum(weights)
    negative = sum(w * s.negative for w, s in zip(weights, shares, strict=True)) / total
    positive = sum(w * s.positive for w, s in zip(weights, shares, strict=True)) / total
    return ClassShares(negative, max(0.0, 1 - negative - positive), positive)


def _cut(sentence: str) -> list[str]:
    words = sentence.split()
    parts = []
    while len(words) > _MAX_WORDS:
        joints = [k for k in range(_MAX_WORDS // 2, _MAX_WORDS) if words[k].strip(",").lower() in _JOINTS]
        at = joints[-1] if joints else _MAX_WORDS
        parts.append(" ".join(words[:at]))
        words = words[at:]
    return [*parts, " ".join(words)]
