"""Tests of the row of tokens and its links back to words, turns and times."""

from __future__ import annotations

import numpy as np

from speechcx.call import Party, Word
from speechcx.rules.matching.stream import SaidTurn, build_stream, find_passages, is_backchannel


def turn(
    no: int, speaker: str, start_s: float, text: str, *, sure: float = 0.9, party: Party = "agent"
) -> SaidTurn:
    """A turn with half a second for each word."""
    words = tuple(
        Word(word, start_s + 0.5 * i, start_s + 0.5 * (i + 1), sure) for i, word in enumerate(text.split())
    )
    return SaidTurn(no, speaker, party, start_s, start_s + 0.5 * len(words), words)


def test_tokens_link_back_to_words_and_times() -> None:
    """A token knows the original words it came from, their time, turn and party."""
    stream = build_stream([turn(3, "a", 10.0, "I don't know, um, four 12.")])
    assert ("i", "do", "not", "know", "412") == stream.tokens
    assert [0, 1, 1, 2, 4] == stream.first.tolist()
    assert [0, 1, 1, 2, 5] == stream.last.tolist()
    assert [10.0, 10.5, 10.5, 11.0, 12.0] == stream.start_s.tolist()
    assert 13.0 == stream.end_s[4]
    assert [3] * 5 == stream.turn.tolist()
    assert "don't know, um, four 12." == stream.quote(1, 5)


def test_quotes_keep_the_original_words() -> None:
    """A quote is what was written, with its fillers inside and none around."""
    stream = build_stream([turn(0, "a", 0.0, "Well, uh, Cancel it!")])
    assert "Well, uh, Cancel" == stream.quote(0, 2)
    assert "" == stream.quote(2, 2)


def test_a_listeners_sounds_do_not_end_a_passage() -> None:
    """A speaker goes on over the other's "mm-hm", but not over real words."""
    over = [
        turn(0, "a", 0.0, "this call may be"),
        turn(1, "b", 1.0, "mm-hm okay"),
        turn(2, "a", 2.2, "recorded"),
    ]
    assert [[0, 2], [1]] == [[t.no for t in passage] for passage in find_passages(over)]
    cut = [turn(0, "a", 0.0, "this call may be"), turn(1, "b", 1.0, "hold on"), turn(2, "a", 2.2, "recorded")]
    assert [[0], [1], [2]] == [[t.no for t in passage] for passage in find_passages(cut)]


def test_a_long_silence_ends_a_passage() -> None:
    """Three seconds of silence between two turns of one speaker end a passage; less does not."""
    assert 2 == len(find_passages([turn(0, "a", 0.0, "one"), turn(1, "a", 3.5, "two")]))
    assert 1 == len(find_passages([turn(0, "a", 0.0, "one"), turn(1, "a", 3.4, "two")]))


def test_passages_stand_apart() -> None:
    """Between passages lies a token that is no word."""
    stream = build_stream([turn(0, "a", 0.0, "one call"), turn(1, "b", 2.0, "yes please thanks")])
    assert ("1", "call", "", "yes", "please", "thanks") == stream.tokens
    assert -1 == stream.first[2]
    assert -1 == stream.turn[2]
    assert np.isnan(stream.start_s[2])
    assert stream.party_at(2) is None


def test_a_number_runs_on_over_turns_of_one_passage() -> None:
    """A card number read in two turns, with "okay" between, is one number."""
    turns = [
        turn(0, "a", 0.0, "4111 1111"),
        turn(1, "b", 1.0, "okay"),
        turn(2, "a", 2.0, "one one one one 1111"),
    ]
    assert "4111111111111111" == build_stream(turns).tokens[0]


def test_confidence_is_that_of_the_weakest_word() -> None:
    """A joined number is as sure as its least sure word, a redacted word not at all."""
    words = (Word("four", 0, 1, 0.9), Word("12", 1, 2, 0.3), Word("[redacted]", 2, 3, 0.9))
    stream = build_stream([SaidTurn(0, "a", "agent", 0.0, 3.0, words)])
    assert [0.3, 0.0] == stream.confidence.tolist()


def test_no_words_make_an_empty_row() -> None:
    """A call without words is an empty row, not an error."""
    stream = build_stream([SaidTurn(0, "a", "agent", 0.0, 3.0, ())])
    assert () == stream.tokens
    assert 0 == len(stream.start_s)


def test_backchannels_are_short_and_say_nothing() -> None:
    """Only a few listener's words are a back-channel."""
    assert is_backchannel(turn(0, "a", 0.0, "Uh-huh, okay."))
    assert not is_backchannel(turn(0, "a", 0.0, "okay cancel"))
    assert not is_backchannel(turn(0, "a", 0.0, "yes yes yes yes yes"))
