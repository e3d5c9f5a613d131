"""One database brought into another: what the shards of a night, or several centres, found out and decided.

Takes: an open target and a source open for reading, inside the target's write. Gives: what was new, and
where the two disagree, which is told and never guessed. Rows keep their meaning and get numbers of the
target; the source's audit trail and decision chain are kept as they stand there, so that both can still
be verified. Bringing the same source in again changes nothing. To merge one more table, add it to the
module of its kind: ``merge_calls``, ``merge_ledger``, ``merge_facts`` or ``merge_decisions``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from speechcx.store import Store
from speechcx.store.calls.file_versions import count_once
from speechcx.store.calls.removed_parts import take_removed
from speechcx.store.decisions.audit import copy_trail, read_trail_end
from speechcx.store.decisions.certificates import take_certificates
from speechcx.store.decisions.chain import copy_chain, read_end
from speechcx.store.decisions.legal_holds import take_holds
from speechcx.store.merging.merge_calls import CallMerger, find_held_and_erased, merge_roster, take_erasures
from speechcx.store.merging.merge_decisions import DecisionMerger
from speechcx.store.merging.merge_facts import FactMerger
from speechcx.store.merging.merge_ledger import (
    LedgerMerger,
    Making,
    find_differences,
    find_left,
    read_making,
)
from speechcx.store.merging.rows import Numbers, read_rows
from speechcx.store.merging.versions import MergeConflict, Preference

__all__ = [
    "Making",
    "MergeConflict",
    "Merged",
    "Preference",
    "find_differences",
    "find_left",
    "list_call_ids",
    "merge_store",
    "read_ends",
    "read_making",
]


@dataclass(frozen=True, slots=True)
class Merged:
    """What one source brought.

    Parameters
    ----------
    source
        Its path.
    new_calls, newer_calls, known_calls, erased_calls
        Calls that only it had; that it had in a later state; that were there already; that were erased.
    runs, facts, flags, plans, reviews, searches, audit_rows
        Runs, facts of other systems (call records, survey answers), decisions about flags, review plans, reviews
        taken up or continued, saved searches and rows of its audit trail that were new.
    notes
        What is called otherwise in the target.
    disagreements
        What the two tell differently; where there is any, nothing is to be kept.
    """

    source: str
    new_calls: int
    newer_calls: int
    known_calls: int
    erased_calls: int
    runs: int
    facts: int
    flags: int
    plans: int
    reviews: int
    searches: int
    audit_rows: int
    notes: tuple[str, ...]
    disagreements: tuple[MergeConflict, ...]

    @property
    def trail_detail(self) -> dict[str, object]:
        """What the target's audit trail tells of it, besides where the source's own trails end."""
        names = ("new_calls", "newer_calls", "runs", "facts", "flags", "plans", "reviews", "audit_rows")
        return {name: getattr(self, name) for name in names}


def merge_store(
    target: Store,
    source: Store,
    *,
    preference: Preference | None = None,
    report: Callable[[int, int], None] = lambda _done, _all: None,
) -> Merged:
    """Bring a source into the target, inside its write.

    Parameters
    ----------
    target, source
        Open stores; the source is only read.
    preference
        Whose word holds where the two disagree.
    report
        Told of the calls dealt with, and of all.
    """
    wanted, name = preference or Preference(), str(source.path)
    numbers = Numbers(source.db, target.names)
    _take_rulebooks(target, source)
    notes = merge_roster(target, source)
    take_holds(target.db, source.db)
    if kept := find_held_and_erased(target, source, name=name):
        return _refused(name, kept)
    take_erasures(target, source)
    take_certificates(target.db, source.db)
    take_removed(target, source.db)
    calls = CallMerger(target, source, numbers, name=name, preference=wanted)
    call_ids = [call_id for (call_id,) in source.db.execute("SELECT call_id FROM calls ORDER BY call_no")]
    for number, call_id in enumerate(call_ids, start=1):
        calls.take(call_id)
        report(number, len(call_ids))
    ledger = LedgerMerger(target, source)
    ledger.take()
    decisions = DecisionMerger(target, source, numbers, name=name, preference=wanted)
    decisions.take()
    # Two shards may have heard two recordings of one call: whose is the better is known only now.
    for call_id in call_ids:
        count_once(target.db, call_id)
    facts = FactMerger(target, source)
    facts.take()
    copy_chain(target.db, source.db)
    return Merged(
        name, calls.counts.new, calls.counts.newer, calls.counts.known, calls.counts.erased,
        ledger.new_runs, facts.new, decisions.flags, decisions.plans, decisions.reviews, decisions.searches,
        copy_trail(target.db, source.db), (*notes, *decisions.renamed),
        (*calls.counts.disagreements, *decisions.disagreements),
    )  # fmt: skip


def _refused(name: str, kept: tuple[MergeConflict, ...]) -> Merged:
    return Merged(name, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (), kept)


def list_call_ids(store: Store) -> frozenset[str]:
    """Every call that a database has anything of: what was heard, a decision or a review."""
    rows = store.db.execute(
        "SELECT call_id FROM calls UNION SELECT call_id FROM flag_states UNION SELECT call_id FROM reviews"
    )
    return frozenset(call_id for (call_id,) in rows)


def read_ends(source: Store) -> dict[str, object]:
    """Where the audit trail and the decision chain of a source end, for the trail of the target."""
    chain, trail = read_end(source.db), read_trail_end(source.db)
    return {
        "chain_entries": chain.entries, "chain_digest": chain.digest, "trail_rows": trail.entries,
        "trail_digest": trail.digest,
    }  # fmt: skip


def _take_rulebooks(target: Store, source: Store) -> None:
    """The texts of the source's rulebooks, where the target has none."""
    known = set(target.db.execute("SELECT digest, name, version FROM rulebooks WHERE source IS NOT NULL"))
    for row in read_rows(
        source.db, "SELECT digest, name, version, source FROM rulebooks WHERE source IS NOT NULL"
    ):
        digest, name, version, text = (str(value) for value in row.values())
        if (digest, name, version) not in known:
            target.save_rulebook(digest, name=name, version=version, source=text)
