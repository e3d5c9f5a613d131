"""Tests of slots: digits, numbers, money, dates, e-mail addresses and names, spoken and written."""

from __future__ import annotations

import pytest

from tests.rules.talk import agent, ask, customer, value


def quote(slot: str, text: str) -> str | None:
    """What a slot finds first in a text; None where nothing."""
    result = ask(f"said: '{slot}'", customer(text))
    return result.hits[0].quote if result.value == "present" else None


@pytest.mark.parametrize(
    ("slot", "text", "found"),
    [
        ("{digits:4}", "the last four are nine 1 double two", "nine 1 double two"),
        ("{digits:4}", "it is 12345", None),
        (
            "{digits:13-19}",
            "it's 4111 1111 one one one one eleven eleven",
            "4111 1111 one one one one eleven eleven",
        ),
        ("{digits:13-19}", "call 555 0147", None),
        ("{number}", "I have three accounts", "three"),
        ("{number}", "I have some accounts", None),
        ("{money}", "that was $40 too much", "$40"),
        ("{money}", "that was forty dollars too much", "forty dollars"),
        ("{money}", "it cost five pounds and twenty pence", "five pounds"),
        ("{money}", "it cost 40 minutes", None),
        ("{date}", "on March third we met", "March third"),
        ("{date}", "the 3rd of March", "3rd of March"),
        ("{date}", "on the 25th of December", "25th of December"),
        ("{date}", "from April 5, 2024 on", "April 5, 2024"),
        ("{date}", "see you on Tuesday", "Tuesday"),
        ("{date}", "I may call", None),
        ("{date}", "march on", None),
        ("{money}", "you charged me 59.99 for it", "59.99"),
        ("{money}", "that's five grand.", "five grand."),
        ("{money}", "I sent USD 300 to her", "USD 300"),
        ("{money}", "it's twelve ninety nine a month now", "twelve ninety nine"),
        ("{money}", "we meet four times a month", None),
        ("{date}", "it is due on third of next month", "third of next month"),
        ("{money}", "I sent 300 USD to her", "300 USD"),
        ("{money}", "it was USD300", "USD300"),
        ("{money}", "a bill of £1,200.50 again", "£1,200.50"),
        ("{money}", "he owes me a hundred bucks", "hundred bucks"),
        ("{money}", "a hundred and fifty quid", "hundred and fifty quid"),
        ("{money}", "it's 50p more", "50p"),
        ("{money}", "about $5k in all", "$5k"),
        ("{money}", "two lakh rupees sir", "two lakh"),
        ("{money}", "Rs. 500 was deducted", "Rs. 500"),
        ("{money}", "€20 a month", "€20"),
        ("{money}", "a few quid", "few quid"),
        ("{money}", "a couple of hundred dollars", "hundred dollars"),
        ("{money}", "nineteen pound ninety nine", "nineteen pound"),
        ("{money}", "a dollar fifty", "a dollar fifty"),
        ("{money}", "2.50 percent interest", None),
        ("{money}", "I'll come at 10.30 then", None),
        ("{money}", "it is 5.5 miles", None),
        ("{money}", "I have 300 points", None),
        ("{money}", "grand, thank you", None),
        ("{money}", "my 401k", None),
        ("{date}", "since 03/05/2026 it is off", "03/05/2026"),
        ("{date}", "the invoice of 2026-03-05.", "2026-03-05."),
        ("{date}", "dated 05.03.2026", "05.03.2026"),
        ("{date}", "my birthday is 3/5/80", "3/5/80"),
        ("{date}", "I called on 3/5 about it", "3/5"),
        ("{date}", "it was due on the 23rd", "the 23rd"),
        ("{date}", "on the twenty third I called", "the twenty third"),
        ("{date}", "by the 1st please", "the 1st"),
        ("{date}", "the 5th of this month", "the 5th"),
        ("{date}", "on March 5th we met", "March 5th"),
        ("{date}", "from 5 March", "5 March"),
        ("{date}", "next Tuesday then", "Tuesday"),
        ("{date}", "5-Mar-2026", "5-Mar-2026"),
        ("{date}", "the fifth floor", None),
        ("{date}", "the third time I call", None),
        ("{date}", "the first of all", None),
        ("{date}", "this is the second agent", None),
        ("{date}", "24/7 support", None),
        ("{date}", "half of it, 1/2", None),
        ("{date}", "call 555-014-4999", None),
        ("{email}", "it is john.smith@mail.com thanks", "john.smith@mail.com"),
        ("{email}", "meet me at the dot", None),
        ("{name}", "my name is Maria Lopez", "Maria"),
        ("{name}", "Maria is my name", "Maria"),
        ("{name}", "this is priya speaking", "priya"),
        ("{name}", "it is Zebulon here", "Zebulon"),
        ("{name}", "Zebulon is my name", None),
        ("{name}", "I will mark it", None),
        ("{name}", "it was on Monday", None),
        ("{name}", "I AM HERE", None),
    ],
)
def test_slots_are_found_however_they_are_said(slot: str, text: str, found: str | None) -> None:
    """Each slot finds its spoken and written forms and not their look-alikes."""
    assert found == quote(slot, text)


def test_slots_stand_inside_phrases() -> None:
    """A slot takes as many words as it needs between the words around it."""
    assert "email is john smith at mail dot com and" == quote(
        '"email is {email} and"', "my email is john smith at mail dot com and so on"
    )
    assert "refund of five dollars" == quote('"refund of {money}"', "a refund of five dollars please")
    assert "born on the 2nd of October," == quote(
        '"born on {date}"', "I was born on the 2nd of October, 1990"
    )


def test_the_agents_name_is_known_from_the_call() -> None:
    """``{name:agent}`` is the agent's own name where the call's details give it."""
    rule = "said: '\"my name is {name:agent}\"'\nby: agent"
    assert "present" == value(rule, agent("my name is maria"), meta=(("agent", "maria.lopez"),))
    assert "absent" == value(rule, agent("my name is Tom"), meta=(("agent", "maria.lopez"),))
    assert "present" == value(rule, agent("my name is Tom"))
    assert "present" == value(
        rule, agent("my name is Ann"), meta=(("agent", "A017"), ("agent_name", "Ann Bell"))
    )


def test_a_written_date_that_looks_like_a_number_needs_no_month() -> None:
    """A year after a day joins its number, and the date is still found."""
    assert "present" == value("said: '{date}'", customer("march fifth twenty twenty five"))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("cafe", "at the Café"), ("café", "at the cafe"), ("zoë", "I am Zoe"), ("nai*", "how naïve"),
        ("naï*", "how naive"), ('"señor lopez"', "Senor López"), ("uber~1", "the übber app"),
    ],
)  # fmt: skip
def test_accents_do_not_matter_to_rules(phrase: str, text: str) -> None:
    """Neither in a phrase nor in the words, as in search."""
    assert "present" == value(f"said: '{phrase}'", customer(text))
