"""Ask for another try of failed calls, the quarantined among them."""

from __future__ import annotations

from collections.abc import Sequence

from speechcx.errors import FAILURE_KINDS, UsageError
from speechcx.store import Store


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
