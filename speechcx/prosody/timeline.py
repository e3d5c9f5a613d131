"""Arithmetic of spans: union, intersection, what is left, and the shares of a file's time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from speechcx.call import Partition, Span
from speechcx.call.spans import join_spans

Spans = tuple[Span, ...]


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


def divide_time(
    duration_s: float, *, agent: Spans | None, customer: Spans | None, speech: Spans, hold: Spans, ivr: Spans
) -> Partition:
    """The partition of a file's time.

    Where classes meet, the first of these wins: speech, hold, machine, silence. So speech over hold
    music counts as speech, and nothing counts twice.

    Parameters
    ----------
    duration_s
        Length of the file.
    agent, customer
        When each party speaks; None where the parties are not trusted.
    speech
        When anybody speaks.
    hold, ivr
        Hold and machine stretches.
    """
    spoken = unite(clip(speech, duration_s))
    held = subtract(clip(hold, duration_s), spoken)
    machine = subtract(subtract(clip(ivr, duration_s), spoken), held)
    speech_s, hold_s, ivr_s = total_s(spoken), total_s(held), total_s(machine)
    agent_only_s = customer_only_s = both_s = None
    if agent is not None and customer is not None:
        both_s = total_s(intersect(clip(agent, duration_s), clip(customer, duration_s)))
        agent_only_s = total_s(subtract(clip(agent, duration_s), customer))
        customer_only_s = total_s(subtract(clip(customer, duration_s), agent))
    silence_s = max(0.0, duration_s - speech_s - hold_s - ivr_s)
    return Partition(duration_s, speech_s, hold_s, ivr_s, silence_s, agent_only_s, customer_only_s, both_s)


def find_silences(speech: Sequence[Span], conversation: Span, not_silent: Iterable[Span]) -> Spans:
    """Stretches of any length inside `conversation` with no speech and nothing of `not_silent`."""
    return subtract([conversation], [*speech, *not_silent])
