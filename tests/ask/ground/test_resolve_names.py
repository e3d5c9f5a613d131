import pytest

from speechcx.ask.ground.resolve_names import expect_one, find_name, find_nearest, settle_names
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from tests.ask.archive import Line, make


@pytest.mark.parametrize("typed", ["ann", "ANN", "Ann Hall", "ann hall"])
def test_an_agent_is_meant_by_id_or_name_in_any_letters(archive: Store, typed: str) -> None:
    """All of these are the same agent."""
    assert "ann" == find_name(archive, "agent", typed)


def test_an_unknown_name_is_answered_with_the_nearest(archive: Store) -> None:
    """A first name and a slip of the pen lead to the agent, whose id stands beside the name."""
    with pytest.raises(UsageError, match=r"no agent 'Bae'.*\n.*\n.*nearest: bea"):
        find_name(archive, "agent", "Bae")
    with pytest.raises(UsageError, match=r"nearest: Bea Low \(bea\)"):
        find_name(archive, "agent", "Bea Loww")
    with pytest.raises(UsageError, match="see `speechcx teams`"):
        find_name(archive, "team", "entirely other")


def test_filters_are_settled_to_stored_names(archive: Store) -> None:
    """What means nothing stays as typed, so that the answer is empty and its hint can name the nearest."""
    asked = CallFilter(agent=("Bea Low", "nobody"), team=("BLUE",))
    assert CallFilter(agent=("bea", "nobody"), team=("blue",)) == settle_names(archive, asked)
    same = CallFilter(agent=("ann",))
    assert settle_names(archive, same) is same


def test_a_stored_name_has_no_nearest(archive: Store) -> None:
    """Only what is not there is."""
    assert (None, "blue") == (find_nearest(archive, "team", "blue"), find_nearest(archive, "team", "bleu"))


def test_legal_names_pass(archive: Store) -> None:
    """Others name what there is and the nearest of it."""
    expect_one("sort by", "score", ("score", "name"))
    with pytest.raises(UsageError, match="cannot sort by 'scor'.*\n.*score, name.*\n.*use score"):
        expect_one("sort by", "scor", ("score", "name"))


def test_accents_and_capitals_are_no_hindrance(store: Store) -> None:
    """As people type names without them; two agents alike but for them stay two."""
    store.sync_roster([Line("a7", "blue", name="José García")])
    store.save_call(make("a", agent="a7", queue="Zürich"))
    assert ("a7", "Zürich") == (find_name(store, "agent", "jose garcia"), find_name(store, "queue", "zurich"))
    store.save_call(make("b", agent="A7"))
    assert ("a7", "A7") == (find_name(store, "agent", "a7"), find_name(store, "agent", "A7"))


def test_an_empty_database_is_to_be_filled(store: Store) -> None:
    """No name is to blame."""
    with pytest.raises(UsageError, match="run `speechcx run`"):
        find_name(store, "agent", "ann")
