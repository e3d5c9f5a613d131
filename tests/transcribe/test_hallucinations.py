"""Invented words are dropped, said words are kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechcx.call import Span, Word
from speechcx.transcribe.hallucinations import Gates, RecognisedStretch, drop_invented

GATES = Gates()
SPEECH = (Span(0.0, 10.0), Span(30.0, 40.0))


def say(text: str, start_s: float = 0.0, *, confidence: float = 0.9, word_s: float = 0.3) -> tuple[Word, ...]:
    return tuple(
        Word(each, start_s + no * word_s, start_s + (no + 1) * word_s, confidence)
        for no, each in enumerate(text.split())
    )


def stretch(
    *words: Word, logprob: float = -0.3, no_speech: float = 0.05, ratio: float = 1.2
) -> RecognisedStretch:
    return RecognisedStretch(words, logprob, no_speech, ratio)


def kept(one: RecognisedStretch) -> str:
    words, _ = drop_invented([one], SPEECH, GATES)
    return " ".join(word.text for word in words)


def reasons(one: RecognisedStretch) -> list[str]:
    return [each.reason for each in drop_invented([one], SPEECH, GATES)[1]]


def test_plain_speech_stays() -> None:
    """What was said clearly in speech is kept to the word."""
    text = "Thank you for calling. How can I help you today?"
    assert text == kept(stretch(*say(text)))


def test_improbable_words_over_no_speech_go() -> None:
    """Whisper's own gate: no speech likely and words improbable."""
    one = stretch(*say("something was said"), logprob=-1.4, no_speech=0.8)
    assert ("", ["no_speech"]) == (kept(one), reasons(one))


@pytest.mark.parametrize(("logprob", "no_speech"), [(-0.4, 0.9), (-1.4, 0.2)])
def test_one_sign_alone_is_not_enough(logprob: float, no_speech: float) -> None:
    """Improbable words in speech stay, and so do probable words where no speech was likely."""
    assert "I said this" == kept(stretch(*say("I said this"), logprob=logprob, no_speech=no_speech))


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for watching!",
        "Thank you so much for watching.",
        "Please subscribe to my channel.",
        "Subtitles by the Amara.org community",
        "Thank you.",
        "you",
        "Bye.",
        "See you next time.",
    ],
)
def test_stock_phrases_where_nobody_speaks_go(text: str) -> None:
    """Sentences learned from subtitles are dropped where there is no speech under them."""
    one = stretch(*say(text, 20.0, confidence=0.6))
    assert ("", ["stock_phrase"]) == (kept(one), reasons(one))


@pytest.mark.parametrize("text", ["Thank you.", "Bye bye.", "Thanks for watching the account for me."])
def test_stock_phrases_that_were_said_stay(text: str) -> None:
    """The same words stay where somebody speaks and they are clear."""
    assert text == kept(stretch(*say(text, 1.0)))


def test_a_clear_stock_phrase_outside_speech_stays() -> None:
    """Voice activity can miss quiet speech: clear words are never dropped for it alone."""
    assert "Thank you." == kept(stretch(*say("Thank you.", 20.0, confidence=0.95)))


def test_a_doubtful_stock_phrase_over_likely_silence_goes() -> None:
    """Inside a false stretch of speech, a stock phrase needs two more signs to be dropped."""
    doubtful = say("Thank you.", 1.0, confidence=0.3)
    assert "" == kept(stretch(*doubtful, no_speech=0.7))
    assert "Thank you." == kept(stretch(*doubtful, no_speech=0.3))


def test_doubtful_words_outside_speech_go() -> None:
    """Words with no speech under them are dropped if they are doubtful; their neighbours stay."""
    one = stretch(*say("we sell cars", 9.0), *say("and more things", 15.0, confidence=0.2))
    assert ("we sell cars", ["outside_speech"]) == (kept(one), reasons(one))


def test_a_loop_keeps_its_first_round() -> None:
    """Of a phrase that repeats and repeats, one round is kept when the text is repetitive."""
    one = stretch(*say("I am going to the store and " * 1 + "I was there " * 8), ratio=3.5)
    assert "I am going to the store and I was there" == kept(one)
    (dropped,) = drop_invented([one], SPEECH, GATES)[1]
    assert ("loop", 21) == (dropped.reason, dropped.words)


def test_a_loop_faster_than_speech_goes() -> None:
    """Repeats that leave no time to speak them are invented, however sure."""
    assert "no" == kept(stretch(*say("no " * 12, word_s=0.02)))


@pytest.mark.parametrize("text", ["No no no no no no no no no.", "one two one two one two one two one two"])
def test_people_repeat_themselves(text: str) -> None:
    """Clear repeats at the pace of speech stay."""
    assert text == kept(stretch(*say(text)))


def test_digits_are_no_loop() -> None:
    """A number with repeated digits is short enough to stay whatever its confidence."""
    assert "five five five one one one one" == kept(
        stretch(*say("five five five one one one one", confidence=0.3))
    )


def test_a_doubtful_word_spread_over_silence_goes_with_its_sentence() -> None:
    """A word of low confidence that lasts longer than words do was never said."""
    spread = (Word("Okay,", 1.0, 9.0, 0.15), *say("easy today.", 9.0, confidence=0.7))
    one = stretch(*say("I see.", 0.2), *spread)
    assert ("I see.", ["no_speech"]) == (kept(one), reasons(one))


def test_a_word_stretched_into_a_pause_stays() -> None:
    """Alignment may stretch a word that was said over a pause: a sure word, or sure company, keeps it."""
    assert "Right." == kept(stretch(Word("Right.", 1.0, 4.0, 0.8)))
    assert "Um, I see that here." == kept(stretch(Word("Um,", 1.0, 3.5, 0.2), *say("I see that here.", 3.5)))


def test_babble_without_spaces_is_a_loop() -> None:
    """A word of endless letters goes; long addresses and numbers that people read out stay."""
    assert "well" == kept(stretch(*say("well A-O-M-O-A-A-A-A-A-A-A-A-A-A-A-A-A-A-A")))
    read_out = (
        "northwindbank.com/online-banking 4111-1111-1111-1111-ext-2040 donaudampfschifffahrtsgesellschaft"
    )
    assert read_out == kept(stretch(*say(read_out)))


def test_dropped_words_are_counted() -> None:
    """What was dropped keeps its time, number and confidence."""
    (dropped,) = drop_invented([stretch(*say("Thanks for watching", 20.0, confidence=0.5))], SPEECH, GATES)[1]
    assert (20.0, 3, 0.5) == (dropped.span.start_s, dropped.words, pytest.approx(dropped.confidence))


def test_an_empty_stretch() -> None:
    """Nothing recognised, nothing dropped."""
    assert ((), ()) == drop_invented([stretch()], SPEECH, GATES)


spoken = st.lists(
    st.tuples(
        st.sampled_from(["yes", "no", "thank", "you.", "for", "watching.", "bye."]),
        st.floats(0, 50),
        st.floats(0, 1),
    ),
    max_size=25,
)


@settings(deadline=None)
@given(spoken, st.floats(-3, 0), st.floats(0, 1), st.floats(0.5, 6))
def test_every_word_is_kept_or_counted(
    rows: list[tuple[str, float, float]], logprob: float, no_speech: float, ratio: float
) -> None:
    """No word vanishes: what is not kept is in the count."""
    words = [
        Word(text, at_s, at_s + 0.2, confidence)
        for text, at_s, confidence in sorted(rows, key=lambda row: row[1])
    ]
    left, dropped = drop_invented(
        [stretch(*words, logprob=logprob, no_speech=no_speech, ratio=ratio)], SPEECH, GATES
    )
    assert len(words) == len(left) + sum(each.words for each in dropped)
    assert list(left) == sorted(left, key=lambda word: (word.start_s, word.end_s))


@settings(deadline=None)
@given(spoken)
def test_confident_speech_is_never_lost(rows: list[tuple[str, float, float]]) -> None:
    """Words of high confidence, spoken at a human pace in a text that does not repeat itself, all stay."""
    words = [Word(text, no * 0.3, no * 0.3 + 0.25, 0.9) for no, (text, _, _) in enumerate(rows)]
    left, dropped = drop_invented([stretch(*words)], SPEECH, GATES)
    assert (tuple(words), ()) == (left, dropped)
