"""Small forms of exact numbers: rounded ones as whole numbers, lists of them as a few bytes each.

A turn has some twenty measures and fifteen words. Eight bytes a number would make them three times
the size of the text. Rooms round what they return (0.001 s, 0.01 dB), so a whole number of
thousandths or hundredths says the same; a number that is not so round is kept whole. Nothing is
ever rounded here: what comes out equals what went in.
"""

from __future__ import annotations

import math
import struct
import sys
from array import array
from collections.abc import Sequence
from itertools import accumulate, chain
from operator import sub

from speechcx.call import Span, Word

Fixed = int | float | None
"""A whole number of thousandths (or hundredths), a float that stands for itself, or nothing."""

_LARGEST = 2**53


def to_fixed(value: float | None, scale: int) -> Fixed:
    """`value` as a whole number of ``1 / scale``, where that is exactly the same number.

    Raises
    ------
    ValueError
        The value is not finite: what could not be measured is None.
    """
    if value is None:
        return None
    value = float(value)
    if not math.isfinite(value):
        raise ValueError(f"a measure must be a finite number or None with a reason, got {value}")
    if abs(value) * scale >= _LARGEST:
        return value
    whole = round(value * scale)
    return whole if whole / scale == value else value


def from_fixed(value: Fixed, scale: int) -> float | None:
    """What :func:`to_fixed` was given."""
    return value / scale if type(value) is int else value


# --- lists of numbers

_CODES = "bhiqd"
_SCALES = (100, 1000)


def _wholes(values: list[float]) -> tuple[int, list[int]]:
    """Place in ``_SCALES`` at which all values are whole, and those; -1 where there is none."""
    try:
        for index, scale in enumerate(_SCALES):
            numbers = [round(value * scale) for value in values]
            if [number / scale for number in numbers] == values and max(map(abs, numbers)) < _LARGEST:
                return index, numbers
    except (OverflowError, ValueError):
        raise ValueError(f"times and confidences must be finite numbers, got {values}") from None
    return -1, []


def _pack_whole(numbers: Sequence[int]) -> bytes:
    low, high = min(numbers), max(numbers)
    for index, bits in enumerate((7, 15, 31, 63)):
        if -(1 << bits) <= low and high < 1 << bits:
            return bytes([index]) + _raw(array(_CODES[index], numbers))
    raise ValueError(f"a number out of {low}..{high} is too large to keep")


def _pack_floats(values: Sequence[float]) -> bytes:
    return bytes([_CODES.index("d")]) + _raw(array("d", values))


def _raw(numbers: array[int] | array[float]) -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _unpack(packed: bytes, at: int, count: int) -> tuple[list[int], int]:
    """The numbers at a place, and the place after them."""
    numbers = array(_CODES[packed[at]])
    end = at + 1 + count * numbers.itemsize
    numbers.frombytes(packed[at + 1 : end])
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tolist(), end


# --- words: texts, times, confidences

_LISTED, _WIDE = 16, 32
"""Bits of the first byte: the texts of the words are listed; the counts take more than a byte.

The two pairs of bits below them are the scales of times and confidences, 0 for plain floats.
"""


def pack_words(words: Sequence[Word], text: str) -> bytes | None:
    """The words of a turn in some four bytes each; None for no words.

    Parameters
    ----------
    words
        The words.
    text
        The text of the turn: words that are its parts are not kept twice.

    Returns
    -------
    bytes
        A byte that says how, the number of words, the first start, then gaps, durations and
        confidences, then the texts where they are not the parts of `text`.
    """
    if not words:
        return None
    count, texts = len(words), [word.text for word in words]
    time_scale, times = _wholes([word.start_s for word in words] + [word.end_s for word in words])
    sure_scale, sureness = _wholes([word.confidence for word in words])
    how = (time_scale + 1) | (sure_scale + 1) << 2
    starts, ends = times[:count], times[count:]
    if texts != text.split():
        how |= _LISTED
    if count > 255 or (times and not -(2**31) <= times[0] < 2**31):
        how |= _WIDE
    form = "<Bqq" if how & _WIDE else "<BBi"
    parts = [struct.pack(form, how, count, times[0] if times else 0)]
    if time_scale < 0:
        parts += [
            _pack_floats([word.start_s for word in words]),
            _pack_floats([word.end_s for word in words]),
        ]
    else:
        parts.append(_pack_whole([0, *map(sub, starts[1:], ends)]))
        parts.append(_pack_whole(list(map(sub, ends, starts))))
    parts.append(_pack_whole(sureness) if sure_scale >= 0 else _pack_floats([w.confidence for w in words]))
    if how & _LISTED:
        raw = [word.encode() for word in texts]
        parts += [_pack_whole([len(word) for word in raw]), *raw]
    return b"".join(parts)


def unpack_words(packed: bytes | None, text: str) -> tuple[Word, ...]:
    """The words that :func:`pack_words` was given, with the same `text`."""
    if packed is None:
        return ()
    form = "<Bqq" if packed[0] & _WIDE else "<BBi"
    how, count, first = struct.unpack_from(form, packed)
    at = struct.calcsize(form)
    time_scale, sure_scale = (how & 3) - 1, (how >> 2 & 3) - 1
    starts: Sequence[float]
    ends: Sequence[float]
    gaps, at = _unpack(packed, at, count)
    lengths, at = _unpack(packed, at, count)
    if time_scale < 0:
        starts, ends = gaps, lengths
    else:
        scale = _SCALES[time_scale]
        edges = list(accumulate(chain.from_iterable(zip(gaps, lengths, strict=True)), initial=first))
        starts, ends = [edge / scale for edge in edges[1::2]], [edge / scale for edge in edges[2::2]]
    sureness, at = _unpack(packed, at, count)
    sures = [number / _SCALES[sure_scale] for number in sureness] if sure_scale >= 0 else sureness
    texts = _unpack_texts(packed, at, count) if how & _LISTED else text.split()
    return tuple(map(Word, texts, starts, ends, sures))


def _unpack_texts(packed: bytes, at: int, count: int) -> list[str]:
    lengths, at = _unpack(packed, at, count)
    texts = []
    for length in lengths:
        texts.append(packed[at : at + length].decode())
        at += length
    return texts


# --- the stretches of speech inside a turn


def pack_spans(spans: Sequence[Span]) -> bytes | None:
    """The edges between several stretches of speech; None for a single one.

    The very first and last edge are those of the turn, and are not kept again.
    """
    if len(spans) == 1:
        return None
    inner = [edge for span in spans for edge in (span.start_s, span.end_s)][1:-1]
    scale, numbers = _wholes(inner)
    head = struct.pack("<BI", scale + 1, len(inner))
    return head + (_pack_floats(inner) if scale < 0 else _pack_whole(numbers))


def unpack_spans(packed: bytes | None, whole: Span) -> tuple[Span, ...]:
    """The stretches that :func:`pack_spans` was given, of a turn that is `whole`."""
    if packed is None:
        return (whole,)
    code, count = struct.unpack_from("<BI", packed)
    numbers, _ = _unpack(packed, struct.calcsize("<BI"), count)
    inner = [number / _SCALES[code - 1] for number in numbers] if code else numbers
    edges = [whole.start_s, *inner, whole.end_s]
    return tuple(Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True))
