"""A conversation without its values: words, text, times, outline of the waveform and details."""

from __future__ import annotations

from dataclasses import replace

from speechcx.call import Conversation, Peaks, Span, Word
from speechcx.redact import RedactSettings, find_known_names, redact_conversation
from speechcx.redact.conversation_marks import flatten_peaks, redact_details
from tests.factories import make_conversation, make_details, make_recording

CARD = (
    ("ch0", 0.5, "Can I take the card number please?"),
    ("ch1", 5.0, "It is four one one one one one one one one one one one one one one one."),
    ("ch0", 12.0, "Thank you, that is all."),
)


def redacted(heard: Conversation, **settings: object) -> Conversation:
    """A conversation as it is kept."""
    return redact_conversation(heard, RedactSettings(**settings))  # type: ignore[arg-type]


def test_the_words_the_text_and_the_times_of_a_value() -> None:
    """A mark stands in the text and in the words, from the first word of the value to its last."""
    kept = redacted(make_conversation(CARD))
    assert "It is [card number]." == kept.utterances[1].text
    assert Word("[card number].", 5.6, 10.4, 0.9) == kept.utterances[1].words[2]
    (span,) = kept.redaction.spans
    assert (1, "card", Span(5.6, 10.4), 16) == (span.turn_no, span.kind, span.span, span.words)
    assert "card" in kept.redaction.kinds


def test_measures_of_pace_count_the_words_that_were_taken_out() -> None:
    """A turn has as many words as before."""
    heard = make_conversation(CARD)
    kept = redacted(heard)
    assert 18 == heard.count_words(1) == kept.count_words(1)


def test_a_turn_whose_words_have_no_times_goes_as_a_whole() -> None:
    """Where the place of a value in its turn is not known, the whole turn is the value."""
    heard = make_conversation(CARD)
    bare = replace(heard, utterances=tuple(replace(said, words=()) for said in heard.utterances))
    kept = redacted(bare)
    assert "[card number]" == kept.utterances[1].text
    assert heard.speech.turns[1].span == kept.redaction.spans[0].span
    assert heard.utterances[0].text == kept.utterances[0].text


def test_a_text_that_says_more_than_its_words_goes_as_a_whole() -> None:
    """A value that stands in the text of a turn and not in its words takes the turn."""
    heard = make_conversation(CARD)
    said = replace(heard.utterances[2], text="Thank you, that is 4111 1111 1111 1111.")
    kept = redacted(replace(heard, utterances=(*heard.utterances[:2], said)))
    assert "[card number]" == kept.utterances[2].text
    assert ["[card number]"] == [word.text for word in kept.utterances[2].words]


def test_a_turn_of_digits_of_which_half_were_not_written_down_goes_as_a_whole() -> None:
    """Speech without words beside eight digits may be the rest of a card number; beside a sentence it is not."""
    for text, is_taken in (("1 9 6 1 0 5 7 5", True), ("I paid 19 in 2019 and we met on the 6th", False)):
        heard = make_conversation((("ch0", 3.0, text),))
        (turn,) = heard.speech.turns
        end_s = turn.span.end_s + 3.0
        speech = (Span(0.5, 2.5), turn.span, Span(turn.span.end_s + 0.5, end_s))
        longer = replace(turn, span=Span(0.5, end_s), speech=speech)
        kept = redacted(replace(heard, speech=replace(heard.speech, turns=(longer,))))
        assert ([Span(0.5, end_s)] if is_taken else []) == [each.span for each in kept.redaction.spans]


def test_words_with_times_outside_of_their_turn() -> None:
    """A stretch without length becomes that of the turn: what is muted is never nothing."""
    heard = make_conversation(CARD)
    said = heard.utterances[1]
    odd = replace(said, words=tuple(replace(word, start_s=99.0, end_s=99.0) for word in said.words))
    kept = redacted(replace(heard, utterances=(heard.utterances[0], odd, heard.utterances[2])))
    assert heard.speech.turns[1].span == kept.redaction.spans[0].span


def test_redacting_twice_changes_nothing() -> None:
    """What was taken out stays out, and its place stays known."""
    once = redacted(make_conversation(CARD))
    assert once == redacted(once)


def test_redaction_that_is_switched_off() -> None:
    """Without redaction nothing is changed, and the call says that nothing was looked for."""
    heard = make_conversation(CARD)
    assert heard == redacted(heard, enabled=False)
    assert () == heard.redaction.kinds


def test_the_outline_of_a_value_is_level() -> None:
    """The waveform of a value and of a quarter second around it is one height in every channel."""
    peaks = Peaks(10.0, (bytes(range(0, 200, 2)), bytes(100)))
    level = flatten_peaks(peaks, [Span(2.0, 3.0)], 0.25)
    assert 1 == len(set(level.values[0][18:33]))
    assert peaks.values[0][:17] == level.values[0][:17]
    assert peaks.values[0][33:] == level.values[0][33:]
    assert peaks.values[1] == level.values[1]


def test_details_of_a_call_hold_no_value() -> None:
    """A note of another system loses its card number; a number that is only an id stays."""
    details = make_details(
        extras=(
            ("call_ref", "1234567890123456"),
            ("card_number", "4111111111111112"),
            ("note", "paid with 4111 1111 1111 1111"),
        )
    )
    kept = dict(redact_details(details, RedactSettings().wanted).extras)
    assert "1234567890123456" == kept["call_ref"]
    assert "[card number]" == kept["card_number"]
    assert "paid with [card number]" == kept["note"]


def test_names_only_where_the_settings_ask_for_them() -> None:
    """The agent's own name, the customer's and others have marks of their own."""
    said = (
        ("ch0", 0.5, "You are speaking with Wanda, how can I help?"),
        ("ch1", 5.0, "This is Sarah Jones."),
    )
    heard = make_conversation(said, recording=make_recording(agent="wanda.k"))
    assert heard.utterances == redacted(heard).utterances
    names = find_known_names(heard.recording.details)
    kept = redact_conversation(heard, RedactSettings(kinds=("name",)), names)
    assert ["You are speaking with [agent name], how can I help?", "This is [name]."] == [
        said.text for said in kept.utterances
    ]


def test_a_value_reaches_to_the_words_beside_it() -> None:
    """A number that a recogniser begins too late is muted from its turn's start, or from the end of the word before."""
    heard = make_conversation((*CARD[:1], ("ch1", 5.0, "4111 1111 1111 1111 okay"), CARD[2]))
    said = heard.utterances[1]
    late = tuple(replace(word, start_s=word.start_s + 0.2) for word in said.words)
    kept = redacted(
        replace(heard, utterances=(heard.utterances[0], replace(said, words=late), heard.utterances[2]))
    )
    assert Span(5.0, 6.4) == kept.redaction.spans[0].span
