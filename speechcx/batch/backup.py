"""Copies of a database: made while a run writes, checked, and put back without losing what is newer."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from speechcx.batch.lock import hold_lock, is_locked, lock_path
from speechcx.batch.progress import Say
from speechcx.errors import (
    DatabaseBad,
    DatabaseMissing,
    DiskFull,
    DiskLow,
    SpeechcxError,
    UsageError,
)
from speechcx.private_files import is_same_file, new_private_file, partial_of, remove_all, sync_folder
from speechcx.store import Store
from speechcx.store.copies import Newer, copy_database, find_newer, hold_alone, leave_log
from speechcx.store.decisions.audit import AuditEntry, add_entries
from speechcx.store.decisions.chain import ChainEnd, read_end
from speechcx.store.integrity import DatabaseProblem, Examined, count_rows, examine
from speechcx.store.merging.carry_over import Carried, carry_over

_SERIOUS = ("file", "schema", "calls", "shared", "sums")
"""Areas in which a copy may have no problem: what stands there could be lost or wrong in every later copy too."""


@dataclass(frozen=True, slots=True)
class BackupReport:
    """A copy that was made.

    Parameters
    ----------
    database, backup
        What was copied, and where to.
    size_bytes
        Size of the copy.
    calls
        Calls in it.
    chain
        End of the decision chain in it: written down elsewhere, it proves that no decision was taken out.
    problems
        What the copy's check found; the original has the same.
    is_in_trail
        Whether the audit trail tells of it: not where the database may not be written.
    seconds
        How long it took.
    """

    database: str
    backup: str
    size_bytes: int
    calls: int
    chain: ChainEnd
    problems: tuple[DatabaseProblem, ...]
    is_in_trail: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """A copy that was put back.

    Parameters
    ----------
    database, backup
        What was put back, and from where.
    calls
        Calls in the database now.
    lost
        What the database before had besides, and is only in `kept` now; null where it could not be read.
    kept
        The database as it was before; null where there was none.
    problems
        Lesser problems that the check of the copy found, in the ledger, the search index or decisions.
    seconds
        How long it took.
    carried
        What was taken over from the database before; None where it could not be read.
    """

    database: str
    backup: str
    calls: int
    lost: Newer | None
    kept: str | None
    problems: tuple[DatabaseProblem, ...]
    seconds: float
    carried: Carried | None = None


def back_up(
    database: Path,
    target: Path,
    *,
    who: str,
    replace: bool = False,
    anyway: bool = False,
    report: Say = lambda _: None,
) -> BackupReport:
    """Copy a database, also while a run writes, check the copy, and only then give it its name.

    Parameters
    ----------
    database, target
        What to copy, and where to.
    who
        For the audit trail.
    replace
        Replace an existing file.
    anyway
        Keep a copy in which the check finds problems.
    report
        Told of each step.

    Raises
    ------
    DatabaseMissing, DatabaseBad
        There is nothing to copy, or the check finds problems in the copy.
    UsageError
        The target is there, is a folder, or is the database itself.
    DiskLow
        There is no room for it.
    """
    started = time.monotonic()
    if not database.exists():
        raise DatabaseMissing(f"there is no database at {database}", "a database", "name one with --db")
    _expect_target(database, target, replace=replace)
    expect_space(target, database)
    with told_full(target), partial_of(Path(os.path.realpath(target))) as partial:
        report(f"copying {database}")
        copy_database(database, partial)
        report("checking the copy")
        problems, calls, end = _examine(partial, is_running=is_locked(database))
        serious = find_serious(problems)
        if serious and not anyway:
            raise DatabaseBad(
                f"the copy has {_problems(serious)}, and so has {database}: {serious[0].what}",
                "a database without problems",
                "see all: speechcx check; to keep a copy as it is, add --anyway",
            )
    detail = {"to": target.name, "calls": calls, "chain_entries": end.entries, "chain_digest": end.digest}
    return BackupReport(
        str(database), str(target), target.stat().st_size, calls, end, problems,
        _note(database, who, AuditEntry("backup", detail=detail)), round(time.monotonic() - started, 3),
    )  # fmt: skip


def restore(
    database: Path, backup: Path, *, who: str, lose_newer: bool = False, report: Say = lambda _: None
) -> RestoreReport:
    """Put a copy in the place of a database, which is kept beside it.

    The copy is checked first. It takes the database's name in one step: killed at any moment, the one
    or the other is there, whole.

    Parameters
    ----------
    database, backup
        What to put back, and from where; the database need not exist.
    who
        For the audit trail.
    lose_newer
        Also where the database has runs, calls or decisions that the copy has not.
    report
        Told of each step.

    Raises
    ------
    UsageError
        There is no such copy, it is the database itself, or the database has what it has not.
    DatabaseBad
        The copy is no database of this program, or its check finds problems.
    RunInProgress
        A run, or another program, holds the database.
    DiskLow
        There is no room for it.
    """
    started = time.monotonic()
    database = Path(os.path.realpath(database))
    if not backup.is_file():
        found = f"{backup} is no file" if backup.exists() else f"there is no file {backup}"
        raise UsageError(found, "a copy made by `speechcx backup`", "name another")
    if is_same_file(database, backup):
        raise UsageError(f"{backup} is the database itself", "a copy of it", "name another file")
    with hold_lock(database, command="restore"), told_full(database):
        expect_space(database, backup)
        incoming = _name_of(database, "incoming")
        remove_all(incoming)
        try:
            report(f"checking {backup}")
            copy_database(backup, incoming)
            calls, problems = _bring_in(incoming)
            lost = _find_lost(database, incoming)
            if lost is not None and lost.is_anything and not lose_newer:
                raise UsageError(
                    f"{database} has what {backup.name} has not: {lost}",
                    "a copy with all that is in the database",
                    "make a newer backup, or add --lose-newer: the present database is kept beside it all the same",
                )
            kept = _name_of(database, f"before-restore-{_moment()}.bak") if database.exists() else None
            carried = carry_over(database, incoming)
            _write_down(incoming, who, backup, kept, (lost, carried))
            report(f"putting it in the place of {database}")
            _swap(database, incoming, kept)
        finally:
            remove_all(incoming)
    seconds = round(time.monotonic() - started, 3)
    return RestoreReport(
        str(database),
        str(backup),
        calls,
        lost,
        None if kept is None else str(kept),
        problems,
        seconds,
        carried,
    )


def _expect_target(database: Path, target: Path, *, replace: bool) -> None:
    own = [database, lock_path(database)]
    own += [database.with_name(database.name + ending) for ending in ("-wal", "-shm", "-journal")]
    if any(is_same_file(target, one) for one in own):
        raise UsageError(f"{target} is the database itself, or belongs to it", "another file", "name another")
    if target.is_dir():
        raise UsageError(f"{target} is a folder", "a file", f"name a file in it: {target / database.name}")
    if not target.absolute().parent.is_dir():
        raise UsageError(
            f"there is no folder {target.absolute().parent}", "a folder that is there", "make it"
        )
    if target.exists() and not target.is_file():
        raise UsageError(f"{target} is no plain file", "a new file", "name another")
    if os.path.lexists(target) and not replace:
        raise UsageError(f"{target} is there already", "a new file", "name another, or add --replace")


def expect_space(target: Path, *sources: Path) -> None:
    """Refuse what cannot fit beside `target`, before anything is written.

    Raises
    ------
    DiskLow
        Less is free than the sources take, with their logs.
    """
    logs = [source.with_name(f"{source.name}-wal") for source in sources]
    wanted = sum(path.stat().st_size for path in (*sources, *logs) if path.exists())
    free = shutil.disk_usage(target.absolute().parent).free
    if free < wanted:
        raise DiskLow(
            f"{free / 1e6:,.1f} MB are free for {target}",
            f"{wanted / 1e6:,.1f} MB",
            "free space, or use another disk",
        )


@contextmanager
def told_full(target: Path) -> Iterator[None]:
    """A disk that runs full in the midst, as an error with a cure."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
            raise
        raise _full(target) from error
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise _full(target) from error


def _full(target: Path) -> DiskFull:
    return DiskFull(
        f"the disk became full while {target} was written; nothing is left of it",
        "room for the whole copy",
        "free space, or use another disk",
    )


def _examine(copy: Path, *, is_running: bool = False) -> tuple[tuple[DatabaseProblem, ...], int, ChainEnd]:
    """Problems, calls and the end of the decision chain of a copy; DatabaseBad where it cannot be opened."""
    with Store.open(copy, read_only=True) as store:
        # Files taken up by a run that is over, or still at work, are as they should be in a copy.
        found = tuple(p for p in examine(store, Examined(is_running)) if p.repair != "claims")
        return found, count_rows(store).calls, read_end(store.db)


def _bring_in(incoming: Path) -> tuple[int, tuple[DatabaseProblem, ...]]:
    """Bring a copy to this version's schema and check it; returns the number of its calls, and lesser problems."""
    Store.open(incoming).close()
    for old in incoming.parent.glob(f"{incoming.name}.schema-*.bak"):
        old.unlink()
    problems, calls, _ = _examine(incoming)
    serious = find_serious(problems)
    if serious:
        raise DatabaseBad(
            f"the backup has {_problems(serious)}: {serious[0].what}",
            "a copy without problems",
            "see all: speechcx check --db FILE; use an older backup",
        )
    return calls, problems


def _find_lost(database: Path, incoming: Path) -> Newer | None:
    """What the present database has besides; None where it cannot be read."""
    if not database.exists():
        return Newer()
    with suppress(sqlite3.DatabaseError):
        return find_newer(database, incoming)
    return None


def _write_down(
    incoming: Path, who: str, backup: Path, kept: Path | None, found: tuple[Newer | None, Carried | None]
) -> None:
    """A row of the audit trail, in the copy itself: with the step that puts it in place, it is there."""
    lost, carried = found
    detail = {
        "from": backup.name,
        "kept": None if kept is None else kept.name,
        "erased": None if carried is None else len(carried.erased),
        "holds": None if carried is None else carried.holds,
    }
    with Store.open(incoming) as store:
        add_entries(store, who, [AuditEntry("restore", detail={**detail, "lost": lost and asdict(lost)})])
        leave_log(store.db)


def _swap(database: Path, incoming: Path, kept: Path | None) -> None:
    """Give `incoming` the name of the database, whose own file keeps the name `kept`."""
    incoming.chmod(0o600)
    if kept is None:
        remove_all(database)
        os.replace(incoming, database)
        sync_folder(database.parent)
        return
    with hold_alone(database):
        _keep_aside(database, kept)
        for ending in ("-wal", "-shm"):
            # Left only by a file too damaged to be opened: its log goes with it.
            side = database.with_name(database.name + ending)
            if side.exists():
                os.replace(side, kept.with_name(kept.name + ending))
        sync_folder(database.parent)
        os.replace(incoming, database)
        sync_folder(database.parent)
    kept.chmod(0o600)


def _keep_aside(database: Path, kept: Path) -> None:
    """Give the present file a second name; where the file system has no such thing, a copy."""
    try:
        os.link(database, kept)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS):
            raise
        with new_private_file(kept) as writer, open(database, "rb") as reader:
            shutil.copyfileobj(reader, writer)


def _note(database: Path, who: str, entry: AuditEntry) -> bool:
    """Whether the audit trail could be told."""
    try:
        with Store.open(database) as store:
            add_entries(store, who, [entry])
    except (sqlite3.OperationalError, SpeechcxError, OSError):
        return False
    return True


def _name_of(database: Path, ending: str) -> Path:
    return database.with_name(f"{database.name}.{ending}")


def _moment() -> str:
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")


def find_serious(problems: tuple[DatabaseProblem, ...]) -> tuple[DatabaseProblem, ...]:
    """Those of problems that a copy must not have."""
    return tuple(problem for problem in problems if problem.area in _SERIOUS)


def _problems(problems: tuple[DatabaseProblem, ...]) -> str:
    return "a problem" if len(problems) == 1 else f"{len(problems)} problems"
