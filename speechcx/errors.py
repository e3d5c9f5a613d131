"""Every error of speechcx: the tree, the exit codes, and the closed list of failure kinds.

::

    SpeechcxError            1   something unexpected
    |-- UsageError           2   a wrong flag, path or value on the command line
    |-- CallError            3   one call cannot be analysed; carries a FailureKind
    |-- DatabaseMissing     10   no database where one was expected
    |-- DatabaseBad         10   the file is no speechcx database, or a newer one
    |-- RunInProgress       11   another run holds the database
    |-- ConfigError         12   speechcx.toml, environment or --set is wrong
    |-- RulebookError       12   a rulebook is wrong
    |-- ModelMissing        13   model weights are not on this machine
    |-- ModelBad            13   weights are there, but are not what the manifest says
    |-- DiskLow             14   too little room to go on safely
    `-- Interrupted        130   stopped by the user

A message has three parts: what was *found*, what was *expected*, what to do (*cure*). Code never
decides by the words of a message, only by its class, slug or kind. Each slug leads to an entry in
``docs/messages.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Retry = Literal["never", "next_run", "back_off"]
"""When a failed call is tried again: never by itself, on the next run, or up to three times."""

EXIT_OK = 0
EXIT_SOME_FAILED = 3
"""The run finished, but some calls failed or were set aside."""


@dataclass(frozen=True, slots=True)
class FailureKind:
    """One way in which a call can fail.

    Parameters
    ----------
    slug
        The name stored in the database and used in ``docs/messages.md``.
    retry
        Whether and when a run tries the call again by itself.
    who
        The person who can do something about it.
    sentence
        What it means, for people.
    cure
        What to do.
    """

    slug: str
    retry: Retry
    who: str
    sentence: str
    cure: str


def _kinds() -> dict[str, FailureKind]:
    rows: tuple[tuple[str, Retry, str, str, str], ...] = (
        (
            "empty",
            "never",
            "recorder",
            "The file holds no audio at all.",
            "Ask the recorder for this call again; drop the new file in the folder.",
        ),
        (
            "not_audio",
            "never",
            "operator",
            "The file is not an audio recording.",
            "Move it out of the recordings folder, or export the call again.",
        ),
        (
            "unsupported_codec",
            "never",
            "operator",
            "The audio codec or container is not allowed.",
            "Convert the recording to WAV, FLAC, MP3, Opus, M4A or AMR.",
        ),
        (
            "truncated",
            "never",
            "recorder",
            "The file ends before its header says it should.",
            "Ask the recorder for the whole file; what was there is scored and flagged if long enough.",
        ),
        (
            "damaged",
            "never",
            "recorder",
            "Too much of the file cannot be decoded.",
            "Ask the recorder for an undamaged copy.",
        ),
        (
            "too_long",
            "never",
            "operator",
            "The recording is longer than audio.max_duration_s.",
            "Split it, or raise audio.max_duration_s.",
        ),
        (
            "too_big",
            "never",
            "operator",
            "The file is bigger than audio.max_file_bytes.",
            "Check that it is one call; raise audio.max_file_bytes if it is.",
        ),
        (
            "bad_header",
            "never",
            "recorder",
            "The header gives an impossible rate, length or channel count.",
            "Export the call again; name headerless files .ulaw or .alaw.",
        ),
        (
            "no_speech",
            "never",
            "nobody",
            "Nobody speaks in the recording.",
            "Nothing to do if the call was abandoned; else check the recording line.",
        ),
        (
            "metadata_missing",
            "next_run",
            "operator",
            "The agent or the time of the call is not known.",
            "Give it by sidecar JSON, calls.csv or file name; see `speechcx run --explain FILE`.",
        ),
        (
            "metadata_conflict",
            "next_run",
            "operator",
            "Two sources disagree about the call.",
            "Correct one of the sources named in the message.",
        ),
        (
            "duplicate",
            "never",
            "nobody",
            "The same bytes were analysed under another path.",
            "Nothing: the call counts once.",
        ),
        (
            "still_growing",
            "next_run",
            "nobody",
            "The file was still being written.",
            "Nothing: the next run takes it.",
        ),
        (
            "vanished",
            "next_run",
            "operator",
            "The file was moved, removed or replaced while it was read.",
            "Let the recorder finish before the run, then run again.",
        ),
        (
            "unreadable",
            "next_run",
            "operator",
            "The file cannot be opened.",
            "Check its permissions and the disk it is on.",
        ),
        (
            "model_missing",
            "next_run",
            "operator",
            "Model weights are missing.",
            "Run `speechcx models pull`.",
        ),
        (
            "model_bad",
            "next_run",
            "operator",
            "Model weights are not what the manifest says.",
            "Run `speechcx models verify`, then `speechcx models pull --force`.",
        ),
        (
            "out_of_memory",
            "back_off",
            "operator",
            "The worker ran out of memory.",
            "Use fewer workers (`--workers 1`) or a smaller model.",
        ),
        (
            "timeout",
            "back_off",
            "operator",
            "The call took longer than its time limit.",
            "Raise batch.timeout_factor, use a smaller model, or look at the recording.",
        ),
        (
            "worker_died",
            "back_off",
            "operator",
            "The worker process died on this call.",
            "Run `speechcx analyze FILE` on it; a file that killed two workers is quarantined.",
        ),
        ("disk_full", "next_run", "operator", "The disk is full.", "Free space, then run again."),
        (
            "db_busy",
            "next_run",
            "operator",
            "The database stayed locked by another program.",
            "Close programs that write to the database, then run again.",
        ),
        (
            "config",
            "next_run",
            "operator",
            "A setting is wrong for this call.",
            "Correct the setting named in the message.",
        ),
        (
            "internal",
            "next_run",
            "developers",
            "A fault in speechcx.",
            "Please report it with the detail shown by `speechcx failures show`.",
        ),
    )
    return {row[0]: FailureKind(*row) for row in rows}


FAILURE_KINDS = _kinds()
"""The closed list: every failed call has exactly one of these kinds."""


class SpeechcxError(Exception):
    """Something speechcx can explain.

    Parameters
    ----------
    found
        What was found, with the value.
    expected
        What would have been right; may be empty where `found` says it all.
    cure
        What the reader should do now.
    """

    exit_code = 1
    slug = "internal"

    def __init__(self, found: str, expected: str = "", cure: str = "") -> None:
        super().__init__(found, expected, cure)
        self.found = found
        self.expected = expected
        self.cure = cure

    def __str__(self) -> str:
        parts = [self.found]
        if self.expected:
            parts.append(f"Expected: {self.expected}")
        if self.cure:
            parts.append(f"To do: {self.cure}")
        return "\n  ".join(parts)


class UsageError(SpeechcxError):
    """A wrong flag, path or value on the command line."""

    exit_code = 2
    slug = "usage"


class CallError(SpeechcxError):
    """One call cannot be analysed; every other call goes on.

    Parameters
    ----------
    kind
        A key of :data:`FAILURE_KINDS`.
    found, expected, cure
        As in :class:`SpeechcxError`; `cure` defaults to the kind's own.
    """

    exit_code = EXIT_SOME_FAILED
    slug = "call-failed"

    def __init__(self, kind: str, found: str, expected: str = "", cure: str = "") -> None:
        if kind not in FAILURE_KINDS:
            raise ValueError(f"unknown failure kind {kind!r}; the list is {sorted(FAILURE_KINDS)}")
        super().__init__(found, expected, cure or FAILURE_KINDS[kind].cure)
        self.kind = FAILURE_KINDS[kind]

    def __reduce__(self) -> tuple[type[CallError], tuple[str, str, str, str]]:
        return CallError, (self.kind.slug, self.found, self.expected, self.cure)


class DatabaseMissing(SpeechcxError):
    """No database where one was expected."""

    exit_code = 10
    slug = "no-database"


class DatabaseBad(SpeechcxError):
    """The file is not a speechcx database, or was written by a newer version."""

    exit_code = 10
    slug = "bad-database"


class RunInProgress(SpeechcxError):
    """Another run holds the database."""

    exit_code = 11
    slug = "run-in-progress"


class ConfigError(SpeechcxError):
    """A settings file, environment variable or ``--set`` is wrong."""

    exit_code = 12
    slug = "config"


class RulebookError(SpeechcxError):
    """A rulebook cannot be read or says something impossible."""

    exit_code = 12
    slug = "rulebook"


class ModelMissing(SpeechcxError):
    """Model weights are not on this machine."""

    exit_code = 13
    slug = "model-missing"


class ModelBad(SpeechcxError):
    """Weights are there, but are not what the manifest says."""

    exit_code = 13
    slug = "model-bad"


class DiskLow(SpeechcxError):
    """Too little disk space to go on safely."""

    exit_code = 14
    slug = "disk-low"


class Interrupted(SpeechcxError):
    """Stopped by the user; what was done is kept."""

    exit_code = 130
    slug = "interrupted"
