"""Stored calls asked something, by several workers, and nothing written: what a rule would find, or a rulebook.

The workers read the calls themselves, each through a connection that cannot write. To ask something
else, write a callable that pickles, from a store and a call id to a small answer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from speechcx.batch.analyse import lost_call, make_failure
from speechcx.batch.capacity import find_crew
from speechcx.batch.progress import ReportProgress, RunTally, say_nothing
from speechcx.call import Conversation, Failure
from speechcx.config import BatchSettings, Settings
from speechcx.errors import SpeechcxError
from speechcx.executors import Executor, WorkerLimits, WorkerLost, count_cores
from speechcx.executors.in_process import InProcess
from speechcx.store import Store
from speechcx.store.trouble import explain

if TYPE_CHECKING:
    from speechcx.rules import CallView

Surveyed = TypeVar("Surveyed", covariant=True)
Asking = Callable[[Store, str], Surveyed]

WORTH_WORKERS = 200
"""With fewer calls, starting workers costs more than it saves."""

_RECYCLE_AFTER = 50_000
"""Judging leaks nothing worth a new worker, and starting one costs as much as judging 300 calls."""


@dataclass(frozen=True, slots=True)
class CallChoice:
    """Which stored calls to ask.

    Parameters
    ----------
    database
        The database; only read.
    call_ids
        The calls, oldest first.
    stored
        How many there are of the kind, where `call_ids` are not all.
    hint
        Where there are none: what would widen the choice.
    """

    database: Path
    call_ids: tuple[str, ...]
    stored: int
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class AskOne(Generic[Surveyed]):
    """A question on its way to a worker."""

    database: Path
    ask: Asking[Surveyed]

    def __call__(self, call_id: str) -> Surveyed | Failure:
        """The answer for one call; whatever goes wrong comes back as a ``Failure``."""
        try:
            return self.ask(open_to_read(self.database), call_id)
        except Exception as error:  # noqa: BLE001  a failed call is a value
            return make_failure(explain_to_people(error, self.database), call_id)


def survey(
    calls: CallChoice, ask: Asking[Surveyed], settings: Settings, *, report: ReportProgress = say_nothing
) -> Iterator[tuple[str, Surveyed | Failure]]:
    """Put a question to stored calls.

    Parameters
    ----------
    calls
        Which calls.
    ask
        What to do with each.
    settings
        The batch section says how many workers.
    report
        Called for each call.

    Yields
    ------
    tuple of str and answer
        Each call with its answer, or with a ``Failure``; in any order.

    Raises
    ------
    SpeechcxError
        The question cannot be put to any call, such as for want of a model.
    """
    tally = RunTally(len(calls.call_ids), 0.0, report)
    tally.begin()
    _check(ask, open_to_read(calls.database), calls.call_ids[:1])
    crew = find_judges(settings.batch, len(calls.call_ids))
    one, limit_s = AskOne(calls.database, ask), settings.batch.time_limit_floor_s
    for call_id, answer in crew.map(one, calls.call_ids, time_limit_s=lambda _: limit_s):
        outcome = lost_call(None, call_id, answer) if isinstance(answer, WorkerLost) else answer
        if isinstance(outcome, Failure):
            tally.add(call_id, outcome, guessed_s=0.0)
        else:
            tally.add_judged(call_id)
        yield call_id, outcome


def _check(ask: Asking[Surveyed], store: Store, call_ids: Sequence[str]) -> None:
    """Raise what is wrong with the question itself, such as a missing model, once and not for every call."""
    for call_id in call_ids:
        try:
            ask(store, call_id)
        except SpeechcxError:
            raise
        except Exception:  # noqa: BLE001  it is met again as that call's failure
            return


def find_judges(settings: BatchSettings, tasks: int) -> Executor:
    """The executor for judging stored calls: no worker for few, one for each core for many.

    Judging needs little memory, so that free memory does not bound the workers as it does where
    recordings are heard.
    """
    if tasks < WORTH_WORKERS:
        return InProcess(WorkerLimits())
    return find_crew(
        replace(settings, recycle_after=_RECYCLE_AFTER),
        tasks=tasks,
        workers=settings.workers or count_cores(),
    )


def read_view(store: Store, call_id: str) -> tuple[Conversation, CallView]:
    """A stored call as rules see it, with the parties and measures it was last judged with."""
    from speechcx.rules import view_call

    conversation = store.load_conversation(call_id)
    return conversation, view_call(conversation, store.load_reading(call_id))


def explain_to_people(error: Exception, database: Path) -> Exception:
    """An error of SQLite about the database itself as one that says what is wrong; any other as it is."""
    return (explain(error, database) if isinstance(error, sqlite3.Error) else None) or error


@lru_cache(maxsize=1)
def open_to_read(database: Path) -> Store:
    """The database, kept open in this process."""
    return Store.open(database, read_only=True)
