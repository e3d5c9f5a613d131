"""Keeping the database: checks, copies, what is taken out as evidence, what is erased."""

from __future__ import annotations

from dataclasses import dataclass

from speechcx.ask.compliance import Exported
from speechcx.batch import ErasedCalls
from speechcx.batch.backup import BackupReport, RestoreReport
from speechcx.batch.check import CheckReport
from speechcx.batch.merge import MergeReport
from speechcx.present.envelope import Envelopes, record


@dataclass(frozen=True, slots=True)
class Compacted:
    """Size of the database before and after; `is_log_empty` is false while another program goes on reading."""

    bytes_before: int
    bytes_after: int
    is_log_empty: bool


ENVELOPES: dict[str, Envelopes] = {
    "backup": record("backup", BackupReport),
    "check": record("check", CheckReport),
    "compact": record("compact", Compacted),
    "erase": record("erase", ErasedCalls),
    "export": record("export", Exported),
    "merge": record("merge", MergeReport),
    "restore": record("restore", RestoreReport),
}
