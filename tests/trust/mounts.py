"""Small disks of their own, for tests that fill them or take the right to write away."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

DISK_MB = 64


class SmallDisk:
    """An ext4 file system in a file, mounted.

    Parameters
    ----------
    folder
        Where the file and the mount point lie.
    """

    def __init__(self, folder: Path) -> None:
        self.image = folder / "disk.img"
        self.place = folder / "disk"
        self.place.mkdir()
        with self.image.open("wb") as image:
            image.truncate(DISK_MB * 1_000_000)
        _call("mkfs.ext4", "-q", "-F", "-m", "0", str(self.image))

    def mount(self) -> None:
        """Mount it, as after a restart."""
        _call("mount", "-o", "loop,errors=remount-ro", str(self.image), str(self.place))

    def unmount(self) -> None:
        """Take it away."""
        _call("umount", str(self.place))

    def break_down(self) -> None:
        """What the system does when it finds the disk broken: from now on nothing can be written."""
        _call("mount", "-o", "remount,abort", str(self.place))

    def fill(self, free_bytes: int) -> None:
        """Leave so much room; a file named ``ballast`` takes the rest."""
        ballast = self.place / "ballast"
        ballast.unlink(missing_ok=True)
        os.sync()
        size = self._free_bytes() - free_bytes
        with ballast.open("wb") as file:
            # The file's own index takes room too.
            while self._free_bytes() > free_bytes and size > 0:
                try:
                    os.posix_fallocate(file.fileno(), 0, size)
                except OSError:
                    size -= 4096
                else:
                    size += max(4096, self._free_bytes() - free_bytes)

    def _free_bytes(self) -> int:
        room = os.statvfs(self.place)
        return room.f_bavail * room.f_frsize

    def make_room(self) -> None:
        """Remove the ballast."""
        (self.place / "ballast").unlink()


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    """A small disk; the test is skipped where this process may not mount one."""
    if os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
        pytest.skip("needs root and mkfs.ext4 to mount a disk of its own")
    disk = SmallDisk(folder)
    try:
        disk.mount()
    except subprocess.CalledProcessError:
        pytest.skip("this machine allows no loop mounts")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk.place)], check=False, capture_output=True)


def _call(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)
