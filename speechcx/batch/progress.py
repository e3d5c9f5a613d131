"""How far a run has come: calls, audio, speed, time left, and what it did in the end."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal

from speechcx.batch.recordings import Compared, MissingFiles
from speechcx.call import Call, Failure, Outcome
from speechcx.errors import EXIT_OK, EXIT_SOME_FAILED

EXIT_INTERNAL = 1

Say = Callable[[str], None]
"""Takes a line for people while long work goes on."""


ProgressEvent = Literal["begun", "taken", "done", "waiting"]
"""Why a run reports: it begins, a worker takes a file up, a file is dealt with, or something holds the run up."""


@dataclass(frozen=True, slots=True)
class WorkInHand:
    """A file that a worker has in hand.

    Parameters
    ----------
    path
        The file.
    length_s
        Its guessed length, by what the run has learned so far.
    seconds
        Since it was given to the worker.
    """

    path: str
    length_s: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Progress:
    """A run at one moment.

    Parameters
    ----------
    calls_done, calls_total
        Files dealt with, and files planned.
    failed
        How many of those dealt with failed or were set aside.
    audio_done_s, audio_total_s
        Seconds of audio analysed, and in all; the second is an estimate from file sizes.
    elapsed_s
        Since the first call was taken up.
    path
        The file dealt with last; empty at the start.
    failure
        What went wrong with it, None where nothing did.
    waiting_for
        What holds the run up, in words; empty while it works.
    event
        Why it is told.
    working
        What the workers have in hand, by when they got it.
    worker_speed
        Seconds of audio that one worker analyses in one second; None before the first call.
    """

    calls_done: int
    calls_total: int
    failed: int
    audio_done_s: float
    audio_total_s: float
    elapsed_s: float
    path: str = ""
    failure: Failure | None = None
    waiting_for: str = ""
    event: ProgressEvent = "done"
    working: tuple[WorkInHand, ...] = ()
    worker_speed: float | None = None

    @property
    def times_real_time(self) -> float | None:
        """Seconds of audio analysed in one second; None before the first call."""
        return self.audio_done_s / self.elapsed_s if self.audio_done_s and self.elapsed_s else None

    @property
    def eta_s(self) -> float | None:
        """Seconds still to go; None before the first call.

        What workers have in hand counts as far as they have come, and the end is not before the longest of it.
        """
        left_s = max(0.0, self.audio_total_s - self.audio_done_s)
        if self.worker_speed is None or not self.working:
            speed = self.times_real_time
            return None if speed is None else left_s / speed
        rests = [max(0.0, each.length_s - each.seconds * self.worker_speed) for each in self.working]
        heard_s = sum(each.length_s for each in self.working) - sum(rests)
        shared_s = max(0.0, left_s - heard_s) / (self.worker_speed * len(self.working))
        return max(shared_s, max(rests) / self.worker_speed)


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did.

    Parameters
    ----------
    planned
        Files it set out to take up.
    done
        Calls analysed and kept.
    failed
        (kind, number) pairs of the calls that failed, most frequent first; those waiting not among them.
    needs_metadata
        Files whose agent or time is not known.
    duplicates
        Files found to hold the bytes of another call.
    same_calls
        Of the calls analysed, those of which another recording counts: they are kept, and count no more.
    elsewhere
        Files that belong to another shard.
    skipped
        Files left alone because nothing has changed.
    ignored
        (reason, number) pairs of files that are not taken as they are.
    audio_s, seconds
        Seconds of audio analysed, and seconds it took.
    exit_code
        0, 1, 3, 11, 13, 14, 15, or 128 and the number of the signal that stopped it.
    beyond_limit
        Files a limit left for another run.
    run_id
        Number of the run; None for a dry run.
    again_at
        When files that were still being written can be taken, UTC; None where there are none.
    other_files
        (reason, number) pairs of files in the folders that are no recordings.
    passed_over
        (file, reason) pairs of the CSV files in the folders that were not used as calls tables.
    warnings
        Lines of calls tables and of the roster that are not used, each with file, line and what to do.
    notes
        What else it did to calls judged before, or could not do, each a sentence.
    stopped_by
        What ended it before all files were dealt with, with the cure; empty where nothing did but a signal.
    missing
        Known files in the folders it was given that are not there.
    compared
        Known files whose bytes it compared with what was heard.
    details_changed
        Calls done before whose details are others now, and which were judged again without being heard; of a dry
        run, those that would be.
    lost_details
        Files of calls done before whose agent or time no source tells any more: they keep what they have.
    held
        (file, hold) pairs of calls that were to be heard again, and were not, since a legal hold keeps them.
    """

    planned: int = 0
    done: int = 0
    failed: tuple[tuple[str, int], ...] = ()
    needs_metadata: int = 0
    duplicates: int = 0
    same_calls: int = 0
    elsewhere: int = 0
    skipped: int = 0
    ignored: tuple[tuple[str, int], ...] = ()
    audio_s: float = 0.0
    seconds: float = 0.0
    exit_code: int = EXIT_OK
    beyond_limit: int = 0
    run_id: int | None = None
    again_at: str | None = None
    other_files: tuple[tuple[str, int], ...] = ()
    passed_over: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    stopped_by: str = ""
    missing: MissingFiles = field(default_factory=MissingFiles)
    compared: Compared = field(default_factory=Compared)
    details_changed: int = 0
    lost_details: tuple[str, ...] = ()
    held: tuple[tuple[str, str], ...] = ()

    @property
    def failed_calls(self) -> int:
        """Number of calls that failed."""
        return sum(number for _, number in self.failed)

    @property
    def left(self) -> int:
        """Files it set out to take up and did not deal with; they wait for the next run."""
        return max(0, self.planned - self.done - self.failed_calls - self.duplicates - self.elsewhere)


ReportProgress = Callable[[Progress], None]
"""Called at the start, when a worker takes a file up, once for each file dealt with, and when the run has to wait.
What it raises is ignored."""

PRIOR_SHARE = 0.1
"""Lengths are guessed from sizes and corrected by those heard. The guess counts as much as this share of all audio,
so that the first call does not throw the total about."""


def say_nothing(_: Progress) -> None:
    """A report nobody reads."""


def tell(report: ReportProgress, progress: Progress) -> None:
    """Report; a report that fails (a closed terminal, a full log) never stops the work it reports."""
    with suppress(Exception):
        report(progress)


@dataclass(slots=True)
class RunTally:
    """Counts while a run goes on.

    Parameters
    ----------
    total
        Files planned.
    guessed_s
        Guessed seconds of audio in those of them that are to be analysed.
    report
        Told of every file.
    share
        The part of the files that is to be analysed, where that is known only when they are read; 0 to 1.
    """

    total: int
    guessed_s: float
    report: ReportProgress = say_nothing
    share: float = 1.0
    done: int = 0
    duplicates: int = 0
    same_calls: int = 0
    elsewhere: int = 0
    newly_waiting: int = 0
    audio_s: float = 0.0
    kinds: Counter[str] = field(default_factory=Counter)
    started: float = field(default_factory=time.monotonic)
    _guessed_done_s: float = 0.0
    _guessed_analysed_s: float = 0.0
    _busy_s: float = 0.0
    _in_hand: dict[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self.started

    @property
    def exit_code(self) -> int:
        """Exit code of a run that was not stopped."""
        if self.kinds["internal"]:
            return EXIT_INTERNAL
        return EXIT_SOME_FAILED if self.kinds.total() or self.newly_waiting else EXIT_OK

    def begin(self) -> None:
        """Report the start."""
        tell(self.report, replace(self._progress("", None), event="begun"))

    def take_up(self, path: str, *, guessed_s: float) -> None:
        """Report that a file is given to a worker."""
        self._in_hand[path] = guessed_s, time.monotonic()
        tell(self.report, replace(self._progress(path, None), event="taken"))

    def let_go(self, path: str) -> None:
        """No worker has the file in hand any more; what came of it is not known yet."""
        self._in_hand.pop(path, None)

    def add(self, path: str, outcome: Outcome | None, *, guessed_s: float) -> None:
        """Count what came of a file (None: a copy, or an erased call) and report it."""
        self._guessed_done_s += guessed_s
        failure = outcome if isinstance(outcome, Failure) else None
        _, since = self._in_hand.pop(path, (0.0, None))
        if isinstance(outcome, Call):
            self._busy_s += 0.0 if since is None else time.monotonic() - since
            self.done += 1
            length_s = outcome.conversation.origin.duration_s
            self.audio_s += length_s if math.isfinite(length_s) else 0.0
            self._guessed_analysed_s += guessed_s
        elif failure is not None:
            self.kinds[failure.kind] += 1
        else:
            self.duplicates += 1
        tell(self.report, self._progress(path, failure))

    def pass_over(self, path: str, *, guessed_s: float) -> None:
        """Count a file of another shard and report it."""
        self._guessed_done_s += guessed_s
        self.elsewhere += 1
        tell(self.report, self._progress(path, None))

    def add_judged(self, call_id: str) -> None:
        """Count a stored call that was judged again and report it."""
        self.done += 1
        tell(self.report, self._progress(call_id, None))

    def wait(self, what: str) -> None:
        """Report that the work waits for something."""
        tell(self.report, replace(self._progress("", None), waiting_for=what, event="waiting"))

    def _progress(self, path: str, failure: Failure | None) -> Progress:
        prior_s = PRIOR_SHARE * self.guessed_s
        guessed_s = self._guessed_analysed_s + prior_s
        ratio = (self.audio_s + prior_s) / guessed_s if guessed_s else 1.0
        now = time.monotonic()
        left_s = max(0.0, self.guessed_s - self._guessed_done_s * self.share) * ratio
        failed = self.kinds.total()
        dealt_with = self.done + self.duplicates + self.elsewhere + failed
        return Progress(
            dealt_with,
            self.total,
            failed,
            self.audio_s,
            self.audio_s + left_s,
            self.seconds,
            path,
            failure,
            working=tuple(
                WorkInHand(each, length_s * ratio, now - since)
                for each, (length_s, since) in self._in_hand.items()
            ),
            worker_speed=self.audio_s / self._busy_s if self.audio_s and self._busy_s else None,
        )


def count_reasons(reasons: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """(reason, number) pairs, most frequent first."""
    return tuple(Counter(reasons).most_common())
