"""The lower lanes: level and pitch against each speaker's own median, and sentiment, a bar for each turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from speechcx.call import Turn
from speechcx.picture.annotations import Strip
from speechcx.picture.speech_lanes import View
from speechcx.picture.style import NEGATIVE, NEUTRAL, PALE, POSITIVE, RULE, darken

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MIN_DB, MIN_ST = 6.0, 4.0
"""The scales of level and pitch reach at least this far both ways."""
FLAT = 0.05
"""Sentiment nearer to 0 is drawn as a thin grey bar."""


def draw_level(view: View, axes: Axes) -> None:
    """How much louder than itself each speaker was."""
    view.sheet.name_lane(axes, "level", note="dB, 0 = own median")
    _draw_bars(view, axes, [v.level_rel_db for v in view.call.conversation.voices], MIN_DB, "level")


def draw_pitch(view: View, axes: Axes) -> None:
    """How much higher than itself each speaker was."""
    view.sheet.name_lane(axes, "pitch", note="semitones, 0 = own median")
    _draw_bars(view, axes, [v.pitch_rel_st for v in view.call.conversation.voices], MIN_ST, "pitch")


def _draw_bars(view: View, axes: Axes, values: Sequence[float | None], least: float, what: str) -> None:
    """A bar from the speaker's own median for each turn; a cross where there is no value."""
    from matplotlib.patches import Rectangle

    known = [abs(value) for value in values if value is not None]
    reach = max([least, *known]) * 1.08
    axes.set_ylim(-reach, reach)
    mark = least if reach < 2 * least else 2 * least
    axes.set_yticks([-mark, 0, mark], [f"−{mark:.0f}", "0", f"+{mark:.0f}"], fontsize=6)
    axes.tick_params(axis="y", length=0, pad=2)
    axes.axhline(0, color=RULE, linewidth=0.6, zorder=1)
    if not known:
        view.sheet.say(axes, "not measured")
        return
    turns = view.call.conversation.speech.turns
    _draw_crosses(axes, [turn for turn, value in zip(turns, values, strict=True) if value is None])
    tops: dict[str, list[tuple[float, float, float]]] = {}
    for turn, value in zip(turns, values, strict=True):
        if value is None:
            continue
        start_s, long_s = turn.span.start_s, max(turn.span.duration_s, view.least_s(0.02))
        colour = view.colours[turn.speaker]
        axes.add_patch(Rectangle((start_s, min(0, value)), long_s, abs(value), color=colour, alpha=0.45,
                                 linewidth=0, gid=f"{what}-{turn.no}"))  # fmt: skip
        tops.setdefault(darken(colour), []).append((value, start_s, start_s + long_s))
    for colour, lines in tops.items():
        y, low, high = zip(*lines, strict=True)
        axes.hlines(y, low, high, color=colour, linewidth=1.6, zorder=3)


def draw_sentiment(view: View, strip: Strip, axes: Axes) -> None:
    """A speaker's turns: up and green where positive, down and orange where negative."""
    from matplotlib.patches import Rectangle

    axes.set_ylim(-1.08, 1.08)
    who = strip.party if strip.party in ("agent", "customer") else strip.speaker
    view.sheet.name_lane(axes, "sentiment", note=who, colour=darken(view.colours[strip.speaker]))
    axes.axhline(0, color=RULE, linewidth=0.6, zorder=1)
    axes.set_yticks([-0.62, 0.62], ["−", "+"], fontsize=8)
    axes.tick_params(axis="y", length=0, pad=3)
    for label, colour in zip(axes.get_yticklabels(), (NEGATIVE, POSITIVE), strict=True):
        label.set_color(colour)
    felt = view.call.assessment.reading.feeling.turns
    own = [turn for turn in view.call.conversation.speech.turns if turn.speaker == strip.speaker]
    values = [felt[turn.no].sentiment for turn in own]
    if own and all(value is None for value in values):
        view.sheet.say(axes, "not measured")
        return
    _draw_crosses(axes, [turn for turn, value in zip(own, values, strict=True) if value is None])
    for turn, value in zip(own, values, strict=True):
        if value is None:
            continue
        colour = NEUTRAL if abs(value) < FLAT else POSITIVE if value > 0 else NEGATIVE
        height = value if abs(value) >= FLAT else FLAT if value >= 0 else -FLAT
        axes.add_patch(Rectangle((turn.span.start_s, min(0, height)),
                                 max(turn.span.duration_s, view.least_s(0.02)), abs(height), color=colour,
                                 linewidth=0, zorder=2, gid=f"sentiment-{turn.no}"))  # fmt: skip


def _draw_crosses(axes: Axes, turns: Sequence[Turn]) -> None:
    """Where a turn has no value: never a bar of 0."""
    if turns:
        middles = [(turn.span.start_s + turn.span.end_s) / 2 for turn in turns]
        axes.plot(middles, [0] * len(middles), "x", color=PALE, markersize=3.5, markeredgewidth=0.8, zorder=2)
