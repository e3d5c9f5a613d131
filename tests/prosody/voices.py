"""Voices of known pitch over a telephone: harmonics of a fundamental that the band mostly cuts off."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

RATE_HZ = 8000
Floats = NDArray[np.float64]


def made_voice(kind: str, seed: int, *, seconds: float = 20.0) -> tuple[NDArray[np.float32], Floats]:
    """A voice of held notes (``tones``) or slides (``glides``) between unvoiced sounds and silences.

    The fundamental is cut off under 300 Hz; white noise 20 dB down and mu-law are on top.

    Returns
    -------
    tuple
        Sound, float32; and the pitch of each sample in Hz, 0 where unvoiced.
    """
    draw = np.random.default_rng(seed)
    parts: list[Floats] = []
    pitch: list[Floats] = []
    while sum(part.size for part in parts) < seconds * RATE_HZ:
        ends = np.exp(draw.uniform(np.log(70), np.log(350), 2))
        if kind == "tones":
            hz = np.full(round(draw.uniform(0.2, 1.2) * RATE_HZ), ends[0])
        else:
            hz = np.geomspace(*ends, round(draw.uniform(0.5, 2.5) * RATE_HZ))
        parts.append(_harmonics(hz, draw) * 10 ** (draw.uniform(-6, 6) / 20))
        pitch.append(hz)
        parts.append(_unvoiced(round(draw.uniform(0.08, 0.5) * RATE_HZ), draw))
        pitch.append(np.zeros(parts[-1].size))
    sound, truth = np.concatenate(parts), np.concatenate(pitch)
    band = butter(8, [300, 3400], "bandpass", fs=RATE_HZ, output="sos")
    sound = sosfilt(band, sound)
    power = np.mean(sound[truth > 0] ** 2)
    sound = sound + draw.standard_normal(sound.size) * np.sqrt(power / 100)
    return mu_law(sound).astype(np.float32), truth


def mu_law(sound: Floats) -> Floats:
    """Through 8-bit mu-law and back."""
    pressed = np.sign(sound) * np.log1p(255 * np.minimum(np.abs(sound), 1)) / np.log1p(255)
    steps = np.rint(pressed * 127) / 127
    return np.sign(steps) * np.expm1(np.abs(steps) * np.log1p(255)) / 255


def pitch_errors(found_hz: Floats, truth_hz: Floats) -> tuple[float, float]:
    """Shares of wrong voicing decisions, and of pitches over 20 % off among frames voiced in both.

    `found_hz` has one value each 10 ms, NaN where unvoiced; `truth_hz` one for each sample.
    """
    at = np.minimum(np.arange(found_hz.size) * RATE_HZ // 100, truth_hz.size - 1)
    true = truth_hz[at]
    voiced = np.isfinite(found_hz)
    both = voiced & (true > 0)
    gross = np.abs(found_hz[both] / true[both] - 1) > 0.2
    return float(np.mean(voiced != (true > 0))), float(np.mean(gross))


def _harmonics(hz: Floats, draw: np.random.Generator) -> Floats:
    phase = 2 * np.pi * np.cumsum(hz) / RATE_HZ
    formants = ((draw.uniform(300, 800), 120), (draw.uniform(900, 2200), 150), (2600, 200))
    sound = np.zeros(hz.size)
    for k in range(1, 52):
        strength = sum(1 / (1 + ((k * hz - centre) / width) ** 2) for centre, width in formants) + 0.05
        sound += np.where(k * hz < 3600, strength / np.sqrt(k), 0) * np.sin(k * phase + 0.3 * k * k)
    edge = np.linspace(0, 1, RATE_HZ // 100)
    sound[: edge.size] *= edge
    sound[-edge.size :] *= edge[::-1]
    return sound * 0.1 / np.sqrt(np.mean(sound**2))


def _unvoiced(count: int, draw: np.random.Generator) -> Floats:
    if draw.random() < 0.5:
        return np.zeros(count)
    hiss = sosfilt(butter(2, 1500, "high", fs=RATE_HZ, output="sos"), draw.standard_normal(count))
    return np.asarray(0.05 * hiss)
