"""The audit trail, read: what people decided, exported and erased, and whether any of it was changed since."""

from __future__ import annotations

from speechcx.ask.ground.call_by_name import find_call_id
from speechcx.ask.ground.opening import Where, reading
from speechcx.errors import UsageError
from speechcx.store.decisions.audit import ACTIONS, AuditRow, TrailVerdict, read_trail, verify_trail


def list_trail(
    where: Where, *, call: str | None = None, rule: str | None = None, action: str | None = None
) -> tuple[AuditRow, ...]:
    """Rows of the trail, oldest first.

    Parameters
    ----------
    where
        Store or database.
    call
        Only about this call, named as for ``show``, or by the whole id where it was erased.
    rule, action
        Only about this rule, only this action.

    Raises
    ------
    UsageError
        There is no such call, and none of that id was erased; or no such action.
    """
    if action is not None and action not in ACTIONS:
        raise UsageError(f"no action {action!r}", f"one of {', '.join(ACTIONS)}", "correct it")
    with reading(where) as store:
        if call is None:
            return read_trail(store, rule=rule, action=action)
        erased = store.db.execute("SELECT call_id FROM erasures WHERE call_id = ?", (call.strip().lower(),))
        known = erased.fetchone()
        return read_trail(
            store, call_id=known[0] if known else find_call_id(store, call), rule=rule, action=action
        )


def check_trail(where: Where) -> TrailVerdict:
    """Whether every row is as it was written."""
    with reading(where) as store:
        return verify_trail(store)
