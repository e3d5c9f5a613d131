"""The calls of one database brought into another, new ones and those that both have; and its roster."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from speechcx.call import Call
from speechcx.store import Store
from speechcx.store.calls.erasure import forget_files, list_erased, remove_said
from speechcx.store.calls.removed_parts import is_frozen, note_removed
from speechcx.store.calls.row_digests import note_call
from speechcx.store.calls.team_assignment import place_calls
from speechcx.store.calls.whole_call import find_call_no, write_call
from speechcx.store.decisions.chain import note_decision
from speechcx.store.decisions.legal_holds import find_held
from speechcx.store.merging.merger import Merger
from speechcx.store.merging.rows import MergedRow, Numbers, insert_row, read_rows
from speechcx.store.merging.versions import (
    MergeConflict,
    Preference,
    describe_difference,
    is_older,
    version_of,
)

_ENTRY = "agent, valid_from, valid_to, name, team, center"


@dataclass(slots=True)
class CallCounts:
    """What became of the calls of a source.

    Parameters
    ----------
    new, newer, known, erased
        Calls that only it had; that it had in a later state; that were there already; that were erased.
    disagreements
        Calls that the target has in another form.
    """

    new: int = 0
    newer: int = 0
    known: int = 0
    erased: int = 0
    disagreements: list[MergeConflict] = field(default_factory=list)


def find_held_and_erased(target: Store, source: Store, *, name: str) -> tuple[MergeConflict, ...]:
    """Calls that one of two databases has erased while a hold of either keeps them; after :func:`take_holds`.

    Neither may be undone: nothing can be merged before the hold is released.
    """
    ours, theirs = list_erased(target.db), list_erased(source.db)
    lost = [call_id for (call_id,) in source.db.execute("SELECT call_id FROM calls") if call_id in ours]
    held = {**find_held(target.db, sorted(theirs - ours)), **find_held(target.db, lost)}
    return tuple(
        MergeConflict(
            "hold", call_id, name, f"one database has erased it, and the legal hold {hold.name!r} keeps it"
        )
        for call_id, hold in sorted(held.items())
    )


def take_erasures(target: Store, source: Store) -> tuple[str, ...]:
    """Erase what was erased in the source; inside a write. Returns the calls that were not erased before."""
    known = list_erased(target.db)
    new = []
    for row in read_rows(source.db, "SELECT * FROM erasures ORDER BY erased_at, call_id"):
        call_id = str(row["call_id"])
        if call_id in known:
            continue
        new.append(call_id)
        remove_said(target, call_id)
        insert_row(target.db, "erasures", row)
        note_decision(target.db, "erasures", (call_id,))
        left = [path for path in target.ledger.find_paths(call_id) if os.path.exists(path)]
        forget_files(target, call_id, left)
    return tuple(new)


class CallMerger(Merger):
    """Brings the calls of one source into the target; inside a write."""

    def __init__(
        self, target: Store, source: Store, numbers: Numbers, *, name: str, preference: Preference
    ) -> None:
        super().__init__(target, source, numbers, name=name, preference=preference)
        self.counts = CallCounts()
        self._seen = set(target.db.execute("SELECT call_id, version FROM merged_calls"))

    def take(self, call_id: str) -> None:
        """Bring in one call."""
        if call_id in self._erased:
            self.counts.erased += 1
            return
        if is_frozen(self.target.db, call_id):
            # What retention removed here does not come back from there.
            self.counts.known += 1
            return
        theirs = self.source.load(call_id)
        version = version_of(theirs)
        if (call_id, version) in self._seen:
            self.counts.known += 1
            return
        self._settle(call_id, theirs, version)

    def _settle(self, call_id: str, theirs: Call, version: str) -> None:
        counts = self.counts
        if not self.target.has_call(call_id):
            self._write(call_id, theirs)
            counts.new += 1
        else:
            ours = self.target.load(call_id)
            if version_of(ours) == version or self._is_older(theirs, ours, self.target):
                counts.known += 1
            elif self.preference.wins or self._is_older(ours, theirs, self.source):
                self._write(call_id, theirs)
                counts.newer += 1
            elif call_id in self.preference.settled:
                counts.known += 1
            else:
                what = describe_difference(ours, theirs)
                counts.disagreements.append(MergeConflict("call", call_id, self.name, what))
                return
        note_removed(self.target.db, self.source.db, call_id)
        self._take_past(call_id)
        insert_row(self.target.db, "merged_calls", {"call_id": call_id, "version": version})

    def _is_older(self, one: Call, other: Call, holder: Store) -> bool:
        past = holder.load_assessment(one.conversation.recording.id, digest=one.assessment.digest)
        return is_older(one, other, past)

    def _write(self, call_id: str, call: Call) -> None:
        write_call(self.target.db, call, self.target.names)
        stood = self.source.db.execute(
            "SELECT superseded_by FROM calls WHERE call_id = ?", (call_id,)
        ).fetchone()
        call_no = find_call_no(self.target.db, call_id)
        assert call_no is not None
        self.target.db.execute("UPDATE calls SET superseded_by = ? WHERE call_no = ?", (*stood, call_no))
        note_call(self.target.db, call_no, only=("calls",))

    def _take_past(self, call_id: str) -> None:
        """Keep the source's past assessments under rulebooks that the target has none under."""
        call_no = find_call_no(self.target.db, call_id)
        assert call_no is not None
        db, has_new = self.target.db, False
        there = {
            number
            for (number,) in db.execute(
                "SELECT rulebook_no FROM calls WHERE call_no = ?1"
                " UNION SELECT rulebook_no FROM past_assessments WHERE call_no = ?1",
                (call_no,),
            )
        }
        for row in self._read_past(call_id):
            number = self.numbers.rulebook_no(row["rulebook_no"])
            if number not in there:
                insert_row(db, "past_assessments", row | {"call_no": call_no, "rulebook_no": number})
                has_new = True
        if has_new:
            note_call(db, call_no, only=("past_assessments",))

    def _read_past(self, call_id: str) -> list[MergedRow]:
        sql = "SELECT p.* FROM past_assessments p JOIN calls USING (call_no) WHERE call_id = ? ORDER BY p.replaced_at"
        return list(read_rows(self.source.db, sql, (call_id,)))


def merge_roster(target: Store, source: Store) -> tuple[str, ...]:
    """Add the agents that only the source knows; of the others, the roster of the newer run holds.

    A roster is what the newest run read, and each run puts its own in place of the one before. Inside
    the target's write, before the runs of the source are brought in.

    Returns
    -------
    tuple of str
        What to tell of it.
    """
    ours, theirs = _read(target), _read(source)
    is_newer = _newest_run(source) > _newest_run(target)
    replaced = 0
    for agent, entries in sorted(theirs.items()):
        known = ours.get(agent)
        if known == entries or (known is not None and not is_newer):
            continue
        replaced += known is not None
        target.db.execute("DELETE FROM roster WHERE agent = ?", (agent,))
        target.db.executemany("INSERT INTO roster VALUES (?, ?, ?, ?, ?, ?)", sorted(entries, key=repr))
        for call_no in place_calls(target.db, "c.agent = ?", agent):
            note_call(target.db, call_no, only=("calls",))
    return (f"roster: {replaced} agents have the teams and names of this newer run",) if replaced else ()


def _newest_run(store: Store) -> str:
    row = store.db.execute("SELECT coalesce(max(started_at), '') FROM runs WHERE command = 'run'").fetchone()
    return str(row[0])


def _read(store: Store) -> dict[str, set[tuple[str | None, ...]]]:
    found: dict[str, set[tuple[str | None, ...]]] = {}
    for row in store.db.execute(f"SELECT {_ENTRY} FROM roster"):
        found.setdefault(row[0], set()).add(row)
    return found
