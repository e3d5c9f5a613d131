"""Retention: what has outlived its period, listed with the reason, and removed when somebody says so."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from speechcx.batch.lock import hold_lock
from speechcx.config.retention_settings import RETAINED_KINDS, RetainedKind, RetentionSettings
from speechcx.errors import UsageError
from speechcx.file_bytes import hash_bytes
from speechcx.store import Store
from speechcx.store.calls.erasure import erase_calls
from speechcx.store.calls.overdue import find_rules_present, list_calls_before, list_rules
from speechcx.store.calls.removed_parts import FROZEN, REMOVED_PARTS, list_removed, remove_parts
from speechcx.store.decisions.audit import AuditEntry, add_entries
from speechcx.store.decisions.legal_holds import find_held
from speechcx.store.decisions.old_details import count_old_details, forget_old_details

_CALLS_A_WRITE = 100


@dataclass(frozen=True, slots=True)
class OverdueCall:
    """A call of which something has outlived its period.

    Parameters
    ----------
    call_id, day
        The call, and the day its periods are counted from.
    kinds
        What is removed; all parts at once erase the call.
    is_erased
        Whether nothing of it would be left, so that it is erased as a whole.
    recordings
        Files of it that are removed from the disk.
    why
        Which periods are over, in words.
    hold
        The legal hold that keeps all of it; None where nothing does.
    """

    call_id: str
    day: str
    kinds: tuple[RetainedKind, ...]
    is_erased: bool
    recordings: tuple[str, ...]
    why: str
    hold: str | None = None


@dataclass(frozen=True, slots=True)
class RetentionReport:
    """What has outlived its period, or what was removed.

    Parameters
    ----------
    today
        The day it was counted from.
    calls
        Calls of which something goes.
    held
        Calls that would be among them and are kept by a legal hold.
    counts
        (kind, calls) pairs.
    kept_by_rule
        (rule, calls) pairs: calls that stay longer since the rule was found in them.
    audit_rows
        Rows of the audit trail whose details go.
    recordings_left
        Recordings that are over their period and stay, since ``retention.delete_recordings`` is off, or the file
        holds other bytes now.
    is_applied, is_compacted
        Whether it was done, and whether the database was rewritten afterwards.
    certificate
        Number of the certificate of the calls that were erased; None where none was.
    """

    today: str
    calls: tuple[OverdueCall, ...]
    held: tuple[OverdueCall, ...]
    counts: tuple[tuple[str, int], ...]
    kept_by_rule: tuple[tuple[str, int], ...]
    audit_rows: int
    recordings_left: int
    is_applied: bool = False
    is_compacted: bool = False
    certificate: int | None = None


def plan_retention(store: Store, settings: RetentionSettings, *, today: date) -> RetentionReport:
    """What has outlived its period by now; nothing is written.

    Raises
    ------
    UsageError
        A rule of ``retention.rules`` is in no rulebook that judged a call here: calls would go that it should keep.
    """
    cutoffs = settings.find_cutoffs(today)
    days = [day for kind, day in cutoffs.items() if kind != "audit"]
    with store.snapshot():
        _expect_rules(store, settings.rules)
        kept = find_rules_present(store.db, [*settings.rules])
        rule_cutoffs = settings.find_rule_cutoffs(today)
        found, kept_by, left = [], Counter[str](), 0
        for call_id, call_no, day in list_calls_before(store.db, max(days, default=date.min)):
            due = [
                kind
                for kind in RETAINED_KINDS
                if kind in cutoffs and kind != "audit" and day < str(cutoffs[kind])
            ]
            keeping = [rule for rule in kept.get(call_no, ()) if _keeps(rule_cutoffs[rule], day)]
            if keeping:
                kept_by.update(keeping)
                continue
            one, stays = _look_at(store, call_id, day, due, settings)
            left += stays
            if one is not None:
                found.append(one)
        holds = find_held(store.db, [one.call_id for one in found])
        audit_rows = count_old_details(store.db, cutoffs["audit"]) if "audit" in cutoffs else 0
    calls = tuple(one for one in found if one.call_id not in holds)
    counts = Counter(kind for one in calls for kind in one.kinds)
    return RetentionReport(
        str(today), calls, tuple(replace(one, hold=holds[one.call_id].name) for one in found if one.call_id in holds),
        tuple((kind, counts[kind]) for kind in RETAINED_KINDS if counts[kind]), tuple(sorted(kept_by.items())),
        audit_rows, left,
    )  # fmt: skip


def apply_retention(
    store: Store, settings: RetentionSettings, *, today: date, who: str, compact: bool = True
) -> RetentionReport:
    """Remove what has outlived its period; can be stopped at any moment, and goes on when called again.

    Parameters
    ----------
    store
        Open for writing; the run lock is taken here.
    settings
        The periods.
    today
        What they are counted from.
    who
        For the audit trail.
    compact
        Rewrite the database afterwards, so that no byte of it is left.

    Raises
    ------
    UsageError
        As :func:`plan_retention`.
    RunInProgress
        A run holds the database.
    """
    with hold_lock(store.path, command="retention"):
        planned = plan_retention(store, settings, today=today)
        for one in planned.calls:
            _delete_recordings(store, one)
        for at in range(0, len(planned.calls), _CALLS_A_WRITE):
            with store.write():
                for one in planned.calls[at : at + _CALLS_A_WRITE]:
                    _remove(store, one, who)
        erased = [one.call_id for one in planned.calls if one.is_erased]
        certificate = None
        if erased:
            *_, made = erase_calls(
                store, erased, who=who, reason="retention: every period of these calls is over"
            )
            certificate = made.certificate_id
        if planned.audit_rows:
            _forget_details(store, settings, today, who)
        is_changed = bool(planned.calls or planned.audit_rows)
        if is_changed and compact:
            store.compact()
    return replace(planned, is_applied=True, is_compacted=is_changed and compact, certificate=certificate)


def _expect_rules(store: Store, rules: Mapping[str, str]) -> None:
    known = list_rules(store.db)
    unknown = sorted(set(rules) - known)
    if unknown and known:
        raise UsageError(
            f"retention.rules names {unknown[0]!r}, which no rulebook here has, so that its calls would not be kept",
            f"one of {', '.join(sorted(known)[:10])}",
            "correct the name in speechcx.toml, or remove it",
        )


def _keeps(cutoff: date | None, day: str) -> bool:
    return cutoff is None or day >= str(cutoff)


def _look_at(
    store: Store, call_id: str, day: str, due: Sequence[RetainedKind], settings: RetentionSettings
) -> tuple[OverdueCall | None, int]:
    """What goes of a call, None where nothing does; and how many of its recordings are over their period and stay."""
    gone, left = list_removed(store.db, call_id), 0
    parts = [kind for kind in due if kind in REMOVED_PARTS and kind not in gone]
    if "words" in parts or "words" in gone:
        # The index holds nothing but words.
        parts = [kind for kind in parts if kind != "index"]
    recordings: tuple[str, ...] = ()
    if "audio" in due:
        paths = _find_recordings(store, call_id)
        recordings = paths if settings.delete_recordings else ()
        left = 0 if settings.delete_recordings else len(paths)
    kinds = (*(("audio",) if recordings else ()), *parts)
    if not kinds:
        return None, left
    why = "; ".join(f"{kind} are kept {getattr(settings, kind)}" for kind in kinds)
    is_erased = bool(parts) and {*parts, *gone} >= {*FROZEN}
    ordered = tuple(kind for kind in RETAINED_KINDS if kind in kinds)
    return OverdueCall(call_id, day, ordered, is_erased, recordings, why), left


def _find_recordings(store: Store, call_id: str) -> tuple[str, ...]:
    """Files of a call that are there with its size."""
    recording = store.load_conversation(call_id).recording
    paths = dict.fromkeys((*store.ledger.find_paths(call_id), recording.path))
    return tuple(
        path for path in paths if os.path.isfile(path) and os.path.getsize(path) == recording.size_bytes
    )


def _delete_recordings(store: Store, one: OverdueCall) -> None:
    """Remove the files of a call that hold its bytes; other bytes of the same name and size stay."""
    if not one.recordings:
        return
    expected = store.load_conversation(one.call_id).recording.sha256
    for path in one.recordings:
        try:
            with open(path, "rb") as reader:
                found = hash_bytes(reader.fileno())
            if found == expected:
                os.unlink(path)
        except FileNotFoundError:
            continue


def _remove(store: Store, one: OverdueCall, who: str) -> None:
    """Remove the parts of one call; one that is erased as a whole is left for later."""
    told = {"removed": list(one.kinds), "recordings": len(one.recordings)}
    if not one.is_erased:
        remove_parts(store, one.call_id, [part for part in REMOVED_PARTS if part in one.kinds])
        add_entries(store, who, [AuditEntry("retention", one.call_id, None, told)])


def _forget_details(store: Store, settings: RetentionSettings, today: date, who: str) -> None:
    cutoff = settings.find_cutoffs(today)["audit"]
    with store.write():
        last = forget_old_details(store.db, cutoff)
        told = {"removed": ["audit"], "before": str(cutoff), "details_up_to_row": last}
        add_entries(store, who, [AuditEntry("retention", None, None, told)])
