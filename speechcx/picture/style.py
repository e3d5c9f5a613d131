"""How things look: a colour, a hatching and a lightness for each party, so that grey print tells them apart too.

Blue and orange are those of Okabe and Ito's palette for all kinds of colour vision; good and bad differ in
colour and stand on different sides of a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from speechcx.call import Party
from speechcx.picture.annotations import Strip

INK, PALE, RULE = "#222222", "#8a8a8a", "#9a9a9a"
POSITIVE, NEGATIVE, NEUTRAL = "#00805c", "#c8500a", "#b5b5b5"
FLAGGED, FOUND = "#a3123f", "#3d5a45"
FULL_FLAG, HOLLOW_FLAG = "⚑", "⚐"
SHADES = {"hold": ("#f3e3b3", "...."), "ivr": ("#ddd3ee", "xxx"), "silence": ("#ececec", "")}
SHADE_INK = {"hold": "#7a5c00", "ivr": "#5b3f8c", "silence": "#666666"}


@dataclass(frozen=True, slots=True)
class Look:
    """A party's colour and hatching, and the colours of its further speakers, in turn."""

    colour: str
    hatch: str
    more: tuple[str, ...]


LOOKS: dict[Party, Look] = {
    "agent": Look("#0a5fa5", "", ("#57a0dd",)),
    "customer": Look("#e69f00", "////", ("#f3c969",)),
    "unknown": Look("#6a6f7a", "....", ("#3f9a94", "#9a78b5", "#a8913f", "#c07f6d", "#7c9a5a")),
    "ivr": Look("#8a63b8", "xxxx", ("#bba3d8",)),
}


def colour_speakers(strips: Sequence[Strip]) -> dict[str, str]:
    """A colour for each speaker: the party's, and others for its further speakers."""
    seen: dict[Party, int] = {}
    colours = {}
    for strip in strips:
        look = LOOKS[strip.party]
        count = seen.get(strip.party, 0)
        colours[strip.speaker] = look.more[(count - 1) % len(look.more)] if count else look.colour
        seen[strip.party] = count + 1
    return colours


def darken(colour: str) -> str:
    """A colour dark enough for text and thin lines."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    light = (0.3 * red + 0.59 * green + 0.11 * blue) / 255
    scale = 0.62 if light > 0.5 else 0.85
    return f"#{round(red * scale):02x}{round(green * scale):02x}{round(blue * scale):02x}"
