"""Thousands of damaged recordings of every format: decoded whole, refused, or flagged; nothing else happens."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.mutants import Seed, is_short_without_flag, seeds
from tests.trust.figures import record

ROOT = Path(__file__).parents[2]
SEEDS = seeds()
BARE = (".amr", ".aac", ".mp2", ".ulaw", ".sln", ".vox", ".gsm", ".g722", ".g729", "libmp3lame.wav")
"""Formats that have no length of their own; MP3 has one where its encoder wrote it. MP3 in WAV has one where the header
names the rate of bytes, as FFmpeg's does not: the sound may be as long as it is, or a frame inside may be missing."""


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: f"{SEEDS.index(seed)}-{seed.name}")
def test_undamaged_files_have_no_flag_of_damage(seed: Seed, tmp_path: Path) -> None:
    """An undamaged file of any format is whole, and flagged only where its format has no length."""
    from speechcx.audio import AudioSettings, decode
    from tests.audio.conftest import recording_of

    path = tmp_path / seed.name
    path.write_bytes(seed.content)
    audio = decode(recording_of(path), AudioSettings(headerless=(".vox=dialogic",)))
    is_bare = seed.name.endswith(BARE) or (seed.name.startswith("n") and seed.name.endswith(".mp3"))
    flags = ("length_unverified",) if is_bare or seed.name == "parts.mp4" else ()
    assert audio.origin.flags in (flags, ())
    assert is_bare == ("length_unverified" in audio.origin.flags) or seed.name == "parts.mp4"
    assert audio.duration_s == pytest.approx(seed.duration_s, abs=0.2)


def test_there_are_sixty_seeds() -> None:
    """Sixty recordings and more, of every container that is read."""
    assert len(SEEDS) >= 60


def test_five_thousand_mutants(tmp_path: Path) -> None:
    """Of 5,000 damaged recordings none crashes, hangs, opens another file, or is short without a flag."""
    check_mutants(5_000, tmp_path)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_fifty_thousand_mutants(tmp_path: Path) -> None:
    """The same of 50,000 others."""
    check_mutants(50_000, tmp_path, first=100_000)


def check_mutants(count: int, folder: Path, *, first: int = 0, workers: int = 2) -> None:
    """Decode mutants in processes of their own beside a recording that nobody may open."""
    step = -(-count // workers)
    children = [
        start(first + no * step, min(first + count, first + (no + 1) * step), folder) for no in range(workers)
    ]
    codes = [child.wait() for child in children]
    told = [json.loads(line) for path in folder.glob("*/told") for line in path.read_text().splitlines()]
    ended = {row["no"]: row for row in told if row["end"] != "begun"}
    hung = {row["no"] for row in told} - set(ended)
    crashed = [row for row in ended.values() if row["end"] == "crash"]
    short = [row for row in ended.values() if is_short_without_flag(row)]
    # A mutant that opens the neighbour waits for ever, so a foreign file counts as hung.
    record(
        f"mutants of {len(SEEDS)} recordings", len(ended), bar="all 0",
        errors_of_another_kind=len(crashed), crashed_hung_or_foreign_file=len(hung), short_without_flag=len(short),
    )  # fmt: skip
    assert not hung, f"crashed or hung: {hung}; codes {codes}"
    assert len(ended) == count
    assert crashed == []
    assert short == []


def start(first: int, last: int, folder: Path) -> subprocess.Popen[bytes]:
    """A child that decodes the mutants of these numbers in a folder beside the neighbour."""
    place = folder / str(first)
    place.mkdir()
    os.mkfifo(place / "neighbour.wav")  # to open it is to wait for ever
    # Into a file: a pipe that nobody empties would stop the child.
    with (place / "told").open("wb") as told:
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.faults.mutants", str(first), str(last), str(place)],
            cwd=place,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=told,
        )


def test_opening_the_neighbour_would_be_seen(tmp_path: Path) -> None:
    """Whoever opens the neighbour waits for ever, which is what a hang is told by."""
    os.mkfifo(tmp_path / "neighbour.wav")
    code = "import signal; signal.alarm(1); open('neighbour.wav', 'rb')"
    child = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False)
    assert child.returncode == -signal.SIGALRM
