"""Commands for what follows on a review: second opinion, acknowledgement, dispute, decision, coaching notes."""

from __future__ import annotations

from typing import Annotated

import typer

from speechcx.cli.answer_input import read_time, read_words
from speechcx.cli.command_examples import example
from speechcx.cli.output import print_answer
from speechcx.cli.review_options import Desk, Number, at_desk

_Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in a sentence.")]


def register_after(review: typer.Typer) -> None:
    """Add these commands to the reviews."""
    for command in (second, acknowledge, dispute, decide, note):
        review.command(command.__name__)(at_desk(command))


@example("review second 12 --as lee")
def second(desk: Desk, number: Number) -> None:
    """Give a second opinion on somebody's review, as blind as the first; prints the form."""
    from speechcx.ask.qa import read_form
    from speechcx.present.reviews import present_form

    taken = desk.reviews.take_second(desk.who, number)
    print_answer(present_form(read_form(desk.store, taken.review_id)), desk.style)


@example("review acknowledge 12 --as carter")
def acknowledge(
    desk: Desk,
    number: Number,
    comment: Annotated[str, typer.Option("--comment", metavar="TEXT", help="What you say to it.")] = "",
) -> None:
    """The agent of the call has read the review."""
    from speechcx.store.decisions.review_disputes import acknowledge

    acknowledge(desk.store, number, desk.who, comment)
    _print_step(desk, number, "acknowledged")


@example("review dispute 12 --reason 'the greeting is at 0:04' --as carter")
def dispute(
    desk: Desk,
    number: Number,
    reason: _Reason,
    question: Annotated[
        str | None, typer.Option("--question", help="The answer in dispute; default: all.")
    ] = None,
) -> None:
    """Dispute a review, with a reason; it then waits for a decision."""
    from speechcx.store.decisions.review_disputes import dispute

    dispute(desk.store, number, desk.who, reason, question)
    _print_step(desk, number, "disputed")


@example("review decide 12 --reason 'the recording bears it out' --as kim")
def decide(
    desk: Desk,
    number: Number,
    reason: _Reason,
    answers: Annotated[
        list[str] | None,
        typer.Argument(metavar="QUESTION=ANSWER", help="Answers that count from now on; none: upheld."),
    ] = None,
) -> None:
    """Settle a dispute or a second opinion: as it was, or with other answers; the submitted ones stay on record."""
    from speechcx.store.decisions.review_disputes import decide

    changes = read_words(answers or (), (), ())
    outcome = "changed" if changes else "upheld"
    decide(desk.store, number, desk.who, outcome=outcome, changes=changes, reason=reason)
    _print_step(desk, number, f"decided: {outcome}")


@example("review note 12 'a good summary' --at 2:10 --as kim")
def note(
    desk: Desk,
    number: Number,
    text: Annotated[str, typer.Argument(help="What was done well, or what to do better.")],
    at: Annotated[str | None, typer.Option("--at", metavar="M:SS", help="The moment in the call.")] = None,
) -> None:
    """Leave a coaching note on a review, at a moment of the call."""
    from speechcx.store.decisions.review_disputes import add_note

    add_note(desk.store, number, desk.who, text, None if at is None else read_time(at))
    _print_step(desk, number, "noted")


def _print_step(desk: Desk, number: int, step: str) -> None:
    """Say what was kept."""
    from speechcx.present.reviews import present_step

    print_answer(present_step(number, step), desk.style)
