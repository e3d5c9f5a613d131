"""Whether the machine's answers to a question count, and what to do so that they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from speechcx.ask.statistics import Agreement
from speechcx.config import ReviewSettings

AgreementStatus = Literal["official", "too-few", "below-bar", "undefined", "drift", "person", "retired"]

LOPSIDED = 0.9
"""Beyond this share of one answer, kappa says little for want of the other."""

ENOUGH_PEOPLE = 10
"""Calls reviewed twice from which on it is said that people do not agree among themselves."""


KEEP_WATCH = "counts; go on reviewing a few, so that a change is seen"
"""What to do with a question of which nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Drift:
    """The newest answers held against those before them.

    Parameters
    ----------
    n, observed
        The newest answers, and the share that is alike.
    n_before, observed_before
        The same before them.
    chance
        How probable such a fall is if nothing changed: Fisher's exact test, one-sided.
    fell
        Whether that is under the bar.
    """

    n: int
    observed: float
    n_before: int
    observed_before: float
    chance: float
    fell: bool


@dataclass(frozen=True, slots=True)
class QuestionTally:
    """What is known of one question.

    Parameters
    ----------
    question
        Its id.
    machine, people
        Agreement of the machine with people, and of people with each other.
    counts
        How often the machine said one thing and a person another.
    prevalence
        People's share of yes.
    drift
        None where there are too few answers.
    """

    question: str
    machine: Agreement
    people: Agreement
    counts: Mapping[tuple[str, str], int]
    prevalence: float | None
    drift: Drift | None


def find_status(tally: QuestionTally, settings: ReviewSettings, *, by_machine: bool) -> AgreementStatus:
    """Official where kappa reaches the bar on enough blind answers and has not fallen; else why not."""
    if not by_machine:
        return "person"
    if tally.machine.n < settings.min_answers:
        return "too-few"
    if tally.machine.kappa is None:
        return "undefined"
    if tally.machine.kappa < settings.kappa_bar:
        return "below-bar"
    return "drift" if tally.drift is not None and tally.drift.fell else "official"


def say_what_to_do(tally: QuestionTally, status: AgreementStatus, settings: ReviewSettings) -> str:
    """What brings a question's answers to count, or keeps them counting, in words."""
    if status in ("person", "retired"):
        return "answered by people only" if status == "person" else "not on the present form"
    parts = {
        "official": _keep_watch,
        "too-few": _review_more,
        "undefined": _find_other_answers,
        "below-bar": _reword,
        "drift": _look_at_the_newest,
    }[status](tally, settings)
    kappa, pabak = tally.people.kappa, tally.people.pabak
    is_odd = kappa is not None and pabak is not None and max(kappa, pabak) < settings.kappa_bar
    if is_odd and tally.people.n >= ENOUGH_PEOPLE:
        parts.insert(
            0,
            f"people do not agree among themselves (kappa {kappa:.2f} on {tally.people.n} calls):"
            " say in the question what counts as yes",
        )
    return "; ".join(parts)


def _keep_watch(tally: QuestionTally, settings: ReviewSettings) -> list[str]:
    interval = tally.machine.interval
    if interval is not None and interval[0] < settings.kappa_bar:
        return [f"counts; the interval reaches below {settings.kappa_bar:g}, more reviews narrow it"]
    return [KEEP_WATCH]


def _review_more(tally: QuestionTally, settings: ReviewSettings) -> list[str]:
    missing = settings.min_answers - tally.machine.n
    parts = [f"review {missing} more call{'s' * (missing > 1)}"]
    kappa = tally.machine.kappa
    if kappa is not None and tally.machine.n >= settings.min_answers / 3 and kappa < settings.kappa_bar:
        parts.append(f"so far kappa is {kappa:.2f}: {_show(tally)}")
    return parts


def _find_other_answers(tally: QuestionTally, _settings: ReviewSettings) -> list[str]:
    answer = next(iter(tally.counts))[0]
    return [
        f"both always say {answer}, so there is nothing to tell agreement from chance by:"
        f" review calls in which the machine says something else (a plan with --risk flags, or `review open CALL`)"
    ]


def _reword(tally: QuestionTally, _settings: ReviewSettings) -> list[str]:
    unlike = _count_unlike(tally)
    (machine, person), count = max(unlike.items(), key=lambda pair: pair[1])
    parts = [
        f"reword the rule: {count} of {sum(unlike.values())} disagreements are machine {machine}, person {person};"
        f" {_show(tally)}"
    ]
    share, pabak = tally.prevalence, tally.machine.pabak
    if share is not None and pabak is not None and max(share, 1 - share) >= LOPSIDED and pabak >= 0.6:
        rare = "no" if share >= LOPSIDED else "yes"
        parts.append(
            f"people say {rare} in only {100 * min(share, 1 - share):.0f} %, which keeps kappa low while"
            f" {100 * (tally.machine.observed or 0):.0f} % agree: review more calls that may be {rare}"
        )
    return parts


def _look_at_the_newest(tally: QuestionTally, _settings: ReviewSettings) -> list[str]:
    drift = tally.drift
    assert drift is not None
    return [
        f"agreement fell from {100 * drift.observed_before:.0f} % to {100 * drift.observed:.0f} % in the newest"
        f" {drift.n} answers (chance {drift.chance:.2g}): find out what changed; {_show(tally)}"
    ]


def _count_unlike(tally: QuestionTally) -> dict[tuple[str, str], int]:
    """How often each pair of different answers came."""
    return {pair: count for pair, count in tally.counts.items() if pair[0] != pair[1]}


def _show(tally: QuestionTally) -> str:
    return f"see `speechcx qa agreement --question {tally.question} --disagreements`"
