"""One rule for people who judge whether it is any good: how it is written, its tests, how often it was right."""

from __future__ import annotations

from dataclasses import dataclass

from speechcx.ask.compliance.flag_counts import NOBODY_LOOKED, Precision, measure_precision
from speechcx.ask.compliance.rule_text import find_rule_text, find_tests
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import settle_rule
from speechcx.errors import UsageError


@dataclass(frozen=True, slots=True)
class RuleReport:
    """A rule or a question of a scorecard.

    Parameters
    ----------
    rule, title, kind, severity
        As the newest rulebook that has it writes it; kind ``question`` for one.
    rulebook, version
        That rulebook.
    text, tests
        As written there; None and empty where its text was not kept.
    precision
        How often it was right.
    """

    rule: str
    title: str
    kind: str
    severity: str | None
    rulebook: str
    version: str
    text: str | None
    tests: tuple[str, ...]
    precision: Precision


def describe_rule(where: Where, name: str) -> RuleReport:
    """The rule of an id or title.

    Raises
    ------
    UsageError
        No rulebook that judged a call has it.
    """
    with reading(where) as store:
        rule = settle_rule(store, name)
        row = store.db.execute(
            "SELECT r.title, r.kind, r.severity, b.name, b.version, b.source, b.rulebook_no FROM rules r"
            " JOIN rulebooks b USING (rulebook_no) WHERE r.rule = ?1 AND r.kind <> 'hidden' UNION ALL"
            " SELECT q.text, 'question', q.critical, b.name, b.version, b.source, b.rulebook_no FROM questions q"
            " JOIN rulebooks b USING (rulebook_no) WHERE q.scorecard || '.' || q.question = ?1 ORDER BY 7 DESC LIMIT 1",
            (rule,),
        ).fetchone()
        if row is None:
            raise UsageError(f"no rule {name!r}", "the id of a rule", "see `speechcx flags --by rule`")
        title, kind, severity, book, version, source, _ = row
        return RuleReport(
            rule, title, kind, severity, book, version, find_rule_text(source, rule), find_tests(source, rule),
            measure_precision(store).get(rule, NOBODY_LOOKED),
        )  # fmt: skip
