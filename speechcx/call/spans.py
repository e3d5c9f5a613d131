"""Arithmetic of spans that several rooms need, and rooms never import each other: joined, union, what is left."""

from __future__ import annotations

from collections.abc import Iterable

from speechcx.call.recording import Span

Spans = tuple[Span, ...]


def join_spans(spans: Iterable[Span], gap_s: float = 0.0) -> tuple[Span, ...]:
    """Spans in order, those at most `gap_s` apart made one."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start_s - joined[-1].end_s <= gap_s:
            joined[-1] = Span(joined[-1].start_s, max(joined[-1].end_s, span.end_s))
        else:
            joined.append(span)
    return tuple(joined)


def unite(spans: Iterable[Span]) -> Spans:
    """The time covered by any of `spans`: sorted, apart, without empty ones."""
    return join_spans(span for span in spans if span.duration_s > 0)


def intersect(first: Iterable[Span], second: Iterable[Span]) -> Spans:
    """The time covered by both."""
    a, b = unite(first), unite(second)
    shared, i, j = [], 0, 0
    while i < len(a) and j < len(b):
        start_s, end_s = max(a[i].start_s, b[j].start_s), min(a[i].end_s, b[j].end_s)
        if start_s < end_s:
            shared.append(Span(start_s, end_s))
        if a[i].end_s < b[j].end_s:
            i += 1
        else:
            j += 1
    return tuple(shared)


def subtract(spans: Iterable[Span], taken: Iterable[Span]) -> Spans:
    """The time covered by `spans` and not by `taken`."""
    holes = unite(taken)
    left, j = [], 0
    for span in unite(spans):
        at_s = span.start_s
        while j < len(holes) and holes[j].end_s <= at_s:
            j += 1
        k = j
        while k < len(holes) and holes[k].start_s < span.end_s:
            if holes[k].start_s > at_s:
                left.append(Span(at_s, holes[k].start_s))
            at_s = max(at_s, holes[k].end_s)
            k += 1
        if at_s < span.end_s:
            left.append(Span(at_s, span.end_s))
    return tuple(left)


def clip(spans: Iterable[Span], duration_s: float) -> Spans:
    """`spans` cut off at the end of the file."""
    return tuple(
        Span(min(span.start_s, duration_s), min(span.end_s, duration_s))
        for span in spans
        if span.start_s < duration_s
    )


def total_s(spans: Iterable[Span]) -> float:
    """Seconds covered by any of `spans`."""
    return sum(span.duration_s for span in unite(spans))
