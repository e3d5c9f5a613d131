"""Reviews are taken up by one person each, filled in step by step, and pinned to what was judged then."""

import sqlite3
import threading
from pathlib import Path

import pytest

from speechcx.errors import UsageError
from speechcx.store import Store
from speechcx.store.decisions.review_record import Given, read_answers
from speechcx.store.decisions.reviews import ReviewDesk
from tests.store.reviewing import QUESTIONS, answers, desk_of, fill, plan, reviewable


def steps(store: Store, review_id: int) -> list[tuple]:
    """(kind, question, answer, text) of every step."""
    return store.db.execute(
        "SELECT kind, question, answer, text FROM review_events WHERE review_id = ? ORDER BY event_id",
        (review_id,),
    ).fetchall()


def test_next_gives_each_call_once_and_then_none(store: Store) -> None:
    """Every drawn call is given out once, in order; after them there is nothing."""
    ids = fill(store, 3)
    plan(store, ids)
    desk = desk_of(store)
    given = []
    for _ in ids:
        taken = desk.take_next("rita")
        desk.answer(taken.review_id, "rita", answers())
        desk.submit(taken.review_id, "rita")
        given.append(taken.call_id)
    assert ids == given
    assert desk.take_next("rita") is None
    assert desk.take_next("sam") is None


def test_next_resumes_what_is_open(store: Store) -> None:
    """An open review comes again until it is submitted, with its answers."""
    plan(store, fill(store, 2))
    desk = desk_of(store)
    first = desk.take_next("rita")
    desk.answer(first.review_id, "rita", [Given("greeted", "no", "no name given", 3.5)])
    again = desk.take_next("Rita")
    assert (first.review_id, True) == (again.review_id, again.resumed)
    assert {"greeted": Given("greeted", "no", "no name given", 3.5)} == read_answers(store, again.review_id)


def test_two_people_never_get_the_same_call(store: Store) -> None:
    """Two reviewers who take turns are given different calls; a given-back one goes to the other."""
    ids = fill(store, 2)
    plan(store, ids)
    desk = desk_of(store)
    rita, sam = desk.take_next("rita"), desk.take_next("sam")
    assert set(ids) == {rita.call_id, sam.call_id}
    assert desk.take_next("tom") is None
    desk.release(rita.review_id, "lead")
    assert rita.call_id == desk.take_next("tom").call_id


def test_four_at_once_share_the_calls(store: Store, tmp_path: Path) -> None:
    """Four connections taking calls at the same moment get each call exactly once."""
    ids = fill(store, 24)
    plan(store, ids)
    given: list[str] = []

    def work(name: str) -> None:
        with Store.open(tmp_path / "calls.db") as own:
            own.db.execute("PRAGMA synchronous = OFF")
            desk = desk_of(own)
            while (taken := desk.take_next(name)) is not None:
                given.append(taken.call_id)
                desk.answer(taken.review_id, name, answers())
                desk.submit(taken.review_id, name)

    workers = [threading.Thread(target=work, args=(f"r{number}",)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(ids) == sorted(given)


def test_the_database_itself_refuses_a_call_twice(store: Store) -> None:
    """A second live review of a draw's round is refused by an index, whoever writes it."""
    plan(store, fill(store, 1))
    desk_of(store).take_next("rita")
    with pytest.raises(sqlite3.IntegrityError, match="draw_id"):
        store.db.execute(
            "INSERT INTO reviews (call_id, scorecard, rulebook_no, provenance_no, draw_id, round, reviewer, opened_at)"
            " SELECT call_id, scorecard, rulebook_no, provenance_no, draw_id, 1, 'sam', 'now' FROM reviews"
        )


def test_a_planned_second_review_goes_to_another_person(store: Store) -> None:
    """A draw that asks for two reviews is given to two people, never twice to one."""
    plan(store, fill(store, 1), reviews=2)
    desk = desk_of(store)
    first = desk.take_next("rita")
    desk.answer(first.review_id, "rita", answers())
    desk.submit(first.review_id, "rita")
    assert desk.take_next("rita") is None
    second = desk.take_next("sam")
    assert first.call_id == second.call_id
    assert desk.take_next("tom") is None


def test_nobody_reviews_themselves(store: Store) -> None:
    """An agent is not given their own calls, and cannot choose one."""
    ids = fill(store, 1, agent="Ann")
    plan(store, ids, agent="Ann")
    desk = desk_of(store)
    assert desk.take_next("ann") is None
    with pytest.raises(UsageError, match="their own"):
        desk.take_call("ann", ids[0])
    store.db.execute("UPDATE calls SET agent = 'rita'")
    assert desk.take_next("rita") is None, "nor one that was found to be theirs after the draw"


def test_names_are_compared_in_every_alphabet(store: Store) -> None:
    """Case and the way an accent is written do not make two people of one."""
    ids = fill(store, 2, agent="Ömer Ünal")
    plan(store, ids, agent="Ömer Ünal")
    desk = desk_of(store)
    assert desk.take_next("o\u0308mer  ünal") is None
    taken = desk.take_next("ΙΩΆΝΝΗΣ")
    desk.answer(taken.review_id, "ιωάννης", answers())
    desk.submit(taken.review_id, "Ιωάννης")
    with pytest.raises(UsageError, match="has reviewed"):
        desk.take_call("ιωάννης", taken.call_id)
    assert taken.call_id != desk.take_next("ιωάννης").call_id


def test_calls_that_do_not_count_any_more_are_passed_over(store: Store) -> None:
    """A call whose file was replaced, or that was erased, is not given out."""
    ids = fill(store, 4)
    plan(store, ids)
    store.db.execute("DELETE FROM answers_data WHERE call_no = (SELECT max(call_no) FROM calls)")
    store.db.execute("UPDATE calls SET superseded_by = 'x' WHERE call_id = ?", (ids[0],))
    store.delete_call(ids[1])
    desk = desk_of(store)
    assert ids[2] == desk.take_next("rita").call_id
    assert desk.take_next("sam") is None, "nor is one that has no form any more"


def test_answers_are_all_or_none(store: Store) -> None:
    """One wrong answer among several keeps none of them."""
    desk = desk_of(store)
    taken = desk.take_call("rita", fill(store, 1)[0])
    with pytest.raises(UsageError, match="one of yes, no, n-a, cannot-tell"):
        desk.answer(taken.review_id, "rita", [Given("greeted", "yes"), Given("verified", "yess")])
    assert {} == read_answers(store, taken.review_id)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (Given("greetd", "yes"), "use greeted"),
        (Given("greeted", "maybe"), "answer 'maybe'"),
        (Given("greeted", "yes", at_s=1e9), "from 0 to 60.0 s"),
        (Given("greeted", "yes", at_s=-1), "from 0 to"),
        (Given("greeted", "yes", at_s=float("nan")), "from 0 to"),
        (Given("greeted", "yes", "x" * 5000), "at most 4000"),
    ],
)
def test_wrong_answers_are_refused(store: Store, given: Given, message: str) -> None:
    """Unknown questions, answers and times are refused with what would be right."""
    desk = desk_of(store)
    taken = desk.take_call("rita", fill(store, 1)[0])
    with pytest.raises(UsageError, match=message):
        desk.answer(taken.review_id, "rita", [given])


def test_only_the_reviewer_answers_and_submits(store: Store) -> None:
    """Another name is refused, and so is a form with open questions."""
    desk = desk_of(store)
    taken = desk.take_call("rita", fill(store, 1)[0])
    with pytest.raises(UsageError, match="is rita's"):
        desk.answer(taken.review_id, "sam", answers())
    assert 2 == desk.answer(taken.review_id, "rita", answers()[:1])
    with pytest.raises(UsageError, match="2 questions of review 1 without an answer: verified, polite"):
        desk.submit(taken.review_id, "rita")


def test_the_last_answer_counts_and_the_first_stays(store: Store) -> None:
    """A corrected answer is submitted; both stand in the record; after submitting nothing changes."""
    desk = desk_of(store)
    taken = desk.take_call("rita", fill(store, 1)[0])
    desk.answer(taken.review_id, "rita", answers(greeted="no"))
    desk.answer(taken.review_id, "rita", [Given("greeted", "yes")])
    desk.submit(taken.review_id, "rita")
    kept = dict(store.db.execute("SELECT question, answer FROM review_answers"))
    assert {"greeted": "yes", "verified": "yes", "polite": "yes"} == kept
    assert ["no", "yes"] == [row[2] for row in steps(store, taken.review_id) if row[1] == "greeted"]
    with pytest.raises(UsageError, match="is submitted"):
        desk.answer(taken.review_id, "rita", answers())


def test_judging_anew_does_not_touch_a_review(store: Store) -> None:
    """The form and the machine's answers stay those of the moment the review was opened."""
    call_id = fill(store, 1)[0]
    desk = desk_of(store)
    taken = desk.take_call("rita", call_id)
    before = store.db.execute("SELECT * FROM review_questions").fetchall()
    store.save_assessment(call_id, reviewable(0, version="2", machine="no").assessment)
    store.save_call(reviewable(0, version="3", machine="cannot-tell"))
    desk.answer(taken.review_id, "rita", answers())
    desk.submit(taken.review_id, "rita")
    assert before == store.db.execute("SELECT * FROM review_questions").fetchall()
    machine = store.db.execute("SELECT machine_answer FROM review_answers ORDER BY position").fetchall()
    assert [("yes",), ("no",), ("person",)] == machine
    version = "SELECT version FROM reviews JOIN rulebooks USING (rulebook_no)"
    assert ("1",) == store.db.execute(version).fetchone()


def test_a_rulebook_is_read_once(store: Store) -> None:
    """The ways to the answers are read for the first review under a rulebook; later ones take them over."""
    ids = fill(store, 3)
    store.save_assessment(ids[2], reviewable(2, version="2").assessment)
    asked: list[str] = []

    def digest_questions(digest: str, _source: str | None, _card: str) -> dict[str, str]:
        asked.append(digest)
        return {name: f"{digest[:4]} {name}" for name in QUESTIONS}

    desk = ReviewDesk(store, digest_questions)
    for call_id in ids:
        desk.take_call("rita", call_id)
    assert 2 == len(asked) == len(set(asked))
    ways = store.db.execute("SELECT review_id, group_concat(way) FROM review_questions GROUP BY 1").fetchall()
    assert ways[0][1] == ways[1][1] != ways[2][1]


def test_the_record_refuses_to_be_changed(store: Store) -> None:
    """Steps and submitted answers can be neither changed nor removed, even by hand."""
    desk = desk_of(store)
    taken = desk.take_call("rita", fill(store, 1)[0])
    desk.answer(taken.review_id, "rita", answers())
    desk.submit(taken.review_id, "rita")
    for change in (
        "UPDATE review_events SET by = 'eve'", "UPDATE review_events SET text = 'other'", "DELETE FROM review_events",
        "UPDATE review_answers SET answer = 'no'", "DELETE FROM review_answers", "UPDATE reviews SET reviewer = 'eve'",
    ):  # fmt: skip
        with pytest.raises(sqlite3.IntegrityError, match=r"never|only its state"):
            store.db.execute(change)


def test_a_kill_before_submit_loses_no_answer(store: Store, tmp_path: Path) -> None:
    """Answers are on disk when `answer` returns: another connection finds them after the first is gone."""
    desk = desk_of(store)
    taken = desk.take_call("rita", fill(store, 1)[0])
    desk.answer(taken.review_id, "rita", answers()[:2])
    with Store.open(tmp_path / "calls.db") as other:
        assert ["greeted", "verified"] == list(read_answers(other, taken.review_id))
        again = desk_of(other)
        again.answer(taken.review_id, "rita", answers()[2:])
        again.submit(taken.review_id, "rita")


def test_a_failed_opening_leaves_nothing(store: Store) -> None:
    """Where the form cannot be copied, no review and no step is left."""
    call_id = fill(store, 1)[0]
    with pytest.raises(UsageError, match="no scorecard 'other'"):
        desk_of(store).take_call("rita", call_id, "other")
    assert (0, 0) == store.db.execute(
        "SELECT (SELECT count(*) FROM reviews), (SELECT count(*) FROM review_events)"
    ).fetchone()


def test_a_second_opinion_is_another_person_s(store: Store) -> None:
    """A second opinion follows a submitted review, and not by its reviewer or the agent."""
    desk = desk_of(store)
    first = desk.take_call("rita", fill(store, 1)[0])
    with pytest.raises(UsageError, match="a second opinion follows on: submitted"):
        desk.take_second("sam", first.review_id)
    desk.answer(first.review_id, "rita", answers())
    desk.submit(first.review_id, "rita")
    for name, message in (("rita", "has reviewed"), ("ann", "their own")):
        with pytest.raises(UsageError, match=message):
            desk.take_second(name, first.review_id)
    second = desk.take_second("sam", first.review_id)
    assert {} == read_answers(store, second.review_id)
    assert (2, first.review_id) == store.db.execute(
        "SELECT round, of_review FROM reviews WHERE review_id = ?", (second.review_id,)
    ).fetchone()


def test_unknown_plans_and_reviews_are_named(store: Store) -> None:
    """A wrong plan or number says which there are."""
    desk = desk_of(store)
    with pytest.raises(UsageError, match="there is none yet"):
        desk.take_next("rita", "march")
    plan(store, fill(store, 1))
    with pytest.raises(UsageError, match="one of march"):
        desk.take_next("rita", "april")
    with pytest.raises(UsageError, match="no review 7"):
        desk.submit(7, "rita")
    with pytest.raises(UsageError, match="say who you are"):
        desk.take_next("  ")
