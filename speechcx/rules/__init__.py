"""Rules: what a conversation holds of what a rulebook asks for.

Takes a rulebook (YAML) and what was heard and read of a call; gives one three-valued result for each
rule, with the words, party and time of every hit and of the nearest miss. Never listens to audio,
never decides from a word alone that nobody said something that could not be heard.

One more kind of condition is a class in ``conditions``, a key in ``asking``, a method in ``judging``;
one more slot a finder in ``slots``.
"""

from speechcx.call import Conversation, Reading, RuleResult
from speechcx.rules.checks.ad_hoc_rule import TYPED, parties_asked, type_lines, type_rule
from speechcx.rules.checks.changes import ResultChange, compare_results
from speechcx.rules.checks.labelled_calls import Label, read_labels
from speechcx.rules.checks.phrase_usage import CallCover, RulePhrase, cover_call, list_phrases
from speechcx.rules.checks.precision_recall import (
    Cover,
    CoverCount,
    RuleCover,
    RuleMeasure,
    cover_calls,
    measure_rules,
    why_unknown,
)
from speechcx.rules.checks.rulebook_tests import (
    RuleTrial,
    TestOutcome,
    judge_rule,
    run_rulebook_tests,
    try_on,
    try_rule,
)
from speechcx.rules.judging.call_view import Facts, facts_of, facts_of_test
from speechcx.rules.judging.judge import judge_facts
from speechcx.rules.language.by_language import LanguageRulebooks, Rulebooks, read_rulebooks
from speechcx.rules.language.examples import Line, RuleTest
from speechcx.rules.language.rulebook import Rulebook, lint, lint_file, parse_rulebook, read_rulebook
from speechcx.rules.language.rulebook_source import RulebookProblem, find_language
from speechcx.rules.matching.meaning import Meanings, SentenceEncoder

__all__ = [
    "TYPED",
    "CallCover",
    "Cover",
    "CoverCount",
    "Facts",
    "Label",
    "LanguageRulebooks",
    "Line",
    "Meanings",
    "ResultChange",
    "RuleCover",
    "RuleMeasure",
    "RulePhrase",
    "RuleTest",
    "RuleTrial",
    "Rulebook",
    "RulebookProblem",
    "Rulebooks",
    "SentenceEncoder",
    "TestOutcome",
    "apply_rules",
    "compare_results",
    "cover_call",
    "cover_calls",
    "facts_of",
    "facts_of_test",
    "find_language",
    "judge_facts",
    "judge_rule",
    "lint",
    "lint_file",
    "list_phrases",
    "measure_rules",
    "parse_rulebook",
    "parties_asked",
    "read_labels",
    "read_rulebook",
    "read_rulebooks",
    "run_rulebook_tests",
    "try_on",
    "try_rule",
    "type_lines",
    "type_rule",
    "why_unknown",
]


def apply_rules(
    rulebook: Rulebook, conversation: Conversation, reading: Reading, *, meanings: Meanings | None = None
) -> tuple[RuleResult, ...]:
    """What every rule of a rulebook finds in a call.

    Parameters
    ----------
    rulebook
        The rules.
    conversation
        What was heard.
    reading
        Who is who, how the talk flowed, how it felt.
    meanings
        For ``means:`` conditions; None loads the sentence encoder where the rulebook has any.

    Returns
    -------
    tuple of RuleResult
        One for each rule, in the rulebook's order; those of kind ``hidden`` stand for an ``applies_if``.

    Raises
    ------
    ModelMissing
        The rulebook has ``means:`` conditions and there is no sentence encoder on this machine.
    """
    return judge_facts(rulebook, facts_of(conversation, reading), meanings)
