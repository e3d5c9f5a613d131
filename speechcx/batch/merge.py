"""Databases of several machines brought into one: checked first, in one step, disagreements told and not guessed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from speechcx.batch.backup import expect_space, find_serious, told_full
from speechcx.batch.lock import hold_lock, is_locked, read_holder
from speechcx.batch.progress import Say
from speechcx.errors import DatabaseBad, DatabaseMissing, DatabasesDiffer, RunInProgress, UsageError
from speechcx.private_files import is_same_file, partial_of
from speechcx.store import Patience, Store
from speechcx.store.copies import leave_log
from speechcx.store.decisions.audit import AuditEntry, add_entries
from speechcx.store.integrity import Examined, count_rows, examine
from speechcx.store.merging import (
    MergeConflict,
    Merged,
    Preference,
    find_differences,
    find_left,
    list_call_ids,
    merge_store,
    read_ends,
    read_making,
)

_TELL_EVERY_S = 10.0


@dataclass(frozen=True, slots=True)
class MergeOptions:
    """What a merge is asked for besides its databases.

    Parameters
    ----------
    prefer
        The database whose word holds where two disagree; None tells of it and merges nothing.
    mixed
        Also databases that were made with other settings, rulebooks, versions or zones.
    anyway
        Also databases in which the check finds problems.
    """

    prefer: Path | None = None
    mixed: bool = False
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class MergeReport:
    """What a merge did.

    Parameters
    ----------
    database
        The database that the others were brought into.
    sources
        What each of them brought, in the order in which they were brought in.
    is_changed
        Whether anything was new; where nothing was, the database is as it was, to the last row.
    calls
        Calls in the database now.
    disagreements
        What two databases tell differently; where there is any, nothing was merged.
    files_left
        Files that no run has dealt with.
    shards_missing
        Shards that none of the databases has taken to its end, as ``3/5``.
    seconds
        How long it took.
    """

    database: str
    sources: tuple[Merged, ...]
    is_changed: bool
    calls: int
    disagreements: tuple[MergeConflict, ...]
    files_left: int
    shards_missing: tuple[str, ...]
    seconds: float

    @property
    def exit_code(self) -> int:
        """0, or that of :class:`DatabasesDiffer` where databases disagree."""
        return DatabasesDiffer.exit_code if self.disagreements else 0


def merge(
    target: Path,
    sources: Sequence[Path],
    *,
    who: str,
    options: MergeOptions | None = None,
    report: Say = lambda _: None,
) -> MergeReport:
    """Bring databases into `target`, which is made where there is none; they themselves are only read.

    All of it is one step: whatever ends it before, the target is as it was. Where databases disagree
    about a call, a flag or a review, nothing is merged, and each such case is in the report.

    Parameters
    ----------
    target
        What to merge into.
    sources
        What to bring in.
    who
        For the audit trail.
    options
        See :class:`MergeOptions`.
    report
        Told of each step.

    Raises
    ------
    UsageError
        No source, or the target among them, or `prefer` is none of them.
    DatabaseMissing, DatabaseBad
        A source is not there, or has problems, or is of another version.
    DatabasesDiffer
        They were made with other settings, rulebooks, versions or zones.
    RunInProgress
        A run holds one of them.
    DiskLow, DiskFull, AccessDenied, DatabaseBusy
        The target cannot be written.
    """
    started, wanted = time.monotonic(), options or MergeOptions()
    _expect_databases(target, sources, wanted.prefer)
    with hold_lock(target, command="merge"), told_full(target), ExitStack() as opened:
        stores = [opened.enter_context(_reading(path, wanted, report)) for path in sources]
        expect_space(target, *sources)
        try:
            with _writing(target) as store:
                if not wanted.mixed:
                    _expect_alike([store, *stores])
                before = store.db.total_changes
                merged = _merge_all(store, stores, wanted.prefer, report)
                if any(each.disagreements for each in merged):
                    raise _Disagreed(merged)
                is_changed = store.db.total_changes > before
                if is_changed:
                    _write_down(store, stores, merged, who)
        except _Disagreed as undone:
            merged, is_changed = undone.merged, False
    return _report(target, merged, is_changed=is_changed, seconds=time.monotonic() - started)


class _Disagreed(Exception):
    """Ends the write without a trace of it."""

    def __init__(self, merged: tuple[Merged, ...]) -> None:
        super().__init__(len(merged))
        self.merged = merged


def _report(target: Path, merged: tuple[Merged, ...], *, is_changed: bool, seconds: float) -> MergeReport:
    found = tuple(one for each in merged for one in each.disagreements)
    calls, left, shards = 0, 0, tuple[str, ...]()
    if target.exists():
        with Store.open(target, read_only=True) as store:
            calls = count_rows(store).calls
            left, shards = find_left(store.db)
    return MergeReport(str(target), merged, is_changed, calls, found, left, shards, round(seconds, 3))


def _expect_databases(target: Path, sources: Sequence[Path], prefer: Path | None) -> None:
    if not sources:
        raise UsageError(
            "no database to merge", "one or more", "name them: speechcx merge a.db b.db --into all.db"
        )
    for path in sources:
        if is_same_file(path, target):
            raise UsageError(
                f"{path} is the database that is merged into", "other databases", "name it with --into only"
            )
        if not path.is_file():
            raise DatabaseMissing(
                f"there is no database at {path}", "a database to merge", "correct its name"
            )
    if prefer is not None and not any(is_same_file(prefer, path) for path in (target, *sources)):
        raise UsageError(f"--prefer {prefer}", "one of the databases that are merged", "name one of them")


@contextmanager
def _reading(path: Path, options: MergeOptions, report: Say) -> Iterator[Store]:
    """A source, checked, and as it is at this moment."""
    if is_locked(path):
        raise RunInProgress(
            f"{read_holder(path)} writes {path}",
            "a database that no run writes",
            "merge it when that run has ended",
        )
    with Store.open(path, read_only=True) as store:
        report(f"checking {path}")
        # A run that was killed leaves files taken up, as one on another machine may: they are no problem here.
        problems = [one for one in examine(store, Examined()) if one.repair != "claims"]
        bad = [one for one in problems if one.area == "decisions"] + list(find_serious(tuple(problems)))
        if bad and not options.anyway:
            raise DatabaseBad(
                f"{path} has {len(bad)} problem{'s' * (len(bad) > 1)}: {bad[0].what}",
                "a database without problems, since what is merged counts as sound from then on",
                f"see all: speechcx check --db {path}; use a backup, or merge it as it is with --anyway",
            )
        with store.snapshot():
            yield store


@contextmanager
def _writing(target: Path) -> Iterator[Store]:
    """The target, in one write: all of it is kept, or nothing, also of a target that is made."""
    if os.path.lexists(target):
        with Store.open(target, patience=Patience()) as store:
            with store.write():
                yield store
            store.tidy()
        return
    with partial_of(Path(os.path.realpath(target))) as partial, Store.open(partial, create=True) as store:
        with store.write():
            yield store
        store.tidy()
        leave_log(store.db)


def _expect_alike(stores: Sequence[Store]) -> None:
    lines = find_differences([(str(store.path), read_making(store.db)) for store in stores])
    if lines:
        raise DatabasesDiffer(
            "the databases were made in different ways: " + ". ".join(lines),
            "one way, so that their scores can be compared",
            "run or rejudge the odd one again (speechcx run --redo outdated, speechcx rejudge), or take them as they"
            " are with --mixed",
        )


def _merge_all(
    target: Store, stores: Sequence[Store], prefer: Path | None, report: Say
) -> tuple[Merged, ...]:
    """Bring in every source, the preferred one first."""
    chosen = [
        store for store in (target, *stores) if prefer is not None and is_same_file(prefer, store.path)
    ][:1]
    settled = list_call_ids(chosen[0]) if chosen else frozenset()
    merged = []
    for store in sorted(stores, key=lambda store: store not in chosen):
        told = _tell_calls(store.path, report)
        merged.append(
            merge_store(target, store, preference=Preference(store in chosen, settled), report=told)
        )
    return tuple(merged)


def _tell_calls(path: Path, report: Say) -> Callable[[int, int], None]:
    """Tells of the calls of a source at its begin, and then now and again."""
    last = [float("-inf")]

    def tell(done: int, calls: int) -> None:
        if time.monotonic() - last[0] >= _TELL_EVERY_S:
            last[0] = time.monotonic()
            report(f"merging {path}: {done} of {calls} calls")

    return tell


def _write_down(target: Store, stores: Sequence[Store], merged: Sequence[Merged], who: str) -> None:
    """A row of the target's audit trail for each source that brought something, with where its own trails end."""
    by_path = {str(store.path): store for store in stores}
    details = [
        {"from": Path(each.source).name, **each.trail_detail, **read_ends(by_path[each.source])}
        for each in merged
    ]
    add_entries(target, who, [AuditEntry("merge", detail=detail) for detail in details])
