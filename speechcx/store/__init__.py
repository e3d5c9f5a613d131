"""The store: SQLite, everything that was found out about every call, and what became of every file.

Takes: outcomes (a ``Call`` or a ``Failure``). Gives: the same nouns back, equal to what was saved.
Never decodes, judges or prints. One call is one transaction; only the parent process writes.

To keep a new measure: a column in a new file under ``migrations/`` (with its comment), and the pair
of functions that write and read it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import lazy_loader

from speechcx.store.busy import Patience
from speechcx.store.calls.lookup_tables import LookupTable
from speechcx.store.database import begin_write, expect_unchanged, open_database, write_transaction
from speechcx.store.filters import CallFilter, SqlValue
from speechcx.store.visible import VisibleCalls, find_calls_under_review, hide_other_calls

if TYPE_CHECKING:
    from speechcx.call import Assessment, Call, Conversation, Details, Party, Reading, Word
    from speechcx.errors import SpeechcxError
    from speechcx.store.calls.team_assignment import RosterLine
    from speechcx.store.ledger import (
        FileState,
        FileStats,
        KnownFile,
        Ledger,
        RunInfo,
        RunTotals,
        digest_details,
    )
else:
    _LEDGER = ["FileState", "FileStats", "KnownFile", "Ledger", "RunInfo", "RunTotals", "digest_details"]
    # A question needs nothing of what writes, so that is loaded by the first method that does.
    __getattr__, __dir__, _ = lazy_loader.attach(__name__, submod_attrs={"ledger": _LEDGER})

__all__ = [
    "CallFilter",
    "FileState",
    "FileStats",
    "KnownFile",
    "Ledger",
    "Patience",
    "RunInfo",
    "RunTotals",
    "SqlValue",
    "Store",
    "VisibleCalls",
    "digest_details",
]


class Store:
    """An open database; a context manager. Make one with :meth:`open`.

    Attributes
    ----------
    db
        The connection. Every write goes through the methods below.
    path
        The database file.
    patience
        How long writes wait while another program holds the database.
    names
        Numbers of what many calls refer to.
    visible
        The calls that may be seen, where others are hidden (:meth:`open_for`).
    under_review
        Calls that are hidden from the person who reads, since they review them blind.
    """

    def __init__(self, db: sqlite3.Connection, path: Path, patience: Patience | None = None) -> None:
        self.db = db
        self.path = path
        self.patience = patience or Patience()
        self.names = LookupTable(db)
        self.visible: VisibleCalls | None = None
        self.under_review: tuple[str, ...] = ()

    @cached_property
    def ledger(self) -> Ledger:
        """Files, runs, attempts and failures."""
        from speechcx.store.ledger import Ledger

        return Ledger(self.db, write=self.write, save_call=self.save_call)

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        create: bool = False,
        read_only: bool = False,
        patience: Patience | None = None,
    ) -> Store:
        """Open a database, bringing an old schema up to date after a backup beside it.

        Parameters
        ----------
        path
            The database file.
        create
            Make the file where there is none, readable by its owner only.
        read_only
            Refuse every write; also refuses a schema that would first need a migration. Works on read-only
            disks too.
        patience
            How long to wait for another program, here and in every write.

        Raises
        ------
        DatabaseMissing
            There is no file, and `create` is not set.
        DatabaseBad
            The file is not ours, damaged, or written by a newer version.
        DatabaseBusy
            Another program held it too long.
        AccessDenied, DiskFull, DiskError
            The file, its folder or its disk does not let it be used.
        """
        place = Path(path)
        db = open_database(place, create=create, read_only=read_only, patience=patience)
        return cls(db, place, patience)

    @classmethod
    def open_for(
        cls, path: str | Path, visible: VisibleCalls | None, *, reviewer: str | None = None
    ) -> Store:
        """Open a database to read the calls that one person may see; None for all. Errors as :meth:`open`.

        Calls that `reviewer` has a review of open are hidden too.
        """
        store = cls.open(path, read_only=True)
        if visible is not None or reviewer is not None:
            try:
                store.under_review = () if reviewer is None else find_calls_under_review(store.db, reviewer)
                hide_other_calls(store.db, visible, store.under_review)
                store.visible = visible
            except BaseException:
                store.close()
                raise
        return store

    def close(self) -> None:
        """Close the connection."""
        self.db.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close; an error of SQLite or the disk leaves the block as one that says what is wrong and what to do."""
        try:
            if error is None:
                expect_unchanged(self.db, self.path)
        finally:
            self.close()
        # A file that is not there may be any other than the database: which it is, is told by its name.
        found = self.explain(error) if isinstance(error, sqlite3.Error | FileNotFoundError) else None
        if found is not None:
            raise found from error

    def explain(self, error: BaseException) -> SpeechcxError | None:
        """What is wrong with the database as a whole, with its cure; None where `error` is about something else."""
        from speechcx.store.trouble import explain

        return explain(error, self.path)

    @contextmanager
    def write(self) -> Iterator[None]:
        """One write transaction (``BEGIN IMMEDIATE``); inside another one, part of it.

        Waits as long as `patience` lasts while another program holds the database.
        """
        try:
            with write_transaction(self.db, begin=self._begin):
                yield
        except BaseException:
            self.names.forget()
            raise

    def _begin(self) -> None:
        self.patience.wait(lambda: begin_write(self.db), self.path)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Whatever is read inside is of one moment, also while a run writes; inside a transaction, part of it."""
        if self.db.in_transaction:
            yield
            return
        self.db.execute("BEGIN")
        try:
            yield
        finally:
            self.db.rollback()

    # --- calls

    def save_call(self, call: Call) -> None:
        """Replace everything stored of a call by this, in one transaction.

        An assessment under another rulebook than the new one is kept. A call that was heard from
        the same file before and is nowhere else any more is set aside (``superseded_by``).
        """
        from speechcx.store.calls import whole_call

        with self.write():
            whole_call.replace_call(self.db, call, self.names)

    def save_assessment(self, call_id: str, assessment: Assessment) -> None:
        """Judge a stored call again; an assessment under another rulebook is kept under its version.

        Many in one ``with store.write():`` cost one commit.

        Raises
        ------
        KeyError
            The call is not stored.
        """
        from speechcx.store.calls import whole_call

        with self.write():
            whole_call.replace_assessment(self.db, self._call_no(call_id), assessment, self.names)

    def update_details(self, call_id: str, details: Details) -> None:
        """Correct what is known of a stored call besides its sound; its measures stay as they are.

        Rules may ask for details, so judge it again afterwards. Channels named by a person (their source
        is ``relabel``) are no news of the call's own source: the ledger goes on comparing with that.

        Raises
        ------
        KeyError
            The call is not stored.
        """
        from speechcx.store.calls import whole_call

        with self.write():
            whole_call.replace_details(self.db, self._call_no(call_id), details, self.names)
            if not details.is_relabelled:
                self.ledger.note_details(call_id, details)

    def load(self, call_id: str) -> Call:
        """A stored call, equal to the one that was saved.

        Raises
        ------
        KeyError
            The call is not stored.
        """
        from speechcx.call import Call
        from speechcx.store.calls import heard, judged

        with self.snapshot():
            call_no = self._call_no(call_id)
            return Call(heard.read_heard(self.db, call_no), judged.read_judged(self.db, call_no))

    def load_conversation(self, call_id: str) -> Conversation:
        """What was heard in a stored call; KeyError where it is not stored."""
        from speechcx.store.calls import heard

        with self.snapshot():
            return heard.read_heard(self.db, self._call_no(call_id))

    def load_reading(self, call_id: str) -> Reading:
        """Who is who, how the talk flowed and how it felt, as last judged; KeyError where it is not stored."""
        from speechcx.store.calls import judged

        with self.snapshot():
            return judged.read_reading(self.db, self._call_no(call_id))

    def load_words(self, turn_id: int) -> tuple[Word, ...]:
        """The words of a turn with their times, by its number in this database; KeyError where there is none."""
        from speechcx.store.calls.turns import read_words

        return read_words(self.db, turn_id)

    def load_assessment(self, call_id: str, *, digest: str | None = None) -> Assessment | None:
        """The present assessment of a stored call, or the one under the rulebook of a digest.

        Returns
        -------
        Assessment or None
            None where the call was never judged under that rulebook.

        Raises
        ------
        KeyError
            The call is not stored.
        """
        from speechcx.store.calls import judged, past_assessments

        with self.snapshot():
            call_no = self._call_no(call_id)
            present = judged.read_judged(self.db, call_no)
            if digest is None or present.digest == digest:
                return present
            return past_assessments.read_past(self.db, call_no, digest)

    @property
    def hides_calls(self) -> bool:
        """Whether some calls may be hidden from the person who reads; kept sums count them all the same."""
        return self.visible is not None or bool(self.under_review)

    def has_calls(self) -> bool:
        """Whether any call is stored, or may be seen."""
        return self.db.execute("SELECT 1 FROM calls LIMIT 1").fetchone() is not None

    def count_changes(self) -> int:
        """Another number after each change of the database by anybody but this connection; it means nothing else."""
        (version,) = self.db.execute("PRAGMA data_version").fetchone()
        return int(version)

    def iter_call_ids(self, filters: CallFilter | None = None) -> Iterator[str]:
        """Ids of stored calls, oldest first. The list is fixed at the start: writing meanwhile is safe."""
        where, values = (filters or CallFilter()).to_sql()
        rows = self.db.execute(f"SELECT c.call_id FROM calls c WHERE {where} ORDER BY c.call_no", values)
        return iter([call_id for (call_id,) in rows.fetchall()])

    def load_details(self, call_id: str) -> Details:
        """What is known of a stored call besides its sound; KeyError where it is not stored."""
        from speechcx.store.calls import heard

        return heard.read_recording(self.db, self._call_no(call_id)).details

    def find_relabelling(self, call_id: str) -> tuple[Party, ...] | None:
        """Parties of a call's speakers as a person named them; None where nobody did, or no call is stored."""
        from speechcx.store.calls import heard, whole_call

        call_no = whole_call.find_call_no(self.db, call_id)
        details = None if call_no is None else heard.read_recording(self.db, call_no).details
        return details.channels if details is not None and details.is_relabelled else None

    def has_call(self, call_id: str) -> bool:
        """Whether a call is stored."""
        from speechcx.store.calls import whole_call

        return whole_call.find_call_no(self.db, call_id) is not None

    def delete_call(self, call_id: str) -> None:
        """Remove everything stored of a call, past assessments among it; its files stay in the ledger.

        Of its reviews every word goes, while who answered what stays.

        Pages are wiped as they are freed, yet parts of its words may stay in the search index and the
        log until those are rewritten.

        Raises
        ------
        KeyError
            The call is not stored.
        """
        from speechcx.store.calls import whole_call
        from speechcx.store.decisions.review_steps import erase_words

        with self.write():
            whole_call.delete_call(self.db, self._call_no(call_id))
            erase_words(self.db, call_id)

    def tidy(self) -> None:
        """After many writes, as a run's last step: bring the parts of the search index together, and empty the log."""
        with self.write():
            self.db.execute("INSERT INTO turns_fts (turns_fts, rank) VALUES ('merge', 2000)")
        self.db.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def compact(self) -> bool:
        """Rewrite the whole file: smaller, and without a trace of what was deleted.

        Takes as much room again while it works, and waits for readers; not inside :meth:`write`.

        Returns
        -------
        bool
            Whether the log was emptied too; not so while another program goes on reading.
        """
        with self.write():
            self.db.execute("INSERT INTO turns_fts (turns_fts) VALUES ('optimize')")
        self.db.execute("VACUUM")
        return bool(self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)

    def _call_no(self, call_id: str) -> int:
        from speechcx.store.calls import whole_call

        found = whole_call.find_call_no(self.db, call_id)
        if found is None:
            raise KeyError(call_id)
        return found

    # --- what calls refer to

    def save_rulebook(self, digest: str, *, name: str, version: str, source: str) -> None:
        """Keep the text of a rulebook beside the calls judged under it."""
        from speechcx.store.calls.row_digests import note_shared

        with self.write():
            number = self.names.rulebook_no_of(digest, name, version)
            self.db.execute("UPDATE rulebooks SET source = ? WHERE rulebook_no = ?", (source, number))
            note_shared(self.db, "rulebooks", number)

    def sync_roster(self, entries: Iterable[RosterLine]) -> int:
        """Make the stored roster what `entries` say; teams and centers of calls follow.

        Returns
        -------
        int
            Number of agents whose entries changed.
        """
        from speechcx.store.calls import team_assignment

        with self.write():
            return team_assignment.sync_roster(self.db, entries)
