"""What is refused unheard and, as carefully, what is not."""

from __future__ import annotations

import numpy as np
import pytest

from speechcx.audio import AudioSettings, bounds
from speechcx.errors import CallError
from tests.audio.conftest import Decode
from tests.faults.media import encoded, wav_header
from tests.faults.mutants import Seed, seeds
from tests.synth import Sound, noise, silence, speech_like, to_int16, wav_bytes, write_encoded

SEEDS = seeds()
PACKED = [
    (".mp3", "libmp3lame", 8000, 32000), (".mp3", "libmp3lame", 44100, 320000), (".aac", "aac", 16000, 96000),
    (".m4a", "aac", 44100, 128000), (".m4a", "alac", 16000, None), (".flac", "flac", 8000, None),
    (".ogg", "libopus", 48000, 96000), (".webm", "libopus", 48000, 96000), (".amr", "libopencore_amrnb", 8000, 12200),
    (".wma", "wmav2", 44100, 128000), (".mkv", "pcm_s16le", 8000, None), (".mov", "pcm_alaw", 8000, None),
]  # fmt: skip


@pytest.fixture
def all_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of any size are looked at as large ones are."""
    monkeypatch.setattr(bounds, "LARGE_BYTES", 0)
    monkeypatch.setattr(bounds, "SMALL_BYTES", 0)
    monkeypatch.setattr(bounds, "ZERO_BYTES", 16_384)


@pytest.mark.usefixtures("all_large")
@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: f"{SEEDS.index(seed)}-{seed.name}")
def test_no_recording_inside_the_bound_is_refused(seed: Seed, decode_bytes: Decode) -> None:
    """A recording of any format that just keeps to the longest duration is heard; at half of it, it is too long."""
    more = (".vox=dialogic",)
    fitting = AudioSettings(max_duration_s=seed.duration_s + 0.3, headerless=more)
    assert decode_bytes(seed.content, seed.name, fitting).duration_s == pytest.approx(
        seed.duration_s, abs=0.2
    )
    with pytest.raises(CallError) as caught:
        decode_bytes(
            seed.content, seed.name, AudioSettings(max_duration_s=seed.duration_s / 2, headerless=more)
        )
    assert caught.value.kind.slug == "too_long"


@pytest.mark.usefixtures("all_large")
@pytest.mark.parametrize(("extension", "codec", "rate_hz", "bit_rate"), PACKED, ids=lambda value: str(value))
def test_silence_is_not_damage(
    extension: str, codec: str, rate_hz: int, bit_rate: int | None, decode_bytes: Decode, tmp_path
) -> None:
    """Digital silence with a word at its end is heard whole, in any format: no encoder writes it as rows of zeros."""
    sound = np.concatenate([silence(40.0, rate_hz), speech_like(2.0, rate_hz)])
    path = write_encoded(tmp_path / f"x{extension}", sound, rate_hz, codec=codec, bit_rate=bit_rate)
    audio = decode_bytes(path.read_bytes(), path.name)
    assert audio.duration_s == pytest.approx(42.0, abs=0.3)
    assert "damaged" not in audio.origin.flags


@pytest.mark.usefixtures("all_large")
def test_mp3_of_changing_bit_rate(decode_bytes: Decode, tmp_path) -> None:
    """An MP3 whose bit rate changes from part to part is measured in all parts, and not taken for a longer one."""
    parts = [
        encoded(".mp3", "libmp3lame", seconds=20.0, bit_rate=rate) for rate in (8000, 64000, 8000, 64000)
    ]
    joined = b"".join(part[72 * 8 :] for part in parts)  # without the frames that count the others
    assert decode_bytes(joined, "a.mp3", AudioSettings(max_duration_s=81)).duration_s == pytest.approx(
        80, abs=2.5
    )
    with pytest.raises(CallError, match="its frames come to about") as caught:
        decode_bytes(joined, "a.mp3", AudioSettings(max_duration_s=50))
    assert caught.value.kind.slug == "too_long"


@pytest.mark.usefixtures("all_large")
@pytest.mark.parametrize("form", ["header", "8 kHz"])
def test_a_file_of_one_value_has_no_speech(form: str, decode_bytes: Decode) -> None:
    """A large file of plain samples that are all the same holds no speech; with one other sample it is decoded."""
    content = bytearray(wav_header(data_bytes=2_000_000) + bytes(2_000_000))
    name = "a.wav"
    if form == "8 kHz":
        content, name = bytearray(b"\xff" * 2_000_000), "a.ulaw"
    with pytest.raises(CallError, match="digital silence") as caught:
        decode_bytes(bytes(content), name)
    assert caught.value.kind.slug == "no_speech"
    content[1_777_777] = 0x77
    assert decode_bytes(bytes(content), name).samples.any()
    early = bytearray(wav_header(data_bytes=2_000_000) + bytes(2_000_000))
    early[20_000:30_000] = wav_bytes(noise(1.0, level_dbov=-20))[44:10_044]
    assert decode_bytes(bytes(early), "a.wav").samples.any()


@pytest.mark.usefixtures("all_large")
@pytest.mark.parametrize(
    ("extension", "codec", "rate_hz", "bit_rate"), PACKED[:-3], ids=lambda value: str(value)
)
def test_a_file_that_is_zeros_for_the_most_part_is_damaged(
    extension: str, codec: str, rate_hz: int, bit_rate: int | None, decode_bytes: Decode, tmp_path
) -> None:
    """Half a file of zeros is damage, in words that say how much; under a wider setting it is decoded, and flagged."""
    path = write_encoded(
        tmp_path / f"x{extension}", speech_like(60.0, rate_hz), rate_hz, codec=codec, bit_rate=bit_rate
    )
    content = bytearray(path.read_bytes())
    size = len(content)
    content[size // 3 : size * 5 // 6] = bytes(size * 5 // 6 - size // 3)
    with pytest.raises(CallError, match=r"about [2-5]\d% of the file are zeros") as caught:
        decode_bytes(bytes(content), path.name)
    assert caught.value.kind.slug == "damaged"
    assert "20% lost" in (caught.value.expected or "")
    audio = decode_bytes(bytes(content), path.name, AudioSettings(max_lost_share=1.0))
    assert set(audio.origin.flags) & {"damaged", "truncated", "gaps"}


def test_what_decodes_to_too_much_is_refused_by_its_header(decode_bytes: Decode, tmp_path) -> None:
    """Eight channels that come to more than the bound are refused before they are decoded."""
    sound: Sound = np.stack([speech_like(10.0)] * 8)
    path = write_encoded(tmp_path / "x.flac", sound, codec="flac")
    needed = to_int16(sound).nbytes
    assert (
        decode_bytes(path.read_bytes(), "x.flac", AudioSettings(max_output_bytes=needed)).samples.nbytes
        == needed
    )
    with pytest.raises(CallError, match=r"10 s of 8 channels decode to 1,280,000 bytes") as caught:
        decode_bytes(path.read_bytes(), "x.flac", AudioSettings(max_output_bytes=needed - 1))
    assert caught.value.kind.slug == "too_big"
