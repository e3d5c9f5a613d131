from pathlib import Path

import pytest

from speechcx.call import Call
from speechcx.store import Store
from tests.factories import make_assessment, make_call, make_conversation, make_recording

NAME = "Quetzalcoatl"


def test_a_deleted_call_is_gone(store: Store) -> None:
    """Its rows, its past assessments and its words; other calls stay."""
    gone, kept = make_call("gone"), make_call("kept")
    for call in (gone, kept):
        store.save_call(call)
    store.save_assessment(gone.conversation.recording.id, make_assessment(gone.conversation, version="2"))
    store.delete_call(gone.conversation.recording.id)
    assert not store.has_call(gone.conversation.recording.id)
    assert kept == store.load(kept.conversation.recording.id)
    assert [] == store.db.execute("SELECT * FROM past_assessments").fetchall()
    assert 1 == len(store.db.execute("SELECT rowid FROM turns_fts WHERE turns_fts MATCH 'cancel'").fetchall())
    assert [] == store.db.execute("PRAGMA foreign_key_check").fetchall()
    with pytest.raises(KeyError):
        store.delete_call(gone.conversation.recording.id)


def test_deleted_words_are_wiped_from_the_tables(store: Store, tmp_path: Path) -> None:
    """After the file is rewritten, neither it nor its log holds any of them."""
    heard = make_conversation(
        [("ch0", 1.0, f"my name is {NAME}")], recording=make_recording("x", customer=NAME)
    )
    store.save_call(Call(heard, make_assessment(heard)))
    store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = tmp_path / "calls.db"
    assert NAME.encode() in path.read_bytes()
    store.delete_call(heard.recording.id)
    store.compact()
    raw = path.read_bytes() + path.with_name("calls.db-wal").read_bytes()
    assert NAME.encode() not in raw
    assert NAME.lower().encode() not in raw


def test_the_text_of_a_rulebook_is_kept(store: Store) -> None:
    """Beside the calls judged under it, once."""
    call = make_call("x")
    store.save_call(call)
    digest = call.assessment.digest
    store.save_rulebook(digest, name="northwind-bank", version="1", source="rulebook: northwind-bank")
    store.save_rulebook(digest, name="northwind-bank", version="1", source="rulebook: northwind-bank")
    assert [(digest, "rulebook: northwind-bank")] == store.db.execute(
        "SELECT digest, source FROM rulebooks"
    ).fetchall()


def test_rules_and_questions_are_named_once(store: Store) -> None:
    """A hundred calls under one rulebook do not repeat its titles."""
    for number in range(5):
        store.save_call(make_call(number))
    counts = [
        store.db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
        for name in ("rulebooks", "rules", "questions")
    ]
    assert [1, 1, 1] == counts


def test_another_store_sees_what_this_one_wrote(store: Store) -> None:
    """Numbers of things named once hold in every process."""
    store.save_call(make_call("a"))
    with Store.open(store.path) as other:
        other.save_call(make_call("b"))
        assert make_call("a") == other.load(make_recording("a").id)
    assert make_call("b") == store.load(make_recording("b").id)
    assert [(1, 1)] == store.db.execute(
        "SELECT (SELECT count(*) FROM rules), (SELECT count(*) FROM provenances)"
    ).fetchall()


def test_a_reader_sees_whole_calls_while_another_writes(store: Store) -> None:
    """A question asked during a write gets the call as it was before."""
    call = make_call("x")
    store.save_call(call)
    with Store.open(store.path, read_only=True) as reader, store.write():
        store.save_assessment(call.conversation.recording.id, make_assessment(call.conversation, version="2"))
        assert call == reader.load(call.conversation.recording.id)


def test_tidying_changes_nothing_that_is_found(store: Store) -> None:
    """The index is brought together, the log emptied."""
    for number in range(20):
        store.save_call(make_call(number))
    store.tidy()
    assert 20 == len(
        store.db.execute("SELECT rowid FROM turns_fts WHERE turns_fts MATCH 'cancel'").fetchall()
    )
    store.db.execute("INSERT INTO turns_fts (turns_fts, rank) VALUES ('integrity-check', 1)")


def test_assessments_of_any_shape_survive_being_packed_away(store: Store) -> None:
    """A past assessment comes back equal, whatever it holds."""
    from tests.odd_calls import odd_call

    for seed in range(25):
        call = odd_call(seed)
        store.save_call(call)
        other = make_assessment(call.conversation, version="other")
        store.save_assessment(call.conversation.recording.id, other)
        assert call.assessment == store.load_assessment(
            call.conversation.recording.id, digest=call.assessment.digest
        )


def test_compacting_keeps_every_call(store: Store) -> None:
    """Numbers, words and the search index hold."""
    for number in range(20):
        store.save_call(make_call(number))
    store.delete_call(make_recording(3).id)
    store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = store.path.stat().st_size
    store.compact()
    assert before >= store.path.stat().st_size
    assert make_call(4) == store.load(make_recording(4).id)
    assert 19 == len(
        store.db.execute("SELECT rowid FROM turns_fts WHERE turns_fts MATCH 'cancel'").fetchall()
    )
    store.db.execute("INSERT INTO turns_fts (turns_fts, rank) VALUES ('integrity-check', 1)")


def test_a_snapshot_is_of_one_moment(store: Store) -> None:
    """What a run writes meanwhile is seen after it, not inside it."""
    store.save_call(make_call("before"))
    with Store.open(store.path, read_only=True) as reader:
        with reader.snapshot():
            assert 1 == len(list(reader.iter_call_ids()))
            store.save_call(make_call("meanwhile"))
            assert 1 == len(list(reader.iter_call_ids()))
        assert 2 == len(list(reader.iter_call_ids()))
