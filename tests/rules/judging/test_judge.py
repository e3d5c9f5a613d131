"""Tests of conditions asked of a call: what is present, what absent, and with which evidence."""

from __future__ import annotations

import pytest

from speechcx.call import Hit
from speechcx.rules import parse_rulebook
from tests.rules.talk import agent, ask, book, customer, value

PRODUCTS = "lists: {product: [account, debit card, 'card*']}"


def test_a_hit_says_who_when_what_and_why() -> None:
    """The hit keeps the original words, their times, turn and party, and the phrase as written."""
    result = ask(
        book("said: '(cancel* | close) NEAR/6 {product}'\nby: customer", extra=PRODUCTS),
        agent("hello"),
        customer("I'd like to, uh, Cancel my Debit-Card please.", 10.0),
    )
    assert "present" == result.value
    expected = Hit(
        "r", "present", "customer", 1, 11.4, 12.45, "Cancel my Debit-Card",
        "said (cancel* | close) NEAR/6 {product} by customer",
    )  # fmt: skip
    assert (expected,) == result.hits
    assert 'the customer at 0:11 "Cancel my Debit-Card"' == result.why


def test_flags_follow_what_is_expected() -> None:
    """A result that is not what it should be is flagged; a risk needs no expectation; cannot_tell never flags."""
    hi, silent = agent("hello"), agent("goodbye")
    doubt = agent("goodbye", confidence=0.1)
    for kind, expect, lines, flagged in (
        ("compliance", "\nexpect: present", hi, False), ("compliance", "\nexpect: present", silent, True),
        ("compliance", "\nexpect: absent", hi, True), ("compliance", "\nexpect: present", doubt, False),
        ("risk", "", hi, True), ("risk", "", silent, False), ("driver", "", hi, False),
        ("risk", "\nexpect: present", hi, False),
    ):  # fmt: skip
        assert flagged == ask(book(f"said: hello{expect}", kind=kind), lines).flagged


def test_a_miss_says_what_was_wrong_with_it() -> None:
    """The nearest whole match that a scope left out is the evidence, with the reason."""
    rule = "said: '\"recorded line\"'\nby: agent\nwithin: {first: 10s}"
    other = ask(rule, customer("is this a recorded line"), agent("yes", 4.0))
    assert "said by the customer, not the agent" in other.why
    late = ask(rule, agent("hello"), agent("you are on a recorded line", 44.0))
    assert "at 0:45, outside of first 10s" in late.why
    assert ("absent", 45.4, "recorded line") == (
        late.hits[0].result,
        late.hits[0].start_s,
        late.hits[0].quote,
    )
    both = ask(rule, customer("is this a recorded line", 44.0), agent("hm", 1.0))
    assert "said by the customer, not the agent and at 0:45, outside of first 10s" in both.why
    denied = ask("said: cancel\nnegated: ignore", customer("I don't want to cancel"))
    assert "under a negation" in denied.why
    calm = ask("said: awful\nturn: {sentiment: '< -0.5'}", customer("awful", values=(("sentiment", 0.5),)))
    assert "in a turn where not sentiment < -0.5" in calm.why


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ("{first: 9s}", "absent"), ("{first: 10s}", "present"), ("{last: 10s}", "absent"), ("{last: 91s}", "present"),
        ("{first: 10%}", "present"), ("{first: 9%}", "absent"), ("{last: 90%}", "present"), ("{last: 89%}", "absent"),
        ("{from: 10s, to: 11s}", "present"), ("{from: 11s, to: 20s}", "absent"), ("{from: 50%}", "absent"),
        ("{to: 10%}", "present"),
    ],
)  # fmt: skip
def test_windows_count_from_the_conversation(window: str, expected: str) -> None:
    """A match must begin in the window; the conversation is from first to last speech."""
    says = [agent("hello", 5.0), agent("recorded", 15.0), agent("bye", 104.65)]
    assert expected == value(f"said: recorded\nwithin: {window}", *says)


def test_a_number_of_times() -> None:
    """Matches that share no time are counted; fewer than asked are the evidence of an absence."""
    rule = "said: sorry\nat_least: 3"
    assert "present" == value(rule, agent("sorry sorry"), agent("sorry", 9.0))
    few = ask(rule, agent("sorry"), agent("sorry", 9.0))
    assert ("absent", 2) == (few.value, len(few.hits))
    assert "2 of the 3 times needed" in few.why
    assert "present" == value("said: '\"a b a\"'\nat_least: 2", agent("a b a b a b a"))
    assert "absent" == value("said: '\"a b a\"'\nat_least: 3", agent("a b a b a b a"))


def test_turns_are_asked_for_their_measures() -> None:
    """Words in a turn that is like this, or a turn whatever is said; a missing measure cannot tell."""
    angry = customer(
        "this is ridiculous", values=(("sentiment", -0.8), ("level_rel_db", 7.0)), label="negative"
    )
    calm = customer("this is ridiculous", values=(("sentiment", 0.1),), label="neutral")
    rule = "said: ridiculous\nturn: {sentiment: '<= -0.5'}"
    assert ["present", "absent", "cannot_tell"] == [
        value(rule, x) for x in (angry, calm, customer("ridiculous"))
    ]
    assert "the sentiment of that turn is not known" in ask(rule, customer("ridiculous")).why
    loud = "turn: {level_rel_db: '>= 6', by: customer}"
    assert ["present", "absent", "cannot_tell"] == [
        value(loud, x) for x in (angry, agent("hi", values=(("level_rel_db", 9.0),)), calm)
    ]
    assert "this is ridiculous" == ask(loud, angry).hits[0].quote
    assert ["present", "absent"] == [value("turn: {label: negative}", x) for x in (angry, calm)]
    assert "cannot_tell" == value(loud, ("unknown", 0.0, "hi"))
    assert "absent" == value("turn: {words: '> 5'}\nwithin: {first: 1s}", angry)
    assert "present" == value("turn: {duration_s: '> 1'}", angry)


def test_measures_of_the_call() -> None:
    """A measure is compared; one that is missing cannot tell, with its reason."""
    rule = "metric: hold_s > 20"
    assert "present" == value(rule, metrics=(("hold_s", 20.5),))
    assert "absent" == value(rule, metrics=(("hold_s", 20.0),))
    missing = ask(rule)
    assert "cannot_tell" == missing.value
    assert "hold_s is not known: the test gives no value for it" == missing.why
    assert "hold_s is 20.5, rule asks for > 20" == ask(rule, metrics=(("hold_s", 20.5),)).hits[0].why


def test_details_of_the_call() -> None:
    """Fields are compared without regard to case, with a star at the end, or as numbers."""

    def found(rule: str, **meta: str) -> str:
        return value(f"meta: {rule}", meta=tuple(meta.items()))

    assert "present" == found("{queue: Billing}", queue="billing")
    assert "present" == found("{queue: [cards, bill*]}", queue="Billing EU")
    assert "absent" == found("{queue: bill}", queue="billing")
    assert "cannot_tell" == found("{queue: billing}", other="x")
    assert "present" == found("{Wait: '> 60'}", wait="61")
    assert "absent" == found("{wait: '> 60'}", wait="3")
    assert "cannot_tell" == found("{wait: '> 60'}", wait="long")
    assert "absent" == found("{queue: billing, direction: outbound}", queue="billing", direction="inbound")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("all: [{said: yes}, {metric: hold_s > 1}]", "cannot_tell"),
        ("all: [{said: no}, {metric: hold_s > 1}]", "absent"),
        ("any: [{said: yes}, {metric: hold_s > 1}]", "present"),
        ("any: [{said: no}, {metric: hold_s > 1}]", "cannot_tell"),
        ("not: {metric: hold_s > 1}", "cannot_tell"),
        ("not: {said: yes}", "absent"),
        ("not: {not: {said: yes}}", "present"),
        ("all: [{any: [{said: no}, {said: yes}]}, {not: {all: [{said: yes}, {said: no}]}}]", "present"),
    ],
)
def test_conditions_nest_in_three_values(rule: str, expected: str) -> None:
    """What cannot be told stays so only where it would change the answer."""
    assert expected == value(rule, customer("yes"))


def test_a_not_shows_what_speaks_against_it() -> None:
    """Evidence of what should not have been."""
    result = ask("not: {said: yes}", customer("well yes"))
    assert ("absent", "yes") == (result.hits[0].result, result.hits[0].quote)


def test_rules_refer_to_rules() -> None:
    """A rule may ask what another one found, with its evidence under its own name and its own floor."""
    other = "  - {id: s, kind: behaviour, said: hello, confidence_floor: 0}\n"
    rules = parse_rulebook(
        "rulebook: t\nversion: 1\nrules:\n  - {id: r, kind: behaviour, any: [{rule: s}, {said: bye}]}\n"
        + other
    )
    result = ask(rules, agent("hello", confidence=0.1), agent("all good here my friend", 4.0))
    assert "present" == result.value
    assert "r" == result.hits[0].rule


MANAGER = """\
sequence:
  - {said: '"speak to" NEAR/3 (supervisor | manager)', by: customer}
  - {not: {said: 'transfer* | "put you through"', by: agent}, within: {after: 60s}}
"""
ASKED = customer("let me speak to your manager", 10.0)


def test_a_step_that_does_not_happen() -> None:
    """A sequence with a missing step holds where nothing follows in time."""
    assert "present" == value(MANAGER, ASKED, agent("no", 14.0))
    assert "absent" == value(MANAGER, ASKED, agent("I'll transfer you", 14.0))
    assert "present" == value(MANAGER, ASKED, agent("I'll transfer you", 80.0))
    assert "absent" == value(MANAGER, agent("I'll transfer you", 1.0), customer("hello", 10.0))
    twice = [
        ASKED,
        agent("I'll transfer you", 14.0),
        customer("I said speak to a manager", 30.0),
        agent("no", 40.0),
    ]
    assert "present" == value(MANAGER, *twice)


def test_a_sequence_shows_its_steps() -> None:
    """Evidence is each step that happened; a failed one says which step failed."""
    result = ask(MANAGER, ASKED, agent("no", 14.0))
    assert ["speak to your manager"] == [hit.quote for hit in result.hits]
    assert 'then not said transfer* | "put you through" by agent' in result.why
    assert (
        "step 2 must be absent, but was found: the agent at 0:14"
        in ask(MANAGER, ASKED, agent("I'll transfer you", 14.0)).why
    )
    assert "step 1 not found" in ask(f"{MANAGER}when: always\n", agent("no")).why
    assert "there was no occasion for it" in ask(MANAGER, agent("no")).why


def test_a_sequence_in_three_values() -> None:
    """A recording that breaks off, an unknown speaker or unheard words leave it open."""
    assert "cannot_tell" == value(MANAGER, ASKED, agent("well", 14.0), flags=("truncated",))
    assert "present" == value(MANAGER, ASKED, agent("well", 80.0), flags=("truncated",))
    assert "cannot_tell" == value(
        MANAGER, ("unknown", 10.0, "let me speak to your manager"), agent("no", 14.0)
    )
    assert "cannot_tell" == value(MANAGER, ASKED, ("unknown", 14.0, "I'll transfer you"))
    assert "absent" == value(MANAGER, ("unknown", 10.0, "hello"), agent("no", 14.0))


def test_steps_follow_each_other_in_time() -> None:
    """Order, times between steps, and other steps than words."""
    rule = """sequence:
  - {said: hold, by: agent}
  - {turn: {sentiment: '< -0.5'}, by: customer, within: {after: 10s}}
  - {any: [{said: sorry}, {said: apologize}]}"""
    angry = customer("at last", 8.0, values=(("sentiment", -0.9),))
    hold, sorry = agent("please hold", 0.0), agent("I apologize", 12.0)
    result = ask(rule, hold, angry, sorry)
    assert ("present", ["hold", "at last", "apologize"]) == (result.value, [hit.quote for hit in result.hits])
    assert "absent" == value(
        rule, hold, customer("at last", 20.0, values=(("sentiment", -0.9),)), agent("sorry", 30.0)
    )
    assert "absent" == value(rule, agent("sorry", 0.0), agent("hold", 4.0), angry)
    nested = "sequence:\n  - {said: one}\n  - sequence: [{said: two}, {said: three}]\n  - {said: four}"
    assert "present" == value(nested, agent("one or two or three or four"))
    assert "absent" == value(nested, agent("one or two or four or three"))


def test_hits_are_bounded_and_counted() -> None:
    """A word said a thousand times keeps fifty hits and says how many there were."""
    result = ask("said: yes", *[customer("yes no", 4.0 * n) for n in range(1000)])
    assert 50 == len(result.hits)
    assert "1000 times" in result.why
