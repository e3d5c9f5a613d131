"""The shift: files are claimed as workers get free, and each result is kept the moment it comes back.

Only this, in the parent process, writes. A kill at any moment leaves every file as it was or as it
became: a file that was claimed and never kept is taken again by the next run.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from speechcx.batch.analyse import AnalyseOne, lost_call, make_failure
from speechcx.batch.capacity import bound_length_s, find_crew, is_low, low_disk
from speechcx.batch.plan import Choice, Plan, PlannedFile, SetAside, find_owners, missing_details
from speechcx.batch.progress import RunTally
from speechcx.batch.stop import StopSignals
from speechcx.call import Call, Failure, Outcome, Recording
from speechcx.config import Settings
from speechcx.discover import FoundFile, Sources, identify
from speechcx.errors import FAILURE_KINDS, DiskError, DiskFull, ModelBad, ModelMissing, SpeechcxError
from speechcx.executors import WorkerLost
from speechcx.rules import Rulebooks
from speechcx.store import FileState, KnownFile, Store
from speechcx.store.calls.erasure import find_erasure
from speechcx.store.calls.file_versions import count_once
from speechcx.store.calls.removed_parts import is_frozen
from speechcx.store.decisions.legal_holds import find_held
from speechcx.store.ledger import OTHER_SHARD

_STOPPING: dict[str, type[SpeechcxError]] = {
    "model_missing": ModelMissing,
    "model_bad": ModelBad,
    "disk_full": DiskFull,
}
"""Kinds that would befall every further call: the run stops, with the exit code of the error."""

_CHUNK = 500
_File = TypeVar("_File", PlannedFile, SetAside)


class Shift:
    """One run's work on one open store.

    Parameters
    ----------
    store
        Open for writing, with the run lock held.
    run_id
        The run.
    settings
        All sections.
    tally
        Counts and reports.
    stop
        Asked before each file.

    Attributes
    ----------
    stopped_by
        What ended the run early, besides a signal; None where nothing did.
    beyond_limit
        Files that were not looked at, since a shard's limit of calls was reached.
    """

    def __init__(
        self, store: Store, run_id: int, *, settings: Settings, tally: RunTally, stop: StopSignals
    ) -> None:
        self.store = store
        self.run_id = run_id
        self.settings = settings
        self.tally = tally
        self.stop = stop
        self.stopped_by: SpeechcxError | None = None
        self._cannot_write = False
        status = os.stat(store.path)
        self._file = status.st_dev, status.st_ino
        self.beyond_limit = 0
        self._passed: list[SetAside] = []
        self._choice = Choice()
        self._owners: dict[str, bytes | str] = {}
        self._files: dict[str, PlannedFile] = {}

    @property
    def exit_code(self) -> int:
        """How the run ended, so far."""
        if self.stop.is_requested:
            return self.stop.exit_code
        return self.tally.exit_code if self.stopped_by is None else self.stopped_by.exit_code

    def note(self, plan: Plan) -> None:
        """Write down every file the plan names, so that nothing is known only to this process."""
        for chunk in _chunks(plan.files):
            self._note(chunk, self._note_seen)
        for aside in _chunks([file for file in (*plan.waiting, *plan.ignored) if file.is_news]):
            self._note(aside, self._set_aside)

    def _note(self, files: Sequence[_File], write: Callable[[_File], None]) -> None:
        """Write down several files in one transaction; where one of them cannot be, the others one by one."""
        if self._is_stopping:
            return
        try:
            with self.store.write():
                for file in files:
                    write(file)
        except Exception as error:  # noqa: BLE001  one odd file must not keep the others from being noted
            if self._stops(error):
                return
            if len(files) == 1:
                self._save_fault(make_failure(error, files[0].path, stage="plan"), files[0])
                return
            for file in files:
                self._note([file], write)

    def work(
        self, plan: Plan, known: Mapping[bytes, KnownFile], sources: Sources, rulebook: Rulebooks
    ) -> None:
        """Analyse the planned files; those that cost a worker are tried again, one alone at a time."""
        self._owners = dict(find_owners(known))
        self._choice = plan.choice
        self.tally.begin()
        function = AnalyseOne(self.settings, rulebook)
        last = self.settings.batch.max_attempts
        lost = self._map(
            function, self._take_up(plan.files, sources), tasks=len(plan.files), is_last=last == 1
        )
        self._note_passed()
        for attempt in range(2, last + 1):
            again = self._take_again(lost)
            lost = self._map(function, again, tasks=len(lost), is_last=attempt == last, workers=1)

    @property
    def _is_stopping(self) -> bool:
        return self.stop.is_requested or self.stopped_by is not None

    def _map(
        self,
        function: AnalyseOne,
        recordings: Iterable[Recording],
        *,
        tasks: int,
        is_last: bool,
        workers: int | None = None,
    ) -> list[Recording]:
        """Work `recordings`; returns those that cost their worker and may be tried again."""
        lost: list[Recording] = []
        if not tasks or self._is_stopping:
            return lost
        crew = find_crew(self.settings.batch, tasks=tasks, workers=workers)
        results = crew.map(function, recordings, time_limit_s=self._time_limit_s, give_up=self._gives_up)
        try:
            for recording, result in results:
                outcome = (
                    lost_call(recording, recording.path, result) if isinstance(result, WorkerLost) else result
                )
                if not _is_about(outcome, recording):
                    outcome = make_failure(
                        TypeError(type(outcome).__name__), recording.path, recording, stage="save"
                    )
                is_costly = _is_costly(outcome)
                if is_costly and not is_last:
                    self._save(outcome, self._files[recording.path], recording)
                    self.tally.let_go(recording.path)
                    lost.append(recording)
                else:
                    self._keep(recording, outcome, state="quarantined" if is_costly else None)
        finally:
            # At once, whatever happened here, so that no worker goes on for nobody.
            if isinstance(results, Generator):
                results.close()
        return lost

    def _gives_up(self) -> bool:
        """Whether to drop what runs: a person does not wait longer, or nothing more can be kept."""
        return self.stop.is_over() or self._cannot_write

    def _take_up(self, files: Sequence[PlannedFile], sources: Sources) -> Iterator[Recording]:
        """Recordings to work on, each claimed the moment it is asked for."""
        taken = 0
        for number, file in enumerate(files):
            if not self._may_go_on():
                return
            if self._choice.shard is not None and taken == self._choice.limit:
                self.beyond_limit = len(files) - number
                return
            recording = self._take(file, sources)
            if recording is not None:
                taken += 1
                self.tally.take_up(file.path, guessed_s=file.length_s)
                yield recording

    def _take(self, file: PlannedFile, sources: Sources) -> Recording | None:
        """The recording in a file, claimed; None where there is nothing to analyse, which is written down."""
        found = FoundFile(file.path, file.stats.size_bytes, file.stats.mtime_ns, None)
        recording: Recording | None = None
        stage = "discover"
        try:
            recording = identify(found, sources, self.settings.discover)
            if self._choice.shard is not None and not self._choice.shard.holds(recording.id):
                self._pass_over(recording, file)
                return None
            failure = missing_details(file.path, recording.details)
            if failure is None:
                stage = "claim"
                claimed = self._claim(recording, file)
                if claimed is None:
                    self.tally.add(file.path, None, guessed_s=file.length_s)
                return claimed
        except Exception as error:  # noqa: BLE001  whatever it is, it costs this file only
            if self._stops(error):
                return None
            failure = make_failure(error, file.path, recording, stage=stage)
        kept = self._save(failure, file, recording)
        if kept is not None:
            self.tally.add(file.path, kept, guessed_s=file.length_s)
        return None

    def _pass_over(self, recording: Recording, file: PlannedFile) -> None:
        """Leave a file of another shard to the run that takes that."""
        self._passed.append(SetAside(file.path, file.stats, skipped=OTHER_SHARD, call_id=recording.id))
        self.tally.pass_over(file.path, guessed_s=file.length_s)
        if len(self._passed) == _CHUNK:
            self._note_passed()

    def _note_passed(self) -> None:
        """Write down files of other shards, many at once: a note that is lost costs another look at its file."""
        passed, self._passed = self._passed, []
        self._note(passed, self._set_aside)

    def _claim(self, recording: Recording, file: PlannedFile) -> Recording | None:
        """Claim a file, in one transaction; None for a copy, or a call that was erased."""
        ledger = self.store.ledger
        with self.store.write():
            if self._is_copy(recording, file):
                ledger.skip(self.run_id, file.path, file.stats, reason="duplicate", call_id=recording.id)
                return None
            if find_erasure(self.store, recording.id) is not None:
                ledger.skip(self.run_id, file.path, file.stats, reason="erased", call_id=recording.id)
                return None
            if is_frozen(self.store.db, recording.id):
                # Hearing it again would bring back what retention has removed.
                ledger.keep_done(self.run_id, file.path, file.stats, call_id=recording.id)
                return None
            if find_held(self.store.db, (recording.id,)) and self.store.has_call(recording.id):
                # Hearing it again would replace what a legal hold keeps.
                ledger.keep_done(self.run_id, file.path, file.stats, call_id=recording.id)
                return None
            ledger.claim(self.run_id, recording, file.stats)
            named = self._keep_relabelling(recording)
        self._owners[recording.id] = file.path
        self._files[recording.path] = file
        return named

    def _keep_relabelling(self, recording: Recording) -> Recording:
        """The recording with its speakers as a person named them, where the call was heard before."""
        parties = self.store.find_relabelling(recording.id)
        if parties is None:
            return recording
        return replace(recording, details=recording.details.relabel(parties))

    def _take_again(self, recordings: Sequence[Recording]) -> Iterator[Recording]:
        for recording in recordings:
            if not self._may_go_on():
                return
            file = self._files[recording.path]
            try:
                self.store.ledger.claim(self.run_id, recording, file.stats)
            except Exception as error:  # noqa: BLE001  whatever it is, it costs this file only
                if self._stops(error):
                    return
                self._keep(recording, make_failure(error, file.path, recording, stage="claim"), state=None)
                continue
            self.tally.take_up(file.path, guessed_s=file.length_s)
            yield recording

    def _may_go_on(self) -> bool:
        if self._is_stopping:
            return False
        try:
            if self._is_elsewhere():
                self._cannot_write = True
                self.stopped_by = DiskError(
                    f"{self.store.path} was moved, removed or replaced while the run wrote it",
                    "a database that stays where it is",
                    "put it back where it was, or name where it is with --db; then run again",
                )
            elif is_low(self.store.path, self.settings.batch.disk_floor_mb):
                self.stopped_by = low_disk(self.store.path, self.settings.batch.disk_floor_mb)
        except OSError as error:
            # The folder of the database went away, or its disk fails.
            self.stopped_by = self.store.explain(error) or SpeechcxError(
                f"{self.store.path} is out of reach: {error.strerror}", "its folder and disk", "run again"
            )
        return self.stopped_by is None

    def _is_copy(self, recording: Recording, file: PlannedFile) -> bool:
        """Whether another file stands for the same bytes, and does so rightly."""
        owner = self._owners.get(recording.id)
        if owner is None or file.stats.size_bytes == 0 or os.fsencode(owner) == os.fsencode(file.path):
            return False
        return file.why not in ("redo", "outdated") or os.path.exists(owner)

    def _is_elsewhere(self) -> bool:
        """Whether the path no longer leads to the file that is open: what is written there would be lost."""
        try:
            status = os.stat(self.store.path)
        except FileNotFoundError:
            return True
        return (status.st_dev, status.st_ino) != self._file

    def _keep(self, recording: Recording, outcome: Outcome, *, state: FileState | None) -> None:
        file = self._files.pop(recording.path)
        kept = self._save(outcome, file, recording, state=state)
        if kept is not None:
            self.tally.add(file.path, kept, guessed_s=file.length_s)
        if isinstance(outcome, Failure) and outcome.kind in _STOPPING:
            self.stopped_by = _STOPPING[outcome.kind](outcome.message, "", outcome.cure)

    def _save(
        self,
        outcome: Outcome,
        file: PlannedFile,
        recording: Recording | None,
        *,
        state: FileState | None = None,
    ) -> Outcome | None:
        """Keep an outcome, or why it cannot be kept; returns what was kept.

        None where nothing can be kept any more: the run stops, and the file is left as it was claimed.
        """
        try:
            with self.store.write():
                self.store.ledger.save_outcome(self.run_id, outcome, file.stats, state=state)
                if isinstance(outcome, Call):
                    self.tally.same_calls += count_once(self.store.db, outcome.conversation.recording.id)
        except Exception as error:  # noqa: BLE001  a call that cannot be kept costs itself only
            if self._stops(error):
                return None
            return self._save_fault(make_failure(error, file.path, recording, stage="save"), file)
        return outcome

    def _save_fault(self, failure: Failure, file: PlannedFile | SetAside) -> Failure | None:
        """Keep the failure of a call that could not be kept, without its details if those are what is wrong."""
        for kept in (failure, replace(failure, recording=None, detail="")):
            try:
                self.store.ledger.save_outcome(self.run_id, kept, file.stats)
            except Exception as error:  # noqa: BLE001  the row itself must never end the night
                if self._stops(error):
                    return None
                continue
            return kept
        return failure

    def _stops(self, error: Exception) -> bool:
        """Whether an error is about the database itself, so that no further call can be kept: the run ends."""
        found = self.store.explain(error) if isinstance(error, sqlite3.Error) else None
        if found is not None:
            self.stopped_by, self._cannot_write = found, True
        return found is not None

    def _note_seen(self, file: PlannedFile) -> None:
        self.store.ledger.note_seen(self.run_id, [(file.path, file.stats)])

    def _set_aside(self, file: SetAside) -> None:
        if file.skipped is not None:
            self.store.ledger.skip(
                self.run_id, file.path, file.stats, reason=file.skipped, call_id=file.call_id
            )
            return
        if file.failure is not None:
            self.store.ledger.save_outcome(self.run_id, file.failure, file.stats)
            self.tally.newly_waiting += 1

    def _time_limit_s(self, recording: Recording) -> float:
        length_s = min(
            bound_length_s(recording.path, recording.size_bytes), self.settings.audio.max_duration_s
        )
        batch = self.settings.batch
        return batch.time_limit_floor_s + batch.time_limit_factor * length_s


def _is_about(outcome: object, recording: Recording) -> bool:
    """Whether a worker answered for the recording it was given, in one of the two ways it may."""
    if isinstance(outcome, Call):
        heard = outcome.conversation.recording
        return (heard.id, heard.path) == (recording.id, recording.path)
    return isinstance(outcome, Failure) and outcome.path == recording.path


def _is_costly(outcome: Outcome) -> bool:
    """Whether a call cost its worker or its time, so that it is tried once more alone."""
    kind = FAILURE_KINDS.get(outcome.kind) if isinstance(outcome, Failure) else None
    return kind is not None and kind.retry == "back_off"


def _chunks(files: Iterable[_File]) -> Iterator[list[_File]]:
    rest = iter(files)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
