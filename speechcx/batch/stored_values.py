"""Values that were stored before redaction was on: taken out of every table, then looked for in the bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from speechcx.batch.lock import hold_lock
from speechcx.call import PAYMENT, Call, Conversation, KindToFind, RedactedKind
from speechcx.config import Settings
from speechcx.errors import UsageError
from speechcx.pipeline import without_values
from speechcx.redact import redact_text
from speechcx.redact.byte_search import find_in_files
from speechcx.redact.conversation_marks import list_text_values, list_values
from speechcx.redact.scrubbing import find_removed, reasons_of, scrub_assessment, scrub_text
from speechcx.store import CallFilter, Store
from speechcx.store.calls.redacted_rows import ChangedText, forget_reason, rewrite_call, rewrite_texts
from speechcx.store.decisions.audit import AuditEntry, add_entries, tidy_text
from speechcx.store.decisions.legal_holds import list_held
from speechcx.store.decisions.reading_log import queue_path, take_queue


@dataclass(frozen=True, slots=True)
class RedactedStore:
    """What was taken out of a database.

    Parameters
    ----------
    calls
        Calls that were looked through.
    changed_calls
        Those in which something was taken out.
    kinds
        (kind, stretches taken out) pairs, most first.
    other_rows
        (table, rows changed) pairs of the tables beside the calls.
    is_log_empty
        Whether the log was emptied; not so while another program reads.
    searched, left
        Files whose bytes were searched for the values, and those that still hold one.
    backups
        Copies of the database made before a change of its form. Their bytes are searched too, and nothing in
        them is changed.
    held
        (call, hold) pairs of calls that hold a value and were left as they are, since a legal hold keeps them.
    """

    calls: int
    changed_calls: int
    kinds: tuple[tuple[str, int], ...]
    other_rows: tuple[tuple[str, int], ...]
    is_log_empty: bool
    searched: tuple[str, ...]
    left: tuple[str, ...]
    backups: tuple[str, ...]
    held: tuple[tuple[str, str], ...] = ()

    @property
    def exit_code(self) -> int:
        """3 where a file or a held call still has a value, else 0."""
        return 3 if self.left or self.held else 0


@dataclass(frozen=True, slots=True)
class _Holds:
    """The calls under a legal hold, and why they are changed nevertheless.

    Parameters
    ----------
    held
        Each call with the name of a hold.
    despite
        Why payment data goes all the same; None to leave held calls as they are.
    reasons
        Reasons in the assessments of held calls, which share their rows with those of others; filled as they are read.
    """

    held: Mapping[str, str]
    despite: str | None
    reasons: set[str] = field(default_factory=set)

    def find_kept(self) -> frozenset[str]:
        """Calls of which nothing is changed."""
        return frozenset() if self.despite is not None else frozenset(self.held)


def redact_stored(
    store: Store, settings: Settings, *, who: str, despite_holds: str | None = None
) -> RedactedStore:
    """Take the values that the settings name out of every stored call and everything said about it.

    Results and scores stay as they were judged; quotes and reasons lose the values. The file is rewritten, so
    that no freed page holds one, and its bytes are searched for each value of seven digits and more.
    Can be stopped at any moment: called again, it goes on with the calls that are left.

    Parameters
    ----------
    store
        Open for writing; the run lock is taken here.
    settings
        Of them the section ``redact``.
    who
        Who does it, for the audit trail.
    despite_holds
        Why payment data is taken out of calls under a legal hold too; it is written into the trail of each. None to
        leave those calls as they are. Kinds that are no payment data stay in them in any case.

    Raises
    ------
    UsageError
        Redaction is off, or the reason is blank.
    RunInProgress
        A run holds the database.
    """
    wanted = settings.redact.wanted
    if not wanted:
        raise UsageError(
            "redaction is off", "kinds to take out", "set redact.enabled = true and redact.kinds"
        )
    payment = _keep_payment(settings)
    left_held: list[tuple[str, str]] = []
    values: set[str] = set()
    kinds, others, changed = Counter[str](), Counter[str](), 0
    with hold_lock(store.path, command="redact"):
        # What waits beside the database is a part of its trail.
        take_queue(store)
        holds = _read_holds(store, despite_holds)
        ids = tuple(store.iter_call_ids(CallFilter(with_superseded=True)))
        for call_id in ids:
            before = store.load(call_id)
            is_held = call_id in holds.held
            after = without_values(before.conversation, payment if is_held else settings)
            if is_held and holds.despite is None:
                if after != before.conversation:
                    left_held.append((call_id, holds.held[call_id]))
                continue
            if after == before.conversation:
                continue
            new = _list_new_kinds(before.conversation, after)
            changed += bool(new)
            kinds.update(new)
            kinds_here = payment.redact.wanted if is_held else wanted
            values.update(list_values(before.conversation, kinds_here))
            others.update(_rewrite(store, before, after, kinds_here, holds, who=who))
        others.update(_rewrite_beside(store, values, wanted, holds, who=who))
        is_empty = store.compact()
    backups = sorted(store.path.parent.glob(f"{store.path.name}*.bak"))
    searched = [*_list_files(store), *backups]
    return RedactedStore(
        len(ids), changed, tuple(kinds.most_common()), tuple(sorted(others.items())), is_empty,
        tuple(map(str, searched)), tuple(map(str, find_in_files(searched, values))), tuple(map(str, backups)),
        tuple(left_held),
    )  # fmt: skip


def _list_new_kinds(before: Conversation, after: Conversation) -> list[RedactedKind]:
    """The kind of each stretch that was taken out of a conversation now."""
    return [one.kind for one in after.redaction.spans if one not in before.redaction.spans]


def _keep_payment(settings: Settings) -> Settings:
    """The same settings with kinds that are payment data only."""
    kinds = tuple(kind for kind in settings.redact.wanted if kind in PAYMENT)
    return replace(settings, redact=replace(settings.redact, kinds=kinds))


def _read_holds(store: Store, despite: str | None) -> _Holds:
    """The calls under a hold; UsageError for a blank reason to change them."""
    if despite is not None and tidy_text(despite) is None:
        raise UsageError("no reason", "why calls under a hold are changed", "add --despite-holds REASON")
    holds = _Holds(list_held(store.db), tidy_text(despite))
    for call_id in holds.find_kept():
        if store.has_call(call_id):
            holds.reasons.update(reasons_of(store.load(call_id).assessment))
    return holds


def _rewrite(
    store: Store,
    before: Call,
    after: Conversation,
    wanted: Sequence[KindToFind],
    holds: _Holds,
    *,
    who: str,
) -> list[str]:
    """Write a call and what is said about it in one transaction; gives the table of each row changed beside it."""
    call_id, removed = after.recording.id, find_removed(before.conversation, after)

    def scrub(text: str) -> str:
        return scrub_text(text, removed, wanted)

    assessment = scrub_assessment(before.assessment, scrub)
    with store.write():
        rewrite_call(
            store.db, Call(after, assessment), store.names, lambda judged: scrub_assessment(judged, scrub)
        )
        for old in reasons_of(before.assessment):
            if (new := scrub(old)) != old and old not in holds.reasons:
                forget_reason(store.db, old, new)
        if not removed:
            return []
        lost = rewrite_texts(store.db, scrub, call_id)
        why = holds.despite if call_id in holds.held else None
        _note(store, lost, call_id, wanted, who=who, despite_hold=why)
    return [row.table for row in lost]


def _rewrite_beside(
    store: Store, values: set[str], wanted: Sequence[KindToFind], holds: _Holds, *, who: str
) -> list[str]:
    """Write what no call is known for; adds the values in it, and gives the table of each row changed."""

    def scrub(text: str) -> str:
        if text in holds.reasons:
            return text
        new = redact_text(text, wanted)
        if new != text:
            values.update(list_text_values(text, wanted))
        return new

    with store.write():
        lost = rewrite_texts(store.db, scrub, but=holds.find_kept())
        _note(store, lost, None, wanted, who=who)
    return [row.table for row in lost]


def _list_files(store: Store) -> list[Path]:
    """The files that a database consists of, as far as they are there: also what waits for its trail."""
    ends = ("", "-wal", "-shm", "-journal")
    queue = queue_path(store.path)
    paths = [store.path.with_name(f"{store.path.name}{end}") for end in ends]
    paths += [queue, queue.with_name(f"{queue.name}.taken")]
    return [path for path in paths if path.is_file()]


def _note(
    store: Store,
    lost: Sequence[ChangedText],
    call_id: str | None,
    wanted: Sequence[KindToFind],
    *,
    who: str,
    despite_hold: str | None = None,
) -> None:
    """Write down in the trail what was looked for, and which of its own rows lost their details by it."""
    if call_id is not None or lost:
        cleared = [row.key[0] for row in lost if row.table == "audit"]
        told: dict[str, object] = {"kinds": list(wanted), "cleared": cleared}
        if despite_hold is not None:
            told["despite_hold"] = despite_hold
        add_entries(store, who, [AuditEntry("redact", call_id, None, told)])
