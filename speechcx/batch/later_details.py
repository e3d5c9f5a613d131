"""Details that arrive after a call was heard: a sidecar, a row of a table or a pattern that came or changed.

They are applied without hearing the call again: details and the judgement that follows from them are kept in one
transaction, so that a run that is killed leaves no call with the one and not the other. Only hotwords stay
those of the first hearing, since they are part of what was heard; ``--redo all`` hears a call again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from speechcx import __version__
from speechcx.batch.rejudge import CallToJudge, JudgeStored, keep_judged
from speechcx.batch.what_if.survey import find_judges
from speechcx.call import Assessment, Details, Failure, Party
from speechcx.config import Settings
from speechcx.discover import FoundFile, Sources
from speechcx.executors import WorkerLost
from speechcx.file_bytes import read_stat_marks
from speechcx.rules import Rulebooks
from speechcx.store import Store, digest_details


@dataclass(frozen=True, slots=True)
class DetailsChange:
    """A stored call whose details are others now.

    Parameters
    ----------
    call_id, path
        The call, and the file that stands for it.
    details
        What its sources say now.
    parties
        Its speakers as a person named them, which takes precedence over what the sources say; None where nobody did.
    """

    call_id: str
    path: str
    details: Details
    parties: tuple[Party, ...] | None = None

    @property
    def settled(self) -> Details:
        """The details with the parties that count."""
        return self.details if self.parties is None else self.details.relabel(self.parties)


@dataclass(frozen=True, slots=True)
class AppliedDetails:
    """What became of changed details.

    Parameters
    ----------
    applied
        Calls that have their new details, and were judged again.
    failures
        Calls that keep the old ones, and why.
    is_complete
        Whether every change was dealt with; not so where the run was stopped.
    """

    applied: int = 0
    failures: tuple[Failure, ...] = ()
    is_complete: bool = True


def digest_sources(
    paths: Sequence[str], others: Iterable[FoundFile], sources: Sources, settings: Settings
) -> str:
    """A digest of everything that details are read from, but for the names of the recordings themselves.

    Parameters
    ----------
    paths
        The folders and files that a run was given.
    others
        Files of the folders that are no recordings: sidecars and tables among them.
    sources
        The tables, which may lie elsewhere.
    settings
        How they are read.
    """
    beside = sorted((other.path, other.size_bytes, other.mtime_ns) for other in others)
    tables = sorted(read_stat_marks(table.path) for table in sources.tables)
    names = sorted(sources.agent_names.items())
    read = repr((__version__, tuple(paths), settings.discover, names, tables, beside))
    return hashlib.sha256(read.encode("utf-8", "surrogateescape")).hexdigest()


def apply_details(
    store: Store,
    changes: Sequence[DetailsChange],
    rulebook: Rulebooks,
    settings: Settings,
    *,
    give_up: Callable[[], bool] = lambda: False,
) -> AppliedDetails:
    """Give stored calls their new details and judge them again, without their sound.

    Parameters
    ----------
    store
        Open for writing, with the run lock held.
    changes
        Which calls. Parties that a person named stay as they were named.
    rulebook, settings
        What to judge with.
    give_up
        Asked before each call; true leaves the rest for another run.

    Raises
    ------
    sqlite3.Error
        The database cannot be written; every change so far is kept.
    """
    named = [replace(change, parties=store.find_relabelling(change.call_id)) for change in changes]
    named = list(_leave_known(store, named))
    if not named:
        return AppliedDetails()
    by_id = {change.call_id: change for change in named}
    calls = (CallToJudge(change.call_id, change.path, change.settled) for change in named)
    crew = find_judges(settings.batch, len(named))
    results = crew.map(
        JudgeStored(store.path, settings, rulebook),
        takewhile(lambda _: not give_up(), calls),
        time_limit_s=lambda _: settings.batch.time_limit_floor_s,
        give_up=give_up,
    )
    failures = []
    applied = 0
    for call, result in results:
        failure = _keep(store, by_id[call.call_id], result)
        if failure is None:
            applied += 1
        else:
            failures.append(failure)
    return AppliedDetails(applied, tuple(failures), applied + len(failures) == len(named))


def _leave_known(store: Store, changes: Iterable[DetailsChange]) -> Iterator[DetailsChange]:
    """Without calls that have these details already, which are written down.

    A file that an older version, another machine or a person's relabelling left without a digest of its details cannot
    be told from one whose details changed, but by the call itself.
    """
    for change in changes:
        if digest_details(store.load_details(change.call_id)) == digest_details(change.settled):
            store.ledger.note_details(change.call_id, change.details)
        else:
            yield change


def _keep(store: Store, change: DetailsChange, result: Assessment | Failure | WorkerLost) -> Failure | None:
    """Keep details and judgement as one; returns why they could not be kept."""

    def save(judged: Assessment) -> None:
        with store.write():
            store.update_details(change.call_id, change.settled)
            store.ledger.note_details(change.call_id, change.details)
            store.save_assessment(change.call_id, judged)

    return keep_judged(store, change.path, result, save)
