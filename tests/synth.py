"""Signals whose right answers are known: tones, noise, speech-like bursts, two-speaker calls, and writers.

Sounds are float32 in -1..1; one channel has shape ``(time,)``, several ``(channels, time)``. Levels are
the RMS in dBov, where 0 dBov is the RMS of a full-scale square wave. Everything is the same on each run.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from speechcx.call import Audio, Origin, Peaks, Span

Sound = NDArray[np.float32]


def scale_to(sound: NDArray[np.floating], level_dbov: float) -> Sound:
    """`sound` with the RMS of `level_dbov`."""
    rms = float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))
    return (sound * (10 ** (level_dbov / 20) / max(rms, 1e-12))).astype(np.float32)


def silence(seconds: float, rate_hz: int = 8000) -> Sound:
    """Digital silence."""
    return np.zeros(round(seconds * rate_hz), np.float32)


def tone(hz: float, seconds: float, rate_hz: int = 8000, *, level_dbov: float = -20.0) -> Sound:
    """A sine."""
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    return (np.sqrt(2) * 10 ** (level_dbov / 20) * np.sin(2 * np.pi * hz * time_s)).astype(np.float32)


def chirp(
    from_hz: float, to_hz: float, seconds: float, rate_hz: int = 8000, *, level_dbov: float = -20.0
) -> Sound:
    """A sine that slides evenly from one frequency to another: no two moments sound alike."""
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    phase = 2 * np.pi * (from_hz * time_s + (to_hz - from_hz) * time_s**2 / (2 * seconds))
    return (np.sqrt(2) * 10 ** (level_dbov / 20) * np.sin(phase)).astype(np.float32)


def noise(seconds: float, rate_hz: int = 8000, *, level_dbov: float = -60.0, seed: int = 0) -> Sound:
    """White noise."""
    drawn = np.random.default_rng(seed).standard_normal(round(seconds * rate_hz))
    return scale_to(drawn, level_dbov) if drawn.size else drawn.astype(np.float32)


_VOWELS_HZ = (
    (730, 1090, 2440),
    (270, 2290, 3010),
    (530, 1840, 2480),
    (570, 840, 2410),
    (300, 870, 2240),
    (660, 1720, 2410),
)
"""First three formants of six vowels (Peterson and Barney 1952, men)."""


def speech_like(
    seconds: float,
    rate_hz: int = 8000,
    *,
    pitch_hz: float = 120.0,
    level_dbov: float = -20.0,
    seed: int = 0,
) -> Sound:
    """Voiced syllables, five a second, that change vowel and pitch: what a voice detector takes for speech.

    The median pitch is `pitch_hz`, and it moves within two semitones each way.
    """
    from scipy.signal import lfilter

    count = round(seconds * rate_hz)
    draw = np.random.default_rng(seed)
    time_s = np.arange(count) / rate_hz
    glide_st = 2.0 * np.sin(2 * np.pi * 0.7 * time_s + draw.uniform(0, 6.28))
    phase = np.cumsum(pitch_hz * 2 ** (glide_st / 12)) / rate_hz
    pulses = np.diff(np.floor(phase), prepend=0.0)
    source = lfilter([1.0], [1.0, -0.96], pulses) + 0.003 * draw.standard_normal(count)
    voice = np.zeros(count)
    syllable = max(1, round(0.2 * rate_hz))
    for start in range(0, count, syllable):
        part = source[start : start + syllable]
        for formant_hz in _VOWELS_HZ[draw.integers(len(_VOWELS_HZ))]:
            if formant_hz < 0.45 * rate_hz:
                part = _resonate(part, formant_hz, rate_hz)
        rise = np.sin(np.pi * np.linspace(0, 1, part.size)) ** 0.5 * 0.85 + 0.15
        voice[start : start + syllable] = part / (np.sqrt(np.mean(part**2)) + 1e-9) * rise
    return scale_to(voice, level_dbov) if count else voice.astype(np.float32)


def through_microphone(sound: Sound, rate_hz: int = 8000) -> Sound:
    """The sound without what is under 60 Hz, which made speech has and a microphone does not pass on."""
    from scipy.signal import butter, sosfiltfilt

    low = butter(4, 60.0, "highpass", fs=rate_hz, output="sos")
    return np.asarray(sosfiltfilt(low, sound), np.float32)


def _resonate(source: NDArray[np.float64], hz: float, rate_hz: int) -> NDArray[np.float64]:
    from scipy.signal import lfilter

    radius = np.exp(-np.pi * 90.0 / rate_hz)
    poles = [1.0, -2 * radius * np.cos(2 * np.pi * hz / rate_hz), radius**2]
    return np.asarray(lfilter([1.0 - radius], poles, source), np.float64)


@dataclass(frozen=True)
class SynthCall:
    """A made-up two-channel call and its truth.

    Parameters
    ----------
    sound
        float32, shape ``(2, time)``.
    rate_hz
        Rate in Hz.
    spans
        For each channel, when its speaker speaks.
    """

    sound: Sound
    rate_hz: int
    spans: tuple[tuple[Span, ...], tuple[Span, ...]]

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.sound.shape[1] / self.rate_hz

    @property
    def mono(self) -> Sound:
        """Both channels mixed."""
        return np.asarray(self.sound.mean(axis=0), np.float32)


def two_speaker_call(
    first: tuple[tuple[float, float], ...] = ((1.0, 4.0), (8.0, 11.0), (15.0, 17.0)),
    second: tuple[tuple[float, float], ...] = ((4.5, 7.5), (10.5, 14.0)),
    *,
    duration_s: float = 20.0,
    rate_hz: int = 8000,
    levels_dbov: tuple[float, float] = (-22.0, -26.0),
    pitches_hz: tuple[float, float] = (115.0, 205.0),
) -> SynthCall:
    """A call in which each channel speaks just in the given (start_s, end_s) spans, over faint noise.

    By default the second speaker breaks in at 10.5 s, before the first has ended at 11.0 s.
    """
    channels = []
    for which, spans in enumerate((first, second)):
        channel = noise(duration_s, rate_hz, level_dbov=-75.0, seed=90 + which)
        for no, (start_s, end_s) in enumerate(spans):
            at = round(start_s * rate_hz)
            voice = speech_like(
                end_s - start_s,
                rate_hz,
                pitch_hz=pitches_hz[which],
                level_dbov=levels_dbov[which],
                seed=100 * which + no,
            )
            channel[at : at + voice.size] += voice
        channels.append(channel)
    truth = (tuple(Span(a, b) for a, b in first), tuple(Span(a, b) for a, b in second))
    return SynthCall(np.stack(channels), rate_hz, truth)


def to_int16(sound: Sound) -> NDArray[np.int16]:
    """Floats as 16-bit samples, clipped; shape is kept."""
    return np.clip(np.rint(sound * 32768.0), -32768, 32767).astype(np.int16)


def audio_of(sound: Sound, rate_hz: int = 8000, *, flags: tuple[str, ...] = ()) -> Audio:
    """An ``Audio`` as decoding would give it, for tests of the rooms behind it."""
    samples = np.atleast_2d(to_int16(sound))
    duration_s = samples.shape[1] / rate_hz
    origin = Origin(
        "wav", "pcm_s16le", samples.shape[0], rate_hz, duration_s, duration_s, 0, 0.0, True, flags
    )
    step = max(1, rate_hz // 50)
    outline = tuple(
        bytes(
            min(255, int(np.abs(channel[at : at + step].astype(np.int32)).max()) * 255 // 32768)
            for at in range(0, channel.size, step)
        )
        for channel in samples
    )
    return Audio(samples, rate_hz, origin, Peaks(rate_hz / step, outline))


def loudest_hz(sound: NDArray[np.generic], rate_hz: int) -> float:
    """Frequency of the strongest component of one channel."""
    spectrum = np.abs(np.fft.rfft(sound.astype(np.float64) * np.hanning(sound.size)))
    return float(np.argmax(spectrum) * rate_hz / sound.size)


def rms_dbov(sound: NDArray[np.floating]) -> float:
    """RMS level of floats in -1..1."""
    return float(10 * np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-20))


# --- writers ---------------------------------------------------------------------------------------

_WAV_FORMATS = {
    "pcm8": (1, 8),
    "pcm16": (1, 16),
    "pcm24": (1, 24),
    "pcm32": (1, 32),
    "float32": (3, 32),
    "float64": (3, 64),
    "alaw": (6, 8),
    "mulaw": (7, 8),
}
"""WAVE format tag and bits of a sample."""


def mulaw_bytes(sound: Sound) -> bytes:
    """G.711 mu-law of floats, as in Sun's g711.c."""
    value = to_int16(sound).astype(np.int32)
    magnitude = np.minimum(np.abs(value), 32635) + 0x84
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    code = np.where(value < 0, 0x80, 0) | (exponent << 4) | mantissa
    return bytes((~code & 0xFF).astype(np.uint8))


def alaw_bytes(sound: Sound) -> bytes:
    """G.711 A-law of floats, as in Sun's g711.c."""
    value = to_int16(sound).astype(np.int32) >> 3
    negative = value < 0
    magnitude = np.where(negative, -value - 1, value)
    exponent = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 4, 0)
    mantissa = np.where(exponent < 2, magnitude >> 1, magnitude >> np.maximum(exponent, 1)) & 0x0F
    code = ((exponent << 4) | mantissa) ^ np.where(negative, 0x55, 0xD5)
    return bytes(code.astype(np.uint8))


def sample_bytes(sound: Sound, encoding: str) -> bytes:
    """Interleaved samples as a WAV data chunk holds them."""
    flat = np.atleast_2d(sound).T.reshape(-1)
    if encoding == "mulaw":
        return mulaw_bytes(flat)
    if encoding == "alaw":
        return alaw_bytes(flat)
    if encoding in ("float32", "float64"):
        return flat.astype("<f4" if encoding == "float32" else "<f8").tobytes()
    bits = _WAV_FORMATS[encoding][1]
    top = 2.0 ** (bits - 1)
    whole = np.clip(np.rint(flat.astype(np.float64) * top), -top, top - 1).astype(np.int64)
    if bits == 8:
        return bytes((whole + 128).astype(np.uint8))
    return whole.astype("<i8").view(np.uint8).reshape(-1, 8)[:, : bits // 8].tobytes()


def wav_bytes(sound: Sound, rate_hz: int = 8000, encoding: str = "pcm16") -> bytes:
    """A whole WAV file; `encoding` is pcm8, pcm16, pcm24, pcm32, float32, float64, mulaw or alaw."""
    tag, bits = _WAV_FORMATS[encoding]
    channels = np.atleast_2d(sound).shape[0]
    data = sample_bytes(sound, encoding)
    block = channels * bits // 8
    form = struct.pack("<HHIIHH", tag, channels, rate_hz, rate_hz * block, block, bits)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def write_wav(path: Path, sound: Sound, rate_hz: int = 8000, encoding: str = "pcm16") -> Path:
    """Write `sound` as a WAV file; see :func:`wav_bytes`."""
    path.write_bytes(wav_bytes(sound, rate_hz, encoding))
    return path


def write_gsm_wav(path: Path, sound: Sound, rate_hz: int = 8000) -> Path:
    """Write a WAV with Microsoft GSM 6.10, as PBXes record it (mono)."""
    import soundfile

    soundfile.write(path, np.atleast_2d(sound).T, rate_hz, format="WAV", subtype="GSM610")
    return path


def write_encoded(
    path: Path,
    sound: Sound,
    rate_hz: int = 8000,
    *,
    codec: str,
    container: str | None = None,
    bit_rate: int | None = None,
) -> Path:
    """Write through PyAV, e.g. ``codec="libmp3lame"`` to ``x.mp3`` or ``codec="libopus"`` to ``x.ogg``.

    Encoders that cannot take `rate_hz` are an error, not resampled: Opus takes 8, 12, 16, 24 and 48 kHz,
    AMR-NB (``libopencore_amrnb``) 8 kHz mono, ``g722`` 16 kHz mono.
    """
    import av

    channels = np.atleast_2d(sound)
    layout = {1: "mono", 2: "stereo"}.get(channels.shape[0], f"{channels.shape[0]} channels")
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate_hz, layout=layout)
        stream.time_base = Fraction(1, rate_hz)
        if bit_rate is not None:
            stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(to_int16(channels).T.reshape(1, -1)), format="s16", layout=layout
        )
        frame.sample_rate = rate_hz
        frame.pts = 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def dialogic_bytes(sound: Sound) -> bytes:
    """Dialogic ADPCM, 4 bits a sample, high half first (Dialogic, Application Note 1366, 1988)."""
    steps = [16]
    while len(steps) < 49:
        steps.append(min(1552, int(16 * 1.1 ** len(steps))))
    guess, index, halves = 0, 0, []
    for wanted in np.round(sound * 2047).astype(int).tolist():
        step = steps[index]
        left = abs(wanted - guess)
        bits = 0
        for bit, size in ((4, step), (2, step // 2), (1, step // 4)):
            if left >= size:
                bits, left = bits | bit, left - size
        change = step // 8 + (step if bits & 4 else 0) + (step // 2 if bits & 2 else 0)
        change += step // 4 if bits & 1 else 0
        is_down = wanted < guess
        guess = max(-2048, min(2047, guess - change if is_down else guess + change))
        halves.append(bits | 8 * is_down)
        index = max(0, min(48, index + (-1 if bits < 4 else 2 * (bits - 3))))
    return bytes(high << 4 | low for high, low in zip(halves[::2], halves[1::2], strict=True))
