from pathlib import Path

import pytest

from speechcx.ask.ground.resolve_names import (
    expect_one,
    find_name,
    find_nearest,
    settle_names,
    settle_rule,
    settle_rulebook,
)
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from tests.ask.archive import Line, make


@pytest.mark.parametrize("typed", ["ann", "ANN", "Ann Hall", "ann hall"])
def test_an_agent_is_meant_by_id_or_name_in_any_letters(archive: Store, typed: str) -> None:
    """All of these are the same agent."""
    assert "ann" == find_name(archive, "agent", typed)


def test_people_are_meant_by_a_part_of_their_name(store: Store) -> None:
    """A family name, or words of the id, mean the only one who has them; of several the message names all."""
    store.sync_roster(
        [Line("a7", "east-cards", name="James Carter"), Line("a8", "east-loans", name="James Poe")]
    )
    store.save_call(make("a", agent="a7", team="east-cards"))
    store.save_call(make("b", agent="james.lind", team="east-loans"))
    assert {"a7"} == {find_name(store, "agent", typed) for typed in ("carter", "Carter", "carter james")}
    assert ("james.lind", "east-cards") == (
        find_name(store, "agent", "lind"),
        find_name(store, "team", "cards"),
    )
    assert ("a7",) == settle_names(store, CallFilter(agent=("carter",))).agent
    with pytest.raises(UsageError, match="3 agents go by 'james'.*\n.*\n.*a7, a8, james.lind"):
        settle_names(store, CallFilter(agent=("james",)))
    with pytest.raises(UsageError, match="no agent 'cart'"):
        find_name(store, "agent", "cart")


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


def test_a_rule_is_meant_by_id_or_title_ignoring_case(archive: Store) -> None:
    """A title of one rule means it; what means none stays as typed."""
    rule, title = archive.db.execute(
        "SELECT rule, title FROM rules WHERE kind <> 'hidden' LIMIT 1"
    ).fetchone()
    assert [rule] * 3 == [settle_rule(archive, typed) for typed in (rule, rule.upper(), title.upper())]
    assert "nothing of the sort" == settle_rule(archive, "nothing of the sort")
    asked = CallFilter(results=((rule.upper(), "present"),))
    assert ((rule, "present"),) == settle_names(archive, asked).results


def test_a_rulebook_is_meant_by_version_or_digest(tmp_path: Path) -> None:
    """Two rulebooks of one version are told apart by their digests, which the message lists."""
    with Store.open(tmp_path / "calls.db", create=True) as store:
        store.save_call(make("one", version="1"))
        store.save_call(make("two", version="2"))
        (digest,) = store.db.execute("SELECT digest FROM rulebooks WHERE version = '1'").fetchone()
        for typed in ("1", digest, digest[:8]):
            assert digest == settle_names(store, CallFilter(rulebook_digest=typed)).rulebook_digest
        assert "7" == settle_rulebook(store, "7")
        store.db.execute("UPDATE rulebooks SET version = '1'")
        with pytest.raises(UsageError, match=f"2 rulebooks of version '1'.*\n.*\n.*{digest[:12]}"):
            settle_rulebook(store, "1")
