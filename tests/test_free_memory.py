"""Freed memory goes back to the system."""

from pathlib import Path

import pytest

from speechcx.free_memory import find_trim, give_back_memory
from speechcx.pipeline import stage


@pytest.mark.skipif(find_trim() is None, reason="the C library cannot give memory back")
@pytest.mark.parametrize("is_stage", [True, False])
def test_what_was_freed_does_not_stay_with_the_process(is_stage: bool) -> None:
    """Many small pieces, freed with one still in use at their end, go back by themselves at the end of a stage."""
    pieces = [bytes(2_000) for _ in range(50_000)]
    # The last piece keeps the C library from shortening its memory by itself.
    kept = pieces[-1]
    before_mb = resident_mb()
    if is_stage:
        with stage("turns", []):
            del pieces
    else:
        del pieces
        give_back_memory()
    assert kept
    assert before_mb - resident_mb() > 70


def resident_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
