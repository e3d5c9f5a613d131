"""Tells files at rest from files that are still written: two looks a second apart, and who has them open.

All young files are looked at together, so that a night of 10,000 waits once. Files that have not changed for
``settle_s`` need no second look.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from speechcx.discover.files import FoundFile
from speechcx.discover.settings import DiscoverSettings

_WRITE_MODES = (os.O_WRONLY, os.O_RDWR)
_REMOTE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "virtiofs"}
)
"""File systems whose writers sit on other machines."""


def settle(
    files: Sequence[FoundFile],
    settings: DiscoverSettings,
    *,
    is_growing: Callable[[FoundFile], bool] = lambda _: False,
    wait: Callable[[float], object] = time.sleep,
) -> tuple[FoundFile, ...]:
    """Look again at the files that were changed moments ago.

    Parameters
    ----------
    files
        From :func:`speechcx.discover.find_files`; those with ``skip="still_growing"`` are young.
    settings
        How long to wait, and from which age on a file that grew is at rest.
    is_growing
        Whether an earlier look saw the file grow: such a one waits until it is ``settle_s`` old.
    wait
        Called once with the seconds between both looks.

    Returns
    -------
    tuple
        The same files in the same order, young ones that are at rest without `skip`.
    """
    young = [file for file in files if file.skip == "still_growing" and not is_growing(file)]
    if not young:
        return tuple(files)
    looked = time.monotonic()
    written = find_writers(file.path for file in young)
    wait(max(0.0, settings.second_look_s - (time.monotonic() - looked)))
    written |= find_writers(file.path for file in young)
    at_rest = {file.path for file in young if file.path not in written and _is_unchanged(file)}
    return tuple(replace(file, skip=None) if file.path in at_rest else file for file in files)


def find_writers(paths: Iterable[str], processes: Path = Path("/proc")) -> set[str]:
    """Those of `paths` that a process has open for writing, as far as this system shows it."""
    wanted = {_real_path(path): path for path in paths}
    found: set[str] = set()
    for process in _list(processes):
        if not process.isdigit():
            continue
        folder = processes / process / "fd"
        for number in _list(folder):
            try:
                path = wanted.get(os.readlink(folder / number))
                if path is not None and _is_for_writing(processes / process / "fdinfo" / number):
                    found.add(path)
            except OSError:
                continue  # closed since it was listed
    return found


def sees_writers(path: str) -> bool:
    """Whether a program that writes the file at `path` would be seen by :func:`find_writers`.

    Not on network drives, and not where the file is another user's and this process may not look at theirs.
    """
    try:
        status = os.stat(path)
    except OSError:
        return False
    if not os.path.isdir("/proc/self/fd") or os.geteuid() not in (0, status.st_uid):
        return False
    return (
        _file_systems().get(f"{os.major(status.st_dev)}:{os.minor(status.st_dev)}", "") not in _REMOTE_SYSTEMS
    )


def _is_unchanged(file: FoundFile) -> bool:
    try:
        status = os.stat(file.path)
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and (status.st_size, status.st_mtime_ns) == (
        file.size_bytes,
        file.mtime_ns,
    )


def _real_path(path: str) -> str:
    """The path as the kernel tells it of an open file; the folder's is asked for once only."""
    if os.path.islink(path):
        return os.path.realpath(path)
    return os.path.join(_real_folder(os.path.dirname(path)), os.path.basename(path))


@lru_cache(maxsize=1024)
def _real_folder(path: str) -> str:
    return os.path.realpath(path)


def _list(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []  # another user's process, or one that has ended


def _is_for_writing(info: Path) -> bool:
    for line in info.read_text("ascii").splitlines():
        if line.startswith("flags:"):
            return int(line.split()[1], 8) & os.O_ACCMODE in _WRITE_MODES
    return False


def _file_systems() -> Mapping[str, str]:
    """The kind of file system of each device number, from the kernel's table of mounts."""
    kinds = {}
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as table:
            for line in table:
                before, _, after = line.partition(" - ")
                kinds[before.split()[2]] = after.split()[0]
    except (OSError, IndexError):
        pass
    return kinds
