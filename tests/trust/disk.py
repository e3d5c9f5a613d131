"""Nights on a disk whose n-th operation fails: ``failing_disk.c`` under SQLite and Python alike."""

from __future__ import annotations

import errno
import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.batch.zygote import Zygote
from tests.trust.content import Content, find_faults, read_content
from tests.trust.nights import Night

SOURCE = Path(__file__).with_name("failing_disk.c")
OPERATIONS = ("write", "sync", "rename", "truncate", "unlink", "open", "read")
"""In the order of ``enum kind``."""
ANY = -1
"""Kind of a failure that is counted over all operations but reads."""

EXIT_CODES = {0, 3, 14, 15}
"""Documented ends of a run whose disk fails: done all the same, calls set aside, disk full, disk error."""
BAD_WORDS = ("Traceback", "unexpected", "report it", "restore", "backup", "database is locked")
"""The disk's fault is neither ours nor a reason to doubt the database."""
DAMAGED = 10
"""A page that cannot be read is damaged for all that SQLite can know, and it says so."""


def build_layer(folder: Path) -> Path | None:
    """Compile the layer; None where there is no C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    library = folder / "failing_disk.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(library), str(SOURCE), "-ldl"],
        check=True,
    )
    return library


@dataclass(frozen=True, slots=True)
class DiskFault:
    """One failure.

    Parameters
    ----------
    operation
        One of :data:`OPERATIONS`, or ``any``: each of them but reads.
    at
        The how many-th of its kind fails.
    error
        ``EIO``, ``ENOSPC`` or ``EROFS``.
    on
        Whether all later ones fail too.
    """

    operation: str
    at: int
    error: str
    on: bool = False

    def __str__(self) -> str:
        return f"{self.error} at {self.operation} {self.at}{' and later ones' if self.on else ''}"

    def order(self) -> dict[str, int]:
        """For ``disk_fail``."""
        kind = ANY if self.operation == "any" else OPERATIONS.index(self.operation)
        return {"kind": kind, "at": self.at, "error": getattr(errno, self.error), "on": int(self.on)}


@dataclass
class Outcome:
    """What nights found."""

    nights: int = 0
    codes: Counter[int] = field(default_factory=Counter)
    corrupt: int = 0
    codes_amiss: int = 0
    incomplete: int = 0
    not_reached: int = 0
    problems: list[str] = field(default_factory=list)


class FailingDisk:
    """One kind of night, on a disk that fails.

    Parameters
    ----------
    night
        The recordings; worked on in the one process whose disk fails.
    zygote
        Started with the layer loaded.
    folder
        For databases.
    made
        A database with nothing in it, to begin with; None begins without one.
    """

    def __init__(self, night: Night, zygote: Zygote, folder: Path, *, made: Path | None) -> None:
        self.night = night
        self.zygote = zygote
        self.made = made
        self.counts = folder / "counts.json"
        self.place = folder / "disk"
        self.database = self.place / "calls.db"
        self.expected: Content = night.run_undisturbed(zygote, folder / "undisturbed.db")[0]
        self.operations = self._count()

    def fail(self, faults: Iterable[DiskFault]) -> Outcome:
        """A night with each fault, and the next one without."""
        found = Outcome()
        for fault in faults:
            self._fail(fault, found)
        return found

    def _count(self) -> dict[str, int]:
        """How many operations of each kind an undisturbed night takes."""
        assert self._run(DiskFault("write", 0, "EIO"))["code"] == 0
        counts = json.loads(self.counts.read_text())["counts"]
        return dict(zip(OPERATIONS, counts, strict=True))

    def _run(self, fault: DiskFault) -> dict[str, Any]:
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir(parents=True)
        if self.made is not None:
            shutil.copy(self.made, self.database)
        disk = {"folder": self.place, "counts": self.counts, **fault.order()}
        return self.zygote.run(**self.night.order(self.database), acts=[], disk=disk)

    def _fail(self, fault: DiskFault, found: Outcome) -> None:
        code = self._run(fault)["code"]
        found.nights += 1
        found.codes[code] += 1
        if json.loads(self.counts.read_text())["failed"] == 0:
            found.not_reached += 1
        words = self.night.words()
        is_unread = fault.operation == "read" and code == DAMAGED
        if not is_unread and (code not in EXIT_CODES or any(word in words for word in BAD_WORDS)):
            found.codes_amiss += 1
            found.problems.append(f"{fault}: ended with {code}: {words[-600:]}")
        for problem in find_faults(self.database, self.expected):
            found.corrupt += 1
            found.problems.append(f"{fault}: {problem}")
        again = self.zygote.run(**self.night.order(self.database), acts=[])["code"]
        if again != 0 or read_content(self.database) != self.expected:
            found.incomplete += 1
            found.problems.append(f"{fault}: the next run ended with {again}: {self.night.words()[-600:]}")
