"""From the YAML of ``scorecards`` to the forms that ``score`` fills in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, cast

import yaml

from speechcx.call import Bound, CriticalKind, Question, Scorecard, Section
from speechcx.rules import limits
from speechcx.rules.language.conditions import AllOf, Rule, RuleRef, Scope
from speechcx.rules.language.occasions import parties_of_condition
from speechcx.rules.language.read_conditions import Asker
from speechcx.rules.language.rulebook_source import RulebookSource, nearest

_CARD = ("id", "title", "sections")
_SECTION = ("title", "weight", "questions")
_QUESTION = (
    "id", "text", "weight", "rule", "yes_when", "metric", "bands", "ask", "applies_if", "critical", "auto_fail",
)  # fmt: skip
_ANSWERS = ("yes", "no", "n-a")


@dataclass(slots=True)
class Forms:
    """Reads scorecards; conditions of ``applies_if`` become hidden rules.

    Parameters
    ----------
    source, asker
        Where problems go, and who reads conditions.
    rules
        The rulebook's rules by id.
    """

    source: RulebookSource
    asker: Asker
    rules: dict[str, Rule]

    def cards(self, node: yaml.Node) -> tuple[Scorecard, ...]:
        """All scorecards."""
        cards: dict[str, Scorecard] = {}
        for item in self.source.items(node, "scorecards"):
            fields = self.source.fields(item, "a scorecard", _CARD)
            name = self._required(item, fields, "id", "a scorecard")
            if name is None or "sections" not in fields:
                if name is not None:
                    self.source.complain(
                        item, f"scorecard {name!r} has no sections", "sections with questions"
                    )
                continue
            if name in cards:
                self.source.complain(item, f"scorecard {name!r} is given twice", "each id once")
            title = self.source.text_of(fields["title"], "title") if "title" in fields else None
            cards[name] = Scorecard(name, title or name, self._sections(fields["sections"], name))
        return tuple(cards.values())

    def _sections(self, node: yaml.Node, card: str) -> tuple[Section, ...]:
        sections: list[Section] = []
        seen: set[str] = set()
        for item in self.source.items(node, "sections"):
            fields = self.source.fields(item, "a section", _SECTION)
            title = self._required(item, fields, "title", "a section") or "?"
            if any(section.title == title for section in sections):
                self.source.complain(item, f"section {title!r} is given twice", "each title once")
            weight = self.source.number(fields["weight"], "weight", 0, 1e6) if "weight" in fields else 1.0
            questions = []
            for asked in self.source.items(fields["questions"], "questions") if "questions" in fields else ():
                question = self._question(asked, card)
                if question is None:
                    continue
                if question.id in seen:
                    self.source.complain(asked, f"question {question.id!r} is given twice", "each id once")
                seen.add(question.id)
                questions.append(question)
            if not questions:
                self.source.complain(item, f"section {title!r} has no questions", "questions: a list of them")
            sections.append(Section(title, weight or 0.0, tuple(questions)))
        return tuple(sections)

    def _question(self, node: yaml.Node, card: str) -> Question | None:
        fields = self.source.fields(node, "a question", _QUESTION)
        name = self._required(node, fields, "id", "a question")
        text = self._required(node, fields, "text", f"question {name!r}")
        given = [key for key in ("rule", "metric", "ask") if key in fields]
        if len(given) != 1:
            found = f"question {name!r} has {' and '.join(given) or 'no answer'}"
            self.source.complain(node, found, "exactly one of rule, metric (with bands) or ask: person")
            return None
        if name is None or text is None:
            return None
        rule, metric, bands = self._answer(fields, name)
        if "ask" in fields:
            self.source.choice(fields["ask"], "ask", ("person",))
        when = (
            self.source.choice(fields["yes_when"], "yes_when", ("present", "absent"))
            if "yes_when" in fields
            else None
        )
        critical = None
        if "critical" in fields:
            critical = self.source.choice(
                fields["critical"], "critical", ("customer", "business", "compliance")
            )
            if "weight" in fields:
                self.source.warn(
                    fields["weight"], "the weight of a critical question", "none: it is scored apart"
                )
        weight = self.source.number(fields["weight"], "weight", 0, 1e6) if "weight" in fields else 1.0
        if critical is not None and rule in self.rules and (when or self._good(rule)) == "present":
            self.rules[rule] = replace(self.rules[rule], careful=True)
        return Question(
            id=name, text=text, weight=weight or 0.0, rule=rule, metric=metric, bands=bands,
            yes_when=cast(Literal["present", "absent"], when or self._good(rule)),
            ask="person" if "ask" in fields else None, applies_if=self._applies(fields, card, name, rule),
            critical=cast("CriticalKind | None", critical),
            auto_fail="auto_fail" in fields and self.source.truth(fields["auto_fail"], "auto_fail"),
            about=self._about(rule, metric),
        )  # fmt: skip

    def _good(self, rule: str | None) -> str:
        """What counts as yes where the question does not say: what its rule expects, else present."""
        found = self.rules.get(rule or "")
        return "absent" if found is not None and found.expect == "absent" else "present"

    def _answer(
        self, fields: dict[str, yaml.Node], name: str
    ) -> tuple[str | None, str | None, tuple[tuple[Literal["yes", "no", "n-a"], Bound], ...]]:
        if "rule" in fields:
            rule = self.source.text_of(fields["rule"], "rule")
            if rule is not None and rule not in self.rules:
                self.source.complain(fields["rule"], f"no rule {rule!r}", nearest(rule, self.rules))
                return "?", None, ()
            return rule or "?", None, ()
        if "metric" not in fields:
            return None, None, ()
        metric = self.source.text_of(fields["metric"], "metric")
        if metric is not None:
            self.asker.is_metric(fields["metric"], metric)
        bands = []
        if "bands" not in fields:
            self.source.complain(
                fields["metric"], f"question {name!r} has a metric but no bands", "bands: {yes: ..., no: ...}"
            )
        else:
            for answer, value in self.source.fields(fields["bands"], "bands", _ANSWERS).items():
                text = self.source.text_of(value, answer)
                bound = None if text is None else self.asker.bound(value, text, answer)
                if bound is not None:
                    bands.append((cast(Literal["yes", "no", "n-a"], answer), bound))
        return None, metric or "?", tuple(bands)

    def _applies(self, fields: dict[str, yaml.Node], card: str, name: str, rule: str | None) -> str | None:
        """The hidden rule that says whether a question applies: its own condition and the occasion of its rule."""
        asked = self.rules.get(rule or "")
        occasion = None if asked is None else asked.occasion
        if "applies_if" not in fields:
            return occasion
        condition = self.asker.read(fields["applies_if"], "applies_if", Scope())
        if condition is None:
            return None
        if occasion is not None:
            condition = AllOf((condition, RuleRef(occasion)))
        hidden = f"{card}.{name}.applies_if"
        title = f"whether question {name} applies"
        self.rules[hidden] = Rule(hidden, title, "hidden", "info", condition, None, limits.WORD_FLOOR)
        return hidden

    def _about(self, rule: str | None, metric: str | None) -> tuple[Literal["agent", "customer"], ...]:
        """Parties the answer speaks of, and so must be known."""
        if metric is not None:
            prefix = metric.partition(".")[0]
            return (cast(Literal["agent", "customer"], prefix),) if prefix in ("agent", "customer") else ()
        found = self.rules.get(rule or "")
        parties = frozenset() if found is None else parties_of_condition(found.condition, self.rules)
        return tuple(party for party in ("agent", "customer") if party in parties)

    def _required(self, node: yaml.Node, fields: dict[str, yaml.Node], key: str, what: str) -> str | None:
        if key in fields:
            return self.source.text_of(fields[key], key)
        self.source.complain(node, f"{what} has no {key}", f"{key}: ...")
        return None
