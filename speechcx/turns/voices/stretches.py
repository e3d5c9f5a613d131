"""Speech cut where the voice changes: stretches that hold one voice each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from speechcx.call import Span
from speechcx.turns.speech_spans import runs_of
from speechcx.turns.vad import LEVEL_STEP_S
from speechcx.turns.voices.segments import Segments

if TYPE_CHECKING:
    from numpy.typing import NDArray

StepRange = tuple[int, int]
"""First step of 10 ms and the step after the last."""

SMOOTH_STEPS = 15
"""A change of voice is what most of 150 ms say."""
SHORTEST_STEPS = 20
"""A piece of less than 200 ms between two changes belongs to what is before it."""
LONGEST_STEPS = 800
PAST_STEPS = 50
PAIR_SURE = 0.7
"""Two speak at once where the network is this sure of it."""
SHORTEST_PAIR_STEPS = 10


def cut_speech(speech: Sequence[Span], segments: Segments) -> list[StepRange]:
    """Stretches of one voice each, in order; together they are `speech`."""
    found: list[StepRange] = []
    for span in speech:
        first, last = round(span.start_s / LEVEL_STEP_S), round(span.end_s / LEVEL_STEP_S)
        if last > first:
            edges = [first, *_changes(first, last, segments), last]
            for start, end in _without_short(edges):
                parts = np.linspace(start, end, -(-(end - start) // LONGEST_STEPS) + 1).round().astype(int)
                found.extend(zip(parts[:-1].tolist(), parts[1:].tolist(), strict=True))
    return found


def _changes(first: int, last: int, segments: Segments) -> list[int]:
    """Steps at which the loudest local voice changes.

    Local voices of two windows cannot be compared, so each window is asked a little past its middle: a
    change where two windows meet is seen by both, and the short piece between their answers joined.
    """
    found: set[int] = set()
    for window, start, end in segments.parts(first, last):
        start, end = max(first, start - PAST_STEPS), min(last, end + PAST_STEPS)
        loudest = _smooth(segments.voices[window, segments.frames(window, start, end)])
        found.update((start + 1 + np.flatnonzero(np.diff(loudest))).tolist())
    return sorted(found)


def _smooth(shares: NDArray[np.float32]) -> NDArray[np.intp]:
    """The voice that is loudest in most steps around each step."""
    loudest = np.eye(shares.shape[1], dtype=np.int32)[shares.argmax(1)]
    summed = np.concatenate([np.zeros((1, shares.shape[1]), np.int32), loudest.cumsum(0)])
    steps = np.arange(len(shares))
    low = np.maximum(0, steps - SMOOTH_STEPS // 2)
    high = np.minimum(len(shares), steps + SMOOTH_STEPS // 2 + 1)
    return np.asarray((summed[high] - summed[low]).argmax(1))


def _without_short(edges: list[int]) -> list[StepRange]:
    kept: list[list[int]] = []
    for start, end in pairwise(edges):
        if kept and min(end - start, kept[-1][1] - kept[-1][0]) < SHORTEST_STEPS:
            kept[-1][1] = end
        else:
            kept.append([start, end])
    return [(start, end) for start, end in kept]


def find_pairs(stretch: StepRange, segments: Segments) -> list[tuple[StepRange, int]]:
    """Parts of a stretch where two speak at once, each with the window that says so."""
    found = []
    for window, first, last in segments.parts(*stretch):
        both = segments.pairs[window, segments.frames(window, first, last)] >= PAIR_SURE
        found += [
            ((first + start, first + end), window)
            for start, end in runs_of(both)
            if end - start >= SHORTEST_PAIR_STEPS
        ]
    return found
