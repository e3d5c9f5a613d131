"""The quick matcher of ``search`` against the slow, obvious one, on made phrases and talk."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from speechcx.rules import stepping
from speechcx.rules.grammar import PhraseError, parse_list_item, parse_said
from speechcx.rules.plans import make_plans
from speechcx.rules.search import Search
from speechcx.rules.stream import SaidTurn, build_stream
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
