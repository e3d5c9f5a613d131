"""Bytes of sparse files: the same, whether their zeros lie on the disk or in a hole."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from speechcx.file_bytes import BLOCK_BYTES, hash_bytes, read_blocks

LAYOUTS = [
    (),
    ((0, b"abc"),),
    ((0, b"head"), (5 * BLOCK_BYTES + 7, b"tail")),
    ((3 * BLOCK_BYTES, b"x" * 100_000), (9 * BLOCK_BYTES, b"y")),
]


def write_sparse(path: Path, layout: tuple[tuple[int, bytes], ...], size: int) -> None:
    with path.open("wb") as file:
        for at, content in layout:
            file.seek(at)
            file.write(content)
        file.truncate(size)


@pytest.mark.parametrize("layout", LAYOUTS, ids=range(len(LAYOUTS)))
@pytest.mark.parametrize("size", [0, 3, 10 * BLOCK_BYTES + 11])
def test_holes_are_zeros(layout: tuple[tuple[int, bytes], ...], size: int, tmp_path: Path) -> None:
    """The blocks of a sparse file, and its hash, are those of the file that is read as any program reads it."""
    path = tmp_path / "a"
    write_sparse(path, layout, size)
    whole = path.read_bytes()
    descriptor = os.open(path, os.O_RDONLY)
    try:
        for start in (0, 1, BLOCK_BYTES, size):
            assert b"".join(read_blocks(descriptor, start)) == whole[start:]
        assert hash_bytes(descriptor) == hashlib.sha256(whole).hexdigest()
    finally:
        os.close(descriptor)


def test_file_systems_that_know_no_holes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file system does not say where its holes are, every byte is read."""

    def refuse(descriptor: int, at: int, how: int) -> int:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr("speechcx.file_bytes.os.lseek", refuse)
    path = tmp_path / "a"
    write_sparse(path, LAYOUTS[2], 6 * BLOCK_BYTES)
    with path.open("rb") as file:
        assert b"".join(read_blocks(file.fileno())) == path.read_bytes()
