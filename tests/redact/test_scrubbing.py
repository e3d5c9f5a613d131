"""Quotes and reasons lose the words that were taken out of their call."""

from __future__ import annotations

from dataclasses import replace

from speechcx.call import PAYMENT
from speechcx.redact import RedactSettings, redact_conversation
from speechcx.redact.scrubbing import find_removed, reasons_of, scrub_assessment, scrub_text
from tests.factories import make_assessment, make_conversation, make_hit, make_result

SAID = (
    ("ch0", 0.5, "The card number please?"),
    ("ch1", 5.0, "It is four nine two nine one two three four"),
    ("ch1", 9.0, "five six seven eight one two three four."),
)


def test_part_of_a_number_in_a_quote_goes() -> None:
    """Half of a number, which alone is none, is known by the words that were taken out of the call."""
    before = make_conversation(SAID)
    removed = find_removed(before, redact_conversation(before, RedactSettings()))
    assert {"four", "nine", "seven"} < set(removed)
    assert "it" not in removed
    assert 'customer at 0:09 "[card number]"' == scrub_text(
        'customer at 0:09 "five six seven eight"', removed, PAYMENT
    )
    assert "two of four calls" == scrub_text("two of four calls", removed, PAYMENT)
    assert "five six seven eight" == scrub_text("five six seven eight", {}, PAYMENT)


def test_an_assessment_keeps_its_results() -> None:
    """Results and scores stay; quotes and reasons of results, answers and hits are treated."""
    heard = make_conversation(SAID)
    removed = find_removed(heard, redact_conversation(heard, RedactSettings()))
    hit = make_hit(quote="nine two nine one", why='said "nine two nine one"')
    judged = replace(make_assessment(heard), results=(make_result(why="nine two nine one", hits=(hit,)),))
    new = scrub_assessment(judged, lambda text: scrub_text(text, removed, PAYMENT))
    assert [result.value for result in judged.results] == [result.value for result in new.results]
    assert "[card number]" == new.results[0].hits[0].quote == new.results[0].why
    assert not any("nine" in reason for reason in reasons_of(new))
