"""Stretches cut once more, where the voices that were found say that two of them speak in it.

The segmentation network misses changes between voices that are alike; once it is known whose voices
they are, one second of sound is enough to see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from speechcx.turns.voices.fit import SHARPNESS, Fit
from speechcx.turns.voices.stretches import StepRange
from speechcx.turns.voices.vectors import BLOCK_STEPS, Blocks, vectors_of
from speechcx.waveform import RECOGNITION_RATE_HZ, Sound

if TYPE_CHECKING:
    from numpy.typing import NDArray

MIN_BLOCKS = 6
"""A shorter stretch, 1.5 s, is left whole."""
AROUND = 4
"""Blocks that are heard together, 1 s."""
CHANGE_ODDS = 6.0
"""Log odds against a change of voice between two blocks."""
NEAR_STEPS = 15
"""A change is put where the sound is softest this near to it, so that no word is cut."""
SOFT_STEPS = 3


def recut(
    stretches: Sequence[StepRange], blocks: Sequence[Blocks], fit: Fit, folder: Path
) -> tuple[list[StepRange], list[Blocks], list[bool]]:
    """Stretches and their blocks, cut where the voice changes; and which were cut off the one before.

    Parameters
    ----------
    stretches, blocks
        As they were fitted.
    fit
        The voices.
    folder
        Where ``vector.onnx`` lies.
    """
    found: tuple[list[StepRange], list[Blocks], list[bool]] = ([], [], [])
    for stretch, own in zip(stretches, blocks, strict=True):
        cuts = _cuts(own, fit, folder) if len(own.counts) >= MIN_BLOCKS else []
        edges = [0, *cuts, len(own.counts)]
        for start, end in pairwise(edges):
            first = stretch[0] + start * BLOCK_STEPS
            last = stretch[1] if end == edges[-1] else stretch[0] + end * BLOCK_STEPS
            found[0].append((first, last))
            found[1].append(own.part(start, end))
            found[2].append(start > 0)
    return found


def cut_softly(stretches: Sequence[StepRange], cut_off: Sequence[bool], sound: Sound) -> list[StepRange]:
    """The same stretches, with the cuts inside speech moved to where it is softest nearby."""
    moved = [list(stretch) for stretch in stretches]
    for no in range(1, len(moved)):
        if cut_off[no]:
            place = _softest(moved[no][0], sound)
            moved[no - 1][1] = moved[no][0] = max(moved[no - 1][0] + 1, min(place, moved[no][1] - 1))
    return [(first, last) for first, last in moved]


def _softest(step: int, sound: Sound) -> int:
    """The step of 10 ms around which 30 ms are softest."""
    size = RECOGNITION_RATE_HZ // 100
    first = max(0, step - NEAR_STEPS - SOFT_STEPS // 2)
    near = sound[first * size : (step + NEAR_STEPS + SOFT_STEPS // 2 + 1) * size]
    powers = np.square(near[: near.size // size * size].reshape(-1, size)).sum(1)
    if powers.size < SOFT_STEPS:
        return step
    return int(first + SOFT_STEPS // 2 + np.convolve(powers, np.ones(SOFT_STEPS), "valid").argmin())


def _cuts(own: Blocks, fit: Fit, folder: Path) -> list[int]:
    """Blocks that begin with another voice."""
    count = len(own.counts)
    starts = range(count - AROUND + 1)
    vectors = vectors_of([own.part(start, start + AROUND) for start in starts], folder)
    odds = SHARPNESS * (vectors @ fit.directions.T)
    # A block has the mean of the windows that hold it; its share of what they say is one of AROUND.
    seen = np.zeros((count, odds.shape[1]))
    times = np.zeros(count)
    for start in starts:
        seen[start : start + AROUND] += odds[start]
        times[start : start + AROUND] += 1
    path = _best_path(seen / times[:, None] / AROUND)
    return [no for no in range(1, count) if path[no] != path[no - 1]]


def _best_path(odds: NDArray[np.float64]) -> list[int]:
    """The likeliest voice of each block (Viterbi)."""
    count, voices = odds.shape
    cost = CHANGE_ODDS * (1 - np.eye(voices))
    score = odds[0]
    back = []
    for no in range(1, count):
        ways = score[:, None] - cost
        back.append(ways.argmax(0))
        score = ways.max(0) + odds[no]
    path = [int(score.argmax())]
    for ways in reversed(back):
        path.append(int(ways[path[-1]]))
    return path[::-1]
