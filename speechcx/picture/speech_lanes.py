"""The upper lanes: rules as flags, stretches in which nobody talks, waveforms, turns and who cuts in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from speechcx.call import Call, Overlap
from speechcx.picture import style
from speechcx.picture.annotations import Flag, Placed, Shade, Strip, outline, place_labels, text_width_in
from speechcx.picture.canvas import Sheet, axis_width_in
from speechcx.picture.style import INK, LOOKS, darken

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FLAG_PT, SHADE_PT = 8.0, 7.0
ROW_IN = 0.17
MAX_NAMED_ROWS = 6
"""With more rows of names beside their flags, each rule gets a row of its own, with its name in front."""
NAMED_LEFT_IN = 3.4
"""Left margin with room for the names of rules."""
POINTS_PER_IN = 75
SURE_TURN = 0.7
"""Turns whose speaker is less sure are drawn pale."""


@dataclass(frozen=True, slots=True)
class View:
    """What every lane needs: the call, the sheet, its speakers and their colours."""

    call: Call
    sheet: Sheet
    strips: tuple[Strip, ...]
    colours: dict[str, str]

    def least_s(self, inches: float) -> float:
        """The shortest stretch that is to be seen."""
        return self.sheet.seconds(inches)


@dataclass(frozen=True, slots=True)
class FlagPlan:
    """Flags and their rows: with names beside them, or a row for each name."""

    flags: tuple[Flag, ...]
    rows: tuple[Placed, ...]
    named_at_flag: bool

    def draw(self, view: View, axes: Axes) -> None:
        """Draw them: full and dark where the rule flags the call, hollow where it was only found."""
        axes.set_ylim(0, rows_in(self.rows))
        if self.named_at_flag:
            view.sheet.name_lane(axes, "rules", note="" if self.flags else "no hit with a time")
        named: set[int] = set()
        for no, (flag, placed) in enumerate(zip(self.flags, self.rows, strict=True)):
            colour = style.FLAGGED if flag.flagged else style.FOUND
            y, x = ROW_IN * (placed.row + 0.5), flag.span.start_s
            view.sheet.ground.axvline(x, color=colour, linewidth=0.5, alpha=0.3, linestyle=(0, (1, 2)))
            weight = "bold" if flag.flagged else "normal"
            put: dict[str, Any] = {"va": "center", "color": colour, "fontweight": weight}
            if self.named_at_flag:
                axes.plot([x, x], [0, y], color=colour, linewidth=0.7, zorder=1)
                put["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.85}
            elif placed.row not in named:
                named.add(placed.row)
                axes.axhline(y, color="#e6e6e6", linewidth=0.5, zorder=0.5)
                view.sheet.name_row(axes, y / rows_in(self.rows), flag.text, colour=colour, bold=flag.flagged)
            text = self._text(flag, leftward=placed.leftward)
            side = "right" if placed.leftward else "left"
            axes.text(x, y, text, ha=side, fontsize=FLAG_PT, gid=f"flag-{no}", zorder=3, **put)

    def _text(self, flag: Flag, *, leftward: bool) -> str:
        sign = style.FULL_FLAG if flag.flagged else style.HOLLOW_FLAG
        if not self.named_at_flag:
            return sign + (f"×{flag.count}" if flag.count > 1 else "")
        return f"{flag.label} {sign}" if leftward else f"{sign} {flag.label}"


def plan_flags(flags: Sequence[Flag], scale: float, duration_s: float) -> FlagPlan:
    """Where the flags go, at `scale` inches a second."""
    rows = _place([(f.span.start_s, f.label, FLAG_PT) for f in flags], scale, duration_s)
    if max((placed.row for placed in rows), default=0) < MAX_NAMED_ROWS:
        return FlagPlan(tuple(flags), tuple(rows), named_at_flag=True)
    first = sorted(flags, key=lambda f: (not f.flagged, f.span.start_s, f.text))
    names = list(dict.fromkeys(flag.text for flag in first))
    own = tuple(Placed(len(names) - 1 - names.index(flag.text), leftward=False) for flag in flags)
    return FlagPlan(tuple(flags), own, named_at_flag=False)


@dataclass(frozen=True, slots=True)
class ShadePlan:
    """Stretches in which nobody talks, and the rows of their names."""

    shades: tuple[Shade, ...]
    rows: tuple[Placed, ...]


def plan_shades(shades: Sequence[Shade], scale: float, duration_s: float) -> ShadePlan:
    """Where the names of shades go, at `scale` inches a second."""
    labels = [(shade.span.start_s, shade.text, SHADE_PT) for shade in shades]
    return ShadePlan(tuple(shades), tuple(_place(labels, scale, duration_s)))


def _place(labels: Sequence[tuple[float, str, float]], scale: float, duration_s: float) -> list[Placed]:
    widths = [text_width_in(text, size) + 0.22 for _, text, size in labels]
    return place_labels([at * scale for at, _, _ in labels], widths, most_in=axis_width_in(duration_s))


def rows_in(rows: Sequence[Placed]) -> float:
    """Height of so many rows of labels."""
    return ROW_IN * (1 + max((placed.row for placed in rows), default=0))


def draw_shades(view: View, plan: ShadePlan, axes: Axes) -> None:
    """Hold, machine and silence: shaded through all lanes, named in this one."""
    axes.set_ylim(0, rows_in(plan.rows))
    if plan.shades:
        view.sheet.name_lane(axes, "nobody talks")
    for no, (shade, placed) in enumerate(zip(plan.shades, plan.rows, strict=True)):
        fill, hatch = style.SHADES[shade.kind]
        view.sheet.ground.axvspan(
            shade.span.start_s, shade.span.end_s, facecolor=fill, edgecolor="white", linewidth=0,
            hatch=hatch, alpha=0.8, zorder=0.3, gid=f"{shade.kind}-{no}",
        )  # fmt: skip
        axes.text(
            shade.span.start_s, ROW_IN * (placed.row + 0.5), f" {shade.text} ", va="center",
            ha="right" if placed.leftward else "left", color=style.SHADE_INK[shade.kind],
            fontstyle="italic", fontsize=SHADE_PT,
        )  # fmt: skip


def draw_wave(view: View, channel: int, axes: Axes) -> None:
    """A channel's outline: in the speaker's colour in its turns, grey elsewhere."""
    peaks = view.call.conversation.peaks
    own = [strip for strip in view.strips if strip.channel == channel]
    alone = own[0] if len(own) == 1 else None
    colour = darken(view.colours[alone.speaker]) if alone else INK
    view.sheet.name_lane(
        axes, _heard(view, alone), note=alone.name if alone else "one channel", colour=colour
    )
    points = outline(peaks, channel, round(view.sheet.axis_in * POINTS_PER_IN))
    axes.set_ylim(-1.05, 1.05)
    if not points:
        view.sheet.say(axes, "no waveform is stored")
        return
    loudest = max(max(value, default=0) for value in peaks.values) / 255
    step = max(1, -(-len(peaks.values[channel]) // len(points))) / peaks.rate_hz
    times = [(i + 0.5) * step for i in range(len(points))]
    high = [max(0.012, (p / loudest) ** 0.8 if loudest else 0.0) for p in points]
    low = [-value for value in high]
    axes.fill_between(times, low, high, color="#d2d2d2", linewidth=0, zorder=1, gid=f"sound-{channel}")
    for strip in own:
        spans = [t.span for t in view.call.conversation.speech.turns if t.speaker == strip.speaker]
        inside = _mask(times, [(s.start_s - step / 2, s.end_s + step / 2) for s in spans])
        axes.fill_between(times, low, high, where=inside, color=view.colours[strip.speaker], linewidth=0,
                          zorder=2, gid=f"wave-{strip.speaker}")  # fmt: skip


def _heard(view: View, alone: Strip | None) -> str:
    if alone is None:
        return "sound"
    return "everybody" if view.call.conversation.speech.split == "unsplit" else alone.party


def _mask(times: Sequence[float], spans: Sequence[tuple[float, float]]) -> list[bool]:
    """Which of the rising `times` lie in one of the spans, which rise too."""
    inside, at = [], 0
    for time in times:
        while at < len(spans) and spans[at][1] < time:
            at += 1
        inside.append(at < len(spans) and spans[at][0] <= time)
    return inside


def draw_turns(view: View, axes: Axes) -> None:
    """A row for each speaker, a band for each turn; where two speak at once is marked across."""
    from matplotlib.patches import Rectangle

    count = max(1, len(view.strips))
    axes.set_ylim(0, count)
    rows = {strip.speaker: count - 1 - i for i, strip in enumerate(view.strips)}
    parties = {strip.speaker: strip.party for strip in view.strips}
    for strip in view.strips:
        y = rows[strip.speaker] + 0.5
        label = strip.party + (f" {strip.speaker}" if strip.party in ("unknown", "ivr") else "")
        view.sheet.name_row(axes, y / count, label, colour=darken(view.colours[strip.speaker]))
        axes.axhline(y, color="#d5d5d5", linewidth=0.6, zorder=0.5)
    for turn in view.call.conversation.speech.turns:
        axes.add_patch(Rectangle(
            (turn.span.start_s, rows[turn.speaker] + 0.14), max(turn.span.duration_s, view.least_s(0.012)),
            0.72, facecolor=view.colours[turn.speaker], edgecolor="white", linewidth=0.3, zorder=2,
            hatch=LOOKS[parties[turn.speaker]].hatch, gid=f"turn-{turn.no}",
            alpha=1.0 if turn.confidence >= SURE_TURN else 0.55,
        ))  # fmt: skip
    for no, overlap in enumerate(view.call.assessment.reading.flow.overlaps):
        if overlap.speaker in rows:
            _draw_overlap(view, axes, overlap, rows[overlap.speaker], no)


def _draw_overlap(view: View, axes: Axes, overlap: Overlap, row: int, no: int) -> None:
    from matplotlib.patches import Rectangle

    top = len(view.strips)
    start_s, long_s = overlap.span.start_s, max(overlap.span.duration_s, view.least_s(0.02))
    gid, middle_s = f"{overlap.kind}-{no}", start_s + long_s / 2
    if overlap.kind == "backchannel":
        axes.plot(middle_s, row + 0.5, "o", color="white", markeredgecolor=INK, markersize=3.2,
                  markeredgewidth=0.6, zorder=4, gid=gid)  # fmt: skip
        return
    strong = overlap.kind == "interruption"
    axes.add_patch(Rectangle((start_s, 0.04), long_s, top - 0.08, facecolor="#00000038" if strong else "none",
                             edgecolor=INK, linewidth=1.1 if strong else 0.5, zorder=3, gid=gid))  # fmt: skip
    if strong:
        # It points from the one who cuts in to the one who is cut off.
        up = row < top - 1
        axes.plot(middle_s, row + (0.86 if up else 0.14), marker="^" if up else "v", color=INK,
                  markeredgecolor="white", markersize=6.5, markeredgewidth=0.6, zorder=5)  # fmt: skip
