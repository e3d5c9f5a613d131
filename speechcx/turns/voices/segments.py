"""Which of up to three unnamed voices speak at each moment of 10 s: pyannote's segmentation 3.0.

Voice 0 of one window is not voice 0 of the next. A window answers for its middle 5 s; what it says
of the rest tells whether two stretches near a border of windows have one voice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from speechcx.call import Span
from speechcx.turns.onnx_sessions import open_session
from speechcx.turns.vad import LEVEL_STEP_S
from speechcx.waveform import RECOGNITION_RATE_HZ, Sound

if TYPE_CHECKING:
    from numpy.typing import NDArray

WINDOW_S, HOP_S = 10.0, 5.0
"""Windows every 7.5 s take a quarter less, but find one voice only in a short call of two (`tests/turns/test_find.py`),
and gave 2.9 % of the worst sample to the wrong voice, not 2.0 %."""
HOP_STEPS = round(HOP_S / LEVEL_STEP_S)
FIRST_S = -(WINDOW_S - HOP_S) / 2
"""Start of the first window, so that its middle starts at 0."""
FRAMES = 589
FRAME_STEP_S, FRAME_MIDDLE_S = 0.016875, 0.0309688
"""From one frame to the next, and the middle of the first."""
AT_ONCE = 4
"""Windows given to the network together: the fastest on one core."""
REACH_STEPS = 200
"""So much of a stretch, 2 s, is asked which voice it has."""
LOCAL = np.array([[0, 1, 0, 0, 1, 1, 0], [0, 0, 1, 0, 1, 0, 1], [0, 0, 0, 1, 0, 1, 1]], np.float32).T
"""Voices in each class of the network: nobody, one of three, two of three."""
FIRST_PAIR = 4


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """What the network heard.

    Parameters
    ----------
    voices
        float32, shape ``(windows, 589, 3)``: probability of each local voice, 0 to 1.
    pairs
        float32, shape ``(windows, 589)``: probability that two speak at once.
    """

    voices: NDArray[np.float32]
    pairs: NDArray[np.float32]

    def window_at(self, step: float) -> int:
        """The window that answers for a step of 10 ms."""
        return min(int(step // HOP_STEPS), len(self.voices) - 1)

    def parts(self, first: int, last: int) -> Iterator[tuple[int, int, int]]:
        """A stretch cut where the answering window changes: window, first step, step after the last."""
        while first < last:
            window = self.window_at(first)
            end = last if window == len(self.voices) - 1 else min(last, (window + 1) * HOP_STEPS)
            yield window, first, end
            first = end

    def frames(self, window: int, first: int, last: int) -> NDArray[np.intp]:
        """The window's frame at each step of 10 ms from `first` to before `last`, held at its ends."""
        middle_s = (np.arange(first, last) + 0.5) * LEVEL_STEP_S - (FIRST_S + window * HOP_S)
        at = np.rint((middle_s - FRAME_MIDDLE_S) / FRAME_STEP_S).astype(np.intp)
        return np.asarray(np.clip(at, 0, FRAMES - 1))

    def same_voice(self, before: tuple[int, int], after: tuple[int, int]) -> float:
        """How likely two stretches (first and last step) have one voice, 0 to 1, as one window hears it."""
        window = self.window_at((before[1] + after[0]) / 2)
        near = (max(before[0], before[1] - REACH_STEPS), before[1])
        far = (after[0], min(after[1], after[0] + REACH_STEPS))
        shares = []
        for first, last in (near, far):
            share = self.voices[window, self.frames(window, first, last)].mean(0)
            shares.append(share / (share.sum() + 1e-6))
        return float(shares[0] @ shares[1])


def hear_segments(sound: Sound, speech: Sequence[Span], folder: Path) -> Segments:
    """Run the network over all windows that hold speech.

    Parameters
    ----------
    sound
        One channel at 16 kHz.
    speech
        Stretches of speech, sorted.
    folder
        Where ``segments.onnx`` lies.
    """
    session = open_session(folder / "segments.onnx")
    size, hop = round(WINDOW_S * RECOGNITION_RATE_HZ), round(HOP_S * RECOGNITION_RATE_HZ)
    count = max(1, -(-sound.size // hop))
    voices = np.zeros((count, FRAMES, LOCAL.shape[1]), np.float32)
    pairs = np.zeros((count, FRAMES), np.float32)
    wanted = sorted({no for span in speech for no in _windows_of(span, count)})
    for first in range(0, len(wanted), AT_ONCE):
        part = wanted[first : first + AT_ONCE]
        given = np.zeros((len(part), 1, size), np.float32)
        for row, no in enumerate(part):
            start = round(FIRST_S * RECOGNITION_RATE_HZ) + no * hop
            piece = sound[max(0, start) : start + size]
            given[row, 0, max(0, -start) : max(0, -start) + piece.size] = piece
        shares = np.exp(session.run(None, {"sound": given})[0])
        voices[part] = shares @ LOCAL
        pairs[part] = shares[..., FIRST_PAIR:].sum(-1)
    return Segments(voices, pairs)


def _windows_of(span: Span, count: int) -> range:
    """Windows whose middles touch a span."""
    return range(min(int(span.start_s / HOP_S), count - 1), min(int(span.end_s / HOP_S), count - 1) + 1)
