"""Tests of phrases made ready: what goes into the automaton, and what a phrase cannot match without."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from speechcx.rules.language.grammar import parse_list_item, parse_said
from speechcx.rules.language.pattern import Fuzzy, Wildcard
from speechcx.rules.matching.search_plans import LooseWords, key_of, make_plans, weigh


def test_plain_phrases_go_into_the_automaton_once() -> None:
    """Equal plain phrases of rules and lists share one place in the automaton."""
    plans = make_plans(
        {1: parse_said('"get rid" | "a b"'), 2: parse_said('"a b" & c')},
        {"l": (parse_list_item("a b"), parse_list_item("de*"))},
    )
    assert 3 == len(plans.automaton.lengths)
    assert 4 == len({leaf.number for node in plans.nodes.values() for leaf, _ in node.leaves}) + 1


def test_needs_are_the_words_a_phrase_cannot_do_without() -> None:
    """Alternatives are needed as one, options and gaps not at all."""
    plans = make_plans(
        {1: parse_said('"call (is | may be) [being] *2 record* {l}"')}, {"l": (parse_list_item("x"),)}
    )
    ((leaf, _),) = plans.nodes[1].leaves
    expected = (("call",), ("is", "may"), ("record*",), ("{l}",))
    assert expected == leaf.needs


@given(
    st.text(alphabet="abc", min_size=2, max_size=5),
    st.lists(st.text(alphabet="abc", min_size=2, max_size=4), max_size=5),
)
def test_loose_words_are_found_by_their_ends(token: str, texts: list[str]) -> None:
    """A token satisfies exactly the wildcards it begins or ends with."""
    items = [*(Wildcard(text, "") for text in texts), *(Wildcard("", text) for text in texts)]
    expected = {f"{text}*" for text in texts if token.startswith(text)} | {
        f"*{text}" for text in texts if token.endswith(text)
    }
    assert expected == set(LooseWords(items).keys_of(token))


def test_fuzzy_words_and_british_prefixes_are_loose_too() -> None:
    """One letter off counts, and a British prefix finds the American word."""
    loose = LooseWords([Fuzzy("supervisor"), Wildcard("apologis", "")])
    assert (key_of(Fuzzy("supervisor")),) == loose.keys_of("supervisr")
    assert ("apologis*",) == loose.keys_of("apologized")


def test_common_words_weigh_little() -> None:
    """A nearest miss is made of words that say something."""
    assert weigh(frozenset({"the"})) < weigh(frozenset({"cancel"}))
    assert weigh(frozenset({"the", "cancel"})) == weigh(frozenset({"cancel"}))
