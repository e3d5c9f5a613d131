"""Finds recordings: folders, globs and single files, at rest, each once, with a reason for each left out."""

from __future__ import annotations

import glob
import os
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from speechcx.discover.names import printable_name
from speechcx.discover.other_names import name_reason
from speechcx.discover.settings import DiscoverSettings
from speechcx.errors import CallError, UsageError
from speechcx.file_bytes import hash_bytes

PARTIAL_ENDINGS = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart")
"""Endings under which programs write a file that is not yet whole."""

SKIP_REASONS = {
    "hidden": "its name begins with a dot",
    "partial": "its name says that it is not yet whole",
    "still_growing": "it is still being written",
    "symlink": "it is a link (discover.follow_symlinks)",
    "broken_link": "it is a link to nothing",
    "directory": "it is a folder with the name of a recording",
    "not_a_file": "it is a pipe, socket or device",
    "unreadable": "it may not be read",
}
"""Why a find is left out, by its slug."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that looks like a recording.

    Parameters
    ----------
    path
        Absolute; undecodable bytes as surrogates, see :attr:`shown`.
    size_bytes, mtime_ns
        As found.
    skip
        Why it is left out, a key of `SKIP_REASONS`; None where it is to be taken. ``still_growing`` was
        changed moments ago: :func:`speechcx.discover.settle` finds out by a second look.
    """

    path: str
    size_bytes: int
    mtime_ns: int
    skip: str | None = None

    @property
    def shown(self) -> str:
        """The path as text that can be printed and stored."""
        return printable_name(self.path)


def find_files(
    paths: Iterable[str | os.PathLike[str]],
    settings: DiscoverSettings,
    *,
    others: list[FoundFile] | None = None,
) -> Iterator[FoundFile]:
    """Everything in `paths` that is, or should be, a recording; in the order of the names, each once.

    Parameters
    ----------
    paths
        Folders, globs (``**`` too) and files. A file named here is taken whatever its extension.
    settings
        Extensions, links, settling time.
    others
        Gets the other files of the folders, with what they seem to be in `skip`: see
        :mod:`speechcx.discover.other_files`.

    Raises
    ------
    UsageError
        A path without wildcards does not exist.
    """
    finder = _Finder(settings, others)
    for path in paths:
        for found in finder.find(os.path.abspath(os.fspath(path))):
            if found.path not in finder.seen:
                finder.seen.add(found.path)
                yield found


def hash_file(path: str | os.PathLike[str]) -> str:
    """SHA-256 of a file's bytes, 64 hex digits.

    Raises
    ------
    CallError
        ``vanished``, ``unreadable`` or ``not_audio`` (a folder, pipe or device).
    """
    descriptor = open_regular(path)
    try:
        return _hash(descriptor)
    finally:
        os.close(descriptor)


def hash_at_rest(found: FoundFile) -> tuple[str, int]:
    """SHA-256 and size of a found file that does not change meanwhile.

    Raises
    ------
    CallError
        ``still_growing`` where it is not as it was found, else as :func:`hash_file`.
    """
    descriptor = open_regular(found.path)
    try:
        before = os.fstat(descriptor)
        sha256 = _hash(descriptor)
        after = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    stamps = {
        (found.size_bytes, found.mtime_ns),
        *((now.st_size, now.st_mtime_ns) for now in (before, after)),
    }
    if len(stamps) > 1:
        sizes = sorted({size for size, _ in stamps})
        raise CallError(
            "still_growing",
            f"the file changed while it was read (sizes {', '.join(f'{size:,}' for size in sizes)})",
            "a file that is not changing",
        )
    return sha256, after.st_size


def open_regular(path: str | os.PathLike[str]) -> int:
    """Open a regular file for reading, never waiting for the other end of a pipe.

    Returns
    -------
    int
        A descriptor; the caller closes it.

    Raises
    ------
    CallError
        ``vanished``, ``unreadable`` or ``not_audio``.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise CallError("vanished", "the file is not there any more", "the file") from error
    except OSError as error:
        raise CallError("unreadable", f"the file cannot be opened: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise CallError("not_audio", "this is a folder, pipe, socket or device", "a regular file")
    return descriptor


def _hash(descriptor: int) -> str:
    try:
        return hash_bytes(descriptor)
    except OSError as error:
        raise CallError("unreadable", f"the file cannot be read: {error.strerror}") from error


class _Finder:
    """One search; remembers what it has given and which folders it has been in."""

    def __init__(self, settings: DiscoverSettings, others: list[FoundFile] | None) -> None:
        self._settings = settings
        self._others = others
        self._extensions = frozenset(settings.extensions)
        self._now_ns = time.time_ns()
        self._settle_ns = round(settings.settle_s * 1e9)
        self._folders: set[tuple[int, int]] = set()
        self.seen: set[str] = set()

    def find(self, path: str) -> Iterator[FoundFile]:
        if os.path.lexists(path):
            yield from self._named(path)
        elif glob.has_magic(path):
            for match in sorted(glob.glob(path, recursive=True)):
                if os.path.isdir(match) or self._is_wanted(os.path.basename(match)):
                    yield from self._named(match)
        else:
            raise UsageError(
                f"no file or folder {printable_name(path)!r}",
                "an existing path or a glob",
                "correct the path",
            )

    def _named(self, path: str) -> Iterator[FoundFile]:
        try:
            status = os.stat(path)
        except FileNotFoundError:
            yield FoundFile(path, 0, 0, "broken_link")
        except OSError:
            yield FoundFile(path, 0, 0, "unreadable")
        else:
            if stat.S_ISDIR(status.st_mode):
                yield from self._walk(path)
            else:
                yield self._judge(path, status)

    def _walk(self, folder: str) -> Iterator[FoundFile]:
        try:
            status = os.stat(folder)
            # A link to a folder above would lead round and round.
            if (status.st_dev, status.st_ino) in self._folders:
                return
            self._folders.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError:
            yield FoundFile(folder, 0, 0, "unreadable")
            return
        for entry in entries:
            yield from self._visit(entry)
        if self._others is not None:
            self._others += self._list_others(entries)

    def _list_others(self, entries: list[os.DirEntry[str]]) -> Iterator[FoundFile]:
        wanted = [self._is_wanted(entry.name) for entry in entries]
        others = [
            entry
            for entry, is_wanted in zip(entries, wanted, strict=True)
            if not is_wanted and not self._would_be_wanted(entry.name)
        ]
        if not others:
            return
        recordings = {entry.name for entry, is_wanted in zip(entries, wanted, strict=True) if is_wanted}
        beside = recordings | {os.path.splitext(name)[0] for name in recordings}
        for entry in others:
            try:
                if entry.is_dir():
                    continue
                status = entry.stat(follow_symlinks=False)
            except OSError:
                continue  # gone since the folder was listed
            reason = name_reason(entry.name, is_beside=os.path.splitext(entry.name)[0] in beside)
            reason = reason if stat.S_ISREG(status.st_mode) else "not_a_file"
            yield FoundFile(entry.path, status.st_size, status.st_mtime_ns, reason)

    def _visit(self, entry: os.DirEntry[str]) -> Iterator[FoundFile]:
        is_wanted = self._is_wanted(entry.name)
        try:
            if entry.is_symlink() and not self._settings.follow_symlinks:
                if is_wanted:
                    yield FoundFile(entry.path, 0, 0, "symlink")
            elif entry.is_dir():
                yield from self._enter(entry, is_wanted=is_wanted)
            elif is_wanted:
                yield self._judge(entry.path, entry.stat(), _reason_in_name(entry.name))
            elif self._would_be_wanted(entry.name):
                yield self._judge(entry.path, entry.stat(), "partial")
        except FileNotFoundError:
            # A link to nothing; a file that was removed since the folder was listed is simply gone.
            if is_wanted and os.path.islink(entry.path):
                yield FoundFile(entry.path, 0, 0, "broken_link")
        except OSError:
            if is_wanted:
                yield FoundFile(entry.path, 0, 0, "unreadable")

    def _enter(self, entry: os.DirEntry[str], *, is_wanted: bool) -> Iterator[FoundFile]:
        if is_wanted:
            yield FoundFile(entry.path, 0, 0, "directory")
        if self._settings.recursive and not entry.name.startswith("."):
            yield from self._walk(entry.path)

    def _judge(self, path: str, status: os.stat_result, reason: str | None = None) -> FoundFile:
        if not stat.S_ISREG(status.st_mode):
            reason = "not_a_file"
        # Distance, not age: a clock that runs ahead must not make a file of a minute ago look settled.
        elif reason is None and abs(self._now_ns - status.st_mtime_ns) < self._settle_ns:
            reason = "still_growing"
        return FoundFile(path, status.st_size, status.st_mtime_ns, reason)

    def _is_wanted(self, name: str) -> bool:
        # As os.path.splitext has it, in a third of the time: leading dots begin no ending.
        stem, dot, ending = name.rpartition(".")
        return bool(dot) and f".{ending.lower()}" in self._extensions and stem.strip(".") != ""

    def _would_be_wanted(self, name: str) -> bool:
        stem, ending = os.path.splitext(name)
        return ending.lower() in PARTIAL_ENDINGS and self._is_wanted(stem)


def _reason_in_name(name: str) -> str | None:
    if name.startswith((".~", "~", "~$")):
        return "partial"
    return "hidden" if name.startswith(".") else None
