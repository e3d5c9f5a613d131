"""Speaker vectors: CAM++.

The network is run once over each stretch, up to its pooling. What comes out is summed over blocks of a
quarter of a second, so that the vector of any part of a stretch can be had without hearing it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from speechcx.turns.onnx_sessions import open_session
from speechcx.turns.voices.bands import BANDS, FRAME, STEP, log_mel
from speechcx.turns.voices.stretches import StepRange
from speechcx.waveform import Sound

if TYPE_CHECKING:
    from numpy.typing import NDArray

MIN_FRAMES = 25
"""A shorter stretch is heard with the sound around it."""
OWN_FRAMES = 150
"""The mean that is taken off a stretch's bands is half its own, half the call's, at this length."""
BLOCK_STEPS = 25
"""Steps of 10 ms in a block."""


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """What the network made of one stretch, in blocks of 250 ms; the last may be shorter or longer.

    Parameters
    ----------
    sums
        float32, shape ``(blocks, 2, 512)``: sums of the features and of their squares.
    counts
        float32, shape ``(blocks,)``: features in each block.
    """

    sums: NDArray[np.float32]
    counts: NDArray[np.float32]

    def part(self, first: int, last: int) -> Blocks:
        """Some blocks of it."""
        return Blocks(self.sums[first:last], self.counts[first:last])

    def pooled(self) -> NDArray[np.float32]:
        """Mean and deviation over all blocks, shape ``(1024,)``."""
        count = float(self.counts.sum())
        total, squares = self.sums.sum(0, dtype=np.float64)
        mean = total / count
        spread = np.sqrt(np.maximum(squares - count * mean**2, 0) / max(1.0, count - 1))
        return np.concatenate([mean, spread]).astype(np.float32)


def hear_blocks(sound: Sound, stretches: Sequence[StepRange], folder: Path) -> list[Blocks]:
    """Run the network over each stretch.

    Parameters
    ----------
    sound
        One channel at 16 kHz.
    stretches
        In steps of 10 ms.
    folder
        Where ``frames.onnx`` lies.
    """
    bands = [_bands(sound, stretch) for stretch in stretches]
    heard = sum(len(part) for part in bands)
    mean = sum((part.sum(0, dtype=np.float64) for part in bands), np.zeros(BANDS)) / max(1, heard)
    session = open_session(folder / "frames.onnx")
    found = []
    for part in bands:
        own = len(part) / (len(part) + OWN_FRAMES)
        level = (own * part.mean(0, dtype=np.float64) + (1 - own) * mean).astype(np.float32)
        features = session.run(None, {"bands": (part.astype(np.float32) - level)[None]})[0]
        found.append(_sum_blocks(features))
    return found


def vectors_of(blocks: Sequence[Blocks], folder: Path) -> NDArray[np.float32]:
    """Speaker vectors of length 1, float32, shape ``(stretches, 192)``."""
    pooled = np.stack([part.pooled() for part in blocks])
    vectors = open_session(folder / "vector.onnx").run(None, {"pooled": pooled})[0]
    found: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return found


def _sum_blocks(features: NDArray[np.float32]) -> Blocks:
    """Features of every 20 ms, summed; a rest of less than half a block goes with the block before."""
    edges = np.arange(0, len(features), BLOCK_STEPS / 2).astype(int)
    if len(edges) > 1 and len(features) - edges[-1] < BLOCK_STEPS / 4:
        edges = edges[:-1]
    sums = np.stack([np.add.reduceat(x, edges) for x in (features, np.square(features))], axis=1)
    counts = np.diff(np.append(edges, len(features))).astype(np.float32)
    return Blocks(sums, counts)


def _bands(sound: Sound, stretch: StepRange) -> NDArray[np.float16]:
    """Bands of a stretch, and of what is around it where it is too short; half precision to save memory."""
    first, last = stretch[0], max(stretch[1], stretch[0] + 1)
    spare = max(0, MIN_FRAMES - (last - first))
    first = max(0, first - (spare + 1) // 2)
    first = max(0, min(first, sound.size // STEP - MIN_FRAMES - 2))
    last = max(last, first + MIN_FRAMES)
    piece = sound[first * STEP : last * STEP + FRAME - STEP]
    short = MIN_FRAMES * STEP + FRAME - STEP - piece.size
    return log_mel(np.pad(piece, (0, short)) if short > 0 else piece).astype(np.float16)
