"""The pages of Ogg files: whole, damaged, missing, cut, and one stream behind another."""

from pathlib import Path

import pytest

from speechcx.audio.file_source import FileSource
from speechcx.audio.ogg import OggPages, read_ogg_pages
from tests.audio.conftest import Decode
from tests.faults.mutants import encode

SEED = encode("long.opus", "libopus", 16000, bit_rate=16000, seconds=40.0)


def pages_of(content: bytes, tmp_path: Path) -> OggPages:
    path = tmp_path / "a.ogg"
    path.write_bytes(content)
    with FileSource(str(path)) as source:
        return read_ogg_pages(source, 0)


def spoil(content: bytes, first: int) -> bytes:
    """Every page from the `first` on with a wrong byte of sound."""
    changed = bytearray(content)
    at = no = 0
    while (at := content.find(b"OggS", at)) >= 0:
        no += 1
        if no > first:
            changed[min(at + 200, len(changed) - 1)] ^= 1
        at += 4
    return bytes(changed)


def test_whole_file(tmp_path: Path) -> None:
    """An undamaged file has no damage, ends with its last page and holds one stream."""
    pages = pages_of(SEED.content, tmp_path)
    assert (pages.damage, pages.is_ended, pages.is_whole_at_end, pages.links) == ("", True, True, ())
    assert pages.pages == SEED.content.count(b"OggS") > 30


def test_pages_that_fail_their_checksum(tmp_path: Path) -> None:
    """Pages with a wrong checksum are counted, and the time of those at the end is told."""
    count = SEED.content.count(b"OggS")
    pages = pages_of(spoil(SEED.content, 3 * count // 4), tmp_path)
    assert pages.bad_pages == count - 3 * count // 4
    assert f"{pages.bad_pages} of {count} Ogg pages fail their checksum" in pages.damage
    assert pages.missing_end_s == pytest.approx(10.0, abs=1.1)
    assert not pages.is_ended


def test_missing_page(tmp_path: Path) -> None:
    """A page that was taken out is missed by its number."""
    marks = [at for at in range(len(SEED.content)) if SEED.content[at : at + 4] == b"OggS"]
    pages = pages_of(SEED.content[: marks[9]] + SEED.content[marks[10] :], tmp_path)
    assert pages.damage == "1 Ogg pages are missing"


def test_cut_page(tmp_path: Path) -> None:
    """A file that ends inside a page is cut, and not damaged besides."""
    pages = pages_of(SEED.content[:-50], tmp_path)
    assert (pages.damage, pages.is_whole_at_end, pages.is_ended) == ("", False, False)


def test_last_quarter_unreadable_is_flagged(decode_bytes: Decode) -> None:
    """A file whose last quarter of pages fail their checksum is not a shorter call without a flag."""
    count = SEED.content.count(b"OggS")
    audio = decode_bytes(spoil(SEED.content, 3 * count // 4), "a.opus")
    assert audio.origin.flags == ("damaged", "truncated")
    assert audio.origin.declared_duration_s is None or audio.origin.declared_duration_s > 39
