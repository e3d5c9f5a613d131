"""A stretch of a turn around what was looked for, cut into pieces that are a match or are not."""

from __future__ import annotations

from dataclasses import dataclass

BEFORE, LONGEST = 60, 220
"""Characters shown before the first match, and in all."""


@dataclass(frozen=True, slots=True)
class SnippetPiece:
    """A part of a snippet; `is_match` where it is what was looked for."""

    text: str
    is_match: bool


def cut_snippet(text: str, spans: list[tuple[int, int]]) -> tuple[SnippetPiece, ...]:
    """The stretch of `text` around the first of the spans; its beginning where there are none.

    Parameters
    ----------
    text
        What was said.
    spans
        (start, end) of the matches, in order and apart.
    """
    first = spans[0][0] if spans else 0
    start = _space_before(text, first - BEFORE) if first > BEFORE else 0
    end = min(len(text), max(start + LONGEST, spans[0][1] if spans else 0))
    end = _space_before(text, end) if end < len(text) else end
    if spans:
        end = max(end, spans[0][1])
    pieces = [SnippetPiece("… ", False)] if start else []
    at = start
    for low, high in spans:
        if high > end:
            break
        if low > at:
            pieces.append(SnippetPiece(text[at:low], False))
        pieces.append(SnippetPiece(text[low:high], True))
        at = high
    if at < end:
        pieces.append(SnippetPiece(text[at:end], False))
    if end < len(text):
        pieces.append(SnippetPiece(" …", False))
    return tuple(pieces)


def _space_before(text: str, place: int) -> int:
    """The end of the last word that ends by `place`; `place` itself in a word without end."""
    found = text.rfind(" ", 0, place)
    return found + 1 if found > 0 else place
