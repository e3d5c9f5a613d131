"""Every error of speechcx: the tree with its exit codes, and the closed list of failure kinds.

A message has three parts: what was *found*, what was *expected*, what to do (*cure*). Code never
decides by the words of a message, only by its class, slug or kind. Each slug leads to an entry in
``docs/messages.md``. To add an error, add a class to ``tree``; to add a way a call can fail, a row
to ``kinds``: the manual and the tests follow.
"""

from speechcx.errors.kinds import FAILURE_KINDS, FailureKind, Retry
from speechcx.errors.tree import (
    EXIT_OK,
    EXIT_SOME_FAILED,
    AccessDenied,
    CallError,
    ConfigError,
    DatabaseBad,
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseMissing,
    DatabasesDiffer,
    DiskError,
    DiskFull,
    DiskLow,
    Interrupted,
    LegalHold,
    ModelBad,
    ModelMissing,
    OutputLost,
    RulebookError,
    RunInProgress,
    SpeechcxError,
    UsageError,
)

__all__ = [
    "EXIT_OK",
    "EXIT_SOME_FAILED",
    "FAILURE_KINDS",
    "AccessDenied",
    "CallError",
    "ConfigError",
    "DatabaseBad",
    "DatabaseBusy",
    "DatabaseDamaged",
    "DatabaseMissing",
    "DatabasesDiffer",
    "DiskError",
    "DiskFull",
    "DiskLow",
    "FailureKind",
    "Interrupted",
    "LegalHold",
    "ModelBad",
    "ModelMissing",
    "OutputLost",
    "Retry",
    "RulebookError",
    "RunInProgress",
    "SpeechcxError",
    "UsageError",
]
