"""Who has the floor: overlaps and interruptions, replies, and monologues, by the definitions.

All of it is about turns and words that are stored, for the roles that ``judge`` gave.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from speechcx.call import Overlap, Party, Span, Turn
from speechcx.call.spans import subtract
from speechcx.prosody.settings import ProsodySettings

BREATH_S = 0.3
"""Who was silent for less than this does not begin to speak: it is no pause by the definition."""
GOES_ON_S = 0.8
"""Who pauses for less than this goes on talking: the silence that ends a turn by the definition."""
EPSILON_S = 1e-6
"""Times are sums of hundredths: a limit is reached when it is missed by less than this."""


@dataclass(frozen=True, slots=True)
class FloorTurn:
    """A turn with what is needed to judge the floor.

    Parameters
    ----------
    turn
        The turn.
    party
        Whose it is.
    text
        Its words; empty where none were recognised.
    backchannel
        Whether the words only show listening.
    """

    turn: Turn
    party: Party
    text: str
    backchannel: bool

    @property
    def span(self) -> Span:
        """When it was said."""
        return self.turn.span


def is_backchannel(text: str, words: Sequence[str]) -> bool:
    """Whether `text` holds words, and only such as are listed in `words`.

    Case, punctuation and drawn-out letters do not matter: "Mm-hmm." is "mhm".
    """
    tokens = _normalise(text)
    phrases = _phrases(tuple(words))
    at = 0
    while at < len(tokens):
        phrase = next((p for p in phrases if p and tokens[at : at + len(p)] == p), None)
        if phrase is None:
            return False
        at += len(phrase)
    return bool(tokens)


@lru_cache(maxsize=64)
def _phrases(words: tuple[str, ...]) -> tuple[list[str], ...]:
    """The listed words as tokens, the longest first; the same for every turn of every call."""
    return tuple(sorted((_normalise(word) for word in words), key=len, reverse=True))


def _normalise(text: str) -> list[str]:
    joined = re.sub(r"(?<=\w)[-'’](?=\w)", "", text.lower())
    tokens = re.findall(r"\w+", joined)
    # A line break is no letter: all tokens lose their drawn-out letters at once.
    return re.sub(r"(.)\1+", r"\1", "\n".join(tokens)).split("\n") if tokens else []


def find_overlaps(said: Sequence[FloorTurn], settings: ProsodySettings) -> tuple[Overlap, ...]:
    """Every stretch in which two speakers of different parties speak at once, in order of time.

    `said` is sorted by start. Two speakers of one known party (two agents) do not overlap.
    """
    found = []
    for i, first in enumerate(said):
        for second in said[i + 1 :]:
            if second.span.start_s >= first.span.end_s:
                break
            if second.turn.speaker == first.turn.speaker:
                continue
            if second.party == first.party and first.party != "unknown":
                continue
            if first.span.overlap_s(second.span) < settings.overlap_s - EPSILON_S:
                continue
            shared = Span(second.span.start_s, min(first.span.end_s, second.span.end_s))
            kind = _overlap_kind(first, second, said, settings)
            found.append(Overlap(shared, second.party, second.turn.speaker, kind))
    return tuple(sorted(found, key=lambda overlap: (overlap.span, overlap.speaker)))


def _overlap_kind(
    first: FloorTurn, second: FloorTurn, said: Sequence[FloorTurn], settings: ProsodySettings
) -> Literal["interruption", "backchannel", "overlap"]:
    """What `second`, who starts while `first` speaks, does to `first`.

    The other's speech parts the turns of who cuts in at every short pause, so what follows within 0.8 s
    belongs to the same attempt, which counts once: where it begins.
    """
    if second.backchannel:
        return "backchannel"
    attempt = [part for part in _around(second, said, GOES_ON_S) if part.span.start_s >= first.span.start_s]
    cut_off = [part for part in _around(first, said, BREATH_S) if part.span.start_s >= first.span.start_s]
    at = next(i for i, part in enumerate(attempt) if part is second)
    takes = [_takes_floor(cut_off, attempt[i:], said, settings) for i in range(at + 1)]
    before_s = max((s.span.end_s for s in said if _is_before(s, second)), default=-1.0)
    begins = second.span.start_s - before_s >= BREATH_S - EPSILON_S
    return "interruption" if begins and takes[at] and not any(takes[:at]) else "overlap"


def _is_before(one: FloorTurn, other: FloorTurn) -> bool:
    return one.turn.speaker == other.turn.speaker and one.span.start_s < other.span.start_s


def _takes_floor(
    cut_off: Sequence[FloorTurn],
    attempt: Sequence[FloorTurn],
    said: Sequence[FloorTurn],
    settings: ProsodySettings,
) -> bool:
    """Whether an attempt that begins with its first part takes the floor from the one who speaks in `cut_off`."""
    begin_s, end_s, stop_s = attempt[0].span.start_s, attempt[-1].span.end_s, cut_off[-1].span.end_s
    who = cut_off[0].turn.speaker
    again_s = min(
        (s.span.start_s for s in said if s.turn.speaker == who and s.span.start_s >= stop_s), default=end_s
    )
    shared_s = sum(one.span.overlap_s(part.span) for one in cut_off for part in attempt)
    return (
        cut_off[0].span.start_s < begin_s < stop_s
        and not attempt[0].backchannel
        and bool(attempt[0].text)
        and shared_s >= settings.interruption_overlap_s - EPSILON_S
        and stop_s - begin_s <= settings.interruption_stop_s + EPSILON_S
        and min(end_s, again_s) - stop_s >= settings.interruption_hold_s - EPSILON_S
    )


def _around(part: FloorTurn, said: Sequence[FloorTurn], gap_s: float) -> list[FloorTurn]:
    """All of a speaker's turns around `part` with less than `gap_s` between them, in order."""
    own = [s for s in said if s.turn.speaker == part.turn.speaker]
    low = high = own.index(part)
    while low > 0 and own[low].span.start_s - own[low - 1].span.end_s < gap_s - EPSILON_S:
        low -= 1
    while high + 1 < len(own) and own[high + 1].span.start_s - own[high].span.end_s < gap_s - EPSILON_S:
        high += 1
    return own[low : high + 1]


def find_replies(
    said: Sequence[FloorTurn], hold: Iterable[Span], *, latency_max_s: float
) -> tuple[Span, ...]:
    """Gaps in which the floor went over to the other party: from the end of a turn to the reply's start.

    A reply that comes before the other has ended leaves no gap. Gaps over `latency_max_s` and gaps with
    hold in them are left out. The span's end is the start of the replying turn.
    """
    held = tuple(hold)
    found = []
    last: FloorTurn | None = None
    for current in said:
        if last is not None and current.party != last.party and current.span.start_s >= last.span.end_s:
            gap = Span(last.span.end_s, current.span.start_s)
            if gap.duration_s <= latency_max_s + EPSILON_S and not any(gap.overlap_s(h) > 0 for h in held):
                found.append(gap)
        if last is None or current.span.end_s >= last.span.end_s:
            last = current
    return tuple(found)


def find_monologues(
    said: Sequence[FloorTurn], party: Party, hold: Iterable[Span], *, non_talk_s: float
) -> tuple[Span, ...]:
    """Stretches in which `party` has the floor alone.

    The other party's back-channels do not break a stretch; anything else the other says does, and so do
    hold and a silence of `non_talk_s`.
    """
    own = [s.span for s in said if s.party == party]
    breaks = [s.span for s in said if s.party != party and not s.backchannel]
    breaks.extend(hold)
    stretches: list[Span] = []
    for piece in subtract(own, breaks):
        last = stretches[-1] if stretches else None
        gap = Span(last.end_s, piece.start_s) if last is not None else None
        if (
            last is not None
            and gap is not None
            and gap.duration_s < non_talk_s
            and not any(gap.overlap_s(b) > 0 or gap.start_s <= b.start_s < gap.end_s for b in breaks)
        ):
            stretches[-1] = Span(last.start_s, piece.end_s)
        else:
            stretches.append(piece)
    return tuple(stretches)
