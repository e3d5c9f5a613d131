"""Room on the disk: looked at before a run and before each call, so that it never runs full."""

from __future__ import annotations

import os
from pathlib import Path

from speechcx.errors import DiskLow

BYTES_PER_AUDIO_S = 430
"""What an analysed second of audio takes in the database, words, index and all (22 sample calls, 27 min)."""

_SAFETY = 3


def free_bytes(database: Path) -> int:
    """Bytes an ordinary user may still write beside `database`."""
    folder = database.absolute().parent
    while not folder.exists():
        folder = folder.parent
    room = os.statvfs(folder)
    return room.f_bavail * room.f_frsize


def is_low(database: Path, floor_mb: int) -> bool:
    """Whether less than `floor_mb` is left."""
    return free_bytes(database) < floor_mb * 1_000_000


def low_disk(database: Path, floor_mb: int, *, audio_s: float = 0.0) -> DiskLow:
    """What to say where less is free than the floor, and what is planned, ask for."""
    wanted = floor_mb * 1_000_000 + round(_SAFETY * audio_s * BYTES_PER_AUDIO_S)
    return DiskLow(
        f"{free_bytes(database) / 1e6:,.0f} MB are free beside {database}",
        f"{wanted / 1e6:,.0f} MB ({floor_mb} MB of batch.disk_floor_mb, the rest for what is planned)",
        "free space, or do part of it with --limit; what is done so far is kept",
    )


def expect_room(database: Path, floor_mb: int, *, audio_s: float = 0.0) -> None:
    """Check the room for `audio_s` seconds of audio above the floor.

    Raises
    ------
    DiskLow
        There is less.
    """
    if free_bytes(database) < floor_mb * 1_000_000 + round(_SAFETY * audio_s * BYTES_PER_AUDIO_S):
        raise low_disk(database, floor_mb, audio_s=audio_s)
