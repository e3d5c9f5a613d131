"""A run: plan, take up, map over workers, keep each result in one transaction, stop cleanly."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from speechcx.batch.capacity import count_workers, expect_engines, expect_room
from speechcx.batch.later_details import apply_details, digest_sources
from speechcx.batch.lock import hold_lock
from speechcx.batch.plan import Choice, Plan, Planner, Redo, Shard, learn_lengths
from speechcx.batch.progress import (
    Progress,
    ReportProgress,
    RunSummary,
    RunTally,
    count_reasons,
    say_nothing,
    tell,
)
from speechcx.batch.recordings import find_missing, has_vanished, spot_check
from speechcx.batch.rejudge import judge_inferred, save_rulebooks
from speechcx.batch.stop import StopSignals
from speechcx.batch.work_loop import Shift
from speechcx.config import Settings, listen_digest
from speechcx.discover import (
    DiscoverSettings,
    FoundFile,
    OtherFile,
    Roster,
    Sources,
    describe_others,
    find_files,
    read_details,
    read_sources,
    settle,
)
from speechcx.errors import (
    EXIT_OK,
    EXIT_SOME_FAILED,
    DatabaseBusy,
    DatabaseMissing,
    Interrupted,
    SpeechcxError,
)
from speechcx.rules import Rulebooks
from speechcx.store import KnownFile, Patience, RunInfo, Store
from speechcx.store import RunTotals as RunRow
from speechcx.store.calls.removed_parts import list_frozen
from speechcx.store.decisions.legal_holds import list_held
from speechcx.store.decisions.reading_log import take_queue
from speechcx.store.facts.match_new_calls import match_new_calls
from speechcx.store.left_out import read_other_files, replace_left_out


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a run is asked for besides its settings.

    Parameters
    ----------
    redo
        Which calls already dealt with are done again.
    limit
        Most files to take up; None for all.
    dry_run
        Plan only.
    wait
        Wait for another run on the same database to end.
    roster
        Agents, teams and centres to keep; empty leaves the stored ones as they are.
    shard
        The part of the recordings to take, where several machines share them; None for all.
    """

    redo: Redo = "none"
    limit: int | None = None
    dry_run: bool = False
    wait: bool = False
    roster: Roster = field(default_factory=Roster)
    shard: Shard | None = None


def run(
    database: Path,
    paths: Sequence[str | Path],
    settings: Settings,
    rulebook: Rulebooks,
    *,
    options: RunOptions | None = None,
    report: ReportProgress = say_nothing,
) -> RunSummary:
    """Analyse every recording below `paths` that is not done yet, and keep what is found in `database`.

    Parameters
    ----------
    database
        The database; made where there is none.
    paths
        Folders, files and globs.
    settings, rulebook
        What to listen and judge with.
    options
        See :class:`RunOptions`.
    report
        Called at the start and for each file dealt with.

    Returns
    -------
    RunSummary
        With the exit code the command should end with. Calls that fail are counted, never raised.

    Raises
    ------
    RunInProgress
        Another run holds the database.
    DatabaseBusy
        Another program held it longer than ``batch.busy_wait_s``, before the first call.
    AccessDenied, DatabaseBad, DiskError
        The database, its folder or its disk cannot be used.
    Interrupted
        A signal ended the waiting for one of those.
    ModelMissing, ModelBad, ConfigError
        Before any call is taken up.
    DiskLow
        Too little room to begin.
    """
    options = options or RunOptions()
    if options.dry_run:
        plan = plan_run(database, paths, settings, options=options)
        return summarise_plan(plan, settle_s=settings.discover.settle_s)
    if not database.exists() and (empty := _find_nothing(paths, settings)) is not None:
        return empty
    with StopSignals(lambda what: _say_waiting(report, what)) as stop, _interruptible(stop):
        orders = _Orders(options, report, stop)
        with hold_lock(database, wait=options.wait, give_up=lambda: stop.is_requested, tell=orders.wait):
            expect_room(database, settings.batch.disk_floor_mb)
            patience = Patience(settings.batch.busy_wait_s, orders.wait, lambda: stop.is_requested)
            with Store.open(database, create=True, patience=patience) as store:
                return _run_locked(store, paths, settings, rulebook, orders)


@contextmanager
def _interruptible(stop: StopSignals) -> Iterator[None]:
    """Waiting that a signal ended leaves as what it is, with the exit code of that signal."""
    try:
        yield
    except (Interrupted, DatabaseBusy) as error:
        if not stop.is_requested:
            raise
        interrupted = Interrupted("stopped while waiting", "", "run again later; what is done is kept")
        interrupted.exit_code = stop.exit_code
        raise interrupted from error


def plan_run(
    database: Path, paths: Sequence[str | Path], settings: Settings, *, options: RunOptions | None = None
) -> Plan:
    """What :func:`run` would do now, without writing anything."""
    try:
        with Store.open(database, read_only=True) as store:
            orders = _Orders(options or RunOptions(), applied=store.ledger.read_sources_digest())
            known, orders.frozen = store.ledger.known_files(), list_frozen(store.db)
            orders.held = list_held(store.db)
    except DatabaseMissing:
        known, orders = {}, _Orders(options or RunOptions())
    return _plan(known, paths, settings, orders)[0]


def _find_nothing(paths: Sequence[str | Path], settings: Settings) -> RunSummary | None:
    """The summary of a run that would find no recording at all; None where there is one.

    So a run in a wrong folder, or of one that is empty, leaves no empty database behind.

    Raises
    ------
    UsageError
        A path leads nowhere.
    """
    others: list[FoundFile] = []
    sources = read_sources(paths, settings.discover)
    if next(iter(find_files(paths, _with_headerless(settings), others=others)), None) is not None:
        return None
    described = describe_others(others, sources, settings.discover, known={})
    return summarise_plan(Plan((), others=described, warnings=sources.warnings))


def summarise_plan(plan: Plan, *, settle_s: float = 0.0) -> RunSummary:
    """A plan as the summary of a run that has done nothing."""
    return RunSummary(
        planned=len(plan.files),
        needs_metadata=len(plan.waiting),
        elsewhere=plan.elsewhere,
        skipped=plan.skipped,
        ignored=count_reasons(file.skipped or "" for file in plan.ignored),
        audio_s=plan.audio_s,
        exit_code=EXIT_OK,
        beyond_limit=plan.beyond_limit,
        again_at=_again_at(sum(file.skipped == _GROWING for file in plan.ignored), settle_s),
        other_files=count_reasons(other.reason for other in plan.others),
        passed_over=tuple((other.path, other.why) for other in plan.others if other.reason == "other_table"),
        warnings=tuple(str(warning) for warning in plan.warnings),
        missing=plan.missing,
        details_changed=len(plan.changes),
        lost_details=plan.lost_details,
        held=plan.held,
    )


_GROWING = "still_growing"


def _again_at(growing: int, settle_s: float) -> str | None:
    """When files that were being written moments ago can be taken, if they do not change meanwhile."""
    if not growing:
        return None
    return (datetime.now(UTC) + timedelta(seconds=settle_s)).isoformat(timespec="seconds")


class _Orders:
    """What the caller wants of this run."""

    def __init__(
        self,
        options: RunOptions,
        report: ReportProgress = say_nothing,
        stop: StopSignals | None = None,
        *,
        applied: str | None = None,
    ) -> None:
        self.options = options
        self.report = report
        self.stop = stop or StopSignals()
        self.known_others: dict[str, OtherFile] = {}
        self.applied = applied
        """Digest of what details were read from when they were last applied to every call."""
        self.sources_digest = ""
        self.frozen: frozenset[str] = frozenset()
        """Calls of which retention has removed something."""
        self.held: Mapping[str, str] = {}
        """Calls under a legal hold, each with the name of one."""

    def wait(self, what: str) -> None:
        """Report what is waited for before there is anything to count."""
        _say_waiting(self.report, what)


def _say_waiting(report: ReportProgress, what: str) -> None:
    tell(report, Progress(0, 0, 0, 0.0, 0.0, 0.0, waiting_for=what, event="waiting"))


def _plan(
    known: dict[bytes, KnownFile], paths: Sequence[str | Path], settings: Settings, orders: _Orders
) -> tuple[Plan, Sources]:
    """The plan, and the sources held against the recordings that are there."""
    discover = _with_headerless(settings)
    there = _still_there(known, paths, settings)
    roster = orders.options.roster
    names = {entry.agent: entry.name for entry in roster.entries if entry.name != entry.agent}
    read = replace(read_sources(there, settings.discover), agent_names=names)
    others: list[FoundFile] = []
    found = tuple(find_files(there, discover, others=others))
    sources = read.beside(found)
    options = orders.options
    choice = Choice(
        options.redo, options.limit, listen_digest(settings), options.shard, orders.frozen, orders.held
    )
    orders.sources_digest = digest_sources([str(path) for path in paths], others, sources, settings)
    planner = Planner(
        known,
        choice,
        lambda path: read_details(path, sources, discover),
        compare_details=orders.sources_digest != orders.applied,
    )
    plan = planner.plan(
        found,
        give_up=lambda: orders.stop.is_requested,
        look_again=lambda young: settle(young, discover, is_growing=planner.has_grown),
    )
    described = describe_others(others, sources, discover, known=orders.known_others)
    warnings = (*roster.warnings, *sources.warnings)
    plan = replace(learn_lengths(plan), others=described, warnings=warnings)
    if settings.batch.missing_files != "ignore":
        plan = replace(plan, missing=find_missing(known, paths))
    return plan, sources


def _with_headerless(settings: Settings) -> DiscoverSettings:
    """The settings of discovery with the extensions that ``audio.headerless`` explains."""
    named = (entry.partition("=")[0].lower() for entry in settings.audio.headerless)
    extensions = dict.fromkeys((*settings.discover.extensions, *named))
    return replace(settings.discover, extensions=tuple(extensions))


def _still_there(
    known: dict[bytes, KnownFile], paths: Sequence[str | Path], settings: Settings
) -> Sequence[str | Path]:
    """The paths without folders of known files that have vanished: those are told, and do not end the run."""
    if settings.batch.missing_files == "ignore":
        return paths
    return [path for path in paths if not has_vanished(known, path)]


def _run_locked(
    store: Store, paths: Sequence[str | Path], settings: Settings, rulebook: Rulebooks, orders: _Orders
) -> RunSummary:
    take_queue(store)
    known = store.ledger.known_files()
    orders.known_others = {row[0]: OtherFile(*row) for row in read_other_files(store.db)}
    orders.applied = store.ledger.read_sources_digest()
    orders.frozen, orders.held = list_frozen(store.db), list_held(store.db)
    plan, sources = _plan(known, paths, settings, orders)
    with store.write():
        replace_left_out(store.db, plan.others, plan.warnings)
    if plan.files:
        expect_room(store.path, settings.batch.disk_floor_mb, audio_s=plan.audio_s)
        expect_engines(settings)
    if orders.options.roster.entries:
        store.sync_roster(orders.options.roster.entries)
    save_rulebooks(store, rulebook, settings)
    run_id = store.ledger.begin_run(
        RunInfo(
            listen_digest=listen_digest(settings),
            rulebook_digest=rulebook.digest,
            workers=settings.batch.workers or count_workers(),
            paths=tuple(str(path) for path in paths),
            shard=None if orders.options.shard is None else str(orders.options.shard),
            zone=settings.discover.zone,
        )
    )
    tally = RunTally(len(plan.files), plan.audio_s, orders.report, share=plan.choice.share)
    store.patience = Patience(settings.batch.busy_wait_s, tally.wait, orders.stop.is_over)
    shift = Shift(store, run_id, settings=settings, tally=tally, stop=orders.stop)
    try:
        shift.note(plan)
        shift.work(plan, known, sources, rulebook)
    except SpeechcxError as error:
        # No worker can be started: no call is to blame, and all of them wait for the next run.
        shift.stopped_by = error
        _finish(store, run_id, _summarise(plan, tally, shift, run_id))
        raise
    summary = _look_after(store, plan, settings, orders, _summarise(plan, tally, shift, run_id))
    summary, is_applied = _apply_details(store, plan, settings, rulebook, orders, summary)
    summary = _keep_policy(store, settings, rulebook, orders, summary, tell=tally.wait)
    _finish(store, run_id, summary, sources_digest=orders.sources_digest if is_applied else None)
    return summary


def _keep_policy(
    store: Store,
    settings: Settings,
    rulebook: Rulebooks,
    orders: _Orders,
    summary: RunSummary,
    *,
    tell: Callable[[str], None],
) -> RunSummary:
    """Take out of calls judged before what the inference policy does not allow any more, by judging them again."""
    if orders.stop.is_requested or summary.stopped_by:
        return summary
    judged, failures = judge_inferred(
        store, rulebook, settings, give_up=lambda: orders.stop.is_requested, tell=tell
    )
    told = [
        f"{one.path}: could not be judged again without what [policy] does not allow ({one.message})"
        for one in failures
    ]
    if judged:
        calls = "1 call was" if judged == 1 else f"{judged} calls were"
        told.append(
            f"{calls} judged again, without what [policy] does not allow to be inferred from a voice."
        )
    failed = count_reasons(failure.kind for failure in failures)
    return replace(
        summary,
        failed=(*summary.failed, *failed),
        notes=(*summary.notes, *told),
        exit_code=EXIT_SOME_FAILED if failed and summary.exit_code == EXIT_OK else summary.exit_code,
    )


def _look_after(
    store: Store, plan: Plan, settings: Settings, orders: _Orders, summary: RunSummary
) -> RunSummary:
    """Look for known files that hold other bytes, and tell of those that are gone; not where stopped early."""
    if orders.stop.is_requested or summary.stopped_by:
        return summary
    batch = settings.batch
    compared = spot_check(
        store,
        files=batch.spot_check_files,
        seconds=batch.spot_check_s,
        give_up=lambda: orders.stop.is_requested,
    )
    is_bad = bool(compared.changed) or (bool(plan.missing.alarms) and batch.missing_files == "fail")
    code = EXIT_SOME_FAILED if is_bad and summary.exit_code == EXIT_OK else summary.exit_code
    return replace(summary, missing=plan.missing, compared=compared, exit_code=code)


def _apply_details(
    store: Store, plan: Plan, settings: Settings, rulebook: Rulebooks, orders: _Orders, summary: RunSummary
) -> tuple[RunSummary, bool]:
    """Give calls done before the details that came or changed since; whether every one of them has them now."""
    if orders.stop.is_requested or summary.stopped_by:
        return summary, False
    done = apply_details(store, plan.changes, rulebook, settings, give_up=lambda: orders.stop.is_requested)
    failed = count_reasons(failure.kind for failure in done.failures)
    told = (
        f"{one.path}: its new details could not be applied ({one.message}); {one.cure}"
        for one in done.failures
    )
    code = EXIT_SOME_FAILED if failed and summary.exit_code == EXIT_OK else summary.exit_code
    summary = replace(
        summary,
        details_changed=done.applied,
        lost_details=plan.lost_details,
        failed=(*summary.failed, *failed),
        notes=(*summary.notes, *told),
        exit_code=orders.stop.exit_code if orders.stop.is_requested else code,
    )
    # Call records and survey answers that came before their recording find it now.
    with store.write():
        match_new_calls(store.db)
    return summary, done.is_complete and not failed


def _finish(store: Store, run_id: int, summary: RunSummary, *, sources_digest: str | None = None) -> None:
    """Write down how the run ended; where that cannot be written any more, the next run finds out itself."""
    try:
        store.ledger.release(run_id)
        row = replace(_to_row(summary), sources_digest=sources_digest)
        store.ledger.finish_run(run_id, row, summary.exit_code)
        if summary.done:
            store.tidy()
    except sqlite3.Error as error:
        if store.explain(error) is None:
            raise


def _summarise(plan: Plan, tally: RunTally, shift: Shift, run_id: int) -> RunSummary:
    growing = sum(file.skipped == _GROWING for file in plan.ignored) + tally.kinds[_GROWING]
    return RunSummary(
        planned=len(plan.files),
        done=tally.done,
        failed=tuple(tally.kinds.most_common()),
        needs_metadata=len(plan.waiting),
        duplicates=tally.duplicates,
        same_calls=tally.same_calls,
        elsewhere=plan.elsewhere + tally.elsewhere,
        skipped=plan.skipped,
        ignored=count_reasons(file.skipped or "" for file in plan.ignored),
        audio_s=tally.audio_s,
        seconds=tally.seconds,
        exit_code=shift.exit_code,
        beyond_limit=plan.beyond_limit + shift.beyond_limit,
        run_id=run_id,
        again_at=_again_at(growing, shift.settings.discover.settle_s),
        other_files=count_reasons(other.reason for other in plan.others),
        passed_over=tuple((other.path, other.why) for other in plan.others if other.reason == "other_table"),
        warnings=tuple(str(warning) for warning in plan.warnings),
        stopped_by="" if shift.stopped_by is None else str(shift.stopped_by),
        held=plan.held,
    )


def _to_row(summary: RunSummary) -> RunRow:
    return RunRow(
        planned=summary.planned,
        done=summary.done,
        failed=summary.failed_calls + summary.needs_metadata,
        skipped=summary.skipped + summary.duplicates + summary.elsewhere,
        audio_s=round(summary.audio_s, 3),
        elapsed_s=round(summary.seconds, 3),
    )
