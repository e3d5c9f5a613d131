"""Evidence in words: hits with quotes and times, nearest misses, and the sentence that sums them up."""

from __future__ import annotations

from collections.abc import Sequence

from speechcx.call import NEAREST, Hit, RuleValue
from speechcx.rules import limits
from speechcx.rules.judging.call_view import CallView
from speechcx.rules.judging.observability import clock, window_span
from speechcx.rules.language.conditions import Condition, InOrder, Means, Said, Scope, Turns
from speechcx.rules.language.normal import REDACTED
from speechcx.rules.matching.misheard import Misheard
from speechcx.rules.matching.nearest_miss import Partial, nearest_miss
from speechcx.rules.matching.occurrences import Occurrences, Spots
from speechcx.rules.matching.phrase_search import Search
from speechcx.rules.matching.search_plans import Node
from speechcx.rules.matching.sequences import Chains
from speechcx.rules.matching.stream import PARTIES
from speechcx.rules.verdict import ConditionVerdict


class EvidenceWriter:
    """Turns places in one call into hits and sentences.

    Parameters
    ----------
    facts, search
        The call and what was found in it.
    """

    def __init__(self, facts: CallView, search: Search) -> None:
        self.facts = facts
        self.search = search
        self.rule = ""
        self.likeness: dict[tuple[int, int], float] = {}
        self._conditions: list[Said | Means | Turns] = []

    def number(self, condition: Said | Means | Turns) -> int:
        """A number under which places remember their condition."""
        self._conditions.append(condition)
        return len(self._conditions) - 1

    def hit(self, spots: Spots, place: int, value: RuleValue, why: str = "") -> Hit:
        """One place as evidence."""
        first, last = int(spots.first[place]), int(spots.last[place])
        stream = self.facts.stream
        if last < 0:
            turn = first
            quote = " ".join(
                word.text.strip()
                for word, no in zip(stream.words, stream.turn_of_word, strict=True)
                if no == turn
            )
        else:
            turn, quote = int(stream.turn[first]), stream.quote(first, last)
        code = int(spots.party[place])
        party = PARTIES[code] if code >= 0 else None
        number = int(spots.source[place])
        likeness = self.likeness.get((number, first))
        remark = "" if likeness is None else f", likeness {likeness:.2f}"
        reason = why or self.describe(self._conditions[number]) + remark
        start_s, end_s = round(float(spots.start_s[place]), 3), round(float(spots.end_s[place]), 3)
        return Hit(self.rule, value, party, turn, start_s, end_s, quote, reason)

    def measure(self, value: RuleValue, why: str) -> Hit:
        """A measure of the whole call as evidence."""
        return Hit(self.rule, value, None, None, None, None, "", why)

    def present(self, condition: Said | Means | Turns, finding: Occurrences) -> ConditionVerdict:
        """Enough certain places."""
        spots = finding.sure
        hits = tuple(self.hit(spots, place, "present") for place in range(min(len(spots), limits.HITS_KEPT)))
        times = f", {len(spots)} times" if len(spots) > 1 else ""
        return ConditionVerdict("present", f"{tell(hits[0])}{times}", hits, 1.0)

    def doubtful(self, condition: Said | Means | Turns, finding: Occurrences) -> ConditionVerdict:
        """Too few certain places, but more than can be ruled out."""
        spots = finding.spots
        hits = tuple(
            self.hit(spots, place, "cannot_tell", self._doubt(spots, place, condition.scope))
            for place in range(min(len(spots), limits.HITS_KEPT))
        )
        doubts = [hit.why for hit in hits if hit.why]
        if finding.blind and len(spots) < finding.needed:
            return ConditionVerdict("cannot_tell", finding.blind, hits, 0.5)
        return ConditionVerdict("cannot_tell", f"{tell(hits[0])}, but {doubts[0]}", hits, 0.5)

    def _doubt(self, spots: Spots, place: int, scope: Scope) -> str:
        if scope.by is not None and int(spots.party[place]) == 3:
            return f"it is not known whether that is the {scope.by}"
        for test in scope.turn:
            first, last = int(spots.first[place]), int(spots.last[place])
            turn = first if last < 0 else int(self.facts.stream.turn[first])
            missing = self.facts.turns[turn].label is None if test.bound is None else False
            if missing or (test.bound is not None and self.facts.turns[turn].values.get(test.name) is None):
                return f"the {test.name} of that turn is not known"
        if spots.sure[place]:
            return f"it is needed {scope.at_least} times"
        first, last = int(spots.first[place]), int(spots.last[place])
        if last > first and any(text[:1] == REDACTED for text in self.facts.stream.tokens[first:last]):
            return "what was taken out there may or may not be what is asked"
        return "its words are under the confidence floor"

    def unsaid(self, said: Said, node: Node) -> ConditionVerdict:
        """Nobody said it: the nearest miss is the evidence, where there is one."""
        partial = nearest_miss(self.search, node)
        if partial is None:
            known = self.search.plans.unsaid
            if said.number not in known:
                known[said.number] = ConditionVerdict("absent", f"{self.describe(said)}: not found")
            return known[said.number]
        hit = self._partial_hit(partial)
        return ConditionVerdict(
            "absent", f"{self.describe(said)}: not found; nearest: {tell(hit)}", (hit,), 0.7 * partial.share
        )

    def describe(self, condition: Said | Means | Turns) -> str:
        """What a condition asks; kept, since it is the same in every call."""
        if not isinstance(condition, Said):
            return describe(condition)
        texts = self.search.plans.described
        text = texts.get(condition.number)
        if text is None:
            text = texts[condition.number] = describe(condition)
        return text

    def absent(self, condition: Said | Means | Turns, finding: Occurrences, whole: Spots) -> ConditionVerdict:
        """Not there: the nearest miss is the evidence."""
        asked = self.describe(condition)
        if len(finding.spots):
            hits = tuple(self.hit(finding.spots, place, "absent") for place in range(len(finding.spots)))
            why = f"{len(finding.spots)} of the {finding.needed} times needed: {tell(hits[0])}"
            return ConditionVerdict("absent", why, hits[: limits.HITS_KEPT], 0.9)
        if len(whole):
            place, reason = self._nearest_whole(whole, condition)
            hit = self.hit(whole, place, "absent", f"{NEAREST}{reason}")
            return ConditionVerdict("absent", f"{asked}: not found; {tell(hit)}, but {reason}", (hit,), 0.8)
        if isinstance(condition, Said):
            return self.unsaid(condition, self.search.plans.nodes[condition.number])
        return ConditionVerdict("absent", f"{asked}: not found")

    def misheard(self, condition: Said, found: Misheard) -> ConditionVerdict:
        """Words that may be those asked for with one of them misheard."""
        stream = self.facts.stream
        doubt = f'"{stream.quote(found.place, found.place_end)}" may be misheard; the rule looks for {found.phrase}'
        hit = Hit(
            self.rule, "cannot_tell", stream.party_at(found.start), int(stream.turn[found.start]),
            round(float(stream.start_s[found.start]), 3), round(float(stream.end_s[found.end - 1]), 3),
            stream.quote(found.start, found.end), doubt,
        )  # fmt: skip
        return ConditionVerdict("cannot_tell", f"{tell(hit)}, but {doubt}", (hit,), 0.9)

    def _partial_hit(self, partial: Partial) -> Hit:
        stream, start, end = self.facts.stream, partial.start, partial.end
        return Hit(
            self.rule, "absent", stream.party_at(start), int(stream.turn[start]),
            round(float(stream.start_s[start]), 3), round(float(stream.end_s[end - 1]), 3),
            stream.quote(start, end), f"{NEAREST}{partial.fault}",
        )  # fmt: skip

    def _nearest_whole(self, spots: Spots, condition: Said | Means | Turns) -> tuple[int, str]:
        """The whole match nearest to what was asked, and what is wrong with it."""
        scope = condition.scope
        low, high = window_span(scope.within, self.facts)
        best = (99.0, 0, "")
        for place in range(min(len(spots), limits.HITS_KEPT)):
            faults = []
            code, start_s = int(spots.party[place]), float(spots.start_s[place])
            if scope.by is not None and PARTIES[code] != scope.by:
                faults.append(f"said by {_who(PARTIES[code])}, not the {scope.by}")
            if not low <= start_s <= high and scope.within is not None:
                faults.append(f"at {clock(start_s)}, outside of {scope.within.source}")
            likeness = self.likeness.get((int(spots.source[place]), int(spots.first[place])), 1.0)
            if isinstance(condition, Means) and likeness < condition.similarity:
                faults.append(f"likeness {likeness:.2f}, asked {condition.similarity:.2f}")
            if scope.negated == "ignore" and self._is_negated(condition, spots, place):
                faults.append("under a negation")
            if scope.turn and not faults:
                faults.append(f"in a turn where not {' and '.join(test.source for test in scope.turn)}")
            if len(faults) < best[0]:
                best = (len(faults), place, " and ".join(faults) or "in another way")
        return best[1], best[2]

    def _is_negated(self, condition: Said | Means | Turns, spots: Spots, place: int) -> bool:
        low, high = int(spots.first[place]), int(spots.last[place])
        return isinstance(condition, Said) and self.search.is_negated(
            self.search.plans.nodes[condition.number], low, high
        )

    def chain(
        self, condition: InOrder, findings: Sequence[Occurrences], chains: Chains, value: RuleValue
    ) -> ConditionVerdict:
        """A sequence that went to its end, by the places of its first chain."""
        happening = [
            finding for step, finding in zip(condition.steps, findings, strict=True) if not step.missing
        ]
        hits = []
        doubt = blind = next((finding.blind for finding in findings if finding.blind), "")
        for trail in chains.trail[: limits.HITS_KEPT].tolist():
            for finding, place in zip(happening, trail, strict=True):
                if value == "present":
                    hits.append(self.hit(finding.sure, place, value))
                    continue
                spots, why = finding.spots, blind
                if not spots.sure[place]:
                    why = self._doubt(spots, place, self._conditions[int(spots.source[place])].scope)
                    doubt = doubt or why
                hits.append(self.hit(spots, place, value, why))
        told = ", then ".join(tell(hit) for hit in hits[: len(happening)])
        missing = [f"not {describe_step(step.condition)}" for step in condition.steps if step.missing]
        why = "; then ".join([told, *missing])
        if value == "cannot_tell":
            why = f"{why}; but {doubt or 'part of it is uncertain'}"
        return ConditionVerdict(value, why, tuple(dict.fromkeys(hits)), 1.0 if value == "present" else 0.5)

    def broken(self, condition: InOrder, findings: Sequence[Occurrences], failed: int) -> ConditionVerdict:
        """A sequence that no chain went through."""
        step, finding = condition.steps[failed], findings[failed]
        after = "" if not failed else f" after step {failed}"
        if step.missing:
            spots = finding.sure
            hits = tuple(self.hit(spots, place, "absent") for place in range(min(len(spots), 3)))
            found = f": {tell(hits[0])}" if hits else ""
            why = f"step {failed + 1} must be absent, but was found{found}"
            return ConditionVerdict("absent", why, hits, 0.5)
        why = f"step {failed + 1} not found{after}: {describe_step(step.condition)}"
        value: RuleValue = "cannot_tell" if finding.blind else "absent"
        if finding.blind:
            why = f"{why}; but {finding.blind}"
        before = findings[failed - 1].sure if failed else finding.spots
        hits = tuple(self.hit(before, place, value) for place in range(min(len(before), 1)))
        return ConditionVerdict(value, why, hits, 0.2 * failed)


def describe(condition: Said | Means | Turns) -> str:
    """What a condition asks, as its author wrote it."""
    if isinstance(condition, Said):
        text = f"said {condition.source if len(condition.source) <= 120 else condition.source[:117] + '...'}"
    elif isinstance(condition, Means):
        text = f'means "{condition.examples[0]}"'
    else:
        text = "a turn"
    scope = condition.scope
    if scope.turn:
        text += f" with {' and '.join(test.source for test in scope.turn)}"
    if scope.by is not None:
        text += f" by {scope.by}"
    return text + (f" within {scope.within.source}" if scope.within is not None else "")


def describe_step(condition: Condition) -> str:
    """What a step of a sequence asks."""
    if isinstance(condition, Said | Means | Turns):
        return describe(condition)
    parts = getattr(condition, "parts", ())
    return " or ".join(describe_step(part) for part in parts) or "a sequence"


def tell(hit: Hit) -> str:
    """A hit in words: who, when, what."""
    if hit.start_s is None:
        return hit.why
    quote = hit.quote if len(hit.quote) <= 100 else hit.quote[:97] + "..."
    return f'{_who(hit.party or "somebody")} at {clock(hit.start_s)} "{quote}"'


def _who(party: str) -> str:
    return {"unknown": "somebody", "somebody": "somebody", "ivr": "the machine"}.get(party, f"the {party}")
