"""The tree of errors, each with its exit code.

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
    |   `-- DiskFull        14   the disk filled up while the database was written
    |-- AccessDenied        15   permissions or a read-only disk are in the way
    |-- DiskError           15   the disk fails to read or write
    |-- OutputLost          16   what was asked for cannot be written to standard output
    |-- DatabasesDiffer     17   databases to merge disagree, or were made in different ways
    |-- LegalHold           18   something was to be taken from a call that a legal hold keeps
    `-- Interrupted        130   stopped by the user (129 where the terminal closed, 143 by SIGTERM)

A message has three parts: what was *found*, what was *expected*, what to do (*cure*). Code never
decides by the words of a message, only by its class, slug or kind. Each slug leads to an entry in
``docs/messages.md``.
"""

from __future__ import annotations

from speechcx.errors.kinds import FAILURE_KINDS

EXIT_OK = 0
EXIT_SOME_FAILED = 3
"""The run finished, but some calls failed or were set aside."""


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


class DatabaseDamaged(DatabaseBad):
    """Parts of the database file are damaged."""

    slug = "database-damaged"


class RunInProgress(SpeechcxError):
    """Another run holds the database."""

    exit_code = 11
    slug = "run-in-progress"


class DatabaseBusy(SpeechcxError):
    """Another program held the database longer than we wait; nothing is wrong with it."""

    exit_code = 11
    slug = "database-busy"


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


class DiskFull(DiskLow):
    """The disk filled up while the database was written; what was saved before is kept."""

    slug = "disk-full"


class AccessDenied(SpeechcxError):
    """Permissions or a read-only disk keep the database from being read or written."""

    exit_code = 15
    slug = "access-denied"


class DiskError(SpeechcxError):
    """The disk fails to read or write; the database itself may be sound."""

    exit_code = 15
    slug = "disk-error"


class OutputLost(SpeechcxError):
    """Standard output is closed or full, so that what was asked for cannot be shown."""

    exit_code = 16
    slug = "output-lost"


class DatabasesDiffer(SpeechcxError):
    """Databases to merge disagree about a call, or were made with other settings; nothing was merged."""

    exit_code = 17
    slug = "databases-differ"


class LegalHold(SpeechcxError):
    """A legal hold keeps something that was to be erased or removed; nothing was."""

    exit_code = 18
    slug = "legal-hold"


class Interrupted(SpeechcxError):
    """Stopped by the user; what was done is kept."""

    exit_code = 130
    slug = "interrupted"
