"""The language of a call: as a table says, else as most of it is spoken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from speechcx.call import CallLanguage, find_call_language, find_language_code, language_name, language_shares
from speechcx.call.languages import suggest_language
from tests.factories import make_conversation, make_recording


def call_in(*languages: str, **extras: str):
    """A call with a turn of four words in each of these languages; '' for a turn without words."""
    said = [
        (f"ch{no % 2}", 5.0 * no, "one two three four" if each else "") for no, each in enumerate(languages)
    ]
    heard = make_conversation(said, recording=make_recording(extras=tuple(sorted(extras.items()))))
    spoken = zip(heard.utterances, languages, strict=True)
    return replace(heard, utterances=tuple(replace(u, language=each or "en") for u, each in spoken))


@pytest.mark.parametrize(
    ("languages", "extras", "expected"),
    [
        (("en", "es", "es"), {}, CallLanguage("es", 0.667)),
        (("es-MX", "es"), {}, CallLanguage("es", 1.0)),
        (("es", "und"), {}, CallLanguage("es", 0.5)),
        (("und", "und", "de"), {}, CallLanguage("und", 0.667)),
        (("es", "", "", ""), {}, CallLanguage("es", 1.0)),
        (("", ""), {}, CallLanguage()),
        (("", ""), {"language": "fr"}, CallLanguage("fr", None, is_set=True)),
        (("en", "en"), {"Language": "Spanish"}, CallLanguage("es", 0.0, is_set=True)),
        (("en", "en"), {"language": "n/a"}, CallLanguage("en", 1.0)),
    ],
)
def test_the_language_of_a_call(
    languages: tuple[str, ...], extras: dict[str, str], expected: CallLanguage
) -> None:
    """What a source says takes precedence, else most speech with words; nonsense in a table is no language."""
    assert expected == find_call_language(call_in(*languages, **extras))


def test_shares_add_up() -> None:
    """Every language spoken, most first."""
    assert (("es", 0.5), ("de", 0.25), ("en", 0.25)) == language_shares(call_in("en", "es", "de", "es"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("es", "es"), ("ES", "es"), ("es-419", "es"), ("pt_BR", "pt"), ("Spanish", "es"), ("spa", "es"),
        ("Spanish (Mexico)", "es"), ("Deutsch", "de"), ("haitian creole", "ht"), ("yue", "yue"),
        ("", None), ("n/a", None), ("xx", None), ("1", None),
    ],
)  # fmt: skip
def test_languages_are_named_in_many_ways(text: str, code: str | None) -> None:
    """Codes of two and three letters, with a region, names in English and their own."""
    assert code == find_language_code(text)


def test_a_mistyped_language_has_a_suggestion() -> None:
    """The nearest code, or nothing."""
    assert ("es", "de", "") == tuple(suggest_language(text) for text in ("spansh", "germann", "zzzz"))
    assert ("es, Spanish", "und, could not be told", "xx") == tuple(
        language_name(c) for c in ("es", "und", "xx")
    )
