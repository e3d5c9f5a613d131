"""Copies of recordings in which nothing can be heard that must not be kept: muted, heard again, or not written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from speechcx.batch.analyse import make_failure
from speechcx.call import Conversation, Recording, RedactedSpan, Span
from speechcx.config import Settings
from speechcx.discover import FoundFile, identify, read_sources
from speechcx.errors import CallError, UsageError
from speechcx.pipeline import hear_values, listen, without_values
from speechcx.private_files import make_private_folder, new_private_file, partial_of
from speechcx.redact.muting import MutedCopy, MutingSettings, write_muted_copy
from speechcx.store import Store

CopyState = Literal["muted", "nothing to mute", "still heard", "failed"]


@dataclass(frozen=True, slots=True)
class RedactedRecording:
    """What became of one recording.

    Parameters
    ----------
    source, target
        The file, and what was written; None where nothing was.
    state
        ``still heard`` where a value could be heard in the copy however often it was muted: it is not kept.
    muted
        Stretches that are silent now, in seconds.
    kinds
        What was taken out, by kind.
    is_checked
        Whether the copy was heard again.
    left
        What could still be heard, by kind and time.
    why
        Of a failure.
    """

    source: str
    target: str | None
    state: CopyState
    muted: tuple[Span, ...] = ()
    kinds: tuple[str, ...] = ()
    is_checked: bool = False
    left: tuple[RedactedSpan, ...] = ()
    why: str = ""


def redact_recordings(
    files: Sequence[str | Path],
    settings: Settings,
    *,
    to: Path | None = None,
    database: Path | None = None,
    check: bool = True,
) -> Iterator[RedactedRecording]:
    """Write a copy of each recording with everything muted that must not be kept; yields as they are done.

    Parameters
    ----------
    files
        Recordings.
    settings
        Which kinds, how to hear, the margin.
    to
        Folder for the copies, made where it is missing; None to put each copy in the place of its recording.
    database
        Where calls that were heard before are looked up, so that they need not be heard again.
    check
        Hear each copy again.

    Raises
    ------
    UsageError
        Redaction is off, or a copy has the name of a file that is there, or a recording that is to be replaced
        is no WAV file; before the first is written.
    ModelMissing, ModelBad
        A model that hears them is not here.
    """
    if not settings.redact.wanted:
        raise UsageError("redaction is off", "kinds to mute", "set redact.enabled = true and redact.kinds")
    paths = [Path(os.path.abspath(file)) for file in files]
    targets = [_target(path, to) for path in paths]
    for path, target in zip(paths, targets, strict=True):
        if to is not None and (target.exists() or targets.count(target) > 1):
            raise UsageError(
                f"{target} would be written over", "a new name for each copy", "name another folder"
            )
        if to is None and path.suffix.casefold() != ".wav":
            raise UsageError(
                f"{path.name} is no WAV file, and would be one",
                "WAV files, or a folder for copies",
                "add --to DIR",
            )
    if to is not None:
        make_private_folder(to)
    sources = read_sources(list(map(str, paths)), replace(settings.discover, settle_s=0.0))
    for path, target in zip(paths, targets, strict=True):
        try:
            status = os.stat(path)
            found = FoundFile(str(path), status.st_size, status.st_mtime_ns, None)
            recording = identify(found, sources, replace(settings.discover, settle_s=0.0))
            yield _redact_one(recording, target, settings, database=database, check=check)
        except Exception as error:  # noqa: BLE001  one recording that cannot be muted costs that one
            failure = make_failure(error, str(path), stage="redact")
            yield RedactedRecording(str(path), None, "failed", why=failure.message)


def _target(path: Path, to: Path | None) -> Path:
    return path if to is None else to / f"{path.stem}.wav"


def _redact_one(
    recording: Recording, target: Path, settings: Settings, *, database: Path | None, check: bool
) -> RedactedRecording:
    heard = _find_heard(recording, settings, database)
    source = recording.path
    kinds = tuple(sorted({each.kind for each in heard.redaction.spans}))
    in_place = Path(source) == target
    if not kinds:
        if in_place:
            return RedactedRecording(source, None, "nothing to mute")
        target = target.with_name(Path(source).name)
        with open(source, "rb") as reader, new_private_file(target) as writer:
            shutil.copyfileobj(reader, writer)
        return RedactedRecording(source, str(target), "nothing to mute")
    muting = MutingSettings(settings.audio, settings.turns, settings.redact.margin_s)
    copy: MutedCopy | None = None
    try:
        with partial_of(target) as partial:
            hear = (lambda again: hear_values(again, settings)) if check else None
            copy = write_muted_copy(heard, source, partial, muting, hear)
            if copy.left:
                raise CallError("internal", "a value can be heard in the muted copy", "none")
    except CallError:
        if copy is None or not copy.left:
            raise
        return RedactedRecording(source, None, "still heard", copy.muted, kinds, copy.is_checked, copy.left)
    return RedactedRecording(source, str(target), "muted", copy.muted, kinds, copy.is_checked)


def _find_heard(recording: Recording, settings: Settings, database: Path | None) -> Conversation:
    """What was heard in a recording, from the database where that looked for all kinds, else heard now."""
    if database is not None and database.is_file():
        with Store.open(database, read_only=True) as store:
            if store.has_call(recording.id):
                known = store.load_conversation(recording.id)
                if not known.redaction.kinds:
                    known = without_values(known, settings)
                if set(settings.redact.wanted) <= set(known.redaction.kinds):
                    return known
    return listen(recording, settings)
