"""Check a database, and repair what follows from other rows."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from speechcx.batch.lock import hold_lock, is_locked
from speechcx.batch.progress import Say
from speechcx.batch.recordings import Compared, compare_files
from speechcx.batch.stop import StopSignals
from speechcx.errors import EXIT_OK, EXIT_SOME_FAILED, DatabaseBad, DatabaseMissing, Interrupted
from speechcx.store import Store
from speechcx.store.copies import copy_database
from speechcx.store.decisions.chain import ChainEnd, read_end
from speechcx.store.heard_files import list_heard_files
from speechcx.store.integrity import Area, DatabaseProblem, Examined, count_rows, examine, repair
from speechcx.store.integrity.find_problems import repairs_of, unreadable

TELL_EVERY_S = 10.0
"""How often the comparing of recordings tells how far it is."""


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
    compared
        Recordings compared with what was heard from them; null where that was not asked for.
    seconds
        How long it took.
    """

    database: str
    size_bytes: int
    schema: int | None = None
    calls: int = 0
    files: int = 0
    problems: tuple[DatabaseProblem, ...] = ()
    repaired: tuple[str, ...] = ()
    kept: str | None = None
    chain: ChainEnd | None = None
    compared: Compared | None = None
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        """0 where all is well, 3 where something was found, 130 where it was stopped before the end."""
        if self.problems:
            return EXIT_SOME_FAILED
        return Interrupted.exit_code if self.compared is not None and self.compared.left else EXIT_OK


def check(
    database: Path,
    *,
    every_call: bool = False,
    do_repair: bool = False,
    recordings: bool = False,
    report: Say = lambda _: None,
) -> CheckReport:
    """Look at a whole database; changes nothing unless `do_repair`.

    Parameters
    ----------
    database
        The file. May be in use: all is looked at as it is at one moment.
    every_call
        Read every call back; else those that look wrong, and a sample.
    do_repair
        Rebuild what can be derived from other rows, after making a copy.
    recordings
        Also read every recording and compare it with the call heard from it; a first signal ends that, and what
        was found until then is told.
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
    if recordings and found.schema is not None:
        found = _compare_recordings(database, found, report)
    return replace(found, seconds=round(time.monotonic() - started, 3))


def _compare_recordings(database: Path, found: CheckReport, report: Say) -> CheckReport:
    last = [time.monotonic()]

    def tell(count: int) -> None:
        if time.monotonic() - last[0] >= TELL_EVERY_S:
            last[0] = time.monotonic()
            report(f"recordings: {count:,} of {len(files):,} compared")

    with Store.open(database, read_only=True) as store:
        files = list_heard_files(store)
    report(f"comparing {len(files):,} recordings; Ctrl-C ends it and tells what was found")
    with StopSignals() as stop:
        compared, _ = compare_files(files, give_up=lambda: stop.is_requested, report=tell)
    problems = tuple(
        DatabaseProblem(
            "recordings",
            f"{file.path} holds other bytes than call {file.call_id}, under the same name, size and time",
            "the call is not what the file says now: an export wrote over it, or the disk is failing",
            f"put the recording back, or hear what is there: speechcx run --redo all {file.path}",
            file.call_id,
        )
        for file in compared.changed
    )
    return replace(found, compared=compared, problems=(*found.problems, *problems))


def _look(database: Path, what: Examined, report: Say) -> CheckReport:
    size = database.stat().st_size

    def tell(area: Area) -> None:
        report(f"looking at: {area.replace('_', ' ')}")

    try:
        with Store.open(database, read_only=True) as store:
            problems = tuple(examine(store, what, report=tell))
            return _count(CheckReport(str(database), size, problems=problems), store)
    except DatabaseBad as error:
        if not isinstance(error.__cause__, sqlite3.DatabaseError | UnicodeError):
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


def _repair(database: Path, found: CheckReport, what: Examined, report: Say) -> CheckReport:
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
