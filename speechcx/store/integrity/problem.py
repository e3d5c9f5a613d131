"""A problem that a check found, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Area = Literal[
    "file", "schema", "search_index", "calls", "shared", "sums", "ledger", "decisions", "recordings"
]
"""What was looked at."""

Repair = Literal["indexes", "schema", "comments", "search_index", "sums", "digests", "claims", "take_again"]
"""What can be made again from other rows; everything else needs a backup, the recording or a person."""

RESTORE = "restore the newest good backup: speechcx restore FILE"
HEAR_AGAIN = "hear it again: speechcx run --redo all RECORDING, or restore a backup"
REPAIR = "speechcx check --repair makes it again"


@dataclass(frozen=True, slots=True)
class DatabaseProblem:
    """Something that is not as speechcx wrote it.

    Parameters
    ----------
    area
        What was looked at.
    what
        What was found, with the value.
    means
        What follows from it.
    cure
        What to do.
    call_id
        The call it is about, where it is about one.
    table
        The table it is about, where it is about one.
    repair
        How ``check --repair`` makes it right; null where it cannot.
    """

    area: Area
    what: str
    means: str
    cure: str
    call_id: str | None = None
    table: str | None = None
    repair: Repair | None = None
