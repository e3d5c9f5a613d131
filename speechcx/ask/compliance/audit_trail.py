"""The audit trail, read: what people decided, exported and erased, and whether any of it was changed since."""

from __future__ import annotations

from speechcx.ask.ground.call_by_name import find_call_id
from speechcx.ask.ground.opening import Where, reading
from speechcx.errors import UsageError
from speechcx.store import Store
from speechcx.store.decisions.audit import ACTIONS, AuditRow, read_trail
from speechcx.store.decisions.audit import count_trail as count_rows
from speechcx.store.decisions.certificates import Certificate, list_certificates
from speechcx.store.decisions.trail_check import TrailVerdict, verify_trail


def list_trail(
    where: Where, *, call: str | None = None, rule: str | None = None, action: str | None = None,
    limit: int | None = None, offset: int = 0,
) -> tuple[AuditRow, ...]:  # fmt: skip
    """Rows of the trail, oldest first.

    Parameters
    ----------
    where
        Store or database.
    call
        Only about this call, named as for ``show``, or by the whole id where it was erased.
    rule, action
        Only about this rule, only this action.
    limit, offset
        The newest so many, before the newest so many; all without a limit.

    Raises
    ------
    UsageError
        There is no such call, and none of that id was erased; or no such action.
    """
    if action is not None and action not in ACTIONS:
        raise UsageError(f"no action {action!r}", f"one of {', '.join(ACTIONS)}", "correct it")
    with reading(where) as store:
        call_id = None if call is None else _find_id(store, call)
        return read_trail(store, call_id=call_id, rule=rule, action=action, limit=limit, offset=offset)


def count_trail(where: Where, *, call: str | None = None, action: str | None = None) -> int:
    """How many rows :func:`list_trail` has without a limit."""
    with reading(where) as store:
        return count_rows(store, call_id=None if call is None else _find_id(store, call), action=action)


def _find_id(store: Store, call: str) -> str:
    """The id of a call, also of an erased one."""
    erased = store.db.execute(
        "SELECT call_id FROM erasures WHERE call_id = ?", (call.strip().lower(),)
    ).fetchone()
    return str(erased[0]) if erased else find_call_id(store, call)


def find_certificate(where: Where, number: int) -> Certificate:
    """A certificate of erasure by its number; UsageError where there is none."""
    with reading(where) as store:
        found = list_certificates(store.db)
    for one in found:
        if one.certificate_id == number:
            return one
    known = f"1 to {found[-1].certificate_id}" if found else "none yet"
    raise UsageError(
        f"no certificate {number}", f"the number of an erasure's certificate ({known})", "correct it"
    )


def list_all_certificates(where: Where) -> tuple[Certificate, ...]:
    """Every certificate of erasure, oldest first."""
    with reading(where) as store:
        return list_certificates(store.db)


def check_trail(where: Where) -> TrailVerdict:
    """Whether every row is as it was written."""
    with reading(where) as store:
        return verify_trail(store)
