"""Made phrases and talk for comparing the two matchers: a small vocabulary, so that much matches."""

from __future__ import annotations

from hypothesis import strategies as st

from speechcx.call import Word
from speechcx.rules.matching.stream import SaidTurn

WORDS = ("cancel", "my", "card", "debit", "my", "card", "cancel", "not", "cancels", "cart", "line", "1")
LISTS = {"product": ("card", "debit card", "my *1 line"), "verb": ("cancel*", "not [my] card")}
PARTIES = ("agent", "customer", "unknown")

_word = st.sampled_from(("cancel", "my", "card", "debit", "not", "one"))
_single = st.one_of(
    _word,
    st.sampled_from(("canc*", "ca*", "*ing", "cart~1", "cancels~1", "{product}", "{verb}", "{digits:1-2}")),
)


def _words(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    options = st.lists(inner, min_size=1, max_size=3).map(" | ".join)
    element = st.one_of(
        _single,
        st.sampled_from(("?", "*1", "*3")),
        options.map(lambda text: f"({text})"),
        options.map(lambda text: f"[{text}]"),
    )
    return st.lists(element, min_size=1, max_size=3).map(" ".join)


words = st.recursive(_single, _words, max_leaves=6)
phrase = st.one_of(words.map(lambda text: f'"{text}"'), _word, st.just("{product}"))
_operator = st.sampled_from(
    ("|", "&", "& NOT", "NEAR/0", "NEAR/2", "BEFORE/1", "AFTER/3", "NOT NEAR/2", "NOT BEFORE/3", "NOT AFTER/1",
     "NEAR/2s", "BEFORE/3s", "AFTER/1s", "NOT NEAR/1s", "NOT BEFORE/2s")
)  # fmt: skip


def _joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(inner, _operator, inner).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})")


said = st.recursive(phrase, _joined, max_leaves=4)
"""The text of a ``said``; may be one that is refused, such as a phrase of optional words only."""


@st.composite
def talk(draw: st.DrawFn) -> list[SaidTurn]:
    """A few turns of two or three people, some close enough to be one passage."""
    turns, now = [], 0.0
    for no in range(draw(st.integers(1, 5))):
        who = draw(st.integers(0, 2))
        now += draw(st.sampled_from((0.0, 0.5, 1.0, 4.0)))
        texts = draw(st.lists(st.sampled_from(WORDS), min_size=2, max_size=9))
        begin = now
        words = []
        for text in texts:
            words.append(Word(text, now, now + 0.5, 1.0))
            now += 0.5
        turns.append(SaidTurn(no, f"s{who}", PARTIES[who], begin, now, tuple(words)))  # type: ignore[arg-type]
    return turns
