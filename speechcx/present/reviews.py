"""Reviews by people: plans and draws, the blind form, the review beside the machine, its steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from speechcx.ask.qa import (
    DrawRow,
    FormQuestion,
    ListedReview,
    NothingLeft,
    PlanRow,
    ReviewForm,
    ReviewStep,
    ReviewView,
)
from speechcx.present.envelope import Envelopes, record, rows
from speechcx.present.table import Answer, Column, Table, Text, make_table
from speechcx.present.units import clock, count_text, moment, start_text
from speechcx.store.decisions.review_plans import ReviewPlan


@dataclass(frozen=True, slots=True)
class AnswersKept:
    """What answering left: how many questions are answered, and which wait."""

    review_id: int
    answered: int
    waiting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepKept:
    """A step that was kept."""

    review_id: int
    step: str


_ANSWERS = record("review-answers", AnswersKept)
_DRAWS = rows("draws", DrawRow)
_LIST = rows("reviews", ListedReview)
_NOTHING = record("nothing-left", NothingLeft)
_PLANS = rows("plans", PlanRow)
_STEP = record("review-step", StepKept)
_FORM = record("review-form", ReviewForm)
_VIEW = record("review", ReviewView)
_PLAN_SWAPPED = {"ReviewPlan.spec": dict[str, Any], "ReviewPlan.left_out": dict[str, int]}

_PLAN = record("review-plan", ReviewPlan, swapped=_PLAN_SWAPPED, kept=bool)

ENVELOPES: dict[str, Envelopes] = {
    "review acknowledge": _STEP,
    "review answer": _ANSWERS,
    "review decide": _STEP,
    "review dispute": _STEP,
    "review list": _LIST,
    "review next": (_FORM, _NOTHING),
    "review note": _STEP,
    "review open": _FORM,
    "review plan": _PLAN,
    "review plans": (_PLANS, _DRAWS),
    "review release": _STEP,
    "review second": _FORM,
    "review show": _VIEW,
    "review submit": _VIEW,
}

MAX_SHORTFALLS = 20
"""Shortfalls of a plan that people are shown; the JSON document has all."""


_LIST_COLUMNS = (
    Column("review_id", "review"),
    Column("call_id", "call"),
    Column("agent", "agent"),
    Column("reviewer", "reviewer"),
    Column("state", "state"),
    Column("plan", "plan"),
    Column("round", "round"),
    Column("submitted_at", "submitted", kind="moment"),
    Column("blind", "blind"),
    Column("n_unlike", "unlike"),
    Column("reason", "why this call"),
)


def present_reviews(found: Sequence[ListedReview]) -> Answer:
    """Reviews, newest first."""
    hint = "`review plan` draws calls, `review next` takes one."
    shown = make_table("reviews", _LIST_COLUMNS, found, empty="No review fits.").with_hints(
        () if found else (hint,)
    )
    return Answer(partial(_LIST.wrap_rows, found, hint=f"{shown.empty} {hint}"), (shown,))


def present_nothing_left(left: NothingLeft) -> Answer:
    """That no call waits for a review."""
    return Answer(partial(_NOTHING.wrap, left), (Text(left.hint, is_note=True),))


def present_step(number: int, step: str) -> Answer:
    """What was kept of a review."""
    return Answer(partial(_STEP.wrap, StepKept(number, step)), (Text(f"Review {number}: {step}."),))


def present_answers(number: int, questions: Sequence[FormQuestion]) -> Answer:
    """What answering left to answer."""
    waiting = tuple(one.question for one in questions if one.answer is None)
    kept = AnswersKept(number, len(questions) - len(waiting), waiting)
    blocks = [Text(f"{kept.answered} of {len(questions)} answered; waiting: {', '.join(waiting)}")]
    if not waiting:
        hand_in = Text(f"Submit it: speechcx review submit {number}", is_hint=True)
        blocks = [Text(f"All {len(questions)} answered."), hand_in]
    return Answer(partial(_ANSWERS.wrap, kept), tuple(blocks))


_TURN_COLUMNS = (
    Column("time", "time", value=lambda turn: clock(turn.start_s)),
    Column("party", "party"),
    Column("text", "words", value=lambda turn: turn.text or "(no words)"),
)
_QUESTION_COLUMNS = (
    Column("question", "question"),
    Column("section", "section"),
    Column("text", "asks"),
    Column("critical", "critical"),
    Column("answer", "your answer"),
    Column("at", "at", value=lambda one: moment(one.at_s)),
    Column("comment", "comment"),
)


def present_form(form: ReviewForm) -> Answer:
    """A blind form: the call's words, and the questions with the answers so far."""
    return Answer(partial(_FORM.wrap, form), tuple(_form(form)))


def _form(form: ReviewForm) -> Iterator[Table | Text]:
    yield Text(f"Review {form.review_id} ({form.state}) by {form.reviewer}: call {form.call_id}")
    people = f"agent {form.agent or 'unknown'}, customer {form.customer or 'unknown'}"
    more = "".join(f", {part}" for part in (form.direction, form.queue) if part)
    yield Text(f"{start_text(form.started)}, {clock(form.audio_duration_s)}, {people}{more}", indent=2)
    gone = "The call is not stored any more."
    yield Text(gone if form.path is None else f"Listen: {form.path}", indent=2)
    yield make_table("turns", _TURN_COLUMNS, form.turns, empty="No words were heard.")
    yield make_table("questions", _QUESTION_COLUMNS, form.questions).with_hints(_next_step(form))


def _next_step(form: ReviewForm) -> Iterator[str]:
    if form.state != "open":
        return
    waiting = [one.question for one in form.questions if one.answer is None]
    if waiting:
        answer = f"speechcx review answer {form.review_id} {waiting[0]}=yes ..."
        yield f"Answer: {answer}; without answers it asks you."
    else:
        yield f"All answered. Submit it: speechcx review submit {form.review_id}"
    yield "Blind: `show`, `calls`, `flags` and `search --rule` tell what the machine found; look at them afterwards."


_COMPARED_COLUMNS = (
    Column("mark", "", value=lambda one: "<>" if one.differs else ""),
    Column("question", "question"),
    Column("answer", "person"),
    Column("machine", "machine"),
    Column("decided", "decided"),
    Column("at", "at", value=lambda one: moment(one.at_s)),
    Column("comment", "comment"),
    Column("machine_why", "why the machine says so"),
)
_STEP_COLUMNS = (
    Column("event_id", "no"),
    Column("at", "when"),
    Column("by", "who"),
    Column("kind", "what"),
    Column("question", "question"),
    Column("answer", "answer"),
    Column("time", "in the call", value=lambda step: moment(step.at_s)),
    Column("text", "words"),
)


def present_review(view: ReviewView, *, log: bool) -> Answer:
    """A submitted review beside the machine; with `log` every step of it."""
    return Answer(partial(_VIEW.wrap, view), tuple(_review(view, log=log)))


def _review(view: ReviewView, *, log: bool) -> Iterator[Table | Text]:
    row = view.row
    blind = "blind" if row.blind else "NOT blind"
    who = f"call {row.call_id}, agent {row.agent or 'unknown'}"
    yield Text(f"Review {row.review_id} ({row.state}, {blind}) by {row.reviewer}: {who}")
    book = f"rulebook {view.rulebook} version {view.version}, {view.digest[:16]}"
    yield Text(f"scorecard {row.scorecard}, {book}", indent=2)
    if row.plan is not None:
        yield Text(f"plan {row.plan}: {view.reason or ''}", indent=2)
    if row.of_review is not None:
        yield Text(f"second opinion on review {row.of_review}", indent=2)
    yield make_table("answers", _COMPARED_COLUMNS, view.answers)
    unlike = sum(one.differs for one in view.answers)
    yield Text(f"{unlike} of {len(view.answers)} answers unlike the machine's (<>).")
    yield Text(f"Score of the person: {_score(view.score, view.why_score)}")
    yield Text(f"Score of the machine: {_score(view.machine_score, view.why_machine_score)}")
    yield from _notes(view.steps)
    if view.others:
        yield Text(f"Other reviews of this call: {', '.join(map(str, view.others))}")
    if log:
        yield make_table("steps", _STEP_COLUMNS, view.steps)


def _notes(steps: Sequence[ReviewStep]) -> Iterator[Text]:
    for step in steps:
        if step.kind == "note":
            at = f" at {clock(step.at_s)}" if step.at_s is not None else ""
            yield Text(f"Note by {step.by}{at}: {step.text or '(erased)'}")


def _score(score: float | None, why: str) -> str:
    return f"{score:.1f} of 100 ({why})" if score is not None else f"none: {why}"


_PLAN_COLUMNS = (
    Column("name", "plan"),
    Column("scorecard", "scorecard"),
    Column("made_at", "drawn", kind="moment"),
    Column("made_by", "by"),
    Column("frame", "out of"),
    Column("drawn", "calls"),
    Column("wanted", "reviews"),
    Column("done", "done"),
    Column("open", "open"),
    Column("gone", "gone"),
    Column("short", "short"),
)
_DRAW_COLUMNS = (
    Column("call_id", "call"),
    Column("agent", "agent"),
    Column("period", "period"),
    Column("risk", "risk", digits=1),
    Column("chance", "chance", digits=4),
    Column("reviews", "reviews"),
    Column("done", "done"),
    Column("reviewers", "reviewers"),
    Column("reason", "reason"),
)
_DRAWN_COLUMNS = (
    Column("call_id", "call"),
    Column("agent", "agent"),
    Column("period", "period"),
    Column(
        "stratum",
        "stratum",
        value=lambda draw: ", ".join(f"{name} {value}" for name, value in draw.stratum),
    ),
    Column("risk", "risk", digits=1),
    Column("chance", "chance", digits=4),
    Column("reviews", "reviews"),
    Column("reason", "reason"),
)
_SHORT_COLUMNS = (
    Column("agent", "agent"),
    Column("period", "period"),
    Column("wanted", "asked for"),
    Column("found", "calls"),
)


def present_plans(found: Sequence[PlanRow]) -> Answer:
    """Plans, and how far people are with each."""
    hint = "`speechcx review plan NAME` draws one."
    shown = make_table("plans", _PLAN_COLUMNS, found, empty="No plan yet.").with_hints(
        () if found else (hint,)
    )
    return Answer(partial(_PLANS.wrap_rows, found, hint=f"{shown.empty} {hint}"), (shown,))


def present_draws(found: Sequence[DrawRow]) -> Answer:
    """The calls of a plan, with the reason and chance of each."""
    return Answer(partial(_DRAWS.wrap_rows, found), (make_table("draws", _DRAW_COLUMNS, found),))


def present_plan(plan: ReviewPlan, *, kept: bool) -> Answer:
    """A plan that was drawn; CSV and JSON carry the draws."""
    draws = make_table("draws", _DRAWN_COLUMNS, plan.draws)
    return Answer(partial(_PLAN.wrap, plan, kept=kept), tuple(_plan(plan, kept=kept)), csv=draws)


def _plan(plan: ReviewPlan, *, kept: bool) -> Iterator[Table | Text]:
    agents = len({draw.agent for draw in plan.draws})
    twice = sum(draw.reviews == 2 for draw in plan.draws)
    yield Text(
        f"Plan {plan.name}{'' if kept else ' (not kept)'}: {count_text(len(plan.draws), 'call')} of"
        f" {count_text(agents, 'agent')} out of"
        f" {plan.frame}, to be reviewed by scorecard {plan.scorecard}; {twice} of them by two people."
    )
    for reason, count in plan.left_out:
        yield Text(f"Not drawn from: {count_text(count, 'call')}, {reason}.", indent=2)
    if not plan.shortfalls:
        return
    yield Text(f"{len(plan.shortfalls)} times an agent had fewer calls than asked for:")
    more = len(plan.shortfalls) - MAX_SHORTFALLS
    hints = (f"and {more} more; --json has all.",) if more > 0 else ()
    yield make_table("shortfalls", _SHORT_COLUMNS, plan.shortfalls[:MAX_SHORTFALLS]).with_hints(hints)
