"""The blind form has the call's words and the questions, and not one thing the machine made of them."""

import json
from dataclasses import asdict

from speechcx.ask.qa.forms import read_form
from speechcx.ask.qa.question_digest import digest_questions
from speechcx.store import Store
from speechcx.store.decisions.review_record import Given
from speechcx.store.decisions.reviews import ReviewDesk
from tests.ask.qa.judges import judged


def opened(store: Store) -> int:
    """A review of a call whose machine answer is a word that stands nowhere else."""
    call = judged("call", "no")
    store.save_call(call)
    return ReviewDesk(store, digest_questions).take_call("rita", call.conversation.recording.id).review_id


def test_the_form_shows_words_and_questions(store: Store) -> None:
    """Turns with party and time, questions in order, answers so far."""
    number = opened(store)
    ReviewDesk(store, digest_questions).answer(number, "rita", [Given("polite", "yes", "kind", 2.0)])
    form = read_form(store, number)
    assert ("rita", "open", "ann", "/recordings/call.wav") == (
        form.reviewer,
        form.state,
        form.agent,
        form.path,
    )
    assert ("agent", 0.5) == (form.turns[0].party, form.turns[0].start_s)
    assert "thank you for calling" in form.turns[0].text.lower()
    assert [("greeted", None, None), ("polite", "yes", "kind")] == [
        (one.question, one.answer, one.comment) for one in form.questions
    ]


def test_nothing_of_the_machine_is_in_it(store: Store) -> None:
    """No machine answer, reason, score, flag, feeling or reason of the draw is anywhere in the form."""
    text = json.dumps(asdict(read_form(store, opened(store))))
    for hidden in ("machine", "heard", 'score"', "sentiment", "flag", "reason", '"no"', "points"):
        assert hidden not in text.replace("scorecard", ""), hidden


def test_the_form_of_an_erased_call(store: Store) -> None:
    """Its questions stay; what was said and where the file lay is gone."""
    number = opened(store)
    store.delete_call(judged("call", "no").conversation.recording.id)
    form = read_form(store, number)
    assert (None, (), 2) == (form.path, form.turns, len(form.questions))
