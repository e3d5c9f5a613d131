"""Spoken words for tests of real engines."""

import os
from functools import cache
from pathlib import Path

import av
import numpy as np
import pytest
import soxr
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("SPEECHCX_DATA", ROOT.parent / "shared" / "data"))

Sound = NDArray[np.float32]


@cache
def decode(path: Path) -> Sound:
    """The first channel of a file at 16 kHz."""
    frames = []
    with av.open(str(path)) as container:
        rate_hz = container.streams.audio[0].rate
        for frame in container.decode(audio=0):
            values = frame.to_ndarray()
            frames.append(
                values[0] if frame.format.is_planar else values.reshape(-1, frame.layout.nb_channels)[:, 0]
            )
    sound = np.concatenate(frames)
    if sound.dtype == np.uint8:
        scaled = (sound.astype(np.float32) - 128) / 128
    elif np.issubdtype(sound.dtype, np.integer):
        scaled = sound.astype(np.float32) / np.iinfo(sound.dtype).max
    else:
        scaled = sound.astype(np.float32)
    return np.asarray(soxr.resample(scaled, rate_hz, 16_000), np.float32)


@pytest.fixture
def shared() -> Path:
    """The folder of shared recordings."""
    if not DATA.is_dir():
        pytest.skip("the shared recordings are not on this machine (SPEECHCX_DATA)")
    return DATA


@pytest.fixture(scope="session")
def tiny() -> str:
    """The small model's name, where its weights are on this machine."""
    from speechcx.errors import ModelMissing
    from speechcx.weights import find_model

    try:
        find_model("tiny.en")
    except ModelMissing:
        pytest.skip("Whisper tiny.en is not on this machine: speechcx models pull whisper-tiny.en")
    return "tiny.en"


@pytest.fixture(scope="session")
def base() -> str:
    """The usual model's name, where its weights are on this machine."""
    from speechcx.errors import ModelMissing
    from speechcx.weights import find_model

    try:
        find_model("base")
    except ModelMissing:
        pytest.skip("Whisper base is not on this machine: speechcx models pull whisper-base")
    return "base"
