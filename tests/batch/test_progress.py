from __future__ import annotations

import pytest

from speechcx.batch.progress import Progress, RunSummary, RunTally, WorkInHand
from tests.factories import make_call, make_failure


def test_a_tally_counts_and_reports_each_file() -> None:
    """Calls, failures and copies are told apart; every one is reported with its path."""
    seen: list[Progress] = []
    tally = RunTally(3, 300.0, seen.append)
    tally.begin()
    tally.add("/a.wav", make_call("a"), guessed_s=100.0)
    tally.add("/b.wav", make_failure("b", "truncated"), guessed_s=100.0)
    tally.add("/c.wav", None, guessed_s=100.0)
    assert [(p.calls_done, p.calls_total, p.failed, p.path) for p in seen] == [
        (0, 3, 0, ""), (1, 3, 0, "/a.wav"), (2, 3, 1, "/b.wav"), (3, 3, 1, "/c.wav")
    ]  # fmt: skip
    assert [p.failure.kind if p.failure else None for p in seen] == [None, None, "truncated", None]
    assert (tally.done, tally.duplicates, dict(tally.kinds)) == (1, 1, {"truncated": 1})


def test_the_total_follows_what_was_measured() -> None:
    """Where calls turn out half as long as guessed, so will the rest; the guess keeps a tenth of its weight."""
    seen: list[Progress] = []
    tally = RunTally(2, 240.0, seen.append)
    tally.begin()
    tally.add("/a.wav", make_call("a"), guessed_s=120.0)
    assert seen[0].audio_total_s == 240.0
    assert (seen[1].audio_done_s, seen[1].audio_total_s) == (60.0, 60.0 + 120.0 * 84 / 144)


def test_one_odd_call_does_not_throw_the_total_about() -> None:
    """The first of a hundred calls is half as long as guessed: the total moves by a twentieth, not by a half."""
    seen: list[Progress] = []
    tally = RunTally(100, 12_000.0, seen.append)
    tally.add("/a.wav", make_call("a"), guessed_s=120.0)
    assert 0.94 * 12_000 < seen[0].audio_total_s < 12_000


def test_what_workers_have_in_hand_is_told() -> None:
    """A file is in hand from when a worker takes it until it is dealt with, or goes to another try."""
    seen: list[Progress] = []
    tally = RunTally(3, 360.0, seen.append)
    for name in "abc":
        tally.take_up(f"/{name}.wav", guessed_s=120.0)
    tally.add("/a.wav", make_call("a"), guessed_s=120.0)
    tally.let_go("/b.wav")
    tally.add("/b.wav", None, guessed_s=120.0)
    assert [[work.path for work in progress.working] for progress in seen[2:]] == [
        ["/a.wav", "/b.wav", "/c.wav"],
        ["/b.wav", "/c.wav"],
        ["/c.wav"],
    ]
    assert ["taken", "taken", "taken", "done", "done"] == [progress.event for progress in seen]
    assert seen[-1].worker_speed is not None


def test_what_is_in_hand_counts_as_far_as_it_has_come() -> None:
    """Two workers at 10 x real time, 60 s into calls of 900 s, and 1,200 s of audio that nobody has: 120 s to go."""
    working = (WorkInHand("/a", 900.0, 60.0), WorkInHand("/b", 900.0, 60.0))
    progress = Progress(
        1, 9, 0, audio_done_s=600.0, audio_total_s=3600.0, elapsed_s=60.0, working=working, worker_speed=10.0
    )
    assert progress.eta_s == (3000 - 1200) / 20


def test_the_end_is_not_before_the_longest_call() -> None:
    """Where one long call is left, the speed of all workers together says nothing."""
    working = (WorkInHand("/a", 1200.0, 0.0),)
    progress = Progress(
        8, 9, 0, audio_done_s=2400.0, audio_total_s=3600.0, elapsed_s=60.0, working=working, worker_speed=10.0
    )
    assert progress.eta_s == 120.0


def test_speed_and_time_left() -> None:
    """Ten times real time, ten minutes to go: one minute left."""
    progress = Progress(1, 2, 0, audio_done_s=600.0, audio_total_s=1200.0, elapsed_s=60.0)
    assert progress.times_real_time == 10.0
    assert progress.eta_s == 60.0


def test_before_the_first_call_nothing_is_known_of_speed() -> None:
    """None, not 0 and not infinite."""
    progress = Progress(0, 2, 0, 0.0, 1200.0, 5.0)
    assert progress.times_real_time is None
    assert progress.eta_s is None


@pytest.mark.parametrize(
    ("kinds", "waiting", "code"),
    [((), 0, 0), (("truncated",), 0, 3), ((), 1, 3), (("internal",), 0, 1), (("empty", "internal"), 2, 1)],
)
def test_the_exit_code_tells_the_worst(kinds: tuple[str, ...], waiting: int, code: int) -> None:
    """0 all well, 3 some calls failed or wait for metadata, 1 a fault of our own."""
    tally = RunTally(9, 0.0)
    for kind in kinds:
        tally.add(f"/{kind}", make_failure(kind, kind), guessed_s=0.0)
    tally.newly_waiting = waiting
    assert tally.exit_code == code


def test_what_is_left_waits_for_the_next_run() -> None:
    """Planned files that were neither scored nor failed nor told to be copies are left."""
    summary = RunSummary(planned=10, done=4, failed=(("truncated", 2), ("empty", 1)), duplicates=1)
    assert summary.left == 2
    assert RunSummary(planned=2, done=2, duplicates=1).left == 0
