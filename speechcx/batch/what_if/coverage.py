"""What a rulebook says of stored calls as a whole: rules that never or always hold, dead phrases, blind spots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from speechcx.batch.progress import ReportProgress, say_nothing
from speechcx.batch.what_if.survey import CallChoice, read_view, survey
from speechcx.call import Failure, RuleResult
from speechcx.config import Settings
from speechcx.rules import (
    CallCoverage,
    CoverageCounter,
    Label,
    LanguageRulebooks,
    Rulebook,
    Rulebooks,
    RuleCoverage,
    RuleMeasure,
    RulePhrase,
    find_said_phrases,
    judge_view,
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
class CoverageReport:
    """What a rulebook says of the stored calls that it judges.

    Parameters
    ----------
    rulebook, version, digest
        Which rulebook.
    language
        The language of the calls it judges, where there are rulebooks of several; None where it judges all.
    searched, stored
        Calls it was applied to, and calls that satisfy the filter, those of other rulebooks among them.
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
    rules: tuple[RuleCoverage, ...]
    never: tuple[str, ...]
    always: tuple[str, ...]
    blind: tuple[str, ...]
    dead_phrases: tuple[DeadPhrase, ...]
    without_driver: tuple[str, ...]
    has_drivers: bool
    hint: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class MeasureCoverage:
    """A rulebook, or those of several languages, to be asked of stored calls."""

    rulebook: Rulebooks
    settings: Settings

    def __call__(self, store: Store, call_id: str) -> tuple[str, CallCoverage]:
        """The digest of the rulebook that judges a call, and what it says of it."""
        facts = read_view(store, call_id)[1]
        book = self.rulebook.for_language(facts.language)
        return book.digest, find_said_phrases(book, facts)


def measure_coverage(
    chosen: CallChoice, ask: MeasureCoverage, *, report: ReportProgress = say_nothing
) -> tuple[CoverageReport, ...]:
    """Apply a rulebook, or each of several to the calls in its language, and count; nothing is written.

    Parameters
    ----------
    chosen
        Which calls.
    ask
        The rulebook.
    report
        Called for each call.

    Returns
    -------
    tuple of CoverageReport
        One for each rulebook; a call that could not be judged counts in the first.
    """
    counts = {book.digest: _Count() for book in ask.rulebook.books}
    failed = 0
    for call_id, answer in survey(chosen, ask, ask.settings, report=report):
        if isinstance(answer, Failure):
            failed += 1
            continue
        digest, cover = answer
        counts[digest].counter.add(call_id, cover.results)
        counts[digest].said |= cover.said
    by_language = ask.rulebook.by_language if isinstance(ask.rulebook, LanguageRulebooks) else ()
    codes = {book.digest: code for code, book in reversed(by_language)}
    return tuple(
        replace(
            _report(book, counts[book.digest], chosen, failed if no == 0 else 0),
            language=codes.get(book.digest),
        )
        for no, book in enumerate(ask.rulebook.books)
        if book not in ask.rulebook.books[:no]
    )


@dataclass(slots=True)
class _Count:
    """What one rulebook said so far."""

    counter: CoverageCounter = field(default_factory=CoverageCounter)
    said: set[RulePhrase] = field(default_factory=set)


def _report(book: Rulebook, count: _Count, chosen: CallChoice, failed: int) -> CoverageReport:
    cover = count.counter.finish()
    without = set(cover.without_driver)
    dead = [DeadPhrase(*pair) for pair in list_phrases(book) if pair not in count.said] if cover.n else []
    told = [rule for rule in cover.rules if rule.n]
    return CoverageReport(
        book.name, book.version, book.digest, cover.n + failed, chosen.stored, failed, cover.rules,
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
    """A rulebook, or those of several languages, to be asked of stored calls, without scores."""

    rulebook: Rulebooks
    settings: Settings

    def __call__(self, store: Store, call_id: str) -> tuple[RuleResult, ...]:
        """What its rules find in one."""
        facts = read_view(store, call_id)[1]
        return judge_view(self.rulebook.for_language(facts.language), facts)


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
