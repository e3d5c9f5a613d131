"""After a power cut at any moment the database holds whole calls, and all that the run had told to be kept."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from speechcx.store import Store
from tests.trust.content import Content, count_calls, find_faults, read_content
from tests.trust.disk import build_layer
from tests.trust.figures import nightly_count, nightly_seed, record
from tests.trust.power_cuts import (
    CALLS,
    DATABASE,
    NIGHTS,
    SYNC,
    TRUNCATE,
    WAYS,
    WRITE,
    Operation,
    Recorded,
    read_operations,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recorded, Content]:
    """Three nights written down operation by operation, and the content they end in."""
    folder = tmp_path_factory.mktemp("nights")
    layer = build_layer(folder)
    if layer is None:
        pytest.skip("no C compiler: operations cannot be written down")
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.trust.power_cuts", str(folder)],
        cwd=ROOT, env=os.environ | {"LD_PRELOAD": str(layer)}, check=True,
    )  # fmt: skip
    content = read_content(folder / "disk" / DATABASE)
    assert len(content.calls) == NIGHTS * CALLS
    return Recorded(read_operations(folder / "log", folder / "disk")), content


def check_images(recorded: Recorded, expected: Content, folder: Path, *, images: int, seed: int) -> None:
    """Cut the power at random moments, each in another way, and look at what is left."""
    problems, found = [], Counter[str]()
    database = folder / DATABASE
    for number in range(seed, seed + images):
        draw = random.Random(number)
        moment, way = draw.randint(1, len(recorded.operations)), WAYS[number % len(WAYS)]
        for name, content in recorded.image(moment, way, draw).items():
            (folder / name).write_bytes(content)
        told = recorded.told_by(moment)
        where = f"image {number}: cut before operation {moment}, of what was not synced {way}"
        for kind, what in look_at(database, expected, told):
            found[kind] += 1
            problems.append(f"{where}: {what}")
        for path in folder.iterdir():
            path.unlink()
    record(
        "power cuts", images, bar="all 0",
        not_sound=found["sound"], lost_though_told=found["lost"], half_or_wrong_calls=found["whole"],
    )  # fmt: skip
    assert not problems, "\n".join(problems)


def look_at(database: Path, expected: Content, told: int) -> list[tuple[str, str]]:
    """What is amiss after a cut: not ``sound``, calls ``lost`` that were told to be kept, calls not ``whole``."""
    try:
        stored = count_calls(database)
    except sqlite3.DatabaseError as error:
        return [("sound", f"cannot be read: {error}")]
    problems = []
    if not told <= stored <= told + 1:
        problems.append(("lost", f"{stored} calls are there, {told} were told to be kept"))
    if stored:
        problems += [("whole", fault) for fault in find_faults(database, expected)]
    try:
        Store.open(database, create=True).close()
        with closing(sqlite3.connect(database)) as db:
            said = (
                db.execute("PRAGMA integrity_check").fetchall()
                + db.execute("PRAGMA foreign_key_check").fetchall()
            )
    except Exception as error:  # noqa: BLE001  whatever it is, it is what a person would meet
        said = [(f"{type(error).__name__}: {error}",)]
    problems += [("sound", str(line)) for line in said if line != ("ok",)]
    return problems


def test_calls_survive_power_cuts(recorded: tuple[Recorded, Content], tmp_path: Path) -> None:
    """Forty cuts: unsynced writes lost, kept, reordered or torn; whole calls only, and none that was told is lost."""
    check_images(*recorded, tmp_path, images=40, seed=0)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_calls_survive_many_power_cuts(recorded: tuple[Recorded, Content], tmp_path: Path) -> None:
    """Five hundred others."""
    check_images(*recorded, tmp_path, images=nightly_count(500), seed=nightly_seed(1_000))


def test_the_nights_sync_what_they_tell(recorded: tuple[Recorded, Content]) -> None:
    """The layer saw writes, cuts and syncs of the database and of its log, and each call told."""
    seen = {(each.kind, each.name) for each in recorded[0].operations}
    assert {
        (WRITE, DATABASE),
        (SYNC, DATABASE),
        (WRITE, f"{DATABASE}-wal"),
        (SYNC, f"{DATABASE}-wal"),
    } <= seen
    assert recorded[0].told_by(len(recorded[0].operations)) == NIGHTS * CALLS


def test_a_database_that_did_not_sync_would_be_seen(
    recorded: tuple[Recorded, Content], tmp_path: Path
) -> None:
    """With syncs left out of what was written down, calls that were told to be kept are lost, and that is found."""
    careless = Recorded([each for each in recorded[0].operations if each.kind != SYNC])
    with pytest.raises(AssertionError, match="were told to be kept"):
        check_images(careless, recorded[1], tmp_path, images=10, seed=0)


def test_an_image_is_what_was_synced_and_a_part_of_the_rest() -> None:
    """Of two writes and a cut after a sync nothing, all, or some is there."""
    operations = [
        Operation(WRITE, "a", 0, b"old!"), Operation(SYNC, "a", 0, b""), Operation(WRITE, "a", 0, b"new"),
        Operation(WRITE, "a", 3, b"er"), Operation(TRUNCATE, "a", 4, b""),
    ]  # fmt: skip
    made = {way: Recorded(operations).image(5, way, random.Random(1))["a"] for way in WAYS}
    assert (b"old!", b"newe") == (made["nothing"], made["everything"])
    some = {Recorded(operations).image(5, "some", random.Random(seed))["a"] for seed in range(50)}
    assert some >= {b"old!", b"new!", b"newer", b"newe", b"older"}
