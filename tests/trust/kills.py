"""Nights that are killed, stopped and interrupted at random moments, and what must hold after each.

A round is one database: runs are disturbed, one after another, until one ends by itself. Everything a
round draws follows from its seed, so that a failed round can be done again alone:
``scripts/bench trust --round CASE:SEED``.
"""

from __future__ import annotations

import random
import shutil
import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from speechcx.store import Store
from tests.batch.zygote import Zygote
from tests.trust.content import DOUBLED, Content, count_attempts, count_calls, find_faults, read_content
from tests.trust.nights import Night

Act = tuple[float, str, int]
"""Seconds from the start, whom (``parent``, ``worker`` or ``tree``), signal."""

_BAD_WORDS = ("Traceback", "unexpected", "report it", "restore", "backup", "database is locked")
"""No signal is a reason to say these."""
_STOP_S = 5.0
_PAUSE_S = 0.05
_ENDS: dict[str, tuple[int, ...]] = {
    "kill": (-signal.SIGKILL,),
    "kill tree": (-signal.SIGKILL,),
    "stop then kill": (-signal.SIGKILL,),
    "kill worker": (),
    "stop and go on": (),
    "stop a worker and go on": (),
    "TERM": (128 + signal.SIGTERM, -signal.SIGTERM),
    "HUP": (128 + signal.SIGHUP, -signal.SIGHUP),
    "INT": (128 + signal.SIGINT, -signal.SIGINT),
    "INT twice": (128 + signal.SIGINT, -signal.SIGINT),
}
"""Each way to disturb a run, with the codes it may end with besides 0.

The negative ones: a signal before the run listens, or a second one, ends the process at once.
"""
_NEED_WORKERS = {"kill worker", "stop a worker and go on"}
_RESTS_COMPLETE = {"kill worker", "stop and go on", "stop a worker and go on"}
"""The run itself goes on to its end."""


def plan_acts(way: str, at_s: float, draw: random.Random) -> list[Act]:
    """The signals of one way to disturb a run, the first at a moment."""
    soon_s = at_s + draw.uniform(0.001, _PAUSE_S)
    return {
        "kill": [(at_s, "parent", signal.SIGKILL)],
        "kill tree": [(at_s, "tree", signal.SIGKILL)],
        "kill worker": [(at_s, "worker", signal.SIGKILL)],
        "stop then kill": [(at_s, "parent", signal.SIGSTOP), (soon_s, "parent", signal.SIGKILL)],
        "stop and go on": [(at_s, "parent", signal.SIGSTOP), (soon_s, "parent", signal.SIGCONT)],
        "stop a worker and go on": [(at_s, "worker", signal.SIGSTOP), (soon_s, "worker", signal.SIGCONT)],
        "TERM": [(at_s, "parent", signal.SIGTERM)],
        "HUP": [(at_s, "parent", signal.SIGHUP)],
        "INT": [(at_s, "parent", signal.SIGINT)],
        "INT twice": [(at_s, "parent", signal.SIGINT), (soon_s, "parent", signal.SIGINT)],
    }[way]


@dataclass
class Result:
    """What rounds found."""

    kills: int = 0
    ways: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    orphans: int = 0
    unequal: int = 0
    other: int = 0
    largest_stop_s: float = 0.0
    redone: int = 0
    problems: list[str] = field(default_factory=list)

    def add(self, other: Result) -> None:
        """Take in another one."""
        for name in ("kills", "lost", "doubled", "wrong", "orphans", "unequal", "other", "redone"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.ways += other.ways
        self.largest_stop_s = max(self.largest_stop_s, other.largest_stop_s)
        self.problems += other.problems


class Kills:
    """One kind of night, disturbed in rounds.

    Parameters
    ----------
    case
        Its name, for messages.
    night
        The recordings and how they are worked on.
    zygote
        Forks runs off.
    folder
        For databases.
    fresh
        Start each run as a new interpreter, so that signals also meet its imports.
    """

    def __init__(self, case: str, night: Night, zygote: Zygote, folder: Path, *, fresh: bool = False) -> None:
        self.case = case
        self.fresh = fresh
        self.night = night
        self.zygote = zygote
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.empty = folder / "empty.db"
        Store.open(self.empty, create=True).close()
        self.expected, self.life_s = self._look(folder / "undisturbed.db")
        shutil.copy(self.empty, folder / "short.db")
        # Where a database is there already, a run is shorter by the time it takes to make one.
        self.short_life_s = self._look(folder / "short.db")[1]
        self.ways = [way for way in _ENDS if night.executor != "serial" or way not in _NEED_WORKERS]

    def run_rounds(self, kills: int, *, seed: int = 0) -> Result:
        """Rounds from a first seed on, until so many runs were hit."""
        total = Result()
        while total.kills < kills:
            total.add(self.run_round(seed))
            seed += 1
        return total

    def run_round(self, seed: int) -> Result:
        """One database, disturbed until a run ends by itself."""
        draw = random.Random(f"{self.case}:{seed}")
        database = self.folder / f"{seed}.db"
        is_new = seed % 4 == 0
        if not is_new:
            shutil.copy(self.empty, database)
        found = Result()
        stretch, without_progress, before = 1.0, 0, 0
        while True:
            way = draw.choice(self.ways)
            life_s = self.life_s if is_new and not found.kills else self.short_life_s
            at_s = draw.uniform(0, life_s * stretch)
            answer = self._run(database, plan_acts(way, at_s, draw))
            where = (
                f"round {self.case}:{seed}, run {found.kills + 1}: {way} after {at_s:.3f} of {life_s:.3f} s"
            )
            self._check(database, answer, way, found, where=where)
            if found.problems or not answer["hits"]:
                break
            found.kills += 1
            found.ways[way] += 1
            stored = count_calls(database)
            without_progress, before = (0 if stored > before else without_progress + 1), stored
            if without_progress == 6:
                # The machine has become slower than it was.
                stretch, without_progress = 1.5 * stretch, 0
        self._check_end(database, found, f"round {self.case}:{seed}")
        for path in self.folder.glob(f"{seed}.db*"):
            path.unlink()
        return found

    def _look(self, database: Path) -> tuple[Content, float]:
        answer = self._run(database, [])
        assert answer["code"] == 0, self.night.words()
        content = read_content(database)
        assert len(content.calls) == self.night.calls
        return content, answer["took_s"]

    def _run(self, database: Path, acts: list[Act]) -> dict[str, Any]:
        return self.zygote.run(**self.night.order(database), acts=acts, fresh=self.fresh)

    def _check(self, database: Path, answer: dict[str, Any], way: str, found: Result, *, where: str) -> None:
        if answer["left"]:
            found.orphans += len(answer["left"])
            found.problems.append(f"{where}: {len(answer['left'])} processes left behind")
        for fault in find_faults(database, self.expected):
            found.doubled += fault.startswith(DOUBLED)
            found.wrong += not fault.startswith(DOUBLED)
            found.problems.append(f"{where}: {fault}")
        wants = _ENDS[way] if answer["hits"] and way not in _RESTS_COMPLETE else ()
        words = self.night.words()
        said = [word for word in _BAD_WORDS if word in words]
        if self.fresh and "INT" in way and "KeyboardInterrupt" in words and "speechcx/cli" not in words:
            # The interpreter itself had not come to our first line.
            wants, said = (*wants, 1), []
        if answer["code"] not in (0, *wants) or answer["is_stuck"] or said:
            found.other += 1
            found.problems.append(
                f"{where}: ended with {answer['code']}, not one of {(0, *wants)}: {words[-2000:]}"
            )
        if answer["hits"] and way not in _RESTS_COMPLETE:
            found.largest_stop_s = max(found.largest_stop_s, answer["took_s"])
            if answer["took_s"] > _STOP_S:
                found.other += 1
                found.problems.append(f"{where}: took {answer['took_s']:.1f} s to end")

    def _check_end(self, database: Path, found: Result, where: str) -> None:
        if found.problems:
            return
        content = read_content(database)
        missing = self.expected.calls.keys() - content.calls.keys()
        if missing:
            found.lost += len(missing)
            found.problems.append(f"{where}: {len(missing)} calls lost")
        elif content != self.expected:
            found.unequal += 1
            found.problems.append(f"{where}: content differs from that of an undisturbed night")
        attempts = count_attempts(database)
        found.redone += attempts - self.night.calls
        if attempts > self.night.calls + found.kills * self.night.workers:
            found.other += 1
            found.problems.append(f"{where}: {attempts} attempts at {self.night.calls} calls")
