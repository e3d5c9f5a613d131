"""What files claim of their own length."""

import struct
from pathlib import Path

import pytest

from speechcx.audio.claims import Claim, is_doubtful_rate, read_claim
from speechcx.audio.file_source import FileSource
from speechcx.audio.formats import FileFormat
from speechcx.errors import CallError
from tests.audio.conftest import Decode
from tests.faults.media import encoded
from tests.faults.mutants import seeds


def claim_of(content: bytes, demuxer: str, tmp_path: Path, start: int = 0) -> Claim:
    path = tmp_path / "a.x"
    path.write_bytes(content)
    with FileSource(str(path)) as source:
        return read_claim(source, FileFormat(demuxer, sound_at=start))


@pytest.mark.parametrize("rate_hz", [8000, 44100])
def test_mp3_with_a_count(rate_hz: int, tmp_path: Path) -> None:
    """The Xing count, less the encoder's padding, is the length to the sample; behind an ID3 tag too."""
    content = encoded(".mp3", "libmp3lame", rate_hz=rate_hz)
    assert claim_of(content, "mp3", tmp_path).duration_s == pytest.approx(5.0, abs=0.001)
    assert claim_of(bytes(300) + content, "mp3", tmp_path, 300).duration_s == pytest.approx(5.0, abs=0.001)


def test_mp3_without_a_count(tmp_path: Path) -> None:
    """An MP3 without a Xing frame claims nothing."""
    content = encoded(".mp3", "libmp3lame").replace(b"Xing", b"\0\0\0\0").replace(b"Info", b"\0\0\0\0")
    assert claim_of(content, "mp3", tmp_path) == Claim(sound_bytes=len(content), tells_end=False)


def test_mp3_with_vbri(tmp_path: Path) -> None:
    """Fraunhofer's VBRI tag is read like a Xing tag."""
    frame = bytes.fromhex("fffb9000") + bytes(413)
    tag = frame[:36] + b"VBRI" + bytes(6) + struct.pack(">II", 417 * 100, 100) + frame[54:]
    assert claim_of(tag + frame * 99, "mp3", tmp_path).duration_s == pytest.approx(100 * 1152 / 44100)


@pytest.mark.parametrize(
    ("extension", "codec", "demuxer"),
    [(".wav", "pcm_s16le", "wav"), (".mp3", "libmp3lame", "mp3"), (".ogg", "libopus", "ogg"),
     (".au", "pcm_s16be", "au"), (".aiff", "pcm_s16be", "aiff"), (".caf", "pcm_s16le", "caf"),
     (".w64", "pcm_s16le", "w64")],
)  # fmt: skip
def test_cut_files_show_it(extension: str, codec: str, demuxer: str, tmp_path: Path) -> None:
    """A whole file shows no cut, a half one does, without decoding."""
    content = encoded(extension, codec)
    assert not claim_of(content, demuxer, tmp_path).cut
    assert claim_of(content[: len(content) // 2], demuxer, tmp_path).cut


def test_half_a_gsm_frame_is_a_cut(tmp_path: Path) -> None:
    """A file of equal frames that ends inside one was cut off."""
    assert not claim_of(b"\xd0" * 330, "gsm", tmp_path).cut
    assert "20 of 33 bytes" in claim_of(b"\xd0" * 350, "gsm", tmp_path).cut


def test_mp4_needs_its_index(tmp_path: Path) -> None:
    """Sound without an index was cut off; neither sound nor index is a bad header."""
    content = encoded(".m4a", "aac")
    claim = claim_of(content, "mov", tmp_path)
    assert claim == Claim(sound_bytes=claim.sound_bytes)
    assert 0.8 * len(content) < (claim.sound_bytes or 0) < len(content)
    with pytest.raises(CallError, match="ends before its index") as caught:
        claim_of(content[: len(content) // 2], "mov", tmp_path)
    assert caught.value.kind.slug == "truncated"
    with pytest.raises(CallError, match="no index") as caught:
        claim_of(b"\x00\x00\x00\x10ftypM4A \x00\x00\x00\x00", "mov", tmp_path)
    assert caught.value.kind.slug == "bad_header"


@pytest.mark.parametrize(
    ("content", "demuxer"),
    [
        (b"fLaC" + (b"\x06\xff\xff\xff" + bytes(0xFFFFFF)) * 3, "flac"),
        (b"\x00\x00\x00\x08ftyp" + struct.pack(">I", 200 * 1024**2) + b"moov", "mov"),
        ((b"OggS" + bytes(22) + b"\xff" + b"\xff" * 255 + bytes(255 * 255)) * 600, "ogg"),
    ],
    ids=["flac", "mov", "ogg"],
)
def test_fat_tags_are_refused(content: bytes, demuxer: str, tmp_path: Path) -> None:
    """More than 32 MB of titles or pictures are refused before FFmpeg reads them."""
    with pytest.raises(CallError, match="titles or pictures") as caught:
        claim_of(content, demuxer, tmp_path)
    assert caught.value.kind.slug == "too_big"


def test_an_open_length_is_no_claim(tmp_path: Path) -> None:
    """AU and CAF files may say that their length is not known."""
    au = struct.pack(">4sIIIII", b".snd", 24, 0xFFFFFFFF, 1, 8000, 1) + bytes(8000)
    assert claim_of(au, "au", tmp_path) == Claim(is_open=True, sound_bytes=8000)
    caf = b"caff\x00\x01\x00\x00data" + b"\xff" * 8 + bytes(8000)
    assert claim_of(caf, "caf", tmp_path) == Claim(is_open=True, sound_bytes=7996)


def test_au_length(tmp_path: Path) -> None:
    """The length of an AU file follows from its size field; many more bytes are sound that it does not know of."""
    au = struct.pack(">4sIIIII", b".snd", 24, 8000, 1, 8000, 1)
    assert claim_of(au + bytes(8100), "au", tmp_path) == Claim(1.0, "", 100, sound_bytes=8000)
    assert claim_of(au + bytes(9000), "au", tmp_path) == Claim(1.0, sound_bytes=9000, lies=True)


def fragmented() -> bytes:
    """An MP4 in fragments of half a second, with an index of them at its end."""
    return next(seed.content for seed in seeds() if seed.name == "parts.mp4")


def fragment_starts(content: bytes) -> list[int]:
    """Where each part ``moof`` begins."""
    at, found = 0, []
    while at < len(content):
        if content[at + 4 : at + 8] == b"moof":
            found.append(at)
        at += int.from_bytes(content[at : at + 4], "big")
    return found


def test_an_mp4_cut_between_two_fragments_is_not_taken_for_whole(decode_bytes: Decode) -> None:
    """Without the index at its end nobody knows whether there were more fragments: the length is unverified."""
    content = fragmented()
    assert decode_bytes(content, "a.mp4").origin.flags == ()
    for at in fragment_starts(content)[1:]:
        origin = decode_bytes(content[:at], "a.mp4").origin
        assert ("length_unverified",) == origin.flags
        assert not origin.length_verified


def test_an_mp4_whose_end_was_never_written_is_damaged(decode_bytes: Decode) -> None:
    """Zeros in the place of the last fragments, as a full disk leaves them, are told."""
    content = fragmented()
    at = fragment_starts(content)[3]
    assert "damaged" in decode_bytes(content[:at] + bytes(len(content) - at), "a.mp4").origin.flags


@pytest.mark.parametrize(
    ("name", "codec", "rate_at"),
    [("a.au", "pcm_mulaw", 17), ("a.aiff", "pcm_s16be", None)],
    ids=["au", "aiff"],
)
def test_a_rate_that_no_recorder_writes_is_not_believed(
    name: str, codec: str, rate_at: int | None, decode_bytes: Decode
) -> None:
    """One flipped bit in the rate makes 5 s another length, and nothing else in the file could tell."""
    content = bytearray(encoded(name[1:], codec))
    assert decode_bytes(bytes(content), name).origin.flags == ()
    content[rate_at or content.index(b"COMM") + 18] ^= 0x02
    assert decode_bytes(bytes(content), name).origin.flags == ("length_unverified",)


@pytest.mark.parametrize(
    ("demuxer", "rate_hz", "is_doubtful"),
    [("au", 8000, False), ("au", 8001, True), ("voc", 11_111, False), ("voc", 12_500, False), ("voc", 139_072, True),
     ("wav", 8001, False)],
)  # fmt: skip
def test_rates(demuxer: str, rate_hz: int, is_doubtful: bool) -> None:
    """Creative's files have rates of whole microseconds; WAV names its rate twice."""
    assert is_doubtful is is_doubtful_rate(demuxer, rate_hz)
