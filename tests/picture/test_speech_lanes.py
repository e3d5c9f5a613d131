"""Flags, turns and overlaps, read back from the SVG."""

from __future__ import annotations

from dataclasses import replace

import pytest

from speechcx.call import Call, Overlap, Peaks, Role, Span, Speech
from tests.factories import make_assessment, make_call, make_conversation, make_hit, make_reading, make_result
from tests.picture.conftest import Draw, change


def mono(split: str, speakers: tuple[str, ...]) -> Call:
    """A call in one channel with two unknown speakers, or one."""
    lines = [(speakers[i % len(speakers)], 1.0 + 5 * i, "some words here") for i in range(6)]
    heard = make_conversation(lines)
    turns = tuple(replace(turn, channel=0, confidence=0.6 + 0.08 * turn.no) for turn in heard.speech.turns)
    speech = Speech(split, speakers, turns)  # type: ignore[arg-type]
    heard = replace(heard, speech=speech, peaks=Peaks(10.0, (bytes(range(200)) * 3,)))
    roles = tuple(Role(name, "unknown", 0.5, "words", "not clear") for name in speakers)
    return Call(heard, make_assessment(heard, reading=make_reading(heard, roles=roles)))


def test_kinds_of_overlap_are_told_apart(draw: Draw) -> None:
    """Each overlap is drawn as what it is, and the legend has just these kinds."""
    kinds = ("interruption", "overlap", "overlap", "backchannel")
    overlaps = tuple(
        Overlap(Span(5 * i, 5 * i + 1), "customer", "ch1", kind) for i, kind in enumerate(kinds, 1)
    )
    call = make_call()
    drawn = draw(change(call, reading={"flow": replace(call.assessment.reading.flow, overlaps=overlaps)}))
    assert [1, 2, 1] == [drawn.count(kind) for kind in ("interruption", "overlap", "backchannel")]
    legend = ["interrupts", "both at once", "shows listening"]
    assert all(drawn.says(text) for text in legend)
    none = draw(change(call, reading={"flow": replace(call.assessment.reading.flow, overlaps=())}))
    assert not any(none.says(text) for text in legend)


@pytest.mark.parametrize(
    ("split", "speakers", "said"),
    [
        ("unsplit", ("s0",), "one channel, speakers not told apart"),
        ("diarized", ("s0", "s1"), "one channel, speakers told apart by voice"),
        ("diarized", ("s0", "s1", "s2", "s3"), "one channel, speakers told apart by voice"),
    ],
)
def test_one_channel(draw: Draw, split: str, speakers: tuple[str, ...], said: str) -> None:
    """A mono call has one waveform, a row for each speaker, and says how they were told apart."""
    drawn = draw(mono(split, speakers))
    assert 1 == sum(name.startswith("sound-") for name in drawn.ids)
    assert 6 == drawn.count("turn")
    assert drawn.says(said)
    assert all(drawn.says(f"unknown {name}") for name in speakers)


def test_many_hits_get_a_row_for_each_rule(draw: Draw) -> None:
    """Where names would pile up, each rule is named once in front of its own row of flags."""
    results = tuple(
        make_result(f"r{i}", title=f"Rule {i}: a name as long as people give them", flagged=i == 7,
                    hits=tuple(make_hit(start_s=at + i, end_s=at + i + 1) for at in (2, 22, 42)))
        for i in range(8)
    )  # fmt: skip
    call = make_call()
    drawn = draw(replace(call, assessment=replace(call.assessment, results=results)))
    assert 24 == drawn.count("flag")
    assert [1] * 8 == [drawn.texts.count(f"Rule {i}: a name as long as people give them") for i in range(8)]
    assert (3, 21) == tuple(sum(text == sign for text in drawn.texts) for sign in "⚑⚐")
