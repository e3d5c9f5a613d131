"""Decodes files the way the pipeline does: found, hashed, then decoded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from speechcx.audio import AudioSettings, decode
from speechcx.call import Audio, Details, Recording

Decode = Callable[..., Audio]


def recording_of(path: Path, details: Details | None = None) -> Recording:
    """The recording a file is at this moment."""
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return Recording(sha256[:16], str(path), sha256, path.stat().st_size, details or Details())


@pytest.fixture
def decode_bytes(tmp_path: Path) -> Decode:
    """``decode_bytes(content, name, settings)`` writes a file and decodes it."""

    def run(content: bytes, name: str = "call.wav", settings: AudioSettings | None = None) -> Audio:
        path = tmp_path / name
        path.write_bytes(content)
        return decode(recording_of(path), settings or AudioSettings())

    return run
