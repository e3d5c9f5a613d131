"""Tests of stepping through phrases: place by place and over the whole call, with one result."""

from __future__ import annotations

import pytest

from speechcx.rules.language.grammar import parse_list_item, parse_said
from speechcx.rules.matching import stepping
from speechcx.rules.matching.phrase_search import Search
from speechcx.rules.matching.search_plans import make_plans
from speechcx.rules.matching.stream import build_stream
from tests.rules.slow import turns_of

LISTS = {"thing": (parse_list_item("debit card"), parse_list_item("card"), parse_list_item("acc*"))}


def found(text: str, talk: str, *, few: int) -> list[tuple[int, int]]:
    """Ranges of a phrase, stepped through one way or the other."""
    plans = make_plans({0: parse_said(text)}, LISTS)
    search = Search(plans, build_stream(turns_of(talk)), lambda _: frozenset())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stepping, "FEW", few)
        matches = search.find(plans.nodes[0])
    return list(zip(matches.starts.tolist(), matches.ends.tolist(), strict=True))


@pytest.mark.parametrize("few", [-1, 60])
@pytest.mark.parametrize(
    ("text", "talk", "expected"),
    [
        ('"my {thing} is"', "my debit card is my card is my account is my", [(0, 4), (4, 7), (7, 10)]),
        ('"my *2 card"', "my my old card my a b c card", [(1, 4)]),
        ('"my [old] (card | account) ?"', "my old card now my account", [(0, 4)]),
        ('"my {digits:4} x"', "my 12 34 x my 123 x", [(0, 3)]),
        ('"my wildfire~sound x"', "my wild fire x my wildfire x", [(0, 4), (4, 7)]),
        ('"can* (it | that) [now] please"', "cancel it please can that now please", [(0, 3), (3, 7)]),
        ('"my card ?"', "my card", []),
        ('"my card~1"', "my cord", [(0, 2)]),
    ],
)
def test_both_ways_find_the_shortest_matches(
    few: int, text: str, talk: str, expected: list[tuple[int, int]]
) -> None:
    """Of the matches that end at one place the one that starts last, none around another."""
    assert expected == found(text, talk, few=few)
