"""Damage inside a file: what is lost is counted, what is not stays in its place, and nothing else happens."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from speechcx.audio import AudioSettings
from speechcx.audio.flac import frame_start
from speechcx.errors import CallError
from tests.audio.conftest import Decode
from tests.faults.media import encoded
from tests.synth import chirp, loudest_hz, write_encoded

DAMAGED = [
    (".mp3", "libmp3lame", 8000, 32000), (".mp3", "libmp3lame", 44100, 64000), (".m4a", "aac", 8000, 32000),
    (".amr", "libopencore_amrnb", 8000, 12200), (".aac", "aac", 16000, 48000), (".ogg", "libopus", 16000, 64000),
    (".flac", "flac", 8000, None), (".3gp", "libopencore_amrnb", 8000, 12200),
    (".wav", "adpcm_ima_wav", 8000, None),
]  # fmt: skip


@pytest.mark.parametrize(("extension", "codec", "rate_hz", "bit_rate"), DAMAGED, ids=lambda value: str(value))
def test_damage_is_counted(
    extension: str, codec: str, rate_hz: int, bit_rate: int | None, decode_bytes: Decode, tmp_path: Path
) -> None:
    """4 KiB of damage in 60 s cost at most 5 % of the time; what comes after stays in its place."""
    # A slide from 300 to 1500 Hz: the frequency heard tells the moment it was recorded.
    whole = write_encoded(
        tmp_path / f"w{extension}", chirp(300, 1500, 60.0, rate_hz), rate_hz, codec=codec, bit_rate=bit_rate
    ).read_bytes()
    content = bytearray(whole)
    at = len(content) * 3 // 10
    content[at : at + 4096] = random.Random(5).randbytes(4096)
    audio = decode_bytes(bytes(content), f"x{extension}")
    origin = audio.origin
    assert "damaged" in origin.flags
    assert 0 < origin.lost_s <= 0.05 * 60
    assert sum(gap.duration_s for gap in origin.gaps) == pytest.approx(origin.lost_s, abs=0.01)
    assert all(12.0 < gap.start_s < gap.end_s < 28.0 for gap in origin.gaps)
    assert audio.duration_s == pytest.approx(60.0, abs=0.5)
    for moment_s in (10.0, 30.0, 50.0):
        start = round((moment_s - 0.25) * audio.rate_hz)
        heard_hz = loudest_hz(audio.samples[0, start : start + audio.rate_hz // 2], audio.rate_hz)
        assert (heard_hz - 300) / 1200 * 60 == pytest.approx(moment_s, abs=0.6)


def test_undamaged_part_is_untouched(decode_bytes: Decode) -> None:
    """Before and behind the damage a FLAC comes back sample for sample."""
    whole = encoded(".flac", "flac", seconds=10.0)
    content = bytearray(whole)
    content[len(content) // 2 : len(content) // 2 + 200] = bytes(200)
    good, bad = decode_bytes(whole, "a.flac"), decode_bytes(bytes(content), "b.flac")
    assert good.samples.shape == bad.samples.shape
    differs = np.flatnonzero(good.samples[0] != bad.samples[0])
    assert 0 < differs.max() - differs.min() <= 0.3 * 8000
    assert bad.origin.flags == ("damaged",)


def test_too_much_damage_is_refused(decode_bytes: Decode) -> None:
    """A file of which more than the set share is lost is refused, and passes under a wider setting."""
    content = bytearray(encoded(".flac", "flac", seconds=10.0))
    size = len(content)
    content[size // 4 : size * 3 // 4] = bytes(size * 3 // 4 - size // 4)
    with pytest.raises(CallError, match=r"of 10\.0 s cannot be decoded") as caught:
        decode_bytes(bytes(content), "a.flac")
    assert caught.value.kind.slug == "damaged"
    audio = decode_bytes(bytes(content), "a.flac", AudioSettings(max_lost_share=0.9))
    assert 4.9 < audio.origin.lost_s < 6.0


@pytest.mark.parametrize("number", [5, 30])
def test_a_broken_flac_frame_moves_nothing(number: int, decode_bytes: Decode) -> None:
    """One flipped bit costs one frame: its time is silent and counted, and what follows stays in its place."""
    whole = encoded(".flac", "flac")
    starts = [
        at
        for at in range(len(whole) - 16)
        if whole[at : at + 2] == b"\xff\xf8" and frame_start(whole[at : at + 16], 576)
    ]
    good = decode_bytes(whole, "a.flac")
    content = bytearray(whole)
    content[(starts[number] + starts[number + 1]) // 2] ^= 0x10
    bad = decode_bytes(bytes(content), "b.flac")
    assert ("damaged",) == bad.origin.flags
    assert bad.samples.shape == good.samples.shape
    assert bad.origin.lost_s == pytest.approx(576 / 8000, abs=0.001)
    differs = np.flatnonzero(good.samples[0] != bad.samples[0])
    assert differs.max() - differs.min() <= 576
