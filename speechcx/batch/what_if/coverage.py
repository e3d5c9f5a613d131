"""What a rulebook says of stored calls as a whole: rules that never or always hold, dead phrases, blind spots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from speechcx.batch.progress import ReportProgress, say_nothing
from speechcx.batch.what_if.survey import CallChoice, read_facts, survey
from speechcx.call import Failure, RuleResult
from speechcx.config import Settings
from speechcx.rules import (
    CallCover,
    CoverCount,
    Label,
    Rulebook,
    RuleCover,
    RuleMeasure,
    RulePhrase,
    cover_call,
    judge_facts,
    list_phrases,
    measure_rules,
)
from speechcx.store import Store


@dataclass(frozen=True, slots=True)
class DeadPhrase:
    """A phrase that nobody the rule asks for ever said."""

    rule: str
    phrase: str


@dataclass(frozen=True, slots=True)
class CoverReport:
    """What a rulebook says of stored calls.

    Parameters
    ----------
    rulebook, version, digest
        Which rulebook.
    searched, stored
        Calls it was applied to, and calls that satisfy the filter.
    failed
        Calls that could not be judged.
    rules
        One for each rule, in the rulebook's order.
    never, always, blind
        Ids of the rules that are present in no call, in every call, and that could tell in none.
    dead_phrases
        Phrases that were said in no call by the party they ask for.
    without_driver
        Calls that no rule of kind ``driver`` explains; empty where the rulebook has none.
    has_drivers
        Whether it has any.
    hint
        Where there are no calls: what would widen the question.
    """

    rulebook: str
    version: str
    digest: str
    searched: int
    stored: int
    failed: int
    rules: tuple[RuleCover, ...]
    never: tuple[str, ...]
    always: tuple[str, ...]
    blind: tuple[str, ...]
    dead_phrases: tuple[DeadPhrase, ...]
    without_driver: tuple[str, ...]
    has_drivers: bool
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class CoverOne:
    """A rulebook, to be asked of stored calls."""

    rulebook: Rulebook
    settings: Settings

    def __call__(self, store: Store, call_id: str) -> CallCover:
        """What it says of one."""
        return cover_call(self.rulebook, read_facts(store, call_id)[1])


def cover_stored(chosen: CallChoice, ask: CoverOne, *, report: ReportProgress = say_nothing) -> CoverReport:
    """Apply a rulebook to stored calls and count; nothing is written.

    Parameters
    ----------
    chosen
        Which calls.
    ask
        The rulebook.
    report
        Called for each call.
    """
    counter, said, failed = CoverCount(), set[RulePhrase](), 0
    for call_id, answer in survey(chosen, ask, ask.settings, report=report):
        if isinstance(answer, Failure):
            failed += 1
        else:
            counter.add(call_id, answer.results)
            said |= answer.said
    cover = counter.finish()
    without = set(cover.without_driver)
    dead = [DeadPhrase(*pair) for pair in list_phrases(ask.rulebook) if pair not in said] if cover.n else []
    told = [rule for rule in cover.rules if rule.n]
    book = ask.rulebook
    return CoverReport(
        book.name, book.version, book.digest, len(chosen.call_ids), chosen.stored, failed, cover.rules,
        never=tuple(rule.rule for rule in told if not rule.present),
        always=tuple(rule.rule for rule in told if rule.present == rule.n),
        blind=tuple(rule.rule for rule in told if rule.cannot_tell == rule.n),
        dead_phrases=tuple(dead),
        without_driver=tuple(call_id for call_id in chosen.call_ids if call_id in without),
        has_drivers=cover.has_drivers,
        hint=chosen.hint,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class JudgeOnly:
    """A rulebook, to be asked of stored calls, without scores."""

    rulebook: Rulebook
    settings: Settings

    def __call__(self, store: Store, call_id: str) -> tuple[RuleResult, ...]:
        """What its rules find in one."""
        return judge_facts(self.rulebook, read_facts(store, call_id)[1])


def measure_labels(
    database: Path, ask: JudgeOnly, labels: Sequence[Label], *, report: ReportProgress = say_nothing
) -> tuple[tuple[RuleMeasure, ...], tuple[Failure, ...]]:
    """Precision and recall of every labelled rule, and the calls that could not be judged; nothing is written.

    Parameters
    ----------
    database
        The database.
    ask
        The rulebook.
    labels
        What people say.
    report
        Called for each call.
    """
    call_ids = tuple(dict.fromkeys(label.call for label in labels))
    chosen = CallChoice(database, call_ids, len(call_ids))
    wanted = {(label.call, label.rule) for label in labels}
    results, failed = {}, []
    for call_id, answer in survey(chosen, ask, ask.settings, report=report):
        if isinstance(answer, Failure):
            failed.append(answer)
        else:
            results[call_id] = tuple(found for found in answer if (call_id, found.rule) in wanted)
    triples = [(label.call, label.rule, label.truth) for label in labels]
    return measure_rules(triples, results), tuple(failed)
