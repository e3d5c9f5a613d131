"""Whichever operation on the database's folder fails: nothing is corrupt, and the next run completes."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from speechcx.store import Store
from tests.batch.folders import call_name
from tests.batch.zygote import open_zygote
from tests.trust.disk import OPERATIONS, DiskFault, FailingDisk, Outcome, build_layer
from tests.trust.figures import nightly_count, nightly_seed, record
from tests.trust.nights import make_night, write_real_calls

WRITES = 25
"""Of the small tier; the other operations are few, and each of them fails."""
OTHERS = 8


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder in memory where there is one: thousands of nights wait for no disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


@pytest.fixture(scope="module")
def disk(folder: Path) -> Iterator[FailingDisk]:
    """Nights of twenty calls on a disk that fails."""
    layer = build_layer(folder)
    if layer is None:
        pytest.skip("no C compiler: operations cannot be made to fail")
    write_real_calls(folder / "warm", 1)
    made = folder / "made.db"
    Store.open(made, create=True).close()
    with open_zygote(folder / "warm" / call_name(0), {"LD_PRELOAD": str(layer)}) as zygote:
        yield FailingDisk(make_night(folder / "project", 20), zygote, folder, made=made)


def check(found: Outcome) -> None:
    """Write the figures down; all must hold."""
    record(
        "nights of 20 calls whose n-th disk operation fails", found.nights, bar="all 0",
        corrupt=found.corrupt, codes_or_messages_amiss=found.codes_amiss, next_run_incomplete=found.incomplete,
    )  # fmt: skip
    assert not found.problems, "\n".join(found.problems)


def pick(count: int, wanted: int, draw: random.Random) -> list[int]:
    """So many of 1 to `count`, the first and the last among them."""
    if count <= max(wanted, 2):
        return list(range(1, count + 1))
    wanted = max(wanted, 2)
    return sorted({1, count, *draw.sample(range(2, count), wanted - 2)})


def both_ways(operation: str, at: int) -> list[DiskFault]:
    """The n-th operation fails once with one error, and from then on with the other."""
    once, on = ("EIO", "ENOSPC") if at % 2 else ("ENOSPC", "EIO")
    return [DiskFault(operation, at, once), DiskFault(operation, at, on, on=True)]


def test_the_layer_counts_what_a_night_does(disk: FailingDisk) -> None:
    """Calls are claimed and kept in transactions, each written and synced: two syncs a call at least."""
    assert disk.operations["write"] > 20 * 20
    assert disk.operations["sync"] >= 2 * 20
    assert disk.operations["open"] >= 1


def test_some_operations_fail(disk: FailingDisk) -> None:
    """A sample: the first, the last and some between of each kind, once and for good, with EIO and ENOSPC."""
    draw = random.Random(20261130)
    faults: list[DiskFault] = []
    for operation in OPERATIONS:
        wanted = WRITES if operation == "write" else OTHERS
        for number, at in enumerate(pick(disk.operations[operation], wanted, draw)):
            faults.append(both_ways(operation, at)[number % 2])
    check(disk.fail(faults))


def test_the_disk_becomes_read_only(disk: FailingDisk) -> None:
    """From some moment on every operation fails with EROFS, as on a disk that the system has given up."""
    total = sum(count for operation, count in disk.operations.items() if operation != "read")
    check(disk.fail(DiskFault("any", at, "EROFS", on=True) for at in pick(total, 6, random.Random(3))))


@pytest.mark.nightly
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_operation_fails(disk: FailingDisk, operation: str) -> None:
    """Each one of a whole night, once and for good, EIO and ENOSPC in turn."""
    count = disk.operations[operation]
    chosen = pick(count, nightly_count(count), random.Random(nightly_seed(0)))
    found = disk.fail(fault for at in chosen for fault in both_ways(operation, at))
    assert found.not_reached <= 2
    check(found)
