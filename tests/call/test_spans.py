"""Tests of the arithmetic of spans, on a grid of tenths where every answer can be counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.call import Span
from speechcx.call.spans import clip, intersect, join_spans, subtract, total_s, unite

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


def test_spans_are_clipped_at_the_end() -> None:
    """What lies behind the end of the file is cut off."""
    assert clip([Span(1, 3), Span(4, 9), Span(9, 10)], 5.0) == (Span(1, 3), Span(4, 5.0))


def test_spans_that_touch_are_one() -> None:
    """Speech of two voices in one channel is heard once."""
    assert (Span(1, 4), Span(5, 6)) == join_spans([Span(2, 4), Span(5, 6), Span(1, 3)])
