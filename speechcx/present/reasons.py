"""Why a rule holds or not, in words for people: who said what and when, without the patterns of the rule.

The reason that is kept with a result names the pattern (``said "my name is ?" by agent: not found``), which a quality
lead needs and a supervisor cannot read; databases also hold reasons in the words of older versions. Here it is told by
the evidence: quotes with times, the value of a measure,
or why the words could not be judged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from speechcx.call import NEAREST, Hit, RuleResult
from speechcx.call.measures import list_measures
from speechcx.present.units import length

SHOWN_HITS = 2
"""Quotes that a reason names; how many more there are is said."""

_MAX_QUOTE = 60
_MEASURE = re.compile(
    r"(?P<name>[a-z_.0-9]+) is (?P<value>-?[\d.e+]+), "
    r"(?P<what>asked is|rule asks for|yes is|no is|n-a is) (?P<bound>[<>=!]+ -?[\d.]+)"
)
_NOT_FOUND = re.compile(
    r"(?: by (?P<by>agent|customer))?(?: within (?P<within>(?:first|last|from|to|after) [^:;\"|{]{1,40}))?: not found"
)
_STEP = re.compile(r"\bstep (?:(?P<no>\d+) not found|(?P<old>\d+) did not happen)")
_NO_OCCASION = "there was no occasion for it"
_PARTIES = {"unknown": "somebody", "ivr": "machine"}
_OPERATORS = {"<=": "at most", ">=": "at least", "<": "under", ">": "over", "==": "exactly", "!=": "not"}


def result_word(result: RuleResult) -> str:
    """What was found, in two words: said or not, measured, or that it cannot be told."""
    if result.value == "cannot_tell":
        return "cannot tell"
    measured = all(hit.start_s is None for hit in result.hits) if result.hits else is_measured(result.why)
    if measured and result.value == "present":
        return "measured"
    if result.value == "present":
        return "said"
    return "not so" if measured else "not said"


def is_measured(why: str) -> bool:
    """Whether a reason compares a measure with a bound."""
    return _MEASURE.match(why) is not None


def tell_reason(value: str, why: str, hits: Sequence[Hit]) -> str:
    """Why a result or an answer came about.

    Parameters
    ----------
    value
        ``present``, ``absent`` or ``cannot_tell``.
    why
        The reason as it is kept, with patterns.
    hits
        The evidence; nearest misses may be among it.
    """
    if _NO_OCCASION in why.partition(":")[0] or why.startswith("does not apply"):
        return "no occasion for it"
    if value == "cannot_tell":
        return tell_doubt(why, hits)
    heard = [hit for hit in hits if not hit.is_nearest]
    if heard and value == "present":
        return list_quotes(heard)
    if (measure := _MEASURE.search(why)) is not None and "said " not in why[: measure.start()]:
        return _tell_measure(measure)
    if value == "present":
        return without_patterns(why)
    if (step := _STEP.search(why)) is not None:
        return _tell_broken_sequence(int(step["no"] or step["old"]), heard)
    missed = next((hit for hit in hits if hit.is_nearest and _is_whole(hit)), None)
    if missed is not None:
        return f"{quote_hit(missed)}, but {missed.why.removeprefix(NEAREST)}"
    return _tell_absence(why)


def list_quotes(hits: Sequence[Hit]) -> str:
    """The first pieces of evidence on one line, and how many more there are."""
    shown = list(dict.fromkeys(map(quote_hit, hits)))
    more = f" and {len(shown) - SHOWN_HITS} more" if len(shown) > SHOWN_HITS else ""
    return ", ".join(shown[:SHOWN_HITS]) + more


def quote_hit(hit: Hit) -> str:
    """One piece of evidence: ``0:50 agent "I promise"``, or the measure it rests on."""
    if hit.start_s is None:
        measure = _MEASURE.match(hit.why)
        return hit.why if measure is None else _tell_measure(measure)
    said = hit.quote if len(hit.quote) <= _MAX_QUOTE else hit.quote[: _MAX_QUOTE - 3] + "..."
    party = hit.party or "unknown"
    return f'{length(hit.start_s)} {_PARTIES.get(party, party)} "{said}"'


def tell_doubt(why: str, hits: Sequence[Hit]) -> str:
    """Why something cannot be told: what was not recorded, not recognised or not certain."""
    told = why.removeprefix("not known whether it applies: ")
    told = told.removeprefix("it is not known whether there was an occasion for it: ")
    for mark in ("; but ", ", but "):
        if mark in told:
            told = told.rpartition(mark)[2]
    told = without_patterns(told)
    told = re.split("(?:; the rule looks for|: asked is) ", told)[0]
    quoted = next((quote_hit(hit) for hit in hits if hit.start_s is not None and not hit.is_nearest), "")
    return f"{quoted}, but {told}" if quoted and quoted not in told else told


def without_patterns(why: str) -> str:
    """A reason without the patterns of rules; where nothing else is left, where the whole of it stands."""
    parts = [
        part
        for part in why.split("; ")
        if not re.match(r"(?:not: |none of \d+ (?:ways|alternatives found, closest): )*(?:said|means) ", part)
    ]
    parts = [re.sub(r": (?:said|means|a turn) .*", "", part) for part in parts]
    return "; ".join(dict.fromkeys(parts)) or "its words do not decide it; --why shows the rule"


def _tell_absence(why: str) -> str:
    """That nobody said it, and where it was looked for."""
    found = list(_NOT_FOUND.finditer(why))
    if not found:
        return without_patterns(why)
    by = {one["by"] for one in found}
    within = {one["within"] for one in found}
    whose = f"not said by the {by.pop()}" if len(by) == 1 and None not in by else "not said"
    if len(within) != 1 or None in within:
        return whose
    window = str(within.pop())
    return f"{whose} within {'the ' if window.startswith(('first', 'last')) else ''}{window}"


def _tell_broken_sequence(step: int, heard: Sequence[Hit]) -> str:
    """Where a sequence ended: nothing of it was found, or what came before the step that is missing."""
    if step == 1:
        return "what it begins with was not found"
    return (
        f"{list_quotes(heard)}, but not what has to follow"
        if heard
        else "it began, but what has to follow was not found"
    )


def _tell_measure(found: re.Match[str]) -> str:
    """``agent talk is 62 %; the rule asks for over 60 %``, from the reason that is kept."""
    prefix, _, name = found["name"].rpartition(".")
    known = list_measures("party" if prefix else "call")
    unit = next((measure.unit for measure in known if measure.name == name), "")
    operator, _, bound = found["bound"].partition(" ")
    asked = found["what"].removesuffix(" is")
    asked = f"{asked} means" if asked in ("yes", "no", "n-a") else "the rule asks for"
    words = name.removesuffix("_s").removesuffix("_share").replace("_", " ")
    value = _with_unit(float(found["value"]), unit)
    limit = _with_unit(float(bound), unit)
    subject = f"{prefix} {words}" if prefix else words
    return f"{subject} is {value}; {asked} {_OPERATORS[operator]} {limit}"


def _with_unit(value: float, unit: str) -> str:
    if unit == "share":
        return f"{100 * value:.3g} %"
    return f"{value:.3g}{' s' if unit == 's' else ''}"


def _is_whole(hit: Hit) -> bool:
    """Whether a nearest miss is the thing itself, said by another party or at another time."""
    fault = hit.why.removeprefix(NEAREST)
    return fault.startswith(("said by ", "at ", "under a negation"))
