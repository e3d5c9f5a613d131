"""Spans joined."""

from speechcx.call import Span
from speechcx.call.spans import join_spans


def test_spans_that_touch_are_one() -> None:
    """Speech of two voices in one channel is heard once."""
    assert (Span(1, 4), Span(5, 6)) == join_spans([Span(2, 4), Span(5, 6), Span(1, 3)])
