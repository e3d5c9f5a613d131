"""Several recordings in one file: each is found, read in order, and the call says so."""

import numpy as np
import pytest

from speechcx.audio import AudioSettings
from speechcx.errors import CallError
from tests.audio.conftest import Decode
from tests.faults.mutants import encode, seeds
from tests.synth import loudest_hz, tone, wav_bytes

WITH_HEADERS = (
    "wav",
    "w64",
    "aiff",
    "au",
    "caf",
    "flac",
    "ogg",
    "oga",
    "opus",
    "webm",
    "mka",
    "m4a",
    "3gp",
    "amr",
    "voc",
    "wma",
)


@pytest.mark.parametrize(
    "seed", [seed for seed in seeds() if seed.name.endswith(WITH_HEADERS)], ids=lambda seed: seed.name
)
def test_joined_files_are_read_in_order(seed, decode_bytes: Decode) -> None:
    """A file with a second one behind it is as long as both, and flagged; nothing of either is lost."""
    one = decode_bytes(seed.content, seed.name)
    both = decode_bytes(seed.content * 2, seed.name)
    assert "joined" in both.origin.flags
    assert not {"truncated", "damaged", "loose_end"}.intersection(both.origin.flags)
    assert both.duration_s == pytest.approx(2 * one.duration_s, abs=0.15)
    assert both.origin.gaps == ()


@pytest.mark.parametrize("name", [seed.name for seed in seeds() if seed.name.startswith(("x", "long.mp3"))])
@pytest.mark.parametrize("between", [b"", b"TAG".ljust(128, b"\0")], ids=["plain", "titles at the end"])
def test_two_glued_mp3_files_are_joined_not_damaged(name: str, between: bytes, decode_bytes: Decode) -> None:
    """MP3 files that count their frames, one behind the other: both are heard, and the call is called joined."""
    content = next(seed.content for seed in seeds() if seed.name == name)
    one = decode_bytes(content + between, name)
    both = decode_bytes((content + between) * 2, name)
    assert both.origin.flags == ("joined",)
    assert both.duration_s == pytest.approx(2 * one.duration_s, abs=0.15)


def test_second_recording_is_heard(decode_bytes: Decode) -> None:
    """What stands in the second of two joined WAV files follows what stands in the first."""
    audio = decode_bytes(wav_bytes(tone(440, 2.0)) + wav_bytes(tone(1000, 3.0)))
    assert (audio.duration_s, audio.origin.declared_duration_s, audio.origin.flags) == (5.0, 5.0, ("joined",))
    assert loudest_hz(audio.samples[0, : 2 * 8000], 8000) == pytest.approx(440, abs=1)
    assert loudest_hz(audio.samples[0, 2 * 8000 :], 8000) == pytest.approx(1000, abs=1)


def test_recording_of_another_rate_keeps_its_length(decode_bytes: Decode) -> None:
    """A joined recording of another rate is brought to that of the longest."""
    audio = decode_bytes(wav_bytes(tone(440, 3.0)) + wav_bytes(tone(1000, 1.0, 16000), 16000))
    assert audio.origin.flags == ("joined",)
    assert audio.duration_s == pytest.approx(4.0, abs=0.01)
    assert loudest_hz(audio.samples[0, 3 * 8000 :], 8000) == pytest.approx(1000, abs=2)


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_recording_of_other_channels_is_a_gap(order: tuple[int, int], decode_bytes: Decode) -> None:
    """A short joined recording of one channel beside two is time that was not heard, never both parties'."""
    parts = {
        1: encode("a.opus", "libopus", seconds=1.0),
        2: encode("b.opus", "libopus", channels=2, seconds=8.0),
    }
    audio = decode_bytes(b"".join(parts[channels].content for channels in order), "a.opus")
    start_s = 0.0 if order[0] == 1 else 8.0
    assert audio.duration_s == pytest.approx(9.0, abs=0.05)
    assert audio.origin.channels == 2
    assert audio.origin.flags == ("damaged", "joined")
    assert [(gap.start_s, gap.end_s) for gap in audio.origin.gaps] == [
        (pytest.approx(start_s, abs=0.02), pytest.approx(start_s + 1.0, abs=0.02))
    ]


def test_header_inside_the_sound_is_no_sound(decode_bytes: Decode) -> None:
    """Where a joining program made the first header speak for all, the second header is no click."""
    first, second = wav_bytes(tone(440, 2.0)), wav_bytes(tone(440, 2.0))
    both = bytearray(first + second)
    both[40:44] = (len(both) - 44).to_bytes(4, "little")
    audio = decode_bytes(bytes(both))
    assert (audio.duration_s, audio.origin.flags) == (4.0, ("joined",))


def test_a_cut_before_the_second_is_told(decode_bytes: Decode) -> None:
    """A first recording that was cut off before the second began leaves the call flagged as truncated."""
    first = wav_bytes(tone(440, 4.0))
    audio = decode_bytes(first[: len(first) // 2] + wav_bytes(tone(440, 3.0)))
    assert audio.origin.flags == ("joined", "truncated")


def test_thousands_of_recordings_are_refused(decode_bytes: Decode) -> None:
    """A file of thousands of recordings is refused before any is decoded."""
    with pytest.raises(CallError, match="more than 500 recordings") as caught:
        decode_bytes(wav_bytes(tone(440, 0.01)) * 2000)
    assert caught.value.kind.slug == "too_big"


def test_names_of_headers_in_the_sound_are_sound(decode_bytes: Decode) -> None:
    """Four letters by chance do not part a recording."""
    sound = bytearray(wav_bytes(np.zeros(16000, np.float32)))
    sound[4000:4004], sound[9000:9004] = b"RIFF", b"fLaC"
    assert decode_bytes(bytes(sound), "a.wav", AudioSettings()).origin.flags == ()
