"""Speech cut into chunks that a recogniser hears at once, and times in a chunk mapped back to the file.

Short turns are recognised badly alone, so neighbouring stretches of speech share a chunk, with the
silence between them kept; only long silence is shortened, and the map keeps word times right.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from speechcx.call import Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from speechcx.waveform import Sound

_FRAME_S = 0.05
"""Frame in which the quietest place of a long stretch is looked for."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What is heard at once: pieces of one channel, in seconds of the file, sorted and apart.

    Parameters
    ----------
    pieces
        The stretches of sound.
    speech_s
        Seconds of speech in them.
    """

    pieces: tuple[Span, ...]
    speech_s: float = field(default=0.0, compare=False)

    @property
    def duration_s(self) -> float:
        """Length of all pieces together."""
        return sum(piece.duration_s for piece in self.pieces)

    @property
    def span(self) -> Span:
        """From its first to its last moment."""
        return Span(self.pieces[0].start_s, self.pieces[-1].end_s)

    def cut(self, samples: Sound, rate_hz: int) -> NDArray[np.float32]:
        """The sound of the chunk: float32, shape ``(time,)``."""
        import numpy as np

        parts = [samples[round(p.start_s * rate_hz) : round(p.end_s * rate_hz)] for p in self.pieces]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def to_file(self, start_s: float, end_s: float) -> Span:
        """A stretch of the chunk's own time on the file's clock.

        A word that seems to reach over a cut lies in the piece that holds its middle.
        """
        middle_s = (start_s + end_s) / 2
        before_s = 0.0
        for piece in self.pieces:
            if middle_s <= before_s + piece.duration_s or piece is self.pieces[-1]:
                break
            before_s += piece.duration_s
        shift_s = piece.start_s - before_s
        first = min(max(start_s + shift_s, piece.start_s), piece.end_s)
        return Span(first, min(max(end_s + shift_s, first), piece.end_s))


@dataclass(frozen=True, slots=True)
class ChunkRule:
    """How speech is cut: the longest chunk, the longest silence kept in it, and the sound around speech."""

    chunk_s: float
    longest_gap_s: float
    padding_s: float


def make_chunks(speech: Sequence[Span], samples: Sound, rate_hz: int, rule: ChunkRule) -> tuple[Chunk, ...]:
    """Cut the speech of one channel into chunks of at most ``rule.chunk_s``.

    Parameters
    ----------
    speech
        Stretches of speech in seconds, sorted and apart.
    samples
        The channel, to find quiet places in.
    rate_hz
        Its rate.
    rule
        Lengths.

    Returns
    -------
    tuple of Chunk
        Every moment of `speech` inside the sound lies in exactly one chunk.
    """
    duration_s = samples.size / rate_hz
    longest_s = rule.chunk_s - 2 * rule.padding_s
    inside = [Span(span.start_s, min(span.end_s, duration_s)) for span in speech if span.start_s < duration_s]
    short = [part for span in inside for part in _split(span, samples, rate_hz, longest_s)]
    groups: list[list[Span]] = []
    while short:
        count = _fill(short, longest_s, rule.longest_gap_s)
        groups.append(short[:count])
        short = short[count:]
    bounds_s = [0.0, *(_middle(a[-1], b[0]) for a, b in itertools.pairwise(groups)), duration_s]
    return tuple(
        Chunk(
            _pieces(group, rule, Span(bounds_s[no], bounds_s[no + 1])),
            sum(span.duration_s for span in group),
        )
        for no, group in enumerate(groups)
    )


def _middle(before: Span, after: Span) -> float:
    return (before.end_s + after.start_s) / 2


def _fill(spans: Sequence[Span], longest_s: float, longest_gap_s: float) -> int:
    """How many of the first spans make up one chunk: as many as fit, ended at the longest pause."""
    total_s = spans[0].duration_s
    count = 1
    pauses: list[tuple[float, int]] = []
    for before, span in itertools.pairwise(spans):
        pause_s = span.start_s - before.end_s
        if total_s >= longest_s / 2:
            pauses.append((pause_s, count))
        total_s += min(pause_s, longest_gap_s) + span.duration_s
        if total_s > longest_s:
            # A chunk that is full ends where the speaker paused longest in its second half.
            return max(pauses)[1] if pauses else count
        count += 1
    return count


def _pieces(group: Sequence[Span], rule: ChunkRule, bounds: Span) -> tuple[Span, ...]:
    """The group with sound around it, long silences shortened from their middle."""
    pieces = []
    start_s = max(bounds.start_s, group[0].start_s - rule.padding_s)
    for before, after in itertools.pairwise(group):
        if after.start_s - before.end_s > rule.longest_gap_s:
            pieces.append(Span(start_s, before.end_s + rule.longest_gap_s / 2))
            start_s = after.start_s - rule.longest_gap_s / 2
    pieces.append(Span(start_s, min(bounds.end_s, group[-1].end_s + rule.padding_s)))
    return tuple(pieces)


def _split(span: Span, samples: Sound, rate_hz: int, longest_s: float) -> list[Span]:
    """A stretch in parts of at most `longest_s`, cut at the quietest moment of each part's last third."""
    parts = []
    while span.duration_s > longest_s:
        cut_s = _quietest(samples, rate_hz, Span(span.start_s + longest_s * 2 / 3, span.start_s + longest_s))
        parts.append(Span(span.start_s, cut_s))
        span = Span(cut_s, span.end_s)
    return [*parts, span]


def _quietest(samples: Sound, rate_hz: int, window: Span) -> float:
    import numpy as np

    frame = round(_FRAME_S * rate_hz)
    first = round(window.start_s * rate_hz)
    count = int(window.duration_s / _FRAME_S)
    sound = samples[first : first + count * frame].reshape(count, frame)
    # Three frames together: a stop inside a word is shorter than the pause between two.
    energy = np.convolve(np.square(sound).mean(axis=1), np.ones(3), mode="same")
    energy[[0, -1]] = np.inf
    return float(window.start_s + (int(np.argmin(energy)) + 0.5) * _FRAME_S)
