"""Tests of the phrase language: what is read, and how wrong phrases are explained."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.rules import limits
from speechcx.rules.language.grammar import PhraseError, parse_list_item, parse_said, spelled_like
from speechcx.rules.language.pattern import (
    AnyWord,
    Choose,
    Either,
    Fuzzy,
    Gap,
    ItemSequence,
    ListRef,
    Literal,
    Near,
    Phrase,
    Slot,
    Sounds,
    Together,
    Wildcard,
)


def row(text: str) -> tuple[object, ...]:
    """The items of a single phrase."""
    expression = parse_said(text)
    assert isinstance(expression, Phrase)
    return expression.row.items


def test_a_quoted_phrase_is_its_words() -> None:
    """Words between quotation marks stand one after the other, normalised."""
    assert (Literal("get"), Literal("rid"), Literal("of")) == row('"Get rid, of!"')
    assert (Literal("do"), Literal("not"), Literal("know")) == row('"don\'t know"')
    assert (Literal("extension"), Literal("412")) == row('"extension four one two"')


def test_brackets_hold_alternatives_and_options() -> None:
    """Round brackets choose, square ones may be left out."""
    call, choice, option = row('"call (is | may be) [being]"')
    assert Literal("call") == call
    assert Choose((ItemSequence((Literal("is"),)), ItemSequence((Literal("may"), Literal("be"))))) == choice
    assert Choose((ItemSequence((Literal("being"),)),), optional=True) == option


def test_wildcards_gaps_lists_and_slots() -> None:
    """Each small sign is its own item."""
    assert (Wildcard("cancel", ""),) == row("cancel*")
    assert (Wildcard("", "able"),) == row("*able")
    assert (Literal("a"), AnyWord(), Gap(2), Literal("b")) == row('"a ? *2 b"')
    assert (ListRef("product", 0),) == row("{product}")
    assert (Slot("digits", 13, 19),) == row("{digits:13-19}")
    assert (Slot("digits", 4, 4),) == row("{digits:4}")
    assert (Slot("money", 1, limits.DIGITS),) == row("{money}")
    assert (Slot("name", of="agent"),) == row("{name:agent}")


def test_words_may_be_one_letter_off_or_sound_alike() -> None:
    """A tilde loosens a word, or each word of a quoted phrase."""
    assert (Fuzzy("supervisor"),) == row("supervisor~1")
    assert (Fuzzy("get"), Fuzzy("rid")) == row('"get rid"~1')
    assert (Literal("my"), Sounds(("wildfire",))) == row('"my wildfire~sound"')


def test_a_question_mark_at_a_word_is_punctuation() -> None:
    """``you?`` is the word; a question mark on its own is any word."""
    assert (Literal("how"), Literal("are"), Literal("you")) == row('"how are you?"')


def test_or_binds_less_than_and_and_that_less_than_near() -> None:
    """``a | b & c NEAR/2 d`` is ``a | (b & (c NEAR/2 d))``."""
    either = parse_said("a | b & c NEAR/2 d")
    assert isinstance(either, Either)
    together = either.parts[1]
    assert isinstance(together, Together)
    near = together.right
    assert isinstance(near, Near)
    assert ("near", 2, False, False) == (near.order, near.distance, near.seconds, near.without)


def test_nearness_knows_order_seconds_and_not() -> None:
    """The operators carry order, distance, unit and negation."""
    for text, expected in (
        ("a BEFORE/3 b", ("before", 3, False, False)),
        ("a AFTER/10s b", ("after", 10, True, False)),
        ("a NOT NEAR/6 b", ("near", 6, False, True)),
        ("a NOT  AFTER/2s b", ("after", 2, True, True)),
    ):
        near = parse_said(text)
        assert isinstance(near, Near)
        assert expected == (near.order, near.distance, near.seconds, near.without)
    without = parse_said("a & NOT b")
    assert isinstance(without, Together)
    assert without.without


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("recorded line", 9, "one pair of quotation marks"),
        ('"recorded line', 14, 'quotation mark " is missing'),
        ("(a | b", 6, "a bracket is still open"),
        ("a | ", 4, "the phrase ends"),
        ("a OR b", 2, "write | for or"),
        ("a near/6 b", 2, "in capitals with its distance"),
        ("a NEAR b", 2, "in capitals with its distance"),
        ("a NEAR/ b", 2, "in capitals with its distance"),
        ("{digit:4}", 0, "did you mean {digits}?"),
        ("{digits:x}", 0, "{digits:4} or {digits:13-19}"),
        ("{digits:9-4}", 0, "the smaller first"),
        ("{money:4}", 0, "{digits:4}"),
        ("{name:boss}", 0, "{name:agent}"),
        ("{}", 0, "{list-name}"),
        ('"a *99 b"', 3, "*1 to *20"),
        ("a NEAR/1000 b", 2, "at most 100 words"),
        ("a NEAR/9999s b", 2, "at most 600s"),
        ("a NEAR/0s b", 2, "at most 600s"),
        ("a~2", 1, "~1 (one letter off)"),
        ("a*", 0, "at least two letters"),
        ("um", 0, "can match nothing at all"),
        ('"[a] [b]"', 0, "can match nothing at all"),
        ('"? *3"', 0, "at least one word of its own"),
        ("   ", 0, "nothing"),
        ("[a]", 0, "'[a]'"),
        ("*2", 0, "'*2'"),
        ('"a" )', 4, "')'"),
    ],
)
def test_wrong_phrases_say_where_and_what_would_be_right(text: str, column: int, message: str) -> None:
    """An error names the column, what is there and what would be legal."""
    with pytest.raises(PhraseError) as caught:
        parse_said(text)
    assert message in str(caught.value)
    assert column == caught.value.column


def test_bounds_are_kept() -> None:
    """Phrases over the limits are refused at once, by name."""
    for text, message in (
        ("(" * 1000 + "a" + ")" * 1000, "brackets inside each other"),
        ("a | " * 100_000 + "a", "characters"),
        (" NEAR/2 ".join("a" * 50), "of & and NEAR"),
        (f'"{" ".join(["word"] * 61)}"', "at most 60"),
        (f'"{" ".join(["(a | b | c | d | e | f | g | h)"] * 55)}"', "elements"),
    ):
        with pytest.raises(PhraseError, match="legal here") as caught:
            parse_said(text)
        assert message in str(caught.value)


@given(st.text(alphabet='ab "|&()[]{}*?~/NEARBFOT0123s:-', max_size=60))
def test_any_text_is_read_or_explained(text: str) -> None:
    """Whatever is written, the answer is a phrase or a PhraseError, never anything else."""
    try:
        parse_said(text)
    except PhraseError as error:
        problem = error
    else:
        return
    assert problem.found
    assert problem.expected
    assert 0 <= problem.column <= len(text)


def test_list_entries_are_phrases_without_quotation_marks() -> None:
    """An entry may have wildcards and options; quotation marks around it are taken off."""
    assert (Literal("debit"), Literal("card")) == parse_list_item("debit card").row.items
    assert (Literal("debit"), Literal("card")) == parse_list_item('"debit card"').row.items
    assert (Wildcard("account", ""),) == parse_list_item("account*").row.items
    with pytest.raises(PhraseError, match="inside a list entry"):
        parse_list_item('a "b" c')
    with pytest.raises(PhraseError, match="column 3: ~5"):
        parse_list_item("ab~5")


def test_wildcards_know_british_spellings() -> None:
    """``apologis*`` also finds the American spelling that words are normalised to."""
    assert "apologized" in spelled_like("apologis")
