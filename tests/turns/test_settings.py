"""Tests of the settings of the room that finds turns."""

from dataclasses import fields

import pytest

from speechcx.turns.settings import NOT_IN_DIGEST, TurnSettings


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"channels": ("agent", "boss")}, "channels must name agent, customer, ivr, unknown, got 'boss'"),
        ({"speech_on": 0.0}, "speech_on must be over 0 and at most 1, got 0.0"),
        ({"speech_on": 0.2, "speech_off": 0.4}, "speech_off must not be over speech_on 0.2, got 0.4"),
        ({"turn_gap_s": -1.0}, "turn_gap_s must be 0 to 60, got -1.0"),
        ({"speakers": 7}, "speakers must be 1 to 6, got 7"),
    ],
)
def test_wrong_values_are_refused(given: dict[str, object], message: str) -> None:
    """A wrong value is refused with the value and the rule."""
    with pytest.raises(ValueError, match=message):
        TurnSettings(**given)  # type: ignore[arg-type]


def test_what_is_left_out_of_the_digest_exists() -> None:
    """Every name left out of the digest is a field."""
    assert {field.name for field in fields(TurnSettings)} >= NOT_IN_DIGEST


def test_settings_can_be_a_key() -> None:
    """Settings are hashable: engines are kept by them."""
    assert {TurnSettings(): 1}[TurnSettings()] == 1
