"""Commands of the quality lead for plans: draw the calls people review, see how far they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from speechcx.cli import options
from speechcx.cli.command_examples import example
from speechcx.cli.output import print_answer
from speechcx.cli.question_options import Asked, asks
from speechcx.cli.review_options import Reviewer, read_who

if TYPE_CHECKING:
    from speechcx.config import ReviewSettings


def register_plans(review: typer.Typer) -> None:
    """Add these commands to the reviews."""
    for command in (plan, plans):
        review.command()(command)


@asks()
@example("review plan march --period 2026-03")
def plan(
    asked: Asked,
    name: Annotated[str, typer.Argument(help="What to call it, such as march.")],
    per_agent: Annotated[
        int | None,
        typer.Option("--per-agent", min=1, help="Calls per agent and period; default: review.per_agent."),
    ] = None,
    each: Annotated[str | None, typer.Option("--each", help="Period: day, week, month or all.")] = None,
    strata: Annotated[
        list[str] | None,
        typer.Option(
            "--spread",
            metavar="WHAT",
            help="Spread over queue, direction, duration, driver, day; may be repeated.",
        ),
    ] = None,
    risks: Annotated[
        list[str] | None,
        typer.Option(
            "--risk",
            metavar="RISK[=WEIGHT]",
            help="Raise the chance of drawing calls with this risk: flags, low-score, cannot-tell, negative-end."
            " May be repeated.",
        ),
    ] = None,
    second: Annotated[
        float | None,
        typer.Option("--second", min=0, max=1, help="Share that two people review blind, 0 to 1."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Another seed draws other calls.")] = 1,
    scorecard: Annotated[
        str | None, typer.Option("--scorecard", help="The form; default: the newest call's first.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Draw and show; store nothing.")] = False,
    who: Reviewer = None,
) -> None:
    """Draw calls for review: a number for each agent and period; the same seed draws the same calls."""
    from speechcx.ask.qa import PlanForm, draw_plan
    from speechcx.present.reviews import present_plan
    from speechcx.store import Store
    from speechcx.store.decisions.review_plans import save_plan

    given = {"per_agent": per_agent, "period": each, "second_share": second}
    settings = _settings(asked.loaded.settings.review, given, strata, risks)
    form = PlanForm(name, read_who(who), seed, scorecard)
    with Store.open(asked.where) as store:
        drawn = draw_plan(store, form, asked.filters, settings)
        if not dry_run:
            save_plan(store, drawn)
    print_answer(present_plan(drawn, kept=not dry_run), asked.style)


@example("review plans march")
def plans(
    name: Annotated[
        str | None, typer.Argument(help="A plan: lists its calls, with the reason and chance of each.")
    ] = None,
    db: options.Database = None,
    config: options.Config = None,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
) -> None:
    """Review plans and their progress; with a name, its calls and what the machine found in them."""
    from speechcx.ask.qa import list_draws, list_plans
    from speechcx.present.reviews import present_draws, present_plans

    where, style = options.database(options.load(config, None), db), options.style(as_json, as_csv)
    found = present_plans(list_plans(where)) if name is None else present_draws(list_draws(where, name))
    print_answer(found, style)


def _settings(
    settings: ReviewSettings, given: dict[str, Any], strata: list[str] | None, risks: list[str] | None
) -> ReviewSettings:
    """The settings with what the options say instead.

    Raises
    ------
    UsageError
        A stratum, risk, weight or period is none; names the legal ones.
    """
    from speechcx.config import PERIODS, RISKS, STRATA
    from speechcx.errors import UsageError

    options.expect("--each", given["period"], PERIODS)
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if strata:
        for one in strata:
            options.expect("--spread", one, STRATA)
        changes["strata"] = tuple(dict.fromkeys(strata))
    if risks:
        pairs = dict(_risk(text) for text in risks)
        for name in pairs:
            options.expect("--risk", name, RISKS)
        changes["risks"] = tuple(pairs.items())
    try:
        return replace(settings, **changes)
    except ValueError as error:
        raise UsageError(str(error), "", "correct the option") from error


def _risk(text: str) -> tuple[str, float]:
    """``flags=3`` or ``flags``, which weighs 2: such a call is three times as probable as one without."""
    from speechcx.errors import UsageError

    name, sign, weight = text.partition("=")
    try:
        return name.strip(), float(weight) if sign else 2.0
    except ValueError as error:
        raise UsageError(f"--risk {text!r}", "a weight, as in flags=3", "write a number") from error
