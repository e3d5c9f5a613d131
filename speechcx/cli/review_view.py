"""Reviews on the screen: the blind form, the review beside the machine, its steps, a plan."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from speechcx.cli.output import Format, note, print_json, print_rows, print_text
from speechcx.present.table import Column, clean
from speechcx.present.units import clock, start_text

if TYPE_CHECKING:
    from speechcx.ask.qa import ReviewForm, ReviewStep, ReviewView
    from speechcx.store.decisions.review_plans import ReviewPlan

_TURN_COLUMNS = (Column("time", "time"), Column("party", "party"), Column("text", "words"))
_QUESTION_COLUMNS = (
    Column("question", "question"),
    Column("section", "section"),
    Column("text", "asks"),
    Column("critical", "critical"),
    Column("answer", "your answer"),
    Column("at", "at"),
    Column("comment", "comment"),
)
_COMPARED_COLUMNS = (
    Column("mark", ""),
    Column("question", "question"),
    Column("answer", "person"),
    Column("machine", "machine"),
    Column("decided", "decided"),
    Column("at", "at"),
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
    Column("time", "in the call"),
    Column("text", "words"),
)
_SHORT_COLUMNS = (
    Column("agent", "agent"),
    Column("period", "period"),
    Column("wanted", "asked for"),
    Column("found", "calls"),
)
DRAW_COLUMNS = (
    Column("call_id", "call"),
    Column("agent", "agent"),
    Column("period", "period"),
    Column("stratum", "stratum"),
    Column("risk", "risk", digits=1),
    Column("chance", "chance", digits=4),
    Column("reviews", "reviews"),
    Column("reason", "reason"),
)


def print_form(form: ReviewForm, style: Format) -> None:
    """Print a blind form: the call's words and the questions with the answers so far."""
    if style == "json":
        print_json({"schema_version": 1, "kind": "review-form", **asdict(form)})
        return
    print_text(f"Review {form.review_id} ({form.state}) by {clean(form.reviewer)}: call {form.call_id}")
    people = f"agent {form.agent or 'unknown'}, customer {form.customer or 'unknown'}"
    when = start_text(form.started)
    more = ", ".join(part for part in (form.direction, form.queue) if part)
    print_text(
        f"{when}, {clock(form.audio_duration_s)}, {clean(people)}{', ' + clean(more) if more else ''}",
        indent=2,
    )
    if form.path is None:
        print_text("The call is not stored any more.", indent=2)
    else:
        print_text(f"Listen: {clean(form.path)}", indent=2)
    turns = [
        {"time": clock(turn.start_s), "party": turn.party, "text": turn.text or "(no words)"}
        for turn in form.turns
    ]
    print_rows("turns", turns, _TURN_COLUMNS, empty="No words were heard.")
    rows = [asdict(one) | {"at": _time(one.at_s)} for one in form.questions]
    print_rows("questions", rows, _QUESTION_COLUMNS)
    if form.state == "open":
        waiting = [one.question for one in form.questions if one.answer is None]
        number = form.review_id
        if waiting:
            note(
                f"Answer: speechcx review answer {number} {waiting[0]}=yes ...; without answers it asks you."
            )
        else:
            note(f"All answered. Hand in: speechcx review submit {number}")
        note(
            "Blind: `show`, `calls`, `flags` and `search --rule` tell what the machine found; look at them afterwards."
        )


def print_review(view: ReviewView, style: Format, *, log: bool) -> None:
    """Print a submitted review beside the machine; with `log` every step of it."""
    if style == "json":
        print_json({"schema_version": 1, "kind": "review", **asdict(view)})
        return
    row = view.row
    blind = "blind" if row.blind else "NOT blind"
    print_text(f"Review {row.review_id} ({row.state}, {blind}) by {clean(row.reviewer)}: call {row.call_id}, agent"
               f" {clean(row.agent or 'unknown')}")  # fmt: skip
    print_text(
        f"scorecard {row.scorecard}, rulebook {view.rulebook} version {view.version}, {view.digest[:16]}",
        indent=2,
    )
    if row.plan is not None:
        print_text(f"plan {clean(row.plan)}: {clean(view.reason or '')}", indent=2)
    if row.of_review is not None:
        print_text(f"second opinion on review {row.of_review}", indent=2)
    rows = [
        asdict(one) | {"mark": "<>" if one.differs else "", "at": _time(one.at_s)} for one in view.answers
    ]
    print_rows("answers", rows, _COMPARED_COLUMNS)
    unlike = sum(one.differs for one in view.answers)
    print_text(f"{unlike} of {len(view.answers)} answers unlike the machine's (<>).")
    print_text(f"Score of the person: {_score(view.score, view.why_score)}")
    print_text(f"Score of the machine: {_score(view.machine_score, view.why_machine_score)}")
    for step in view.steps:
        if step.kind == "note":
            at = f" at {clock(step.at_s)}" if step.at_s is not None else ""
            print_text(f"Note by {clean(step.by)}{at}: {clean(step.text or '(erased)')}")
    if view.others:
        print_text(f"Other reviews of this call: {', '.join(map(str, view.others))}")
    if log:
        print_steps(view.steps)


def print_steps(steps: tuple[ReviewStep, ...]) -> None:
    """Print every step of a review."""
    rows = [asdict(step) | {"time": _time(step.at_s)} for step in steps]
    print_rows("steps", rows, _STEP_COLUMNS)


def print_step(number: int, step: str, style: Format) -> None:
    """Say what was kept."""
    from speechcx.present.reviews import StepKept

    if style == "json":
        print_json({"schema_version": 1, "kind": "review-step", **asdict(StepKept(number, step))})
    else:
        print_text(f"Review {number}: {step}.")


def print_plan(plan: ReviewPlan, style: Format, *, kept: bool) -> None:
    """Print a plan that was drawn; CSV and JSON carry the draws."""
    rows = [asdict(draw) | {"stratum": ", ".join(f"{name} {value}" for name, value in draw.stratum)}
            for draw in plan.draws]  # fmt: skip
    if style == "json":
        document = asdict(plan) | {"spec": dict(plan.spec), "left_out": dict(plan.left_out), "kept": kept}
        print_json({"schema_version": 1, "kind": "review-plan", **document})
    elif style == "csv":
        print_rows("draws", rows, DRAW_COLUMNS, style=style)
    else:
        agents = len({draw.agent for draw in plan.draws})
        twice = sum(draw.reviews == 2 for draw in plan.draws)
        print_text(
            f"Plan {clean(plan.name)}{'' if kept else ' (not kept)'}: {len(plan.draws)} calls of {agents} agents out of"
            f" {plan.frame}, to be reviewed by scorecard {plan.scorecard}; {twice} of them by two people."
        )
        for reason, count in plan.left_out:
            print_text(f"Not drawn from: {count} calls, {reason}.", indent=2)
        if plan.shortfalls:
            print_text(f"{len(plan.shortfalls)} times an agent had fewer calls than asked for:")
            print_rows("shortfalls", [asdict(short) for short in plan.shortfalls[:20]], _SHORT_COLUMNS)
            if len(plan.shortfalls) > 20:
                note(f"and {len(plan.shortfalls) - 20} more; --json has all.")


def to_minutes(row: dict[str, object], style: Format) -> dict[str, object]:
    """A row whose moments (``..._at``, UTC) are shortened to minutes where people read them."""
    if style != "table":
        return row
    return {
        name: value[:16].replace("T", " ") if name.endswith("_at") and isinstance(value, str) else value
        for name, value in row.items()
    }


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else clock(seconds)


def _score(score: float | None, why: str) -> str:
    return f"{score:.1f} of 100 ({why})" if score is not None else f"none: {why}"
