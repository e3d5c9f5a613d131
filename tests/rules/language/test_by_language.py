"""Several rulebooks: which one judges a call, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from speechcx.errors import RulebookError
from speechcx.rules import LanguageRulebooks, Rulebook, find_language, parse_rulebook, read_rulebooks


def book(name: str, language: str = "en") -> Rulebook:
    """A rulebook of one rule."""
    return parse_rulebook(
        f"rulebook: {name}\nversion: 1\nlanguage: {language}\nrules: [{{id: a, kind: driver, said: hello}}]"
    )


EN, ES, ANY = book("english"), book("spanish", "es"), book("all", "any")


@pytest.mark.parametrize(("code", "expected"), [("en", EN), ("es", ES), ("de", EN), ("und", EN), (None, EN)])
def test_a_call_has_the_rulebook_of_its_language(code: str | None, expected: Rulebook) -> None:
    """Else the first, by which nothing over words can be told."""
    assert expected is LanguageRulebooks((("en", EN), ("es", ES))).for_language(code)


def test_any_is_for_all_other_languages() -> None:
    """Wherever it stands."""
    books = LanguageRulebooks((("es", ES), ("any", ANY)))
    assert (ES, ANY, ANY) == tuple(books.for_language(code) for code in ("es", "de", None))
    assert (("es", ES.digest), (None, ANY.digest)) == books.digests


def test_one_rulebook_is_for_every_language() -> None:
    """It answers what several do."""
    assert (EN, (EN,), ((None, EN.digest),)) == (EN.for_language("es"), EN.books, EN.digests)


def test_the_digest_tells_which_language_has_which() -> None:
    """Another rulebook, another language or another first one is another digest."""
    pairs = [(("en", EN), ("es", ES)), (("es", ES), ("en", EN)), (("en", EN),), (("en", EN), ("es", ANY))]
    assert 4 == len({LanguageRulebooks(pair).digest for pair in pairs})


def test_each_language_stands_once() -> None:
    """And one must."""
    for pairs in ((), (("en", EN), ("en", ANY))):
        with pytest.raises(ValueError, match="each language may stand once"):
            LanguageRulebooks(pairs)


def test_a_rulebook_in_another_language_is_refused(tmp_path: Path) -> None:
    """A file that says no language is in English; one that reads any stands for all."""
    path = tmp_path / "rules.yaml"
    path.write_text("rulebook: a\nversion: 1\nrules: [{id: a, kind: driver, said: hola}]\n")
    with pytest.raises(RulebookError, match="is in language 'en' and stands for 'es' in files.rulebook"):
        read_rulebooks([("es", path)])
    path.write_text(path.read_text() + "language: any\n")
    assert "any" == read_rulebooks([("es", path)]).books[0].language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("rulebook: a\nlanguage: es-MX\nrules: []", "es-MX"),
        ("rules: [{language: de}]\nlists: {language: [fr]}\n'language': \"pt\"", "pt"),
        ("{rulebook: a, lists: {a: [b]}, language: it}", "it"),
        ("rulebook: &a b\nversion: *a\nlanguage: fr", "fr"),
        ("rulebook: language\nversion: 1", "en"),
        ("rulebook: [", "en"),
    ],
)
def test_the_language_is_found_without_reading_the_rest(text: str, language: str) -> None:
    """Only where it stands at the top; English where it says none, or cannot be read."""
    assert language == find_language(text)


def test_a_language_that_is_none_is_a_problem_of_the_rulebook() -> None:
    """A name is read as the code is; a slip of the pen has a suggestion."""
    assert "Spanish" == book("a", "Spanish").language
    with pytest.raises(RulebookError, match="language 'spansh'.*'es'"):
        book("a", "spansh")
