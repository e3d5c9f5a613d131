"""What is said of a question follows from its numbers and the bars, and from nothing else."""

from __future__ import annotations

import pytest

from speechcx.ask.qa.agreement_verdict import KEEP_WATCH, Drift, QuestionTally, find_status, say_what_to_do
from speechcx.ask.statistics import measure_agreement
from speechcx.config import ReviewSettings

BARS = ReviewSettings()


def tally(
    yes_yes: int,
    no_no: int,
    yes_no: int = 0,
    no_yes: int = 0,
    *,
    drift: Drift | None = None,
    people: dict | None = None,
) -> QuestionTally:
    """A question with these pairs of machine and person."""
    counts = {("yes", "yes"): yes_yes, ("no", "no"): no_no, ("yes", "no"): yes_no, ("no", "yes"): no_yes}
    counts = {pair: count for pair, count in counts.items() if count}
    said_yes = yes_yes + no_yes
    share = said_yes / max(1, sum(counts.values()))
    return QuestionTally(
        "greeted", measure_agreement(counts), measure_agreement(people or {}), counts, share, drift
    )


@pytest.mark.parametrize(
    ("found", "status"),
    [
        (tally(15, 15), "official"),
        (tally(15, 14), "too-few"),
        (tally(12, 12, 3, 3), "official"),
        (tally(12, 11, 4, 3), "below-bar"),
        (tally(40, 0), "undefined"),
        (tally(15, 15, drift=Drift(30, 0.5, 30, 1.0, 1e-6, fell=True)), "drift"),
        (tally(15, 15, drift=Drift(30, 0.9, 30, 1.0, 0.2, fell=False)), "official"),
    ],
)
def test_status(found: QuestionTally, status: str) -> None:
    """The bar is reached at exactly 0.6 on exactly 30; drift takes it away again."""
    assert status == find_status(found, BARS, by_machine=True)
    assert "person" == find_status(found, BARS, by_machine=False)


def test_every_status_says_something() -> None:
    """Nobody is left without advice; one of which nothing is wrong is told to go on."""
    sure = tally(300, 300)
    assert KEEP_WATCH == say_what_to_do(sure, "official", BARS)
    assert "reaches below 0.6" in say_what_to_do(tally(12, 12, 3, 3), "official", BARS)
    assert "answered by people only" == say_what_to_do(tally(0, 0), "person", BARS)
    assert "not on the present form" == say_what_to_do(sure, "retired", BARS)
    assert "review 30 more calls" == say_what_to_do(tally(0, 0), "too-few", BARS)
    assert "review 16 more calls; so far kappa is 0.14" in say_what_to_do(tally(4, 4, 3, 3), "too-few", BARS)


def test_people_who_agree_often_are_not_called_at_odds() -> None:
    """Twenty pairs of which one is unlike have no kappa to speak of and still agree; six of twenty are at odds."""
    alike = {("yes", "yes"): 19, ("yes", "no"): 1}
    odd = {("yes", "yes"): 7, ("no", "no"): 7, ("yes", "no"): 3, ("no", "yes"): 3}
    assert "people do not agree" not in say_what_to_do(tally(15, 15, people=alike), "official", BARS)
    assert "people do not agree" in say_what_to_do(tally(15, 15, people=odd), "official", BARS)
