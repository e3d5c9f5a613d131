"""Small forms of exact numbers: measures as whole numbers, lists of times as a few bytes each.

A turn has some twenty measures and fifteen words. Eight bytes a number would make them three times
the size of the text. Rooms round what they return (0.001 s, 0.01 dB), so a whole number of
thousandths or hundredths says the same. Nothing is ever rounded here: what comes out equals what went in.
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

_LARGEST = 2**53


def to_fixed(value: float | None, scale: int) -> int | None:
    """`value` as a whole number of ``1 / scale``; None for None.

    Raises
    ------
    ValueError
        The value is not finite (what could not be measured is None), or has more digits than are kept: whoever
        makes a call rounds it by :mod:`speechcx.call.measures`.
    """
    if value is None:
        return None
    value = float(value)
    if not math.isfinite(value):
        raise ValueError(f"a measure must be a finite number or None with a reason, got {value}")
    whole = round(value * scale) if abs(value) * scale < _LARGEST else None
    if whole is None or whole / scale != value:
        raise ValueError(
            f"a measure that is kept in steps of {1 / scale:g} must be rounded to them, got {value}"
        )
    return whole


def from_fixed(value: int | None, scale: int) -> float | None:
    """What :func:`to_fixed` was given."""
    return None if value is None else value / scale


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

_LISTED, _SPARSE = 16, 32
"""Bits of the first byte: texts are listed, not being the parts of the text; of the gaps only those
that are not 0 are given, with their places. Most words begin where the one before ends.

The two pairs of bits below are the scales of times and confidences, 0 for plain floats.
"""


def pack_words(words: Sequence[Word], text: str, *, start_s: float) -> bytes | None:
    """The words of a turn in some three bytes each; None for no words.

    Parameters
    ----------
    words
        The words.
    text
        The text of the turn: words that are its parts are not kept twice.
    start_s
        Start of the turn: times are told from there.

    Returns
    -------
    bytes
        A byte that says how, then gaps, durations and confidences, then the texts where they are
        not the parts of `text`.
    """
    if not words:
        return None
    count, texts = len(words), [word.text for word in words]
    firsts, lasts = [word.start_s for word in words], [word.end_s for word in words]
    sures = [word.confidence for word in words]
    time_scale, times = _wholes(firsts + lasts)
    sure_scale, sureness = _wholes(sures)
    listed = texts != text.split()
    how = (time_scale + 1) | (sure_scale + 1) << 2 | (_LISTED if listed else 0)
    parts = [struct.pack("<I", count)] if listed else []
    if time_scale < 0:
        parts += [_pack_floats(firsts), _pack_floats(lasts)]
    else:
        starts, ends = times[:count], times[count:]
        gaps = list(map(sub, starts, [_origin(start_s, time_scale), *ends]))
        if (sparse := _pack_sparse(gaps)) is not None:
            how |= _SPARSE
        parts.append(sparse or _pack_whole(gaps))
        parts.append(_pack_whole(list(map(sub, ends, starts))))
    parts.append(_pack_whole(sureness) if sure_scale >= 0 else _pack_floats(sures))
    if listed:
        raw = [word.encode() for word in texts]
        parts += [_pack_whole([len(word) for word in raw]), *raw]
    return bytes([how]) + b"".join(parts)


def unpack_words(packed: bytes | None, text: str, *, start_s: float) -> tuple[Word, ...]:
    """The words that :func:`pack_words` was given, with the same `text` and `start_s`."""
    if packed is None:
        return ()
    how, at = packed[0], 1
    time_scale, sure_scale = (how & 3) - 1, (how >> 2 & 3) - 1
    if how & _LISTED:
        (count,), at = struct.unpack_from("<I", packed, at), at + 4
        texts = []
    else:
        texts = text.split()
        count = len(texts)
    starts: Sequence[float]
    ends: Sequence[float]
    gaps, at = (_unpack_sparse if how & _SPARSE else _unpack)(packed, at, count)
    lengths, at = _unpack(packed, at, count)
    if time_scale < 0:
        starts, ends = gaps, lengths
    else:
        scale, origin = _SCALES[time_scale], _origin(start_s, time_scale)
        edges = list(accumulate(chain.from_iterable(zip(gaps, lengths, strict=True)), initial=origin))
        starts, ends = [edge / scale for edge in edges[1::2]], [edge / scale for edge in edges[2::2]]
    sureness, at = _unpack(packed, at, count)
    sures = [number / _SCALES[sure_scale] for number in sureness] if sure_scale >= 0 else sureness
    return tuple(map(Word, texts or _unpack_texts(packed, at, count), starts, ends, sures))


def _pack_sparse(numbers: list[int]) -> bytes | None:
    """Number, places and values of what is not 0; None where that is no shorter."""
    places = [place for place, number in enumerate(numbers) if number]
    if 2 * len(places) + 3 >= len(numbers) or len(places) > 255 or len(numbers) > 127:
        return None
    if not places:
        return bytes([0])
    return bytes([len(places)]) + _pack_whole(places) + _pack_whole([numbers[place] for place in places])


def _unpack_sparse(packed: bytes, at: int, count: int) -> tuple[list[int], int]:
    numbers = [0] * count
    filled, at = packed[at], at + 1
    if filled:
        places, at = _unpack(packed, at, filled)
        values, at = _unpack(packed, at, filled)
        for place, value in zip(places, values, strict=True):
            numbers[place] = value
    return numbers, at


def _origin(start_s: float, time_scale: int) -> int:
    whole = int(start_s * _SCALES[time_scale])
    return whole if abs(whole) < _LARGEST else 0


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

    The very first and last edge are those of the turn, and are not kept again: of the edges between,
    each is told from the one before.
    """
    if len(spans) == 1:
        return None
    edges = [edge for span in spans for edge in (span.start_s, span.end_s)][:-1]
    scale, numbers = _wholes(edges)
    if scale < 0:
        return bytes([0]) + _pack_floats(edges[1:])
    return bytes([scale + 1]) + _pack_whole(list(map(sub, numbers[1:], numbers)))


def unpack_spans(packed: bytes | None, whole: Span) -> tuple[Span, ...]:
    """The stretches that :func:`pack_spans` was given, of a turn that is `whole`."""
    if packed is None:
        return (whole,)
    code = packed[0]
    steps, _ = _unpack(packed, 1, (len(packed) - 2) // array(_CODES[packed[1]]).itemsize)
    if code:
        scale = _SCALES[code - 1]
        first = round(whole.start_s * scale)
        inner = [number / scale for number in accumulate(steps, initial=first)][1:]
    else:
        inner = list(steps)
    edges = [whole.start_s, *inner, whole.end_s]
    return tuple(Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True))
