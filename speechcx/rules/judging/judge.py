"""A rulebook's rules asked of one call: each condition to places, to a verdict, with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from speechcx.call import Conversation, Hit, Reading, RuleResult, RuleValue
from speechcx.call.measures import can_only_grow
from speechcx.rules import limits
from speechcx.rules.judging.call_view import BLIND_END, CallView, view_call
from speechcx.rules.judging.observability import why_blind, why_unrecorded, window_span
from speechcx.rules.judging.result_evidence import EvidenceWriter
from speechcx.rules.language.conditions import (
    AllOf,
    AnyOf,
    Condition,
    InOrder,
    Means,
    MetaTest,
    MetricTest,
    Not,
    Rule,
    RuleRef,
    Said,
    Scope,
    Turns,
)
from speechcx.rules.language.pattern import slots_of
from speechcx.rules.language.rulebook import Rulebook
from speechcx.rules.matching.meaning import Meanings, load_meanings
from speechcx.rules.matching.misheard import find_misheard
from speechcx.rules.matching.occurrences import NOWHERE, Floats, Occurrences, Spots, count_apart, join_spots
from speechcx.rules.matching.phrase_search import ENOUGH, Search
from speechcx.rules.matching.proximity import Matches
from speechcx.rules.matching.search_plans import Plans, make_plans
from speechcx.rules.matching.sequences import follow
from speechcx.rules.matching.slots import fills
from speechcx.rules.matching.stream import PARTY_CODES
from speechcx.rules.verdict import ConditionVerdict, all_of, any_of, negate

_PLACED = (Said, Means, Turns)
_ONLY = {party: frozenset({party}) for party in PARTY_CODES}
_MAYBE = {party: frozenset({party, "unknown"}) for party in PARTY_CODES}

_PLANS: dict[str, Plans] = {}


def plans_of(rulebook: Rulebook) -> Plans:
    """The rulebook's phrases made ready; kept for each digest in this process."""
    plans = _PLANS.get(rulebook.digest)
    if plans is None:
        if len(_PLANS) >= 16:
            _PLANS.clear()
        plans = _PLANS[rulebook.digest] = make_plans(rulebook.expressions, dict(rulebook.lists))
    return plans


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
    return judge_view(rulebook, view_call(conversation, reading), meanings)


def judge_view(
    rulebook: Rulebook, facts: CallView, meanings: Meanings | None = None
) -> tuple[RuleResult, ...]:
    """What every rule of a rulebook finds in one call, in the rulebook's order."""
    judge = Judge(rulebook, facts, meanings)
    return tuple(judge.result(rule) for rule in rulebook.rules)


class Judge:
    """One call before one rulebook.

    Parameters
    ----------
    rulebook, facts
        The rules and the call.
    meanings
        For ``means:``; None where the rulebook has none.
    """

    def __init__(self, rulebook: Rulebook, facts: CallView, meanings: Meanings | None = None) -> None:
        facts = facts.read_in(rulebook.language)
        self.facts = facts
        self.search = Search(plans_of(rulebook), facts.stream, facts.names_of)
        self.witness = EvidenceWriter(facts, self.search)
        self.meanings = meanings
        self.rules: Mapping[str, Rule] = {rule.id: rule for rule in rulebook.rules}
        self.floor = limits.WORD_FLOOR
        self._verdicts: dict[str, ConditionVerdict] = {}
        self._blind: dict[tuple[str | None, object, float], str] = {}
        self._sureness: Floats | None = None
        self._meant: dict[int, tuple[Matches, int]] = {}
        self._taken_out = facts.stream.taken_out

    def result(self, rule: Rule) -> RuleResult:
        """What one rule finds, with its evidence."""
        verdict = self.verdict_of(rule.id)
        if verdict.hits or rule.occasion is not None:
            return self._result(rule, verdict)
        known = self.search.plans.results.get(rule.id)
        if known is None or known[0] is not verdict:
            known = self.search.plans.results[rule.id] = verdict, self._result(rule, verdict)
        return known[1]

    def _result(self, rule: Rule, verdict: ConditionVerdict) -> RuleResult:
        flagged = is_flagged(rule, verdict.value)
        if flagged and rule.occasion is not None:
            flagged = self.verdict_of(rule.occasion).value == "present"
        hits = verdict.hits
        if len(hits) > 1 or (hits and hits[0].rule != rule.id):
            own = (hit if hit.rule == rule.id else replace(hit, rule=rule.id) for hit in _distinct(hits))
            hits = tuple(own)
        return RuleResult(
            rule.id, rule.title, rule.kind, rule.severity, verdict.value, rule.expect,
            flagged=flagged, why=verdict.why, hits=hits, titles=rule.titles,
        )  # fmt: skip

    def verdict_of(self, name: str) -> ConditionVerdict:
        """The verdict of a rule by its id; each is made once."""
        if name not in self._verdicts:
            outer = self.floor, self.witness.rule
            self.floor, self.witness.rule = self.rules[name].floor, name
            verdict = self.verdict(self.rules[name].condition)
            if verdict.value == "absent" and self.rules[name].careful:
                verdict = self._unless_misheard(self.rules[name].condition) or verdict
            self.floor, self.witness.rule = outer
            self._verdicts[name] = self._where_asked(self.rules[name], verdict)
        return self._verdicts[name]

    def _unless_misheard(self, condition: Condition) -> ConditionVerdict | None:
        """Where words of a critical rule may have been said with one of them misheard: that it cannot be told."""
        if isinstance(condition, AnyOf):
            found = (self._unless_misheard(part) for part in condition.parts)
            return next((verdict for verdict in found if verdict is not None), None)
        if not isinstance(condition, Said):
            return None
        stream, scope = self.facts.stream, condition.scope
        allowed = stream.first >= 0
        if scope.by is not None:
            allowed = allowed & stream.said_by(_MAYBE[scope.by])
        low, high = window_span(scope.within, self.facts)
        allowed = allowed & (stream.start_s >= low) & (stream.start_s <= high)
        node = self.search.plans.nodes[condition.number]
        misheard = find_misheard(self.search, node, allowed, self.floor)
        return None if misheard is None else self.witness.misheard(condition, misheard)

    def _where_asked(self, rule: Rule, verdict: ConditionVerdict) -> ConditionVerdict:
        """A verdict as far as there was an occasion for the rule: nobody is blamed where that is not known."""
        if rule.occasion is None:
            return verdict
        occasion = self.verdict_of(rule.occasion)
        if occasion.value == "absent":
            return ConditionVerdict("absent", f"there was no occasion for it: {occasion.why}")
        if occasion.value == "cannot_tell" and is_flagged(rule, verdict.value):
            why = f"it is not known whether there was an occasion for it: {occasion.why}"
            return ConditionVerdict("cannot_tell", why, verdict.hits, 0.5)
        return verdict

    def verdict(self, condition: Condition) -> ConditionVerdict:
        """What a condition comes to."""
        if isinstance(condition, _PLACED):
            return self._places(condition)
        if isinstance(condition, AllOf):
            return all_of([self.verdict(part) for part in condition.parts])
        if isinstance(condition, AnyOf):
            return any_of([self.verdict(part) for part in condition.parts])
        if isinstance(condition, Not):
            return negate(self.verdict(condition.part))
        if isinstance(condition, RuleRef):
            return self.verdict_of(condition.id)
        if isinstance(condition, InOrder):
            return self._in_order(condition)
        return self._metric(condition) if isinstance(condition, MetricTest) else self._meta(condition)

    def _places(self, condition: Said | Means | Turns) -> ConditionVerdict:
        if isinstance(condition, Said) and (quick := self._nobody_said(condition)) is not None:
            return quick
        finding = self.find(condition)
        value = value_of(finding)
        if value == "present":
            return self.witness.present(condition, finding)
        if value == "cannot_tell":
            return self.witness.doubtful(condition, finding)
        return self.witness.absent(condition, finding, self._misses(condition))

    def _nobody_said(self, said: Said) -> ConditionVerdict | None:
        """The verdict of words that nobody at all said, which is the usual one; None where somebody did."""
        node = self.search.plans.nodes[said.number]
        if not self.search.is_nowhere(node) and not (node.is_local and not len(self.search.find(node))):
            return None
        blind = self._why_blind(said.scope)
        return ConditionVerdict("cannot_tell", blind, (), 0.5) if blind else self.witness.unsaid(said, node)

    def find(self, condition: Condition) -> Occurrences:
        """Where a condition that happens at a time holds."""
        if isinstance(condition, Said):
            return self._said(condition)
        if isinstance(condition, Means):
            return self._means(condition)
        if isinstance(condition, Turns):
            return self._turns(condition)
        if isinstance(condition, AnyOf):
            parts = [self.find(part) for part in condition.parts]
            blind = next((part.blind for part in parts if part.blind), "")
            return Occurrences(join_spots([part.spots for part in parts]), 1, blind)
        assert isinstance(condition, InOrder)
        return self._chains(condition)

    def _said(self, said: Said) -> Occurrences:
        node = self.search.plans.nodes[said.number]
        if self.search.is_nowhere(node):
            return Occurrences(NOWHERE, said.scope.at_least, self._why_blind(said.scope))
        by = said.scope.by
        if by is None:
            matches = self.search.find(node)
            return self._finding(said.scope, said, [(matches, True)])
        sets = [(self.search.find(node, _ONLY[by]), True)]
        if self.facts.has_unknown:
            sets.append((self.search.find(node, _MAYBE[by]), False))
        return self._finding(said.scope, said, sets)

    def _finding(
        self,
        scope: Scope,
        condition: Said | Means,
        sets: list[tuple[Matches, bool]],
        source: int | None = None,
    ) -> Occurrences:
        """The matches inside the scope; the second set holds those whose party is not known."""
        source = self.witness.number(condition) if source is None else source
        parts: list[Spots] = []
        for matches, known in sets:
            if not len(matches):
                continue
            spots = self.spots_of(matches, source)
            if isinstance(condition, Said) and self._taken_out:
                spots.sure[self._doubtful(condition, spots)] = False
            if not known:
                spots = spots.keep(spots.party == PARTY_CODES["unknown"])
                spots.sure[:] = False
            parts.append(self._scoped(spots, condition))
        blind = (
            self._why_blind(scope)
            if not parts or not any(part.sure.any() for part in parts) or scope.at_least > 1
            else ""
        )
        return Occurrences(join_spots(parts), scope.at_least, blind)

    def _doubtful(self, said: Said, spots: Spots) -> list[bool]:
        """Which places lean on something that was taken out, and may or may not be what a slot asks for."""
        slots = slots_of(self.search.plans.nodes[said.number].expression)
        unsure = [
            place
            for place, kind in self._taken_out
            if (filled := [fills(slot, kind) for slot in slots]) and True not in filled and False in filled
        ]
        ranges = zip(spots.first.tolist(), spots.last.tolist(), strict=True)
        return [any(low <= place < high for place in unsure) for low, high in ranges]

    def spots_of(self, matches: Matches, source: int) -> Spots:
        """Matches as places in time; those of words mostly under the floor are not sure."""
        stream = self.facts.stream
        if self._sureness is None:
            self._sureness = np.concatenate(([0.0], np.cumsum(stream.confidence)))
        total = self._sureness
        mean = (total[matches.ends] - total[matches.starts]) / (matches.ends - matches.starts)
        spots = Spots(
            stream.start_s[matches.starts], stream.end_s[matches.ends - 1], mean >= self.floor - 1e-9,
            stream.party_code[matches.starts], matches.starts, matches.ends,
            np.full(len(matches), source, dtype=np.int64),
        )  # fmt: skip
        return spots if len(spots) < 2 else spots.keep(np.lexsort((spots.end_s, spots.start_s)))

    def _scoped(self, spots: Spots, condition: Said | Means) -> Spots:
        """The places inside a condition's window, turns and negation."""
        scope = condition.scope
        if scope.within is not None:
            low, high = window_span(scope.within, self.facts)
            spots = spots.keep((spots.start_s >= low) & (spots.start_s <= high))
        if isinstance(condition, Said) and scope.negated == "ignore" and len(spots):
            ranges = zip(spots.first.tolist(), spots.last.tolist(), strict=True)
            node = self.search.plans.nodes[condition.number]
            meant = [not self.search.is_negated(node, low, high) for low, high in ranges]
            spots = spots.keep(np.array(meant, dtype=bool))
        if scope.turn and len(spots):
            turns = self.facts.stream.turn[spots.first].tolist()
            spots = self._fitting(spots, turns, scope)
        return spots

    def _fitting(self, spots: Spots, turns: list[int], scope: Scope) -> Spots:
        """The places whose turn passes the tests; where a measure is missing they are not sure."""
        values = [self.turn_fits(turn, scope) for turn in turns]
        keep = np.array([value != "absent" for value in values], dtype=bool)
        sure = np.array([value == "present" for value in values], dtype=bool)
        return replace(spots, sure=spots.sure & sure).keep(keep)

    def turn_fits(self, number: int, scope: Scope) -> RuleValue:
        """Whether a turn passes all tests of a scope."""
        facts = self.facts.turns[number]
        worst: RuleValue = "present"
        for test in scope.turn:
            if test.bound is None:
                known, fits = facts.label is not None, facts.label == test.label
            else:
                value = facts.values.get(test.name)
                known, fits = value is not None, value is not None and test.bound.holds(value)
            if known and not fits:
                return "absent"
            if not known:
                worst = "cannot_tell"
        return worst

    def _turns(self, condition: Turns) -> Occurrences:
        rows = []
        scope = condition.scope
        for turn in self.facts.turns.values():
            if scope.by is None or turn.party in (scope.by, "unknown"):
                known = scope.by is None or turn.party == scope.by
                rows.append((turn.start_s, turn.end_s, known, PARTY_CODES[turn.party], turn.no, -1))
        if not rows:
            return Occurrences(NOWHERE, scope.at_least, self._why_blind(scope))
        table = np.array(rows, dtype=np.float64)
        whole = table[:, 3:].astype(np.int64)
        source = np.full(len(rows), self.witness.number(condition), dtype=np.int64)
        spots = Spots(
            table[:, 0], table[:, 1], table[:, 2] > 0, whole[:, 0], whole[:, 1], whole[:, 2], source
        )
        fitting = self._fitting(spots, spots.first.tolist(), scope)
        if scope.within is not None:
            low, high = window_span(scope.within, self.facts)
            fitting = fitting.keep((fitting.start_s >= low) & (fitting.start_s <= high))
        return Occurrences(fitting, scope.at_least, why_unrecorded(scope, self.facts))

    def _means(self, means: Means) -> Occurrences:
        if self.meanings is None:
            self.meanings = load_meanings()
        source = self.witness.number(means)
        compared = self.meanings.compare(means, self.facts.stream)
        self.witness.likeness.update({(source, start): likeness for start, _, likeness in compared})
        near = [(start, end) for start, end, likeness in compared if likeness >= means.similarity]
        matches = _to_matches(near)
        likest = sorted(compared, key=lambda one: -one[2])[:1]
        almost = [(start, end) for start, end, likeness in likest if likeness >= ENOUGH * means.similarity]
        self._meant[id(means)] = _to_matches(near or almost), source
        if means.scope.by is None:
            return self._finding(means.scope, means, [(matches, True)], source)
        codes = self.facts.stream.party_code[matches.starts]
        mine, unknown = codes == PARTY_CODES[means.scope.by], codes == PARTY_CODES["unknown"]
        return self._finding(
            means.scope, means, [(matches.keep(mine), True), (matches.keep(unknown), False)], source
        )

    def _why_blind(self, scope: Scope) -> str:
        key = (scope.by, scope.within, self.floor)
        if key not in self._blind:
            party = None if scope.by is None else self.facts.stream.said_by(_MAYBE[scope.by])
            self._blind[key] = why_blind(scope, self.facts, self.floor, party)
        return self._blind[key]

    def _misses(self, condition: Said | Means | Turns) -> Spots:
        """Whole matches that a scope left out: said by another party, at another time, negated, not like enough."""
        if isinstance(condition, Means):
            return self.spots_of(*self._meant[id(condition)])
        if not isinstance(condition, Said):
            return NOWHERE
        matches = self.search.find(self.search.plans.nodes[condition.number])
        return self.spots_of(matches, self.witness.number(condition)) if len(matches) else NOWHERE

    def _chains(self, condition: InOrder) -> Occurrences:
        """A sequence inside a sequence: from the start of its first step to the end of its last."""
        findings = [self.find(step.condition) for step in condition.steps]
        end_s = self.facts.end_s if self.facts.flags & BLIND_END else None
        sure = follow(condition.steps, findings, hopeful=False, end_s=end_s)
        course = (
            sure if sure.chains is not None else follow(condition.steps, findings, hopeful=True, end_s=end_s)
        )
        if course.chains is None:
            return Occurrences(NOWHERE, 1, findings[course.failed_step].blind)
        spots = course.chains.spots
        known = np.full(len(spots), course is sure)
        return Occurrences(replace(spots, start_s=course.chains.begin_s, sure=known))

    def _in_order(self, condition: InOrder) -> ConditionVerdict:
        findings = [self.find(step.condition) for step in condition.steps]
        end_s = self.facts.end_s if self.facts.flags & BLIND_END else None
        sure = follow(condition.steps, findings, hopeful=False, end_s=end_s)
        if sure.chains is not None:
            return self.witness.chain(condition, findings, sure.chains, "present")
        hoped = follow(condition.steps, findings, hopeful=True, end_s=end_s)
        if hoped.chains is not None:
            return self.witness.chain(condition, findings, hoped.chains, "cannot_tell")
        return self.witness.broken(condition, findings, hoped.failed_step)

    def _metric(self, test: MetricTest) -> ConditionVerdict:
        metric = self.facts.metrics[test.name]
        if metric.value is None:
            why = f"{test.name} is not known: {metric.why_missing}"
            return ConditionVerdict("cannot_tell", why, (self.witness.measure("cannot_tell", why),))
        value: RuleValue = "present" if test.bound.holds(metric.value) else "absent"
        why = f"{test.name} is {metric.value:.4g}, rule asks for {test.source.partition(' ')[2]}"
        if value == "absent" and test.bound.op in (">", ">=") and can_only_grow(test.name):
            missing = why_unrecorded(Scope(), self.facts)
            if missing:
                value, why = "cannot_tell", f"{why}, but {missing}"
        return ConditionVerdict(value, why, (self.witness.measure(value, why),))

    def _meta(self, test: MetaTest) -> ConditionVerdict:
        text = self.facts.meta.get(test.name.casefold())
        if text is None:
            return ConditionVerdict("cannot_tell", f"the call's {test.name} is not known")
        if test.bound is not None:
            try:
                holds = test.bound.holds(float(text))
            except ValueError:
                return ConditionVerdict(
                    "cannot_tell", f"the call's {test.name} is {text!r}, which is no number"
                )
        else:
            holds = any(_is_like(text, wanted) for wanted in test.values)
        value: RuleValue = "present" if holds else "absent"
        why = f"{test.name} is {text!r}, rule asks for {test.source.removeprefix(test.name).strip()}"
        return ConditionVerdict(value, why, (self.witness.measure(value, why),))


def _to_matches(ranges: list[tuple[int, int]]) -> Matches:
    table = np.array(ranges, dtype=np.int64).reshape(-1, 2)
    return Matches(table[:, 0], table[:, 1])


def is_flagged(rule: Rule, value: RuleValue) -> bool:
    """Whether a result is the opposite of what its rule expects, or a risk that is there."""
    if value == "cannot_tell":
        return False
    return value != rule.expect if rule.expect is not None else rule.kind == "risk" and value == "present"


def value_of(finding: Occurrences) -> RuleValue:
    """Present where enough places are certain, else absent only where nothing speaks against it."""
    if len(finding.spots):
        if count_apart(finding.sure) >= finding.needed:
            return "present"
        if count_apart(finding.spots) >= finding.needed:
            return "cannot_tell"
    return "cannot_tell" if finding.blind else "absent"


def _is_like(text: str, wanted: str) -> bool:
    text, wanted = text.strip().casefold(), wanted.strip().casefold()
    return text.startswith(wanted[:-1]) if wanted.endswith("*") else text == wanted


def _distinct(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    return hits if len(hits) < 2 else tuple(dict.fromkeys(hits))[: limits.HITS_KEPT]
