"""A long night of faults: every call ends somewhere, and the parent neither grows nor leaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.batch.zygote import Zygote
from tests.trust.figures import nightly_count, record
from tests.trust.nights import make_night
from tests.trust.soak import soak

MAX_GROWTH_SHARE = 0.05


def check_soak(zygote: Zygote, folder: Path, *, calls: int, since: int, kills: int, removals: int) -> None:
    """One night, with what must hold of it."""
    night = make_night(folder / "project", calls, made_up=False, executor="processes")
    found = soak(night, zygote, folder / "calls.db", seed=calls, kills=kills, removals=removals)
    growth, leaked = found.growth_share(since), found.leaked_files(since)
    record(
        "soak: replay calls with faults at random", calls, bar="growth <= 5 %, others 0",
        good_calls_not_done=found.good_not_done, open_files_leaked=max(0, leaked), orphans=found.orphans,
        largest_memory_growth_percent=round(100 * growth, 2), workers_killed=found.workers_killed,
        calls_poisoned=found.poisoned, recordings_removed=found.removed,
    )  # fmt: skip
    assert sum(found.states.values()) == calls, found.states
    assert found.states.keys() <= {"done", "failed", "quarantined"}, found.states
    assert (found.good_not_done, found.orphans) == (0, 0)
    assert found.exit_code == 3
    assert found.workers_killed >= kills // 2
    assert leaked <= 0
    assert growth <= MAX_GROWTH_SHARE, [(s.dealt_with, s.resident_kb) for s in found.samples][:: calls // 40]


def test_a_night_of_200_calls_with_faults(zygote: Zygote, tmp_path: Path) -> None:
    """Killed workers, poisoned calls and recordings that vanish cost themselves only."""
    check_soak(zygote, tmp_path, calls=200, since=60, kills=4, removals=4)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_a_night_of_2000_calls_with_faults(zygote: Zygote, tmp_path: Path) -> None:
    """From call 300 on the parent grows by 5 % at most."""
    calls = max(400, nightly_count(2000))
    check_soak(zygote, tmp_path, calls=calls, since=300, kills=calls // 50, removals=calls // 50)
