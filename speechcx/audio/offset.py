"""Takes a constant offset (DC) out of decoded sound, and leaves every channel that has none as it is.

A cheap sound card or a badly set gateway adds up to a fifth of full scale to every sample. It cannot be
heard, but every level, and the detector of speech with it, takes it for sound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BLOCK_S = 0.1
"""Offsets are the means of blocks of this length: six waves and more of the lowest voice."""

BLOCKS_IN_A_ROW = 21
"""The offset of a block is the median of this many around it, 2 s: what a word or a knock does to the mean of
its blocks goes, a drift is followed and a jump stays where it is."""

SMALLEST = 48
"""An offset up to this, 0.15 % of full scale, is left: it is 57 dB under full scale, and A-law's zero is 8."""

SMALLEST_SHARE = 0.1
"""An offset is seen in at least this share of the blocks; in fewer it is a knock or a breath on the microphone."""

_QUIET_BLOCKS = 5
_MAX_WANDER = 2.0
"""An offset stands out by so much over what the mean changes from one block to the next."""
_BLOCKS_AT_ONCE = 600


def remove_offset(samples: NDArray[np.int16], rate_hz: int) -> None:
    """Take the offset out of each channel that has one, in place.

    Parameters
    ----------
    samples
        int16, shape ``(channels, time)``. Where a sample stays the same for a whole block, nothing is heard:
        in a channel that has an offset it becomes 0, so that digital silence is digital silence again.
    rate_hz
        Samples per second.
    """
    block = max(1, round(BLOCK_S * rate_hz))
    for channel in samples:
        blocks = _measure_blocks(channel, block)
        offsets = _smooth(blocks)
        if _has_offset(blocks, offsets):
            _subtract(channel, offsets, blocks.is_constant, block)


@dataclass(frozen=True, slots=True, eq=False)
class _Blocks:
    """Mean of each block, and the difference of its highest and lowest sample; a rest at the end is left out."""

    means: NDArray[np.float64]
    widths: NDArray[np.int32]

    @property
    def is_constant(self) -> NDArray[np.bool_]:
        """Whether all samples of a block are the same."""
        return np.equal(self.widths, 0)


def _measure_blocks(channel: NDArray[np.int16], block: int) -> _Blocks:
    count = channel.size // block
    means, widths = np.zeros(count), np.zeros(count, np.int32)
    for first in range(0, count, _BLOCKS_AT_ONCE):
        last = min(count, first + _BLOCKS_AT_ONCE)
        part = channel[first * block : last * block].reshape(-1, block)
        means[first:last] = part.mean(axis=1)
        widths[first:last] = part.max(axis=1).astype(np.int32) - part.min(axis=1)
    return _Blocks(means, widths)


def _has_offset(blocks: _Blocks, offsets: NDArray[np.float64]) -> bool:
    """Whether a channel has an offset: what is quiet in it is not at zero, or its means keep to one side of it.

    Voices whose waves are one-sided move the mean of a block too, but from each block to the next.
    """
    if not offsets.size:
        return False
    beside_zero = (np.abs(blocks.means) > SMALLEST) & (np.abs(blocks.means) > blocks.widths)
    if beside_zero.sum() >= _QUIET_BLOCKS:
        return True
    moving = blocks.means[~blocks.is_constant]
    wander = float(np.median(np.abs(np.diff(moving)))) if moving.size > 1 else 0.0
    stands_out = np.abs(offsets) > max(SMALLEST, _MAX_WANDER * wander)
    return bool(stands_out.mean() >= SMALLEST_SHARE)


def _smooth(blocks: _Blocks) -> NDArray[np.float64]:
    """Median of the means around each block.

    Blocks of silence that decoding put in are no sound, so that they count only where there is nothing else.
    """
    means, is_constant = blocks.means, blocks.is_constant
    used = np.flatnonzero(~is_constant) if not is_constant.all() else np.arange(means.size)
    if not used.size:
        return means
    half = BLOCKS_IN_A_ROW // 2
    padded = np.pad(means[used], half, mode="edge")
    medians = np.median(np.lib.stride_tricks.sliding_window_view(padded, BLOCKS_IN_A_ROW), axis=1)
    nearest = np.clip(np.searchsorted(used, np.arange(means.size)), 0, used.size - 1)
    return np.asarray(medians[nearest])


def _subtract(
    channel: NDArray[np.int16], offsets: NDArray[np.float64], is_constant: NDArray[np.bool_], block: int
) -> None:
    middles = (np.arange(offsets.size) + 0.5) * block
    for first in range(0, -(-channel.size // block), _BLOCKS_AT_ONCE):
        start, end = first * block, min(channel.size, (first + _BLOCKS_AT_ONCE) * block)
        offset = np.interp(np.arange(start, end) + 0.5, middles, offsets)
        channel[start:end] = np.clip(np.rint(channel[start:end] - offset), -32768, 32767).astype(np.int16)
    for no in np.flatnonzero(is_constant):
        channel[no * block : (no + 1) * block] = 0
