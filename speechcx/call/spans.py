"""Arithmetic of spans that several rooms need, and rooms never import each other."""

from __future__ import annotations

from collections.abc import Iterable

from speechcx.call.recording import Span


def join_spans(spans: Iterable[Span], gap_s: float = 0.0) -> tuple[Span, ...]:
    """Spans in order, those at most `gap_s` apart made one."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start_s - joined[-1].end_s <= gap_s:
            joined[-1] = Span(joined[-1].start_s, max(joined[-1].end_s, span.end_s))
        else:
            joined.append(span)
    return tuple(joined)
