"""Tests of the arithmetic of spans, on a grid of tenths where every answer can be counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.call import Span
from speechcx.prosody.timeline import (
    clip,
    divide_time,
    find_silences,
    intersect,
    subtract,
    total_s,
    unite,
)

Tenths = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 40)), max_size=10)


def spans(pairs: list[tuple[int, int]]) -> tuple[Span, ...]:
    return tuple(Span(a / 10, (a + n) / 10) for a, n in pairs)


def cells(pairs: list[tuple[int, int]]) -> set[int]:
    return {i for a, n in pairs for i in range(a, a + n)}


def counted(found: tuple[Span, ...]) -> set[int]:
    return {i for s in found for i in range(round(s.start_s * 10), round(s.end_s * 10))}


@given(Tenths, Tenths)
def test_spans_are_sets_of_moments(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> None:
    """Union, intersection and difference are those of the moments covered."""
    a, b = spans(first), spans(second)
    assert counted(unite((*a, *b))) == cells(first) | cells(second)
    assert counted(intersect(a, b)) == cells(first) & cells(second)
    assert counted(subtract(a, b)) == cells(first) - cells(second)
    assert total_s(a) == pytest.approx(len(cells(first)) / 10)


@given(Tenths)
def test_united_spans_are_sorted_and_apart(pairs: list[tuple[int, int]]) -> None:
    """A union has no empty span, and a gap between any two."""
    united = unite(spans(pairs))
    assert all(span.duration_s > 0 for span in united)
    assert all(one.end_s < other.start_s for one, other in zip(united, united[1:]))  # noqa: B905, RUF007


@given(Tenths, Tenths, Tenths, Tenths, st.floats(0.5, 30))
def test_the_partition_adds_up(
    agent: list[tuple[int, int]],
    customer: list[tuple[int, int]],
    hold: list[tuple[int, int]],
    ivr: list[tuple[int, int]],
    duration_s: float,
) -> None:
    """All classes add up to the file's length, the parties to the speech, and nothing is negative."""
    part = divide_time(
        duration_s,
        agent=spans(agent),
        customer=spans(customer),
        speech=spans(agent + customer),
        hold=spans(hold),
        ivr=spans(ivr),
    )
    whole = part.speech_s + part.hold_s + part.ivr_s + part.silence_s
    assert whole == pytest.approx(duration_s, abs=0.01)
    assert part.agent_only_s is not None
    assert part.customer_only_s is not None
    assert part.both_s is not None
    assert part.agent_only_s + part.customer_only_s + part.both_s == pytest.approx(part.speech_s, abs=1e-6)
    assert min(part.speech_s, part.hold_s, part.ivr_s, part.silence_s, part.both_s) >= 0


def test_speech_goes_before_hold_and_hold_before_machine() -> None:
    """Where classes meet, the first of speech, hold and machine counts."""
    part = divide_time(
        10.0,
        agent=None,
        customer=None,
        speech=(Span(0, 2),),
        hold=(Span(1, 5),),
        ivr=(Span(4, 7),),
    )
    assert (part.speech_s, part.hold_s, part.ivr_s, part.silence_s) == (2.0, 3.0, 2.0, 3.0)
    assert part.agent_only_s is None


def test_spans_are_clipped_at_the_end() -> None:
    """What lies behind the end of the file is cut off."""
    assert clip([Span(1, 3), Span(4, 9), Span(9, 10)], 5.0) == (Span(1, 3), Span(4, 5.0))


@given(Tenths, Tenths)
def test_silence_is_apart_from_all_sound(speech: list[tuple[int, int]], hold: list[tuple[int, int]]) -> None:
    """No silence overlaps speech or hold, and all of them fill the conversation."""
    conversation = Span(2.0, 18.0)
    silent = find_silences(spans(speech), conversation, spans(hold))
    assert counted(silent) == set(range(20, 180)) - cells(speech) - cells(hold)
