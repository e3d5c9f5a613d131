"""Tests of what words tell about who is the agent."""

import re

import pytest

from speechcx.turns.party_clues import CLUES, normalise, opens_call, weigh_questions, weigh_words


def weigh(*turns: str, names: tuple[str, ...] = (), outbound: bool | None = False) -> float:
    return weigh_words(turns, names=names, phrases=(), outbound=outbound).log_odds


@pytest.mark.parametrize(
    "said",
    [
        "Thank you for calling Northwind Bank, how can I help you today?",
        "Can you verify your date of birth for me?",
        "This call may be recorded. You're speaking with Dana.",
        "One moment, let me pull that up.",
        "Is there anything else I can help you with?",
    ],
)
def test_agents_sound_like_agents(said: str) -> None:
    """What agents say by trade speaks for the agent."""
    assert weigh(said) >= 1.0


@pytest.mark.parametrize(
    "said",
    [
        "Hi, I'm calling about my bill.",
        "I lost my debit card and I need a new one.",
        "My internet is down and my phone too.",
        "I want to speak to your manager.",
        "My number is five five five zero one four seven.",
        "No, that's all I need. Thanks for your help.",
    ],
)
def test_customers_sound_like_customers(said: str) -> None:
    """What customers say speaks for the customer."""
    assert weigh(said) <= -0.7


def test_ones_own_name_is_not_the_others() -> None:
    """The agent's name in an introduction speaks for the agent, called by the other against it."""
    assert weigh("Hello, this is Priya.", names=("priya", "shah")) == 3.5
    assert weigh("Bank of the West, Prya speaking.", names=("priya",)) == 3.5
    assert weigh("Hi Priya. It's about the tree.", names=("priya",)) == -1.0
    assert weigh("Hi Tom, this is Ann.", names=("tom",)) == -1.0


def test_outbound_calls_turn_the_reason_round() -> None:
    """In an outbound call it is the agent who says why he calls."""
    said = "I'm calling about a payment."
    assert weigh(said) < 0
    assert weigh(said, outbound=True) == 0


def test_a_script_phrase_counts_as_a_greeting() -> None:
    """A phrase of the settings counts however it is written."""
    found = weigh_words(
        ["Northwind; where can we take you?"],
        names=(),
        phrases=("northwind where can we take you",),
        outbound=False,
    )
    assert dict(found.clues)["script phrase"] == 2.5


def test_a_clue_counts_only_so_often() -> None:
    """Saying "my card" twenty times counts four times."""
    assert weigh(*["my card"] * 20) == weigh(*["my card"] * 4)


def test_asking_more_speaks_for_the_agent() -> None:
    """Questions weigh against the other's questions, and cancel out between equals."""
    assert weigh_questions(["How?", "When?"], ["So.", "Well."]) > 0
    assert weigh_questions(["How?"], ["When?"]) == 0


def test_marks_do_not_matter() -> None:
    """Case, curly apostrophes and marks are levelled; question marks stay."""
    assert normalise("I’d LIKE — to… ask?") == "i'd like to ask ?"


@pytest.mark.parametrize("clue", CLUES, ids=lambda clue: clue.name)
def test_clues_are_written_for_normalised_words(clue: object) -> None:
    """Every pattern compiles, and holds no capital letter, which could never match."""
    pattern = clue.pattern  # type: ignore[attr-defined]
    re.compile(pattern)
    assert re.sub(r"\\.", "", pattern) == re.sub(r"\\.", "", pattern).lower()


@pytest.mark.parametrize(
    ("said", "sign"),
    [
        ("That's all done for you now.", 0),
        ("That's all, thanks.", -1),
        ("Sorry, I'm at work right now.", 0),
        ("I'm Dana from Orbit Internet.", 1),
        ("I'm calling about your last bill.", 1),
        ("I'm calling on behalf of the clinic.", 1),
        ("This is a courtesy call.", 1),
    ],
)
def test_words_that_look_alike(said: str, sign: int) -> None:
    """What only looks like a clue is none, and a caller who speaks of the other's things is the agent."""
    weight = weigh(said, outbound=None)
    assert (weight > 0) - (weight < 0) == sign


def test_unknown_direction_lowers_what_depends_on_it() -> None:
    """Where nobody says who placed the call, saying why one calls tells less."""
    said = "I'm calling about my bill, I'd like to pay it."
    assert weigh(said) < weigh(said, outbound=None) < weigh(said, outbound=True)


@pytest.mark.parametrize(
    ("said", "opens"),
    [
        ("Hello?", True),
        ("Good morning, Pine Street Dental.", True),
        ("Yes.", True),
        ("And what was the postcode again, the one on the letter?", False),
        ("", True),
    ],
)
def test_first_words_of_a_call(said: str, opens: bool) -> None:
    """A recording that begins in the middle of a call does not begin as calls do."""
    assert opens_call(said) == opens


@pytest.mark.parametrize(
    "text", ["Vielen Dank für Ihren Anruf.", "Gracias por contactar con nosotros.", "Merci d'avoir appelé."]
)
def test_thanks_for_calling_tell_the_agent_in_other_languages(text: str) -> None:
    """Words with and without accents count alike, and open a call."""
    weighed = weigh_words([text], names=(), phrases=(), outbound=None)
    assert "thanks for calling" in dict(weighed.clues)
    assert opens_call(text)
