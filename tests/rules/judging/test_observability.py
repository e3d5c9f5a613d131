"""Tests of what could not be seen: when "nobody said it" is not certain."""

from __future__ import annotations

import pytest

from speechcx.rules import Line
from tests.rules.talk import agent, ask, book, customer, value

HELLO = agent("hello there how can I help you today")


@pytest.mark.parametrize(
    ("rule", "flags", "expected"),
    [
        ("said: recorded", ("truncated",), "cannot_tell"),
        ("said: recorded\nwithin: {last: 20s}", ("truncated",), "cannot_tell"),
        ("said: recorded\nwithin: {first: 2s}", ("truncated",), "absent"),
        ("said: recorded\nwithin: {first: 2s}", ("opening_missing",), "cannot_tell"),
        ("said: recorded\nwithin: {from: 2s}", ("opening_missing",), "absent"),
        ("said: hello", ("truncated", "opening_missing"), "present"),
        ("said: recorded", ("noisy",), "absent"),
        ("said: recorded\nby: customer", ("one_sided",), "cannot_tell"),
        ("said: recorded\nby: agent", ("one_sided",), "absent"),
        ("not: {said: recorded}", ("truncated",), "cannot_tell"),
    ],
)
def test_what_was_not_recorded_cannot_be_told(rule: str, flags: tuple[str, ...], expected: str) -> None:
    """A window that the recording does not reach gives cannot_tell, another one does not."""
    result = ask(rule, HELLO, flags=flags)
    assert expected == result.value
    if expected == "cannot_tell":
        assert "record" in result.why


@pytest.mark.parametrize(
    ("rule", "held_s", "flags", "expected"),
    [
        ("metric: hold_in_talk_s > 5", 0.0, ("truncated",), "cannot_tell"),
        ("metric: hold_in_talk_s > 5", 9.0, ("truncated",), "present"),
        ("metric: hold_in_talk_s > 5", 0.0, (), "absent"),
        ("metric: hold_in_talk_s < 5", 9.0, ("truncated",), "absent"),
        ("metric: hold_in_talk_s > 5", 0.0, ("opening_missing",), "cannot_tell"),
    ],
)
def test_a_sum_of_half_a_call_is_the_least_it_can_be(
    rule: str, held_s: float, flags: tuple[str, ...], expected: str
) -> None:
    """A hold may lie in the part that was not recorded; one that was heard is there."""
    result = ask(rule, HELLO, flags=flags, metrics=(("hold_in_talk_s", held_s),))
    assert expected == result.value
    if expected == "cannot_tell":
        assert "hold_in_talk_s is 0, rule asks for > 5, but " in result.why


def test_a_single_voice_that_may_be_either_party_blames_nobody() -> None:
    """One leg of a call: whether it is the agent's is not known, so that the agent may have said anything."""
    voice = Line("unknown", 0.0, None, "hello thanks for calling how can I help you")
    result = ask("said: recorded\nby: agent", voice, flags=("one_leg",))
    assert "cannot_tell" == result.value
    assert "only one voice was recorded, and it is not known whether it is the agent" == result.why
    assert "absent" == value("said: recorded\nby: agent", HELLO, flags=("one_leg",))


def test_words_under_the_floor_are_not_believed_to_be_absent() -> None:
    """A third of untrusted words is enough to doubt; a rule may set its own floor."""
    bad = agent("good morning northwind bank", 3.0, confidence=0.3)
    result = ask("said: recorded", HELLO, bad)
    assert "cannot_tell" == result.value
    assert "33% of the words there are redacted or under the confidence floor of 0.4" == result.why
    assert "absent" == value("said: recorded\nconfidence_floor: 0.2", HELLO, bad)
    assert "absent" == value("said: recorded\nwithin: {first: 2s}", HELLO, bad)
    assert "absent" == value("said: recorded\nby: customer", HELLO, bad, customer("yes I do", 8.0))


def test_a_match_of_untrusted_words_is_a_doubt() -> None:
    """A phrase heard with low confidence is neither present nor absent."""
    result = ask("said: '\"recorded line\"'", agent("a recorded line", confidence=0.3), HELLO)
    assert "cannot_tell" == result.value
    assert "its words are under the confidence floor" in result.why
    assert "recorded line" == result.hits[0].quote


def test_redacted_words_hide_what_was_said() -> None:
    """Where words were taken out, digits may have been."""
    assert "cannot_tell" == value("said: '{digits:16}'", customer("it is [redacted] [redacted]"))
    assert "absent" == value("said: '{digits:16}'", customer("it is here I think and there [redacted]"))


def test_speech_without_words_hides_what_was_said() -> None:
    """Turns in which nothing was recognised may have held it."""
    silent = agent("", 10.0, end_s=30.0)
    lost = [HELLO, silent]
    assert "absent" == value("said: recorded\nwithin: {first: 5s}", *lost)
    assert "absent" == value("said: recorded\nby: customer", HELLO, customer("yes", 9.0))
    assert "no words were recognised in this call" == ask("said: recorded", silent).why


def test_who_speaks_matters_only_where_it_would_change_the_answer() -> None:
    """Unknown speakers who said it: cannot tell; who did not: absent."""
    unknown = ("unknown", 0.0, "this is a recorded line")
    rule = "said: '\"recorded line\"'\nby: agent"
    result = ask(rule, unknown)
    assert "cannot_tell" == result.value
    assert "it is not known whether that is the agent" in result.why
    assert "absent" == value(rule, ("unknown", 0.0, "this is a plain line"))
    assert "present" == value("said: '\"recorded line\"'", unknown)
    assert "present" == value(rule, unknown, agent("you are on a recorded line", 9.0))


SPANISH = {"language": "es"}
HOLA = agent("hola buenos dias en que puedo ayudarle", **SPANISH)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("said: recorded", "cannot_tell"),
        ("said: recorded\nby: agent", "cannot_tell"),
        ("not: {said: recorded}", "cannot_tell"),
        ("sequence: [{said: recorded}, {said: bye}]", "cannot_tell"),
        ("said: recorded\nby: customer", "absent"),
        ("said: recorded\nwithin: {from: 20s}", "absent"),
        ("said: buenos", "cannot_tell"),
    ],
)
def test_a_spanish_turn_is_not_judged_by_an_english_rulebook(rule: str, expected: str) -> None:
    """What is said in a language the rulebook does not read is neither present nor absent."""
    result = ask(rule, HOLA, customer("yes hello there is somebody here", 10.0), customer("thank you", 20.0))
    assert expected == result.value
    if expected == "cannot_tell" and "sequence" not in rule:
        assert "of the speech there is in a language the rulebook does not read (es)" in result.why


@pytest.mark.parametrize("language", ["es", "es-MX", "any"])
def test_a_rulebook_reads_its_own_language(language: str) -> None:
    """A Spanish rulebook judges Spanish turns; ``language: any`` reads all."""
    spanish = book("said: buenos", extra=f"language: {language}")
    assert "present" == ask(spanish, HOLA).value
    assert "absent" == ask(book("said: recorded", extra=f"language: {language}"), HOLA).value


def test_a_word_or_two_in_another_language_do_not_hide_a_call() -> None:
    """A tenth of the speech may be in another language before "nobody said it" is doubted."""
    english = agent("hello there how can I help you today my friend and what is it about then", 5.0)
    assert "absent" == value("said: recorded", english, agent("hola", **SPANISH))


def test_a_turn_whose_language_is_not_known_is_not_judged() -> None:
    """The reason says that the language could not be told."""
    result = ask("said: recorded", agent("so de la mi na", language="und"))
    assert "cannot_tell" == result.value
    assert "the language of 100% of the speech there could not be told" == result.why


def test_what_was_taken_out_answers_by_its_kind() -> None:
    """A mark fills the slots that its kind surely fills, and may or may not fill those of another length."""
    card = customer("my card is [card number], and the code is [security code].")
    assert "present" == value("said: '{digits:13-19}'", card)
    assert "present" == value("said: '\"card is {digits:13-19}\"'", card)
    assert "present" == value("said: '{redacted:security_code}'", card)
    assert "present" == value("said: '{redacted}'", card)
    assert "cannot_tell" == value("said: '{digits:16}'", card)
    assert "cannot_tell" == value("said: '\"code is {digits:3}\"'", card)
    assert "absent" == value("said: '{digits:7-11}'", card)
    assert "absent" == value("said: '{redacted:iban}'", card)
    assert "absent" == value("said: '\"recorded line\"'", card)


def test_a_turn_that_was_taken_out_hides_what_was_said() -> None:
    """Where a whole turn went, nothing in it is certainly absent."""
    assert "cannot_tell" == value("said: '\"recorded line\"'", customer("[words taken out]"))


def test_a_number_over_several_turns_is_one() -> None:
    """Marks of one party that follow each other are one number that was read out, not one for each turn."""
    lines = (customer("it is [card number]"), agent("go on", 5.0), customer("[card number]", 7.0))
    assert "present" == value("said: '{digits:13-19}'", *lines)
    assert "absent" == value("said: '{digits:13-19}'\nat_least: 2", *lines)
