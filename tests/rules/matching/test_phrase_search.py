"""The quick matcher of ``search`` against the slow, obvious one, on made phrases and talk."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from speechcx.call import Word
from speechcx.rules.language.grammar import PhraseError, parse_list_item, parse_said
from speechcx.rules.matching import stepping
from speechcx.rules.matching.phrase_search import Search
from speechcx.rules.matching.search_plans import make_plans
from speechcx.rules.matching.stream import SaidTurn, build_stream
from tests.rules import made
from tests.rules.reference import Reference

LISTS = {name: tuple(parse_list_item(entry) for entry in entries) for name, entries in made.LISTS.items()}
BY = st.sampled_from((None, frozenset({"agent"}), frozenset({"customer", "unknown"})))


def compare(
    text: str, turns: list[SaidTurn], parties: frozenset[str] | None
) -> tuple[set[tuple[int, int]], int]:
    """The ranges all matchers agree on, and how many; raises AssertionError where they differ."""
    expression = parse_said(text)
    stream = build_stream(turns)
    plans = make_plans({0: expression}, LISTS)
    found = Search(plans, stream, lambda _: frozenset()).find(plans.nodes[0], parties)
    quick = set(zip(found.starts.tolist(), found.ends.tolist(), strict=True))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stepping, "FEW", -1)
        found = Search(plans, stream, lambda _: frozenset()).find(plans.nodes[0], parties)
    whole = set(zip(found.starts.tolist(), found.ends.tolist(), strict=True))
    assert quick == whole, f"{text!r} in {stream.tokens}: by places {sorted(quick)}, whole {sorted(whole)}"
    slow = Reference(stream, LISTS).find(expression, parties)
    assert quick == slow, f"{text!r} in {stream.tokens}: quick {sorted(quick)}, slow {sorted(slow)}"
    return quick, len(quick)


@pytest.mark.parametrize(
    ("text", "words", "wanted"),
    [
        ('("cancel" & {product})', "card my cancel line", {(0, 3), (1, 4)}),
        ('({product} & "cancel")', "card my cancel line", {(0, 3), (1, 4)}),
        ('("cancel" & "my *3 debit")', "my my cancel debit card", {(1, 4)}),
        ('("cancel" & ("my *2 one" | "card *2 debit"))', "my card cancel one debit", {(0, 4), (1, 5)}),
    ],
)
def test_both_of_one_turn_where_one_lies_in_the_other(
    text: str, words: str, wanted: set[tuple[int, int]]
) -> None:
    """A partner that holds the other one does not hide an earlier partner that ends before it."""
    said = tuple(Word(word, 0.5 * k, 0.5 * k + 0.5, 1.0) for k, word in enumerate(words.split()))
    turn = SaidTurn(no=0, speaker="s0", party="agent", start_s=0.0, end_s=9.0, words=said)
    assert compare(text, [turn], None)[0] == wanted


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(text=made.said, turns=made.talk(), parties=BY)
def test_quick_and_slow_matcher_agree(
    text: str, turns: list[SaidTurn], parties: frozenset[str] | None
) -> None:
    """Whatever is written and said, both matchers find the same ranges."""
    try:
        parse_said(text)
    except PhraseError:
        assume(False)
    compare(text, turns, parties)
