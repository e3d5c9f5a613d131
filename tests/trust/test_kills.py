"""Whatever stops a run of the real command, whenever: no call lost, doubled or wrong, and the next run completes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.batch.zygote import Zygote
from tests.trust.figures import nightly_count, nightly_seed, record
from tests.trust.kills import Kills
from tests.trust.nights import Night, make_night

CASES = {
    "made-serial": (lambda folder: make_night(folder, 20), 70),
    "made-processes": (lambda folder: make_night(folder, 20, executor="processes"), 90),
    "real-serial": (lambda folder: make_night(folder, 12, made_up=False), 30),
    "real-processes": (lambda folder: make_night(folder, 4, made_up=False, executor="processes"), 6),
    "fresh": (lambda folder: make_night(folder, 2, made_up=False), 6),
}
"""Nights by name, with the kills of the small tier: calls made up or analysed, one process or workers.

``fresh`` starts a new interpreter for each run; the others are forked off one that has everything loaded.
"""
NIGHTLY_FACTOR = 5


def make_kills(case: str, zygote: Zygote, folder: Path) -> Kills:
    """The rounds of a case."""
    night: Night = CASES[case][0](folder / "project")
    return Kills(case, night, zygote, folder / "databases", fresh=case == "fresh")


def kill(case: str, kills: int, zygote: Zygote, folder: Path, *, seed: int = 0) -> None:
    """Rounds of a case until so many runs were hit; all must hold."""
    found = make_kills(case, zygote, folder).run_rounds(kills, seed=seed)
    record(
        "kills of a real run", found.kills, bar="all 0",
        lost=found.lost, doubled=found.doubled, wrong=found.wrong, orphans=found.orphans,
        unequal=found.unequal, otherwise_amiss=found.other, largest_stop_s=round(found.largest_stop_s, 2),
    )  # fmt: skip
    assert not found.problems, "\n".join(found.problems)


@pytest.mark.parametrize("case", CASES)
def test_kills(case: str, zygote: Zygote, tmp_path: Path) -> None:
    """Runs that are killed, stopped, hung up on and interrupted at random moments, 200 in all."""
    kill(case, CASES[case][1], zygote, tmp_path)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("case", CASES)
def test_kills_all_night(case: str, zygote: Zygote, tmp_path: Path) -> None:
    """A thousand of them, under other seeds."""
    kills = nightly_count(NIGHTLY_FACTOR * CASES[case][1])
    kill(case, kills, zygote, tmp_path, seed=nightly_seed(10_000))
