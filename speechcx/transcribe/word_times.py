"""Word times brought onto the speech they belong to, and words put into turns by time; none is lost uncounted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate

from speechcx.call import Span, Turn, Utterance, Word

EARLY_S = 0.4
"""The last word of a stretch is lengthened to its end by at most this."""

LATE_S = 0.2
"""The first word of a stretch is lengthened to its start by at most this: a filler that was not written
down may come before it."""


def snap_to_speech(words: Sequence[Word], speech: Sequence[Span]) -> list[Word]:
    """Words with their times cut, or a little lengthened, to the edges of speech.

    Parameters
    ----------
    words
        Words of one channel by start time.
    speech
        Stretches of speech in it, sorted and apart.

    Returns
    -------
    list of Word
        The same words in the same order. A word lies in the stretch it overlaps most; one with no speech
        under it is as it was.
    """
    homes = [_find_home(word, speech) for word in words]
    found = []
    for no, (word, home) in enumerate(zip(words, homes, strict=True)):
        if home is None:
            found.append(_round(word, word.start_s, word.end_s))
            continue
        span = speech[home]
        start_s, end_s = max(word.start_s, span.start_s), min(word.end_s, span.end_s)
        if start_s - span.start_s <= LATE_S and (no == 0 or homes[no - 1] != home):
            start_s = span.start_s
        if span.end_s - end_s <= EARLY_S and (no + 1 == len(words) or homes[no + 1] != home):
            end_s = span.end_s
        found.append(_round(word, start_s, max(start_s, end_s)))
    return found


def _find_home(word: Word, speech: Sequence[Span]) -> int | None:
    """Index of the stretch a word overlaps most."""
    span = Span(word.start_s, word.end_s)
    first = bisect_right(speech, span.start_s, key=lambda each: each.end_s)
    best: int | None = None
    for index in range(first, len(speech)):
        if speech[index].start_s >= span.end_s:
            break
        if best is None or speech[index].overlap_s(span) > speech[best].overlap_s(span):
            best = index
    return best


def _round(word: Word, start_s: float, end_s: float) -> Word:
    return replace(word, start_s=round(start_s, 3), end_s=round(end_s, 3))


REACH_S = 0.5
"""A word this far from a turn still belongs to it: recognisers place words to a few tenths."""

UNSPACED = frozenset({"zh", "yue", "ja", "th", "lo", "my", "km", "bo"})
"""Languages written without spaces between words."""


def place_words(words: Sequence[Word], turns: Sequence[Turn]) -> tuple[dict[int, list[Word]], list[Word]]:
    """Give each word to the turn that holds most of it, else to the nearest within `REACH_S`.

    Parameters
    ----------
    words
        Words of one channel by start time.
    turns
        Turns of the same channel by start time; turns of two speakers may overlap.

    Returns
    -------
    placed
        Words by turn number, in order, their times within `REACH_S` of their turn.
    astray
        Words too far from every turn.
    """
    starts = [turn.span.start_s for turn in turns]
    latest_ends = list(accumulate((turn.span.end_s for turn in turns), max))
    placed: dict[int, list[Word]] = {turn.no: [] for turn in turns}
    astray = []
    for word in words:
        turn = _best_turn(word, turns, starts, latest_ends)
        if turn is None:
            astray.append(word)
        else:
            placed[turn.no].append(_fit(word, turn.span))
    for said in placed.values():
        said.sort(key=lambda word: (word.start_s, word.end_s))
    return placed, astray


def _best_turn(
    word: Word, turns: Sequence[Turn], starts: list[float], latest_ends: list[float]
) -> Turn | None:
    span = Span(word.start_s, word.end_s)
    best: Turn | None = None
    best_rank = (0.0, 0.0, 0.0)
    last = bisect_right(starts, span.end_s + REACH_S)
    for index in range(last - 1, -1, -1):
        if latest_ends[index] < span.start_s - REACH_S:
            break
        turn = turns[index]
        away_s = max(turn.span.start_s - span.end_s, span.start_s - turn.span.end_s, 0.0)
        if away_s > REACH_S:
            continue
        spoken_s = sum(stretch.overlap_s(span) for stretch in turn.speech)
        rank = (spoken_s, turn.span.overlap_s(span), -away_s)
        if best is None or rank >= best_rank:
            best, best_rank = turn, rank
    return best


def _fit(word: Word, span: Span) -> Word:
    first, last = max(0.0, span.start_s - REACH_S), span.end_s + REACH_S
    start_s = min(max(word.start_s, first), last)
    end_s = min(max(word.end_s, start_s), last)
    if (start_s, end_s) == (word.start_s, word.end_s):
        return word
    return replace(word, start_s=start_s, end_s=end_s)


def leave_out(words: Sequence[Word], apart: Sequence[Span], turns: Sequence[Turn]) -> set[Word]:
    """Words of hold announcements and machine prompts: their middle lies in a span kept apart, and in no turn."""

    def is_in(middle_s: float, spans: Iterable[Span]) -> bool:
        return any(span.start_s <= middle_s <= span.end_s for span in spans)

    found = set()
    for word in words if apart else ():
        middle_s = (word.start_s + word.end_s) / 2
        if is_in(middle_s, apart) and not is_in(middle_s, (turn.span for turn in turns)):
            found.add(word)
    return found


def write_utterance(no: int, words: Sequence[Word], language: str) -> Utterance:
    """The utterance of turn `no` from its words; without words its text is empty and its confidence None."""
    between = "" if language in UNSPACED else " "
    confidence = sum(word.confidence for word in words) / len(words) if words else None
    return Utterance(no, between.join(word.text for word in words), tuple(words), language, confidence)
