"""A call on one time axis as plain shapes: waveforms, silences, hits, level, pitch and feeling of every turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from speechcx.call import Call, Party
from speechcx.present.units import clock

WIDTH = 1200.0
WAVE_HEIGHT, LANE_HEIGHT = 44.0, 34.0
POINTS = 600
"""Points of a waveform: more cannot be told apart on a screen, and an hour's page stays small."""
PARTY_CLASS = {"agent": "agent", "customer": "customer"}


MAX_NOTED = 200
"""Bars of a lane that each tell their value; more are too thin to point at, and are drawn at once for each party."""


@dataclass(frozen=True, slots=True)
class LaneBar:
    """Bars from the middle of a lane, above it for more than usual and below it for less: of one turn, or of a party.

    `path` draws them; `note` tells the value of one turn, and is empty for those of a party.
    """

    path: str
    party: str
    note: str


@dataclass(frozen=True, slots=True)
class CallLane:
    """A measure of each turn on the axis; without bars it was not measured."""

    title: str
    low: str
    high: str
    bars: tuple[LaneBar, ...]


@dataclass(frozen=True, slots=True)
class ChannelWave:
    """The outline of one channel: its party, a path, and who it is in words."""

    party: str
    title: str
    path: str


@dataclass(frozen=True, slots=True)
class AxisStretch:
    """A stretch of the axis: silence, hold or a machine."""

    x: float
    width: float
    kind: str
    note: str


@dataclass(frozen=True, slots=True)
class AxisTick:
    """A mark of the time axis."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class CallTimeline:
    """Everything that is drawn of a call."""

    width: float
    duration_s: float
    waves: tuple[ChannelWave, ...]
    lanes: tuple[CallLane, ...]
    stretches: tuple[AxisStretch, ...]
    ticks: tuple[AxisTick, ...]


def draw_timeline(call: Call, *, blind: bool = False) -> CallTimeline:
    """The timeline of a call; `blind` leaves out what the machine felt in it."""
    end = max(call.conversation.origin.duration_s, 0.001)
    lanes = tuple(_lanes(call, end, blind=blind))
    return CallTimeline(
        WIDTH, end, tuple(_waves(call)), lanes, tuple(_stretches(call, end)), tuple(_ticks(end))
    )


def _waves(call: Call) -> Iterator[ChannelWave]:
    heard, reading = call.conversation, call.assessment.reading
    for channel, values in enumerate(heard.peaks.values):
        speakers = {turn.speaker for turn in heard.speech.turns if turn.channel == channel}
        parties: set[Party] = {reading.party_of(speaker) for speaker in speakers}
        party = next(iter(parties)) if len(parties) == 1 else "unknown"
        name = " and ".join(sorted(parties)) or "nobody"
        yield ChannelWave(
            PARTY_CLASS.get(party, "unknown"), f"channel {channel + 1}: {name}", outline(values)
        )


def outline(values: bytes) -> str:
    """The path of a waveform, mirrored at its middle; the highest of each group of points stands for it."""
    if not values:
        return ""
    step = max(1, -(-len(values) // POINTS))
    tops = [max(values[at : at + step]) for at in range(0, len(values), step)]
    middle = WAVE_HEIGHT / 2
    scale = WIDTH / len(tops)
    most = max(max(tops), 32)  # A silent channel stays a line.
    heights = [round((middle - 1) * top / most, 1) for top in tops]
    upper = [f"{no * scale:.0f} {middle - h:g}" for no, h in enumerate(heights)]
    lower = [f"{no * scale:.0f} {middle + h:g}" for no, h in reversed(list(enumerate(heights)))]
    return f"M{'L'.join(upper + lower)}Z"


def _lanes(call: Call, end: float, *, blind: bool) -> Iterator[CallLane]:
    heard, felt = call.conversation, call.assessment.reading.feeling.turns
    voices = heard.voices
    yield _lane(call, end, "level", [voice.level_rel_db for voice in voices], (12.0, "dB", 0))
    yield _lane(call, end, "pitch", [voice.pitch_rel_st for voice in voices], (6.0, "st", 1))
    if not blind:
        yield _lane(call, end, "feeling", [turn.sentiment for turn in felt], (1.0, "", 2))


def _lane(
    call: Call, end: float, title: str, values: Sequence[float | None], scale: tuple[float, str, int]
) -> CallLane:
    """A lane of one value for each turn; `scale` is the value at its edges, its unit and digits."""
    most, unit, digits = scale
    middle, bars = LANE_HEIGHT / 2, list[LaneBar]()
    for turn, value in zip(call.conversation.speech.turns, values, strict=True):
        if value is None:
            continue
        share = max(-1.0, min(1.0, value / most))
        height = max(1.0, abs(share) * (middle - 1))
        party = call.assessment.reading.party_of(turn.speaker)
        width = max(1.0, WIDTH * turn.span.duration_s / end)
        rise = -height if share >= 0 else height
        path = f"M{WIDTH * turn.span.start_s / end:.1f} {middle:g}h{width:.1f}v{rise:.1f}h{-width:.1f}z"
        note = f"{clock(turn.span.start_s)} {party}: {value:+.{digits}f} {unit}"
        bars.append(LaneBar(path, PARTY_CLASS.get(party, "unknown"), note))
    if len(bars) > MAX_NOTED:
        bars = [
            LaneBar("".join(bar.path for bar in bars if bar.party == party), party, "")
            for party in sorted({bar.party for bar in bars})
        ]
    return CallLane(title, f"-{most:g} {unit}".strip(), f"+{most:g} {unit}".strip(), tuple(bars))


def _stretches(call: Call, end: float) -> Iterator[AxisStretch]:
    kinds = (
        ("hold", call.conversation.speech.hold, "on hold"),
        ("ivr", call.conversation.speech.ivr, "a machine speaks"),
        ("silence", call.assessment.reading.flow.non_talk, "nobody speaks"),
    )
    for kind, spans, words in kinds:
        for span in spans:
            yield AxisStretch(
                round(WIDTH * span.start_s / end, 1), round(WIDTH * span.duration_s / end, 1), kind,
                f"{words} for {span.duration_s:.0f} s from {clock(span.start_s)}",
            )  # fmt: skip


def _ticks(end: float) -> Iterator[AxisTick]:
    step = next((one for one in (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600) if end / one <= 10), 7200)
    for no in range(int(end // step) + 1):
        at = no * step
        hours, rest = divmod(at, 3600)
        text = f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"
        if WIDTH * at / end < WIDTH - 20:
            yield AxisTick(round(WIDTH * at / end, 1), text)
