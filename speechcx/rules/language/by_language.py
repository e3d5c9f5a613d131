"""Rulebooks of which each call is judged by the one in its language."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from speechcx.call import find_language_code, plain_language
from speechcx.errors import RulebookError
from speechcx.rules.language.rulebook import Rulebook, read_rulebook

ANY_LANGUAGE = "any"
"""The language of a rulebook that reads every turn."""


@dataclass(frozen=True, slots=True)
class LanguageRulebooks:
    """Several rulebooks, each for the calls in one language.

    A call in a language without one is judged by the rulebook for ``any``, else by the first, whose rules over
    words cannot tell: the language of its turns is not read.

    Parameters
    ----------
    by_language
        (code, rulebook) pairs, each code once, in the order of the settings.
    """

    by_language: tuple[tuple[str, Rulebook], ...]

    def __post_init__(self) -> None:
        codes = [code for code, _ in self.by_language]
        if not codes or len(set(codes)) < len(codes):
            raise ValueError(f"each language may stand once and one must, got {codes}")

    def for_language(self, code: str | None) -> Rulebook:
        """The rulebook that a call in a language is judged by; None for one whose language is not known."""
        books = dict(self.by_language)
        return books.get(code or "") or books.get(ANY_LANGUAGE) or self.by_language[0][1]

    @property
    def books(self) -> tuple[Rulebook, ...]:
        """All rulebooks, in the order of the settings."""
        return tuple(book for _, book in self.by_language)

    @property
    def digest(self) -> str:
        """SHA-256 of which language has which rulebook."""
        pairs = "\n".join(f"{code} {book.digest}" for code, book in self.by_language)
        return hashlib.sha256(f"by language\n{pairs}".encode()).hexdigest()

    @property
    def label(self) -> str:
        """Name and version of each, as people read them."""
        return "; ".join(f"{code}: {book.label}" for code, book in self.by_language)

    @property
    def digests(self) -> tuple[tuple[str | None, str], ...]:
        """(language, digest of its rulebook) pairs; the last, of no language, is for calls in any other."""
        own = tuple((code, book.digest) for code, book in self.by_language if code != ANY_LANGUAGE)
        return (*own, (None, self.for_language(None).digest))


Rulebooks = Rulebook | LanguageRulebooks
"""What calls are judged by: one rulebook for all, or one for each language."""


def read_rulebooks(
    paths: Sequence[tuple[str, Path]], *, setting: str = "files.rulebook"
) -> LanguageRulebooks:
    """The rulebooks of several languages.

    Parameters
    ----------
    paths
        (code, file) pairs; the first is for calls in a language that has none.
    setting
        Where they are named, for messages.

    Raises
    ------
    RulebookError
        A file cannot be read, says something impossible, or is written in another language than it is named for.
    """
    found = []
    for code, path in paths:
        book = read_rulebook(path)
        own = find_language_code(book.language) or plain_language(book.language)
        if own not in (code, ANY_LANGUAGE):
            raise RulebookError(
                f"{path} is in language {book.language!r} and stands for {code!r} in {setting}",
                f"a rulebook with `language: {code}` (one that does not say its language is in English)",
                "correct `language:` in the file, or the language in the settings",
            )
        found.append((code, book))
    return LanguageRulebooks(tuple(found))
