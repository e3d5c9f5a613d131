"""The search of bytes that proves that a value is gone finds it in every spelling."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from speechcx.redact.byte_search import find_in_files, spellings_of

VALUE = "4111203344556677"


@pytest.mark.parametrize("name", sorted(spellings_of(VALUE)))
def test_each_spelling_is_found(name: str, tmp_path: Path) -> None:
    """A value is found as digits, in groups, in words, and with its groups reversed; packed and in UTF-16 too."""
    for number, text in enumerate(spellings_of(VALUE)[name]):
        plain, packed, wide = (tmp_path / f"{number}.{kind}" for kind in ("txt", "z", "utf16"))
        plain.write_text(f"before {text.upper()} after")
        packed.write_bytes(b"\x00" * 7 + zlib.compress(f"before {text} after".encode(), 6) + b"rest")
        wide.write_text(f"before {text} after", "utf-16-le")
        assert [plain, packed, wide] == find_in_files([plain, packed, wide], [VALUE]), text


@pytest.mark.parametrize(
    "text", ["four triple one two zero double three double four double five double six double seven"]
)
def test_doubled_digits_are_found(text: str, tmp_path: Path) -> None:
    """A value said with "double" and "triple" is found too."""
    (tmp_path / "words.txt").write_text(text)
    assert [tmp_path / "words.txt"] == find_in_files([tmp_path / "words.txt"], [VALUE])


def test_a_file_without_it(tmp_path: Path) -> None:
    """A file that holds another number, or is not there, is not named."""
    (tmp_path / "other.txt").write_text("4111203344556678 four one one one")
    assert [] == find_in_files([tmp_path / "other.txt", tmp_path / "gone.txt"], [VALUE])
