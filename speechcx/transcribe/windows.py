"""Speech laid out in the windows a recogniser hears at once, and times in a window mapped back to the file.

Whisper was trained on people who answer each other, and hears a short turn badly alone. So the turns of all
channels share a window in the order in which they were spoken, each cut from its own channel, with a moment
of silence between; turns that overlap stand one after the other. A map leads each word back to its channel
and time, so the speaker never follows from the text.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from speechcx.call import Span, Word
from speechcx.waveform import RECOGNITION_RATE_HZ as RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from speechcx.waveform import Sound

APART_S = 0.8
"""Silence that ends a turn (definitions, section 0): closer stretches of one channel are heard as one."""

EDGE_S = 0.8
"""More sound before the first and after the last turn of a window that has room for it: a short call heard without
it costs words."""

LONG_PAUSE_S = 0.4
MIN_PART_S = 2.0
"""A turn that does not fit into what is left of a window is cut at a pause this long, in parts at least so long."""

LONG_WORD_S = 0.8
"""Few words take longer than this to say."""

_FRAME_S = 0.05
"""Frame in which the quietest place of a long turn is looked for."""


@dataclass(frozen=True, slots=True)
class WindowPiece:
    """A stretch of one channel, and the second of its window at which it begins."""

    channel: int
    span: Span
    at_s: float

    @property
    def end_s(self) -> float:
        """Where it ends in its window."""
        return self.at_s + self.span.duration_s


@dataclass(frozen=True, slots=True)
class RecognitionWindow:
    """What is heard at once.

    Parameters
    ----------
    pieces
        By their place in the window, apart from each other.
    speech
        Stretches of speech on the window's own clock, sorted and apart.
    """

    pieces: tuple[WindowPiece, ...]
    speech: tuple[Span, ...] = ()

    @property
    def duration_s(self) -> float:
        """Length of all pieces with the silence between them."""
        return self.pieces[-1].end_s

    @property
    def speech_s(self) -> float:
        """Seconds of speech in it."""
        return sum(span.duration_s for span in self.speech)

    def cut(self, sounds: Mapping[int, Sound]) -> NDArray[np.float32]:
        """The sound of the window: float32, 16,000 Hz, shape ``(time,)``, true silence between pieces."""
        import numpy as np

        samples = np.zeros(round(self.duration_s * RATE_HZ), np.float32)
        for piece in self.pieces:
            first = round(piece.at_s * RATE_HZ)
            cut = _cut(sounds[piece.channel], piece.span)[: samples.size - first]
            samples[first : first + cut.size] = cut
        return samples

    def to_file(self, start_s: float, end_s: float) -> tuple[int, Span]:
        """Channel and time in the file of a stretch of the window.

        A word that reaches over a seam lies in the piece in which most of it lies on speech, else in the one
        that holds its middle. Of a long word only the end counts: the alignment lets a word begin far too early
        where nothing was recognised before it, and hardly ever end too late.
        """
        piece = self._home(Span(max(start_s, end_s - LONG_WORD_S), max(start_s, end_s)))
        shift_s = piece.span.start_s - piece.at_s
        first_s = min(max(start_s + shift_s, piece.span.start_s), piece.span.end_s)
        return piece.channel, Span(first_s, min(max(end_s + shift_s, first_s), piece.span.end_s))

    def place(self, word: Word) -> tuple[int, Word]:
        """A word of the window on its channel and on the clock of the file."""
        channel, span = self.to_file(word.start_s, word.end_s)
        return channel, replace(word, start_s=span.start_s, end_s=span.end_s)

    def to_files(self, span: Span) -> tuple[tuple[int, Span], ...]:
        """Every channel and time in the file that a stretch of the window covers."""
        return tuple(
            self.to_file(max(span.start_s, piece.at_s), min(span.end_s, piece.end_s))
            for piece in self.pieces
            if piece.at_s < span.end_s and span.start_s < piece.end_s
        )

    def inside(self, channel: int, speech: Sequence[Span]) -> tuple[Span, ...]:
        """The parts of some stretches of a channel that lie in the window, on the window's clock.

        Parameters
        ----------
        channel
            Index of the channel.
        speech
            Stretches in seconds of the file, sorted and apart.
        """
        found = []
        for piece in self.pieces:
            if piece.channel != channel:
                continue
            shift_s = piece.at_s - piece.span.start_s
            for span in overlapping(speech, piece.span):
                found.append(Span(span.start_s + shift_s, span.end_s + shift_s))
        return tuple(found)

    def _home(self, span: Span) -> WindowPiece:
        touched = [each for each in self.pieces if each.at_s < span.end_s and span.start_s < each.end_s]
        if len(touched) > 1:
            spoken = [
                sum(
                    Span(max(piece.at_s, each.start_s), min(piece.end_s, each.end_s)).overlap_s(span)
                    for each in self.speech
                    if each.start_s < piece.end_s and piece.at_s < each.end_s
                )
                for piece in touched
            ]
            best = max(spoken)
            if spoken.count(best) == 1:
                return touched[spoken.index(best)]
        middle_s = (span.start_s + span.end_s) / 2
        return min(self.pieces, key=lambda each: max(each.at_s - middle_s, middle_s - each.end_s, 0.0))


def overlapping(speech: Sequence[Span], span: Span) -> list[Span]:
    """The parts of sorted stretches that lie in `span`."""
    found = []
    for index in range(bisect_right(speech, span.start_s, key=lambda each: each.end_s), len(speech)):
        each = speech[index]
        if each.start_s >= span.end_s:
            break
        found.append(Span(max(each.start_s, span.start_s), min(each.end_s, span.end_s)))
    return found


@dataclass(frozen=True, slots=True)
class WindowRule:
    """How speech is laid out: the longest window, the sound around a turn, the silence between two turns."""

    window_s: float
    padding_s: float
    seam_s: float


def make_windows(
    channels: Mapping[int, Sequence[Span]], sounds: Mapping[int, Sound], rule: WindowRule
) -> tuple[RecognitionWindow, ...]:
    """Lay out the speech of some channels in windows of at most ``rule.window_s``.

    Parameters
    ----------
    channels
        Stretches of speech of each channel in seconds of the file, sorted and apart.
    sounds
        The channels at 16,000 Hz, to find quiet places in.
    rule
        Lengths.

    Returns
    -------
    tuple of Window
        Every moment of speech inside the sound lies in exactly one window.
    """
    turns = [
        turn
        for channel, speech in channels.items()
        for turn in _turns(speech, channel, sounds[channel], rule)
    ]
    groups: list[list[_Turn]] = []
    end_s = math.inf
    for turn in sorted(turns, key=lambda turn: (turn.span.start_s, turn.channel)):
        first, rest = turn.cut(rule.window_s - end_s - rule.seam_s)
        if first is not None:
            groups[-1].append(first)
            end_s += rule.seam_s + first.span.duration_s
        if rest is not None:
            groups.append([rest])
            end_s = rest.span.duration_s
    return tuple(_join(group, channels, rule) for group in groups)


@dataclass(frozen=True, slots=True)
class _Turn:
    """A turn or a part of one, and how much of its channel it may take where there is room."""

    channel: int
    span: Span
    most: Span
    pauses: tuple[Span, ...]

    def cut(self, room_s: float) -> tuple[_Turn | None, _Turn | None]:
        """What of it fits into a window that has so much room, up to its last long pause, and what is left."""
        if self.span.duration_s <= room_s:
            return self, None
        for pause in reversed(self.pauses):
            cut_s = (pause.start_s + pause.end_s) / 2
            before, after = Span(self.span.start_s, cut_s), Span(cut_s, self.span.end_s)
            if MIN_PART_S <= before.duration_s <= room_s and after.duration_s >= MIN_PART_S:
                first = _Turn(self.channel, before, Span(self.most.start_s, cut_s), ())
                return first, _Turn(self.channel, after, Span(cut_s, self.most.end_s), self.pauses)
        return None, self


def _join(
    turns: Sequence[_Turn], channels: Mapping[int, Sequence[Span]], rule: WindowRule
) -> RecognitionWindow:
    """The window of some turns: with more sound before the first and after the last, where there is room."""
    taken_s = sum(turn.span.duration_s for turn in turns) + rule.seam_s * (len(turns) - 1)
    edge_s = min(EDGE_S, max(0.0, rule.window_s - taken_s) / 2)
    pieces: list[WindowPiece] = []
    for no, turn in enumerate(turns):
        start_s, end_s = turn.span.start_s, turn.span.end_s
        if no == 0:
            start_s = max(turn.most.start_s, start_s - edge_s)
        if no == len(turns) - 1:
            end_s = min(turn.most.end_s, end_s + edge_s)
        at_s = pieces[-1].end_s + rule.seam_s if pieces else 0.0
        pieces.append(WindowPiece(turn.channel, Span(start_s, end_s), at_s))
    bare = RecognitionWindow(tuple(pieces))
    speech = (span for channel, spans in channels.items() for span in bare.inside(channel, spans))
    return RecognitionWindow(bare.pieces, tuple(sorted(speech)))


def _turns(speech: Sequence[Span], channel: int, sound: Sound, rule: WindowRule) -> list[_Turn]:
    """The turns of one channel with sound around them, those longer than a window in parts."""
    duration_s = sound.size / RATE_HZ
    spans: list[Span] = []
    for group in group_turns([span for span in speech if span.start_s < duration_s]):
        whole = Span(
            max(0.0, group[0].start_s - rule.padding_s),
            min(duration_s, group[-1].end_s + rule.padding_s),
        )
        spans += _split(whole, sound, rule.window_s)
    middles_s = [(before.end_s + after.start_s) / 2 for before, after in pairwise(spans)]
    bounds_s = [0.0, *middles_s, duration_s]
    pauses = [
        Span(before.end_s, after.start_s)
        for before, after in pairwise(speech)
        if LONG_PAUSE_S <= after.start_s - before.end_s < APART_S
    ]
    return [
        _Turn(channel, span, Span(bounds_s[no], bounds_s[no + 1]), tuple(overlapping(pauses, span)))
        for no, span in enumerate(spans)
    ]


def group_turns(speech: Sequence[Span]) -> list[list[Span]]:
    """Stretches of speech of one channel by turn: those closer than :data:`APART_S` belong together."""
    groups = [[span] for span in speech[:1]]
    for before, span in pairwise(speech):
        if span.start_s - before.end_s < APART_S:
            groups[-1].append(span)
        else:
            groups.append([span])
    return groups


def _split(span: Span, sound: Sound, longest_s: float) -> list[Span]:
    """A turn in parts of at most `longest_s`, cut at the quietest moment of each part's last third."""
    parts = []
    while span.duration_s > longest_s:
        last_third = Span(span.start_s + longest_s * 2 / 3, span.start_s + longest_s)
        cut_s = _quietest(_cut(sound, last_third), last_third.start_s)
        parts.append(Span(span.start_s, cut_s))
        span = Span(cut_s, span.end_s)
    return [*parts, span]


def _quietest(samples: NDArray[np.float32], start_s: float) -> float:
    import numpy as np

    frame = round(_FRAME_S * RATE_HZ)
    count = samples.size // frame
    # Three frames together: a stop inside a word is shorter than the pause between two.
    energy = np.square(samples[: count * frame].reshape(count, frame)).mean(axis=1)
    energy = np.convolve(energy, np.ones(3), mode="same")
    energy[[0, -1]] = np.inf
    return float(start_s + (int(np.argmin(energy)) + 0.5) * _FRAME_S)


def _cut(sound: Sound, span: Span) -> NDArray[np.float32]:
    return sound[round(span.start_s * RATE_HZ) : round(span.end_s * RATE_HZ)]
