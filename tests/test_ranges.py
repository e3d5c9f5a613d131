"""The sane range of a setting is declared once, and checked whoever makes the settings."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated, get_type_hints

import pytest

from speechcx.config import Settings, describe_sections
from speechcx.ranges import Range, declared_ranges, expect_ranges


@dataclass(frozen=True, slots=True)
class Kettle:
    heat_share: Annotated[float, Range(0, 1, is_over=True)] = 0.5
    litres: Annotated[int, Range(1, 10_000)] = 2
    marks: Annotated[tuple[float, ...], Range(0, 5)] = ()
    name: str = "kettle"

    def __post_init__(self) -> None:
        expect_ranges(self)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"heat_share": 0.0}, "heat_share must be over 0 and at most 1, got 0.0"),
        ({"heat_share": float("nan")}, "got nan"),
        ({"heat_share": float("inf")}, "got inf"),
        ({"litres": 10_001}, "litres must be 1 to 10,000, got 10001"),
        ({"litres": 10**5000}, r"got a number over 10\^18"),
        ({"litres": -(10**30)}, r"got a number over -10\^18"),
        ({"marks": (1.0, float("nan"))}, "marks must be 0 to 5, got nan"),
    ],
)
def test_a_value_out_of_range_is_refused(given: dict[str, float], words: str) -> None:
    """Names the setting, its range and the value; no number is in range by being none."""
    with pytest.raises(ValueError, match=words):
        Kettle(**given)  # type: ignore[arg-type]


def test_the_ends_of_a_range_belong_to_it() -> None:
    """Both ends are legal, unless values must be over the lower."""
    assert Kettle(heat_share=1.0, litres=1, marks=(0, 5)).litres == 1


NUMERIC = [item for item in describe_sections() if "float" in item.type or "int" in item.type.split("[")[0]]


@pytest.mark.parametrize("item", NUMERIC, ids=lambda item: f"{item.section}.{item.key}")
def test_every_number_has_a_range(item) -> None:
    """A setting that is a number says what is sane: Annotated[float, Range(low, high)]."""
    assert item.range


def test_the_manual_shows_types_without_ranges_inside() -> None:
    """The range has its own words."""
    assert not [item for item in describe_sections() if "Range" in item.type]
    sections = {entry.name: type(entry.default_factory()) for entry in fields(Settings)}  # type: ignore[misc]
    for item in NUMERIC:
        assert str(declared_ranges(sections[item.section])[item.key]) == item.range
        assert item.key in get_type_hints(sections[item.section])
