"""Standard output and standard error that never end the work: closed, full, or with nobody reading.

A night's run must not stop because its terminal was closed, its log's disk is full or the reader of
its pipe went away. So the command line writes through :class:`Channel`, which keeps in mind what went
wrong instead of raising it. :func:`lost_output` tells in the end whether data that was asked for did
not arrive.
"""

from __future__ import annotations

import errno
import io
import os
import select
import sys

from speechcx.errors import OutputLost

_PIECE = 4096
"""PIPE_BUF of Linux: a pipe that is ready takes as many bytes without making us wait."""

_LOG_WAIT_S = 2.0
"""How long standard error may keep us waiting before its text is dropped: a stopped terminal, a full pipe."""

_TRIED_AGAIN = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""After these, later text may get through: somebody makes room."""


class Channel(io.RawIOBase):
    """A file descriptor whose troubles are remembered, not raised.

    Parameters
    ----------
    descriptor
        1 or 2.
    waits
        Whether a slow reader is waited for. Standard output waits; standard error drops what nobody
        takes, since the work is worth more than its log.
    """

    def __init__(self, descriptor: int, *, waits: bool) -> None:
        super().__init__()
        self.lost: OSError | None = None
        self._descriptor = descriptor
        self._waits = waits
        self._patience_s = _LOG_WAIT_S

    def writable(self) -> bool:
        """Always."""
        return True

    def fileno(self) -> int:
        """The descriptor."""
        return self._descriptor

    def isatty(self) -> bool:
        """Whether a person looks on."""
        try:
            return os.isatty(self._descriptor)
        except OSError:
            return False

    def write(self, data: object, /) -> int:
        """Write, or keep in mind why not; always claims that all was written."""
        rest = memoryview(data).cast("B")  # type: ignore[arg-type]
        size = len(rest)
        if self.lost is not None and self.lost.errno not in _TRIED_AGAIN:
            return size
        try:
            while rest and (self._waits or self._is_ready()):
                rest = rest[os.write(self._descriptor, rest if self._waits else rest[:_PIECE]) :]
        except OSError as error:
            self.lost = error
        return size

    def _is_ready(self) -> bool:
        poll = select.poll()
        poll.register(self._descriptor, select.POLLOUT)
        is_ready = bool(poll.poll(round(1000 * self._patience_s)))
        # A reader that was this slow is not waited for again until the pipe is free.
        self._patience_s = _LOG_WAIT_S if is_ready else 0.0
        return is_ready


_channels: dict[int, Channel] = {}
_is_summary = False


def take_over() -> None:
    """Let this process write through channels; descriptors that were closed before it began lead nowhere."""
    closed = _fill_closed()
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115  for as long as the process lives
    for descriptor, name in ((1, "stdout"), (2, "stderr")):
        old = getattr(sys, name)
        if old is not getattr(sys, f"__{name}__"):
            # Somebody listens in, as tests do.
            continue
        channel = _channels[descriptor] = Channel(descriptor, waits=descriptor == 1)
        if descriptor in closed:
            channel.lost = OSError(errno.EBADF, "it was closed before the command began")
        if old is not None:
            old.flush()
        stream = io.TextIOWrapper(
            io.BufferedWriter(channel), encoding=getattr(old, "encoding", "utf-8"),
            # A terminal that cannot show a name gets it spelled out; it is no reason to fail.
            errors="backslashreplace", line_buffering=descriptor == 2 or channel.isatty(), write_through=False,
        )  # fmt: skip
        setattr(sys, name, stream)


def _fill_closed() -> set[int]:
    """Open what is closed of 0, 1 and 2: else the next file gets that number, and a library writes into it."""
    closed = set()
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            closed.add(descriptor)
            os.open(os.devnull, os.O_RDWR)
    return closed


def is_summary() -> None:
    """Say that standard output only sums up what is kept elsewhere: losing it changes no exit code."""
    global _is_summary
    _is_summary = True


def is_reader_gone() -> bool:
    """Whether standard output leads nowhere any more, so that more of it is of use to nobody."""
    sys.stdout.flush()
    return 1 in _channels and _channels[1].lost is not None


def lost_output() -> OutputLost | None:
    """What kept the data of a command from arriving; None where it arrived, or its reader had enough of it."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    lost = _channels[1].lost if 1 in _channels else None
    if lost is None or _is_summary or lost.errno == errno.EPIPE:
        return None
    return OutputLost(
        f"standard output cannot be written: {lost.strerror}",
        "a place for what the command prints",
        "name one that can be written: `> FILE` on a disk with room",
    )
