"""Nights on disks that are full, slow, broken or gone at a random moment; each follows from its seed."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from speechcx.store import Store
from tests.batch.zygote import Zygote
from tests.trust.content import Content, find_faults, read_content
from tests.trust.disk import BAD_WORDS, DiskFault
from tests.trust.mounts import SmallDisk
from tests.trust.nights import Night

Trouble = Literal["full", "slow", "read-only", "no recordings", "no database"]
TROUBLES: tuple[Trouble, ...] = ("full", "slow", "read-only", "no recordings", "no database")
"""No room from the start, every operation slow, given up by the system, a folder that vanishes and comes back."""

_CODES: dict[Trouble, set[int]] = {
    "full": {0, 14}, "slow": {0}, "read-only": {0, 15}, "no recordings": {0, 2, 3}, "no database": {0, 2, 10, 15},
}  # fmt: skip
"""Documented ends; 2 and 10 where a folder was gone before the run had looked for it."""
_SLOWEST_US = 3_000


@dataclass
class Found:
    """What nights found."""

    nights: Counter[str] = field(default_factory=Counter)
    corrupt: int = 0
    codes_amiss: int = 0
    unequal: int = 0
    problems: list[str] = field(default_factory=list)


class DiskNights:
    """One project, worked on night after night on a small disk of its own.

    Parameters
    ----------
    night
        The recordings.
    zygote
        Started with the layer of ``failing_disk.c``.
    disk
        Where each night's database lies.
    folder
        For all else.
    """

    def __init__(self, night: Night, zygote: Zygote, disk: SmallDisk, folder: Path) -> None:
        self.night = night
        self.zygote = zygote
        self.disk = disk
        self.away = folder / "away"
        self.counts = folder / "counts.json"
        self.empty = folder / "empty.db"
        Store.open(self.empty, create=True).close()
        self.expected: Content
        self.expected, self.life_s = night.run_undisturbed(zygote, folder / "undisturbed.db")

    @property
    def place(self) -> Path:
        """The folder of the database, on the small disk."""
        return self.disk.place / "here"

    def spend(self, seeds: range) -> Found:
        """A night for each seed, and the next one without trouble."""
        found = Found()
        for seed in seeds:
            trouble = TROUBLES[seed % len(TROUBLES)]
            self.place.mkdir()
            if trouble != "full" and seed % 4:
                # Most nights go on with a database that is there; to make one takes as long as the night.
                shutil.copy(self.empty, self.place / "calls.db")
            code = self._spend(trouble, random.Random(seed))
            found.nights[trouble] += 1
            self._check(f"night {seed} ({trouble})", trouble, code, found)
            for path in self.place.iterdir():
                path.unlink()
            self.place.rmdir()
        return found

    def _spend(self, trouble: Trouble, draw: random.Random) -> int:
        if trouble == "full":
            self.disk.fill(round(draw.uniform(0, 1.2) * 10 ** draw.uniform(3, 6.3)))
            code = self._end(self._start())
            self.disk.make_room()
            return code
        if trouble == "slow":
            return self._end(self._start(slow_us=draw.randrange(_SLOWEST_US)))
        running = self._start()
        time.sleep(draw.uniform(0, self.life_s))
        if trouble == "read-only":
            self.disk.break_down()
            code = self._end(running)
            self.disk.unmount()
            self.disk.mount()
            return code
        folder = self.night.folder / "calls" if trouble == "no recordings" else self.place
        away = folder.with_name(f"{folder.name}-away")
        folder.rename(away)
        code = self._end(running)
        if folder.exists():  # a run that came to a folder that was not there yet has made it
            for path in folder.iterdir():
                path.unlink()
            folder.rmdir()
        away.rename(folder)
        return code

    def _start(self, *, slow_us: int = 0) -> int:
        watch = {"folder": self.place, "counts": self.counts, "slow_us": slow_us}
        # Workers write nothing to the disk: without one, a night takes a third of the time.
        order: dict[str, Any] = self.night.order(self.place / "calls.db") | {"in_process": True}
        if slow_us:
            order["disk"] = watch | DiskFault("write", 0, "EIO").order()
        return int(self.zygote.ask(op="start", **order)["pid"])

    def _end(self, pid: int) -> int:
        answer = self.zygote.ask(op="end", pid=pid)
        assert answer["left"] == []
        return int(answer["code"])

    def _check(self, where: str, trouble: Trouble, code: int, found: Found) -> None:
        words = self.night.words()
        if code not in _CODES[trouble] or any(word in words for word in BAD_WORDS):
            found.codes_amiss += 1
            found.problems.append(f"{where}: ended with {code}: {words[-600:]}")
        database = self.place / "calls.db"
        faults = find_faults(database, self.expected) if database.exists() and database.stat().st_size else []
        found.corrupt += len(faults)
        found.problems += [f"{where}: {fault}" for fault in faults]
        again = self._end(self._start())
        if again != 0 or read_content(database) != self.expected:
            found.unequal += 1
            found.problems.append(f"{where}: the next run ended with {again}: {self.night.words()[-600:]}")
