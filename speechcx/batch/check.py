"""Check a database, and repair what follows from other rows."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from speechcx.batch.lock import hold_lock, is_locked
from speechcx.errors import EXIT_OK, EXIT_SOME_FAILED, DatabaseBad, DatabaseMissing
from speechcx.store import Store
from speechcx.store.copies import copy_database
from speechcx.store.decision_chain import ChainEnd, read_end
from speechcx.store.integrity import Area, Examined, Problem, count_rows, examine, repair
from speechcx.store.integrity.find import repairs_of, unreadable

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found.

    Parameters
    ----------
    database, size_bytes, schema
        The file, its size, and the number of its schema; null where it cannot be read.
    calls, files
        Calls and files in it.
    problems
        What is not as speechcx wrote it, and was not repaired.
    repaired
        What was repaired, in words.
    kept
        The copy made before anything was repaired.
    chain
        End of the decision chain: what to compare with a copy kept elsewhere.
    seconds
        How long it took.
    """

    database: str
    size_bytes: int
    schema: int | None = None
    calls: int = 0
    files: int = 0
    problems: tuple[Problem, ...] = ()
    repaired: tuple[str, ...] = ()
    kept: str | None = None
    chain: ChainEnd | None = None
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        """0 where all is well, else 3."""
        return EXIT_SOME_FAILED if self.problems else EXIT_OK


def check(
    database: Path, *, every_call: bool = False, do_repair: bool = False, report: Report = lambda _: None
) -> CheckReport:
    """Look at a whole database; changes nothing unless `do_repair`.

    Parameters
    ----------
    database
        The file. May be in use: all is looked at as it is at one moment.
    every_call
        Read every call back; else those that look wrong, and a sample.
    do_repair
        Make again what follows from other rows, after a copy.
    report
        Told of each area as it begins.

    Raises
    ------
    DatabaseMissing
        There is no such file.
    DatabaseBad
        It is another program's, or of another version.
    RunInProgress
        To be repaired, while a run holds the database.
    """
    started = time.monotonic()
    if not database.exists():
        raise DatabaseMissing(f"there is no database at {database}", "a database", "name one with --db")
    if do_repair:
        with hold_lock(database, command="check"):
            found = _look(database, Examined(every_call=every_call), report)
            found = _repair(database, found, Examined(every_call=every_call), report)
    else:
        found = _look(database, Examined(is_locked(database), every_call), report)
    return replace(found, seconds=round(time.monotonic() - started, 3))


def _look(database: Path, what: Examined, report: Report) -> CheckReport:
    size = database.stat().st_size

    def tell(area: Area) -> None:
        report(f"looking at: {area.replace('_', ' ')}")

    try:
        with Store.open(database, read_only=True) as store:
            problems = tuple(examine(store, what, report=tell))
            return _count(CheckReport(str(database), size, problems=problems), store)
    except DatabaseBad as error:
        if not isinstance(error.__cause__, sqlite3.DatabaseError):
            raise
        return CheckReport(str(database), size, problems=(unreadable("file", error.__cause__),))


def _count(found: CheckReport, store: Store) -> CheckReport:
    try:
        rows = count_rows(store)
        return replace(
            found, schema=rows.schema, calls=rows.calls, files=rows.files, chain=read_end(store.db)
        )
    except sqlite3.DatabaseError as error:
        return found if found.problems else replace(found, problems=(unreadable("file", error),))


def _repair(database: Path, found: CheckReport, what: Examined, report: Report) -> CheckReport:
    """Repair, unless the file itself is damaged: what is written into it then may be lost, or harm more."""
    is_damaged = any(problem.area == "file" and problem.repair is None for problem in found.problems)
    if is_damaged or not repairs_of(found.problems):
        return found
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = database.with_name(f"{database.name}.before-repair-{moment}.bak")
    copy_database(database, kept)
    report("repairing")
    with Store.open(database) as store:
        done = repair(store, found.problems)
    after = _look(database, what, report)
    return replace(after, repaired=done, kept=str(kept))
