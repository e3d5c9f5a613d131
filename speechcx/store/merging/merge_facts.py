"""Facts of one database brought into another: of two forms of one, the one that was imported last."""

from __future__ import annotations

from speechcx.store import Store
from speechcx.store.calls.row_digests import note_shared_rows
from speechcx.store.facts.match_calls import match_facts
from speechcx.store.facts.records import rebuild_records
from speechcx.store.filters import SqlValue
from speechcx.store.merging.rows import MergedRow, insert_row, read_rows, update_row

_KEYS: dict[str, tuple[str, tuple[str, ...]]] = {
    "call_legs": ("leg_no", ("record_id", "leg_id")),
    "survey_answers": ("answer_no", ("answer_id",)),
    "accounts": ("account_no", ("account_id",)),
}
"""Number and key of each table of facts."""

_PLACES = ("import_no", "row", "call_id", "matched_by", "candidates")
"""Columns that say where a fact came from, or what was found for it; not the fact itself."""


class FactMerger:
    """Brings the facts of one source into the target; inside a write, after the calls.

    Parameters
    ----------
    target, source
        Open stores.
    """

    def __init__(self, target: Store, source: Store) -> None:
        self.db = target.db
        self.source = source.db
        self.new = 0
        self._imports: dict[SqlValue, int] = {}
        self._moments: dict[SqlValue, str] = {}

    def take(self) -> None:
        """Bring in everything, and look again for the recording of each fact."""
        for row in read_rows(self.source, "SELECT * FROM imports ORDER BY import_no"):
            self._take_import(row)
        changed = set[str]()
        for table in _KEYS:
            for row in read_rows(self.source, f"SELECT * FROM {table}"):
                if self._take(table, row):
                    self.new += 1
                    changed |= {str(row["record_id"])} if table == "call_legs" else set()
        rebuild_records(self.db, changed)
        match_facts(self.db)

    def _take_import(self, row: MergedRow) -> None:
        number = row.pop("import_no")
        self._moments[number] = str(row["imported_at"])
        found = self.db.execute(
            "SELECT import_no FROM imports WHERE (kind, sha256, imported_at) = (?, ?, ?)",
            (row["kind"], row["sha256"], row["imported_at"]),
        ).fetchone()
        self._imports[number] = insert_row(self.db, "imports", row) if found is None else int(found[0])
        if found is None:
            note_shared_rows(self.db, "imports", [self._imports[number]])

    def _take(self, table: str, row: MergedRow) -> bool:
        """Add a fact, or the later form of one; whether anything was new."""
        number, key = _KEYS[table]
        moment = self._moments[row["import_no"]]
        row["import_no"] = self._imports[row["import_no"]]
        del row[number]
        if "candidates" in row:
            row |= {"call_id": None, "matched_by": None, "candidates": 0}
        condition = " AND ".join(f"{name} = ?" for name in key)
        there = next(
            read_rows(self.db, f"SELECT * FROM {table} WHERE {condition}", [row[name] for name in key]), None
        )
        if there is not None and (self._says_the_same(row, there) or moment <= self._moment_of(there)):
            return False
        if there is None:
            stored = insert_row(self.db, table, row)
        else:
            stored = int(str(there[number]))
            update_row(self.db, table, row | {number: stored}, key=number)
        note_shared_rows(self.db, table, [stored])
        return True

    def _says_the_same(self, row: MergedRow, there: MergedRow) -> bool:
        return all(there[name] == value for name, value in row.items() if name not in _PLACES)

    def _moment_of(self, there: MergedRow) -> str:
        found = self.db.execute("SELECT imported_at FROM imports WHERE import_no = ?", (there["import_no"],))
        return str(found.fetchone()[0])
