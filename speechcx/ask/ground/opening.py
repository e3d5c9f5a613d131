"""Opening what a question is put to: a store that is open already, or a database file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from speechcx.store import Store

Where = Store | Path | str


@contextmanager
def reading(where: Where) -> Iterator[Store]:
    """A store to read from, as it is at this moment; opened read-only, and closed afterwards, where a path is given.

    What a run writes meanwhile is not seen, so that the numbers of one answer fit each other.

    Raises
    ------
    DatabaseMissing, DatabaseBad
        As :meth:`speechcx.store.Store.open`.
    """
    if isinstance(where, Store):
        with where.snapshot():
            yield where
        return
    with Store.open(where, read_only=True) as store, store.snapshot():
        yield store
