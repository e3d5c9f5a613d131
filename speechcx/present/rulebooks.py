"""Rulebooks: problems, starters, tests, measures on labelled calls, what another one would change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from speechcx.ask.people import Move
from speechcx.ask.statistics import Interval, Sums, share_interval
from speechcx.batch import CompareOne, Flip, RulebookComparison, RuleFlips, RunSummary
from speechcx.present.envelope import Envelopes, record, rows
from speechcx.present.table import Answer, Column, Table, Text, make_table
from speechcx.present.units import count_text
from speechcx.present.wording import result_text
from speechcx.project import Starter
from speechcx.rules import RulebookProblem, Rulebooks, RuleMeasure, TestOutcome

MAX_CALLS = 3
"""Calls that a cell names; JSON and CSV have them all."""


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


_PROBLEMS = rows("problems", RulebookProblem)
_STARTERS = rows("starters", Starter)
_TESTS = rows("tests", TestOutcome)
_MEASURED = rows("tests", TestOutcome, facts={"measures": list[LabelledRule]})
_DIFF = record("rules-diff", RulebookDiff)
_REJUDGED = record("rejudge", RunSummary, rulebook=str)

ENVELOPES: dict[str, Envelopes] = {
    "rejudge": _REJUDGED,
    "rules diff": _DIFF,
    "rules lint": _PROBLEMS,
    "rules starters": _STARTERS,
    "rules test": (_TESTS, _MEASURED),
}

_PROBLEM_COLUMNS = tuple(Column(name, name) for name in ("line", "column", "level", "found", "expected"))
_STARTER_COLUMNS = tuple(Column(name, name) for name in ("name", "about", "rules", "scorecards", "tests"))
_TEST_COLUMNS = (
    Column("rule", "rule"),
    Column("line", "line"),
    Column("expected", "expected"),
    Column("found", "found"),
    Column("passed", "passed"),
    Column("why", "why"),
)


def _interval(interval: Interval | None) -> str | None:
    return None if interval is None else f"{interval[0]:.2f} to {interval[1]:.2f}"


def _some(calls: Sequence[str]) -> str:
    more = f" and {len(calls) - MAX_CALLS} more" if len(calls) > MAX_CALLS else ""
    return ", ".join(calls[:MAX_CALLS]) + more


_MEASURE_COLUMNS = (
    Column("rule", "rule"),
    Column("n", "labelled"),
    Column("there", "present"),
    Column("precision", "precision", digits=2),
    Column("precision_95", "95 %", value=lambda rule: _interval(rule.precision_95)),
    Column("recall", "recall", digits=2),
    Column("recall_95", "95 %", value=lambda rule: _interval(rule.recall_95)),
    Column("cannot_tell", "cannot tell"),
    Column("missed", "missed", text=lambda rule: _some(rule.missed)),
    Column("false", "wrongly present", text=lambda rule: _some(rule.false)),
)
_FLIP_COLUMNS = (
    Column("call_id", "call"),
    Column("rule", "rule"),
    Column("before", "before"),
    Column("after", "after"),
    Column("flagged_before", "flagged"),
    Column("flagged_after", "then"),
    Column("why", "why"),
)
_FLIPPED_RULE_COLUMNS = (
    Column("rule", "rule"),
    Column("calls", "calls"),
    Column("steps", "results", text=lambda rule: _steps(rule)),
    Column("flags_raised", "newly flagged"),
    Column("flags_cleared", "no longer"),
)
_MOVE_COLUMNS = (
    Column("scorecard", "scorecard"),
    Column("by", "of"),
    Column("key", "name", text=lambda move: move.key or ("" if move.by == "all" else "(unknown)")),
    Column("n", "calls"),
    Column("score_before", "score", digits=1),
    Column("score_after", "then", digits=1),
    Column("change", "change", digits=1),
    Column("critical_before", "critical accuracy", kind="share"),
    Column("critical_after", "then", kind="share"),
    Column("flagged_before", "flagged"),
    Column("flagged_after", "then"),
)


def present_problems(problems: Sequence[RulebookProblem], path: str) -> Answer:
    """What is wrong with a rulebook, line by line."""
    shown = make_table("problems", _PROBLEM_COLUMNS, problems, empty=f"{path}: no problems.")
    return Answer(partial(_PROBLEMS.wrap_rows, problems, hint=shown.empty), (shown,))


def present_starters(starters: Sequence[Starter]) -> Answer:
    """Rulebooks to begin with."""
    shown = make_table("starters", _STARTER_COLUMNS, starters)
    return Answer(partial(_STARTERS.wrap_rows, starters), (shown,))


def label_rule(measure: RuleMeasure) -> LabelledRule:
    """A measure with its intervals."""
    right, found, there = measure.right, measure.found, measure.there
    return LabelledRule(
        measure.rule, measure.n, there, found, right, measure.precision, share_interval(Sums(found, right, right)),
        measure.recall, share_interval(Sums(there, right, right)), measure.cannot_tell, measure.missed, measure.false,
    )  # fmt: skip


def present_tests(outcomes: Sequence[TestOutcome], measures: Sequence[LabelledRule] | None) -> Answer:
    """The tests of a rulebook and, where there are labels, its measures; as CSV only these."""
    shown = make_table("tests", _TEST_COLUMNS, outcomes, empty="No test to show.")
    if measures is None:
        return Answer(partial(_TESTS.wrap_rows, outcomes, hint=shown.empty), (shown,))
    empty = "No labelled call could be judged."
    measured = make_table("measures", _MEASURE_COLUMNS, measures, empty=empty)
    document = partial(_MEASURED.wrap_rows, outcomes, hint=shown.empty, measures=measures)
    return Answer(document, (shown, measured), csv=measured)


def list_shortfalls(
    measures: Iterable[LabelledRule], min_precision: float | None, min_recall: float | None
) -> tuple[str, ...]:
    """Which rules fall short of what is asked, in words."""
    short = []
    for measure in measures:
        for name, value, least in (
            ("precision", measure.precision, min_precision), ("recall", measure.recall, min_recall),
        ):  # fmt: skip
            if value is not None and least is not None and value < least:
                short.append(f"{measure.rule}: {name} {value:.3f} is under {least:g}")
    return tuple(short)


def make_diff(
    ask: CompareOne, found: RulebookComparison, moves: tuple[Move, ...], hint: str | None
) -> RulebookDiff:
    """A comparison of rulebooks as one record."""
    return RulebookDiff(
        None if ask.old is None else _name(ask.old), _name(ask.new), len(found.standings), found.changed,
        len(found.failed), found.rules, moves, found.flips, hint,
    )  # fmt: skip


def present_diff(diff: RulebookDiff, *, limit: int) -> Answer:
    """What another rulebook would change: JSON has all of it, CSV the results that flip, tables what moves most."""
    flips = make_table("flips", _FLIP_COLUMNS, diff.flips, empty="No result would be another.")
    return Answer(partial(_DIFF.wrap, diff), tuple(_diff(diff, limit)), csv=flips)


def _diff(diff: RulebookDiff, limit: int) -> Iterator[Table | Text]:
    yield Text(_headline(diff))
    if diff.failed:
        kept = f"{diff.failed} calls could not be judged; they would keep what they have."
        yield Text(kept, is_note=True)
    if not diff.changed:
        return
    no_rule = "No rule's result would be another; only scores would."
    yield make_table("rules", _FLIPPED_RULE_COLUMNS, diff.rules, empty=no_rule)
    named = {move.by for move in diff.moves if move.key is not None}
    moving = [move for move in diff.moves if move.by == "all" or (move.moves and move.by in named)]
    yield make_table("moves", _MOVE_COLUMNS, moving[:limit])
    no_flip = "No result of a rule would be another."
    yield make_table("flips", _FLIP_COLUMNS, diff.flips[:limit], empty=no_flip)
    for count, what in ((len(moving), "scores"), (len(diff.flips), "results")):
        if count > limit:
            more = f"{limit} of {count} {what}; --limit shows more, --json and --csv all."
            yield Text(more, is_note=True, is_hint=True)


def _name(book: Rulebooks) -> BookName:
    """Names and versions of several rulebooks stand in the order of the settings."""
    names, versions = ("; ".join(getattr(one, part) for one in book.books) for part in ("name", "version"))
    return BookName(names, versions, book.digest)


def _headline(diff: RulebookDiff) -> str:
    old = "what is stored" if diff.old is None else f"{diff.old.name} version {diff.old.version}"
    found = f"{count_text(len(diff.flips), 'result')} in {count_text(len(diff.rules), 'rule')}"
    return (
        f"From {old} to {diff.new.name} version {diff.new.version}: {diff.changed} of"
        f" {count_text(diff.calls, 'call')} would change, {found}. Nothing was written."
    )


def _steps(rule: RuleFlips) -> str:
    shown = [
        f"{before or '(no rule)'} to {after or '(no rule)'}: {n}"
        if before != after
        else f"{before}, flag only: {n}"
        for before, after, n in rule.steps
    ]
    return result_text(", ".join(shown))


def present_rejudged(summary: RunSummary, book: Rulebooks) -> Answer:
    """How many stored calls were judged again by a rulebook."""
    failed = (
        Text(f"{number} calls could not be judged ({kind}); they keep the results they had.", is_note=True)
        for kind, number in summary.failed
    )
    document = partial(_REJUDGED.wrap, summary, rulebook=book.digest)
    return Answer(document, (*_rejudged(summary, book), *failed))


def _rejudged(summary: RunSummary, book: Rulebooks) -> Iterator[Text]:
    if not summary.planned:
        yield Text(f"Nothing to do: every stored call that matches is judged by {book.label}.")
        yield Text("--again judges them again.", is_hint=True)
        return
    rest = summary.planned - summary.done
    left = f"; {rest} are left as they were" if rest > 0 else ""
    yield Text(f"{count_text(summary.done, 'call')} judged by {book.label} in {summary.seconds:.1f} s{left}.")
