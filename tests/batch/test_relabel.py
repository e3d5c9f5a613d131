"""Relabelling: what a person says of a call is kept, in one piece or not at all."""

from pathlib import Path

import pytest

from speechcx import batch
from speechcx.errors import CallError, RunInProgress, UsageError
from speechcx.store import Store
from tests import factories
from tests.batch.folders import make_rulebook, make_settings


@pytest.fixture
def stored(database: Path) -> tuple[Store, str]:
    """A store with one call."""
    store = Store.open(database)
    call = factories.make_call()
    store.save_call(call)
    return store, call.conversation.recording.id


def test_a_persons_word_goes_before_every_guess(stored: tuple[Store, str]) -> None:
    """Named parties become the roles, with full confidence, and stay after another judging."""
    store, call_id = stored
    roles = batch.relabel(store, call_id, ("customer", "agent"), make_rulebook(), make_settings())
    assert [("customer", 1.0, "relabel"), ("agent", 1.0, "relabel")] == [
        (role.party, role.confidence, role.how) for role in roles
    ]
    batch.rejudge(store, make_rulebook(version=2), make_settings())
    assert roles == store.load(call_id).assessment.reading.roles


def test_wrong_number_of_parties_changes_nothing(stored: tuple[Store, str]) -> None:
    """A party too few is refused, and the call is as it was."""
    store, call_id = stored
    before = store.load(call_id)
    with pytest.raises(UsageError, match="one for each of its 2 speakers"):
        batch.relabel(store, call_id, ("agent",), make_rulebook(), make_settings())
    assert before == store.load(call_id)


def test_relabelling_waits_for_no_run(stored: tuple[Store, str]) -> None:
    """While a run holds the database, relabelling says so."""
    store, call_id = stored
    with batch.hold_lock(store.path), pytest.raises(RunInProgress):
        batch.relabel(store, call_id, None, make_rulebook(), make_settings())


def test_a_stored_call_that_cannot_be_read_is_told(stored: tuple[Store, str]) -> None:
    """With its id and what to do; nothing of it changes."""
    store, call_id = stored
    store.db.execute("UPDATE turns_data SET words = x'ff'")
    with pytest.raises(
        CallError, match=rf"call {call_id} cannot be read as it is stored[\s\S]*check"
    ) as told:
        batch.relabel(store, call_id, None, make_rulebook(), make_settings())
    assert told.value.exit_code == 3
