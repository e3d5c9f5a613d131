"""The bytes of an open file, read past its holes: what a sparse file does not have on the disk is zeros."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator

BLOCK_BYTES = 1 << 20
_ZEROS = bytes(BLOCK_BYTES)


def read_blocks(descriptor: int, start: int = 0) -> Iterator[bytes]:
    """All bytes of a file from `start` on, up to `BLOCK_BYTES` at a time; the zeros of a hole without reading them.

    Raises
    ------
    OSError
        The file cannot be read.
    """
    at = start
    while True:
        hole = _find_data(descriptor, at) - at
        for passed in range(0, hole, BLOCK_BYTES):
            yield _ZEROS[: hole - passed]
        at += hole
        block = os.pread(descriptor, BLOCK_BYTES, at)
        if not block:
            return
        yield block
        at += len(block)


def read_stat_marks(path: str) -> tuple[str, int, int]:
    """Path, size and modification time in nanoseconds of a file: others where it was written; -1 where it is gone."""
    try:
        status = os.stat(path)
    except OSError:
        return path, -1, -1
    return path, status.st_size, status.st_mtime_ns


def hash_bytes(descriptor: int) -> str:
    """SHA-256 of all bytes of a file, 64 hex digits.

    Raises
    ------
    OSError
        The file cannot be read.
    """
    digest = hashlib.sha256()
    for block in read_blocks(descriptor):
        digest.update(block)
    return digest.hexdigest()


def _find_data(descriptor: int, at: int) -> int:
    """The first byte from `at` on that is on the disk, else the end of the file; `at` where that is unknown."""
    try:
        return os.lseek(descriptor, at, os.SEEK_DATA)
    except OSError as error:
        if error.errno != errno.ENXIO:
            return at  # this file system does not say
    return max(at, os.fstat(descriptor).st_size)
