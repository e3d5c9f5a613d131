"""Rulebooks: problems, tests, measures on labelled calls, what one covers, what another would change."""

from __future__ import annotations

from dataclasses import dataclass

from speechcx.ask.people import Move
from speechcx.batch import CoverReport, Flip, RuleFlips, RunSummary, TryReport
from speechcx.present.envelope import Envelopes, record, rows
from speechcx.project import Starter
from speechcx.rules import Problem, TestOutcome

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class BookName:
    """A rulebook by name, version and digest."""

    name: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class RulebookDiff:
    """What another rulebook would change on stored calls; nothing is changed by asking.

    Parameters
    ----------
    old, new
        The rulebooks; `old` is None for what each call is judged by now.
    calls
        Calls that were compared.
    changed
        Calls on which a result, a flag or a score would be another.
    failed
        Calls that could not be judged: they would keep what they have.
    rules
        Rules whose results flip, most calls first.
    moves
        Scores of all calls, each center, team and agent, before and after.
    flips
        Every result that would be another.
    hint
        Where there are no calls: what would widen the question.
    """

    old: BookName | None
    new: BookName
    calls: int
    changed: int
    failed: int
    rules: tuple[RuleFlips, ...]
    moves: tuple[Move, ...]
    flips: tuple[Flip, ...]
    hint: str | None


@dataclass(frozen=True, slots=True)
class LabelledRule:
    """How one rule did on calls that people labelled.

    Parameters
    ----------
    rule
        Its id.
    n
        Labelled calls it was asked on; those people could not tell of are left out.
    there, found, right
        Calls labelled present, calls it was present on, and calls of both.
    precision, precision_95
        right / found and Wilson's 95 % interval; None where it was never present.
    recall, recall_95
        right / there and Wilson's 95 % interval; None where no label is present.
    cannot_tell
        Calls on which it could not tell; they count as not found.
    missed, false
        Ids of the calls it missed, and of those it was present on wrongly.
    """

    rule: str
    n: int
    there: int
    found: int
    right: int
    precision: float | None
    precision_95: Interval | None
    recall: float | None
    recall_95: Interval | None
    cannot_tell: int
    missed: tuple[str, ...]
    false: tuple[str, ...]


ENVELOPES: dict[str, Envelopes] = {
    "rejudge": record("rejudge", RunSummary, rulebook=str),
    "rules coverage": (
        record("rules-coverage", CoverReport),
        rows("rules-coverages", CoverReport),
    ),
    "rules diff": record("rules-diff", RulebookDiff),
    "rules lint": rows("problems", Problem),
    "rules starters": rows("starters", Starter),
    "rules test": (
        rows("tests", TestOutcome),
        rows("tests", TestOutcome, facts={"measures": list[LabelledRule]}),
    ),
    "rules try": record("rules-try", TryReport),
}
