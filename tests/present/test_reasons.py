"""Reasons in words for people: who said what and when, never the pattern of a rule."""

import pytest

from speechcx.call import NEAREST, Hit
from speechcx.present.reasons import result_word, tell_doubt, tell_reason
from tests.factories import make_hit, make_result

PATTERN = 'said "my name is ?" | "this is {name}" by agent within first 45s'


def near(quote: str, fault: str) -> Hit:
    return make_hit("greeting", 0, party="customer", start_s=82.4, quote=quote, why=f"{NEAREST}{fault}")


def test_what_was_said_is_quoted_with_its_time() -> None:
    """Two quotes with time and party, and how many more there are."""
    hits = tuple(
        make_hit("promise", no, party="agent", start_s=50.0 + no, quote=f"I promise {no}", why=PATTERN)
        for no in range(3)
    )
    told = tell_reason("present", 'the agent at 0:50 "I promise 0", 3 times', hits)
    assert told == '0:50 agent "I promise 0", 0:51 agent "I promise 1" and 1 more'


@pytest.mark.parametrize(
    ("why", "told"),
    [
        (f"{PATTERN}: not found", "not said by the agent within the first 45s"),
        (f'{PATTERN}: not found; nearest: the agent at 0:24 "I don\'t see"',
         "not said by the agent within the first 45s"),
        ("said {digits:13-19}: not found", "not said"),
        ("none of 2 alternatives found, closest: said (cancel* | close) by customer: not found",
         "not said by the customer"),
        ("none of 2 ways: said (cancel* | close) by customer: not found", "not said by the customer"),
        ('there was no occasion for it: none of 2 ways: said "(speak | talk)": not found', "no occasion for it"),
        ("hold_s is 0, rule asks for > 5", "hold is 0 s; the rule asks for over 5 s"),
        ("hold_s is 0, asked is > 5", "hold is 0 s; the rule asks for over 5 s"),
        ("agent.talk_share is 0.62, rule asks for <= 0.6", "agent talk is 62 %; the rule asks for at most 60 %"),
        ("longest_silence_s is 16.2, no is > 15", "longest silence is 16.2 s; no means over 15 s"),
        ("step 1 not found: said (sorry | apolog*) by agent", "what it begins with was not found"),
        ("step 2 not found after step 1: said (sorry | apolog*) by agent",
         "it began, but what has to follow was not found"),
        ("step 2 did not happen after step 1: said (sorry | apolog*) by agent",
         "it began, but what has to follow was not found"),
    ],
)  # fmt: skip
def test_what_was_not_found_is_told_without_the_pattern(why: str, told: str) -> None:
    """By whom and where it was looked for; or the value of the measure and what was wanted."""
    assert told == tell_reason("absent", why, ())


def test_the_right_words_at_the_wrong_time_or_by_the_wrong_party_are_shown() -> None:
    """Words that were said, but not so, are named with what is wrong; half of a phrase is not."""
    whole = near("This call is recorded", "at 1:22, outside of first 60s")
    told = tell_reason("absent", f"{PATTERN}: not found", (whole,))
    assert told == '1:22 customer "This call is recorded", but at 1:22, outside of first 60s'
    half = near("this call", "3 words between, asked at most 2")
    assert "1:22" not in tell_reason("absent", f"{PATTERN}: not found", (half,))


@pytest.mark.parametrize(
    ("why", "told"),
    [
        ("the opening of the call was not recorded", "the opening of the call was not recorded"),
        (f"step 1 not found: {PATTERN}; but no words were recognised in this call",
         "no words were recognised in this call"),
        ("it is not known whether there was an occasion for it: the recording breaks off before the end of the call",
         "the recording breaks off before the end of the call"),
        (PATTERN, "its words do not decide it; --why shows the rule"),
    ],
)  # fmt: skip
def test_a_doubt_is_told_without_the_pattern(why: str, told: str) -> None:
    """What was not recorded, not recognised or not certain."""
    assert told == tell_doubt(why, ())


def test_the_words_in_doubt_are_quoted() -> None:
    """Where words were heard that may be it, they stand before the doubt."""
    why = 'somebody at 0:04 "this call is recorded", but it is not known whether that is the agent'
    hit = make_hit("notice", 0, party="unknown", start_s=4.0, quote="this call is recorded", result="cannot_tell",
                   why="it is not known whether that is the agent")  # fmt: skip
    told = tell_doubt(why, (hit,))
    assert told == '0:04 somebody "this call is recorded", but it is not known whether that is the agent'


def test_the_word_for_a_result() -> None:
    """Said, not said, measured, cannot tell."""
    measure = make_hit(
        "talk", None, start_s=None, end_s=None, party=None, quote="", why="hold_s is 90, rule asks for > 60"
    )
    assert result_word(make_result(value="present")) == "said"
    assert result_word(make_result(value="present", hits=(measure,))) == "measured"
    assert result_word(make_result(value="absent", hits=(), why=f"{PATTERN}: not found")) == "not said"
    assert result_word(make_result(value="absent", hits=(), why="hold_s is 0, rule asks for > 5")) == "not so"
    assert result_word(make_result(value="cannot_tell", hits=())) == "cannot tell"
