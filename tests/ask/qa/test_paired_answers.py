"""Which answers are compared: the first blind one of each call, and the first two of different people."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from speechcx.ask.qa.paired_answers import Answered, first_of_each_call, pair_people, read_answered, read_form
from speechcx.store import Store
from tests.ask.qa.judges import fill_pairs, review


def answered(call: int, review_id: int) -> Answered:
    """An answer of a review to the one question of a call."""
    return Answered("q", "yes", "no", "way", review_id, f"c{call}", f"r{review_id}", "2026-01-01", None, None)


@given(st.lists(st.integers(0, 5), max_size=40))
def test_one_answer_a_call_and_one_pair(calls: list[int]) -> None:
    """Each call counts once, by its first review; it makes a pair where two reviewed it, in their order."""
    many = [answered(call, number) for number, call in enumerate(calls)]
    firsts = first_of_each_call(many).get("q", [])
    assert len(set(calls)) == len(firsts)
    assert all(one.review_id == calls.index(int(one.call_id[1:])) for one in firsts)
    pairs = pair_people(many).get("q", [])
    assert sum(calls.count(call) > 1 for call in set(calls)) == len(pairs)
    assert all(a.call_id == b.call_id and a.review_id < b.review_id for a, b in pairs)


def test_released_and_open_reviews_are_not_read(store: Store) -> None:
    """Only what was handed in blind is an answer."""
    ids = fill_pairs(store, [("yes", "no")])
    review(store, ids[0], "sam", "yes", blind=False)
    found = read_answered(store, "service-quality")
    assert [("greeted", "no", "yes"), ("polite", "yes", "person")] == [
        (one.question, one.answer, one.machine) for one in found
    ]


def test_the_present_form_is_that_of_the_newest_call(store: Store) -> None:
    """Rulebook, questions in order, and which of them the machine answers."""
    assert read_form(store, "service-quality") is None
    fill_pairs(store, [("yes", "no")])
    fill_pairs(store, [("yes", "no")] * 3, version="2", name="new")
    form = read_form(store, "service-quality")
    assert ("2", [("greeted", True), ("polite", False)]) == (
        form.version, [(question, by_machine) for question, _, _, by_machine in form.questions],
    )  # fmt: skip
