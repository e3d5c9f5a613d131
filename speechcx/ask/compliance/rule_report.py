"""One rule for people who judge whether it is any good: how it is written, its tests, how often it was right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from speechcx.ask.compliance.flag_counts import NOBODY_LOOKED, Precision, measure_precision
from speechcx.ask.compliance.rule_text import find_rule_text, find_tests, replace_rule_text
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import settle_rule
from speechcx.errors import UsageError
from speechcx.store import Store


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
        title, kind, severity, book, version, source = _read_newest(store, rule, name)
        return RuleReport(
            rule, title, kind, severity, book, version, find_rule_text(source, rule), find_tests(source, rule),
            measure_precision(store).get(rule, NOBODY_LOOKED),
        )  # fmt: skip


def draft_rulebook(where: Where, name: str, draft: str) -> tuple[str, str] | None:
    """The id of a rule, and the newest rulebook that has it with a draft in its place.

    None where the text of the rulebook was not kept.

    Raises
    ------
    UsageError
        No rulebook that judged a call has it.
    """
    with reading(where) as store:
        rule = settle_rule(store, name)
        source = _read_newest(store, rule, name)[-1]
        whole = None if source is None else replace_rule_text(source, rule, draft)
        return None if whole is None else (rule, whole)


_Newest = tuple[str, str, str | None, str, str, str | None]


def _read_newest(store: Store, rule: str, name: str) -> _Newest:
    """Title, kind and severity of a rule, and name, version and text of the newest rulebook that has it."""
    row: tuple[Any, ...] | None = store.db.execute(
        "SELECT r.title, r.kind, r.severity, b.name, b.version, b.source, b.rulebook_no FROM rules r"
        " JOIN rulebooks b USING (rulebook_no) WHERE r.rule = ?1 AND r.kind <> 'hidden' UNION ALL"
        " SELECT q.text, 'question', q.critical, b.name, b.version, b.source, b.rulebook_no FROM questions q"
        " JOIN rulebooks b USING (rulebook_no) WHERE q.scorecard || '.' || q.question = ?1 ORDER BY 7 DESC LIMIT 1",
        (rule,),
    ).fetchone()
    if row is None:
        raise UsageError(f"no rule {name!r}", "the id of a rule", "see `speechcx flags --by rule`")
    title, kind, severity, book, version, source, _ = row
    return title, kind, severity, book, version, source
