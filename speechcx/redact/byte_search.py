"""Whether the bytes of files hold a value, however it is written: what proves that it is gone."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

SHORTEST = 7
"""Digits of the shortest value that is looked for: any file holds every shorter number by chance."""

_NAMES = (b"zero", b"one", b"two", b"three", b"four", b"five", b"six", b"seven", b"eight", b"nine")
_DIGIT_OF = {name: str(digit).encode() for digit, name in enumerate(_NAMES)} | {b"oh": b"0", b"nought": b"0"}
_TIMES = {b"double": 2, b"triple": 3, b"treble": 3}
_PART = rb"\d|" + b"|".join((*_DIGIT_OF, *_TIMES))
_RUN = re.compile(rb"(?:" + _PART + rb")(?:[\s\x00.,;:/_\"'\[\]()-]{0,6}(?:" + _PART + rb"))+")
_PARTS = re.compile(_PART)
_ZLIB_HEADS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_MOST_UNPACKED = 1 << 22


def spellings_of(value: str) -> dict[str, tuple[str, ...]]:
    """Six ways to write a value, by name, as a test may plant it.

    Examples
    --------
    >>> spellings_of("41110")["words"]
    ('four one one one zero', 'four one one one oh')
    """
    groups = [value[at : at + 4] for at in range(0, len(value), 4)]
    words = [_NAMES[int(digit)].decode() for digit in value]
    with_oh = ["oh" if word == "zero" else word for word in words]
    return {
        "digits": (value,),
        "groups": (" ".join(groups), "-".join(groups), ".".join(groups)),
        "digits apart": (" ".join(value), "-".join(value), ", ".join(value)),
        "words": (" ".join(words), " ".join(with_oh)),
        "words together": ("".join(words), ", ".join(words), '", "'.join(words)),
        "turns reversed": ("".join(reversed(groups)), " ".join(reversed(groups)), value[::-1]),
    }


def find_in_files(paths: Iterable[Path], values: Iterable[str]) -> list[Path]:
    """The files that hold one of some values.

    Looked for is each value as it is, with its groups of four in the reverse order, and backwards: in digits or
    words, together or apart, in UTF-8 or UTF-16, also in what is packed with zlib. Values of fewer than
    :data:`SHORTEST` digits are left out, letters too.
    """
    wanted: dict[int, set[bytes]] = {}
    for value in values:
        digits = max(re.findall(r"\d+", value), key=len, default="")
        if len(digits) >= SHORTEST:
            groups = [digits[at : at + 4] for at in range(0, len(digits), 4)]
            wanted.setdefault(len(digits), set()).update(
                text.encode() for text in (digits, "".join(reversed(groups)), digits[::-1])
            )
    there = [path for path in paths if path.is_file()]
    return [path for path in there if wanted and _holds(path.read_bytes(), wanted)]


def _holds(data: bytes, wanted: dict[int, set[bytes]]) -> bool:
    shortest = min(wanted)
    # In UTF-16 a zero follows each letter.
    for content in (data, data.replace(b"\x00", b""), *_unpacked(data)):
        for match in _RUN.finditer(content.lower()):
            digits = _read_digits(match[0])
            if len(digits) >= shortest and any(
                digits[at : at + length] in some
                for length, some in wanted.items()
                for at in range(len(digits) - length + 1)
            ):
                return True
    return False


def _read_digits(run: bytes) -> bytes:
    digits, times = [], 1
    for part in _PARTS.findall(run):
        if part in _TIMES:
            times = _TIMES[part]
        else:
            digits.append(_DIGIT_OF.get(part, part) * times)
            times = 1
    return b"".join(digits)


def _unpacked(data: bytes) -> Iterator[bytes]:
    """What is packed in some bytes, wherever it begins; of what goes on elsewhere, its beginning."""
    for head in _ZLIB_HEADS:
        at = data.find(head)
        while at >= 0:
            content = _unpack(data[at : at + _MOST_UNPACKED])
            if len(content) > SHORTEST:
                yield content
            at = data.find(head, at + 1)


def _unpack(packed: bytes) -> bytes:
    """What can be unpacked, up to the first byte that is out of place."""
    reader, content, rest = zlib.decompressobj(), b"", packed
    try:
        while rest and not reader.eof and len(content) < _MOST_UNPACKED:
            content += reader.decompress(rest, 1 << 16)
            rest = reader.unconsumed_tail
    except zlib.error:
        return content
    return content
