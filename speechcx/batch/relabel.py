"""Correct who is who in a stored call: a person's word goes before every guess, and no audio is needed."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from speechcx.batch.lock import hold_lock
from speechcx.call import Call, Party, Role
from speechcx.config import Settings
from speechcx.errors import CallError, UsageError
from speechcx.pipeline import judge
from speechcx.rules import Rulebook
from speechcx.store import Store

_OTHER: dict[Party, Party] = {"agent": "customer", "customer": "agent"}


def relabel(
    store: Store, call_id: str, parties: tuple[Party, ...] | None, rulebook: Rulebook, settings: Settings
) -> tuple[Role, ...]:
    """Give the speakers of a stored call their parties, and judge the call anew, in one transaction.

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
            store.save_rulebook(
                rulebook.digest, name=rulebook.name, version=rulebook.version, source=rulebook.source
            )
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
