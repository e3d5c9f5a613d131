"""Recordings a run has dealt with before: are they still there, and do they still hold the same bytes?

Both are asked of the ledger's files, never of the calls: a recording that is deleted after a time is
usual, and its call stays. What is not usual is a whole folder gone at once, or other bytes under the
same name, size and time.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from glob import has_magic
from pathlib import Path
from typing import Literal

from speechcx.discover import hash_file
from speechcx.errors import CallError
from speechcx.store import KnownFile, Store
from speechcx.store.heard_files import HeardFile, list_heard_files, note_compared

_DAY_NS = 86_400 * 10**9

ComparedState = Literal["same", "changed", "newer", "gone", "unreadable"]


@dataclass(frozen=True, slots=True)
class MissingFolder:
    """Known files of a folder, and below it, that are not there.

    Parameters
    ----------
    folder
        The folder.
    files
        How many.
    state
        ``not there``, ``empty`` or ``some files gone``.
    is_alarm
        Whether it looks like a disk that is not mounted, rather than recordings deleted after a time.
    """

    folder: str
    files: int
    state: Literal["not there", "empty", "some files gone"]
    is_alarm: bool


@dataclass(frozen=True, slots=True)
class MissingFiles:
    """Known files that are not there.

    Parameters
    ----------
    files
        How many in all.
    folders
        By folder, alarms first.
    """

    files: int = 0
    folders: tuple[MissingFolder, ...] = ()

    @property
    def alarms(self) -> tuple[MissingFolder, ...]:
        """Folders that look as if a disk were missing."""
        return tuple(folder for folder in self.folders if folder.is_alarm)


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file that holds other bytes than those that were heard, under the same name, size and time."""

    path: str
    call_id: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Recordings compared with the digests of the calls heard from them.

    Parameters
    ----------
    same
        Files that hold the bytes that were heard.
    changed
        Files that hold others, though size and time are as they were.
    newer
        Files whose size or time differs: the next run takes them.
    gone
        Files that are not there.
    unreadable
        Files that cannot be read.
    left
        Files that were not looked at any more, when it was stopped or its time was up.
    """

    same: int = 0
    changed: tuple[ChangedFile, ...] = ()
    newer: int = 0
    gone: int = 0
    unreadable: tuple[str, ...] = ()
    left: int = 0

    @property
    def looked_at(self) -> int:
        """Files that were looked at."""
        return self.same + len(self.changed) + self.newer + self.gone + len(self.unreadable)


@dataclass(slots=True)
class _Folder:
    """Known files of one folder: how many are there, how many are gone, and when the newest of each was written."""

    there: int = 0
    gone: int = 0
    newest_there_ns: int = 0
    newest_gone_ns: int = 0
    has_entries: bool = False
    exists: bool = True
    below: list[bytes] = field(default_factory=list)


def find_missing(known: Mapping[bytes, KnownFile], roots: Sequence[str | Path]) -> MissingFiles:
    """Known files below `roots` that are not there; one look into each folder, none at each file.

    An alarm is a root in which nothing at all is left, or a folder below it that has lost every known
    file while others kept theirs, the newest lost one within a day of the newest that is there: a
    rule that deletes recordings by age does not do that.

    Parameters
    ----------
    known
        The ledger's files by the bytes of their path.
    roots
        Folders and globs a run looks into; files are left out.
    """
    found: dict[str, MissingFolder] = {}
    for root in _plain_roots(roots):
        folders = _look_into(known, root)
        gone = sum(folder.gone for folder in folders.values())
        if not gone:
            continue
        there = sum(folder.there for folder in folders.values())
        if not there and not _has_files(root):
            state: Literal["not there", "empty"] = "empty" if os.path.isdir(root) else "not there"
            found[os.fsdecode(root)] = MissingFolder(os.fsdecode(root), gone, state, is_alarm=True)
            continue
        for folder in _group(folders, root):
            found.setdefault(folder.folder, folder)
    folders_found = sorted(found.values(), key=lambda folder: (not folder.is_alarm, folder.folder))
    return MissingFiles(sum(folder.files for folder in folders_found), tuple(folders_found))


def has_vanished(known: Mapping[bytes, KnownFile], root: str | Path) -> bool:
    """Whether a folder that a run looks into is not there, though files of it are known."""
    path = os.path.abspath(os.fspath(root))
    if has_magic(path) or os.path.lexists(path):
        return False
    raw = os.fsencode(path)
    return any(file.state != "skipped" and _is_below(one, raw) for one, file in known.items())


def compare_files(
    files: Iterable[HeardFile],
    *,
    give_up: Callable[[], bool] = lambda: False,
    report: Callable[[int], None] = lambda _: None,
) -> tuple[Compared, list[tuple[int, ComparedState]]]:
    """Hash files and compare them with what was heard; also gives what was found of each, by its number.

    Parameters
    ----------
    files
        Files that were heard.
    give_up
        Asked before each file; ends it early.
    report
        Told how many were looked at, after each.
    """
    rest, each = list(files), list[tuple[int, ComparedState]]()
    changed, unreadable = list[ChangedFile](), list[str]()
    for number, file in enumerate(rest, start=1):
        if give_up():
            break
        found = compare_file(file)
        each.append((file.file_id, found))
        if found == "changed":
            changed.append(ChangedFile(file.path, file.call_id))
        elif found == "unreadable":
            unreadable.append(file.path)
        report(number)
    counts = {kind: sum(found == kind for _, found in each) for kind in ("same", "newer", "gone")}
    return Compared(
        counts["same"], tuple(changed), counts["newer"], counts["gone"], tuple(unreadable), len(rest) - len(each)
    ), each  # fmt: skip


def compare_file(file: HeardFile) -> ComparedState:
    """Whether a file still holds the bytes that were heard."""
    try:
        status = os.stat(file.path)
        if (status.st_size, status.st_mtime_ns) != (file.size_bytes, file.mtime_ns):
            return "newer"
        return "same" if hash_file(file.path)[:16] == file.call_id else "changed"
    except (FileNotFoundError, NotADirectoryError):
        return "gone"
    except OSError:
        return "unreadable"
    except CallError as error:
        return "gone" if error.kind.slug == "vanished" else "unreadable"


def spot_check(
    store: Store, *, files: int, seconds: float, give_up: Callable[[], bool] = lambda: False
) -> Compared:
    """Compare the files that were not compared for longest, so that in time all of them are; inside a run.

    A file found changed stays first in line: every run tells of it until it is heard again or put back.

    Parameters
    ----------
    store
        Open for writing.
    files, seconds
        At most this many files, and no new one after so many seconds.
    give_up
        Ends it early.
    """
    if not files:
        return Compared()
    end = time.monotonic() + seconds
    chosen = list_heard_files(store, limit=files)
    found, each = compare_files(chosen, give_up=lambda: give_up() or time.monotonic() >= end)
    note_compared(store, [file_id for file_id, what in each if what != "changed"])
    return found


def read_missing(database: Path, roots: Sequence[str | Path]) -> MissingFiles:
    """Known files of a database below `roots` that are not there; see :func:`find_missing`."""
    with Store.open(database, read_only=True) as store:
        return find_missing(store.ledger.known_files(), roots)


def _plain_roots(roots: Sequence[str | Path]) -> list[bytes]:
    """Folders as absolute paths, those of globs up to their first wildcard; none inside another."""
    plain = set()
    for root in roots:
        path = os.path.abspath(os.fspath(root))
        while has_magic(path):
            path = os.path.dirname(path)
        if not os.path.isfile(path):
            plain.add(os.fsencode(path))
    return sorted(one for one in plain if not any(other != one and _is_below(one, other) for other in plain))


def _is_below(path: bytes, root: bytes) -> bool:
    return path.startswith(root.rstrip(b"/") + b"/")


def _look_into(known: Mapping[bytes, KnownFile], root: bytes) -> dict[bytes, _Folder]:
    """The folders of known files below a root, each listed once."""
    names: dict[bytes, list[tuple[bytes, int]]] = defaultdict(list)
    for path, file in known.items():
        if file.state != "skipped" and _is_below(path, root):
            folder, name = os.path.split(path)
            names[folder].append((name, file.mtime_ns))
    found = {}
    for folder, files in names.items():
        entries = _list(folder)
        if entries is None:
            # It may not be read: nothing can be said about it.
            continue
        state = _Folder(has_entries=bool(entries), exists=os.path.isdir(folder))
        for name, mtime_ns in files:
            if name in entries:
                state.there += 1
                state.newest_there_ns = max(state.newest_there_ns, mtime_ns)
            else:
                state.gone += 1
                state.newest_gone_ns = max(state.newest_gone_ns, mtime_ns)
        found[folder] = state
    return found


def _list(folder: bytes) -> set[bytes] | None:
    try:
        return set(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return set()
    except OSError:
        return None


def _has_files(root: bytes) -> bool:
    """Whether any file that is not hidden lies below a folder."""
    return any(any(not name.startswith(b".") for name in names) for _, _, names in os.walk(root))


def _group(folders: Mapping[bytes, _Folder], root: bytes) -> list[MissingFolder]:
    """Lost files by the highest folder that has lost all of its known files, else by their own folder."""
    newest_there_ns = max((folder.newest_there_ns for folder in folders.values()), default=0)
    alive = {root}
    for path, folder in folders.items():
        while folder.there and path not in alive:
            alive.add(path)
            path = os.path.dirname(path)
    groups: dict[bytes, list[_Folder]] = defaultdict(list)
    for path, folder in folders.items():
        if folder.gone:
            top = path
            while top not in alive and os.path.dirname(top) not in alive:
                top = os.path.dirname(top)
            groups[top].append(folder)
    found = []
    for top, lost in groups.items():
        files = sum(folder.gone for folder in lost)
        is_whole = top not in alive and not any(folder.has_entries for folder in lost)
        newest = max(folder.newest_gone_ns for folder in lost)
        is_alarm = is_whole and bool(newest_there_ns) and newest >= newest_there_ns - _DAY_NS
        state: Literal["not there", "empty", "some files gone"] = "some files gone"
        if is_whole:
            state = "empty" if os.path.isdir(top) else "not there"
        found.append(MissingFolder(os.fsdecode(top), files, state, is_alarm))
    return found
