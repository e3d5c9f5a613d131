"""The weights that ship, on the sentences every reader of this field knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from speechcx.sentiment import SentimentModel, SentimentSettings, join_turn, load_sentiment, read_texts
from speechcx.sentiment.agitation import Agitation

FOLDER = Path(__file__).parents[2] / "models" / "sentiment"
SETTINGS = SentimentSettings(model=str(FOLDER))
CALM, LOUD = Agitation(0.12), Agitation(0.9)


@pytest.fixture(scope="module")
def model() -> SentimentModel:
    """The model of this checkout."""
    if not (FOLDER / "onnx").is_dir():
        pytest.skip("models/sentiment has no weights")
    return load_sentiment(SETTINGS)


@pytest.mark.parametrize(
    "text",
    [
        "You're not being helpful and your product stinks!",
        "you're not being helpful and your product stinks",
    ],
)
def test_the_unhelped_customer(model: SentimentModel, text: str) -> None:
    """Clearly negative when shouted; the same words said calmly are negative too, a little less."""
    (read,) = read_texts([text], model, SETTINGS)
    calm, loud = join_turn(read, CALM, SETTINGS), join_turn(read, LOUD, SETTINGS)
    assert loud.sentiment is not None
    assert calm.sentiment is not None
    assert loud.sentiment < calm.sentiment < -0.25
    assert ("negative", "negative") == (loud.label, calm.label)


@pytest.mark.parametrize(
    "text", ["That's wonderful, thank you so much!", "that's wonderful thank you so much"]
)
def test_shouted_joy_is_joy(model: SentimentModel, text: str) -> None:
    """A loud voice does not turn praise into anger."""
    (read,) = read_texts([text], model, SETTINGS)
    loud, calm = join_turn(read, LOUD, SETTINGS), join_turn(read, CALM, SETTINGS)
    assert loud.label == "positive"
    assert (loud.sentiment or 0) > (calm.sentiment or 0) > 0.25


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ("neutral", "Thank you for calling, how may I help you?"),
        ("neutral", "I'm sorry about that."),
        ("neutral", "I lost my debit card."),
        ("neutral", "I'd like to change my address."),
        ("neutral", "um i need to change my address please"),
        ("negative", "You cancelled my order and nobody told me."),
        ("negative", "I've been on hold for forty minutes."),
        ("negative", "With all due respect, I expected a little more from your company."),
        ("negative", "I'm sorry to say that your technician left our kitchen in a terrible state."),
        ("positive", "Oh good, that's a huge relief, thank you."),
    ],
)
def test_service_calls_are_not_forums(model: SentimentModel, wanted: str, text: str) -> None:
    """Script politeness and plain needs are neutral; complaints are negative however politely put."""
    (read,) = read_texts([text], model, SETTINGS)
    assert wanted == read.label, read


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        (
            "negative",
            "Hi, I'm calling about my internet. It's been down since Saturday and I work from home. "
            "The account number is 55812.",
        ),
        ("negative", "hello my order number is 77120 and your driver threw the box over the fence again"),
        ("negative", "The new app update is awful, bring back the old one."),
        (
            "neutral",
            "I moved last month. So I need to update the address on the policy. The new one is 14 Elm Court.",
        ),
        (
            "positive",
            "Hi, I don't actually have a problem. I just wanted to say the guy who came out yesterday was "
            "fantastic. His name was Andre.",
        ),
    ],
)
def test_a_feeling_is_not_lost_among_facts(model: SentimentModel, wanted: str, text: str) -> None:
    """Who complains also says a name and a number; the turn is a complaint all the same."""
    (read,) = read_texts([text], model, SETTINGS)
    assert wanted == read.label, read


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("@AirNova my bag is lost https://t.co/x1", "@ShopNest my bag is lost"),
        ("the app is sooooo slow", "the app is soo slow"),
        ("great crew \U0001f60d\U0001f60d", "great crew \u2764\ufe0f"),
        ("I don\u2019t want it", "I don't want it"),
        ("fees &amp; more fees", "fees and more fees"),
    ],
)
def test_messages_are_made_plain(model: SentimentModel, typed: str, plain: str) -> None:
    """Names, links, drawn-out words, emoji and signs are read alike: the tokenizer holds the rules."""
    assert model.read([typed]) == model.read([plain])
