"""Lines of text in other languages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from speechcx.sentiment import SentimentSettings, read_lines
from speechcx.sentiment.written import find_other_language
from tests.e2e.foreign_talk import LINES
from tests.sentiment.fakes import WordModel

SETTINGS = SentimentSettings()
DATA = Path(__file__).parents[2] / "scripts" / "sentiment" / "data"
FOREIGN = [
    ("pt", "Eu já liguei três vezes e ninguém resolve o meu problema."),
    ("it", "sono molto contenta del servizio che mi avete dato oggi"),
    ("nl", "ik wacht nu al drie weken op mijn geld en niemand belt terug"),
    ("pl", "Dzwonię w sprawie rachunku, który jest zupełnie błędny."),
    ("ru", "Я очень недоволен вашим обслуживанием."),
    ("zh", "我已经打了三次电话，没有人帮我解决问题。"),
]


def test_a_line_in_another_language_has_no_feeling() -> None:
    """A Spanish complaint is null with the reason, and the English lines around it are read."""
    lines = ["that is bad", "Estoy muy enfadado porque nadie me devuelve el dinero.", "so good today"]
    model = WordModel()
    found = read_lines(lines, model, SETTINGS)
    assert [(0, "negative"), (1, None), (2, "positive")] == [(read.no, read.label) for read in found]
    assert (None, "the text model does not read language 'es'") == (found[1].value, found[1].why_missing)
    assert lines[1] not in model.seen


@pytest.mark.parametrize(("language", "line"), FOREIGN)
def test_what_is_not_english_is_named(language: str, line: str) -> None:
    """The reason names the language, also of scripts without spaces between words."""
    assert language == find_other_language(line, ("en",))


@pytest.mark.parametrize("language", ["es", "de", "fr"])
def test_what_is_said_in_calls_is_not_taken_for_english(language: str) -> None:
    """Of the lines of the made calls, with marks and without, every one of five and more words is found."""
    lines = [line for side in LINES[language] for line in side if len(line.split()) > 5]
    assert {language} == {find_other_language(line, ("en",)) for line in lines}
    bare = ["".join(c for c in line.lower() if c.isalpha() or c in " '") for line in lines]
    assert {language} == {find_other_language(line, ("en",)) for line in bare}


@pytest.mark.parametrize("name", ["dev", "test", "talk", "friendly"])
def test_english_is_never_doubted(name: str) -> None:
    """No line of the held-out sets, spoken or typed, is taken for another language."""
    texts = [row.split("\t")[2] for row in (DATA / f"{name}.tsv").read_text("utf-8").splitlines()[1:]]
    assert len(texts) >= 240
    assert [] == [text for text in texts if find_other_language(text, ("en",))]


@pytest.mark.parametrize(
    "line", ["no", "sí", "gracias", "ja genau", "très bien merci", "", "?!", "😂😂😂😂😂😂"]
)
def test_short_lines_are_not_doubted(line: str) -> None:
    """A few words say too little of their language."""
    assert find_other_language(line, ("en",)) is None


def test_the_languages_of_the_model_decide() -> None:
    """A German model reads German and not English; with no list every line is read."""
    german = "Das ist heute schon das dritte Mal, dass ich anrufe."
    assert find_other_language(german, ("de",)) is None
    assert "en" == find_other_language("This is the third time that I have called you today.", ("de",))
    (found,) = read_lines([german], WordModel(), replace(SETTINGS, languages=()))
    assert "neutral" == found.label


def test_a_line_without_letters_keeps_its_own_reason() -> None:
    """No words is no other language."""
    (found,) = read_lines(["42 ..."], WordModel(), SETTINGS)
    assert "no words" == found.why_missing
