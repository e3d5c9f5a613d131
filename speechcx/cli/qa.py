"""Commands of the quality lead about the machine itself: does it agree with people, and which answers count."""

from __future__ import annotations

from typing import Annotated

import typer

from speechcx.cli import options
from speechcx.cli.command_examples import example
from speechcx.cli.output import print_answer
from speechcx.cli.question_options import Asked, asks

qa = typer.Typer(name="qa", help="The machine against people: agreement, and which answers count.",
                 no_args_is_help=True)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add these commands to the app."""
    qa.command()(agreement)
    qa.command()(scores)
    qa.command()(estimate)
    app.add_typer(qa, rich_help_panel="Quality lead")


@example("qa agreement")
def agreement(
    scorecard: options.ScorecardOption = None,
    question: Annotated[str | None, typer.Option("--question", help="Only this question.")] = None,
    disagreements: Annotated[
        bool, typer.Option("--disagreements", help="List the calls on which machine and person differ.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DATE", help="Only answers submitted from this day on, UTC."),
    ] = None,
    reviewer: Annotated[str | None, typer.Option("--reviewer", help="Only this person's answers.")] = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """Agreement of machine and people by question, which machine answers count officially, and what to do."""
    from dataclasses import replace

    from speechcx.ask.qa import AgreementFilter, measure_questions
    from speechcx.present.qa import present_agreement

    loaded, style = options.load(config, None), options.style(as_json, as_csv)
    day = options.day("--since", since)
    wanted = AgreementFilter(scorecard, None if day is None else day.isoformat(), reviewer)
    found = measure_questions(options.database(loaded, db), wanted, loaded.settings.review)
    if question is not None:
        options.expect("--question", question, tuple(one.question for one in found.questions))
        found = replace(
            found, questions=tuple(one for one in found.questions if one.question == question),
            disagreements=tuple(one for one in found.disagreements if one.question == question),
        )  # fmt: skip
    print_answer(present_agreement(found, disagreements=disagreements), style)


@asks()
@example("qa scores --by team")
def scores(
    asked: Asked,
    by: Annotated[str, typer.Option("--by", help="agent, team or center.")] = "agent",
    scorecard: options.ScorecardOption = None,
) -> None:
    """Official scores: reviews by people, and machine answers that agree with people well enough."""
    from speechcx.ask.qa import SCORE_GROUPS, score_officially
    from speechcx.present.qa import present_official

    options.expect("--by", by, SCORE_GROUPS)
    group = next(known for known in SCORE_GROUPS if known == by)
    review = asked.loaded.settings.review
    found = score_officially(asked.where, asked.filters, review, by=group, scorecard=scorecard)
    print_answer(present_official(found), asked.style)


@example("qa estimate march")
def estimate(
    plan: Annotated[str, typer.Argument(help="A review plan.")],
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """What the reviews of a plan say about all the calls it drew from, corrected for its risk weights."""
    from speechcx.ask.qa import estimate_plan
    from speechcx.present.qa import present_estimate

    style = options.style(as_json, as_csv)
    found = estimate_plan(options.database(options.load(config, None), db), plan)
    print_answer(present_estimate(found), style)
