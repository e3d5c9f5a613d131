"""One speaker vector for each stretch of speech: CAM++.

The network is run once over each stretch up to its pooling, so that no sound is heard twice; mean and
deviation over the stretch give the vector.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from speechcx.turns.sessions import open_session
from speechcx.turns.voices.bands import BANDS, FRAME, STEP, log_mel
from speechcx.turns.voices.stretches import Stretch

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_FRAMES = 25
"""A shorter stretch is heard with the sound around it."""
OWN_FRAMES = 150
"""The mean that is taken off a stretch's bands is half its own, half the call's, at this length."""


def measure_vectors(
    sound: NDArray[np.float32], stretches: Sequence[Stretch], folder: Path
) -> NDArray[np.float32]:
    """Speaker vectors of length 1.

    Parameters
    ----------
    sound
        float32 at 16 kHz.
    stretches
        In steps of 10 ms.
    folder
        Where ``frames.onnx`` and ``vector.onnx`` lie.

    Returns
    -------
    ndarray
        float32, shape ``(stretches, 192)``.
    """
    bands = [_bands(sound, stretch) for stretch in stretches]
    heard = sum(len(part) for part in bands)
    mean = sum((part.sum(0, dtype=np.float64) for part in bands), np.zeros(BANDS)) / max(1, heard)
    session = open_session(folder / "frames.onnx")
    pooled = np.zeros((len(bands), 1024), np.float32)
    for no, part in enumerate(bands):
        own = len(part) / (len(part) + OWN_FRAMES)
        level = (own * part.mean(0, dtype=np.float64) + (1 - own) * mean).astype(np.float32)
        frames = session.run(None, {"bands": (part.astype(np.float32) - level)[None]})[0]
        pooled[no] = np.concatenate([frames.mean(0), frames.std(0, ddof=1)])
    vectors = open_session(folder / "vector.onnx").run(None, {"pooled": pooled})[0]
    found: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return found


def _bands(sound: NDArray[np.float32], stretch: Stretch) -> NDArray[np.float16]:
    """Bands of a stretch, and of what is around it where it is too short; half precision to save memory."""
    first, last = stretch[0], max(stretch[1], stretch[0] + 1)
    spare = max(0, LEAST_FRAMES - (last - first))
    first = max(0, first - (spare + 1) // 2)
    first = max(0, min(first, sound.size // STEP - LEAST_FRAMES - 2))
    last = max(last, first + LEAST_FRAMES)
    piece = sound[first * STEP : last * STEP + FRAME - STEP]
    short = LEAST_FRAMES * STEP + FRAME - STEP - piece.size
    return log_mel(np.pad(piece, (0, short)) if short > 0 else piece).astype(np.float16)
