"""Calls whose machine answer is known, reviewed by people whose answers are known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from speechcx.ask.qa.question_digest import digest_questions
from speechcx.call import Call
from speechcx.store import Store
from speechcx.store.decisions.review_record import Given
from speechcx.store.decisions.reviews import ReviewDesk
from tests.ask.archive import at
from tests.factories import make_answer, make_assessment, make_conversation, make_recording, make_score


def judged(name: str, machine: str, *, version: str = "1", minute: int = 0) -> Call:
    """A call of ann's with one machine question and one for a person."""
    started = at(1) + timedelta(minutes=minute)
    heard = make_conversation(recording=make_recording(name, agent="ann", started_at=started))
    answers = (
        make_answer("greeted", answer=machine, points=None if machine != "yes" else 50.0, out_of=50.0),
        make_answer("polite", answer="person", rule=None, points=None, out_of=50.0),
    )
    return Call(
        heard, make_assessment(heard, version=version, results=(), scores=(make_score(answers=answers),))
    )


def review(
    store: Store, call_id: str, reviewer: str, greeted: str, *, blind: bool = True, polite: str = "yes"
) -> int:
    """A submitted review of a call."""
    desk = ReviewDesk(store, digest_questions)
    taken = desk.take_call(reviewer, call_id)
    desk.answer(taken.review_id, reviewer, [Given("greeted", greeted, at_s=1.5), Given("polite", polite)])
    desk.submit(taken.review_id, reviewer, blind=blind)
    return taken.review_id


def fill_pairs(
    store: Store,
    pairs: Iterable[tuple[str, str]],
    *,
    version: str = "1",
    name: str = "p",
    reviewer: str = "rita",
) -> list[str]:
    """A call reviewed for each (machine, person) pair, in order; returns the ids."""
    ids = []
    with store.write():
        for number, (machine, person) in enumerate(pairs):
            call = judged(f"{name}{number}", machine, version=version, minute=number)
            store.save_call(call)
            ids.append(call.conversation.recording.id)
            review(store, ids[-1], reviewer, person)
    return ids
