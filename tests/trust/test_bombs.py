"""Files that ask for far more memory or time than any call are refused in 2 s and 300 MB, in words that say why."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.media import wav_header
from tests.trust.bombs import BOMBS, Bomb
from tests.trust.figures import record
from tests.trust.hearing_bombs import Measured

ROOT = Path(__file__).parents[2]
MOST_S = 2.0
MOST_MB = 300.0


@pytest.fixture(scope="module")
def measure() -> Iterator[Callable[[Path], Measured]]:
    """Hears files one after another, each in a process forked from one that has all libraries loaded."""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.trust.hearing_bombs"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        asked, told = child.stdin, child.stdout
        assert asked is not None
        assert told is not None

        def ask(path: Path) -> Measured:
            asked.write(f"{path}\n")
            asked.flush()
            return Measured(**json.loads(told.readline()))

        yield ask
        asked.close()


def test_there_are_thirty_bombs() -> None:
    """Thirty bombs and more, each under a name of its own."""
    assert len({bomb.name for bomb in BOMBS}) == len(BOMBS) >= 30


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.name)
def test_a_bomb_costs_little_and_is_refused_in_words(
    bomb: Bomb, measure: Callable[[Path], Measured], tmp_path: Path
) -> None:
    """In 2 s of the processor and 300 MB, imports included in the memory, it is told what is wrong and what to do."""
    path = tmp_path / bomb.name
    bomb.write(path)
    told = measure(path)
    if told.seconds > MOST_S:
        # What else runs on a shared core stretches even processor time; what a file costs is the least it took.
        told = min(told, measure(path), key=lambda one: one.seconds)
    for written in tmp_path.iterdir():
        written.unlink()  # pytest keeps folders of the last runs, and some of these are large
    record(
        "bombs: hash, details, decode, turns", 1, bar=f"0, {MOST_MB:.0f} MB, {MOST_S:.0f} s",
        over=told.seconds > MOST_S or told.peak_mb > MOST_MB or told.kind not in bomb.kinds,
        largest_mb=told.peak_mb, largest_seconds=told.seconds,
    )  # fmt: skip
    assert told.kind in bomb.kinds, told.found
    assert all((told.found, told.expected, told.cure))
    assert told.peak_mb <= MOST_MB
    assert told.seconds <= MOST_S


def test_what_a_bomb_costs_would_be_seen(measure: Callable[[Path], Measured], tmp_path: Path) -> None:
    """Memory and time of a file that is decoded whole are measured: half an hour of 48 kHz stereo takes over 100 MB."""
    path = tmp_path / "long.wav"
    content = bytearray(
        wav_header(channels=2, rate_hz=48_000, data_bytes=30 * 60 * 192_000) + bytes(30 * 60 * 192_000)
    )
    content[200_000] = 1  # without this, it would be refused for its silence
    path.write_bytes(content)
    told = measure(path)
    path.unlink()
    assert told.kind == "no_speech"
    assert told.peak_mb > 100
    assert told.seconds > 0.5
