"""The sheet of paper: its size, the axes of each lane over one time axis, fonts, and the bytes of the file."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from speechcx.picture.annotations import clock, tick_step
from speechcx.picture.style import INK, PALE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEFT_IN, RIGHT_IN, TOP_IN, BOTTOM_IN = 1.9, 0.35, 0.22, 0.8
GAP_IN = 0.12
NAMES_IN = 0.3
"""Between the lanes' names and the time axis; the scales stand here."""
LINE_IN = 0.22
"""Height of a line of the heading."""
MIN_IN, MAX_IN = 12.0, 56.0
"""Width of the time axis: as for four minutes at least, as for an hour and twenty minutes at most."""
MINUTE_IN, MIN_MINUTES = 0.58, 4.0
DPI = 110
FONTS = (
    "DejaVu Sans", "Noto Sans CJK JP", "Noto Sans CJK SC", "WenQuanYi Micro Hei", "Noto Sans Arabic",
    "Noto Sans Devanagari", "Noto Emoji", "Symbola",
)  # fmt: skip
"""Families tried in turn for each character; the first comes with matplotlib."""
STYLE: dict[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "speechcx",
    "font.size": 8.0,
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": "#b0b0b0",
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "xtick.color": INK,
    "ytick.color": "#666666",
    "hatch.linewidth": 0.5,
    "path.simplify": False,
}


def axis_width_in(duration_s: float) -> float:
    """Width of the time axis for a call: the same up to four minutes, then longer with the call."""
    longer = MINUTE_IN * (duration_s / 60 - MIN_MINUTES)
    return min(MAX_IN, MIN_IN + max(0.0, longer))


@contextmanager
def style() -> Iterator[None]:
    """matplotlib's own defaults and ours, whatever the user's settings are; theirs come back after."""
    import logging
    import warnings

    import matplotlib
    from matplotlib import font_manager

    with matplotlib.rc_context(), warnings.catch_warnings():
        # A name in a script that no font here has is drawn as boxes in a PNG; an SVG keeps its text.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        matplotlib.rcdefaults()
        known = {font.name for font in font_manager.fontManager.ttflist}
        families = [name for name in FONTS if name in known]
        matplotlib.rcParams.update(STYLE | {"font.family": families or ["sans-serif"]})
        quiet = logging.getLogger("matplotlib.font_manager")
        level = quiet.level
        quiet.setLevel(logging.ERROR)
        try:
            yield
        finally:
            quiet.setLevel(level)


class Sheet:
    """A figure with lanes under each other over one time axis.

    Parameters
    ----------
    duration_s
        Length of the call.
    heading_lines
        Lines of text over the lanes.
    heights_in
        Height of each lane, from the top.
    left_in
        Room for the lanes' names.
    """

    def __init__(
        self, duration_s: float, heading_lines: int, heights_in: Sequence[float], *, left_in: float = LEFT_IN
    ) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.duration_s = max(duration_s, 0.1)
        self.left_in = left_in
        self.axis_in = axis_width_in(self.duration_s)
        self.width_in = left_in + self.axis_in + RIGHT_IN
        self._body_in = sum(heights_in) + GAP_IN * max(0, len(heights_in) - 1)
        head_in = TOP_IN + LINE_IN * heading_lines
        self.height_in = head_in + self._body_in + BOTTOM_IN
        self._next_in = self.height_in - head_in
        self.figure: Figure = Figure(figsize=(self.width_in, self.height_in), facecolor="white")
        FigureCanvasAgg(self.figure)
        self.ground = self._axes(BOTTOM_IN, self._body_in)
        self._dress_ground()

    def _axes(self, bottom_in: float, height_in: float) -> Axes:
        box = (
            self.left_in / self.width_in,
            bottom_in / self.height_in,
            self.axis_in / self.width_in,
            height_in / self.height_in,
        )
        axes = self.figure.add_axes(box, facecolor="none")
        axes.set_xlim(0, self.duration_s)
        axes.set_xticks([])
        axes.set_yticks([])
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        return axes

    def _dress_ground(self) -> None:
        """Time marks and their lines through all lanes."""
        step = tick_step(self.duration_s, self.axis_in)
        ticks = list(range(0, int(self.duration_s) + 1, step))
        self.ground.set_ylim(0, 1)
        self.ground.set_xticks(ticks, [clock(tick) for tick in ticks])
        self.ground.tick_params(axis="x", length=3, labelsize=8)
        self.ground.grid(axis="x", color="#e4e4e4", linewidth=0.6)
        self.ground.set_axisbelow(True)
        self.ground.annotate(
            "min:s",
            (0, 0),
            xytext=(-21, -7),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="right",
            va="top",
            color=PALE,
        )

    def add_lane(self, height_in: float) -> Axes:
        """The next lane down."""
        self._next_in -= height_in
        axes = self._axes(self._next_in, height_in)
        axes.spines["bottom"].set_visible(False)
        self._next_in -= GAP_IN
        return axes

    def seconds(self, inches: float) -> float:
        """How long a stretch of the axis is."""
        return inches / self.axis_in * self.duration_s

    def name_lane(self, axes: Axes, name: str, *, note: str = "", colour: str = INK) -> None:
        """A lane's name before it, with a smaller line under it."""
        at: dict[str, Any] = {"x": -NAMES_IN / self.axis_in, "transform": axes.transAxes, "ha": "right"}
        if note:
            axes.text(y=0.5, s=note, va="top", color=PALE, fontsize=7, **at)
        y, side = (0.56, "bottom") if note else (0.5, "center")
        axes.text(y=y, s=name, va=side, color=colour, fontweight="bold", **at)

    def name_row(self, axes: Axes, share: float, name: str, *, colour: str = INK, bold: bool = True) -> None:
        """The name of one row of a lane, at `share` of its height."""
        axes.text(-NAMES_IN / self.axis_in, share, name, transform=axes.transAxes, ha="right", va="center",
                  color=colour, fontweight="bold" if bold else "normal")  # fmt: skip

    def say(self, axes: Axes, text: str) -> None:
        """A word in an empty lane: why there is nothing."""
        axes.text(0.01, 0.5, text, transform=axes.transAxes, va="center", color=PALE, fontstyle="italic")

    def write_legend(self, handles: Sequence[Any]) -> None:
        """One line under the time axis."""
        at = (self.left_in / self.width_in, 0.12 / self.height_in)
        self.figure.legend(handles=handles, loc="lower left", bbox_to_anchor=at, ncols=len(handles),
                           frameon=False, fontsize=7.5, borderpad=0, borderaxespad=0, handlelength=1.4,
                           columnspacing=1.6)  # fmt: skip

    def write_heading(self, lines: Sequence[tuple[str, float, str]]) -> None:
        """Lines of (text, size in points, weight), from the top."""
        for no, (text, size, weight) in enumerate(lines):
            y_in = self.height_in - TOP_IN - LINE_IN * no
            at = (0.2 / self.width_in, y_in / self.height_in)
            color = INK if no == 0 else "#444444"
            self.figure.text(*at, text, fontsize=size, fontweight=weight, va="center", color=color)

    def to_bytes(self, suffix: str) -> bytes:
        """The file: no date in it, and no release of ours."""
        buffer = io.BytesIO()
        metadata = {"Date": None, "Creator": None} if suffix == "svg" else {"Software": None}
        self.figure.savefig(buffer, format=suffix, dpi=DPI, metadata=metadata)
        return buffer.getvalue()
