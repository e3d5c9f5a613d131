"""Phrases kept beside calls: those of the words as they are now, through every change of a call."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from speechcx.call import Call
from speechcx.store import Store
from speechcx.store.calls.customer_phrases import (
    FORM,
    find_phrases,
    find_wrong_phrases,
    keep_missing_phrases,
    pack_phrases,
    read_dull_words,
    read_phrases,
)
from speechcx.store.calls.removed_parts import remove_parts
from speechcx.store.integrity.find_problems import examine
from speechcx.store.integrity.repair import repair
from tests.factories import make_assessment, make_conversation, make_recording

TEXT = "the router update failed"


def stored(store: Store, text: str = TEXT) -> tuple[str, int]:
    """A call in which the customer says something: its id and number."""
    turns = (("ch0", 0.5, "thank you for calling"), ("ch1", 6.0, text))
    heard = make_conversation(turns, recording=make_recording("a", agent="ann"))
    store.save_call(Call(heard, make_assessment(heard)))
    (number,) = store.db.execute("SELECT call_no FROM calls").fetchone()
    return heard.recording.id, number


def rows(store: Store) -> list[tuple[int, bytes | None]]:
    """Every row as it is kept."""
    return store.db.execute("SELECT * FROM customer_phrases").fetchall()


@given(st.lists(st.integers(0, 2**48 - 1), unique=True))
def test_a_row_has_six_bytes_a_phrase(numbers: list[int]) -> None:
    """And one for its form."""
    assert len(pack_phrases(numbers)) == 1 + 6 * len(numbers)


@settings(max_examples=200)
@given(
    st.lists(st.sampled_from(["the", "bill", "line's", "is", "high", "Plan", "no", "dead", "·"]), max_size=9)
)
def test_phrases_have_numbers_of_their_own(words: list[str]) -> None:
    """As many numbers as different phrases, counted word by word."""
    dull = read_dull_words()
    plain = [word.lower() for word in words if word != "·"]
    expected = {
        " ".join(plain[start:end])
        for start in range(len(plain))
        for end in range(start + 1, min(start + 3, len(plain)) + 1)
        if all(len(word) >= 3 and word not in dull for word in (plain[start], plain[end - 1]))
    }
    assert sorted(find_phrases(" ".join(words)).values()) == sorted(expected)


def test_a_call_keeps_the_phrases_of_its_customer(store: Store) -> None:
    """Not the agent's; and none are left when it goes."""
    call_id, number = stored(store)
    assert rows(store) == [(number, pack_phrases(find_phrases(TEXT)))]
    store.delete_call(call_id)
    assert rows(store) == []


def test_judged_again_with_other_parties_the_phrases_follow(store: Store) -> None:
    """Who was the agent is the customer now."""
    call_id, number = stored(store)
    call = store.load(call_id)
    roles = tuple(
        replace(role, party="agent" if role.party == "customer" else "customer")
        for role in call.assessment.reading.roles
    )
    reading = replace(call.assessment.reading, roles=roles)
    store.save_assessment(call_id, replace(call.assessment, reading=reading))
    assert rows(store) == [(number, pack_phrases(find_phrases("thank you for calling")))]


def test_removed_from_the_search_index_nothing_is_kept(store: Store) -> None:
    """The words are still read by who asks; when they go too, nothing is left of them."""
    call_id, number = stored(store)
    remove_parts(store, call_id, ["index"])
    assert rows(store) == []
    assert read_phrases(store.db, [number]) == {number: pack_phrases(find_phrases(TEXT))}
    remove_parts(store, call_id, ["words"])
    assert (rows(store), read_phrases(store.db, [number])) == ([(number, None)], {})
    assert list(find_wrong_phrases(store.db)) == []


def test_rows_of_an_older_form_are_not_read_and_made_again(store: Store) -> None:
    """So that another list of dull words never mixes with what was counted before."""
    _, number = stored(store)
    right = rows(store)
    with store.write():
        store.db.execute("UPDATE customer_phrases SET packed = ?", (bytes([FORM + 1]) + b"123456",))
    assert read_phrases(store.db, [number]) == dict(right)
    with store.write():
        keep_missing_phrases(store.db)
    assert rows(store) == right


def test_wrong_phrases_are_found_and_made_again(store: Store) -> None:
    """By `check`, and by its repair."""
    stored(store)
    right = rows(store)
    for damage in ("DELETE FROM customer_phrases", "UPDATE customer_phrases SET packed = NULL"):
        with store.write():
            store.db.execute(damage)
        problems = [problem for problem in examine(store) if problem.area == "sums"]
        assert ["customer_phrases"] == [problem.table for problem in problems]
        repair(store, problems)
        assert rows(store) == right
