"""Commands of the reviewer: the next call, its blind form, answers, handing in, looking at it afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from speechcx.cli import options
from speechcx.cli.answer_input import ask_answers, read_file, read_words
from speechcx.cli.command_examples import example
from speechcx.cli.output import note, print_answer
from speechcx.cli.review_after import register_after
from speechcx.cli.review_options import Desk, Number, at_desk
from speechcx.cli.review_plan import register_plans

if TYPE_CHECKING:
    from speechcx.store.decisions.review_record import Given
    from speechcx.store.decisions.reviews import Taken

review = typer.Typer(name="review", help="Reviews by people: plan, take a call, answer, compare, settle.",
                     no_args_is_help=True)  # fmt: skip

_STATES = ("open", "released", "submitted", "acknowledged", "disputed", "decided")


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    register_plans(review)
    for name, command in (
        ("next", next_),
        ("open", open_),
        ("answer", answer),
        ("submit", submit),
        ("release", release),
    ):
        review.command(name)(at_desk(command))
    review.command("show")(at_desk(show, read_only=True))
    review.command("list")(list_)
    register_after(review)
    app.add_typer(review, rich_help_panel="Quality lead")


@example("review next --as kim")
def next_(
    desk: Desk,
    plan: Annotated[
        str | None, typer.Option("--plan", help="Only from this plan; default: the oldest.")
    ] = None,
) -> None:
    """Take the next call of a plan, or continue with the one you have open; prints the blind form."""
    from speechcx.ask.qa import NothingLeft
    from speechcx.present.reviews import present_nothing_left

    taken = desk.reviews.take_next(desk.who, plan)
    if taken is not None:
        _print_taken(desk, taken)
    else:
        print_answer(present_nothing_left(NothingLeft()), desk.style)


@example("review open 66ea3428 --as kim")
def open_(
    desk: Desk,
    what: Annotated[
        str, typer.Argument(metavar="CALL|REVIEW", help="A call by id or file, or the number of your review.")
    ],
    scorecard: Annotated[
        str | None, typer.Option("--scorecard", help="The form; default: the call's first.")
    ] = None,
) -> None:
    """Open a call of your choice for review, or look at your own form again; shows nothing of the machine."""
    from speechcx.ask.ground import find_call_id
    from speechcx.ask.qa import read_form
    from speechcx.present.reviews import present_form
    from speechcx.store.decisions.review_record import expect_reviewer, read_review

    if what.isdecimal() and len(what) < 10:
        expect_reviewer(read_review(desk.store, int(what)), desk.who)
        print_answer(present_form(read_form(desk.store, int(what))), desk.style)
    else:
        _print_taken(desk, desk.reviews.take_call(desk.who, find_call_id(desk.store, what), scorecard))


@example("review answer 12 greeted=yes --as kim")
def answer(
    desk: Desk,
    number: Number,
    answers: Annotated[
        list[str] | None, typer.Argument(metavar="QUESTION=ANSWER", help="yes, no, n-a or cannot-tell.")
    ] = None,
    comment: Annotated[
        list[str] | None, typer.Option("--comment", metavar="QUESTION=TEXT", help="May be repeated.")
    ] = None,
    at: Annotated[
        list[str] | None,
        typer.Option("--at", metavar="QUESTION=M:SS", help="Where in the call it shows; may be repeated."),
    ] = None,
    file: Annotated[
        str | None, typer.Option("--file", metavar="JSON", help="Answers from a file; - for standard input.")
    ] = None,
) -> None:
    """Answer questions of your review, all at once or some; without answers you are asked one by one."""
    from speechcx.errors import UsageError

    if file is not None and answers:
        raise UsageError("answers beside --file", "one of the two", "remove one")
    if file is None and not answers:
        _ask(desk, number)
    else:
        given = read_file(file) if file is not None else read_words(answers or (), comment or (), at or ())
        desk.reviews.answer(number, desk.who, given)
    _print_waiting(desk, number)


def _ask(desk: Desk, number: int) -> None:
    from speechcx.ask.qa import read_form
    from speechcx.store.decisions.review_record import expect_reviewer, expect_state, read_review

    row = read_review(desk.store, number)
    expect_state(row, ("open",), "answers")
    expect_reviewer(row, desk.who)

    def keep(given: Given) -> None:
        desk.reviews.answer(number, desk.who, [given])

    ask_answers(read_form(desk.store, number).questions, keep)


def _print_waiting(desk: Desk, number: int) -> None:
    from speechcx.ask.qa import read_form
    from speechcx.present.reviews import present_answers

    print_answer(present_answers(number, read_form(desk.store, number).questions), desk.style)


@example("review submit 12 --as kim")
def submit(
    desk: Desk,
    number: Number,
    not_blind: Annotated[
        bool,
        typer.Option("--not-blind", help="You had seen the machine's answers: does not count as agreement."),
    ] = False,
) -> None:
    """Submit your review; then shows the machine's answers beside yours."""
    from speechcx.ask.qa import show_review
    from speechcx.present.reviews import present_review

    desk.reviews.submit(number, desk.who, blind=not not_blind)
    print_answer(present_review(show_review(desk.store, number, desk.who), log=False), desk.style)


@example("review release 12 --as kim")
def release(desk: Desk, number: Number) -> None:
    """Release a call so that somebody else can take it."""
    from speechcx.present.reviews import present_step

    desk.reviews.release(number, desk.who)
    print_answer(present_step(number, "given back"), desk.style)


@example("review show 12")
def show(
    desk: Desk,
    number: Number,
    log: Annotated[bool, typer.Option("--log", help="Every step: who did what when.")] = False,
) -> None:
    """A submitted review beside the machine; not for anyone still reviewing the same call."""
    from speechcx.ask.qa import show_review
    from speechcx.present.reviews import present_review

    print_answer(present_review(show_review(desk.store, number, desk.who), log=log), desk.style)


@example("review list --reviewer kim")
def list_(
    plan: Annotated[str | None, typer.Option("--plan", help="Only of this plan.")] = None,
    state: Annotated[str | None, typer.Option("--state", help="Only open, submitted, disputed, ...")] = None,
    reviewer: Annotated[str | None, typer.Option("--reviewer", help="Only by this person.")] = None,
    agent: Annotated[str | None, typer.Option("--agent", help="Only of this agent, by id or name.")] = None,
    call: Annotated[str | None, typer.Option("--call", help="Only of this call.")] = None,
    limit: options.Limit = 50,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """List reviews, newest first: who, which call, status, how many answers differ from the machine's."""
    from speechcx.ask.ground import find_call_id
    from speechcx.ask.qa import ReviewFilter, list_reviews
    from speechcx.present.reviews import present_reviews

    options.expect("--state", state, _STATES)
    where = options.database(options.load(config, None), db)
    call_id = None if call is None else find_call_id(where, call)
    found = list_reviews(where, ReviewFilter(plan, state, reviewer, agent, call_id), limit=limit)
    print_answer(present_reviews(found), options.style(as_json, as_csv))


def _print_taken(desk: Desk, taken: Taken) -> None:
    from speechcx.ask.qa import read_form
    from speechcx.present.reviews import present_form

    if taken.resumed:
        note(f"You are at review {taken.review_id} already.")
    print_answer(present_form(read_form(desk.store, taken.review_id)), desk.style)
