"""Tests that rulebooks over the limits are refused quickly and in words, and big ones inside them are not."""

from __future__ import annotations

import pytest

from speechcx.rules import lint, parse_rulebook
from speechcx.rules.language.grammar import parse_said
from speechcx.rules.matching.phrase_search import Search
from speechcx.rules.matching.search_plans import make_plans
from speechcx.rules.matching.stream import build_stream
from tests.rules.reference import Reference
from tests.rules.slow import alias_bomb, slow_phrases, slow_texts, turns_of
from tests.rules.talk import agent, ask

HEAD = "rulebook: x\nversion: 1\n"
RULE = "rules:\n  - {id: r, kind: compliance, said: '%s'}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + RULE % ("(" * 1000 + "a" + ")" * 1000), "brackets inside each other"),
        (HEAD + "rules: " + "[" * 1000 + "]" * 1000, "more than 40 levels"),
        (HEAD + RULE % ("a | " * 100_000 + "a"), "at most 20,000"),
        (HEAD + RULE % ("a | " * 300_000 + "a"), "at most 1,000,000 bytes"),
        (HEAD + alias_bomb(), "line"),
        (HEAD + "lists: {l: [" + "a, " * 20_001 + "]}\n" + RULE % "{l}", "at most 20,000"),
    ],
)
def test_too_much_is_refused_in_words(text: str, message: str) -> None:
    """Every limit is named in the message."""
    assert message in "\n".join(map(str, lint(text)))


def test_ten_thousand_phrases_are_welcome() -> None:
    """A list of 10,000 phrases is read and searched."""
    entries = "".join(f"    - word{n} and more\n" for n in range(10_000))
    rulebook = parse_rulebook(HEAD + "lists:\n  l:\n" + entries + RULE % '"my {l}"')
    assert "present" == ask(rulebook, agent("this is my word4711 and more")).value
    assert "absent" == ask(rulebook, agent("this is my word10000 and more")).value


def test_slow_phrases_find_what_the_slow_matcher_does() -> None:
    """The 200 phrases that bring down careless matchers agree with the reference on short texts."""
    texts = [text[:60] for text in slow_texts().values()]
    streams = [build_stream(turns_of(text, words_a_turn=9)) for text in texts]
    phrases = slow_phrases()
    assert 200 == len(phrases)
    for text in sorted(set(phrases))[::4]:
        expression = parse_said(text)
        plans = make_plans({0: expression}, {})
        for stream in streams:
            found = Search(plans, stream, lambda _: frozenset()).find(plans.nodes[0])
            quick = set(zip(found.starts.tolist(), found.ends.tolist(), strict=True))
            assert Reference(stream, {}).find(expression) == quick, text


@pytest.mark.timeout(60)
def test_slow_phrases_end_on_long_texts() -> None:
    """On 100 KB of one word, no phrase hangs; the bench prints how long each takes."""
    stream = build_stream(turns_of(slow_texts()["aaaa"]))
    for text in slow_phrases()[-10:]:
        expression = parse_said(text)
        plans = make_plans({0: expression}, {})
        assert len(Search(plans, stream, lambda _: frozenset()).find(plans.nodes[0])) >= 0
