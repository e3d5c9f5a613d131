"""Reviews by people: plans, forms, answers, steps; agreement with the machine, and official scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from speechcx.ask.qa import (
    AgreementReport,
    DrawRow,
    ListedReview,
    NothingLeft,
    OfficialTable,
    PlanEstimate,
    PlanRow,
    ReviewForm,
    ReviewView,
)
from speechcx.present.envelope import Envelopes, record, rows
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


_STEP = record("review-step", StepKept)
_FORM = record("review-form", ReviewForm)
_VIEW = record("review", ReviewView)
_PLAN_SWAPPED = {"ReviewPlan.spec": dict[str, Any], "ReviewPlan.left_out": dict[str, int]}

ENVELOPES: dict[str, Envelopes] = {
    "qa agreement": record("agreement", AgreementReport),
    "qa estimate": record("estimate", PlanEstimate),
    "qa scores": record("official-scores", OfficialTable),
    "review acknowledge": _STEP,
    "review answer": record("review-answers", AnswersKept),
    "review decide": _STEP,
    "review dispute": _STEP,
    "review list": rows("reviews", ListedReview),
    "review next": (_FORM, record("nothing-left", NothingLeft)),
    "review note": _STEP,
    "review open": _FORM,
    "review plan": record("review-plan", ReviewPlan, swapped=_PLAN_SWAPPED, kept=bool),
    "review plans": (rows("plans", PlanRow), rows("draws", DrawRow)),
    "review release": _STEP,
    "review second": _FORM,
    "review show": _VIEW,
    "review submit": _VIEW,
}
