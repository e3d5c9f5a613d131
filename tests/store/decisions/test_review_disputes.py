"""After submitting: acknowledgement, dispute, decision and notes, each by whom it concerns."""

import pytest

from speechcx.errors import UsageError
from speechcx.store import Store
from speechcx.store.decisions.review_disputes import acknowledge, add_note, decide, dispute
from speechcx.store.decisions.review_record import Given
from tests.store.reviewing import answers, desk_of, fill


@pytest.fixture
def submitted(store: Store) -> int:
    """A submitted review of a call of ann's by rita."""
    desk = desk_of(store)
    taken = desk.take_call("rita", fill(store, 1)[0])
    desk.answer(taken.review_id, "rita", answers())
    desk.submit(taken.review_id, "rita")
    return taken.review_id


def state(store: Store, review_id: int) -> str:
    """Where a review stands."""
    return store.db.execute("SELECT state FROM reviews WHERE review_id = ?", (review_id,)).fetchone()[0]


def test_the_agent_acknowledges(store: Store, submitted: int) -> None:
    """The call's agent, and nobody else, acknowledges."""
    with pytest.raises(UsageError, match="use --as ann"):
        acknowledge(store, submitted, "bob")
    acknowledge(store, submitted, "Ann", "thank you")
    assert "acknowledged" == state(store, submitted)
    with pytest.raises(UsageError, match="is acknowledged"):
        acknowledge(store, submitted, "ann")


def test_a_dispute_needs_a_reason_and_another_person(store: Store, submitted: int) -> None:
    """No reason, an unknown question or the reviewer's own dispute is refused."""
    with pytest.raises(UsageError, match="without a reason"):
        dispute(store, submitted, "ann", " ")
    with pytest.raises(UsageError, match="use greeted"):
        dispute(store, submitted, "ann", "I did", "greetd")
    with pytest.raises(UsageError, match="their own review"):
        dispute(store, submitted, "rita", "I was wrong")
    dispute(store, submitted, "ann", "I did say my name", "greeted")
    assert "disputed" == state(store, submitted)


def test_a_decision_changes_answers_beside_the_submitted_ones(store: Store, submitted: int) -> None:
    """The decided answer is a step of its own; the submitted one stays as it was."""
    dispute(store, submitted, "ann", "I did not")
    with pytest.raises(UsageError, match="of their own"):
        decide(store, submitted, "ann", outcome="upheld", reason="so it is")
    decide(store, submitted, "lead", outcome="changed", changes=[Given("greeted", "no")], reason="heard it")
    assert "decided" == state(store, submitted)
    assert ("yes",) == store.db.execute(
        "SELECT answer FROM review_answers WHERE question = 'greeted'"
    ).fetchone()
    kinds = [
        kind for (kind,) in store.db.execute("SELECT kind FROM review_events ORDER BY event_id DESC LIMIT 2")
    ]
    assert ["decided", "changed"] == kinds
    acknowledge(store, submitted, "ann")
    assert "decided" == state(store, submitted)


@pytest.mark.parametrize(
    ("outcome", "changes", "reason", "message"),
    [
        ("perhaps", (), "r", "one of upheld, changed"),
        ("changed", (), "r", "without answers"),
        ("upheld", (Given("greeted", "no"),), "r", "no answers"),
        ("upheld", (), " ", "without a reason"),
        ("changed", (Given("greeted", "nope"),), "r", "answer 'nope'"),
    ],
)
def test_decisions_that_do_not_fit(
    store: Store, submitted: int, outcome: str, changes: tuple, reason: str, message: str
) -> None:
    """An outcome fits its answers and has a reason; nothing is kept of one that does not."""
    dispute(store, submitted, "ann", "no")
    with pytest.raises(UsageError, match=message):
        decide(store, submitted, "lead", outcome=outcome, changes=changes, reason=reason)
    assert "disputed" == state(store, submitted)


def test_a_decision_needs_a_dispute_or_a_second_opinion(store: Store, submitted: int) -> None:
    """An undisputed review is decided only after another person's opinion."""
    with pytest.raises(UsageError, match="a decision follows on: disputed"):
        decide(store, submitted, "lead", outcome="upheld", reason="fine")
    desk = desk_of(store)
    second = desk.take_second("sam", submitted)
    desk.answer(second.review_id, "sam", answers(greeted="no"))
    desk.submit(second.review_id, "sam")
    decide(store, submitted, "lead", outcome="upheld", reason="both heard it")
    assert "decided" == state(store, submitted)


def test_notes_point_into_the_call(store: Store, submitted: int) -> None:
    """A note has words and a time inside the call; it moves nothing."""
    with pytest.raises(UsageError, match="without words"):
        add_note(store, submitted, "rita", "")
    with pytest.raises(UsageError, match=r"from 0 to 60\.0 s"):
        add_note(store, submitted, "rita", "listen", 61)
    add_note(store, submitted, "rita", "well done", 9.5)
    assert "submitted" == state(store, submitted)
    assert ("well done", 9.5) == store.db.execute(
        "SELECT text, at_s FROM review_events WHERE kind = 'note'"
    ).fetchone()


def test_erasing_a_call_takes_the_words_out_of_its_reviews(store: Store, submitted: int) -> None:
    """Comments, reasons and the machine's reasons go; who answered what stays, and that it was erased."""
    add_note(store, submitted, "rita", "the customer's name is Eve")
    call_id = store.db.execute("SELECT call_id FROM reviews").fetchone()[0]
    store.delete_call(call_id)
    texts = "SELECT count(text) FROM review_events UNION ALL SELECT count(machine_why) FROM review_questions"
    assert [(0,), (0,)] == store.db.execute(texts).fetchall()
    assert (3,) == store.db.execute("SELECT count(*) FROM review_answers").fetchone()
    assert ("erased",) == store.db.execute("SELECT kind FROM review_events ORDER BY event_id DESC").fetchone()
