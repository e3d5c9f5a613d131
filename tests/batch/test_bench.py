"""How fast a machine is, reckoned from pieces of recordings."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from speechcx.batch import bench as measure
from speechcx.batch.bench import list_choices
from speechcx.config import BatchSettings, Settings, listen_digest
from speechcx.errors import UsageError
from speechcx.executors import Executor
from tests.batch.folders import make_rulebook, make_settings
from tests.faults.calls import in_process
from tests.trust.nights import write_real_calls


@pytest.fixture
def two_cores_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces are worked in this process, and two cores are counted whatever there are."""
    module = sys.modules["speechcx.batch.bench"]
    monkeypatch.setattr(module, "find_crew", work_here)
    monkeypatch.setattr(module, "count_cores", lambda: 2)
    # However slow this machine is now, no choice is left out.
    monkeypatch.setattr(module, "_MAX_FACTOR", float("inf"))


def work_here(batch: BatchSettings, *, tasks: int, workers: int) -> Executor:
    return in_process(replace(batch, executor="serial"), tasks=tasks, workers=workers)


@pytest.mark.usefixtures("two_cores_here")
def test_every_choice_is_measured_and_the_fastest_comes_first(tmp_path: Path) -> None:
    """Speeds fall, each from several pieces; what nights need follows from the first by plain arithmetic."""
    write_real_calls(tmp_path / "calls", 3)
    found = measure([tmp_path / "calls"], make_settings(), make_rulebook(), seconds=0.1, night_hours=2.0)
    speeds = [speed.times_real_time for speed in found.speeds]
    assert {(2, 1), (1, 2), (3, 1)} == {(speed.workers, speed.threads) for speed in found.speeds}
    assert sorted(speeds, reverse=True) == speeds
    assert all(speed.pieces > 0 and speed.memory_mb > 10 for speed in found.speeds)
    assert (3, 3.5) == (found.files, found.mean_call_s)
    assert found.calls_a_night == pytest.approx(speeds[0] * 7200 / 3.5, rel=0.01)
    need = found.needs[-1]
    assert (100_000, 97.2) == (need.calls, need.audio_hours)
    assert need.hours == pytest.approx(97.2 / speeds[0], abs=0.1)
    best = found.speeds[0]
    assert best.workers == found.best_settings["batch"]["workers"]


def test_settings_that_are_tried_change_no_word() -> None:
    """All of them have one digest of hearing, but for the other encoder, which is never written by itself."""
    for cores in (1, 2, 8, 64):
        choices = list_choices(cores, Settings())
        kept = [choice for choice in choices if choice.transcribe.encoder == "auto"]
        assert (1, len(choices) - 1) == (len({listen_digest(choice) for choice in kept}), len(kept))
        assert len(choices) == len(set(choices))
        assert all(choice.batch.workers >= 1 for choice in choices)


def test_without_recordings_it_says_what_to_name(tmp_path: Path) -> None:
    """An empty folder and one without anything that can be decoded get the same answer."""
    (tmp_path / "broken.wav").write_bytes(b"RIFF none")
    with pytest.raises(UsageError, match=r"no recording that can be decoded[\s\S]*speechcx bench FILES"):
        measure([tmp_path], make_settings(), make_rulebook())
