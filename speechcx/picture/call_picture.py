"""The whole picture of one call: which lanes it has, in which order, and the legend under them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from speechcx.call import Call
from speechcx.picture import style as styles
from speechcx.picture.annotations import make_flags, make_heading, make_shades, make_strips
from speechcx.picture.canvas import LEFT_IN, Sheet, axis_width_in, style
from speechcx.picture.measure_lanes import draw_level, draw_pitch, draw_sentiment
from speechcx.picture.speech_lanes import (
    NAMED_LEFT_IN,
    View,
    draw_shades,
    draw_turns,
    draw_wave,
    plan_flags,
    plan_shades,
    rows_in,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Lane = tuple[float, Callable[["Axes"], None]]
"""Height in inches, and what draws it."""


def render(call: Call, suffix: str) -> bytes:
    """The picture of a call as the bytes of a PNG or SVG file."""
    with style():
        return _draw(call).to_bytes(suffix)


def _draw(call: Call) -> Sheet:
    strips = make_strips(call)
    duration_s = max(call.conversation.origin.duration_s, 0.1)
    scale = axis_width_in(duration_s) / duration_s
    flags, shades = (
        plan_flags(make_flags(call), scale, duration_s),
        plan_shades(make_shades(call), scale, duration_s),
    )
    heading = [line for line in make_heading(call) if line]
    heights = [rows_in(flags.rows), rows_in(shades.rows)]
    channels = list(dict.fromkeys(strip.channel for strip in strips))
    heights += [0.62] * len(channels) + [0.25 * len(strips), 0.75, 0.75]
    heights += [0.52 if len(strips) < 3 else 0.36] * len(strips)
    left_in = LEFT_IN if flags.named_at_flag else NAMED_LEFT_IN
    sheet = Sheet(duration_s, len(heading), heights, left_in=left_in)
    view = View(call, sheet, strips, styles.colour_speakers(strips))
    draws: list[Callable[[Axes], None]] = [
        partial(flags.draw, view),
        partial(draw_shades, view, shades),
        *(partial(draw_wave, view, channel) for channel in channels),
        partial(draw_turns, view),
        partial(draw_level, view),
        partial(draw_pitch, view),
        *(partial(draw_sentiment, view, strip) for strip in strips),
    ]
    sizes = [(11.0, "bold"), (8.5, "normal"), (8.5, "normal")]
    sheet.write_heading([(text, *size) for text, size in zip(heading, sizes, strict=False)])
    for height, draw in zip(heights, draws, strict=True):
        draw(sheet.add_lane(height))
    _draw_legend(view, has_flags=bool(flags.flags))
    return sheet


def _draw_legend(view: View, *, has_flags: bool) -> None:
    """One line under the time axis: what is in this picture, and nothing else."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.textpath import TextPath

    kinds = {overlap.kind for overlap in view.call.assessment.reading.flow.overlaps}
    ink: dict[str, Any] = {"color": styles.INK, "linestyle": "none"}
    handles: list[Any] = [
        Patch(facecolor=look.colour, hatch=look.hatch, edgecolor="white", linewidth=0, label=party)
        for party, look in styles.LOOKS.items()
        if any(strip.party == party for strip in view.strips)
    ]
    if "interruption" in kinds:
        handles.append(Line2D([], [], marker="^", markersize=6, label="interrupts", **ink))
    if "overlap" in kinds:
        handles.append(Patch(facecolor="none", edgecolor=styles.INK, linewidth=0.5, label="both at once"))
    if "backchannel" in kinds:
        round_mark: dict[str, Any] = {"marker": "o", "markersize": 4, "markerfacecolor": "white"}
        handles.append(Line2D([], [], label="shows listening", **round_mark, **ink))
    handles.append(Patch(facecolor=styles.POSITIVE, label="positive"))
    handles.append(Patch(facecolor=styles.NEGATIVE, label="negative"))
    handles.append(
        Line2D([], [], marker="x", markersize=4, label="not measured", **ink | {"color": styles.PALE})
    )
    for sign, colour, label in (
        (styles.FULL_FLAG, styles.FLAGGED, "rule that flags the call"),
        (styles.HOLLOW_FLAG, styles.FOUND, "rule that was found"),
    ):
        if has_flags:
            shape: Any = TextPath((0, 0), sign)
            mark = Line2D([], [], marker=shape, markersize=8, markeredgewidth=0.2, label=label,
                          **ink | {"color": colour})  # fmt: skip
            handles.append(mark)
    view.sheet.write_legend(handles)
