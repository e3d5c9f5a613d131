"""Telling what a file is by its bytes."""

import pytest
from av.codec import Codec
from av.codec.codec import UnknownCodecError
from hypothesis import given
from hypothesis import strategies as st

from speechcx.audio import AudioSettings, formats
from speechcx.audio.formats import DECODERS, MAX_TAG_BYTES, id3_bytes, recognise
from speechcx.errors import CallError
from tests.faults.media import encoded
from tests.synth import mulaw_bytes, noise, wav_bytes

CONTAINERS = {
    ".mp3": ("libmp3lame", "mp3"), ".ogg": ("libopus", "ogg"), ".flac": ("flac", "flac"), ".m4a": ("aac", "mov"),
    ".amr": ("libopencore_amrnb", "amr"), ".au": ("pcm_mulaw", "au"), ".aiff": ("pcm_s16be", "aiff"),
    ".caf": ("pcm_s16le", "caf"), ".w64": ("pcm_s16le", "w64"), ".mka": ("pcm_s16le", "matroska"),
}  # fmt: skip


@pytest.mark.parametrize("extension", CONTAINERS)
def test_known_containers(extension: str) -> None:
    """A container is known by its bytes alone; a lying name changes nothing."""
    codec, demuxer = CONTAINERS[extension]
    head = encoded(extension, codec, seconds=2.0)
    for name in (f"a{extension}", "a.wav", "a", "a.txt"):
        assert recognise(head, name, AudioSettings()).demuxer == demuxer


def test_adts_is_told_from_mp3() -> None:
    """Both begin with eleven set bits; the frames behind tell them apart."""
    assert recognise(encoded(".aac", "aac", rate_hz=16000), "a.mp3", AudioSettings()).demuxer == "aac"


@pytest.mark.parametrize(
    ("name", "demuxer", "rate"),
    [("a.ulaw", "mulaw", "8000"), ("A.AL", "alaw", "8000"), ("a.sln", "s16le", "8000"), ("a.sln44", "s16le", "44100"),
     ("a.sln12", "s16le", "12000"), ("a.sln192", "s16le", "192000")],
)  # fmt: skip
def test_headerless_by_extension(name: str, demuxer: str, rate: str) -> None:
    """Bytes that say nothing are read as the extension says."""
    form = recognise(mulaw_bytes(noise(1.0, level_dbov=-20)), name, AudioSettings())
    assert (form.demuxer, dict(form.options)["sample_rate"], form.has_header) == (demuxer, rate, False)


def test_loud_mulaw_is_no_mp3() -> None:
    """Bytes of a headerless file that look like the start of an MP3 frame are sound."""
    frame = b"\xff\xfb\x90\x00" + bytes(413)
    assert recognise(frame * 10, "a.ulaw", AudioSettings()).demuxer == "mulaw"
    assert recognise(frame * 10, "a.bin", AudioSettings()).demuxer == "mp3"


@given(st.binary(max_size=3000), st.sampled_from(["a.wav", "a.mp3", "a.ulaw", "a.gsm", "a", ""]))
def test_any_bytes_are_told(content: bytes, name: str) -> None:
    """Any bytes are a known format or one of the two refusals; a bare signature is the format it signs."""
    known = {demuxer for demuxer, _ in formats._CONTAINERS} | {"mulaw", "gsm"}
    refusals = {"not_audio", "unsupported_codec"}
    try:
        told = recognise(content, name, AudioSettings()).demuxer
    except CallError as error:
        told = error.kind.slug
    assert told in known | refusals


@given(st.text(min_size=1, max_size=500))
def test_text_is_never_a_container(text: str) -> None:
    """No text in UTF-8 is taken for a recording, whatever its extension, unless it is no text at all."""
    printable = "".join(char for char in text if char.isprintable()) or "x"
    for name in ("a.wav", "a.ulaw"):
        with pytest.raises(CallError):
            recognise(printable.encode() * 3, name, AudioSettings())


def test_private_text_is_not_in_the_message() -> None:
    """The message names the kind of text and none of its words."""
    with pytest.raises(CallError) as caught:
        recognise(b"card number 4111 1111 1111 1111", "a.wav", AudioSettings())
    assert "4111" not in str(caught.value)


def test_id3_length() -> None:
    """The length of an ID3 tag is 28 bits in four bytes; over the limit it is refused."""
    assert id3_bytes(b"ID3\x04\x00\x00\x00\x00\x02\x01") == 10 + 257
    assert id3_bytes(wav_bytes(noise(0.1))[:10]) == 0
    with pytest.raises(CallError, match=f"at most {MAX_TAG_BYTES:,}") as caught:
        id3_bytes(b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f")
    assert caught.value.kind.slug == "too_big"


def test_decoders_are_sound_only() -> None:
    """Every decoder on the list that this FFmpeg has decodes sound."""
    kinds = {}
    for name in DECODERS:
        try:
            kinds[name] = Codec(name, "r").type
        except UnknownCodecError:
            continue
    assert set(kinds.values()) == {"audio"}
    assert len(kinds) >= 35
