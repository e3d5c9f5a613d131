"""The ledger: which files were met, which runs took them up, and how each ended.

One transaction for each step, so that a kill at any moment leaves a file either as it was or as it
became. A file that was claimed and never saved stays ``claimed`` with its run; the next run, which
holds the lock, takes it again, and the row in ``attempts`` shows the work was done twice.
"""

from __future__ import annotations

import hashlib
import os
import socket
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from speechcx import __version__
from speechcx.call import Call, Details, Failure, Outcome, Recording
from speechcx.store.calls.file_versions import supersede
from speechcx.store.decisions.chain import read_end
from speechcx.store.moments import utc_text
from speechcx.store.paths import plain_text, write_path

FileState = Literal[
    "seen", "settled", "claimed", "done", "failed", "quarantined", "needs_metadata", "duplicate", "skipped"
]
"""Where a file is on its way; the order is the way."""

OTHER_SHARD = "other_shard"
"""Why a file was left alone whose bytes belong to another part of the recordings than the one a run took."""

_LARGEST_INTEGER = 2**63 - 1

_STATE_OF_KIND: dict[str, FileState] = {"metadata_missing": "needs_metadata", "duplicate": "duplicate"}


@dataclass(frozen=True, slots=True)
class FileStats:
    """What the file system says of a file."""

    size_bytes: int
    mtime_ns: int
    device: int | None = None
    inode: int | None = None

    def is_as(self, known: KnownFile) -> bool:
        """Whether the ledger knows a file with this size and time."""
        return (_fit(self.size_bytes), _fit(self.mtime_ns)) == (known.size_bytes, known.mtime_ns)


def _fit(number: int | None) -> int | None:
    """A number as a column keeps it.

    File systems count further than SQLite does (times beyond the year 2262, inodes of 64 bits without
    a sign): such a number is brought into range, always in the same way.
    """
    return number if number is None or abs(number) <= _LARGEST_INTEGER else number % _LARGEST_INTEGER


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file as the ledger knows it.

    Parameters
    ----------
    size_bytes, mtime_ns
        As last looked at; where either differs, the bytes may be new.
    call_id
        The call whose bytes the file holds; None before it was read.
    state
        Where it is on its way.
    kind
        Failure kind, or why it was skipped.
    attempts
        Times these bytes were taken up since they were new or a retry was asked for.
    listen_digest
        Settings it was last listened to with, also where that failed.
    rulebook_digest
        Rulebook its call is judged under now; None where there is no call.
    details_digest
        :func:`digest_details` of what was known of the call.
    retry_asked
        1 where a person asked for another try.
    run_id
        The run that last touched it.
    """

    size_bytes: int
    mtime_ns: int
    call_id: str | None
    state: FileState
    kind: str | None
    attempts: int
    listen_digest: str | None
    rulebook_digest: str | None
    details_digest: str | None
    retry_asked: int
    run_id: int | None


@dataclass(frozen=True, slots=True)
class RunInfo:
    """A run as it begins."""

    command: str = "run"
    listen_digest: str | None = None
    rulebook_digest: str | None = None
    workers: int | None = None
    paths: tuple[str, ...] = ()
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    host: str = field(default_factory=socket.gethostname)
    pid: int = field(default_factory=os.getpid)
    speechcx: str = __version__
    shard: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class RunTotals:
    """What a run did, in numbers; and the digest of what details are read from, where all of it was applied."""

    planned: int = 0
    done: int = 0
    failed: int = 0
    skipped: int = 0
    audio_s: float = 0.0
    elapsed_s: float = 0.0
    sources_digest: str | None = None


def digest_details(details: Details) -> str:
    """16 hex digits over what is known of a call, without where each thing came from."""
    known = (
        details.agent, details.customer, details.queue, details.direction, details.team, details.center,
        details.zone, details.channels, details.extras,
        None if details.started_at is None else details.started_at.isoformat(),
    )  # fmt: skip
    return hashlib.sha256(repr(known).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _digest_source(details: Details) -> str | None:
    """Digest of what a call's own source says; None where a person's relabelling stands in its place."""
    return None if details.is_relabelled else digest_details(details)


class Ledger:
    """The ledger of one open store.

    Parameters
    ----------
    db
        Open connection.
    write
        Opens a write transaction, or joins the one that is open.
    save_call
        Writes a call's rows; runs inside the transaction of :meth:`save_outcome`.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        *,
        write: Callable[[], AbstractContextManager[object]],
        save_call: Callable[[Call], None],
    ) -> None:
        self._db = db
        self._write = write
        self._save_call = save_call

    # --- reading

    def known_files(self) -> dict[bytes, KnownFile]:
        """Every file the ledger knows, by the bytes of its path, in one query."""
        rows = self._db.execute(
            "SELECT f.path, f.size_bytes, f.mtime_ns, f.call_id, f.state, f.reason, f.attempts,"
            " f.listen_digest, r.digest, f.details_digest, f.retry_asked, f.run_id FROM files f"
            " LEFT JOIN calls c ON c.call_id = f.call_id LEFT JOIN rulebooks r ON r.rulebook_no = c.rulebook_no"
        )
        return {os.fsencode(path): KnownFile(*rest) for path, *rest in rows}

    def find_paths(self, call_id: str) -> tuple[str, ...]:
        """Paths of all files that hold the bytes of a call, in the order they were met."""
        rows = self._db.execute("SELECT path FROM files WHERE call_id = ? ORDER BY file_id", (call_id,))
        return tuple(os.fsdecode(row[0]) for row in rows)

    # --- runs

    def read_sources_digest(self) -> str | None:
        """Digest of what details were read from by the last run that came to its end; None where it is not known."""
        row = self._db.execute(
            "SELECT sources_digest FROM runs WHERE command = 'run' AND finished_at IS NOT NULL"
            " ORDER BY run_id DESC LIMIT 1"
        ).fetchone()
        return None if row is None else row[0]

    def begin_run(self, run: RunInfo) -> int:
        """Write down that a run begins; returns its number.

        To be called with the run lock held: runs that never finished, and the attempts they left
        open, are marked ``interrupted``, since nobody can still be working on them.
        """
        import json

        with self._write():
            self._db.execute(
                "UPDATE runs SET outcome = 'interrupted' WHERE finished_at IS NULL AND outcome IS NULL"
            )
            self._db.execute(
                "UPDATE attempts SET outcome = 'interrupted' WHERE ended_at IS NULL AND outcome IS NULL"
            )
            found = self._db.execute(
                "INSERT INTO runs (command, started_at, speechcx, host, pid, listen_digest, rulebook_digest,"
                " workers, paths, shard, zone) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    run.command, utc_text(run.started_at), run.speechcx, run.host, run.pid, run.listen_digest,
                    run.rulebook_digest, run.workers, json.dumps(run.paths), run.shard, run.zone,
                ),
            )  # fmt: skip
            assert found.lastrowid is not None
            return found.lastrowid

    def finish_run(self, run_id: int, summary: RunTotals, exit_code: int) -> None:
        """Write down what a run did and how it ended."""
        with self._write():
            end = read_end(self._db)
            self._db.execute(
                "UPDATE runs SET finished_at = ?, outcome = 'finished', exit_code = ?, planned = ?, done = ?,"
                " failed = ?, skipped = ?, audio_s = ?, elapsed_s = ?, chain_entries = ?, chain_digest = ?,"
                " sources_digest = ? WHERE run_id = ?",
                (
                    utc_text(), exit_code, summary.planned, summary.done, summary.failed, summary.skipped,
                    summary.audio_s, summary.elapsed_s, end.entries, end.digest, summary.sources_digest, run_id,
                ),
            )  # fmt: skip

    # --- files

    def note_seen(self, run_id: int, files: Iterable[tuple[str, FileStats]]) -> None:
        """Write down files that were found but are not taken up yet; a known state is left alone."""
        with self._write():
            for path, stats in files:
                self._file_id(run_id, path, stats)

    def skip(
        self, run_id: int, path: str, stats: FileStats, *, reason: str, call_id: str | None = None
    ) -> None:
        """Write down that a file was left alone, and why.

        ``reason="duplicate"`` with the `call_id` of the call its bytes belong to sets the state
        ``duplicate``; every other reason sets ``skipped``. Where the file held another call before, that
        one counts no longer (see :mod:`speechcx.store.calls.file_versions`).
        """
        state: FileState = "duplicate" if reason == "duplicate" else "skipped"
        with self._write():
            file_id = self._file_id(run_id, path, stats)
            self._db.execute(
                "UPDATE files SET state = ?, reason = ?, call_id = coalesce(?, call_id), retry_asked = 0"
                " WHERE file_id = ?",
                (state, reason, call_id, file_id),
            )
            self._db.execute("DELETE FROM failures WHERE file_id = ?", (file_id,))
            if state == "duplicate" and call_id is not None:
                supersede(self._db, call_id, path)

    def keep_done(self, run_id: int, path: str, stats: FileStats, *, call_id: str) -> None:
        """Write down that a file holds a call that is done, and is not to be heard again."""
        with self._write():
            file_id = self._file_id(run_id, path, stats)
            self._db.execute(
                "UPDATE files SET state = 'done', reason = NULL, call_id = ?, retry_asked = 0 WHERE file_id = ?",
                (call_id, file_id),
            )

    def claim(self, run_id: int, recording: Recording, stats: FileStats) -> None:
        """Take up a file: it is ``claimed`` until :meth:`save_outcome`."""
        with self._write():
            file_id = self._file_id(run_id, recording.path, stats)
            self._db.execute(
                "UPDATE files SET attempts = CASE WHEN call_id IS ? AND retry_asked = 0 THEN attempts ELSE 0 END + 1,"
                " state = 'claimed', reason = NULL, call_id = ?, retry_asked = 0,"
                " details_digest = coalesce(?, details_digest)"
                " WHERE file_id = ?",
                (recording.id, recording.id, _digest_source(recording.details), file_id),
            )
            self._open_attempt(run_id, file_id, recording.id)

    def note_details(self, call_id: str, details: Details) -> None:
        """Write down with which details a call is stored now."""
        with self._write():
            self._db.execute(
                "UPDATE files SET details_digest = ? WHERE call_id = ?", (digest_details(details), call_id)
            )

    def save_outcome(
        self, run_id: int, outcome: Outcome, stats: FileStats, *, state: FileState | None = None
    ) -> None:
        """Keep what came back for a file, all in one transaction.

        Parameters
        ----------
        run_id
            The run.
        outcome
            A call, whose old rows are replaced; or a failure.
        stats
            The file as it was when it was taken up.
        state
            Where the file goes; None for ``done``, or what the failure's kind says. ``quarantined``
            is for the caller to decide.
        """
        if isinstance(outcome, Failure):
            where = state or _STATE_OF_KIND.get(outcome.kind, "failed")
            with self._write():
                self._save_failure(run_id, outcome, stats, where)
            return
        with self._write():
            self._save_call(outcome)
            self._save_done(run_id, outcome, stats, state or "done")

    def release(self, run_id: int) -> int:
        """Give back what a run claimed and, stopped by a person, let go; it counts as no try. Returns how many."""
        with self._write():
            self._db.execute(
                "UPDATE attempts SET ended_at = ?, outcome = 'released' WHERE run_id = ? AND ended_at IS NULL",
                (utc_text(), run_id),
            )
            found = self._db.execute(
                "UPDATE files SET state = 'seen', attempts = max(attempts - 1, 0)"
                " WHERE state = 'claimed' AND run_id = ?",
                (run_id,),
            )
        return found.rowcount

    def retry(
        self, *, call_ids: Sequence[str] = (), kinds: Sequence[str] = (), paths: Sequence[str] = ()
    ) -> int:
        """Ask for another try of failed files: those named, of these kinds, or all when nothing is given.

        Quarantined files are among them. Returns how many were marked; the next run takes them.
        """
        chosen: list[tuple[str, Sequence[str | bytes]]] = [
            ("call_id", call_ids), ("kind", kinds), ("path", [write_path(path) for path in paths])
        ]  # fmt: skip
        parts = [f"{column} IN ({', '.join('?' * len(values))})" for column, values in chosen if values]
        values = [value for _, group in chosen for value in group]
        with self._write():
            found = self._db.execute(
                "UPDATE files SET retry_asked = 1, attempts = 0 WHERE file_id IN"
                " (SELECT x.file_id FROM (SELECT failures.*, files.path FROM failures JOIN files USING (file_id)) x"
                f" WHERE {' OR '.join(parts) or '1'})",
                values,
            )
        return found.rowcount

    # --- steps inside a transaction

    def _file_id(self, run_id: int, path: str, stats: FileStats) -> int:
        now, value = utc_text(), write_path(path)
        row = self._db.execute(
            "INSERT INTO files (path, size_bytes, mtime_ns, device, inode, state, run_id, changed_at)"
            " VALUES (?, ?, ?, ?, ?, 'seen', ?, ?) ON CONFLICT (path) DO UPDATE SET"
            " size_bytes = excluded.size_bytes, mtime_ns = excluded.mtime_ns, device = excluded.device,"
            " inode = excluded.inode, run_id = excluded.run_id, changed_at = excluded.changed_at,"
            " state = CASE WHEN size_bytes = excluded.size_bytes AND mtime_ns = excluded.mtime_ns"
            " THEN state ELSE 'seen' END RETURNING file_id",
            (
                value, _fit(stats.size_bytes), _fit(stats.mtime_ns), _fit(stats.device), _fit(stats.inode),
                run_id, now,
            ),
        ).fetchone()  # fmt: skip
        return int(row[0])

    def _open_attempt(self, run_id: int, file_id: int, call_id: str | None) -> None:
        self._db.execute(
            "INSERT INTO attempts (file_id, run_id, call_id, started_at) VALUES (?, ?, ?, ?)",
            (file_id, run_id, call_id, utc_text()),
        )

    def _close_attempt(
        self, run_id: int, file_id: int, *, call_id: str | None, outcome: str, kind: str | None
    ) -> None:
        row = self._db.execute(
            "SELECT attempt_id FROM attempts WHERE file_id = ? AND run_id = ? AND ended_at IS NULL",
            (file_id, run_id),
        ).fetchone()
        if row is None:
            self._open_attempt(run_id, file_id, call_id)
        self._db.execute(
            "UPDATE attempts SET ended_at = ?, outcome = ?, kind = ?"
            " WHERE file_id = ? AND run_id = ? AND ended_at IS NULL",
            (utc_text(), outcome, kind, file_id, run_id),
        )

    def _save_done(self, run_id: int, call: Call, stats: FileStats, state: FileState) -> None:
        recording = call.conversation.recording
        file_id = self._file_id(run_id, recording.path, stats)
        self._db.execute(
            "UPDATE files SET state = ?, reason = NULL, call_id = ?, retry_asked = 0, listen_digest = ?,"
            " details_digest = coalesce(?, details_digest) WHERE file_id = ?",
            (
                state, recording.id, call.conversation.provenance.settings_digest,
                _digest_source(recording.details), file_id,
            ),
        )  # fmt: skip
        self._db.execute("DELETE FROM failures WHERE file_id = ?", (file_id,))
        self._close_attempt(run_id, file_id, call_id=recording.id, outcome=state, kind=None)

    def _save_failure(self, run_id: int, failure: Failure, stats: FileStats, state: FileState) -> None:
        call_id = None if failure.recording is None else failure.recording.id
        file_id = self._file_id(run_id, failure.path, stats)
        known = None if failure.recording is None else _digest_source(failure.recording.details)
        self._db.execute(
            "UPDATE files SET state = ?, reason = ?, call_id = coalesce(?, call_id), retry_asked = 0,"
            " details_digest = coalesce(?, details_digest),"
            " listen_digest = (SELECT listen_digest FROM runs WHERE run_id = ?) WHERE file_id = ?",
            (state, failure.kind, call_id, known, run_id, file_id),
        )
        self._db.execute(
            "INSERT OR REPLACE INTO failures (file_id, call_id, run_id, failed_at, stage, kind, message, cure,"
            " detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                file_id, call_id, run_id, utc_text(), plain_text(failure.stage), failure.kind,
                plain_text(failure.message), plain_text(failure.cure), plain_text(failure.detail),
            ),
        )  # fmt: skip
        self._close_attempt(run_id, file_id, call_id=call_id, outcome=state, kind=failure.kind)
