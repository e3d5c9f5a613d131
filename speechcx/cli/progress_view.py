"""How a run that goes on is shown: a display that is drawn again on a terminal, plain lines elsewhere.

Always on stderr. Names and messages lose their control characters before they reach a terminal.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from speechcx.cli.output import note
from speechcx.present.table import clean
from speechcx.present.units import length

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from speechcx.batch import Progress

LINE_EVERY_S = 60.0
"""Seconds between two plain lines, where no terminal shows each."""

REFRESHES_PER_S = 4

MAX_WORKERS_SHOWN = 8
"""Workers whose file is shown; of more, how many there are."""

_BAR_WIDTH = 24


class ProgressView(Protocol):
    """What the run reports to."""

    def __call__(self, now: Progress) -> None:
        """Show the state of the run."""
        ...


@contextmanager
def progress_view() -> Iterator[ProgressView]:
    """The display that fits where stderr leads; it is gone when the block ends."""
    if not sys.stderr.isatty():
        yield ProgressLines()
        return
    from rich.console import Console
    from rich.live import Live

    console = Console(stderr=True, highlight=False)
    if not console.is_terminal or console.is_dumb_terminal:
        yield ProgressLines()
        return
    display = ProgressDisplay(console)
    # transient: what remains on the screen is the summary, and lines about failures.
    with Live(
        get_renderable=display.draw,
        console=console,
        refresh_per_second=REFRESHES_PER_S,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    ):
        yield display


class ProgressLines:
    """Plain lines: the start, each failure, once a minute how far it is, and the end."""

    def __init__(self) -> None:
        self._last_s = 0.0

    def __call__(self, now: Progress) -> None:
        """Print what is worth a line."""
        if now.event == "waiting":
            note(f"waiting for {now.waiting_for}")
        elif now.event == "begun":
            self._last_s = time.monotonic()
            note(starting_text(now))
        elif now.event == "done":
            if now.failure is not None:
                note(failure_text(now))
            if now.calls_done == now.calls_total or time.monotonic() - self._last_s >= LINE_EVERY_S:
                self._last_s = time.monotonic()
                note(", ".join([counts_text(now), *speed_texts(now, 0.0)]))


class ProgressDisplay:
    """A few lines that are drawn again: how far the run is, until when it takes, and what each worker hears.

    Parameters
    ----------
    console
        The terminal.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._now: Progress | None = None
        self._told_s = time.monotonic()
        self._waiting_for = ""

    def __call__(self, now: Progress) -> None:
        """Take the state in; it is drawn by the clock. What went wrong with a file stays on the screen."""
        if now.event == "waiting":
            self._waiting_for = now.waiting_for
            return
        self._now, self._told_s, self._waiting_for = now, time.monotonic(), ""
        if now.failure is not None:
            from rich.text import Text

            self._console.print(Text(failure_text(now)), soft_wrap=True)

    def draw(self) -> RenderableType:
        """What is on the screen now."""
        from rich.console import Group
        from rich.text import Text

        since_s = time.monotonic() - self._told_s
        lines: list[RenderableType] = []
        if self._now is None:
            lines.append(Text("Looking which recordings are new"))
        else:
            lines += self._draw_run(self._now, since_s)
        if self._waiting_for:
            lines.append(Text(f"Waiting for {clean(self._waiting_for)}", style="bold"))
        return Group(*lines)

    def _draw_run(self, now: Progress, since_s: float) -> Iterator[RenderableType]:
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        share = now.audio_done_s / now.audio_total_s if now.audio_total_s else 0.0
        head = Table.grid(padding=(0, 1))
        head.add_row(
            ProgressBar(total=1.0, completed=share, width=_BAR_WIDTH), f"{share:4.0%}", counts_text(now)
        )
        yield head
        speeds = speed_texts(now, since_s) or [starting_text(now)]
        yield Text(", ".join(speeds), overflow="ellipsis", no_wrap=True)
        for each in now.working[:MAX_WORKERS_SHOWN]:
            spent = length(each.seconds + since_s)
            line = f"  {spent:>7}  {clean(Path(each.path).name)}  ({length(each.length_s)} long)"
            yield Text(line, style="dim", overflow="ellipsis", no_wrap=True)
        if len(now.working) > MAX_WORKERS_SHOWN:
            yield Text(f"           and {len(now.working) - MAX_WORKERS_SHOWN} more workers", style="dim")


def starting_text(now: Progress) -> str:
    """What a run begins with."""
    if not now.calls_total:
        return "No new recordings"
    calls = "1 call" if now.calls_total == 1 else f"{now.calls_total:,} calls"
    return f"{calls}, about {length(now.audio_total_s)} of audio; workers start and load their models"


def counts_text(now: Progress) -> str:
    """How many calls are done, and how many of them failed."""
    failed = f", {now.failed:,} failed" if now.failed else ""
    return f"{now.calls_done:,} of {now.calls_total:,} calls{failed}"


def speed_texts(now: Progress, since_s: float) -> list[str]:
    """Audio done, speed and end; nothing before the first call is done.

    Parameters
    ----------
    now
        The state when it was told.
    since_s
        Seconds since.
    """
    if not now.times_real_time:
        return []
    texts = [
        f"{length(now.audio_done_s)} of {length(now.audio_total_s)} audio",
        f"{now.times_real_time:.1f} x real time",
    ]
    if now.eta_s and now.calls_done != now.calls_total:
        texts.append(until_text(max(0.0, now.eta_s - since_s)))
    return texts


def failure_text(now: Progress) -> str:
    """What went wrong with the file dealt with last."""
    assert now.failure is not None
    return clean(f"  {now.failure.kind}: {Path(now.path).name}: {now.failure.message}")


def until_text(eta_s: float) -> str:
    """How long it still takes at the speed so far, and until when by this machine's clock."""
    end = datetime.now().astimezone() + timedelta(seconds=eta_s)
    day = f"{end:%a }" if end.date() != datetime.now().date() else ""
    return f"{length(eta_s)} to go, until about {day}{end:%H:%M}"
