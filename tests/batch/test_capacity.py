"""Tests of what this machine can carry."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from speechcx.batch import capacity
from speechcx.batch.capacity import bound_length_s, expect_engines, guess_length_s
from speechcx.config import BatchSettings
from speechcx.errors import ConfigError, DiskLow, ModelBad, ModelMissing
from speechcx.executors.processes import ProcessExecutor
from speechcx.executors.serial import SerialExecutor
from speechcx.sentiment import SentimentSettings
from speechcx.transcribe import TranscribeSettings
from tests.batch.folders import make_settings
from tests.synth import write_wav


def test_engines_without_weights_need_nothing() -> None:
    """``replay`` and ``lexicon`` are always ready."""
    expect_engines(make_settings())


@pytest.mark.parametrize("section", ["transcribe", "sentiment"])
def test_weights_that_are_not_there_are_told(section: str, tmp_path: Path) -> None:
    """With exit code 13."""
    nowhere = str(tmp_path / "nowhere")
    settings = (
        replace(make_settings(), transcribe=TranscribeSettings(engine="whisper", model=nowhere))
        if section == "transcribe"
        else replace(
            make_settings(), sentiment=SentimentSettings(engine="transformer", model="no-such-model")
        )
    )
    with pytest.raises(ModelMissing) as told:
        expect_engines(settings)
    assert told.value.exit_code == 13
    assert told.value.cure


def test_weights_that_could_run_code_are_refused(tmp_path: Path) -> None:
    """A pickle in the place of a model is no model."""
    (tmp_path / "model.bin").write_bytes(b"\x80\x04pickle")
    settings = replace(make_settings(), transcribe=TranscribeSettings(model=str(tmp_path)))
    with pytest.raises(ModelBad, match="can run code"):
        expect_engines(settings)


def test_an_unknown_engine_is_told_with_the_nearest() -> None:
    """With exit code 12."""
    settings = replace(make_settings(), sentiment=SentimentSettings(engine="lexikon"))
    with pytest.raises(ConfigError, match="use 'lexicon'"):
        expect_engines(settings)


def limits(settings: BatchSettings, tasks: int, workers: int | None = None) -> tuple[int, int, int]:
    found = capacity.find_crew(settings, tasks=tasks, workers=workers)
    assert isinstance(found, ProcessExecutor)
    return found.limits.workers, found.limits.memory_mb, found.limits.recycle_after


def test_the_settings_choose_the_executor() -> None:
    """By name."""
    assert isinstance(capacity.find_crew(BatchSettings(executor="serial"), tasks=3), SerialExecutor)


def test_there_are_never_more_workers_than_tasks() -> None:
    """Starting a worker for nothing costs a second."""
    assert limits(BatchSettings(workers=8, memory_limit_mb=900, recycle_after=7), 3) == (3, 900, 7)
    assert limits(BatchSettings(workers=8), 0)[0] == 1
    assert limits(BatchSettings(workers=8), 30, workers=1)[0] == 1


def test_without_a_number_each_core_gets_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """As far as the free memory carries them, and one at least."""
    cores = len(os.sched_getaffinity(0))
    monkeypatch.setattr(capacity, "available_bytes", lambda: 10**12)
    assert capacity.count_workers() == cores
    monkeypatch.setattr(capacity, "available_bytes", lambda: None)
    assert capacity.count_workers() == cores
    monkeypatch.setattr(capacity, "available_bytes", lambda: 10**9)
    assert capacity.count_workers() == 1


def test_without_a_limit_each_worker_gets_its_share_of_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the number of workers that run, and never so little that a good call would be ended."""
    monkeypatch.setattr(capacity, "machine_bytes", lambda: 16_000_000_000)
    assert [limits(BatchSettings(workers=n), 100)[1] for n in (1, 2, 4, 64)] == [13_900, 6_950, 3_475, 2_600]
    assert limits(BatchSettings(workers=4), 100, workers=1)[1] == 13_900
    monkeypatch.setattr(capacity, "machine_bytes", lambda: None)
    assert limits(BatchSettings(workers=4), 100)[1] == 0


MEMINFO = "MemTotal:       16000000 kB\nMemFree:  1 kB\nMemAvailable:    8000000 kB\n"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of 16 GB with 8 GB free, in no control group."""
    (tmp_path / "proc" / "self").mkdir(parents=True)
    (tmp_path / "proc" / "meminfo").write_text(MEMINFO)
    monkeypatch.setattr(capacity, "_PROC", tmp_path / "proc")
    monkeypatch.setattr(capacity, "_CGROUP", tmp_path / "cgroup")
    return tmp_path


def put_in_group(machine: Path, line: str, limits: dict[str, str]) -> None:
    (machine / "proc" / "self" / "cgroup").write_text(line + "\n")
    for name, text in limits.items():
        path = machine / "cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")


def test_this_machine_says_what_it_has() -> None:
    """More than 50 MB, less than 100 TB, and no more free than there is."""
    whole, free = capacity.machine_bytes(), capacity.available_bytes()
    assert whole is not None
    assert free is not None
    assert 5e7 < free <= whole < 1e14


def test_a_machine_without_groups(machine: Path) -> None:
    """Has what it has."""
    assert capacity.machine_bytes() == 16_384_000_000
    assert capacity.available_bytes() == 8_192_000_000


@pytest.mark.parametrize(
    ("line", "limits"),
    [
        ("0::/app/job", {"app/job/memory.max": "max", "app/memory.max": "3000000000", "memory.max": "max"}),
        ("0::/of/the/host", {"memory.max": "3000000000"}),
        ("0::/../outside", {"memory.max": "3000000000"}),
        ("4:cpu,memory:/app", {"memory/app/memory.limit_in_bytes": "3000000000"}),
        ("4:memory:/app", {"memory/app/memory.limit_in_bytes": "9223372036854771712",
                           "memory/memory.limit_in_bytes": "3000000000"}),
    ],
    ids=["above", "container", "outside", "version 1", "version 1 above"],
)  # fmt: skip
def test_a_container_has_what_it_is_given(machine: Path, line: str, limits: dict[str, str]) -> None:
    """The least of its group's limit and of those above."""
    put_in_group(machine, line, limits)
    assert capacity.machine_bytes() == 3_000_000_000
    assert capacity.available_bytes() == 3_000_000_000
    assert capacity.worker_limit_mb(1) == 2_600


def test_a_system_that_says_nothing_has_no_limit(machine: Path) -> None:
    """Nothing is guessed."""
    (machine / "proc" / "meminfo").unlink()
    assert capacity.machine_bytes() is None
    assert capacity.worker_limit_mb(2) == 0


def test_free_room_is_that_of_the_databases_disk(tmp_path: Path) -> None:
    """Also where neither file nor folder exists yet."""
    assert capacity.free_bytes(tmp_path / "no" / "folder" / "calls.db") > 0


def test_too_little_room_is_told_with_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is free, what is wanted, and what for; exit code 14."""
    monkeypatch.setattr(capacity, "free_bytes", lambda _: 150_000_000)
    with pytest.raises(
        DiskLow, match=r"150 MB are free[\s\S]*200 MB \(200 MB of batch\.disk_floor_mb"
    ) as low:
        capacity.expect_room(tmp_path / "calls.db", 200)
    assert low.value.exit_code == 14


def test_what_is_planned_counts_thrice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand hours need their room above the floor."""
    monkeypatch.setattr(capacity, "free_bytes", lambda _: 300_000_000)
    capacity.expect_room(tmp_path / "calls.db", 200, audio_s=3600.0)
    with pytest.raises(DiskLow, match=r"expected|Expected"):
        capacity.expect_room(tmp_path / "calls.db", 200, audio_s=3_600_000.0)


def test_low_means_under_the_floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the floor is not under it; a floor of 0 is never reached."""
    monkeypatch.setattr(capacity, "free_bytes", lambda _: 200_000_000)
    assert not capacity.is_low(tmp_path, 200)
    assert capacity.is_low(tmp_path, 201)
    assert not capacity.is_low(tmp_path, 0)


@pytest.mark.parametrize(("encoding", "channels"), [("pcm16", 1), ("pcm16", 2), ("mulaw", 2)])
def test_a_wav_header_tells_the_length(tmp_path: Path, encoding: str, channels: int) -> None:
    """Bytes a second come from the header, whatever codec and channels."""
    path = write_wav(tmp_path / "a.wav", np.zeros((channels, 8000 * 12), np.float32), encoding=encoding)
    assert bound_length_s(str(path), path.stat().st_size) == pytest.approx(12.0, abs=0.05)


@pytest.mark.parametrize("head", [b"", b"RIFF", b"RIFF____WAVEfmt " + b"\xff" * 30, b"x" * 50])
def test_without_a_sane_header_the_leanest_codec_bounds_the_length(tmp_path: Path, head: bytes) -> None:
    """A wrong header cannot make the time limit absurdly short."""
    path = tmp_path / "a.wav"
    path.write_bytes(head)
    assert bound_length_s(str(path), 1_625_000) == 1000.0


def test_a_file_that_is_gone_is_bounded_too() -> None:
    """Looking at the header raises nothing."""
    assert bound_length_s("gone.wav", 16_250) == 10.0


@pytest.mark.parametrize("name", ["a.wav", "a.MP3", "a.opus", "a.amr", "a.ulaw", "a", "a.xyz"])
def test_the_bound_is_never_under_the_guess(name: str) -> None:
    """The usual length is not longer than the longest."""
    assert 0 < guess_length_s(name, 1_000_000) <= bound_length_s(name, 1_000_000)
