"""One call in a worker: its recording goes in, a ``Call`` or a ``Failure`` comes out, nothing is raised."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from speechcx.batch.capacity import expect_engines
from speechcx.call import Failure, Outcome, Recording
from speechcx.config import Settings
from speechcx.discover import FoundFile, identify, read_sources
from speechcx.errors import (
    FAILURE_KINDS,
    CallError,
    ConfigError,
    DatabaseBusy,
    DiskFull,
    ModelBad,
    ModelMissing,
    SpeechcxError,
)
from speechcx.executors import WorkerLost
from speechcx.executors.faults import describe_fault
from speechcx.executors.worker import is_memory_short
from speechcx.pipeline import analyse
from speechcx.rules import Rulebooks

_KIND_OF_CLASS: tuple[tuple[type[SpeechcxError], str], ...] = (
    (ModelMissing, "model_missing"),
    (ModelBad, "model_bad"),
    (ConfigError, "config"),
    (DatabaseBusy, "db_busy"),
    (DiskFull, "disk_full"),
)
_KIND_OF_LOSS = {
    "died": "worker_died",
    "timeout": "timeout",
    "out_of_memory": "out_of_memory",
    "raised": "internal",
}
_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class AnalyseOne:
    """``analyse`` with its settings and rulebook, ready to travel to a worker."""

    settings: Settings
    rulebook: Rulebooks

    def __call__(self, recording: Recording) -> Outcome:
        """Analyse `recording`; whatever goes wrong comes back as a ``Failure``."""
        try:
            return analyse(recording, self.rulebook, self.settings)
        except Exception as error:  # noqa: BLE001  a failed call is a value
            return make_failure(error, recording.path, recording)


def analyse_files(files: Iterable[str | Path], settings: Settings, rulebook: Rulebooks) -> Iterator[Outcome]:
    """Analyse files one after another in this process, without a database; yields as they are done.

    Whatever is known of a call beside its file is used; missing agent or time is no obstacle here.

    Raises
    ------
    ModelMissing, ModelBad, ConfigError
        Before the first file.
    """
    expect_engines(settings)
    paths = [os.path.abspath(file) for file in files]
    # Who names a file wants it now, also one that is cut off or only just written.
    discover = replace(settings.discover, settle_s=0.0)
    sources = read_sources(paths, discover)
    one = AnalyseOne(settings, rulebook)
    for path in paths:
        try:
            if not os.path.lexists(path):
                raise CallError(
                    "vanished", "there is no file of that name", "a recording", "correct the path"
                )
            stat = os.stat(path)
            found = FoundFile(path, stat.st_size, stat.st_mtime_ns, None)
            recording = identify(found, sources, discover)
        except Exception as error:  # noqa: BLE001  a failed call is a value
            yield make_failure(error, path, stage="discover")
            continue
        yield one(recording)


def make_failure(
    error: Exception, path: str, recording: Recording | None = None, *, stage: str = "batch"
) -> Failure:
    """What went wrong, as it is stored: kind and cure by the class of `error`, never by its words.

    `stage` is for errors that do not carry one. Only errors of our own may speak: the words of any
    other could be words of the call.
    """
    stage = str(getattr(error, "stage", stage))
    kind = _find_kind(error, path)
    cure, detail = FAILURE_KINDS[kind].cure, ""
    if isinstance(error, SpeechcxError):
        message = error.found + (f"; expected {error.expected}" if error.expected else "")
        cure = error.cure or cure
    elif kind == "internal":
        message, detail = f"{type(error).__name__} in the stage {stage}", describe_fault(error)
    else:
        message, detail = FAILURE_KINDS[kind].sentence, describe_fault(error)
    return Failure(recording, path, stage, kind, message, cure, detail)


def lost_call(recording: Recording | None, path: str, lost: WorkerLost) -> Failure:
    """What is stored of a call whose worker was lost."""
    kind = FAILURE_KINDS[_KIND_OF_LOSS[lost.reason]]
    has_end = lost.reason in ("died", "timeout")
    message = f"the worker process ended: {lost.detail}" if has_end else kind.sentence
    return Failure(recording, path, "batch", kind.slug, message, kind.cure, lost.detail)


def _find_kind(error: Exception, path: str) -> str:
    if isinstance(error, CallError):
        return error.kind.slug
    for kind_of_error, slug in _KIND_OF_CLASS:
        if isinstance(error, kind_of_error):
            return slug
    if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and is_memory_short()):
        return "out_of_memory"
    if isinstance(error, OSError):
        if error.errno in _FULL:
            return "disk_full"
        if error.filename == path:
            return "vanished" if isinstance(error, FileNotFoundError) else "unreadable"
    return "internal"
