"""A disk as a power cut leaves it: what was synced is there, of the rest any part, in any order.

``python -m tests.trust.power_cuts FOLDER`` runs nights under ``failing_disk.c`` that write down every operation on the
database's folder. From those, :class:`Recorded` puts the folder together as it could look after a cut at any moment.
The file ``told`` beside the database says of how many calls the run has told somebody that they are kept.
"""

from __future__ import annotations

import ctypes
import os
import random
import struct
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

WRITE, SYNC, RENAME, TRUNCATE, UNLINK, OPEN = range(6)
"""``enum kind`` of ``failing_disk.c``."""

NIGHTS, CALLS = 3, 4
DATABASE, TOLD = "calls.db", "told"
Way = Literal["nothing", "everything", "some", "any order", "torn"]
WAYS: tuple[Way, ...] = ("nothing", "everything", "some", "any order", "torn")
"""What became of the writes that were not synced."""

_HEAD = struct.Struct("=iiqq")
_SECTOR_BYTES = 512


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation on a file: a write of `data` at byte `at`, a cut to the length `at`, or another `kind`."""

    kind: int
    name: str
    at: int
    data: bytes


def read_operations(log: Path, disk: Path) -> list[Operation]:
    """The operations that a layer wrote down, in order, without those on the kernel's shared memory."""
    content, at = log.read_bytes(), 0
    found = []
    while at < len(content):
        kind, name_bytes, place, size = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        path = Path(os.fsdecode(content[at : at + name_bytes]))
        data = content[at + name_bytes : at + name_bytes + size]
        at += name_bytes + size
        # The index of the log is made again from the log; SQLite never syncs it.
        if path.parent == disk and not path.name.endswith("-shm"):
            found.append(Operation(kind, path.name, place, data))
    return found


@dataclass(slots=True)
class _File:
    """A file as it is on the disk, and what was not synced yet."""

    content: bytearray
    waiting: list[Operation]


class Recorded:
    """Nights that were written down.

    Parameters
    ----------
    operations
        From :func:`read_operations`.
    """

    def __init__(self, operations: list[Operation]) -> None:
        self.operations = operations

    def told_by(self, moment: int) -> int:
        """How many calls the run had told of before operation number `moment`."""
        told = [each for each in self.operations[:moment] if each.kind == WRITE and each.name == TOLD]
        return int(told[-1].data) if told else 0

    def image(self, moment: int, way: Way, draw: random.Random) -> dict[str, bytes]:
        """The files after a cut just before operation number `moment`."""
        files: dict[str, _File] = {}
        for each in self.operations[:moment]:
            if each.kind == UNLINK:
                files.pop(each.name, None)
                continue
            file = files.setdefault(each.name, _File(bytearray(), []))
            if each.kind == SYNC:
                for waiting in file.waiting:
                    _apply(file.content, waiting)
                file.waiting.clear()
            elif each.kind in (WRITE, TRUNCATE):
                file.waiting.append(each)
        found = {}
        for name, file in files.items():
            if name != TOLD:
                for each in _choose(file.waiting, way, draw):
                    _apply(file.content, each)
                found[name] = bytes(file.content)
        return found


def _choose(waiting: list[Operation], way: Way, draw: random.Random) -> list[Operation]:
    if way == "nothing":
        return []
    if way == "everything":
        return waiting
    some = [each for each in waiting if draw.random() < 0.5]
    if way == "any order":
        draw.shuffle(some)
    if way == "torn":
        some = [part for each in some for part in _tear(each, draw)]
    return some


def _tear(write: Operation, draw: random.Random) -> list[Operation]:
    """Some of the sectors of a write."""
    if write.kind != WRITE:
        return [write]
    first = _SECTOR_BYTES - write.at % _SECTOR_BYTES
    cuts = [0, *range(first, len(write.data), _SECTOR_BYTES), len(write.data)]
    return [
        Operation(WRITE, write.name, write.at + start, write.data[start:end])
        for start, end in pairwise(cuts)
        if draw.random() < 0.5
    ]


def _apply(content: bytearray, each: Operation) -> None:
    end = each.at + len(each.data) if each.kind == WRITE else each.at
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    if each.kind == WRITE:
        content[each.at : end] = each.data
    else:
        del content[each.at :]


def main(folder: str) -> None:
    """Three nights of four calls each, written down into ``FOLDER/log``."""
    from speechcx.batch import Progress, run, work_loop
    from tests.batch.folders import make_rulebook, make_settings, write_call
    from tests.faults import calls

    work_loop.AnalyseOne = calls.made_up  # type: ignore[assignment,misc]
    work_loop.find_crew = calls.in_process  # type: ignore[assignment]
    place, disk = Path(folder), Path(folder) / "disk"
    disk.mkdir()
    layer = ctypes.CDLL(None)
    layer.disk_record(os.fsencode(disk), os.fsencode(place / "log"))
    told = os.open(disk / TOLD, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    before = 0

    def tell(progress: Progress) -> None:
        os.write(told, f"{before + progress.calls_done}\n".encode())

    for night in range(NIGHTS):
        before = night * CALLS
        for number in range(CALLS):
            write_call(place / "inbox", night * CALLS + number)
        summary = run(
            disk / DATABASE, [place / "inbox"], make_settings("serial"), make_rulebook(), report=tell
        )
        assert (summary.done, summary.exit_code) == (CALLS, 0), summary
    os._exit(0)  # what is at the end of the log is a cut too


if __name__ == "__main__":
    main(sys.argv[1])
