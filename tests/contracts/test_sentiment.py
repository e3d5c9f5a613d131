"""The contract of every sentiment engine: the same cases over each of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from speechcx.engines import BUILT_IN
from speechcx.sentiment import SentimentModel, SentimentSettings, load_sentiment

FOLDER = Path(__file__).parents[2] / "models" / "sentiment"
TEXTS = (
    "I have been waiting for three weeks and nobody calls me back, this is terrible",
    "what time do you open",
    "thank you so much, you have been wonderful",
    "um",
    "café naïve 日本語 \U0001f600",
    "word " * 500,
)


@pytest.fixture(params=sorted(BUILT_IN["sentiment"]))
def model(request: pytest.FixtureRequest) -> SentimentModel:
    """Each built-in engine in turn."""
    if request.param == "transformer" and not (FOLDER / "onnx").is_dir():
        pytest.skip("models/sentiment has no weights")
    return load_sentiment(SentimentSettings(engine=request.param, model=str(FOLDER)))


def test_one_answer_for_each_text(model: SentimentModel) -> None:
    """There are as many answers as texts, and each is a set of probabilities."""
    found = model.read(TEXTS)
    assert len(TEXTS) == len(found)
    for shares in found:
        assert shares.negative + shares.neutral + shares.positive == pytest.approx(1, abs=1e-3)


def test_nothing_gives_nothing(model: SentimentModel) -> None:
    """No texts, no answers."""
    assert model.read([]) == ()


def test_the_plain_cases(model: SentimentModel) -> None:
    """A complaint is under a question, a question under thanks."""
    complaint, question, thanks = (shares.value for shares in model.read(TEXTS[:3]))
    assert complaint < -0.25 < question < 0.25 < thanks


def test_answers_do_not_depend_on_neighbours(model: SentimentModel) -> None:
    """A text gets the same answer alone, in any order, and among long ones."""
    together = [shares.value for shares in model.read(TEXTS)]
    backwards = [shares.value for shares in model.read(TEXTS[::-1])][::-1]
    alone = [model.read([text])[0].value for text in TEXTS]
    assert together == pytest.approx(alone, abs=1e-5)
    assert together == pytest.approx(backwards, abs=1e-5)


def test_same_text_same_answer(model: SentimentModel) -> None:
    """Reading is repeatable to the last digit."""
    assert model.read(TEXTS) == model.read(TEXTS)


def test_identity(model: SentimentModel) -> None:
    """An engine has a name and a digest of 16 hex digits."""
    assert model.name
    assert len(model.digest) == 16
    int(model.digest, 16)
