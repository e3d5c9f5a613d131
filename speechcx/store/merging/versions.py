"""When two databases tell the same of a call, and in what they differ where they do not."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields, replace
from typing import Literal

from speechcx.call import Assessment, Call, Conversation, Details

About = Literal["call", "flag", "review", "hold"]


@dataclass(frozen=True, slots=True)
class MergeConflict:
    """Something that two databases tell in different ways.

    Parameters
    ----------
    about
        Kind of thing.
    key
        Which one: a call id, or ``call:rule`` of a flag.
    source
        The database that differs from those before it.
    what
        In what they differ, without words of the call.
    """

    about: About
    key: str
    source: str
    what: str


@dataclass(frozen=True, slots=True)
class Preference:
    """Whose word holds where two databases disagree about a call, a flag or a review.

    Parameters
    ----------
    wins
        Whether the source's holds.
    settled
        Ids of calls of which the target's holds. What is in neither is told, and nothing is merged.
    """

    wins: bool = False
    settled: Collection[str] = ()


def version_of(call: Call) -> str:
    """16 hex digits over all that is stored of a call, but for where its file lies and how quickly it was made."""
    return hashlib.sha256(repr(_timeless(call)).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def is_older(one: Call, other: Call, past_of_other: Assessment | None) -> bool:
    """Whether `other` is what became of `one`: judged again since, or with its speakers named by a person.

    `past_of_other` is the assessment that `other` had under the rulebook of `one`; None where it had none.
    """
    if _heard(one) == _heard(other):
        return past_of_other == one.assessment and other.assessment.digest != one.assessment.digest
    named, before = _details(other), _details(one)
    is_same_sound = _heard(one, without_details=True) == _heard(other, without_details=True)
    return is_same_sound and named.is_relabelled and not before.is_relabelled


def describe_difference(one: Call, other: Call) -> str:
    """In what two versions of a call differ, in words that tell nothing of what was said."""
    return "; ".join(_differences(one, other)) or "figures differ"


def _differences(one: Call, other: Call) -> Iterator[str]:
    a, b = one.conversation, other.conversation
    if a.provenance.settings_digest != b.provenance.settings_digest:
        yield "heard with other settings"
    if a.provenance.engines != b.provenance.engines:
        yield "heard with other models"
    if a.provenance.speechcx != b.provenance.speechcx:
        yield f"heard by speechcx {a.provenance.speechcx} and {b.provenance.speechcx}"
    known = [
        field.name
        for field in fields(Details)
        if field.name != "sources"
        and getattr(_details(one), field.name) != getattr(_details(other), field.name)
    ]
    if known:
        yield f"other {', '.join(known)}"
    if len(a.utterances) != len(b.utterances):
        yield f"{len(a.utterances)} and {len(b.utterances)} turns"
    elif a.utterances != b.utterances:
        count = sum(x != y for x, y in zip(a.utterances, b.utterances, strict=True))
        yield f"other words or times in {count} of {len(a.utterances)} turns"
    yield from _judged_differences(one.assessment, other.assessment)


def _judged_differences(one: Assessment, other: Assessment) -> Iterator[str]:
    if one.digest != other.digest:
        yield f"judged under {one.rulebook} {one.version} and {other.rulebook} {other.version}"
    elif one.results != other.results:
        found = {result.rule: result.value for result in other.results}
        rules = [result.rule for result in one.results if found.get(result.rule) != result.value]
        yield f"other results of {', '.join(rules)}" if rules else "other evidence of rules"


def _details(call: Call) -> Details:
    return call.conversation.recording.details


def _timeless(call: Call) -> Call:
    return replace(call, conversation=_heard(call))


def _heard(call: Call, *, without_details: bool = False) -> Conversation:
    heard = call.conversation
    recording = replace(heard.recording, path="")
    if without_details:
        recording = replace(recording, details=Details())
    return replace(heard, recording=recording, provenance=replace(heard.provenance, stages=()))
