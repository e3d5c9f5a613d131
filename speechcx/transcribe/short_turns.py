"""Speech that got no words: found, and believed on stricter terms when it is heard again alone.

Among the long sentences of its window an "okay" between two pauses is sometimes passed over. Alone it is
heard, but alone Whisper also writes "thank you" over a cough: hence the stricter terms. And who says one word
nine times makes Whisper loop or stop: what was dropped as a loop, or passed over, is heard again in short parts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from speechcx.call import Span, Word
from speechcx.call.spans import join_spans
from speechcx.transcribe.hallucinations import RecognisedStretch
from speechcx.transcribe.windows import (
    LONG_WORD_S,
    RecognitionWindow,
    WindowPiece,
    WindowRule,
    group_turns,
    make_windows,
    overlapping,
)
from speechcx.transcribe.word_times import in_order

if TYPE_CHECKING:
    from speechcx.waveform import Sound

SHORTEST_S = 0.25
"""Less speech than this is a breath or a click more often than a word."""

LONGEST_S = 28.0
"""Longer speech without a word is music or a noise. A whole turn of many seconds is passed over too, rarely,
where it shares a window with others."""

AROUND_S = 0.3
"""Sound around it that is heard too."""

HOLE_S = 2.0
"""So much speech without a word was not listened to."""

DIGIT_S = 0.5
"""Few people take longer than this to read out a digit."""

HOLE_RULE = WindowRule(window_s=3.0, padding_s=0.2, seam_s=0.1)
"""In so short a window there is no time for a loop."""

SURE = 0.5
MAX_NO_SPEECH = 0.4
"""Words heard alone need this mean confidence, and no more than this probability of no speech. On sample
calls and a real one, said words had 0.5 to 0.8 and at most 0.25, invented ones at most 0.5 and mostly over
0.6."""

FASTEST_WORDS_S = 6.0
"""More words in a second than this are not said in so short a turn."""


def find_wordless(
    channel: int, speech: Sequence[Span], words: Sequence[Word], duration_s: float
) -> tuple[RecognitionWindow, ...]:
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
        whole = RecognitionWindow((WindowPiece(channel, Span(start_s, max(start_s, end_s)), 0.0),))
        found.append(RecognitionWindow(whole.pieces, whole.inside(channel, group)))
    return tuple(found)


def find_holes(
    channel: int, speech: Sequence[Span], words: Sequence[Word], sound: Sound
) -> tuple[RecognitionWindow, ...]:
    """Seconds of speech without a word, in a turn that has words elsewhere or none, in windows of 3 s at most.

    Parameters
    ----------
    channel, speech, words
        As for :func:`find_wordless`.
    sound
        The channel at 16,000 Hz.
    """
    last_s = [max(word.start_s, word.end_s - longest_s(word)) for word in words]
    covered = join_spans(
        Span(start_s, max(start_s, word.end_s)) for start_s, word in zip(last_s, words, strict=True)
    )
    holes: list[Span] = []
    for group in group_turns(speech):
        between = [group[0].start_s]
        for span in overlapping(covered, Span(group[0].start_s, group[-1].end_s)):
            between += [span.start_s, span.end_s]
        between.append(group[-1].end_s)
        for start_s, end_s in zip(between[::2], between[1::2], strict=True):
            spoken = overlapping(group, Span(start_s, end_s)) if end_s > start_s else []
            if HOLE_S <= sum(each.duration_s for each in spoken) <= LONGEST_S:
                holes += spoken
    return make_windows({channel: holes}, {channel: sound}, HOLE_RULE)


def shorten_over(words: Sequence[Word], found: Sequence[Word]) -> list[Word]:
    """Words by time with those found in holes; one that seemed to fill a hole ends where it did, and begins after."""
    starts = [word.start_s for word in found]
    shortened = []
    for word in words:
        latest_s = max(word.start_s, word.end_s - longest_s(word))
        inside = found[bisect_left(starts, word.start_s) : bisect_left(starts, latest_s)]
        start_s = min(latest_s, max(each.end_s for each in inside)) if inside else word.start_s
        shortened.append(replace(word, start_s=start_s))
    return in_order([*shortened, *found])


def longest_s(word: Word) -> float:
    """How long a word may take to say: a number written as one word is read out digit by digit."""
    return max(LONG_WORD_S, DIGIT_S * sum(letter.isdigit() for letter in word.text))


def _has_word(span: Span, words: Sequence[Word], starts: Sequence[float]) -> bool:
    # No word is longer than a few seconds: only those that begin a little before can reach in.
    first = bisect_left(starts, span.start_s - 5.0)
    last = bisect_left(starts, span.end_s)
    return any(word.end_s > span.start_s for word in words[first:last])


def is_sure(stretch: RecognisedStretch, window: RecognitionWindow) -> bool:
    """Whether the words of a turn heard alone may be believed."""
    words = stretch.words
    if not words or stretch.no_speech > MAX_NO_SPEECH:
        return False
    confidence = sum(word.confidence for word in words) / len(words)
    return confidence >= SURE and len(words) <= 1 + FASTEST_WORDS_S * (window.duration_s - 2 * AROUND_S)
