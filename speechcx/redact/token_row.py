"""A call's words as one row of tokens in the order they were said, numbers read as digits, each with its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from speechcx.call import Span, Turn, Utterance, find_mark, plain_language
from speechcx.call.spans import intersect, total_s
from speechcx.redact.number_words import read_filler, say_in_english
from speechcx.rules.language.normal import REDACTED, normal_tokens
from speechcx.rules.language.numerals import find_numbers, read_groups


class RowToken(NamedTuple):
    """One token.

    Parameters
    ----------
    text
        Normalised; the digits of a number.
    groups
        The groups of digits as they were said; empty for anything but a whole number.
    turn
        Number of the turn.
    first, last
        Its first and last word in the turn.
    speaker, start_s, end_s
        Who said it, and when.
    """

    text: str
    groups: tuple[str, ...]
    turn: int
    first: int
    last: int
    speaker: str
    start_s: float
    end_s: float


class SpokenTurn(NamedTuple):
    """The words of one turn with their times, as far as this room needs them.

    ``unheard_s`` is how long somebody spoke in it without a word that was written down, in seconds.
    """

    no: int
    speaker: str
    language: str
    words: tuple[str, ...]
    times: tuple[tuple[float, float], ...]
    unheard_s: float = 0.0


def spoken_turn(turn: Turn, said: Utterance) -> SpokenTurn:
    """The words of a turn; of one without word times, the words of its text, each lasting the whole turn."""
    if said.words:
        words = tuple(word.text for word in said.words)
        times = tuple((word.start_s, word.end_s) for word in said.words)
        unheard_s = _unheard_s(turn, said)
    else:
        words = tuple(said.text.split())
        times, unheard_s = ((turn.span.start_s, turn.span.end_s),) * len(words), 0.0
    return SpokenTurn(turn.no, turn.speaker, said.language, words, times, unheard_s)


def _unheard_s(turn: Turn, said: Utterance) -> float:
    """Seconds of the stretches of speech in which no word begins or ends."""
    spoken = [Span(word.start_s, word.end_s) for word in said.words if word.end_s > word.start_s]
    return total_s(span for span in turn.speech if not intersect([span], spoken))


def make_row(turns: Sequence[SpokenTurn]) -> list[RowToken]:
    """The tokens of turns, given by their start."""
    return [token for turn in turns for token in _tokens_of(turn)]


def _tokens_of(turn: SpokenTurn) -> list[RowToken]:
    language = plain_language(turn.language)
    said: list[str] = []
    of_word: list[int] = []
    for number, word in enumerate(turn.words):
        tokens = (REDACTED,) if find_mark(word) else normal_tokens(word) or read_filler(word, language)
        said += tokens
        of_word += [number] * len(tokens)
    read = say_in_english(said, language)
    texts = [text for text, _, _ in read]
    spans = [(of_word[first], of_word[last]) for _, first, last in read]
    row: list[RowToken] = []
    done = 0
    for start, end, digits in find_numbers(texts):
        row += [_token(turn, texts[place], (), *spans[place]) for place in range(done, start)]
        groups = tuple(read_groups(texts[start:end])) if digits.isdigit() else ()
        row.append(_token(turn, digits, groups, spans[start][0], spans[end - 1][1]))
        done = end
    row += [_token(turn, texts[place], (), *spans[place]) for place in range(done, len(texts))]
    return row


def _token(turn: SpokenTurn, text: str, groups: tuple[str, ...], first: int, last: int) -> RowToken:
    return RowToken(
        text, groups, turn.no, first, last, turn.speaker, turn.times[first][0], turn.times[last][1]
    )
