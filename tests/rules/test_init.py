"""Tests of the room's door: a stored call judged by a rulebook."""

from __future__ import annotations

from speechcx.rules import apply_rules, judge_view, parse_rulebook, view_call
from tests.factories import make_conversation, make_reading

BOOK = """\
rulebook: t
version: 1
lists: {product: [account]}
rules:
  - {id: notice, kind: compliance, said: '"call is recorded"', by: agent, within: {first: 30s}, expect: present}
  - {id: leave, kind: driver, said: 'cancel* NEAR/4 {product}', by: customer}
  - {id: sorry, kind: behaviour, said: sorry, by: customer}
"""


def test_a_stored_call_is_judged() -> None:
    """Every rule gives one result, in the rulebook's order, with hits in the call's own turns."""
    conversation = make_conversation()
    reading = make_reading(conversation)
    results = apply_rules(parse_rulebook(BOOK), conversation, reading)
    assert ["notice", "leave", "sorry"] == [result.rule for result in results]
    assert ["present", "present", "absent"] == [result.value for result in results]
    assert (1, "cancel my account,") == (results[1].hits[0].turn_no, results[1].hits[0].quote)
    assert "said by the agent, not the customer" in results[2].why


def test_the_same_call_and_rulebook_give_the_same_results() -> None:
    """Judging twice, also by a rulebook read again, changes nothing."""
    conversation = make_conversation()
    reading = make_reading(conversation)
    first = apply_rules(parse_rulebook(BOOK), conversation, reading)
    assert first == apply_rules(parse_rulebook(BOOK), conversation, reading)
    assert first == judge_view(parse_rulebook(BOOK), view_call(conversation, reading))
