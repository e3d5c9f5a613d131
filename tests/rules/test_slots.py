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
