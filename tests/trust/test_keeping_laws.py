"""Holds, periods, requests, merges, backups and runs in any order: nothing held is lost, nothing erased comes back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechcx.batch.retention_run import apply_retention
from speechcx.call import Call
from speechcx.config.retention_settings import RetentionSettings
from speechcx.errors import LegalHold, UsageError
from speechcx.store import FileStats, RunInfo, Store
from speechcx.store.calls.erasure import erase_calls, find_erasure
from speechcx.store.calls.removed_parts import is_frozen
from speechcx.store.copies import copy_database
from speechcx.store.decisions.legal_holds import Held, list_holds, release_hold, set_hold
from speechcx.store.decisions.trail_check import verify_trail
from speechcx.store.merging import merge_store
from speechcx.store.merging.carry_over import Carried, carry_over
from tests.factories import make_call

CUSTOMERS = ("c-1", "c-2")
DAYS = (date(2025, 1, 1), date(2025, 6, 1), date(2026, 1, 1), date(2026, 2, 1))
PERIODS = {
    "words": RetentionSettings(words="100 days"),
    "all": RetentionSettings(words="1 year", measures="1 year", scores="1 year", evidence="1 year"),
}
TODAY = date(2026, 3, 1)


def made(number: int) -> Call:
    """A call of one of two customers, of one of four days."""
    day = DAYS[number]
    started = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return make_call(f"law {number}", customer=CUSTOMERS[number % 2], started_at=started)


CALLS = tuple(made(number) for number in range(4))
IDS = tuple(call.conversation.recording.id for call in CALLS)

holds = st.one_of(
    st.sampled_from(IDS).map(lambda one: Held(call_id=one)),
    st.sampled_from(CUSTOMERS).map(lambda one: Held(customer=one)),
    st.sampled_from(DAYS).map(lambda day: Held(since=day, until=day)),
)
steps = st.one_of(
    st.tuples(st.just("hold"), holds),
    st.tuples(st.just("release"), st.integers(1, 4)),
    st.tuples(st.just("erase"), st.sets(st.sampled_from(IDS), min_size=1, max_size=2)),
    st.tuples(st.just("retain"), st.sampled_from(sorted(PERIODS))),
    st.tuples(st.sampled_from(["hear", "merge", "back up", "restore"]), st.none()),
)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with four calls, as a night left it."""
    path = tmp_path_factory.mktemp("night") / "calls.db"
    with Store.open(path, create=True) as store:
        run = store.ledger.begin_run(RunInfo())
        for call in CALLS:
            store.ledger.save_outcome(run, call, FileStats(1, 1))
    shutil.copy(path, path.with_name("other.db"))
    return path


@dataclass
class Model:
    """What must be so, whatever was done.

    Parameters
    ----------
    database, copy
        The database, and its newest backup.
    erased
        Calls that were erased: gone for good.
    mute
        Calls whose words were removed: they stay so.
    store
        The database while it is open.
    """

    database: Path
    copy: Path
    erased: set[str] = field(default_factory=set)
    mute: set[str] = field(default_factory=set)
    store: Store | None = None

    def open(self) -> Store:
        """The database. It stays open until it is replaced, since opening it for each step took half the time."""
        if self.store is None:
            self.store = opened(self.database)
        return self.store

    def close(self) -> None:
        """Nobody has it open any more."""
        if self.store is not None:
            self.store.close()
            self.store = None

    def held(self, store: Store) -> set[str]:
        """Calls that an active hold keeps, worked out from what was set, not from what the database marked."""
        found = set()
        for hold in list_holds(store):
            for number, call_id in enumerate(IDS):
                fits = call_id == hold.call_id or CUSTOMERS[number % 2] == hold.customer
                fits |= hold.since is not None and hold.since <= str(DAYS[number]) <= str(hold.until)
                # Of a call that was erased before nothing is left to hold.
                if fits and call_id not in self.erased:
                    found.add(call_id)
        return found

    def take(self, what: str, given: object) -> None:
        """Do one thing, and note what it must have changed."""
        if what == "restore":
            self.close()
            self._restore()
            return
        store = self.open()
        held, there = self.held(store), {one for one in IDS if store.has_call(one)}
        if what == "hold":
            with suppress(UsageError):
                set_hold(store, "case", given, who="zoe", reason="claim")  # type: ignore[arg-type]
        elif what == "release":
            with suppress(UsageError):
                release_hold(store, str(given), who="zoe", reason="settled")
        elif what == "erase":
            self._erase(store, sorted(given), held)  # type: ignore[call-overload]
        elif what == "retain":
            apply_retention(store, PERIODS[str(given)], today=TODAY, who="zoe", compact=False)
            self.erased |= {one for one in there if not store.has_call(one)}
            self.mute |= {one for one in there - self.erased if is_frozen(store.db, one)}
            assert held.isdisjoint({one for one in there if not store.has_call(one)})
        elif what == "hear":
            self._hear(store)
        elif what == "merge":
            self._merge(store)
        elif what == "back up":
            self.copy.unlink(missing_ok=True)
            copy_database(self.database, self.copy)

    def _erase(self, store: Store, wanted: list[str], held: set[str]) -> None:
        if held & set(wanted):
            with pytest.raises(LegalHold):
                erase_calls(store, wanted, who="zoe", reason="asked")
        else:
            erase_calls(store, wanted, who="zoe", reason="asked")
            self.erased |= set(wanted)

    def _hear(self, store: Store) -> None:
        """As a run over the same recordings, with `--redo all`."""
        for call in CALLS:
            call_id = call.conversation.recording.id
            if find_erasure(store, call_id) is None and not is_frozen(store.db, call_id):
                store.save_call(call)

    def _merge(self, store: Store) -> None:
        """As `merge` of another database in which nothing was ever erased."""
        with opened(self.database.with_name("other.db")) as other, suppress(_Refused), store.write():
            if merge_store(store, other).disagreements:
                raise _Refused

    def _restore(self) -> None:
        incoming = self.database.with_name("incoming.db")
        shutil.copy(self.copy, incoming)
        carried = carry_over(self.database, incoming)
        assert isinstance(carried, Carried)
        for ending in ("-wal", "-shm"):
            self.database.with_name(self.database.name + ending).unlink(missing_ok=True)
        incoming.replace(self.database)

    def check(self) -> None:
        """Nothing held is lost, nothing erased is back."""
        with opened(self.database) as store:
            held = self.held(store)
            for call, call_id in zip(CALLS, IDS, strict=True):
                is_there = store.has_call(call_id)
                assert is_there == (call_id not in self.erased), call_id
                if not is_there:
                    continue
                said = [one.text for one in store.load_conversation(call_id).utterances]
                wanted = [one.text for one in call.conversation.utterances]
                assert said == ([""] * len(wanted) if call_id in self.mute else wanted)
            assert () == verify_trail(store).problems
            for call_id in held - self.erased:
                with pytest.raises(LegalHold), store.write():
                    erase_calls(store, [call_id], who="zoe", reason="asked")


class _Refused(Exception):
    """Leaves a write without keeping it."""


@pytest.fixture(scope="module")
def places(night: Path) -> Iterator[Path]:
    """A folder for the databases of one sequence after the other."""
    folder = night.parent / "sequences"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def opened(path: Path) -> Store:
    """A database that need not outlive a power cut."""
    store = Store.open(path)
    store.db.execute("PRAGMA synchronous = OFF")
    return store


@settings(max_examples=500, deadline=None)
@given(sequence=st.lists(steps, min_size=1, max_size=6))
def test_nothing_held_is_lost_and_nothing_erased_comes_back(
    night: Path, places: Path, sequence: list[tuple[str, object]]
) -> None:
    """In any order of holds, releases, requests, periods, runs, merges, backups and restores."""
    for old in places.iterdir():
        old.unlink()
    for name in ("calls.db", "other.db", "copy.db"):
        shutil.copy(night.with_name("other.db"), places / name)
    model = Model(places / "calls.db", places / "copy.db")
    try:
        for what, given_ in sequence:
            model.take(what, given_)
    finally:
        model.close()
    model.check()
