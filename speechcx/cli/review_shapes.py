"""The shapes of what the commands of reviews and of agreement print with ``--json``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from speechcx.cli.shapes import Shapes


def list_review_shapes() -> dict[str, Shapes]:
    """Every command of ``review`` and ``qa``, as :func:`speechcx.cli.shapes.list_shapes` has them."""
    from speechcx.ask.qa.agreement import AgreementReport
    from speechcx.ask.qa.estimate import PlanEstimate
    from speechcx.ask.qa.forms import NothingLeft, ReviewForm
    from speechcx.ask.qa.official import OfficialTable
    from speechcx.ask.qa.plans import DrawRow, PlanRow
    from speechcx.ask.qa.review_comparison import ReviewView
    from speechcx.ask.qa.reviews import ListedReview
    from speechcx.cli.review_view import AnswersKept, StepKept
    from speechcx.cli.shapes import record, rows
    from speechcx.store.decisions.review_plans import ReviewPlan

    step, form, view = (
        record("review-step", StepKept),
        record("review-form", ReviewForm),
        record("review", ReviewView),
    )
    spec = {"ReviewPlan.spec": dict[str, Any], "ReviewPlan.left_out": dict[str, int]}
    return {
        "qa agreement": record("agreement", AgreementReport),
        "qa estimate": record("estimate", PlanEstimate),
        "qa scores": record("official-scores", OfficialTable),
        "review acknowledge": step,
        "review answer": record("review-answers", AnswersKept),
        "review decide": step,
        "review dispute": step,
        "review list": rows("reviews", ListedReview),
        "review next": (form, record("nothing-left", NothingLeft)),
        "review note": step,
        "review open": form,
        "review plan": record("review-plan", ReviewPlan, swapped=spec, kept=bool),
        "review plans": (rows("plans", PlanRow), rows("draws", DrawRow)),
        "review release": step,
        "review second": form,
        "review show": view,
        "review submit": view,
    }
