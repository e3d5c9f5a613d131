"""Colours: told apart by those who do not see them, and on grey paper."""

from itertools import combinations

from speechcx.picture.looks import LOOKS, NEGATIVE, POSITIVE, colour_speakers, darken
from speechcx.picture.marks import Strip


def light(colour: str) -> float:
    """CIE lightness, 0 to 100."""
    linear = [(int(colour[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * max(luminance, 0.0089) ** (1 / 3) - 16


def test_agent_and_customer_differ_in_grey() -> None:
    """They lie 25 steps of lightness apart, and no two parties share both lightness and hatching."""
    assert abs(light(LOOKS["agent"].colour) - light(LOOKS["customer"].colour)) >= 25
    for first, second in combinations(LOOKS.values(), 2):
        assert first.hatch != second.hatch


def test_second_speaker_of_a_party_has_its_own_colour() -> None:
    """Two unknown speakers are two greys; a party's second speaker is lighter than its first."""
    strips = [Strip("s0", "unknown", 0, "s0"), Strip("s1", "unknown", 0, "s1")]
    colours = colour_speakers(strips)
    assert light(colours["s1"]) > light(colours["s0"]) + 10


def test_text_is_dark_enough_to_read() -> None:
    """Names in a speaker's colour keep a contrast of 4.5 to 1 on white."""
    for colour in [look.colour for look in LOOKS.values()]:
        luminance = ((light(darken(colour)) + 16) / 116) ** 3
        assert 1.05 / (luminance + 0.05) >= 4.5, colour
    assert POSITIVE != NEGATIVE
