"""Frames of AMR-NB and AMR-WB as files hold them (RFC 4867, 5.3): how long they are, pauses, frames lost on the air.

A telephone that sends nothing while nobody speaks (discontinuous transmission) leaves a description of the background
noise (SID) now and then, and empty frames (NO_DATA) between. They are time in which nobody spoke, not damage.
"""

from __future__ import annotations

from typing import Literal

FRAME_S = 0.02
_NARROW_MAGIC = b"#!AMR\n"
_WIDE_MAGIC = b"#!AMR-WB\n"
_NARROW_BYTES = (12, 13, 15, 17, 19, 20, 26, 31, 5, 0, 0, 0, 0, 0, 0, 0)
_WIDE_BYTES = (17, 23, 32, 36, 40, 46, 50, 58, 60, 5, 0, 0, 0, 0, 0, 0)
"""Bytes behind the first one of a frame, by its type (3GPP TS 26.101 and 26.201)."""

_NO_DATA = 15
_SPEECH_LOST = 14
"""Only AMR-WB has a type for frames that were lost on the air."""

_NARROW_SID = 8
_WIDE_SID = 9
_IS_GOOD = 0x04
_ALWAYS_ZERO = 0x83

FrameKind = Literal["speech", "pause", "lost"]


def read_magic(head: bytes) -> tuple[bool, int]:
    """Whether a file that begins with `head` is AMR-WB, and where its first frame begins."""
    is_wide = head.startswith(_WIDE_MAGIC)
    return is_wide, len(_WIDE_MAGIC if is_wide else _NARROW_MAGIC)


def frame_bytes_by_head(*, is_wide: bool) -> list[int]:
    """Length of a frame in bytes, for each value of its first byte."""
    sizes = _WIDE_BYTES if is_wide else _NARROW_BYTES
    return [1 + sizes[head >> 3 & 15] for head in range(256)]


def frame_kind(head: int, *, is_wide: bool) -> FrameKind:
    """What a frame is by its first byte: ``speech``, ``pause`` (NO_DATA, SID), or ``lost`` before it was recorded.

    A first byte that no frame has is ``speech``, so that damage is told where it is decoded.
    """
    kind = head >> 3 & 15
    if head & _ALWAYS_ZERO:
        return "speech"
    if kind == _NO_DATA:
        return "pause"
    is_good = bool(head & _IS_GOOD)
    if is_wide and (kind == _SPEECH_LOST or (not is_good and kind <= _WIDE_SID)):
        return "lost"
    return "pause" if kind == (_WIDE_SID if is_wide else _NARROW_SID) else "speech"
