from __future__ import annotations

import pytest

from speechcx.batch.progress import Progress, RunTally
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
    """Where calls turn out shorter than guessed, so will the rest."""
    seen: list[Progress] = []
    tally = RunTally(2, 240.0, seen.append)
    tally.begin()
    tally.add("/a.wav", make_call("a"), guessed_s=120.0)
    assert seen[0].audio_total_s == 240.0
    assert (seen[1].audio_done_s, seen[1].audio_total_s) == (60.0, 120.0)


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
