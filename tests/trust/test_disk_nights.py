"""Whatever becomes of the disk in the middle of a night, nothing is corrupt, and the next run completes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.batch.folders import call_name
from tests.batch.zygote import open_zygote
from tests.trust.disk import build_layer
from tests.trust.disk_nights import TROUBLES, DiskNights
from tests.trust.figures import nightly_count, nightly_seed, record
from tests.trust.mounts import small_disk
from tests.trust.nights import make_night, write_real_calls


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DiskNights]:
    """Nights of ten calls whose database lies on a disk of its own."""
    folder = tmp_path_factory.mktemp("disk-nights")
    layer = build_layer(folder)
    if layer is None:
        pytest.skip("no C compiler: operations cannot be made slow")
    write_real_calls(folder / "warm", 1)
    with (
        small_disk(folder) as disk,
        open_zygote(folder / "warm" / call_name(0), {"LD_PRELOAD": str(layer)}) as zygote,
    ):
        yield DiskNights(make_night(folder / "project", 10), zygote, disk, folder)


def check_nights(nights: DiskNights, count: int, first: int) -> None:
    """Spend so many nights; all must hold."""
    found = nights.spend(range(first, first + count))
    record(
        "nights of 10 calls on a full, slow or vanishing disk", found.nights.total(), bar="all 0",
        corrupt=found.corrupt, codes_or_messages_amiss=found.codes_amiss, next_run_unequal=found.unequal,
    )  # fmt: skip
    assert not found.problems, "\n".join(found.problems)


def test_a_night_of_each_kind(nights: DiskNights) -> None:
    """A full, a slow and a given-up disk, and a folder of recordings and of the database that vanish."""
    check_nights(nights, len(TROUBLES), 0)


@pytest.mark.nightly
@pytest.mark.timeout(14_400)
def test_nights_of_every_kind(nights: DiskNights) -> None:
    """3,300 nights, each with its trouble at another moment."""
    check_nights(nights, nightly_count(3_300), nightly_seed(1_000))
