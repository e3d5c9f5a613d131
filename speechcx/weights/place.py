"""The models folder while something is put into it: one at a time, with room, and whole or not at all."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from speechcx.errors import DiskLow
from speechcx.private_files import sync_folder

SPARE_BYTES = 64 << 20
"""Room that must stay free afterwards."""


def expect_room(root: Path, needed_bytes: int, purpose: str) -> None:
    """Find out before the first byte whether there is room; raises :class:`DiskLow` where not."""
    needed = needed_bytes + SPARE_BYTES
    free = shutil.disk_usage(root).free
    if free < needed:
        raise DiskLow(
            f"{free >> 20} MB free in {root}",
            f"{needed >> 20} MB to {purpose}",
            "free some space, or set SPEECHCX_MODELS to a folder on another disk",
        )


@contextmanager
def one_at_a_time(root: Path) -> Iterator[None]:
    """Other programs that put a model into `root` wait until the block ends."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".pull.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def move_in(ready: Path, place: Path) -> None:
    """Put a finished folder in its place; an older one stays whole until the new one stands."""
    older = place.with_name(f".old-{place.name}")
    shutil.rmtree(older, ignore_errors=True)
    sync_folder(ready)
    if place.exists():
        place.rename(older)
    ready.rename(place)
    sync_folder(place.parent)
    shutil.rmtree(older, ignore_errors=True)
