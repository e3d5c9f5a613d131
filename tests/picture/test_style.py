"""Colours: told apart by those who do not see them, and on grey paper."""

from itertools import combinations

from speechcx.picture.annotations import Strip
from speechcx.picture.style import LOOKS, NEGATIVE, POSITIVE, colour_speakers, darken


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


def test_further_speakers_of_a_party_have_their_own_colours() -> None:
    """Six unknown speakers have six colours, and each is darker than the grey of sound that is no turn."""
    strips = [Strip(f"s{i}", "unknown", 0, f"s{i}") for i in range(6)]
    colours = colour_speakers(strips)
    assert 6 == len(set(colours.values()))
    assert all(light(colour) < 70 for colour in colours.values())


def test_text_is_dark_enough_to_read() -> None:
    """Names in a speaker's colour keep a contrast of 4.5 to 1 on white."""
    for colour in [look.colour for look in LOOKS.values()]:
        luminance = ((light(darken(colour)) + 16) / 116) ** 3
        assert 1.05 / (luminance + 0.05) >= 4.5, colour
    assert POSITIVE != NEGATIVE
