"""A pattern drafted from the names in a folder that no known layout reads."""

import pytest

from speechcx.discover.layouts import guess_layouts
from speechcx.discover.pattern_draft import draft_pattern

PEOPLE = ("maria", "tom", "maria", "ann")
NUMBERS = ("4915123456", "4915123457", "4915123458", "4915123459")

DRAFTED = {
    "a time with other marks": (
        [f"{who}_C{no:04d}_2026-11-2{no}_09-15-0{no}.wav" for no, who in enumerate(PEOPLE)],
        "{agent}_{customer}_{started:%Y-%m-%d_%H-%M-%S}",
    ),
    "names with spaces": (
        [f"{who} o'hara - {number} - 20261102 0915.mp3" for who, number in zip(PEOPLE, NUMBERS, strict=True)],
        "{agent} - {customer} - {started:%Y%m%d %H%M}",
    ),
    "an extension, and the day first": (
        [f"rec-{200 + no % 2}-{number}-23.03.2026-09.15.0{no}.wav" for no, number in enumerate(NUMBERS)],
        "rec-{agent}-{customer}-{started:%d.%m.%Y-%H.%M.%S}",
    ),
    "twelve hours": (
        [f"{who} 03-{no + 11}-2026 at 09.15.00 PM +{number}.wav"
         for no, (who, number) in enumerate(zip(PEOPLE, NUMBERS, strict=True))],
        "{agent} {started:%m-%d-%Y at %I.%M.%S %p} {customer}",
    ),
    "seconds since 1970 and a direction": (
        [f"call_177244290{no}_{200 + no % 2}_{'in' if no % 2 else 'out'}.wav" for no in range(4)],
        "call_{started:epoch}_{agent}_{direction}",
    ),
    "one agent's folder": (
        [f"maria_C{no:04d}_2026-11-2{no}_09-15-0{no}.wav" for no in range(4)],
        "{agent}_{customer}_{started:%Y-%m-%d_%H-%M-%S}",
    ),
    "braces in the name": (
        [f"{{{who}}} {number} 2026-03-02 09.15.0{no}.wav" for no, (who, number) in
         enumerate(zip(PEOPLE, NUMBERS, strict=True))],
        "{{{agent}}} {customer} {started:%Y-%m-%d %H.%M.%S}",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("names", "pattern"), DRAFTED.values(), ids=DRAFTED)
def test_each_drafted_pattern_reads_all_names(names: list[str], pattern: str) -> None:
    """The drafted pattern is the one a person would write."""
    assert not guess_layouts(names)
    draft = draft_pattern(names, zone="Europe/London")
    assert draft is not None
    assert (draft.pattern, draft.read) == (pattern, len(names))


def test_the_roster_tells_which_part_is_the_agent() -> None:
    """Two parts look like people: the one whose texts are in the roster is the agent."""
    names = [f"{one}_{two}_2026-03-02T09.15.0{no}.wav" for no, (one, two) in
             enumerate([("smith", "Ann"), ("jones", "bob"), ("smith", "bob"), ("brown", "ann")])]  # fmt: skip
    draft = draft_pattern(names, zone="UTC", agents=("ann", "bob"))
    assert draft is not None
    assert draft.pattern == "{customer}_{agent}_{started:%Y-%m-%dT%H.%M.%S}"


@pytest.mark.parametrize(
    "names",
    [
        [f"{no:08x}.wav" for no in range(8)],
        ["loop.wav", "abc.wav", "x1.wav", "foo bar.wav"],
        # 3 April or 4 March: no name tells.
        [f"ann_{number}_03-04-2026_09-15-00.wav" for number in NUMBERS],
        # Two of one shape show too little.
        [f"ann_{number}_2026-03-02_09-15-00.wav" for number in NUMBERS[:2]],
        # As many shapes as names.
        ["a_2026-03-02_09-15-00.wav", "b c 2026-03-02_09-15-00.wav", "d.e-f,g 2026-03-02_09-15-00.wav"],
    ],
)
def test_nothing_is_drafted_where_names_tell_nothing(names: list[str]) -> None:
    """No time, one that could be two, too few names, or no common shape."""
    assert draft_pattern(names, zone="UTC") is None


def test_names_of_another_shape_are_left_unread() -> None:
    """Most names have one shape; the others are shown as not read."""
    names = [f"maria_C{no}_2026-11-2{no}_09-15-0{no}.wav" for no in range(5)] + ["test.wav", "x y.wav"]
    draft = draft_pattern(names, zone="UTC")
    assert draft is not None
    assert [one.is_read for one in draft.readings] == [True] * 5 + [False] * 2
