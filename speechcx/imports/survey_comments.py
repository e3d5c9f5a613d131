"""Comments of surveys: values taken out, then read for what they say and for the contact drivers in them.

Nothing is heard. The text model and the rulebook are loaded with the first comment that is new; a file without
comments, or with those that are known, loads neither.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from speechcx.call.imported import CommentReading, SurveyAnswer
from speechcx.errors import ModelBad, ModelMissing
from speechcx.redact.settings import RedactSettings
from speechcx.sentiment.settings import SentimentSettings
from speechcx.store import Store
from speechcx.store.facts.save import read_comment_readings

if TYPE_CHECKING:
    from speechcx.rules import Rulebook, Rulebooks

# Rules and sentiment are imported where a comment is read: questions about facts load this module and need neither.

MIN_WORDS = 3
"""The language of fewer words cannot be found."""

NO_LANGUAGE = f"under {MIN_WORDS} words, none of them known: the language cannot be told"


@dataclass(frozen=True, slots=True)
class CommentSettings:
    """How comments are read.

    Parameters
    ----------
    rulebooks
        Loads the rulebook whose contact drivers are looked for.
    sentiment, redact
        Settings of those rooms.
    """

    rulebooks: Callable[[], Rulebooks]
    sentiment: SentimentSettings = field(default_factory=SentimentSettings)
    redact: RedactSettings = field(default_factory=RedactSettings)


def redact_comments(answers: Sequence[SurveyAnswer], settings: RedactSettings) -> list[SurveyAnswer]:
    """The answers, with marks in the place of values that nobody may keep."""
    from speechcx.redact import redact_text

    return [
        replace(answer, comment=redact_text(answer.comment, settings.wanted)) if answer.comment else answer
        for answer in answers
    ]


def read_comments(
    store: Store, answers: Sequence[SurveyAnswer], settings: CommentSettings
) -> list[SurveyAnswer]:
    """The answers, each comment with its reading: the stored one where it is the same comment, else read now."""
    known = read_comment_readings(store.db)
    texts = {answer.comment for answer in answers if answer.comment} - known.keys()
    readings = known | (_read(sorted(texts), settings) if texts else {})
    return [
        replace(answer, reading=readings[answer.comment]) if answer.comment else answer for answer in answers
    ]


def _read(texts: Sequence[str], settings: CommentSettings) -> dict[str, CommentReading]:
    from speechcx.sentiment import load_sentiment, read_lines

    rulebooks = settings.rulebooks()
    languages = [_other_language(text, settings.sentiment.languages) for text in texts]
    try:
        model = load_sentiment(settings.sentiment)
    except (ModelMissing, ModelBad) as error:
        # The text is kept, and read by the next import that has the model.
        return {text: CommentReading(why=f"not read: {error.found}") for text in texts}
    said = read_lines(texts, model, settings.sentiment)
    doubtful = {text for text in texts if _is_of_any_language(text, settings.sentiment.languages)}
    readings = {}
    for text, language, read in zip(texts, languages, said, strict=True):
        rulebook = _choose(rulebooks, language)
        drivers, why = _find_drivers(text, language, rulebook)
        unread = f"language {language!r} is not read" if language else read.why_missing
        unread = NO_LANGUAGE if text in doubtful else unread
        is_read = unread is None and read.value is not None
        readings[text] = CommentReading(
            language=language,
            sentiment=read.value if is_read else None,
            label=read.label if is_read else None,
            drivers=drivers,
            read_with=f"{model.name} {model.digest}; {rulebook.name} {rulebook.digest[:16]}",
            why="; ".join(reason for reason in (unread, why) if reason) or None,
        )
    return readings


def _choose(rulebooks: Rulebooks, language: str | None) -> Rulebook:
    from speechcx.rules import LanguageRulebooks

    return rulebooks.for_language(language) if isinstance(rulebooks, LanguageRulebooks) else rulebooks


def _other_language(text: str, read: Sequence[str]) -> str | None:
    from speechcx.sentiment import find_other_language

    return find_other_language(text, read, min_words=MIN_WORDS) if read and not _is_short(text) else None


def _is_short(text: str) -> bool:
    return len(re.findall(r"[^\W\d_]{2,}", text)) < MIN_WORDS


def _is_of_any_language(text: str, read: Sequence[str]) -> bool:
    """Whether a text is too short for its language to be found, and no English word in it says what its writer felt."""
    from speechcx.sentiment import has_known_word

    return bool(read) and _is_short(text) and not ("en" in read and has_known_word(text))


def _find_drivers(
    text: str, language: str | None, rulebook: Rulebook
) -> tuple[tuple[str, ...] | None, str | None]:
    """Contact drivers of a comment, as if the customer said it; None with the reason where none can be looked for."""
    from speechcx.rules import Line, try_rule

    if language is not None and language != rulebook.language:
        return None, f"the rulebook is in {rulebook.language!r}"
    drivers = [rule.id for rule in rulebook.rules if rule.kind == "driver"]
    if not drivers:
        return None, "the rulebook has no contact drivers"
    line = Line("customer", 0.0, None, text)
    return tuple(rule for rule in drivers if try_rule(rulebook, rule, (line,)).value == "present"), None
