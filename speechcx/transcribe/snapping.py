"""Word times brought onto the speech they belong to.

Whisper's alignment lets the first word after a pause begin, and the last word before one end, inside
the pause; pauses measured from such times are too short. Voice activity knows the edges better.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from speechcx.call import Span

SLACK_S = 0.05
"""A word may reach this far over the edge of speech: that edge is a frame or two unsure."""


def snap_to_speech(word: Span, speech: Sequence[Span]) -> Span:
    """The part of a word's time that lies in the speech it mostly overlaps.

    Parameters
    ----------
    word
        Time of a word.
    speech
        Stretches of speech, sorted and apart.

    Returns
    -------
    Span
        Cut to the edges of that stretch, give or take `SLACK_S`; as it was where no speech is under it.
    """
    first = bisect_right(speech, word.start_s, key=lambda span: span.end_s)
    under = []
    for span in speech[first:]:
        if span.start_s >= word.end_s:
            break
        under.append(span)
    if not under:
        return word
    best = max(under, key=word.overlap_s)
    start_s = max(word.start_s, best.start_s - SLACK_S)
    end_s = min(word.end_s, best.end_s + SLACK_S)
    return Span(start_s, end_s)
