"""Everything on the line that is not speech, and the files: noise, music, tones, codecs."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .voices import RATE_HZ, Samples, limit_band

# Format name -> (file ending, FFmpeg encoder, bits a second for the whole file).
FORMATS: dict[str, tuple[str, str, int]] = {
    "wav-mulaw": ("wav", "pcm_mulaw", 0),
    "wav-alaw": ("wav", "pcm_alaw", 0),
    "wav-pcm": ("wav", "pcm_s16le", 0),
    "flac": ("flac", "flac", 0),
    "mp3": ("mp3", "libmp3lame", 32000),
    "opus": ("opus", "libopus", 32000),
    "m4a": ("m4a", "aac", 32000),
}
SILENT_DBOV = -100.0
DTMF_HZ = {
    "1": (697, 1209), "2": (697, 1336), "3": (697, 1477), "4": (770, 1209), "5": (770, 1336),
    "6": (770, 1477), "7": (852, 1209), "8": (852, 1336), "9": (852, 1477), "0": (941, 1336),
}  # fmt: skip


def set_level(samples: Samples, level_dbov: float) -> Samples:
    """Scale to a root-mean-square of `level_dbov` (0 dBov is full scale) over all of it."""
    now = float(np.sqrt(np.mean(samples**2)))
    return samples * (10 ** (level_dbov / 20) / max(now, 1e-12))


def make_line_noise(length: int, level_dbov: float, rng: np.random.Generator) -> Samples:
    """Telephone-band hiss, a little stronger at low frequencies."""
    white = rng.standard_normal(length + 1)
    return set_level(limit_band(white[1:] + 0.6 * white[:-1]), level_dbov)


def make_hold_music(length: int, rng: np.random.Generator) -> Samples:
    """A slow arpeggio over four chords, three partials to the note, made here and nowhere else."""
    chords = [(60, 64, 67, 72), (57, 60, 64, 69), (53, 57, 60, 65), (55, 59, 62, 67)]
    beat = int(0.3 * RATE_HZ)
    music = np.zeros(length + 4 * beat)
    for step in range(length // beat + 1):
        chord = chords[(step // 8) % len(chords)]
        notes = [chord[step % 4] + 12 * int(rng.integers(0, 2))]
        if step % 8 == 0:
            notes += [chord[0] - 12, chord[2]]
        for note in notes:
            tone = _pluck(440.0 * 2 ** ((note - 69) / 12), 4 * beat)
            music[step * beat : step * beat + len(tone)] += tone
    fade = np.minimum(1.0, np.arange(length) / (0.05 * RATE_HZ))
    return set_level(limit_band(music[:length] * fade * fade[::-1]), -26.0)


def _pluck(frequency_hz: float, length: int) -> Samples:
    time_s = np.arange(length) / RATE_HZ
    wave = sum(
        np.sin(2 * np.pi * frequency_hz * k * time_s) / k**1.3 for k in (1, 2, 3) if frequency_hz * k < 3300
    )
    return np.asarray(wave * np.exp(-2.2 * time_s) * np.minimum(1.0, time_s / 0.01))


def make_ring(count: int) -> Samples:
    """North American ring-back: 440 + 480 Hz, two seconds on, four off."""
    time_s = np.arange(2 * RATE_HZ) / RATE_HZ
    on = np.sin(2 * np.pi * 440 * time_s) + np.sin(2 * np.pi * 480 * time_s)
    return np.concatenate([set_level(on, -24.0), np.zeros(4 * RATE_HZ)] * count)


def make_keys(digits: str) -> Samples:
    """Touch tones, 0.12 s each with 0.1 s between."""
    time_s = np.arange(int(0.12 * RATE_HZ)) / RATE_HZ
    pieces = []
    for digit in digits:
        low, high = DTMF_HZ[digit]
        tone = np.sin(2 * np.pi * low * time_s) + np.sin(2 * np.pi * high * time_s)
        pieces += [set_level(tone, -20.0), np.zeros(int(0.1 * RATE_HZ))]
    return np.concatenate(pieces)


def write_audio(path: Path, tracks: NDArray[np.float64], format_name: str) -> None:
    """Encode tracks `[channel, time]` in -1..1 at 8 kHz; the stream says nothing of its maker."""
    import av

    _, codec, bit_rate = FORMATS[format_name]
    pcm = np.clip(np.round(tracks * 32767.0), -32768, 32767).astype(np.int16)
    layout = "mono" if len(pcm) == 1 else "stereo"
    options = {"fflags": "+bitexact"}
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=RATE_HZ, layout=layout)
        if bit_rate:
            stream.bit_rate = bit_rate // 2 * len(pcm)
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        frame = av.AudioFrame.from_ndarray(pcm.T.reshape(1, -1), format="s16", layout=layout)
        frame.rate, frame.pts, frame.time_base = RATE_HZ, 0, Fraction(1, RATE_HZ)
        for packet in stream.encode(frame):
            container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
