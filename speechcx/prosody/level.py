"""How loud a voice is: the active speech level of ITU-T P.56, and the level of one stretch.

P.56 (12/2011), method B: the signal is rectified and smoothed twice with a time constant of 30 ms; for
each of a row of thresholds 6 dB apart, the time during which the envelope is over the threshold, held
over for 200 ms, is counted. The active level is the energy spread over the time of that threshold which
lies 15.9 dB under the level it gives. So pauses do not lower the level of a voice.

librosa has no P.56; its RMS equals that of one stretch to 3e-8, and costs a worker over a second to load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMOOTHING_S = 0.03
HANGOVER_S = 0.2
MARGIN_DB = 15.9
THRESHOLDS = 2.0 ** -np.arange(15, 0, -1)
"""Of full scale, from 2**-15 up to 2**-1, as in the ITU's sv56."""
ENVELOPE_RATE_HZ = 1000
"""The envelope changes over 30 ms: looking at it every millisecond is enough (P.56 asks for 694 Hz)."""
FLOOR_DBOV = -100.0


class ActiveLevelMeter:
    """Active speech level of a signal that comes in parts.

    Parameters
    ----------
    rate_hz
        Sample rate of the signal.
    """

    def __init__(self, rate_hz: int) -> None:
        self._step = max(1, rate_hz // ENVELOPE_RATE_HZ)
        rate = rate_hz / self._step
        self._pole = float(np.exp(-1.0 / (rate * SMOOTHING_S)))
        self._hang = round(HANGOVER_S * rate)
        self._memory = np.zeros((2, 1))
        self._left = np.zeros(0, np.float32)
        self._since = np.full(THRESHOLDS.size, self._hang)
        self._active = np.zeros(THRESHOLDS.size, np.int64)
        self._energy = 0.0

    def add(self, sound: NDArray[np.float32]) -> None:
        """Take in the next part: floats in -1..1, shape ``(time,)``, of any length.

        Up to a millisecond is kept back for the next part.
        """
        from scipy.signal import lfilter

        sound = np.concatenate([self._left, sound])
        whole = sound.size - sound.size % self._step
        sound, self._left = sound[:whole], sound[whole:]
        if not whole:
            return
        self._energy += float(np.dot(sound.astype(np.float64), sound))
        seen = np.abs(sound.reshape(-1, self._step)).mean(axis=1, dtype=np.float64)
        for stage in range(2):
            seen, self._memory[stage] = lfilter(
                [1.0 - self._pole], [1.0, -self._pole], seen, zi=self._memory[stage]
            )
        for j, threshold in enumerate(THRESHOLDS):
            self._tally(j, np.flatnonzero(seen >= threshold), seen.size)

    def _tally(self, j: int, over: NDArray[np.intp], length: int) -> None:
        """Count steps over a threshold, and after each the hangover until the next or the end."""
        if not over.size:
            self._active[j] += min(length, max(0, self._hang - self._since[j]))
            self._since[j] += length
            return
        self._active[j] += min(int(over[0]), max(0, self._hang - self._since[j]))
        gaps = np.diff(np.append(over, length)) - 1
        self._active[j] += over.size + int(np.minimum(gaps, self._hang).sum())
        self._since[j] = gaps[-1]

    @property
    def level_dbov(self) -> float | None:
        """The active speech level in dBov; None where nothing was over the lowest threshold."""
        used = self._active > 0
        if not used.any() or self._energy <= 0:
            return None
        seconds = self._active[used] * self._step
        levels = 10 * np.log10(self._energy / seconds)
        above = levels - 20 * np.log10(THRESHOLDS[used])
        under = np.flatnonzero(above <= MARGIN_DB)
        if not under.size:
            return float(levels[-1])
        j = int(under[0])
        if j == 0:
            return float(levels[0])
        share = (above[j - 1] - MARGIN_DB) / (above[j - 1] - above[j])
        return float(levels[j - 1] + share * (levels[j] - levels[j - 1]))


def measure_active_level(sound: NDArray[np.float32], rate_hz: int) -> float | None:
    """Active speech level of a whole signal in dBov; see :class:`ActiveLevelMeter`."""
    meter = ActiveLevelMeter(rate_hz)
    meter.add(sound)
    return meter.level_dbov


def power_to_dbov(power: float) -> float:
    """Mean square of floats in -1..1 as dBov, at least -100: 0 dBov is a full-scale square wave."""
    return max(FLOOR_DBOV, float(10 * np.log10(max(power, 1e-12))))
