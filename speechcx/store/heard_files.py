"""Files whose bytes were heard, to be compared with what they hold now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from speechcx.store.moments import utc_text
from speechcx.store.paths import read_path

if TYPE_CHECKING:
    from speechcx.store import Store


@dataclass(frozen=True, slots=True)
class HeardFile:
    """A file as it was when its call was heard.

    Parameters
    ----------
    file_id
        Its number in the ledger.
    path
        Where it is.
    size_bytes, mtime_ns
        As last looked at.
    call_id
        First 16 hex digits of the SHA-256 of its bytes.
    """

    file_id: int
    path: str
    size_bytes: int
    mtime_ns: int
    call_id: str


def list_heard_files(store: Store, *, limit: int | None = None) -> tuple[HeardFile, ...]:
    """Files that hold the bytes of a call, those first that were not compared for longest."""
    rows = store.db.execute(
        "SELECT file_id, path, size_bytes, mtime_ns, call_id FROM files WHERE state IN ('done', 'duplicate')"
        " AND call_id IS NOT NULL ORDER BY compared_at, file_id LIMIT ?",
        (-1 if limit is None else limit,),
    )
    return tuple(
        HeardFile(number, read_path(path), size, mtime, call) for number, path, size, mtime, call in rows
    )


def note_compared(store: Store, file_ids: Sequence[int]) -> None:
    """Write down that files were looked at now, in one transaction."""
    if not file_ids:
        return
    now = utc_text()
    with store.write():
        store.db.executemany(
            "UPDATE files SET compared_at = ? WHERE file_id = ?", [(now, one) for one in file_ids]
        )
