"""What is to be seen of a call, before anything is drawn."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.call import Peaks, Span
from speechcx.picture.annotations import (
    clock,
    make_flags,
    make_heading,
    make_shades,
    make_strips,
    outline,
    place_labels,
    plain,
    text_width_in,
    tick_step,
)
from tests.factories import make_assessment, make_call, make_hit, make_result, make_score


def call_with(*results, **given):
    return make_call(assessment=make_assessment(results=results, **given))


def test_agents_come_first_with_their_names() -> None:
    """Strips are in the order agent, customer, whatever their channels; each carries its id."""
    call = make_call(agent="ann", customer="c-17")
    assert [("agent", "ann", 0), ("customer", "c-17", 1)] == [
        (strip.party, strip.name, strip.channel) for strip in make_strips(call)
    ]
    roles = call.assessment.reading.roles
    swapped = tuple(replace(r, party={"agent": "customer", "customer": "agent"}[r.party]) for r in roles)
    reading = replace(call.assessment.reading, roles=swapped)
    turned = replace(call, assessment=replace(call.assessment, reading=reading))
    assert [("agent", 1), ("customer", 0)] == [(s.party, s.channel) for s in make_strips(turned)]


def test_hits_become_flags_in_time() -> None:
    """A hit with a time is a flag with the rule's title; hits within 5 s of each other are one, counted."""
    hits = tuple(make_hit(start_s=at, end_s=at + 1) for at in (40.0, 5.0, 8.0, 11.0))
    flags = make_flags(call_with(make_result(hits=hits), make_result("b", title="", flagged=False)))
    assert [
        ("Customer wants to cancel", 5.0, 12.0, 3, True),
        ("b", 5.6, 6.8, 1, False),
        ("Customer wants to cancel", 40.0, 41.0, 1, True),
    ] == [(f.text, f.span.start_s, f.span.end_s, f.count, f.flagged) for f in flags]
    assert "Customer wants to cancel ×3" == flags[0].label


def test_what_has_no_moment_stands_in_the_heading() -> None:
    """Hidden rules, near misses and hits without a time are no flags; a flagged one is named above."""
    missed = make_result("m", title="No greeting", hits=(make_hit(start_s=None, end_s=None),))
    near = make_result("n", title="No notice", hits=(make_hit(result="absent"),))
    hidden = make_result("h", kind="hidden")
    call = call_with(missed, near, hidden)
    assert () == make_flags(call)
    assert "Flagged, at no particular time: No greeting, No notice" == make_heading(call)[2]


def test_many_rules_without_a_moment_are_counted() -> None:
    """The heading names six and counts the rest."""
    results = [make_result(f"r{i}", title=f"Rule {i}", hits=()) for i in range(9)]
    assert make_heading(call_with(*results))[2].endswith("Rule 5 and 3 more")


def test_heading_says_who_when_and_the_score() -> None:
    """Call, agent, date and scores in the first line; what is unknown is said to be."""
    title, about, _ = make_heading(make_call(agent="ann"))
    for part in ("Call ", "agent ann", "2025-03-04 09:30", "of 100"):
        assert part in title
    assert "customer c-17" in about
    bare = call_with(scores=(make_score(score=None, why="nothing could be answered"),))
    heard = bare.conversation
    details = replace(heard.recording.details, agent=None, customer=None, started_at=None)
    heard = replace(heard, recording=replace(heard.recording, details=details))
    title, about, _ = make_heading(replace(bare, conversation=heard))
    for part in ("agent unknown", "date unknown", "without a score"):
        assert part in title
    assert "customer unknown" in about
    assert "not scored" in make_heading(call_with(scores=()))[0]


def test_hold_machine_and_silence_are_named() -> None:
    """Each kind of quiet is a shade with its name and length, in order of time."""
    call = make_call()
    speech = replace(call.conversation.speech, hold=(Span(30, 42.4),), ivr=(Span(0, 0.4),))
    call = replace(call, conversation=replace(call.conversation, speech=speech))
    assert [("ivr", "machine"), ("silence", "silence 5 s"), ("hold", "hold 12 s")] == [
        (shade.kind, shade.text) for shade in make_shades(call)
    ]


@given(st.text(max_size=200), st.integers(2, 60))
def test_plain_text_fits_an_svg(text: str, most: int) -> None:
    """No control characters or lone surrogates are left, and no more characters than allowed."""
    short = plain(text, most)
    assert len(short) <= most
    assert not any(ord(c) < 32 or 0xD800 <= ord(c) < 0xE000 for c in short)


@given(st.binary(max_size=400), st.integers(1, 100))
def test_outline_keeps_the_loudest(values: bytes, points: int) -> None:
    """However few points are drawn, the loudest moment is among them, and none is over 1."""
    drawn = outline(Peaks(10.0, (values,)), 0, points)
    assert len(drawn) <= points
    assert max(values, default=0) / 255 == max(drawn, default=0)


def test_outline_of_a_channel_that_is_not_stored_is_empty() -> None:
    """A missing channel gives no points, not silence."""
    assert () == outline(Peaks(10.0, ()), 0, 10)


@given(st.floats(0.1, 20_000), st.floats(5, 60))
def test_time_marks_are_readable(duration_s: float, width_in: float) -> None:
    """Marks stand at least 0.75 in apart as long as hours allow, and not needlessly far."""
    step = tick_step(duration_s, width_in)
    assert step * width_in / duration_s >= 0.75 or step == 3600
    assert step == 1 or (step / 3) * width_in / duration_s < 0.75


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (59.6, "1:00"), (61, "1:01"), (4500, "75:00")])
def test_clock_counts_minutes(seconds: float, shown: str) -> None:
    """Time is minutes:seconds, over an hour too."""
    assert shown == clock(seconds)


@given(st.lists(st.tuples(st.floats(0, 12), st.floats(0.1, 6)), max_size=30))
def test_labels_never_cover_each_other(labels: list[tuple[float, float]]) -> None:
    """No two labels of a row share a place, and one that fits at its left stays inside the picture."""
    labels.sort()
    placed = place_labels([at for at, _ in labels], [width for _, width in labels], most_in=12.0)
    boxes = [
        (p.row, at - width if p.leftward else at, at if p.leftward else at + width)
        for (at, width), p in zip(labels, placed, strict=True)
    ]
    for i, (row, low, high) in enumerate(boxes):
        assert high <= 12.0 or labels[i][0] < labels[i][1]
        assert all(r != row or high <= a or low >= b for r, a, b in boxes[i + 1 :])


def test_wide_characters_count_twice() -> None:
    """A label in Chinese characters takes twice the room of as many Latin ones."""
    assert 2 * text_width_in("ab", 8) == text_width_in("取消", 8)
