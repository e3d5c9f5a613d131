"""The pages of an Ogg file: which of them are whole, which are missing, and where another stream begins.

FFmpeg passes over pages whose checksum is wrong without a word, so what it gives may be a quarter of the
call and look whole. Layout and checksum after RFC 3533, 6.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from speechcx.audio.file_source import Readable

_MARK = b"OggS"
_FIRST, _LAST = 2, 4
"""Bits of a page's type: the first and the last page of a stream."""
_READ_BYTES = 1 << 20
_MAX_PAGE_BYTES = 27 + 255 + 255 * 255
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_LONGEST_JUMP_S = 600.0
"""A position further on than this from one page to the next is damaged, not told."""


@dataclass(frozen=True, slots=True)
class OggPages:
    """What the pages of a file tell of it.

    Parameters
    ----------
    links
        Byte at which each stream begins that follows another; streams that run side by side count once.
    pages
        Pages found.
    bad_pages
        Those of them whose checksum is wrong or whose end is missing.
    lost_pages
        Numbers that are left out between one page of a stream and the next.
    loose_bytes
        Bytes between the pages and behind them that belong to no page.
    is_ended
        Whether the last page is whole and says that it is the last.
    is_whole_at_end
        Whether the file does not end inside a page.
    missing_end_s
        Time between the last page that is whole and the last that is there, by their positions.
    """

    links: tuple[int, ...]
    pages: int
    bad_pages: int
    lost_pages: int
    loose_bytes: int
    is_ended: bool
    is_whole_at_end: bool
    missing_end_s: float

    @property
    def damage(self) -> str:
        """What is wrong inside the file, empty where nothing is."""
        told = []
        if self.bad_pages:
            told.append(f"{self.bad_pages} of {self.pages} Ogg pages fail their checksum")
        if self.lost_pages:
            told.append(f"{self.lost_pages} Ogg pages are missing")
        if self.loose_bytes:
            told.append(f"{self.loose_bytes:,} bytes belong to no Ogg page")
        return "; ".join(told)


@dataclass(frozen=True, slots=True)
class _Page:
    at: int
    size_bytes: int
    kind: int
    position: int
    stream: int
    number: int
    is_good: bool


def read_ogg_pages(source: Readable, start: int) -> OggPages:
    """Walk all pages from byte `start` on."""
    links: list[int] = []
    numbers: dict[int, int] = {}
    rates: dict[int, int] = {}
    pages = bad = lost = owned = 0
    missing_end_s = 0.0
    last: _Page | None = None
    position = 0
    begins = True
    for page in _walk(source, start):
        pages += 1
        owned += page.size_bytes
        rate_hz = rates.get(page.stream, 0)
        if not page.is_good:
            bad += 1
            if rate_hz and 0 < page.position - position <= _LONGEST_JUMP_S * rate_hz:
                missing_end_s += (page.position - position) / rate_hz
                position = page.position
            last = page
            continue
        is_first = bool(page.kind & _FIRST)
        if is_first and not begins:
            links.append(page.at)
            numbers.clear()
        if is_first:
            rates[page.stream] = _clock_hz(source.read(page.at, 400))
        elif page.stream in numbers:
            lost += max(0, page.number - numbers[page.stream] - 1)
        begins = is_first
        numbers[page.stream] = page.number
        if page.position > 0:
            position, missing_end_s = page.position, 0.0
        last = page
    end = last.at + last.size_bytes if last is not None else start
    behind = source.read(end, len(_MARK))
    is_cut = bool(behind) and _MARK.startswith(behind)
    loose = (end if is_cut else source.size_bytes) - start - owned
    is_ended = last is not None and last.is_good and bool(last.kind & _LAST)
    return OggPages(
        tuple(links), pages, bad, max(0, lost - bad), loose, is_ended, not is_cut, missing_end_s
    )  # fmt: skip


def _walk(source: Readable, start: int) -> Iterator[_Page]:
    block, base = b"", start
    at = start
    while at < source.size_bytes:
        if at < base or at + _MAX_PAGE_BYTES > base + len(block):
            base, block = at, source.read(at, _READ_BYTES)
        found = block.find(_MARK, at - base)
        if found < 0:
            at = base + max(1, len(block) - 3)
            if base + len(block) >= source.size_bytes:
                return
            continue
        at = base + found
        if at + _MAX_PAGE_BYTES > base + len(block) and base + len(block) < source.size_bytes:
            base, block = at, source.read(at, _READ_BYTES)
            found = 0
        page = _read_page(block, found, at)
        # A page that is not whole may be a mark by chance, or its length is wrong: the next may begin inside.
        if page is None:
            at += 4
            continue
        following = block[found + page.size_bytes : found + page.size_bytes + 4]
        if not page.is_good and following != _MARK and at + page.size_bytes != source.size_bytes:
            at += 4
            continue
        yield page
        at += page.size_bytes


def _read_page(block: bytes, found: int, at: int) -> _Page | None:
    """The page at `found` of `block`, None where not even its header is there."""
    count = block[found + 26] if found + 27 <= len(block) else 256
    if found + 27 + count > len(block) or block[found + 4] != 0:
        return None
    size = 27 + count + sum(block[found + 27 : found + 27 + count])
    page = block[found : found + size]
    if len(page) < size:
        return None
    told = int.from_bytes(page[22:26], "little")
    is_good = told == _checksum(page[:22] + bytes(4) + page[26:])
    return _Page(
        at, len(page), page[5], int.from_bytes(page[6:14], "little", signed=True),
        int.from_bytes(page[14:18], "little"), int.from_bytes(page[18:22], "little"), is_good,
    )  # fmt: skip


def _checksum(page: bytes) -> int:
    """Ogg's CRC-32: that of zlib with the bits of every byte, and of the result, the other way round."""
    mirrored = zlib.crc32(page.translate(_REVERSED), 0xFFFF_FFFF) ^ 0xFFFF_FFFF
    return int.from_bytes(mirrored.to_bytes(4, "little").translate(_REVERSED), "big")


def _clock_hz(page: bytes) -> int:
    """How many positions are a second in a stream with this first page; 0 where that is not known."""
    packet = page[27 + page[26] :] if len(page) > 27 else b""
    if packet.startswith(b"OpusHead"):
        return 48_000
    if packet.startswith(b"\x01vorbis"):
        return int.from_bytes(packet[12:16], "little")
    if packet.startswith(b"Speex   "):
        return int.from_bytes(packet[36:40], "little")
    if packet.startswith(b"\x7fFLAC"):
        return int.from_bytes(packet[27:30], "big") >> 4
    return 0
