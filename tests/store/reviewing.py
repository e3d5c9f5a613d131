"""Calls with a form of three questions, plans over them, and a desk, for the tests of reviews."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from speechcx.call import Call
from speechcx.store import Store
from speechcx.store.decisions.review_plans import Draw, ReviewPlan, save_plan
from speechcx.store.decisions.review_record import Given
from speechcx.store.decisions.reviews import ReviewDesk
from tests.factories import make_answer, make_assessment, make_conversation, make_recording, make_score

QUESTIONS = ("greeted", "verified", "polite")


def desk_of(store: Store) -> ReviewDesk:
    """A desk for which the machine's way is the rulebook's digest and the question."""
    return ReviewDesk(
        store, lambda digest, _source, _card: {name: f"{digest[:8]} {name}" for name in QUESTIONS}
    )


def reviewable(name: str | int, *, agent: str = "ann", version: str = "1", machine: str = "yes") -> Call:
    """A call whose scorecard has three questions, the last one for a person."""
    started = datetime(2025, 3, 3, 9, tzinfo=UTC) + timedelta(
        minutes=int(name) if isinstance(name, int) else 0
    )
    heard = make_conversation(recording=make_recording(name, agent=agent, started_at=started))
    answers = (
        make_answer("greeted", answer=machine, why="said 'thank you for calling'"),
        make_answer("verified", answer="no", why="nothing like it was said", rule="verification"),
        make_answer("polite", answer="person", why="waits for a person's answer", rule=None),
    )
    return Call(
        heard, make_assessment(heard, version=version, results=(), scores=(make_score(answers=answers),))
    )


def fill(store: Store, count: int = 4, *, agent: str = "ann") -> list[str]:
    """So many calls; returns their ids."""
    calls = [reviewable(number, agent=agent) for number in range(count)]
    for call in calls:
        store.save_call(call)
    return [call.conversation.recording.id for call in calls]


def plan(
    store: Store, call_ids: list[str], *, name: str = "march", reviews: int = 1, agent: str = "ann"
) -> int:
    """A plan with these calls."""
    draws = tuple(Draw(call_id, agent, "all", (), 1.0, 0.5, reviews, "1 of 2 calls") for call_id in call_ids)
    return save_plan(store, ReviewPlan(name, "service-quality", "lead", (("seed", 1),), 8, (), draws, ()))


def answers(**values: str) -> list[Given]:
    """Answers to all questions, yes but where named."""
    return [Given(name, values.get(name, "yes")) for name in QUESTIONS]
