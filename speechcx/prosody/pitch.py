"""The pitch of a voice over the telephone: fundamental frequency every 10 ms, and whether there is one.

Everything is measured in the band up to 1 kHz. The fundamental itself is often missing under
300 Hz, but its harmonics repeat with its period; what lies over 1 kHz adds noise, and sharpens the peaks
so far that they fall between the samples, which is what makes plain YIN jump to double periods.

``fast`` is the mean of two measures of how well a frame repeats after each period, for a block of frames
at once; 1 is a perfect repetition. One is YIN's difference function (de Cheveigne and Kawahara 2002) in
the normalised form of McLeod and Wyvill (2005): right in noise, but where one formant stands out it
takes its period for the pitch. The other is the autocorrelation of the compressed spectrum (Tolonen and
Karjalainen 2000), in which all partials count nearly alike. The shortest period that repeats about as
well as the best is taken, and how well it repeats decides whether the frame is voiced.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from speechcx.prosody.settings import ProsodySettings

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEP_S = 0.01
PITCH_RATE_HZ = 4000
LIBROSA_RATE_HZ = 8000
"""librosa picks its period before it interpolates: at 4 kHz it jumps to double periods."""
BAND_HZ = 1000.0
WINDOW_S = 0.025
"""The stretch that is compared with itself a period later; the whole frame is about 40 ms."""
NEAR_BEST = 0.05
"""A shorter period that repeats this little worse than the best one is the period."""
COMPRESSION = 0.7
"""Power of the magnitude spectrum: 2 is plain autocorrelation, less evens out the partials."""
MIN_TAPER = 0.15
"""The window's own fall is made good down to this part of its power."""
GATE_DB = 30.0
"""Frames this far under the loud part of the stretch are not voiced: hum and echo repeat too."""
SHORTEST_RUN = 3
"""Voiced frames that come fewer than this in a row are chance."""


@dataclass(frozen=True, slots=True, eq=False)
class PitchTrack:
    """Pitch every 10 ms.

    Parameters
    ----------
    hz
        float64, shape ``(frames,)``: fundamental frequency, NaN where unvoiced. Frame i is centred on
        ``i * 0.01`` s.
    """

    hz: NDArray[np.float64]

    @property
    def voiced(self) -> NDArray[np.bool_]:
        """Which frames are voiced."""
        return np.isfinite(self.hz)


def track_pitch(sound: NDArray[np.float32], rate_hz: int, settings: ProsodySettings) -> PitchTrack:
    """Pitch of one stretch of one voice.

    Parameters
    ----------
    sound
        float32 in -1..1, shape ``(time,)``; at most about a minute, for memory's sake.
    rate_hz
        Its sample rate.
    settings
        Method, range, threshold.

    Returns
    -------
    PitchTrack
        One frame for each 10 ms begun, at least one.
    """
    frames = int(sound.size / rate_hz / STEP_S) + 1
    find, band_rate_hz = _METHODS[settings.pitch_method]
    band = _to_band(sound, rate_hz, band_rate_hz)
    hz, repeats = find(band, settings)
    hz = np.where(repeats >= settings.voicing, hz, np.nan)[:frames]
    hz = np.append(hz, np.full(frames - hz.size, np.nan))
    return PitchTrack(_drop_chance(np.where(_loud(band, frames, band_rate_hz), hz, np.nan), settings))


def _to_band(sound: NDArray[np.float32], rate_hz: int, to_hz: int) -> NDArray[np.float32]:
    import soxr
    from scipy.signal import sosfilt

    if not sound.size:
        return sound
    slow = sound if rate_hz == to_hz else soxr.resample(sound, rate_hz, to_hz, quality="MQ")
    return np.asarray(sosfilt(_low_pass(to_hz), slow), np.float32)


@cache
def _low_pass(rate_hz: int) -> Any:
    from scipy.signal import butter

    return butter(6, BAND_HZ, fs=rate_hz, output="sos")


def _frame(sound: NDArray[np.float32], length: int, rate_hz: int) -> NDArray[np.float32]:
    """Frames of `length` centred every 10 ms, shape ``(frames, length)``: a view, do not write."""
    step = round(STEP_S * rate_hz)
    padded = np.concatenate([np.zeros(length // 2, np.float32), sound, np.zeros(length, np.float32)])
    return np.lib.stride_tricks.sliding_window_view(padded, length)[::step][: sound.size // step + 1]


def _fast(
    sound: NDArray[np.float32], settings: ProsodySettings
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Pitch in Hz of every frame (NaN without a peak), and how well the frame repeats, up to 1."""
    window = round(WINDOW_S * PITCH_RATE_HZ)
    longest = int(PITCH_RATE_HZ / settings.pitch_low_hz) + 3
    shortest = int(PITCH_RATE_HZ / settings.pitch_high_hz) - 1
    frames = _frame(sound, window + longest, PITCH_RATE_HZ)
    alike = 0.5 * (_self_similarity(frames, window, longest) + _compressed_correlation(frames, longest))
    middle = alike[:, 1:-1]
    peaks = (middle >= alike[:, :-2]) & (middle > alike[:, 2:])
    peaks[:, : shortest - 1] = False
    at, lag = np.nonzero(peaks)
    lag += 1
    before, here, after = alike[at, lag - 1], alike[at, lag], alike[at, lag + 1]
    shift = 0.5 * (before - after) / np.minimum(before - 2 * here + after, -1e-9)
    height = here - 0.25 * (before - after) * shift
    best = np.full(alike.shape[0], -1.0)
    np.maximum.at(best, at, height)
    good = height >= best[at] - NEAR_BEST
    at, lag, shift, height = at[good], lag[good], shift[good], height[good]
    voiced, first = np.unique(at, return_index=True)
    hz = np.full(alike.shape[0], np.nan)
    repeats = np.zeros(alike.shape[0])
    hz[voiced] = PITCH_RATE_HZ / (lag[first] + shift[first])
    repeats[voiced] = height[first]
    return hz, repeats


def _self_similarity(frames: NDArray[np.float32], window: int, lags: int) -> NDArray[np.float32]:
    """How much the first `window` samples of each frame are like those `lag` later, -1 to 1."""
    from scipy.fft import irfft, next_fast_len, rfft

    size = next_fast_len(frames.shape[1], real=True)
    spectrum = np.conj(rfft(frames[:, :window], size, axis=1))
    spectrum *= rfft(frames, size, axis=1)
    product = irfft(spectrum, size, axis=1, overwrite_x=True)[:, :lags]
    energy = np.zeros((frames.shape[0], frames.shape[1] + 1), np.float32)
    np.cumsum(np.square(frames), axis=1, out=energy[:, 1:])
    later = energy[:, window : window + lags] - energy[:, :lags]
    return np.asarray(2 * product / (later[:, :1] + later + 1e-9), np.float32)


def _compressed_correlation(frames: NDArray[np.float32], lags: int) -> NDArray[np.float32]:
    """Autocorrelation of each frame after its spectrum was compressed, 1 at no lag."""
    from scipy.fft import irfft, next_fast_len, rfft

    size = next_fast_len(2 * frames.shape[1], real=True)
    window = np.hanning(frames.shape[1]).astype(np.float32)
    spectrum = np.abs(rfft((frames - frames.mean(axis=1, keepdims=True)) * window, size, axis=1))
    product = irfft(spectrum**COMPRESSION, size, axis=1)[:, :lags]
    fall = irfft(np.abs(rfft(window, size)) ** 2, size)[:lags]
    taper = np.sqrt(np.maximum(fall / fall[0], MIN_TAPER))
    return np.asarray(product / (product[:, :1] + 1e-12) / taper, np.float32)


def _librosa_yin(
    sound: NDArray[np.float32], settings: ProsodySettings
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """As :func:`_fast`, the pitch by librosa, the voicing by how well its period repeats."""
    import librosa

    rate_hz = LIBROSA_RATE_HZ
    longest = int(rate_hz / settings.pitch_low_hz) + 3
    window = round(WINDOW_S * rate_hz)
    if sound.size <= window + longest:
        return np.zeros(0), np.zeros(0)
    hz = librosa.yin(
        sound,
        fmin=settings.pitch_low_hz,
        fmax=settings.pitch_high_hz,
        sr=rate_hz,
        frame_length=window + longest,
        hop_length=round(STEP_S * rate_hz),
    )
    alike = _self_similarity(_frame(sound, window + longest, rate_hz), window, longest)
    lags = np.clip(np.rint(rate_hz / hz).astype(np.intp), 0, longest - 1)
    count = min(len(hz), alike.shape[0])
    return hz[:count], alike[np.arange(count), lags[:count]].astype(np.float64)


def _librosa_pyin(
    sound: NDArray[np.float32], settings: ProsodySettings
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Pitch in Hz by librosa's probabilistic YIN, and 1 where it says voiced, else 0."""
    import librosa

    frame = round(0.064 * LIBROSA_RATE_HZ)
    if sound.size <= frame:
        return np.zeros(0), np.zeros(0)
    hz, voiced, _ = librosa.pyin(
        sound,
        fmin=settings.pitch_low_hz,
        fmax=settings.pitch_high_hz,
        sr=LIBROSA_RATE_HZ,
        frame_length=frame,
        hop_length=round(STEP_S * LIBROSA_RATE_HZ),
    )
    return hz, voiced.astype(np.float64)


_METHODS = {
    "fast": (_fast, PITCH_RATE_HZ),
    "yin": (_librosa_yin, LIBROSA_RATE_HZ),
    "pyin": (_librosa_pyin, LIBROSA_RATE_HZ),
}


def _loud(sound: NDArray[np.float32], frames: int, rate_hz: int) -> NDArray[np.bool_]:
    """Frames loud enough, against the loud part of the stretch, to be voiced."""
    framed = _frame(sound, round(WINDOW_S * rate_hz), rate_hz)
    power = np.zeros(frames)
    measured = np.einsum("ij,ij->i", framed, framed)[:frames]
    power[: measured.size] = measured
    top = float(np.percentile(power, 95)) if power.size else 0.0
    return power > max(top * 10 ** (-GATE_DB / 10), 1e-9)


def _drop_chance(hz: NDArray[np.float64], settings: ProsodySettings) -> NDArray[np.float64]:
    """Without frames outside the range and without runs too short to be a voice."""
    inside = (hz >= settings.pitch_low_hz) & (hz <= settings.pitch_high_hz)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], inside.astype(np.int8), [0]))))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        if last - first < SHORTEST_RUN:
            inside[first:last] = False
    return np.where(inside, hz, np.nan)
