"""One file held open by its descriptor: what is hashed is what is decoded, whatever happens to its name."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol

from speechcx.errors import CallError
from speechcx.file_bytes import BLOCK_BYTES, hash_bytes, read_blocks

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class Readable(Protocol):
    """Bytes that can be read from any place: a file, or a part of one."""

    @property
    def size_bytes(self) -> int:
        """How many there are."""

    @property
    def url(self) -> str:
        """The name under which FFmpeg opens them; empty where it must read them through Python."""

    def read(self, start: int, count: int) -> bytes:
        """Up to `count` bytes from `start`; fewer at the end."""


class FileSource:
    """A regular file, open for reading.

    Parameters
    ----------
    path
        The file; may hold undecodable bytes as surrogates.

    Raises
    ------
    CallError
        ``vanished`` where there is no such file, ``unreadable`` where it may not be opened, ``not_audio``
        where it is a folder, pipe, socket or device. Never waits for the other end of a pipe.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            self._fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise CallError("vanished", f"no file {os.fsencode(path)!r} any more", "the file") from error
        except OSError as error:
            raise CallError("unreadable", f"the file cannot be opened: {error.strerror}") from error
        self._before = os.fstat(self._fd)
        if not stat.S_ISREG(self._before.st_mode):
            what = next((name for test, name in _KINDS if test(self._before.st_mode)), "no regular file")
            self.close()
            raise CallError("not_audio", f"this is {what}", "a regular file")
        self.size_bytes = self._before.st_size

    def __enter__(self) -> FileSource:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the descriptor."""
        os.close(self._fd)

    @property
    def url(self) -> str:
        """The name under which FFmpeg opens this very file.

        By descriptor, so that a file moved into its place meanwhile is not read instead. Without
        ``/proc`` by path; the change is then noticed afterwards. ``file:`` keeps FFmpeg from reading
        a colon in the name as a protocol.
        """
        by_descriptor = f"/proc/self/fd/{self._fd}"
        return f"file:{by_descriptor if os.path.exists(by_descriptor) else os.path.abspath(self.path)}"

    def read(self, start: int, count: int) -> bytes:
        """Up to `count` bytes from `start`; fewer at the end of the file."""
        if start >= self.size_bytes or count <= 0:  # a damaged header may point anywhere
            return b""
        try:
            return os.pread(self._fd, count, start)
        except OSError as error:
            raise CallError("unreadable", f"the file cannot be read: {error.strerror}") from error

    def hash_sha256(self) -> str:
        """SHA-256 of the whole file, 64 hex digits."""
        try:
            return hash_bytes(self._fd)
        except OSError as error:
            raise CallError("unreadable", f"the file cannot be read: {error.strerror}") from error

    def is_constant(self, start: int, byte: int) -> bool:
        """Whether all bytes from `start` on are the same one."""
        same = bytes([byte]) * BLOCK_BYTES
        try:
            return all(block == same[: len(block)] for block in read_blocks(self._fd, start))
        except OSError as error:
            raise CallError("unreadable", f"the file cannot be read: {error.strerror}") from error

    def has_changed(self) -> bool:
        """Whether size or modification time are not what they were when the file was opened."""
        now = os.fstat(self._fd)
        return (now.st_size, now.st_mtime_ns) != (self._before.st_size, self._before.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class FilePart:
    """A stretch of a file that is a whole recording of its own.

    Parameters
    ----------
    whole
        The file.
    start, end
        First byte, and the one behind the last.
    """

    whole: Readable
    start: int
    end: int

    @property
    def size_bytes(self) -> int:
        """Length of the stretch."""
        return self.end - self.start

    @property
    def url(self) -> str:
        """The name under which FFmpeg opens the stretch and nothing else of the file."""
        return f"subfile,,start,{self.start},end,{self.end},,:{self.whole.url}"

    def read(self, start: int, count: int) -> bytes:
        """Up to `count` bytes from `start`, counted from the start of the stretch; fewer at its end."""
        return self.whole.read(self.start + start, max(0, min(count, self.size_bytes - start)))


class PrefixedFile:
    """A file as FFmpeg reads it through Python, with bytes before it that the file itself lacks.

    Parameters
    ----------
    prefix
        The bytes before the file.
    source
        The file.
    """

    def __init__(self, prefix: bytes, source: Readable) -> None:
        self._prefix = prefix
        self._source = source
        self._at = 0

    def read(self, count: int) -> bytes:
        """Up to `count` bytes from the present place."""
        head = self._prefix[self._at : self._at + count]
        start = max(0, self._at - len(self._prefix))
        found = head + self._source.read(start, count - len(head)) if len(head) < count else head
        self._at += len(found)
        return found

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place; gives the new one."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at}.get(
            whence, len(self._prefix) + self._source.size_bytes
        )
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        """The present place."""
        return self._at
