from __future__ import annotations

from pathlib import Path

import pytest

from speechcx.batch import memory

MEMINFO = "MemTotal:       16000000 kB\nMemFree:  1 kB\nMemAvailable:    8000000 kB\n"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of 16 GB with 8 GB free, in no control group."""
    (tmp_path / "proc" / "self").mkdir(parents=True)
    (tmp_path / "proc" / "meminfo").write_text(MEMINFO)
    monkeypatch.setattr(memory, "_PROC", tmp_path / "proc")
    monkeypatch.setattr(memory, "_CGROUP", tmp_path / "cgroup")
    return tmp_path


def put_in_group(machine: Path, line: str, limits: dict[str, str]) -> None:
    (machine / "proc" / "self" / "cgroup").write_text(line + "\n")
    for name, text in limits.items():
        path = machine / "cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")


def test_this_machine_says_what_it_has() -> None:
    """More than 50 MB, less than 100 TB, and no more free than there is."""
    whole, free = memory.machine_bytes(), memory.available_bytes()
    assert whole is not None
    assert free is not None
    assert 5e7 < free <= whole < 1e14


def test_a_machine_without_groups(machine: Path) -> None:
    """Has what it has."""
    assert memory.machine_bytes() == 16_384_000_000
    assert memory.available_bytes() == 8_192_000_000


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
    assert memory.machine_bytes() == 3_000_000_000
    assert memory.available_bytes() == 3_000_000_000
    assert memory.worker_limit_mb(1) == 2_600


def test_a_system_that_says_nothing_has_no_limit(machine: Path) -> None:
    """Nothing is guessed."""
    (machine / "proc" / "meminfo").unlink()
    assert memory.machine_bytes() is None
    assert memory.worker_limit_mb(2) == 0
