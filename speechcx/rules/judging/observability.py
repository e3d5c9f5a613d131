"""What of a call could be seen at all: why "nobody said it" may not be certain."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from speechcx.call import UNDETERMINED
from speechcx.rules import limits
from speechcx.rules.judging.call_view import BLIND_END, BLIND_START, ONE_LEG, UNJUDGED, CallView, TurnView
from speechcx.rules.language.conditions import MatchWindow, Scope

LOST_S = 1.0
"""Less than this of a recording lost hides no phrase."""


def window_span(window: MatchWindow | None, facts: CallView) -> tuple[float, float]:
    """First and last second in which a match may begin; without a window, the whole call."""
    if window is None:
        return float("-inf"), float("inf")
    scale = facts.end_s - facts.start_s if window.share else 1.0
    if window.from_end:
        return facts.end_s - (window.low or 0.0) * scale, float("inf")
    low = float("-inf") if window.low is None else facts.start_s + window.low * scale
    high = float("inf") if window.high is None else facts.start_s + window.high * scale
    return low, high


def why_blind(scope: Scope, facts: CallView, floor: float, party: NDArray[np.bool_] | None) -> str:
    """Why a phrase that was not found may have been said all the same; '' where it was not.

    Parameters
    ----------
    scope
        Whose words are searched, and where.
    facts
        The call.
    floor
        Confidence under which a word is not trusted.
    party
        bool, shape (tokens,): which tokens are searched; None for all.
    """
    low, high = window_span(scope.within, facts)
    return (
        _unread(scope, facts, low, high)
        or why_unrecorded(scope, facts)
        or _unheard(scope, facts, low, high)
        or _untrusted(facts, floor, low, high, party)
    )


def why_unrecorded(scope: Scope, facts: CallView) -> str:
    """Why part of what a scope looks at was not recorded; '' where all of it was."""
    low, high = window_span(scope.within, facts)
    if low <= facts.start_s and facts.flags & BLIND_START:
        return "the opening of the call was not recorded"
    if high >= facts.end_s and facts.flags & BLIND_END:
        return "the recording breaks off before the end of the call"
    if scope.within is not None and scope.within.share and facts.flags & (BLIND_START | BLIND_END):
        return "how long the call was is not known, part of it was not recorded"
    for flag, why in UNJUDGED.items():
        if flag in facts.flags:
            return why
    if scope.by is not None and facts.flags & ONE_LEG and not _speaks(scope.by, facts):
        if any(turn.party == "unknown" for turn in facts.turns.values()):
            return f"only one voice was recorded, and it is not known whether it is the {scope.by}"
        return f"no speech of the {scope.by} was recorded"
    if scope.by is None and "one_leg" in facts.flags:
        return "only one party of the call was recorded"
    return _unrecorded(scope, facts, low, high)


def _speaks(party: str, facts: CallView) -> bool:
    return any(turn.party == party for turn in facts.turns.values())


def _unrecorded(scope: Scope, facts: CallView, low: float, high: float) -> str:
    """A stretch of the window in which the channel of the party, or the whole recording, holds no sound."""
    if facts.lost_s >= LOST_S and not any(party == "any" for party, _ in facts.unheard):
        return f"{facts.lost_s:.1f} s of the recording could not be decoded"
    for party, span in facts.unheard:
        shared_s = min(span.end_s, high) - max(span.start_s, low)
        if party == "any":
            if shared_s >= LOST_S:
                return f"nothing of the call can be read from {clock(span.start_s)} to {clock(span.end_s)}"
        elif shared_s > 0 and (scope.by is None or party in (scope.by, "unknown")):
            whose = "a channel" if party == "unknown" else f"the channel of the {party}"
            return f"{whose} is dead from {clock(span.start_s)} to {clock(span.end_s)}"
    return ""


def _unread(scope: Scope, facts: CallView, low: float, high: float) -> str:
    """Speech in a language that the rulebook does not read."""
    whole = 0.0
    unread: dict[str, float] = {}
    for turn in facts.turns.values():
        length = _length_inside(turn, scope, low, high)
        whole += length
        if turn.unread:
            unread[turn.unread] = unread.get(turn.unread, 0.0) + length
    share = sum(unread.values()) / whole if whole else 0.0
    if share <= limits.UNREAD_SHARE:
        return ""
    language = max(unread, key=lambda each: unread[each])
    if language == UNDETERMINED:
        return f"the language of {share:.0%} of the speech there could not be told"
    # Where the call as a whole is in it, another rulebook is what is missing.
    missing = f"no rulebook for {language}: " if language == facts.language else ""
    return (
        f"{missing}{share:.0%} of the speech there is in a language the rulebook does not read ({language})"
    )


def _length_inside(turn: TurnView, scope: Scope, low: float, high: float) -> float:
    """Seconds of a turn that a scope looks at; a turn of no length counts for a little."""
    if scope.by is not None and turn.party not in (scope.by, "unknown"):
        return 0.0
    length = min(turn.end_s, high) - max(turn.start_s, low)
    if length > 0 or (turn.end_s == turn.start_s and low <= turn.start_s <= high):
        return max(length, 0.01)
    return 0.0


def _unheard(scope: Scope, facts: CallView, low: float, high: float) -> str:
    """Speech in which no words were recognised."""
    whole = silent = 0.0
    for turn in facts.turns.values():
        length = _length_inside(turn, scope, low, high)
        whole += length
        silent += 0.0 if turn.has_words else length
    if not any(turn.has_words for turn in facts.turns.values()):
        return "no words were recognised in this call"
    share = silent / whole if whole else 0.0
    if share > limits.UNTRUSTED_SHARE:
        return f"no words were recognised in {share:.0%} of the speech there"
    return ""


def _untrusted(
    facts: CallView, floor: float, low: float, high: float, party: NDArray[np.bool_] | None
) -> str:
    stream = facts.stream
    there = stream.first >= 0
    if party is not None:
        there = there & party
    if low > float("-inf") or high < float("inf"):
        there = there & (stream.start_s >= low) & (stream.start_s <= high)
    count = int(there.sum())
    if not count:
        return ""
    share = float((stream.confidence[there] < floor).sum()) / count
    if share < limits.UNTRUSTED_SHARE:
        return ""
    return f"{share:.0%} of the words there are redacted or under the confidence floor of {floor:g}"


def clock(time_s: float) -> str:
    """Seconds as m:ss."""
    whole = int(time_s)
    return f"{whole // 60}:{whole % 60:02d}"
