"""Tests of how written words become normalised tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.rules.language.normal import FILLERS, REDACTED, normal_tokens, ordinal_tokens


@pytest.mark.parametrize(
    ("written", "tokens"),
    [
        ("Don't", "do not"), ("don’t", "do not"), ("DONT", "do not"), ("can't", "can not"), ("cannot", "can not"),
        ("won't", "will not"), ("I'm", "i am"), ("you're", "you are"), ("we've", "we have"), ("they'll", "they will"),
        ("it's", "it is"), ("name's", "name is"), ("customer's", "customers"), ("gonna", "going to"),
        ("Hello,", "hello"), ("well-known", "well known"), ("e-mail", "email"), ("OK.", "okay"),
        ("apologise", "apologize"), ("cheque", "check"), ("uh-huh", "uhhuh"),
        ("$1,200.50", "1200.50 dollars"), ("£5", "5 pounds"), ("25%", "25 percent"), ("24/7", "24 7"),
        ("4111-1111", "4111 1111"), ("1st", "first"), ("21st", "20 first"), ("25th", "20 fifth"), ("30th", "thirtieth"),
        ("3pm", "3 pm"), ("5g", "5g"), ("401k", "401k"), ("10:30am", "10 30 am"),
        ("a@b.com", "a at b dot com"), ("john.smith@mail.co.uk", "john dot smith at mail dot co dot uk"),
        ("um", ""), ("Uh,", ""), ("--", ""), ("", ""), ("...", ""),
    ],
)  # fmt: skip
def test_words_become_the_tokens_they_sound_like(written: str, tokens: str) -> None:
    """Case, punctuation and apostrophes go, contractions are written out, numbers are bare digits."""
    assert tuple(tokens.split()) == normal_tokens(written)


@pytest.mark.parametrize("written", ["[redacted]", "[PII]", "<NAME>", "****", "████", "[CARD NUMBER]"])
def test_redacted_words_are_told_apart(written: str) -> None:
    """A word somebody took out is its own token, which no phrase matches."""
    assert (REDACTED,) == normal_tokens(written)


@given(st.text(max_size=60))
def test_every_text_gives_plain_tokens(written: str) -> None:
    """Whatever is written, tokens are not empty, hold no space or upper case, and are no fillers."""
    for token in normal_tokens(written):
        assert token == REDACTED or (
            token == token.casefold() and not any(c.isspace() for c in token) and token
        )
        assert token not in FILLERS


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=30))
def test_tokens_stay_what_they_are(written: str) -> None:
    """Tokens of letters alone normalise to themselves or to American spelling, once."""
    for token in normal_tokens(written):
        again = normal_tokens(token)
        assert again == normal_tokens(" ".join(again)) or len(again) != 1 or normal_tokens(again[0]) == again


def test_ordinals_follow_speech() -> None:
    """The twenty-first is "20 first", as "twenty first" is."""
    assert ("20", "first") == ordinal_tokens(21)
    assert ("twentieth",) == ordinal_tokens(20)
    assert ("131",) == ordinal_tokens(131)
