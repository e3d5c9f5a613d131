"""Rules measured on stored calls that people have labelled: precision and recall of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from speechcx.batch.progress import Report, say_nothing
from speechcx.batch.what_if.survey import CallChoice, read_facts, survey
from speechcx.call import Failure, RuleResult
from speechcx.config import Settings
from speechcx.rules import Label, Rulebook, RuleMeasure, judge_facts, measure_rules
from speechcx.store import Store


@dataclass(frozen=True, slots=True)
class JudgeOnly:
    """A rulebook, to be asked of stored calls, without scores."""

    rulebook: Rulebook
    settings: Settings

    def __call__(self, store: Store, call_id: str) -> tuple[RuleResult, ...]:
        """What its rules find in one."""
        return judge_facts(self.rulebook, read_facts(store, call_id)[1])


def measure_labels(
    database: Path, ask: JudgeOnly, labels: Sequence[Label], *, report: Report = say_nothing
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
