"""Tests of the settings of the room that measures voice and flow."""

from dataclasses import fields

import pytest

from speechcx.prosody.settings import NOT_IN_DIGEST, ProsodySettings


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"pitch_method": "praat"}, "pitch_method must be one of fast, yin, pyin, got 'praat'"),
        (
            {"pitch_low_hz": 500.0},
            "pitch_low_hz must be under pitch_high_hz 400.0, got 500.0",
        ),
        ({"voicing": 1.5}, "voicing must be over 0 and at most 1, got 1.5"),
        ({"non_talk_s": -3.0}, "non_talk_s must be 0 to 600, got -3.0"),
    ],
)
def test_wrong_values_are_refused(given: dict[str, object], message: str) -> None:
    """A wrong value is refused with the value and the rule."""
    with pytest.raises(ValueError, match=message):
        ProsodySettings(**given)  # type: ignore[arg-type]


def test_what_is_left_out_of_the_digest_exists() -> None:
    """Every name left out of the digest is a field."""
    assert {field.name for field in fields(ProsodySettings)} >= NOT_IN_DIGEST
