"""Texts that were made from the words of a call, without what was taken out of these words later."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace

from speechcx.call import (
    MARKS,
    Assessment,
    Conversation,
    Hit,
    QuestionAnswer,
    RedactedKind,
    RuleResult,
    find_mark,
)
from speechcx.redact.conversation_marks import redact_text
from speechcx.rules.language.numerals import NUMBER_WORDS

MIN_DIGITS = 3
"""A stretch of words with fewer digits in it is no part of a value."""

_EDGES = " .,;:!?\"'()[]"


def find_removed(before: Conversation, after: Conversation) -> dict[str, RedactedKind]:
    """The words that were taken out of a conversation, each with the kind of value it belonged to."""
    removed: dict[str, RedactedKind] = {}
    for old, new in zip(before.utterances, after.utterances, strict=True):
        if old == new:
            continue
        taken = iter([each for each in after.redaction.spans if each.turn_no == new.no])
        words = [word.text for word in old.words] or old.text.split()
        place = 0
        for word in new.words:
            kind = find_mark(word.text)
            if kind is None:
                place += 1
                continue
            count = next(taken).words
            if place < len(words) and find_mark(words[place]) is not None:
                # It was taken out before.
                count = 1
            removed.update((_plain(text), kind) for text in words[place : place + count])
            place += count
    removed.pop("", None)
    return removed


def scrub_text(text: str, removed: Mapping[str, RedactedKind], wanted: Collection[str]) -> str:
    """A text with marks in the place of words that were taken out, and of whatever else is a value.

    Parameters
    ----------
    text
        Made from words of the call: a quote, a reason, a note.
    removed
        What :func:`find_removed` found; empty where no call is known.
    wanted
        Names of kinds.
    """
    if removed:
        words = list(re.finditer(r"\S+", text))
        for first, last, kind in reversed(list(_find_runs([word[0] for word in words], removed))):
            before, after = words[first], words[last]
            opening = len(before[0]) - len(before[0].lstrip(_EDGES))
            closing = len(after[0]) - len(after[0].rstrip(_EDGES))
            text = text[: before.start() + opening] + MARKS[kind] + text[after.end() - closing :]
    return redact_text(text, wanted)


def scrub_written(text: str, scrub: Callable[[str], str]) -> str:
    """A text as `scrub` leaves it, or the texts inside it where it is a JSON object or list."""
    if text[:1] in ("{", "["):
        try:
            document = json.loads(text)
        except ValueError:
            return scrub(text)
        new = _scrub_json(document, scrub)
        return text if new == document else json.dumps(new)
    return scrub(text)


def _scrub_json(value: object, scrub: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, list):
        return [_scrub_json(item, scrub) for item in value]
    if isinstance(value, dict):
        return {name: _scrub_json(item, scrub) for name, item in value.items()}
    return value


def _find_runs(
    words: list[str], removed: Mapping[str, RedactedKind]
) -> Iterator[tuple[int, int, RedactedKind]]:
    """Stretches of words that all were taken out and hold some digits."""
    first = 0
    while first < len(words):
        end = first
        while end < len(words) and _plain(words[end]) in removed:
            end += 1
        if end > first and sum(_count_digits(word) for word in words[first:end]) >= MIN_DIGITS:
            yield first, end - 1, removed[_plain(words[first])]
        first = max(end, first + 1)


def _plain(word: str) -> str:
    return word.strip(_EDGES).casefold()


def _count_digits(word: str) -> int:
    plain = _plain(word)
    return 1 if plain in NUMBER_WORDS or plain == "oh" else sum(sign.isdigit() for sign in plain)


def scrub_assessment(judged: Assessment, scrub: Callable[[str], str]) -> Assessment:
    """An assessment with the same results and scores, and each quote and reason as `scrub` leaves it."""

    def scrub_hits(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        return tuple(replace(hit, quote=scrub(hit.quote), why=scrub(hit.why)) for hit in hits)

    def scrub_result(result: RuleResult) -> RuleResult:
        return replace(result, why=scrub(result.why), hits=scrub_hits(result.hits))

    def scrub_answer(answer: QuestionAnswer) -> QuestionAnswer:
        return replace(answer, why=scrub(answer.why), hits=scrub_hits(answer.hits))

    return replace(
        judged,
        results=tuple(map(scrub_result, judged.results)),
        scores=tuple(
            replace(score, answers=tuple(map(scrub_answer, score.answers))) for score in judged.scores
        ),
    )


def reasons_of(judged: Assessment) -> frozenset[str]:
    """Every reason in an assessment."""
    answers = [answer for score in judged.scores for answer in score.answers]
    hits = [hit for result in judged.results for hit in result.hits]
    hits += [hit for answer in answers for hit in answer.hits]
    return frozenset(
        (*(each.why for each in judged.results), *(each.why for each in answers), *(hit.why for hit in hits))
    )
