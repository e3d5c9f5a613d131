"""Erase calls: their rows, words and traces in the database go; their files are never taken up again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from speechcx.batch.lock import hold_lock
from speechcx.errors import UsageError
from speechcx.store import Store
from speechcx.store.calls.erasure import erase_call
from speechcx.store.decisions.audit import read_trail


@dataclass(frozen=True, slots=True)
class ErasedCalls:
    """What became of it.

    Parameters
    ----------
    call_ids
        The calls that were erased.
    recordings
        Files that still hold them: the database never deletes a recording.
    exports
        Evidence folders they were exported to, as the audit trail has them: name and moment.
    backups
        Copies of the database made before a change of its form, which still hold their words.
    is_compacted
        Whether the file was rewritten; only then no trace is left in it.
    is_log_empty
        Whether its log was emptied; not so while another program reads.
    """

    call_ids: tuple[str, ...]
    recordings: tuple[str, ...]
    exports: tuple[tuple[str, str], ...]
    backups: tuple[str, ...]
    is_compacted: bool
    is_log_empty: bool


def erase(
    store: Store, call_ids: Sequence[str], *, who: str, reason: str, compact: bool = True
) -> ErasedCalls:
    """Erase calls, and rewrite the database so that no trace of their words is left in it.

    Parameters
    ----------
    store
        Open for writing; the run lock is taken here.
    call_ids
        Which.
    who, reason
        Who erases them and why; both stay.
    compact
        Rewrite the file at once. Without it, words may be left in freed parts of the file until
        ``Store.compact``.

    Raises
    ------
    UsageError
        The reason is blank.
    RunInProgress
        A run holds the database.
    """
    if not reason.strip():
        raise UsageError("no reason", "why the calls are erased, without words of them", "add --reason WORDS")
    with hold_lock(store.path, command="erase"):
        exports = [place for call_id in call_ids for place in _find_exports(store, call_id)]
        left = [path for call_id in call_ids for path in erase_call(store, call_id, who=who, reason=reason)]
        is_empty = store.compact() if compact else False
    backups = sorted(store.path.parent.glob(f"{store.path.name}*.bak"))
    return ErasedCalls(
        tuple(call_ids), tuple(dict.fromkeys(left)), tuple(dict.fromkeys(exports)), tuple(map(str, backups)),
        compact, is_empty,
    )  # fmt: skip


def _find_exports(store: Store, call_id: str) -> list[tuple[str, str]]:
    rows = read_trail(store, call_id=call_id, action="export")
    return [(str(json.loads(row.detail)["to"]), row.at) for row in rows if row.detail]
