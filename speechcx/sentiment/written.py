"""Lines of text that nobody heard: what they say, and which of them are in a language that the model does not read.

In a call the language is found from the sound. Of a typed line only its letters tell, so a line is doubted
only where it is long enough and they leave no doubt.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from speechcx.call import TextSentiment
from speechcx.sentiment.protocol import SentimentModel
from speechcx.sentiment.reading import read_allowed, why_unread
from speechcx.sentiment.settings import SentimentSettings

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

MIN_WORDS = 5
"""Fewer words say too little: of 814 English lines of three words, six looked like another language."""

MAX_READ_SHARE = 0.05
MIN_OTHER_SHARE = 0.3
"""A line is in another language where the languages that are read have at most the one share together, and the
likeliest other at least the other. Of our own 26,914 written English lines of five and more words this holds for
none, of 60,269 of other people (GoEmotions, BANKING77, CLINC150) for seven, four of them laughter or half in another
language. Of 428 lines in 66 other languages (the examples of spaCy, and what is said in our made calls) it holds for
426; the language is named right in 374, mostly as a near one else."""

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_LATIN_ENDS, _VIETNAMESE = "\u0250", ("\u1e00", "\u1eff")


def read_lines(
    texts: Sequence[str], model: SentimentModel, settings: SentimentSettings
) -> tuple[TextSentiment, ...]:
    """Return what each text says; numbers count from 0.

    An empty text has no value, and neither has one in a language that the model does not read; each with its
    reason. With no ``languages`` in the settings every line is read.
    """
    reasons = [_why_not(text, settings.languages) for text in texts]
    return read_allowed(texts, reasons, model, settings)


def find_other_language(text: str, read: Sequence[str], *, min_words: int = MIN_WORDS) -> str | None:
    """Return the code of the language ``text`` is in, if it is surely none of ``read``; else None.

    Parameters
    ----------
    text
        One line.
    read
        Codes of the languages that are read, such as ``en``.
    min_words
        A line of fewer words is not doubted.
    """
    words = _WORD.findall(text.lower())
    if _length(words) < min_words:
        return None
    shares = dict(_identifier().rank(" ".join(words)))
    language = max(shares, key=lambda code: shares[code])
    known = sum(shares.get(code, 0.0) for code in read)
    sure = language not in read and known <= MAX_READ_SHARE and shares[language] >= MIN_OTHER_SHARE
    return language if sure else None


def _why_not(text: str, languages: Sequence[str]) -> str | None:
    language = find_other_language(text, languages) if languages else None
    return None if language is None else why_unread(language)


def _length(words: Sequence[str]) -> int:
    """Words of two and more letters; where they are not parted by spaces, every two letters count as one."""
    return sum(1 if _is_latin(word) else max(1, len(word) // 2) for word in words if len(word) > 1)


def _is_latin(word: str) -> bool:
    return all(letter < _LATIN_ENDS or _VIETNAMESE[0] <= letter <= _VIETNAMESE[1] for letter in word)


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    """The library's own model, whose shares sum to 1."""
    from py3langid import modelio
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    # The library unpacks its model into a file of the system's temporary folder, where nothing of ours may be written.
    modelio.tempfile = _InMemory
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


class _InMemory:
    """Stands in for the module ``tempfile``."""

    @staticmethod
    def TemporaryFile(**_: object) -> io.BytesIO:  # noqa: N802
        return io.BytesIO()
