"""Judge stored calls again: a new rulebook over everything that was heard, without one second of audio."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path

from speechcx.batch.analyse import lost_call, make_failure
from speechcx.batch.lock import hold_lock
from speechcx.batch.progress import ReportProgress, RunSummary, RunTally, say_nothing
from speechcx.batch.stop import StopSignals
from speechcx.batch.what_if.survey import explain_to_people, find_judges, open_to_read
from speechcx.call import Assessment, Conversation, Details, Failure
from speechcx.call.measures import round_assessment
from speechcx.config import Settings, listen_digest
from speechcx.config.digest import settings_digest
from speechcx.executors import WorkerLost
from speechcx.pipeline import judge
from speechcx.rules import Rulebooks
from speechcx.sentiment import join_feeling
from speechcx.store import CallFilter, Patience, RunInfo, Store
from speechcx.store import RunTotals as RunRow
from speechcx.store.calls.removed_parts import is_frozen, list_frozen
from speechcx.store.calls.turns import index_inferred, list_inferred
from speechcx.store.decisions.audit import Action, AuditEntry, add_entries, read_last, read_user

_MANY = 100
"""Judging so many calls takes long enough to say so before; about 20 ms each."""


@dataclass(frozen=True, slots=True)
class CallToJudge:
    """A stored call to be judged.

    Parameters
    ----------
    call_id
        The call.
    path
        Its file, for messages; '' for the one in the store.
    details
        Details to judge it with; None for those that are stored.
    """

    call_id: str
    path: str = ""
    details: Details | None = None


@dataclass(frozen=True, slots=True)
class JudgeStored:
    """``judge`` with its rulebook and settings, ready to travel to a worker, which reads the call itself."""

    database: Path
    settings: Settings
    rulebook: Rulebooks

    def __call__(self, call: CallToJudge) -> Assessment | Failure:
        """Judge a stored call; whatever goes wrong comes back as a ``Failure``."""
        recording = None
        try:
            store = open_to_read(self.database)
            conversation = store.load_conversation(call.call_id)
            recording = conversation.recording
            if is_frozen(store.db, call.call_id):
                return self._keep_frozen(store, conversation)
            if call.details is not None:
                recording = replace(recording, details=call.details)
                conversation = replace(conversation, recording=recording)
            return judge(conversation, self.rulebook, self.settings)
        except Exception as error:  # noqa: BLE001  a failed call is a value
            told = explain_to_people(error, self.database)
            named = call.path or (recording.path if recording else call.call_id)
            return make_failure(told, named, recording)

    def _keep_frozen(self, store: Store, conversation: Conversation) -> Assessment:
        """As it is stored, but for what the policy does not allow: rules could not see any more what was there."""
        stored, settings = store.load_assessment(conversation.recording.id), self.settings
        assert stored is not None
        feeling = join_feeling(conversation, stored.reading.roles, settings.sentiment, settings.policy)
        return round_assessment(replace(stored, reading=replace(stored.reading, feeling=feeling)))


def rejudge(
    store: Store,
    rulebook: Rulebooks,
    settings: Settings,
    *,
    only: CallFilter | None = None,
    again: bool = False,
    report: ReportProgress = say_nothing,
) -> RunSummary:
    """Judge stored calls under `rulebook`, each kept in a transaction of its own.

    Can be stopped at any moment: called again, it goes on with the calls that are left.

    Parameters
    ----------
    store
        Open for writing; the run lock is taken here.
    rulebook, settings
        What to judge with; of several rulebooks, each call is judged by the one of its language.
    only
        Which calls; None for all, also those whose file was replaced.
    again
        Also calls judged by their rulebook already: for changed settings, or corrected roles.
    report
        Called for each call.

    Raises
    ------
    RunInProgress
        A run, or another rejudging, holds the database.
    sqlite3.Error
        The database cannot be written; leaving the store's ``with`` block says why.
    """
    filters = only or CallFilter(with_superseded=True)
    if not again:
        filters = replace(filters, not_judged_by=rulebook.digests)
    with StopSignals() as stop, hold_lock(store.path, command="rejudge"):
        save_rulebooks(store, rulebook, settings)
        frozen = list_frozen(store.db)
        call_ids = tuple(call_id for call_id in store.iter_call_ids(filters) if call_id not in frozen)
        if filters == CallFilter(with_superseded=True, not_judged_by=rulebook.digests):
            # What the inference policy does not allow any more goes, whatever rulebook judged the call.
            inferred = list_inferred(store.db, settings.policy.voiceless)
            call_ids = tuple(dict.fromkeys((*call_ids, *inferred)))
        run_id = store.ledger.begin_run(RunInfo("rejudge", rulebook_digest=rulebook.digest))
        tally = RunTally(len(call_ids), 0.0, report)
        store.patience = Patience(settings.batch.busy_wait_s, tally.wait, stop.is_over)
        tally.begin()
        crew = find_judges(settings.batch, len(call_ids))
        results = crew.map(
            JudgeStored(store.path, settings, rulebook),
            map(CallToJudge, takewhile(lambda _: not stop.is_requested, call_ids)),
            time_limit_s=lambda _: settings.batch.time_limit_floor_s,
            give_up=stop.is_over,
        )
        for call, result in results:
            _keep(store, tally, call.call_id, result)
        summary = RunSummary(
            planned=len(call_ids),
            done=tally.done,
            failed=tuple(tally.kinds.most_common()),
            seconds=tally.seconds,
            exit_code=stop.exit_code if stop.is_requested else tally.exit_code,
            run_id=run_id,
        )
        row = RunRow(planned=len(call_ids), done=tally.done, failed=summary.failed_calls)
        store.ledger.finish_run(run_id, replace(row, elapsed_s=round(tally.seconds, 3)), summary.exit_code)
        return summary


def judge_inferred(
    store: Store,
    rulebook: Rulebooks,
    settings: Settings,
    *,
    give_up: Callable[[], bool] = lambda: False,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[int, tuple[Failure, ...]]:
    """Judge calls again that hold what the inference policy does not allow to infer from a voice.

    Parameters
    ----------
    store
        Open for writing, with the run lock held.
    rulebook, settings
        What to judge with.
    give_up
        Asked before each call; true leaves the rest for another run.
    tell
        Told once how many there are, before the first of many.

    Returns
    -------
    tuple
        How many calls hold none of it any more, and why others still do.
    """
    with store.write():
        index_inferred(store.db, settings.policy.voiceless)
    call_ids = list_inferred(store.db, settings.policy.voiceless)
    if not call_ids:
        return 0, ()
    if len(call_ids) >= _MANY:
        calls = "1 stored call" if len(call_ids) == 1 else f"{len(call_ids)} stored calls"
        tell(
            f"{calls} to be judged again, once, without what [policy] does not allow to be inferred from a voice"
        )
    results = find_judges(settings.batch, len(call_ids)).map(
        JudgeStored(store.path, settings, rulebook),
        map(CallToJudge, takewhile(lambda _: not give_up(), call_ids)),
        time_limit_s=lambda _: settings.batch.time_limit_floor_s,
        give_up=give_up,
    )
    judged, failures = 0, []
    for call, result in results:
        failure = _save(store, call.call_id, result)
        if failure is None:
            judged += 1
        else:
            failures.append(failure)
    return judged, tuple(failures)


def save_rulebooks(store: Store, rulebook: Rulebooks, settings: Settings) -> None:
    """Keep the text of each rulebook beside the calls that will be judged by it.

    Where rules or settings are others than the last time, the audit trail tells by which digests.
    """
    rules = {book.label: book.digest for book in rulebook.books}
    made = {"settings": settings_digest(settings), "listening": listen_digest(settings)}
    with store.write():
        for book in rulebook.books:
            store.save_rulebook(book.digest, name=book.name, version=book.version, source=book.source)
        told: tuple[tuple[Action, Mapping[str, str]], ...] = (("rules", rules), ("settings", made))
        changed = [
            AuditEntry(action, None, None, now) for action, now in told if read_last(store.db, action) != now
        ]
        if changed:
            add_entries(store, read_user(), changed)


def _keep(store: Store, tally: RunTally, call_id: str, result: Assessment | Failure | WorkerLost) -> None:
    """Keep an assessment; what keeps it from being kept costs this call only, which stays as it was judged."""
    failure = _save(store, call_id, result)
    if failure is None:
        tally.add_judged(call_id)
    else:
        tally.add(call_id, failure, guessed_s=0.0)


def _save(store: Store, call_id: str, result: Assessment | Failure | WorkerLost) -> Failure | None:
    """Keep an assessment; returns why it could not be kept."""
    return keep_judged(store, call_id, result, lambda judged: store.save_assessment(call_id, judged))


def keep_judged(
    store: Store, name: str, result: Assessment | Failure | WorkerLost, save: Callable[[Assessment], None]
) -> Failure | None:
    """Keep what a worker brought of a stored call.

    Parameters
    ----------
    store
        The store.
    name
        The call in messages.
    result
        Its assessment, or why there is none.
    save
        Writes the assessment.

    Returns
    -------
    Failure or None
        Why it could not be kept; None where it is.

    Raises
    ------
    sqlite3.Error
        The database itself cannot be written: nothing further can be kept.
    """
    if isinstance(result, WorkerLost):
        return lost_call(None, name, result)
    if isinstance(result, Failure):
        return result
    if not isinstance(result, Assessment):
        return make_failure(TypeError(type(result).__name__), name, stage="save")
    try:
        save(result)
    except Exception as error:
        if isinstance(error, sqlite3.Error) and store.explain(error) is not None:
            raise
        return make_failure(error, name, stage="save")
    return None
