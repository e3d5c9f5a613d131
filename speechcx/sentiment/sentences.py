"""Long turns into sentences, and what was read in each back into one."""

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


def join_shares(sentences: Sequence[str], shares: Sequence[ClassShares]) -> ClassShares:
    """Join what was read in the sentences of one turn.

    Weights are the square root of a sentence's words times 0.2 plus the strength of its feeling:
    'Okay. It's account four four two. This is a disgrace.' is an angry turn, though two of its
    three sentences have no feeling in them.
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
