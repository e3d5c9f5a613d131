"""A small project judged by a small rulebook: two calls that need no model weights."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from speechcx.cli import main
from tests import synth

ANN = "ann_c1_2026-03-02T09-15-00.wav"
BOB = "bob_c2_2026-03-03T10-00-00.wav"
"""Recordings of the project."""

CONFIG = """
[files]
recordings = ["calls"]
database = "calls.db"
rulebook = "rulebook.yaml"

[discover]
zone = "Europe/Berlin"
patterns = ["{agent}_{customer}_{started:%Y-%m-%dT%H-%M-%S}"]
settle_s = 0

[turns]
channels = ["agent", "customer"]

[transcribe]
engine = "replay"

[sentiment]
engine = "lexicon"

[batch]
executor = "serial"
disk_floor_mb = 0
"""
RULEBOOK = """
rulebook: small
version: 1
rules:
  - id: greeting
    title: Greets the caller
    kind: compliance
    severity: critical
    said: '"thank you for calling"'
    by: agent
    expect: present
  - id: cancel
    title: Wants to cancel
    kind: driver
    said: 'cancel*'
    by: customer
scorecards:
  - id: quality
    sections:
      - title: Opening
        weight: 100
        questions:
          - {id: greeted, text: Greeted?, rule: greeting}
tests:
  - rule: greeting
    says: [[agent, 0.0, "Thank you for calling."]]
    expect: present
"""
TALK = (
    ("agent", 0, 0.5, "Thank you for calling Northwind Bank how can I help you today"),
    ("customer", 1, 5.0, "I want to cancel my card it is terrible"),
    ("agent", 0, 9.0, "I am sorry to hear that let me look at it"),
    ("customer", 1, 13.0, "Okay thank you that is wonderful"),
)


class Ran(NamedTuple):
    """What a command gave back."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict:
        """The document on stdout."""
        return json.loads(self.out)


Speechcx = Callable[..., Ran]


@pytest.fixture
def speechcx(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Speechcx:
    """Run a command in this process."""

    def run(*words: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["speechcx", *map(str, words)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        return Ran(code, *capsys.readouterr())

    return run


def write_call(path: Path, talk=TALK) -> Path:
    """A two-channel recording of made voices, and its words beside it for the replay engine."""
    import numpy as np

    length_s = 16.0
    # A line has noise: without any, a channel would be dead between its words.
    sound = np.stack([synth.noise(length_s, level_dbov=-80.0, seed=seed) for seed in (1, 2)])
    words = []
    for _, channel, start_s, text in talk:
        said = text.split()
        burst = synth.speech_like(0.3 * len(said), pitch_hz=120 + 80 * channel)
        first = int(start_s * 8000)
        sound[channel, first : first + burst.shape[-1]] += burst
        words += [
            {
                "text": word,
                "start_s": start_s + 0.3 * i,
                "end_s": start_s + 0.3 * i + 0.25,
                "confidence": 0.9,
                "channel": channel,
            }
            for i, word in enumerate(said)
        ]
    path.parent.mkdir(parents=True, exist_ok=True)
    synth.write_wav(path, sound)
    path.with_suffix(".transcript.json").write_text(json.dumps({"language": "en", "words": words}))
    return path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder with two calls, the working directory of the test."""
    monkeypatch.chdir(tmp_path)
    return make_project(tmp_path)


def make_project(folder: Path) -> Path:
    """Settings, a rulebook, two calls in a folder, and what other systems exported about them."""
    (folder / "speechcx.toml").write_text(CONFIG)
    (folder / "rulebook.yaml").write_text(RULEBOOK)
    write_call(folder / "calls" / "ann_c1_2026-03-02T09-15-00.wav")
    # Bob's call is heard from its beginning, so that the missing greeting is his.
    bob = (("agent", 0, 4.35, "Northwind speaking"), *TALK[1:])
    write_call(folder / "calls" / "bob_c2_2026-03-03T10-00-00.wav", talk=bob)
    (folder / "records.csv").write_text(
        "call_id,start,agent,customer,outcome,wait,talk\n"
        "1,2026-03-02 09:15:00,ann,c1,answered,10,20\n2,2026-03-03 10:00:00,bob,c2,answered,30,2000\n"
    )
    (folder / "accounts.csv").write_text(
        "customer,status,since,value\nc1,active,2024-01-01,9\nc2,lost,2024-01-01,5\n"
    )
    (folder / "answers.csv").write_text("id,reference,csat,nps\na1,1,4,9\na2,2,1,\n")
    return folder


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with settings and the small archive of ``tests/ask/archive.py``; made once, to read."""
    from speechcx.store import Store
    from tests.ask.archive import fill

    folder = tmp_path_factory.mktemp("filled")
    (folder / "speechcx.toml").write_text(CONFIG)
    with Store.open(folder / "calls.db", create=True) as store:
        store.db.execute("PRAGMA synchronous = OFF")
        fill(store)
    return folder


@pytest.fixture
def archive(filled: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That folder as working directory."""
    monkeypatch.chdir(filled)
    return filled


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with its two calls scored, made once: Ann greets, Bob's recording has no greeting."""
    folder = make_project(tmp_path_factory.mktemp("scored"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("sys.argv", ["speechcx", "run"])
        with pytest.raises(SystemExit, match="0"):
            main()
    return folder


@pytest.fixture
def scored_copy(scored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it to work in."""
    shutil.copytree(scored, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path
