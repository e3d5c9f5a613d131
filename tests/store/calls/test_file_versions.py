from speechcx.call import Call
from speechcx.store import FileStats, RunInfo, Store
from tests.factories import make_assessment, make_conversation, make_recording

PATH = "/in/call.wav"


def make(name: str, path: str = PATH) -> Call:
    heard = make_conversation(recording=make_recording(name, path=path))
    return Call(heard, make_assessment(heard))


def counted(store: Store) -> set[str]:
    rows = store.db.execute("SELECT call_id FROM calls WHERE superseded_by IS NULL")
    return {call_id for (call_id,) in rows}


def save(store: Store, call: Call, size: int) -> str:
    run_id = store.ledger.begin_run(RunInfo())
    store.ledger.save_outcome(run_id, call, FileStats(size, size))
    return call.conversation.recording.id


def test_new_bytes_in_a_file_take_the_place_of_the_old_call(store: Store) -> None:
    """The old version is kept and can be loaded, but counts no longer."""
    old = make("old")
    first, second = save(store, old, 1), save(store, make("new"), 2)
    assert {second} == counted(store)
    assert old == store.load(first)
    assert [second] == list(store.iter_call_ids())


def test_a_call_that_another_file_holds_counts_on(store: Store) -> None:
    """Replacing one of two copies loses nothing."""
    first = save(store, make("old"), 1)
    run_id = store.ledger.begin_run(RunInfo())
    store.ledger.skip(run_id, "/in/copy.wav", FileStats(1, 1), reason="duplicate", call_id=first)
    second = save(store, make("new"), 2)
    assert {first, second} == counted(store)


def test_old_bytes_that_come_back_count_again(store: Store) -> None:
    """A file put back from a backup makes its call the one that counts."""
    first, second = save(store, make("old"), 1), save(store, make("new"), 2)
    run_id = store.ledger.begin_run(RunInfo())
    store.ledger.skip(run_id, PATH, FileStats(1, 3), reason="duplicate", call_id=first)
    assert {first} == counted(store)
    save(store, make("new"), 4)
    assert {second} == counted(store)


def test_hearing_a_call_again_sets_nothing_aside(store: Store) -> None:
    """The same bytes in the same file are the same call."""
    first = save(store, make("old"), 1)
    save(store, make("old"), 1)
    assert {first} == counted(store)
