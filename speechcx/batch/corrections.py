"""What a person corrects afterwards: another try of failed calls, who is who in a call, calls erased."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from speechcx.batch.lock import hold_lock
from speechcx.batch.rejudge import save_rulebooks
from speechcx.call import Call, Party, Role
from speechcx.config import Settings
from speechcx.errors import FAILURE_KINDS, CallError, UsageError
from speechcx.pipeline import judge
from speechcx.rules import Rulebooks
from speechcx.store import Store
from speechcx.store.calls.erasure import erase_call
from speechcx.store.calls.file_versions import find_counted, find_set_aside
from speechcx.store.decisions.audit import AuditEntry, add_entries, read_trail, tidy_text
from speechcx.store.facts.forget_facts import forget_customer


def retry_failures(
    store: Store, *, call_ids: Sequence[str] = (), kinds: Sequence[str] = (), paths: Sequence[str] = ()
) -> int:
    """Mark failed files, so that the next run takes them whatever its retry policy; returns how many.

    Parameters
    ----------
    store
        Open for writing. The run lock is not needed: a run that is going on keeps its plan.
    call_ids, kinds, paths
        Which failures; with none of them, all.

    Raises
    ------
    UsageError
        There is no failure kind of that name.
    """
    unknown = [kind for kind in kinds if kind not in FAILURE_KINDS]
    if unknown:
        raise UsageError(
            f"no failure kind {unknown[0]!r}", f"one of {', '.join(FAILURE_KINDS)}", "correct the name"
        )
    return store.ledger.retry(call_ids=call_ids, kinds=kinds, paths=paths)


_OTHER: dict[Party, Party] = {"agent": "customer", "customer": "agent"}


def relabel(
    store: Store, call_id: str, parties: tuple[Party, ...] | None, rulebook: Rulebooks, settings: Settings
) -> tuple[Role, ...]:
    """Give the speakers of a stored call their parties, and judge the call again, in one transaction.

    Parameters
    ----------
    store
        Open for writing.
    call_id
        The call.
    parties
        One for each speaker, in order; None swaps agent and customer.
    rulebook, settings
        What to judge with.

    Returns
    -------
    tuple of Role
        Who is who now.

    Raises
    ------
    UsageError
        There are not as many parties as speakers, or nobody to swap.
    CallError
        The call as it is stored cannot be read; every other call is untouched.
    RunInProgress
        A run holds the database.
    """
    with hold_lock(store.path, command="relabel"):
        call = _load(store, call_id)
        wanted = parties or _swap(call_id, call.assessment.reading.roles)
        speakers = call.conversation.speech.speakers
        if len(wanted) != len(speakers):
            raise UsageError(
                f"{len(wanted)} parties for call {call_id}",
                f"one for each of its {len(speakers)} speakers ({', '.join(speakers)})",
                "name them in this order, divided by commas",
            )
        recording = call.conversation.recording
        details = recording.details.relabel(wanted)
        conversation = replace(call.conversation, recording=replace(recording, details=details))
        assessment = judge(conversation, rulebook, settings)
        with store.write():
            save_rulebooks(store, rulebook)
            store.update_details(call_id, details)
            store.save_assessment(call_id, assessment)
        return assessment.reading.roles


def _load(store: Store, call_id: str) -> Call:
    try:
        return store.load(call_id)
    except (KeyError, sqlite3.Error):
        raise
    except Exception as error:
        raise CallError(
            "internal", f"call {call_id} cannot be read as it is stored ({type(error).__name__})",
            "a call as it was saved",
            "run `speechcx check`, then hear it again with `speechcx run --redo all`",
        ) from error  # fmt: skip


def _swap(call_id: str, roles: tuple[Role, ...]) -> tuple[Party, ...]:
    if not any(role.party in _OTHER for role in roles):
        raise UsageError(
            f"call {call_id} has no agent and no customer to swap",
            "known parties",
            "name them with --channels agent,customer",
        )
    return tuple(_OTHER.get(role.party, role.party) for role in roles)


@dataclass(frozen=True, slots=True)
class ErasedCalls:
    """What became of it.

    Parameters
    ----------
    call_ids
        The calls that were erased, other recordings of them and older versions of their files among them.
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
    facts
        Legs of call records, calls made of them, answers and accounts of the customers that went too.
    """

    call_ids: tuple[str, ...]
    recordings: tuple[str, ...]
    exports: tuple[tuple[str, str], ...]
    backups: tuple[str, ...]
    is_compacted: bool
    is_log_empty: bool
    facts: int = 0


def erase(
    store: Store,
    call_ids: Sequence[str],
    *,
    customers: Sequence[str] = (),
    who: str,
    reason: str,
    compact: bool = True,
) -> ErasedCalls:
    """Erase calls and facts of customers, and rewrite the database so that no trace of their words is left in it.

    Parameters
    ----------
    store
        Open for writing; the run lock is taken here.
    call_ids
        Which. Other recordings of them (mono beside stereo), and what their files held before, go with them.
    customers
        Customers whose call records, answers and accounts go too, also those without a recording.
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
        call_ids = _with_set_aside(store, call_ids)
        facts = _erase_facts(store, customers, who=who, reason=reason)
        exports = [place for call_id in call_ids for place in _find_exports(store, call_id)]
        left = [path for call_id in call_ids for path in erase_call(store, call_id, who=who, reason=reason)]
        is_empty = store.compact() if compact else False
    backups = sorted(store.path.parent.glob(f"{store.path.name}*.bak"))
    return ErasedCalls(
        tuple(call_ids), tuple(dict.fromkeys(left)), tuple(dict.fromkeys(exports)), tuple(map(str, backups)),
        compact, is_empty, facts,
    )  # fmt: skip


def _erase_facts(store: Store, customers: Sequence[str], *, who: str, reason: str) -> int:
    """Remove what other systems told of customers; how many facts it was."""
    if not customers:
        return 0
    with store.write():
        gone = sum(forget_customer(store.db, customer) for customer in customers)
        if gone:
            told = {"reason": tidy_text(reason), "facts": gone}
            add_entries(store, who, [AuditEntry("erase", None, None, told)])
    return gone


def _with_set_aside(store: Store, call_ids: Sequence[str]) -> tuple[str, ...]:
    """The calls with every other recording of each, whichever counts: they hold the same customer's words."""
    found = []
    for call_id in call_ids:
        counted = find_counted(store.db, call_id)
        found += [call_id, counted, *find_set_aside(store.db, counted)]
    return tuple(dict.fromkeys(found))


def _find_exports(store: Store, call_id: str) -> list[tuple[str, str]]:
    rows = read_trail(store, call_id=call_id, action="export")
    return [(str(json.loads(row.detail)["to"]), row.at) for row in rows if row.detail]
