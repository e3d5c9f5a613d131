"""Writes down who read, searched or took away what, before a command shows it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from speechcx.cli.output import note

if TYPE_CHECKING:
    from speechcx.config import LoadedSettings
    from speechcx.store import Store
    from speechcx.store.decisions.audit import Action


TYPED = frozenset({"words", "filters", "condition", "reason"})
"""What people type into a search: it may hold a number that somebody read out."""


def open_to_read(loaded: LoadedSettings, where: Path) -> Store:
    """The database, open for a question and for :func:`note_reading` after it; errors as of ``Store.open``."""
    from speechcx.store import Store
    from speechcx.store.decisions import reading_log

    return (
        reading_log.open_to_read(where)
        if loaded.settings.audit.readings
        else Store.open(where, read_only=True)
    )


def note_reading(
    loaded: LoadedSettings, where: Path | Store, action: Action, calls: Sequence[str | None], **detail: object
) -> None:
    """Write a reading into the audit trail; why, is what ``SPEECHCX_REASON`` says.

    Parameters
    ----------
    loaded
        The settings, which say whether to, and what to do where it cannot be written.
    where
        The database, or what :func:`open_to_read` opened, which saves opening it again.
    action
        ``view``, ``search`` or ``export``.
    calls
        The calls it is about; None for one that is about no single call.
    detail
        What exactly; texts that somebody typed lose the values that ``[redact]`` takes out of calls.

    Raises
    ------
    AccessDenied
        It cannot be written down, and ``audit.unrecorded`` is ``refuse``.
    """
    from speechcx.errors import AccessDenied
    from speechcx.redact import redact_typed
    from speechcx.store import Store
    from speechcx.store.decisions.audit import AuditEntry, read_user, tidy_text
    from speechcx.store.decisions.reading_log import record_reading

    wanted = loaded.settings.audit
    if not wanted.readings:
        return
    reason = tidy_text(os.environ.get("SPEECHCX_REASON"))
    kinds = loaded.settings.redact.wanted
    told = {
        name: redact_typed(value, kinds) if name in TYPED and isinstance(value, str) else value
        for name, value in (*detail.items(), ("reason", reason))
        if value not in (None, (), [], {})
    }
    entries = [AuditEntry(action, call_id, None, told) for call_id in calls]
    path, store = (where.path, where) if isinstance(where, Store) else (where, None)
    if not entries or record_reading(path, read_user(), entries, store=store) != "not recorded":
        return
    found = f"{path} cannot be written, so that the audit trail does not tell of this"
    if wanted.unrecorded == "refuse":
        raise AccessDenied(
            found,
            "a database that can be written (audit.unrecorded is refuse)",
            "make it writable, or copy it",
        )
    note(f"speechcx: {found}")
