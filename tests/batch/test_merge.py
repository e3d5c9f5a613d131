"""Databases of several machines become one: the same as one run would have made, or nothing and a clear word."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from speechcx.batch import MergeOptions, MergeReport, RunOptions, Shard, hold_lock, merge, rejudge, run
from speechcx.batch.check import check
from speechcx.config import Settings
from speechcx.errors import (
    AccessDenied,
    DatabaseBad,
    DatabaseMissing,
    DatabasesDiffer,
    DiskLow,
    RunInProgress,
    UsageError,
)
from speechcx.store import Store
from speechcx.store.calls.erasure import erase_call
from speechcx.store.decisions.audit import read_trail
from speechcx.store.decisions.flags import FlagChange, SeenFlag, set_flags
from speechcx.store.decisions.trail_check import verify_trail
from tests.batch.folders import content_hash, make_rulebook, make_settings, states, write_call, write_calls
from tests.disks import make_read_only, small_disk

RunShard = Callable[..., Path]
Join = Callable[..., MergeReport]


@pytest.fixture
def night(inbox: Path) -> Path:
    """Twelve calls, a copy of one of them, two that fail and one without agent or time."""
    paths = write_calls(inbox, 12)
    (inbox / "again").mkdir()
    shutil.copy(paths[3], inbox / "again" / paths[3].name)
    write_call(inbox, 30, fault="call:truncated")
    write_call(inbox, 31, fault="call:silent")
    (inbox / "nobody.wav").write_text("no agent, no time")
    return inbox


@pytest.fixture
def run_shard(made_up: None, night: Path, tmp_path: Path, empty_database: Path) -> RunShard:
    """Runs a shard of the night into a database of its own."""

    def start(
        shard: str | None,
        name: str = "",
        settings: Settings | None = None,
        version: int = 1,
        **options: object,
    ) -> Path:
        place = tmp_path / (name or f"shard-{str(shard).replace('/', '-')}.db")
        if not place.exists():
            shutil.copy(empty_database, place)
        part = None if shard is None else Shard.parse(shard)
        wanted = RunOptions(shard=part, **options)  # type: ignore[arg-type]
        run(place, [night], settings or make_settings(), make_rulebook(version), options=wanted)
        return place

    return start


@pytest.fixture
def join(empty_database: Path) -> Join:
    """Merges into a target, which is there already unless it is to be made ``new``."""

    def start(target: Path, *sources: Path, new: bool = False, **options: object) -> MergeReport:
        wanted = MergeOptions(**options)  # type: ignore[arg-type]
        if not new and not os.path.lexists(target):
            shutil.copy(empty_database, target)
        return merge(target, sources, who="mia", options=wanted)

    return start


def dump(database: Path) -> str:
    with closing(sqlite3.connect(database)) as db:
        return "\n".join(db.iterdump())


def first_call(database: Path) -> str:
    with Store.open(database, read_only=True) as store:
        return min(store.iter_call_ids())


def decide(database: Path, who: str, status: str = "confirmed", call_id: str = "") -> str:
    """Decide about a flag of the first call; returns the call."""
    call_id = call_id or first_call(database)
    with Store.open(database) as store:
        seen = SeenFlag(call_id, "greeting", "absent", "0" * 16, "night-run", "1")
        set_flags(store, [seen], FlagChange(status=status), who=who)  # type: ignore[arg-type]
    return call_id


def change_words(database: Path, call_id: str) -> None:
    """As if another machine had heard something else."""
    with Store.open(database) as store:
        call = store.load(call_id)
        first, *rest = call.conversation.utterances
        heard = replace(call.conversation, utterances=(replace(first, text="Hello there."), *rest))
        store.save_call(replace(call, conversation=heard))


def test_five_shards_are_one_run(join: Join, run_shard: RunShard, tmp_path: Path) -> None:
    """Shards merged in any order hold what one run holds: calls, copies, failures and files without metadata."""
    whole = run_shard(None, "whole.db")
    shards = [run_shard(f"{number}/5") for number in range(1, 6)]
    assert all(states(shard)["skipped"] for shard in shards)
    done = join(tmp_path / "all.db", *reversed(shards), new=True)
    assert (done.calls, done.is_changed, done.files_left, done.exit_code) == (12, True, 0, 0)
    assert content_hash(tmp_path / "all.db") == content_hash(whole)
    assert states(tmp_path / "all.db") == states(whole)
    assert 0o600 == (tmp_path / "all.db").stat().st_mode & 0o777
    assert () == check(tmp_path / "all.db", every_call=True).problems


def test_a_shard_that_ran_twice_counts_once(join: Join, run_shard: RunShard, tmp_path: Path) -> None:
    """One machine fails, its shard is run again elsewhere, and both databases are merged."""
    whole = run_shard(None, "whole.db")
    run_shard("2/3", "failed.db", limit=1)
    shards = [run_shard("1/3"), run_shard("2/3"), run_shard("3/3"), tmp_path / "failed.db"]
    done = join(tmp_path / "all.db", *shards)
    assert (12, 0) == (done.calls, done.files_left)
    assert content_hash(tmp_path / "all.db") == content_hash(whole)
    assert () == check(tmp_path / "all.db", every_call=True).problems


def test_merging_again_changes_nothing(join: Join, run_shard: RunShard, tmp_path: Path) -> None:
    """Not one row is another one, whichever of the databases are given once more, and also after a decision there."""
    shards, target = [run_shard(f"{number}/3") for number in (1, 2, 3)], tmp_path / "all.db"
    decide(shards[0], "ann")
    join(target, *shards)
    before = dump(target)
    again = join(target, *shards)
    assert (False, before) == (again.is_changed, dump(target))
    with Store.open(target) as store:
        rejudge(store, make_rulebook(2), make_settings())
    before = dump(target)
    again = join(target, *shards, mixed=True)
    assert (False, (), before) == (again.is_changed, again.disagreements, dump(target))


def test_the_next_night_is_added(join: Join, run_shard: RunShard, night: Path, tmp_path: Path) -> None:
    """Each machine goes on with its own database, and each morning brings what is new."""
    shards, target = [run_shard(f"{number}/2") for number in (1, 2)], tmp_path / "all.db"
    join(target, *shards)
    for number in range(40, 46):
        write_call(night, number)
    shards = [run_shard(f"{number}/2") for number in (1, 2)]
    done = join(target, *shards)
    assert (18, 6) == (done.calls, sum(merged.new_calls for merged in done.sources))
    assert content_hash(target) == content_hash(run_shard(None, "whole.db"))


def test_a_missing_shard_is_named(join: Join, run_shard: RunShard, night: Path, tmp_path: Path) -> None:
    """What no database has analysed is told, and a run without shards takes it up."""
    target = tmp_path / "all.db"
    done = join(target, run_shard("1/3"), run_shard("3/3"))
    assert ("2/3",) == done.shards_missing
    assert done.files_left == states(target)["skipped"]
    summary = run(target, [night], make_settings(), make_rulebook())
    assert summary.done + done.calls == 12
    assert content_hash(target) == content_hash(run_shard(None, "whole.db"))


def test_databases_that_disagree_are_told_and_not_guessed(
    join: Join, run_shard: RunShard, tmp_path: Path
) -> None:
    """The call, the database and the difference are named, without words of the call; nothing is merged."""
    one, other = run_shard("1/2"), run_shard("1/2", "other.db")
    call_id = first_call(one)
    change_words(other, call_id)
    target = run_shard("2/2")
    before = dump(target)
    done = join(target, one, other)
    (found,) = done.disagreements
    assert ("call", call_id, str(other)) == (found.about, found.key, found.source)
    assert found.what == "other words or times in 1 of 4 turns"
    assert (17, False, before) == (done.exit_code, done.is_changed, dump(target))
    assert join(tmp_path / "new.db", one, other, new=True).exit_code == 17
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize("prefer", ["shard-1-2.db", "other.db"])
def test_a_person_says_which_database_holds(
    join: Join, run_shard: RunShard, tmp_path: Path, prefer: str
) -> None:
    """Whichever is named is what the merged database has, in any order, and so it stays."""
    one, other = run_shard("1/2"), run_shard("1/2", "other.db")
    call_id = first_call(one)
    change_words(other, call_id)
    for number, order in enumerate(((one, other), (other, one))):
        target = tmp_path / f"all-{number}.db"
        assert join(target, *order, prefer=tmp_path / prefer).exit_code == 0
        with (
            Store.open(target, read_only=True) as store,
            Store.open(tmp_path / prefer, read_only=True) as held,
        ):
            assert store.load(call_id) == held.load(call_id)
        assert not join(target, *order).is_changed


def test_a_later_judgement_is_no_disagreement(join: Join, run_shard: RunShard, tmp_path: Path) -> None:
    """A call judged again since holds against what it was before, whichever comes first."""
    before, after = run_shard("1/2"), run_shard("1/2", "after.db")
    with Store.open(after) as store:
        rejudge(store, make_rulebook(2), make_settings())
    for number, order in enumerate(((before, after), (after, before))):
        target = tmp_path / f"all-{number}.db"
        done = join(target, *order, mixed=True)
        assert (done.exit_code, done.disagreements) == (0, ())
        with Store.open(target, read_only=True) as store:
            assert store.load_assessment(first_call(target)).version == "2"  # type: ignore[union-attr]
            past = store.load_assessment(first_call(target), digest=make_rulebook(1).digest)
            assert past is not None


def test_decisions_and_trails_of_both_survive(join: Join, run_shard: RunShard, tmp_path: Path) -> None:
    """Flags, the rows of both trails with who and when, and both chains: all there, all verified."""
    one, other, target = run_shard("1/2"), run_shard("2/2"), tmp_path / "all.db"
    calls = {decide(one, "ann"): "ann", decide(other, "bea", "confirmed"): "bea"}
    join(target, one, other)
    with Store.open(target, read_only=True) as store:
        trail = read_trail(store, action="flag")
        assert calls == {row.call_id: row.who for row in trail}
        assert 2 == len({row.trail for row in trail})
        assert ["mia", "mia"] == [row.who for row in read_trail(store, action="merge")]
        assert calls == dict(store.db.execute("SELECT call_id, changed_by FROM flag_states"))
        assert () == verify_trail(store).problems
    assert () == check(target, every_call=True).problems


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("UPDATE merged_audit SET who = 'eve'", "was changed"),
        ("DELETE FROM merged_audit WHERE audit_id = 1", "has lost the one before it"),
        ("DELETE FROM merged_audit", "does not reach as far"),
        ("UPDATE merged_decisions SET content = 'x'", "was changed"),
        ("DELETE FROM merged_decisions WHERE entry_id = 1", "has lost the one before it"),
        ("DELETE FROM merged_decisions", "does not reach as far"),
        ("UPDATE flag_states SET reason = 'another'", "was changed"),
    ],
)
def test_a_merged_trail_that_was_changed_is_found(
    join: Join, run_shard: RunShard, tmp_path: Path, sql: str, found: str
) -> None:
    """A row changed, removed from the middle or cut off at the end is found after the merge as before it."""
    one, target = run_shard("1/2"), tmp_path / "all.db"
    call_id = decide(one, "ann")
    decide(one, "ann", "open", call_id)
    join(target, one)
    with closing(sqlite3.connect(target)) as db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute(sql)
        db.commit()
    with Store.open(target, read_only=True) as store:
        assert any(found in problem for problem in verify_trail(store).problems)


def test_what_one_database_erased_stays_erased(
    join: Join, run_shard: RunShard, night: Path, tmp_path: Path
) -> None:
    """Whichever comes first; what the other's trail tells of the call goes too, and both trails verify."""
    one, other = run_shard("1/2"), run_shard("1/2", "other.db")
    call_id = decide(one, "ann")
    with Store.open(other) as store:
        erase_call(store, call_id, who="dpo", reason="asked for")
    for number, order in enumerate(((one, other), (other, one))):
        target = tmp_path / f"all-{number}.db"
        assert join(target, *order).exit_code == 0
        with Store.open(target, read_only=True) as store:
            assert not store.has_call(call_id)
            assert [None] == [row.detail for row in read_trail(store, call_id=call_id, action="flag")]
            assert (0,) == store.db.execute("SELECT count(*) FROM flag_states").fetchone()
            assert () == verify_trail(store).problems
        assert () == check(target, every_call=True).problems
        run(target, [night], make_settings(), make_rulebook(), options=RunOptions(redo="all"))
        with Store.open(target, read_only=True) as store:
            assert not store.has_call(call_id)


def test_the_same_flag_decided_in_two_ways_is_told(join: Join, run_shard: RunShard, tmp_path: Path) -> None:
    """Who decided what in which is named; a decision that follows on the other is no disagreement."""
    one, other = run_shard("1/2"), run_shard("1/2", "other.db")
    call_id = decide(one, "ann")
    decide(other, "bea", "open", call_id)
    done = join(tmp_path / "all.db", one, other)
    (found,) = done.disagreements
    assert ("flag", f"{call_id}:greeting") == (found.about, found.key)
    assert found.what == "confirmed by ann and open by bea"
    for prefer, who in ((one, "ann"), (other, "bea")):
        target = tmp_path / f"{who}.db"
        assert join(target, one, other, prefer=prefer).exit_code == 0
        with Store.open(target, read_only=True) as store:
            assert [(who,)] == store.db.execute("SELECT changed_by FROM flag_states").fetchall()
            assert () == verify_trail(store).problems
        before = dump(target)
        assert (0, before) == (join(target, one, other).exit_code, dump(target))


def test_an_interrupted_merge_leaves_the_target_as_it_was(
    join: Join, run_shard: RunShard, tmp_path: Path
) -> None:
    """Killed in the midst: an old target has its old rows and opens as before, a new one is not there."""
    one, other, target = run_shard("1/2"), run_shard("2/2"), tmp_path / "all.db"
    shutil.copy(one, target)
    before = dump(target)
    for place in (target, tmp_path / "new.db"):
        pid = os.fork()
        if not pid:
            try:
                module = sys.modules["speechcx.batch.merge"]
                module.add_entries = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[attr-defined]
                join(place, other, new=True)
            finally:
                os._exit(9)
        assert os.waitpid(pid, 0)[1] == signal.SIGKILL
    assert dump(target) == before
    assert not (tmp_path / "new.db").exists()
    assert join(tmp_path / "new.db", one, other, new=True).calls == 12
    assert [] == list(tmp_path.glob(".*partial*"))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"version": 2}, r"rulebook: night-run 1 \(\w{8}\) in .*one.db; night-run 2 \(\w{8}\) in .*other.db"),
        ({"settings": {"transcribe": {"beam_size": 2}}}, "settings of hearing: "),
        ({"settings": {"discover": {"zone": "Asia/Tokyo"}}}, "discover.zone.: UTC in .*; Asia/Tokyo in "),
    ],
)
def test_databases_made_in_different_ways_are_not_mixed_unasked(
    join: Join, run_shard: RunShard, tmp_path: Path, change: dict[str, object], found: str
) -> None:
    """What differs, which has what and what to do are told; --mixed takes them as they are."""
    settings = make_settings()
    for section, values in change.pop("settings", {}).items():  # type: ignore[attr-defined]
        settings = replace(settings, **{section: replace(getattr(settings, section), **values)})
    one, other = run_shard("1/2", "one.db"), run_shard("2/2", "other.db", settings, **change)
    with pytest.raises(DatabasesDiffer, match=found) as told:
        join(tmp_path / "all.db", one, other)
    assert (17, "--mixed") == (told.value.exit_code, told.value.cure[-7:])
    assert join(tmp_path / "all.db", one, other, mixed=True).calls == 12


def test_another_version_of_the_package_is_told(join: Join, run_shard: RunShard, tmp_path: Path) -> None:
    """One machine of five that was not upgraded is named."""
    one, other = run_shard("1/2", "one.db"), run_shard("2/2", "other.db")
    with closing(sqlite3.connect(other)) as db:
        db.execute("UPDATE runs SET speechcx = '0.1'")
        db.commit()
    with pytest.raises(DatabasesDiffer, match=r"version of speechcx: .* in .*one.db; 0.1 in .*other.db"):
        join(tmp_path / "all.db", one, other)


def damage(database: Path) -> None:
    with open(database, "r+b") as file:
        file.seek(8192)
        file.write(os.urandom(4096))


def alter(sql: str) -> Callable[[Path], None]:
    def change(database: Path) -> None:
        with closing(sqlite3.connect(database)) as db:
            db.execute(sql)
            db.commit()

    return change


@pytest.mark.parametrize(
    ("spoil", "error", "found"),
    [
        (Path.unlink, DatabaseMissing, "there is no database at .*other.db"),
        (damage, DatabaseBad, "other.db"),
        (lambda path: path.write_text("calls"), DatabaseBad, "other.db"),
        (alter("PRAGMA user_version = 99"), DatabaseBad, "written by a newer speechcx"),
        (alter("PRAGMA user_version = 5"), DatabaseBad, "has schema 5, older than this speechcx reads"),
        (alter("UPDATE calls SET agent = 'eve'"), DatabaseBad, r"other.db has \d+ problems?: "),
    ],
    ids=["gone", "damaged", "no database", "newer", "older", "tampered"],
)
def test_a_database_that_cannot_be_trusted_is_refused(
    join: Join,
    run_shard: RunShard,
    tmp_path: Path,
    spoil: Callable[[Path], None],
    error: type[Exception],
    found: str,
) -> None:
    """What is wrong with which database is told, and the others are not merged without it."""
    one, other = run_shard("1/2"), run_shard("2/2", "other.db")
    spoil(other)
    with pytest.raises(error, match=found):
        join(tmp_path / "all.db", one, other, new=True)
    assert not (tmp_path / "all.db").exists()


def test_a_database_that_a_run_writes_is_refused(join: Join, run_shard: RunShard, tmp_path: Path) -> None:
    """Who holds it is told, of a source as of the target."""
    one, other = run_shard("1/2"), run_shard("2/2", "other.db")
    for target, source in ((one, other), (other, one)):
        with hold_lock(other), pytest.raises(RunInProgress, match=r"run with process id \d+ .*other.db"):
            join(target, source)


def test_sources_on_a_read_only_disk_are_merged(join: Join, run_shard: RunShard, tmp_path: Path) -> None:
    """A folder that cannot be written is no obstacle to reading; one to merge into is refused."""
    with small_disk(tmp_path / "locked", 8) as folder:
        shutil.copy(run_shard("1/2"), folder / "one.db")
        make_read_only(folder)
        assert join(tmp_path / "all.db", folder / "one.db").calls > 0
        with pytest.raises(AccessDenied, match="locked"):
            join(folder / "all.db", tmp_path / "all.db", new=True)


def test_wrong_names_are_answered(join: Join, run_shard: RunShard, tmp_path: Path) -> None:
    """No database, the target among them, and a preferred one that is none of them."""
    one = run_shard("1/2")
    with pytest.raises(UsageError, match="no database to merge"):
        join(tmp_path / "all.db")
    with pytest.raises(UsageError, match="is the database that is merged into"):
        join(one, one)
    with pytest.raises(UsageError, match=r"--prefer .*two.db[\s\S]*one of the databases that are merged"):
        join(tmp_path / "all.db", one, prefer=tmp_path / "two.db")


def test_a_full_disk_is_told_before(
    join: Join, run_shard: RunShard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is begun where the sources could not fit."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 1000))  # type: ignore[attr-defined]
    with pytest.raises(DiskLow, match="0.0 MB are free"):
        join(tmp_path / "all.db", run_shard("1/2"))
