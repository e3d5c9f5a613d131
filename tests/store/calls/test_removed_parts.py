"""Parts that retention removed do not come back with a call that is written again."""

from __future__ import annotations

from pathlib import Path

from speechcx.ask.search import search
from speechcx.store import Store
from speechcx.store.calls.removed_parts import remove_parts
from speechcx.store.integrity import Examined, examine
from speechcx.store.merging import merge_store
from tests.factories import make_call

ID = make_call("one").conversation.recording.id


def make_unindexed(path: Path) -> Store:
    """A store with a call that the search index had to forget."""
    store = Store.open(path, create=True)
    store.save_call(make_call("one"))
    assert search(store, "account").hits
    remove_parts(store, ID, ["index"])
    return store


def expect_kept_out(store: Store) -> None:
    """The call is whole and right, and no search finds it."""
    assert not search(store, "account").hits
    assert store.load(ID).conversation.utterances == make_call("one").conversation.utterances
    assert [] == [str(found) for found in examine(store, Examined(every_call=True)) if found.area != "ledger"]


def test_a_call_that_is_heard_again_stays_out_of_the_search_index(tmp_path: Path) -> None:
    """Hearing, correcting and redacting store the call again; none of them puts it back into the index."""
    with make_unindexed(tmp_path / "calls.db") as store:
        store.save_call(make_call("one"))
        expect_kept_out(store)


def test_a_call_from_another_database_stays_out_of_the_search_index(tmp_path: Path) -> None:
    """It was taken out there before, whether the call is new here or known."""
    with make_unindexed(tmp_path / "other.db") as other:
        for name, is_known in (("new.db", False), ("known.db", True)):
            with Store.open(tmp_path / name, create=True) as store:
                if is_known:
                    store.save_call(make_call("one"))
                with store.write():
                    merge_store(store, other)
                expect_kept_out(store)
