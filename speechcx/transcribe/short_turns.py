"""Short turns that got no words: found, and believed on stricter terms when they are heard again alone.

Among the long sentences of its window an "okay" between two pauses is sometimes passed over. Alone it is
heard, but alone Whisper also writes "thank you" over a cough: hence the stricter terms.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from speechcx.call import Span, Word
from speechcx.transcribe.hallucinations import Stretch
from speechcx.transcribe.windows import Piece, Window, group_turns

SHORTEST_S = 0.25
"""Less speech than this is a breath or a click more often than a word."""

LONGEST_S = 28.0
"""Longer speech without a word is music or a noise. A whole turn of many seconds is passed over too, rarely,
where it shares a window with others."""

AROUND_S = 0.3
"""Sound around it that is heard too."""

SURE = 0.5
MAX_NO_SPEECH = 0.4
"""Words heard alone need this mean confidence, and no more than this probability of no speech. On sample
calls and a real one, said words had 0.5 to 0.8 and at most 0.25, invented ones at most 0.5 and mostly over
0.6."""

FASTEST_WORDS_S = 6.0
"""More words in a second than this are not said in so short a turn."""


def find_wordless(
    channel: int, speech: Sequence[Span], words: Sequence[Word], duration_s: float
) -> tuple[Window, ...]:
    """Turns' worth of speech in which no word was recognised, each as a window of its own.

    Parameters
    ----------
    channel, speech
        A channel and its stretches of speech, sorted and apart.
    words
        Words believed so far, by start time.
    duration_s
        Length of the sound.

    Returns
    -------
    tuple of Window
        With `AROUND_S` of sound at each side, but none of the neighbours' speech.
    """
    groups = group_turns([span for span in speech if span.start_s < duration_s])
    starts = [word.start_s for word in words]
    edges_s = [0.0, *(edge for group in groups for edge in (group[0].start_s, group[-1].end_s)), duration_s]
    found = []
    for no, group in enumerate(groups):
        span = Span(group[0].start_s, min(group[-1].end_s, duration_s))
        spoken_s = sum(each.duration_s for each in group)
        if spoken_s < SHORTEST_S or span.duration_s > LONGEST_S or _has_word(span, words, starts):
            continue
        start_s = max(edges_s[2 * no], span.start_s - AROUND_S)
        end_s = min(edges_s[2 * no + 3], span.end_s + AROUND_S)
        whole = Window((Piece(channel, Span(start_s, max(start_s, end_s)), 0.0),))
        found.append(Window(whole.pieces, whole.inside(channel, group)))
    return tuple(found)


def _has_word(span: Span, words: Sequence[Word], starts: Sequence[float]) -> bool:
    # No word is longer than a few seconds: only those that begin a little before can reach in.
    first = bisect_left(starts, span.start_s - 5.0)
    last = bisect_left(starts, span.end_s)
    return any(word.end_s > span.start_s for word in words[first:last])


def is_sure(stretch: Stretch, window: Window) -> bool:
    """Whether the words of a turn heard alone may be believed."""
    words = stretch.words
    if not words or stretch.no_speech > MAX_NO_SPEECH:
        return False
    confidence = sum(word.confidence for word in words) / len(words)
    return confidence >= SURE and len(words) <= 1 + FASTEST_WORDS_S * (window.duration_s - 2 * AROUND_S)
