"""The written files against torch, and their lines for the manifest."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray

from scripts.diarizer.export import FRAMES, SEGMENTS, VECTOR, Models
from speechcx.turns.voices.bands import log_mel

SPEECH = (
    Path(__file__).resolve().parents[2] / "samples" / "calls" / "priya.shah_L2006_2026-03-05T09-19-40.wav"
)


def compare_files(models: Models, folder: Path, plain: Path) -> bool:
    """Print how far the files are from torch; False where that is further than allowed."""
    sound = read_speech()
    bands = log_mel(sound[: 16_000 * 6])
    bands = (bands - bands.mean(0))[None]
    with torch.no_grad():
        shares = models.segments(torch.from_numpy(sound[None, None, : 16_000 * 10])).exp().numpy()
        vector = models.whole(torch.from_numpy(bands)).numpy()
    good = True
    for name, place, bars in (("float", plain, (1e-3, 0.9999)), ("int8", folder, (0.1, 0.995))):
        ours = np.exp(run(place / SEGMENTS, sound[None, None, : 16_000 * 10]))
        frames = run(place / FRAMES, bands)
        pooled = np.concatenate([frames.mean(0), frames.std(0, ddof=1)])[None].astype(np.float32)
        found = run(place / VECTOR, pooled)
        apart = float(np.abs(ours - shares).max())
        alike = float((found * vector).sum() / np.linalg.norm(found) / np.linalg.norm(vector))
        print(f"{name}: largest difference of a share {apart:.5f} (bar {bars[0]}), ", end="")
        print(f"cosine of a speaker vector {alike:.6f} (bar {bars[1]})")
        good = good and apart <= bars[0] and alike >= bars[1]
    return good


def read_speech() -> NDArray[np.float32]:
    """Twelve seconds of a sample call, both sides mixed, at 16 kHz."""
    with wave.open(str(SPEECH)) as file:
        rate_hz = file.getframerate()
        raw = np.frombuffer(file.readframes(rate_hz * 13), "<i2").reshape(-1, file.getnchannels())
    mixed = raw.astype(np.float32).sum(1) / 32768
    time_s = np.arange(16_000 * 12) / 16_000
    return np.interp(time_s, np.arange(len(mixed)) / rate_hz, mixed).astype(np.float32)


def run(path: Path, given: np.ndarray) -> np.ndarray:
    """One run of one file."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found: np.ndarray = session.run(None, {session.get_inputs()[0].name: given})[0]
    return found
