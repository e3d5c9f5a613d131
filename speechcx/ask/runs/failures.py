"""Calls that could not be scored, as things stand now: why, who can do something, and what."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from speechcx.ask.ground.call_by_name import _SHOWN
from speechcx.ask.ground.opening import Where, reading
from speechcx.errors import FAILURE_KINDS, UsageError
from speechcx.store import Store
from speechcx.store.paths import read_path, write_path


@dataclass(frozen=True, slots=True)
class FailureRow:
    """One failed file.

    Parameters
    ----------
    path, call_id
        The file, and its call where its bytes could be read.
    state
        ``failed``, ``quarantined`` or ``needs_metadata``; ``settled`` waits for its next try.
    kind, stage
        What went wrong, and where.
    message, cure, detail
        What was found, what to do, and more for developers.
    who
        The person who can do something about it.
    attempts
        Tries so far.
    retry
        Whether and when a run tries it again by itself.
    retry_asked
        A person asked for another try.
    failed_at, run_id
        When, UTC, and in which run.
    """

    path: str
    call_id: str | None
    state: str
    kind: str
    stage: str
    message: str
    cure: str
    detail: str
    who: str
    attempts: int
    retry: str
    retry_asked: bool
    failed_at: str
    run_id: int


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many files failed in one way."""

    kind: str
    n: int
    sentence: str
    cure: str
    who: str
    retry: str


_SELECT = (
    "SELECT path, x.call_id, state, kind, stage, message, cure, detail, attempts, retry_asked, failed_at, x.run_id"
    " FROM failures x JOIN files f USING (file_id)"
)


def list_failures(
    where: Where, *, kind: str | None = None, limit: int | None = None
) -> tuple[FailureRow, ...]:
    """Failed files, the newest first.

    Parameters
    ----------
    where
        Store or database.
    kind
        Only this kind of failure.
    limit
        At most this many.

    Raises
    ------
    UsageError
        There is no such kind.
    """
    if kind is not None and kind not in FAILURE_KINDS:
        near = difflib.get_close_matches(kind, FAILURE_KINDS, n=1)
        raise UsageError(
            f"no failure kind {kind!r}", f"one of {', '.join(FAILURE_KINDS)}",
            f"use {near[0]}" if near else "choose one of these",
        )  # fmt: skip
    with reading(where) as store:
        rows = store.db.execute(
            f"{_SELECT} WHERE ?1 IS NULL OR kind = ?1 ORDER BY failed_at DESC, x.file_id DESC LIMIT ?2",
            (kind, -1 if limit is None else limit),
        )
        return tuple(_row(row) for row in rows)


def find_failure(where: Where, name: str) -> FailureRow:
    """The failed file of a path, a file name, a call id or the beginning of one.

    Raises
    ------
    UsageError
        No failed file, or several, have that name.
    """
    with reading(where) as store:
        rows = _find(store, name)
    if len(rows) == 1:
        return rows[0]
    if rows:
        paths = ", ".join(row.path for row in rows[:_SHOWN])
        raise UsageError(
            f"{len(rows)} failed files are named {name!r}", "the path of one", f"use one of {paths}"
        )
    raise UsageError(
        f"no failed file is named {name!r}", "a path or call id", "list them by `speechcx failures`"
    )


def count_failures(where: Where) -> tuple[KindCount, ...]:
    """How many files failed in which way, most frequent first."""
    with reading(where) as store:
        rows = store.db.execute(
            "SELECT kind, count(*) FROM failures GROUP BY kind ORDER BY 2 DESC, 1"
        ).fetchall()
    return tuple(
        KindCount(slug, n, kind.sentence, kind.cure, kind.who, kind.retry)
        for slug, n in rows
        for kind in (FAILURE_KINDS.get(slug, FAILURE_KINDS["internal"]),)
    )


def _find(store: Store, name: str) -> list[FailureRow]:
    tail = write_path("/" + name.lstrip("/"))
    rows = store.db.execute(
        f"{_SELECT} WHERE path = ?1 OR substr(path, -length(?2)) = ?2 OR substr(x.call_id, 1, length(?3)) = ?3",
        (write_path(name), tail, write_path(name) if len(name) >= 4 else None),
    )
    return [_row(row) for row in rows]


def _row(row: tuple[object, ...]) -> FailureRow:
    path, call_id, state, kind, stage, message, cure, detail, attempts, asked, failed_at, run_id = row
    known = FAILURE_KINDS.get(str(kind), FAILURE_KINDS["internal"])
    assert isinstance(path, str | bytes)
    return FailureRow(
        path=read_path(path),
        call_id=None if call_id is None else str(call_id),
        state=str(state),
        kind=str(kind),
        stage=str(stage),
        message=str(message),
        cure=str(cure),
        detail=str(detail),
        who=known.who,
        attempts=int(str(attempts)),
        retry=known.retry,
        retry_asked=bool(asked),
        failed_at=str(failed_at),
        run_id=int(str(run_id)),
    )
