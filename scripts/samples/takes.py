"""One spoken segment with its own energy edges: where speech is, measured and not assumed."""

from __future__ import annotations

import hashlib
import os
from dataclasses import astuple, dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from .voices import RATE_HZ, Delivery, Samples, Voice, speak

FRAME_S = 0.02
HOP_S = 0.005
# A frame is speech down to 30 dB under the segment's own active level: on a telephone line
# with its hiss that is about where speech sinks into the noise.
FLOOR_DB = 30.0
# Closures of stops last up to about 0.15 s; shorter silences are part of a word.
JOIN_S = 0.2
# The pauses a synthesiser makes by itself are moved away from the 0.3 s threshold of the
# definitions, and stay under the 0.8 s that would end a turn.
KEEP_AWAY_S = ((0.2, 0.3, 0.2), (0.3, 0.42, 0.42), (0.62, 9.0, 0.62))
MARGIN_S = 0.06
# Telephones limit peaks; without it a shout 10 dB up would clip instead of being loud.
CREST_DB = 14.0


@dataclass(frozen=True, slots=True)
class Take:
    """Samples at 8 kHz and the speech runs in them, in seconds from the first sample."""

    samples: Samples
    runs: tuple[tuple[float, float], ...]


def record(text: str, voice: Voice, delivery: Delivery, cache: Path | None) -> Take:
    """Speak `text`, measure its runs, move doubtful pauses, crop to just around the speech."""
    samples = _speak_cached(text, voice, delivery, cache)
    samples = _move_pauses(samples, find_runs(samples))
    samples = _limit_peaks(samples)
    runs = find_runs(samples)
    first = max(0, int((runs[0][0] - MARGIN_S) * RATE_HZ))
    last = int((runs[-1][1] + MARGIN_S) * RATE_HZ)
    cropped = samples[first:last].copy()
    fade = np.linspace(0.0, 1.0, int(0.02 * RATE_HZ))
    cropped[: len(fade)] *= fade
    cropped[-len(fade) :] *= fade[::-1]
    shift_s = first / RATE_HZ
    return Take(cropped, tuple((a - shift_s, b - shift_s) for a, b in runs))


def find_runs(samples: Samples) -> list[tuple[float, float]]:
    """Return stretches of speech by energy; silences under 0.2 s inside them are closed."""
    frame, hop = int(FRAME_S * RATE_HZ), int(HOP_S * RATE_HZ)
    padded = np.pad(samples, frame)
    power = np.convolve(padded**2, np.ones(frame) / frame, mode="same")[frame:-frame:hop]
    level_db = 10 * np.log10(power + 1e-12)
    loud = level_db > level_db.max() - 25.0
    active_db = 10 * np.log10(np.mean(power[loud]))
    speech = np.flatnonzero(level_db > active_db - FLOOR_DB)
    runs: list[tuple[float, float]] = []
    for index in speech:
        time_s = float(index) * HOP_S
        if runs and time_s - runs[-1][1] < JOIN_S:
            runs[-1] = (runs[-1][0], time_s)
        else:
            runs.append((time_s, time_s))
    return [(a, b) for a, b in runs if b - a >= 0.04]


def measure_level(samples: Samples, runs: tuple[tuple[float, float], ...]) -> float:
    """Return the root-mean-square of the speech runs in dBov (0 dBov is full scale)."""
    spoken = [samples[int(a * RATE_HZ) : int(b * RATE_HZ)] for a, b in runs]
    return float(10 * np.log10(np.mean(np.concatenate(spoken) ** 2) + 1e-12))


def _limit_peaks(samples: Samples) -> Samples:
    level_db = measure_level(samples, tuple(find_runs(samples)))
    ceiling = 10 ** ((level_db + CREST_DB) / 20)
    return np.asarray(ceiling * np.tanh(samples / ceiling))


def _move_pauses(samples: Samples, runs: list[tuple[float, float]]) -> Samples:
    pieces, start = [], 0
    for (_, end_s), (next_s, _) in pairwise(runs):
        gap_s = next_s - end_s
        wanted_s = next((w for low, high, w in KEEP_AWAY_S if low <= gap_s < high), gap_s)
        middle = int((end_s + next_s) / 2 * RATE_HZ)
        change = int((wanted_s - gap_s) * RATE_HZ)
        if change >= 0:
            pieces += [samples[start:middle], np.zeros(change)]
            start = middle
        else:
            pieces.append(samples[start : middle + change // 2])
            start = middle - change // 2
    return np.concatenate([*pieces, samples[start:]])


def _speak_cached(text: str, voice: Voice, delivery: Delivery, cache: Path | None) -> Samples:
    if cache is None:
        return speak(text, voice, delivery)
    key = hashlib.sha256(repr((text, astuple(voice), astuple(delivery))).encode()).hexdigest()
    path = cache / f"{key[:32]}.npy"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}.tmp.npy")
        np.save(temporary, speak(text, voice, delivery))
        temporary.replace(path)
    loaded: Samples = np.load(path)
    return loaded
