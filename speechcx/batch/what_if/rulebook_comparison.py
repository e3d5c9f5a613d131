"""What another rulebook would change on stored calls: which results flip and where scores go; changes nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from speechcx.batch.progress import ReportProgress, say_nothing
from speechcx.batch.what_if.survey import CallChoice, survey
from speechcx.call import Failure, RuleResult, RuleValue, ScoreResult
from speechcx.config import Settings
from speechcx.pipeline import read_call
from speechcx.rules import ResultChange, Rulebooks, compare_results, judge_view, view_call
from speechcx.score import CallStanding, fill_scorecards, standing_of
from speechcx.store import Store


@dataclass(frozen=True, slots=True)
class Flip:
    """One result of one call that would be another.

    Parameters
    ----------
    call_id, rule
        Which.
    before, after
        Results; None where the rulebook has no such rule.
    flagged_before, flagged_after
        Whether it is flagged.
    why
        The new result's reason; the old one's where the rule is gone.
    """

    call_id: str
    rule: str
    before: RuleValue | None
    after: RuleValue | None
    flagged_before: bool
    flagged_after: bool
    why: str


@dataclass(frozen=True, slots=True)
class RuleFlips:
    """How often one rule's result would be another.

    Parameters
    ----------
    rule
        Its id.
    calls
        Calls on which its value or flag changes.
    steps
        (before, after, calls) triples, most frequent first; None where a rulebook has no such rule.
    flags_raised, flags_cleared
        Calls on which it is flagged newly, and no longer.
    """

    rule: str
    calls: int
    steps: tuple[tuple[RuleValue | None, RuleValue | None, int], ...]
    flags_raised: int
    flags_cleared: int


@dataclass(frozen=True, slots=True)
class CallDiff:
    """What would change in one call."""

    changes: tuple[ResultChange, ...]
    before: CallStanding
    after: CallStanding


@dataclass(frozen=True, slots=True)
class RulebookComparison:
    """What would change in many calls.

    Parameters
    ----------
    flips
        Every result that changes, by call in the order asked, then by rule.
    rules
        The same counted by rule, most calls first.
    standings
        By call, how it counts in averages before and after.
    changed
        Calls on which a result, a flag or a score changes.
    failed
        Calls that could not be judged: they would keep what they have.
    """

    flips: tuple[Flip, ...]
    rules: tuple[RuleFlips, ...]
    standings: dict[str, tuple[CallStanding, CallStanding]]
    changed: int
    failed: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class CompareOne:
    """Two judgements of stored calls, to be compared.

    Parameters
    ----------
    old
        The rulebook to compare with; None for what is stored of each call.
    new
        The other rulebook.
    settings
        What roles and measures are made with, as :func:`speechcx.batch.rejudge` does.
    again
        Whether calls that are stored under `new` already are judged again, as ``rejudge --again`` does.
    """

    old: Rulebooks | None
    new: Rulebooks
    settings: Settings
    again: bool = False

    def __call__(self, store: Store, call_id: str) -> CallDiff:
        """What would change in one call."""
        if self.old is not None:
            return _diff(*self._judge(store, call_id, self.old, self.new))
        stored = store.load_assessment(call_id)
        assert stored is not None
        before = stored.results, stored.scores
        present = self.new.for_language(stored.reading.language.code)
        if stored.digest == present.digest and not self.again:
            return _diff(before, before)
        return _diff(before, *self._judge(store, call_id, self.new))

    def _judge(self, store: Store, call_id: str, *books: Rulebooks) -> list[Judged]:
        conversation = store.load_conversation(call_id)
        # As rejudging does: settings may have changed since the call was judged.
        reading = read_call(conversation, self.settings)
        facts = view_call(conversation, reading)
        judged = []
        for book in (each.for_language(reading.language.code) for each in books):
            results = judge_view(book, facts)
            judged.append((results, fill_scorecards(book.scorecards, results, reading)))
        return judged


Judged = tuple[tuple[RuleResult, ...], tuple[ScoreResult, ...]]


def compare_rulebooks(
    chosen: CallChoice, ask: CompareOne, *, report: ReportProgress = say_nothing
) -> RulebookComparison:
    """Compare two judgements of stored calls; nothing is written.

    Parameters
    ----------
    chosen
        Which calls.
    ask
        The rulebooks.
    report
        Called for each call.
    """
    diffs: dict[str, CallDiff] = {}
    failed = []
    for call_id, diff in survey(chosen, ask, ask.settings, report=report):
        if isinstance(diff, Failure):
            failed.append(diff)
        else:
            diffs[call_id] = diff
    ordered = [(call_id, diffs[call_id]) for call_id in chosen.call_ids if call_id in diffs]
    flips = tuple(_flip(call_id, change) for call_id, diff in ordered for change in diff.changes)
    return RulebookComparison(
        flips, _count(flips), {call_id: (diff.before, diff.after) for call_id, diff in ordered},
        sum(bool(diff.changes) or diff.before != diff.after for _, diff in ordered), tuple(failed),
    )  # fmt: skip


def _diff(before: Judged, after: Judged) -> CallDiff:
    return CallDiff(compare_results(before[0], after[0]), standing_of(*before), standing_of(*after))


def _flip(call_id: str, change: ResultChange) -> Flip:
    return Flip(
        call_id, change.rule, change.before, change.after, change.flagged_before, change.flagged_after, change.why
    )  # fmt: skip


def _count(flips: Sequence[Flip]) -> tuple[RuleFlips, ...]:
    by_rule: defaultdict[str, list[Flip]] = defaultdict(list)
    for flip in flips:
        by_rule[flip.rule].append(flip)
    counted = []
    for rule, own in by_rule.items():
        steps = Counter((flip.before, flip.after) for flip in own).most_common()
        counted.append(
            RuleFlips(
                rule, len(own), tuple((before, after, n) for (before, after), n in steps),
                sum(flip.flagged_after and not flip.flagged_before for flip in own),
                sum(flip.flagged_before and not flip.flagged_after for flip in own),
            )
        )  # fmt: skip
    return tuple(sorted(counted, key=lambda rule: -rule.calls))
