"""Files and folders that only their owner may read, whatever the umask; written whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


def make_private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for the owner alone; one that is there is left as it is."""
    for missing in reversed([folder, *folder.parents]):
        if not missing.is_dir():
            with suppress(FileExistsError):
                missing.mkdir(mode=0o700)


@contextmanager
def new_private_file(path: Path) -> Iterator[BinaryIO]:
    """A new file for the owner alone, on the disk when the block ends; FileExistsError where there is one."""
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as writer:
        os.fchmod(writer.fileno(), 0o600)
        yield writer
        writer.flush()
        os.fsync(writer.fileno())


def write_private(path: Path, content: bytes) -> None:
    """Write a file for the owner alone in place of one that may be there: the old or the new one, never a part.

    A pipe or a device of that name is written to.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    with partial_of(Path(os.path.realpath(path))) as partial, new_private_file(partial) as writer:
        writer.write(content)


@contextmanager
def partial_of(target: Path) -> Iterator[Path]:
    """The name of a file beside `target` that takes its place when the block ends well, and vanishes when not.

    What killed processes have left for the same target is removed.
    """
    for left in target.parent.glob(f".{_plain(target.name)}.partial-*"):
        if not _is_alive(left.name.rpartition("-")[2]):
            remove_all(left)
    partial = target.with_name(f".{target.name}.partial-{os.getpid()}")
    remove_all(partial)
    try:
        yield partial
        os.replace(partial, target)
        sync_folder(target.parent)
    except BaseException:
        remove_all(partial)
        raise


def remove_all(database: Path) -> None:
    """Remove a file, with the log and index that SQLite may have made beside it."""
    for ending in ("", "-wal", "-shm", "-journal"):
        database.with_name(database.name + ending).unlink(missing_ok=True)


def sync_file(path: Path) -> None:
    """Wait until the disk has a file."""
    _sync(path)


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in a folder."""
    _sync(folder)


def is_same_file(one: Path, other: Path) -> bool:
    """Whether two paths name one file, by links too."""
    try:
        return os.path.samestat(os.stat(one), os.stat(other))
    except OSError:
        return os.path.realpath(one) == os.path.realpath(other)


def mode_of(path: Path) -> int:
    """Who may do what with a file, as ``0o600``."""
    return stat.S_IMODE(path.lstat().st_mode)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _plain(name: str) -> str:
    """A name as a pattern that matches only itself."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in name)


def _is_alive(number: str) -> bool:
    if not number.isdigit():
        # Not ours.
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
