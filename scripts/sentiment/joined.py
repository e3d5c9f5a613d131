"""Several sentences of our own made into one turn: people say what they need and what they feel in one breath."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from scripts.sentiment.sources import Example

MAX_WORDS = 36
"""Of a joined turn: some 46 tokens, which is what is read in training."""
_TRIES = 12
"""Draws of another sentence before a turn is left as it is: some feelings are rare in some domains."""
_HANDLE = re.compile(r"^(@\w+[,:]?\s+)+")


def join_another(example: Example, others: Mapping[str, Sequence[Example]], rng: random.Random) -> Example:
    """Return ``example`` with one or two sentences of its domain before or after it.

    A sentence beside a neutral one keeps its feeling: a complaint stays one where a request follows. Sentences
    of opposite feeling are not joined, since no reader can say what they come to.
    """
    turn, held = example, [example.text]
    for _ in range(1 if rng.random() < 0.7 else 2):
        other = _find_fitting(turn, held, others[example.domain], rng)
        if other is None:
            break
        held.append(other.text)
        turn = _join(turn, other, rng)
    return turn


def make_turns(examples: Sequence[Example], *, seed: int) -> list[Example]:
    """A turn around each of ``examples``, drawn by ``seed``: those for which others were found."""
    rng, others = random.Random(seed), by_domain(examples)
    turns = [join_another(example, others, rng) for example in examples]
    return [turn for turn, example in zip(turns, examples, strict=True) if turn is not example]


def by_domain(examples: Sequence[Example]) -> dict[str, list[Example]]:
    """The examples of each domain."""
    found: dict[str, list[Example]] = {}
    for example in examples:
        found.setdefault(example.domain, []).append(example)
    return found


def _find_fitting(
    turn: Example, held: Sequence[str], others: Sequence[Example], rng: random.Random
) -> Example | None:
    for _ in range(_TRIES):
        other = rng.choice(others)
        opposite = {turn.label, other.label} == {"negative", "positive"}
        if not opposite and other.text not in held and _words(turn) + _words(other) <= MAX_WORDS:
            return other
    return None


def _join(turn: Example, other: Example, rng: random.Random) -> Example:
    first, second = (turn, other) if rng.random() < 0.5 else (other, turn)
    spread = next((e.spread for e in (turn, other) if e.label != "neutral"), turn.spread)
    return replace(turn, text=_write_together(first.text, second.text), spread=spread)


def _write_together(first: str, second: str) -> str:
    first, second = first.rstrip(), _HANDLE.sub("", second.lstrip())
    return f"{first}{'' if first.endswith(('.', '?', '!')) else '.'} {second}"


def _words(example: Example) -> int:
    return len(example.text.split())
