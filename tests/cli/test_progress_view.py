"""How a run that goes on is shown, on terminals and elsewhere."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from speechcx.batch.progress import Progress, WorkInHand
from speechcx.cli.progress_view import ProgressDisplay, ProgressLines, progress_view
from tests.factories import make_failure

BEGUN = Progress(0, 40, 0, 0.0, 7_200.0, 0.0, event="begun")
LONG_NAME = "/calls/" + "agent.with.a.long.name_" * 6 + ".wav"
UNDER_WAY = Progress(
    12,
    40,
    1,
    audio_done_s=2_160.0,
    audio_total_s=7_200.0,
    elapsed_s=154.0,
    path="/calls/a.wav",
    working=(WorkInHand("/calls/b.wav", 372.0, 21.0), WorkInHand(LONG_NAME, 180.0, 4.0)),
    worker_speed=7.0,
)


def drawn(*told: Progress, width: int = 80) -> str:
    """What is on a terminal of that width after some reports."""
    screen = io.StringIO()
    console = Console(file=screen, width=width, force_terminal=True, color_system=None)
    display = ProgressDisplay(console)
    for now in told:
        display(now)
    console.print(display.draw())
    return screen.getvalue()


def test_before_the_first_report_it_says_what_it_does() -> None:
    """A large folder takes seconds to look through: the screen is not empty meanwhile."""
    assert "Looking which recordings are new" in drawn()


def test_the_start_of_workers_shows() -> None:
    """Before the first call is done it is said that workers load their models, and how much there is to do."""
    shown = drawn(BEGUN, replace(BEGUN, event="taken", working=UNDER_WAY.working))
    assert "40 calls, about 2:00:00 of audio; workers start and load their models" in shown
    assert "b.wav" in shown


def test_a_run_under_way() -> None:
    """Share, calls, failures, audio, speed, end, and what each worker hears, since when, and how long it is."""
    shown = drawn(BEGUN, UNDER_WAY)
    for part in (
        "30%",
        "12 of 40 calls, 1 failed",
        "36:00 of 2:00:00 audio",
        "14.0 x real time",
        "to go, until about",
    ):
        assert part in shown
    assert "0:21  b.wav  (6:12 long)" in shown


@pytest.mark.parametrize("width", [80, 60, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """Long names are cut with an ellipsis, not wrapped: the display is drawn over itself."""
    lines = drawn(BEGUN, UNDER_WAY, width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert 4 == len(lines)


def test_many_workers_do_not_fill_the_screen() -> None:
    """Of a cluster's workers a few are shown and the rest counted."""
    many = tuple(WorkInHand(f"/calls/{no}.wav", 60.0, 1.0) for no in range(200))
    assert "and 192 more workers" in drawn(replace(UNDER_WAY, working=many))


def test_what_failed_stays_on_the_screen() -> None:
    """A failure is a line of its own above the display, without the control characters of its name."""
    failure = make_failure("b", "truncated")
    shown = drawn(replace(UNDER_WAY, path="/calls/\x1b[2Jb.wav", failure=failure))
    assert "truncated: " in shown
    assert "\x1b[2J" not in shown


def test_what_it_waits_for_shows() -> None:
    """A held database, and calls that may finish after Ctrl-C, are said in the display until it goes on."""
    waiting = replace(BEGUN, event="waiting", waiting_for="the calls in hand")
    assert "Waiting for the calls in hand" in drawn(UNDER_WAY, waiting)
    assert "Waiting" not in drawn(waiting, UNDER_WAY)


def test_plain_lines_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal: the start, each failure and the end; nothing for files that are taken up."""
    with progress_view() as show:
        assert isinstance(show, ProgressLines)
        show(BEGUN)
        show(replace(UNDER_WAY, event="taken"))
        show(UNDER_WAY)
        show(replace(UNDER_WAY, failure=make_failure("b", "truncated")))
        show(replace(UNDER_WAY, calls_done=40, working=()))
    lines = capsys.readouterr().err.splitlines()
    assert 3 == len(lines)
    assert lines[0].startswith("40 calls, about 2:00:00 of audio")
    assert "truncated: a.wav" in lines[1]
    assert lines[2].startswith("40 of 40 calls, 1 failed, ")
