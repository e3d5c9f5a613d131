"""Whether the bytes of files hold a value, however it is written: what proves that it is gone."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

_NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_ZLIB_HEADS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_MOST_UNPACKED = 1 << 20


def spellings_of(value: str) -> Mapping[str, tuple[bytes, ...]]:
    """The ways to write a value, by name; letters in lower case, as :func:`find_in_files` compares them.

    Parameters
    ----------
    value
        Digits, with letters where it is an id.

    Examples
    --------
    >>> spellings_of("41110")["words"]
    (b'four one one one zero', b'four one one one oh')
    """
    plain = "".join(sign for sign in value.casefold() if sign.isalnum())
    groups = [plain[at : at + 4] for at in range(0, len(plain), 4)]
    words = [[_NAMES[int(sign)] if sign.isdigit() else sign for sign in plain]]
    words.append(["oh" if word == "zero" else word for word in words[0]])
    written = {
        "digits": (plain,),
        "groups": (" ".join(groups), "-".join(groups), ".".join(groups)),
        "digits apart": (" ".join(plain), "-".join(plain), ", ".join(plain)),
        "words": tuple(" ".join(row) for row in words),
        "words together": tuple(mark.join(row) for row in words for mark in ("", ", ", "-", '","', '", "')),
        "turns reversed": ("".join(reversed(groups)), " ".join(reversed(groups)), plain[::-1]),
    }
    return {name: tuple(dict.fromkeys(text.encode() for text in texts)) for name, texts in written.items()}


def find_in_files(paths: Iterable[Path], values: Iterable[str]) -> list[tuple[Path, str]]:
    """The files that hold one of the values, each with the way it is written there; never the value itself.

    Read are the bytes as they lie on the disk, ignoring case, as UTF-8 and UTF-16, and what is packed in them
    with zlib.

    Parameters
    ----------
    paths
        Files; those that are not there are left out.
    values
        Digits, with letters where it is an id.
    """
    wanted = [
        (name, text) for value in values for name, texts in spellings_of(value).items() for text in texts
    ]
    found: dict[tuple[Path, str], None] = {}
    for path in paths:
        if not path.is_file():
            continue
        data = path.read_bytes()
        for content in (data, *_unpacked(data)):
            lower = content.lower()
            narrow = lower.replace(b"\x00", b"")
            for name, text in wanted:
                if text in lower or text in narrow:
                    found[path, name] = None
    return list(found)


def _unpacked(data: bytes) -> Iterable[bytes]:
    """What is packed in some bytes, wherever it begins; parts of it where the rest lies elsewhere."""
    for head in _ZLIB_HEADS:
        at = data.find(head)
        while at >= 0:
            content = _unpack_at(data, at)
            if len(content) > 8:
                yield content
            at = data.find(head, at + 1)


def _unpack_at(data: bytes, at: int) -> bytes:
    reader = zlib.decompressobj()
    content = b""
    try:
        for start in range(at, min(at + _MOST_UNPACKED, len(data)), 512):
            content += reader.decompress(data[start : start + 512], _MOST_UNPACKED)
            if reader.eof or len(content) > _MOST_UNPACKED:
                break
    except zlib.error:
        pass
    return content
