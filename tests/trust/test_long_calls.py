"""Four hours of stereo, analysed from the file to the scores in less than 2 GiB."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from speechcx.errors import ModelMissing
from speechcx.weights import find_model
from tests.e2e.against_truth import SAMPLES
from tests.trust.figures import record
from tests.trust.long_call import MODEL, write_long_call

ROOT = Path(__file__).parents[2]
SOURCE = SAMPLES / "calls" / "james.carter_C7001_2026-03-04T17-20-00.flac"
HOURS = 4
MOST_MB = 2048


@pytest.mark.nightly
@pytest.mark.timeout(7200)
def test_four_hours_of_stereo_take_less_than_two_gigabytes(tmp_path: Path) -> None:
    """Two channels at 16 kHz, models included; the last words are written down as the first are."""
    try:
        find_model(MODEL)
    except ModelMissing:
        pytest.skip(f"{MODEL} is not on this machine: speechcx models pull {MODEL}")
    path = tmp_path / "long.wav"
    count = write_long_call(path, SOURCE, HOURS)
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.trust.long_call", str(path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    path.unlink()
    assert ended.returncode == 0, ended.stderr[-2000:]
    told = json.loads(ended.stdout.splitlines()[-1])
    record(
        f"{HOURS} h of stereo, analysed whole", 1, bar=f"{MOST_MB} MB",
        words=told["words"], largest_mb=told["peak_mb"], largest_processor_s=told["processor_s"],
    )  # fmt: skip
    assert told["duration_s"] == pytest.approx(HOURS * 3600, abs=1)
    assert told["turns"] >= 4 * count
    assert told["words"] >= 30 * count
    assert told["peak_mb"] <= MOST_MB
