"""Scorecards of a rulebook: their keys, declared once, and the forms made of them that ``score`` fills in."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal

import yaml
from pydantic import Field

from speechcx.call import CriticalKind, Question, Scorecard, Section
from speechcx.rules import limits
from speechcx.rules.language.conditions import AllOf, Rule, RuleRef, Scope
from speechcx.rules.language.occasions import parties_of_condition
from speechcx.rules.language.read_conditions import ConditionReader
from speechcx.rules.language.rulebook_part import (
    Bands,
    ConditionNode,
    MetricName,
    PlainText,
    RulebookPart,
    Several,
)
from speechcx.rules.language.rulebook_source import RulebookSource, nearest

Weight = Annotated[float, Field(ge=0, le=1e6)]


class WrittenQuestion(RulebookPart):
    """A question: one of `rule`, `metric` or `ask` says where its answer comes from."""

    part: ClassVar = "question"

    id: PlainText = Field(description="its name in results and reviews; each id once in a scorecard")
    text: PlainText = Field(description="what is asked, for people")
    weight: Weight = Field(1.0, description="its part of the section's points")
    rule: PlainText | None = Field(None, description="the rule whose result is the answer")
    yes_when: Literal["present", "absent"] | None = Field(
        None, description="which result of the rule is a yes; if not given, what the rule expects"
    )
    metric: MetricName | None = Field(None, description="the measure whose value is the answer, by `bands`")
    bands: Bands = Field(
        (), description="for `metric`: a comparison for each answer; the first that holds counts"
    )
    ask: Literal["person"] | None = Field(None, description="a reviewer answers it")
    applies_if: ConditionNode | None = Field(
        None, description="a condition; where it is absent, the answer is n-a"
    )
    critical: CriticalKind | None = Field(
        None, description="scored apart: every no is a critical error of this kind"
    )
    auto_fail: bool = Field(False, description="a no sets the whole score to 0")

    def list_problems(self) -> Iterator[tuple[str, str]]:
        """Answers from nowhere, or from two places."""
        given = [key for key in ("rule", "metric", "ask") if getattr(self, key) is not None]
        if len(given) != 1:
            found = f"question {self.id!r} has {' and '.join(given) or 'no answer'}"
            yield found, "exactly one of rule, metric (with bands) or ask: person"


class WrittenSection(RulebookPart):
    """A section: questions under one title."""

    part: ClassVar = "section"
    name_key: ClassVar = "title"
    hints: ClassVar = {"questions": "questions: a list of them"}

    title: PlainText = Field(description="its heading; each title once in a scorecard")
    weight: Weight = Field(1.0, description="its part of the scorecard's 100 points")
    questions: Several[WrittenQuestion] = Field(min_length=1, description="its questions")


class WrittenScorecard(RulebookPart):
    """A scorecard: sections of questions."""

    part: ClassVar = "scorecard"
    hints: ClassVar = {"sections": "sections with questions"}

    id: PlainText = Field(description="its name in commands and results; each id once")
    title: PlainText | None = Field(None, description="its heading for people; if not given, the id")
    sections: Several[WrittenSection] = Field(description="its sections")


@dataclass(slots=True)
class ScorecardReader:
    """Makes forms of scorecards; conditions of ``applies_if`` become hidden rules.

    Parameters
    ----------
    source, conditions
        Where problems go, and who reads conditions.
    rules
        The rulebook's rules by id.
    """

    source: RulebookSource
    conditions: ConditionReader
    rules: dict[str, Rule]

    def read(self, node: yaml.Node) -> tuple[Scorecard, ...]:
        """All scorecards of a list."""
        parts = (WrittenScorecard.read(self.source, item) for item in self.source.items(node, "scorecards"))
        cards: dict[str, Scorecard] = {}
        for card in parts:
            if card is not None and self._is_new(card, card.id, cards):
                cards[card.id] = Scorecard(card.id, card.title or card.id, self._sections(card))
        return tuple(cards.values())

    def _sections(self, card: WrittenScorecard) -> tuple[Section, ...]:
        sections: dict[str, Section] = {}
        asked: dict[str, Question] = {}
        for section in card.sections:
            self._is_new(section, section.title, sections)
            before = len(asked)
            for question in section.questions:
                if self._is_new(question, question.id, asked):
                    asked[question.id] = self._question(question, card.id)
            questions = tuple(asked.values())[before:]
            sections[section.title] = Section(section.title, section.weight, questions)
        return tuple(sections.values())

    def _is_new(self, part: RulebookPart, name: str, seen: Container[str]) -> bool:
        if name not in seen:
            return True
        self.source.complain(part.node, f"{part.part} {name!r} is given twice", f"each {part.name_key} once")
        return False

    def _question(self, asked: WrittenQuestion, card: str) -> Question:
        rule = self.rules.get(asked.rule or "")
        if asked.rule is not None and rule is None:
            self.source.complain(
                asked.node_of("rule"), f"no rule {asked.rule!r}", nearest(asked.rule, self.rules)
            )
        if asked.metric is not None and self.conditions.is_metric(asked.node_of("metric"), asked.metric):
            self._needs_bands(asked)
        if asked.critical is not None and asked.node_of("weight") is not asked.node:
            found = "the weight of a critical question"
            self.source.warn(asked.node_of("weight"), found, "none: it is scored apart")
        yes_when = asked.yes_when or ("absent" if rule is not None and rule.expect == "absent" else "present")
        if rule is not None and asked.critical is not None and yes_when == "present":
            self.rules[rule.id] = replace(rule, careful=True)
        return Question(
            id=asked.id, text=asked.text, weight=asked.weight, rule=asked.rule, metric=asked.metric,
            bands=asked.bands, yes_when=yes_when, ask=asked.ask, applies_if=self._applies(asked, card, rule),
            critical=asked.critical, auto_fail=asked.auto_fail, about=self._about(asked, rule),
        )  # fmt: skip

    def _needs_bands(self, asked: WrittenQuestion) -> None:
        if asked.node_of("bands") is asked.node:
            found = f"question {asked.id!r} has a metric but no bands"
            self.source.complain(asked.node_of("metric"), found, "bands: {yes: ..., no: ...}")

    def _applies(self, asked: WrittenQuestion, card: str, rule: Rule | None) -> str | None:
        """The hidden rule that says whether a question applies: its own condition and the occasion of its rule."""
        occasion = None if rule is None else rule.occasion
        if asked.applies_if is None:
            return occasion
        condition = self.conditions.read(asked.applies_if, "applies_if", Scope())
        if condition is None:
            return None
        if occasion is not None:
            condition = AllOf((condition, RuleRef(occasion)))
        hidden = f"{card}.{asked.id}.applies_if"
        title = f"whether question {asked.id} applies"
        self.rules[hidden] = Rule(hidden, title, "hidden", "info", condition, None, limits.WORD_FLOOR)
        return hidden

    def _about(self, asked: WrittenQuestion, rule: Rule | None) -> tuple[Literal["agent", "customer"], ...]:
        """Parties the answer speaks of, and so must be known."""
        parties: Collection[str] = ()
        if asked.metric is not None:
            parties = asked.metric.split(".")[:1]
        elif rule is not None:
            parties = parties_of_condition(rule.condition, self.rules)
        return tuple(party for party in ("agent", "customer") if party in parties)
