"""The written files against torch, and their lines for the manifest."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from scripts.diarizer.export import FRAMES, SEGMENTS, VECTOR, Models


def compare_files(models: Models, folder: Path) -> bool:
    """Print how far the int8 files are from torch; False where that is further than allowed."""
    draw = np.random.default_rng(1)
    sound = (draw.standard_normal((2, 1, 160_000)) * np.hanning(160_000) * 0.1).astype(np.float32)
    bands = draw.standard_normal((1, 417, 80)).astype(np.float32)
    with torch.no_grad():
        shares = models.segments(torch.from_numpy(sound)).exp().numpy()
        whole = models.whole(torch.from_numpy(bands)).numpy()
    ours = np.exp(run(folder / SEGMENTS, sound))
    frames = run(folder / FRAMES, bands)
    pooled = np.concatenate([frames.mean(0), frames.std(0, ddof=1)])[None]
    vector = run(folder / VECTOR, pooled.astype(np.float32))
    apart = float(np.abs(ours - shares).max())
    alike = float((vector * whole).sum() / np.linalg.norm(vector) / np.linalg.norm(whole))
    print(f"segments: largest difference of a share {apart:.4f} (bar 0.05)")
    print(f"speaker vector: cosine {alike:.5f} (bar 0.999)")
    return apart <= 0.05 and alike >= 0.999


def run(path: Path, given: np.ndarray) -> np.ndarray:
    """One run of one file."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found: np.ndarray = session.run(None, {session.get_inputs()[0].name: given})[0]
    return found


def manifest_lines(folder: Path) -> str:
    """The ``files`` of the manifest."""
    lines = [
        f'  {{ path = "{path.name}", size_bytes = {path.stat().st_size}, '
        f'sha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}" }},'
        for path in sorted(folder.glob("*.onnx"))
    ]
    return "\n".join(["files = [", *lines, "]"])
