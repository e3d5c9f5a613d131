import pytest

from speechcx.ask.ground.call_by_name import find_call, find_call_id, show_call
from speechcx.errors import UsageError
from speechcx.store import FileStats, RunInfo, Store
from tests.factories import make_assessment, make_call, make_failure, make_recording


@pytest.fixture
def two(store: Store) -> Store:
    run_id = store.ledger.begin_run(RunInfo())
    for name in ("one", "two"):
        store.ledger.save_outcome(run_id, make_call(name), FileStats(1, 1))
    return store


ONE = make_recording("one")


@pytest.mark.parametrize(
    "name",
    [
        ONE.id,
        ONE.id[:6],
        ONE.id.upper(),
        "/recordings/one.wav",
        "one.wav",
        "recordings/one.wav",
        f" {ONE.id[:9]} ",
    ],
)
def test_a_call_is_found_by_id_beginning_or_file(two: Store, name: str) -> None:
    """However it is named, it is the call that was saved."""
    assert make_call("one") == find_call(two, name)


def test_a_copy_of_the_file_names_the_call_too(two: Store) -> None:
    """Same bytes, two paths, one call."""
    two.ledger.skip(1, "/other/copy.wav", FileStats(1, 1), reason="duplicate", call_id=ONE.id)
    assert ONE.id == find_call_id(two, "copy.wav")
    assert ("/recordings/one.wav", "/other/copy.wav") == show_call(two, ONE.id).paths


def test_a_name_of_several_calls_lists_them(store: Store) -> None:
    """Nothing is chosen for the reader."""
    for folder in "ab":
        store.save_call(make_call(folder))
        store.db.execute(
            "UPDATE recordings SET path = ? WHERE path = ?", (f"/{folder}/x.wav", f"/recordings/{folder}.wav")
        )
    with pytest.raises(UsageError, match="2 calls are named 'x.wav'") as caught:
        find_call(store, "x.wav")
    assert make_recording("a").id in caught.value.cure
    assert make_recording("a").id == find_call_id(store, "/a/x.wav")


@pytest.mark.parametrize(
    ("name", "cure"), [("onne.wav", "did you mean one.wav"), ("zzzzzzzz", "speechcx calls"), ("", "calls")]
)
def test_an_unknown_name_says_what_to_do(two: Store, name: str, cure: str) -> None:
    """The nearest file, or where to look."""
    with pytest.raises(UsageError, match="no call is named") as caught:
        find_call(two, name)
    assert cure in caught.value.cure


@pytest.mark.parametrize("name", ["a\0b", "%", "_", "'; DROP TABLE calls --", "\udcff", "one.wa_"])
def test_odd_names_are_unknown_names(two: Store, name: str) -> None:
    """Signs mean nothing to the search."""
    with pytest.raises(UsageError, match="no call is named"):
        find_call(two, name)


def test_a_failed_file_is_named_as_such(two: Store) -> None:
    """It is there, but it is no call."""
    two.ledger.save_outcome(1, make_failure("bad"), FileStats(1, 1))
    with pytest.raises(UsageError, match="no call is named") as caught:
        find_call(two, "bad.wav")
    assert "it failed (empty)" in caught.value.cure


def test_a_shown_call_says_how_it_stands(two: Store) -> None:
    """Where it counts, and under which rulebooks it was judged before."""
    two.save_assessment(ONE.id, make_assessment(make_call("one").conversation, version="2"))
    shown = show_call(two, ONE.id)
    first = make_assessment()
    assert (("northwind-bank", "1", first.digest),) == shown.past
    assert "1" == getattr(two.load_assessment(ONE.id, digest=first.digest), "version", None)
    assert (None, None, None) == (shown.team, shown.center, shown.superseded_by)
    assert shown.judged_at >= shown.stored_at


def test_a_call_has_a_short_number_that_it_keeps(store: Store) -> None:
    """`#2`, `2` and `# 2` are the second call that was stored, also after it was heard again and the first is gone."""
    ids = []
    for name in ("x", "y", "z"):
        store.save_call(make_call(name))
        ids.append(make_call(name).conversation.recording.id)
    store.delete_call(ids[0])
    store.save_call(make_call("y"))
    assert {ids[1]} == {find_call_id(store, typed) for typed in ("#2", "2", " # 2 ", "#2.1")}
    with pytest.raises(UsageError, match="no call is named '#1'"):
        find_call_id(store, "#1")
