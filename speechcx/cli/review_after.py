"""Commands for what follows on a review: second opinion, acknowledgement, dispute, decision, coaching notes."""

from __future__ import annotations

from typing import Annotated

import typer

from speechcx.cli import options
from speechcx.cli.answering import Number, Who, read_time, read_who, read_words
from speechcx.cli.review_view import print_step

_Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in a sentence.")]


def register_after(review: typer.Typer) -> None:
    """Add these commands to the reviews."""
    for command in (second, acknowledge, dispute, decide, note):
        review.command()(command)


def second(
    number: Number,
    who: Who = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Give a second opinion on somebody's review, as blind as the first; prints the form."""
    from speechcx.ask.qa.forms import read_form
    from speechcx.ask.qa.ways import read_ways
    from speechcx.cli.review_view import print_form
    from speechcx.store import Store
    from speechcx.store.reviews import ReviewDesk

    with Store.open(options.database(options.load(config, None), db)) as store:
        taken = ReviewDesk(store, read_ways).take_second(read_who(who), number)
        print_form(read_form(store, taken.review_id), options.style(as_json, False))


def acknowledge(
    number: Number,
    comment: Annotated[str, typer.Option("--comment", metavar="TEXT", help="What you say to it.")] = "",
    who: Who = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """The agent of the call has read the review."""
    from speechcx.store import Store
    from speechcx.store.settling import acknowledge

    with Store.open(options.database(options.load(config, None), db)) as store:
        acknowledge(store, number, read_who(who), comment)
    print_step(number, "acknowledged", as_json=as_json)


def dispute(
    number: Number,
    reason: _Reason,
    question: Annotated[
        str | None, typer.Option("--question", help="The answer in dispute; default: all.")
    ] = None,
    who: Who = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Contradict a review, with a reason; it then waits for a decision."""
    from speechcx.store import Store
    from speechcx.store.settling import dispute

    with Store.open(options.database(options.load(config, None), db)) as store:
        dispute(store, number, read_who(who), reason, question)
    print_step(number, "disputed", as_json=as_json)


def decide(
    number: Number,
    reason: _Reason,
    answers: Annotated[
        list[str] | None,
        typer.Argument(metavar="[QUESTION=ANSWER]...", help="Answers that count from now on; none: upheld."),
    ] = None,
    who: Who = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Settle a dispute or a second opinion: as it was, or with other answers; the submitted ones stay on record."""
    from speechcx.store import Store
    from speechcx.store.settling import decide

    changes = read_words(answers or (), (), ())
    with Store.open(options.database(options.load(config, None), db)) as store:
        outcome = "changed" if changes else "upheld"
        decide(store, number, read_who(who), outcome=outcome, changes=changes, reason=reason)
    print_step(number, f"decided: {outcome}", as_json=as_json)


def note(
    number: Number,
    text: Annotated[str, typer.Argument(help="What was done well, or what to do better.")],
    at: Annotated[str | None, typer.Option("--at", metavar="M:SS", help="The moment in the call.")] = None,
    who: Who = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
) -> None:
    """Leave a coaching note on a review, at a moment of the call."""
    from speechcx.store import Store
    from speechcx.store.settling import add_note

    at_s = None if at is None else read_time(at)
    with Store.open(options.database(options.load(config, None), db)) as store:
        add_note(store, number, read_who(who), text, at_s)
    print_step(number, "noted", as_json=as_json)
