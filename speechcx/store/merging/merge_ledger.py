"""The ledger of one database brought into another: runs and what they worked with, files, attempts, failures."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from speechcx.store import Store
from speechcx.store.calls.erasure import list_erased
from speechcx.store.calls.row_digests import note_call
from speechcx.store.filters import SqlValue
from speechcx.store.ledger import OTHER_SHARD
from speechcx.store.merging.rows import MergedRow, insert_row, read_rows, update_row

_RANKS = {
    "done": 7, "duplicate": 7, "quarantined": 6, "failed": 5, "needs_metadata": 4, "claimed": 3, "settled": 2,
    "seen": 2, "skipped": 1,
}  # fmt: skip
"""Of two states of the same bytes, the higher one tells more."""


@dataclass(frozen=True, slots=True)
class Making:
    """What the newest runs of a database worked with; None where no run has told.

    Parameters
    ----------
    listen_digest
        Digest of the settings that can change what is heard.
    rulebook
        Name, version and the first digits of the digest of the rulebook.
    speechcx
        Version of the package.
    zone
        Zone that times without one were read in.
    """

    listen_digest: str | None = None
    rulebook: str | None = None
    speechcx: str | None = None
    zone: str | None = None


_NAMES = {
    "listen_digest": "settings of hearing",
    "rulebook": "rulebook",
    "speechcx": "version of speechcx",
    "zone": "zone of the recorder's clock (discover.zone)",
}


class LedgerMerger:
    """Brings the ledger of one source into the target; inside a write, after the calls.

    Parameters
    ----------
    target, source
        Open stores.
    """

    def __init__(self, target: Store, source: Store) -> None:
        self.db = target.db
        self.source = source.db
        self.new_runs = 0
        self._runs: dict[SqlValue, int] = {}
        self._files: dict[SqlValue, int] = {}
        self._touched: set[str] = set()
        self._erased = list_erased(self.db)

    def take(self) -> None:
        """Bring in everything."""
        for row in read_rows(self.source, "SELECT * FROM runs ORDER BY run_id"):
            self._take_run(row)
        columns = "file_id, path, size_bytes, mtime_ns, state, reason, call_id, changed_at"
        there = {row["path"]: row for row in read_rows(self.db, f"SELECT {columns} FROM files")}
        failures = {row["file_id"]: row for row in read_rows(self.source, "SELECT * FROM failures")}
        for row in read_rows(self.source, "SELECT * FROM files ORDER BY file_id"):
            self._take_file(row, there.get(row["path"]), failures.get(row["file_id"]))
        self._take_attempts()
        self._settle_copies()
        self._settle_versions()
        self._take_left_out()

    def _take_run(self, row: MergedRow) -> None:
        number = row.pop("run_id")
        # What it applied to its calls says nothing of the other calls here.
        row["sources_digest"] = None
        # Nobody is at work on a database that can be merged: a run without an end was killed.
        if row["finished_at"] is None and row["outcome"] is None:
            row["outcome"] = "interrupted"
        found = self.db.execute(
            "SELECT run_id, finished_at FROM runs WHERE (command, started_at, host, pid) = (?, ?, ?, ?)",
            (row["command"], row["started_at"], row["host"], row["pid"]),
        ).fetchone()
        if found is None:
            self._runs[number] = insert_row(self.db, "runs", row)
            self.new_runs += 1
            self.db.execute("UPDATE runs SET sources_digest = NULL WHERE sources_digest IS NOT NULL")
            return
        self._runs[number] = found[0]
        if found[1] is None and row["finished_at"] is not None:
            update_row(self.db, "runs", row | {"run_id": found[0]}, key="run_id")

    def _take_file(self, row: MergedRow, before: MergedRow | None, failure: MergedRow | None) -> None:
        number = row.pop("file_id")
        row["run_id"] = None if row["run_id"] is None else self._runs[row["run_id"]]
        if row["call_id"] in self._erased:
            row |= {"state": "skipped", "reason": "erased", "retry_asked": 0}
            failure = None
        if before is None:
            self._files[number] = insert_row(self.db, "files", row)
        else:
            self._files[number] = int(str(before["file_id"]))
            if not _tells_more(row, before):
                return
            update_row(self.db, "files", row | {"file_id": before["file_id"]}, key="file_id")
            self.db.execute("DELETE FROM failures WHERE file_id = ?", (before["file_id"],))
            self._touch(before["call_id"])
        self._touch(row["call_id"])
        if failure is not None:
            run_id = self._runs[failure["run_id"]]
            insert_row(self.db, "failures", failure | {"file_id": self._files[number], "run_id": run_id})

    def _touch(self, call_id: SqlValue) -> None:
        if call_id is not None:
            self._touched.add(str(call_id))

    def _take_attempts(self) -> None:
        for row in read_rows(self.source, "SELECT * FROM attempts ORDER BY attempt_id"):
            del row["attempt_id"]
            row |= {"file_id": self._files[row["file_id"]], "run_id": self._runs[row["run_id"]]}
            if row["ended_at"] is None and row["outcome"] is None:
                row["outcome"] = "interrupted"
            found = self.db.execute(
                "SELECT attempt_id, ended_at FROM attempts WHERE (file_id, run_id, started_at) = (?, ?, ?)",
                (row["file_id"], row["run_id"], row["started_at"]),
            ).fetchone()
            if found is None:
                insert_row(self.db, "attempts", row)
            elif found[1] is None and row["ended_at"] is not None:
                update_row(self.db, "attempts", row | {"attempt_id": found[0]}, key="attempt_id")

    def _settle_copies(self) -> None:
        """Of several files with the bytes of a call, one stands for it and the others are copies, as in one run."""
        for call_id in sorted(self._touched):
            rows = self.db.execute(
                "SELECT f.file_id, f.path = r.path AS stands FROM files f LEFT JOIN calls c ON c.call_id = f.call_id"
                " LEFT JOIN recordings r ON r.call_no = c.call_no WHERE f.call_id = ? AND f.state = 'done'"
                " ORDER BY stands DESC, f.mtime_ns, f.path",
                (call_id,),
            ).fetchall()
            for file_id, _ in rows[1:]:
                self.db.execute(
                    "UPDATE files SET state = 'duplicate', reason = 'duplicate' WHERE file_id = ?", (file_id,)
                )

    def _settle_versions(self) -> None:
        """A call counts where a file still holds its bytes, and gave way where its file holds another call now."""
        for call_id in sorted(self._touched):
            row = self.db.execute(
                "SELECT c.call_no, c.superseded_by, f.call_id, EXISTS"
                " (SELECT 1 FROM files h WHERE h.call_id = c.call_id) FROM calls c"
                " JOIN recordings r USING (call_no) LEFT JOIN files f ON f.path = r.path WHERE c.call_id = ?",
                (call_id,),
            ).fetchone()
            if row is None:
                continue
            call_no, before, holds, is_held = row
            after = None if is_held else (holds or before)
            if after != before:
                self.db.execute("UPDATE calls SET superseded_by = ? WHERE call_no = ?", (after, call_no))
                note_call(self.db, call_no, only=("calls",))

    def _take_left_out(self) -> None:
        rows = self.source.execute("SELECT * FROM other_files").fetchall()
        self.db.executemany("INSERT OR IGNORE INTO other_files VALUES (?, ?, ?, ?, ?)", rows)
        known = set(self.db.execute("SELECT path, line, found FROM source_warnings"))
        for path, line, found, cure in self.source.execute(
            "SELECT path, line, found, cure FROM source_warnings ORDER BY warning_id"
        ):
            if (path, line, found) not in known:
                row: MergedRow = {"path": path, "line": line, "found": found, "cure": cure}
                insert_row(self.db, "source_warnings", row)


def find_left(db: sqlite3.Connection) -> tuple[int, tuple[str, ...]]:
    """How many files no run has dealt with, and the shards that no finished run took, as ``3/5``."""
    (left,) = db.execute(
        "SELECT count(*) FROM files WHERE state IN ('seen', 'settled', 'claimed')"
        " OR (state = 'skipped' AND reason = ?)",
        (OTHER_SHARD,),
    ).fetchone()
    if not left:
        return 0, ()
    rows = db.execute(
        "SELECT shard, max(finished_at IS NOT NULL) FROM runs WHERE shard IS NOT NULL GROUP BY 1"
    )
    return int(left), _missing_shards(dict(rows.fetchall()))


def _missing_shards(ended: dict[str, int]) -> tuple[str, ...]:
    taken = {shard for shard, is_over in ended.items() if is_over}
    sizes: Iterable[int] = sorted({int(shard.partition("/")[2]) for shard in ended})
    wanted = (f"{number}/{size}" for size in sizes for number in range(1, size + 1))
    return tuple(shard for shard in wanted if shard not in taken)


def _tells_more(row: MergedRow, before: MergedRow) -> bool:
    """Whether a source's row about a file takes the place of the one that is there."""
    if before["reason"] == "erased":
        return False
    if row["reason"] == "erased":
        return True
    if (row["size_bytes"], row["mtime_ns"]) != (before["size_bytes"], before["mtime_ns"]):
        return str(row["changed_at"]) > str(before["changed_at"])
    return _rank(row) > _rank(before)


def _rank(row: MergedRow) -> int:
    return 0 if row["reason"] == OTHER_SHARD else _RANKS.get(str(row["state"]), 0)


def read_making(db: sqlite3.Connection) -> Making:
    """What the newest runs of a database worked with."""
    found = {}
    for column in ("listen_digest", "rulebook_digest", "speechcx", "zone"):
        row = db.execute(
            f"SELECT {column} FROM runs WHERE {column} IS NOT NULL AND command IN ('run', 'rejudge')"
            " ORDER BY started_at DESC, run_id DESC LIMIT 1"
        ).fetchone()
        found[column] = None if row is None else str(row[0])
    digest = found.pop("rulebook_digest")
    named = db.execute(
        "SELECT name || ' ' || version FROM rulebooks WHERE digest = ? ORDER BY source IS NULL, rulebook_no DESC",
        (digest,),
    ).fetchone()
    rulebook = None if digest is None else f"{named[0] if named else 'rulebook'} ({digest[:8]})"
    return Making(rulebook=rulebook, **found)


def find_differences(makings: Sequence[tuple[str, Making]]) -> tuple[str, ...]:
    """In what databases were made differently, one line for each thing, naming who has what."""
    lines = []
    for name, title in _NAMES.items():
        held: dict[str, list[str]] = {}
        for place, making in makings:
            value = getattr(making, name)
            if value is not None:
                held.setdefault(value, []).append(place)
        if len(held) > 1:
            told = "; ".join(f"{value} in {', '.join(places)}" for value, places in held.items())
            lines.append(f"{title}: {told}")
    return tuple(lines)
