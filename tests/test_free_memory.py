"""Freed memory goes back to the system."""

import subprocess
import sys
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


@pytest.mark.skipif(find_trim() is None, reason="the C library has no mallopt")
def test_a_large_piece_that_is_asked_for_again_is_not_cleared_again() -> None:
    """Four times 64 MB: the kernel gives 16,384 pages once, not four times."""
    program = """
import resource
from speechcx.free_memory import give_back_memory, keep_freed_memory

def use():
    bytearray(b"x") * 64_000_000

assert keep_freed_memory()
use()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(4):
    use()
kept = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
size = lambda: int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
before = size()
give_back_memory()
print(kept, before - size())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    cleared_pages, given_back_bytes = map(int, done.stdout.split())
    assert cleared_pages < 1_000
    assert given_back_bytes > 50_000_000


def resident_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
