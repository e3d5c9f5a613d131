"""Nights for the trust tests: a project folder, the real command over it, and what it must end in."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tests.batch.folders import PATTERN, RULES, call_name, write_calls
from tests.batch.zygote import Zygote
from tests.synth import two_speaker_call, write_wav
from tests.trust.content import Content, read_content

WORKERS = 2
CONFIG = f"""
[files]
recordings = ["calls"]
database = "calls.db"
rulebook = "rulebook.yaml"

[discover]
zone = "UTC"
patterns = ["{PATTERN}"]
settle_s = 0

[policy]
# The made calls hold an agent's agitation; a run that may not infer it would judge them again.
agent_voice_emotion = true

[transcribe]
engine = "replay"

[sentiment]
engine = "lexicon"

[batch]
executor = "EXECUTOR"
workers = {WORKERS}
disk_floor_mb = 0
"""
WORDS = (
    (0, 0.3, "Thank"), (0, 0.6, "you"), (0, 0.9, "for"), (0, 1.2, "calling"), (1, 1.7, "I"), (1, 1.9, "am"),
    (1, 2.1, "angry"), (0, 2.7, "Sorry"), (0, 3.0, "goodbye"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Night:
    """A project with recordings.

    Parameters
    ----------
    folder
        The project's folder, with ``speechcx.toml`` and ``calls``.
    calls
        How many recordings there are.
    made_up
        Whether the calls are made up instead of analysed: quick, so that signals mostly meet the rest.
    executor
        ``serial`` or ``processes``.
    """

    folder: Path
    calls: int
    made_up: bool = True
    executor: str = "serial"
    errors: Path = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "errors", self.folder / "errors.txt")

    @property
    def workers(self) -> int:
        """Calls that can be in work at once."""
        return 1 if self.executor == "serial" else WORKERS

    def order(self, database: Path, *flags: str) -> dict[str, Any]:
        """What a zygote is asked for to run ``speechcx run`` here."""
        self.errors.unlink(missing_ok=True)
        return {
            "argv": ["run", "--db", str(database), *flags],
            "cwd": self.folder,
            "made_up": self.made_up,
            "errors": self.errors,
        }

    def words(self) -> str:
        """What the last run said on stderr."""
        return self.errors.read_text("utf-8") if self.errors.exists() else ""

    def run_undisturbed(self, zygote: Zygote, database: Path) -> tuple[Content, float]:
        """The content that every night must end in, and the seconds one takes."""
        answer = zygote.run(**self.order(database), acts=[])
        assert answer["code"] == 0, self.words()
        content = read_content(database)
        assert len(content.calls) == self.calls
        return content, answer["took_s"]


def make_night(folder: Path, calls: int, *, made_up: bool = True, executor: str = "serial") -> Night:
    """Make the project."""
    folder.mkdir(parents=True)
    (folder / "speechcx.toml").write_text(CONFIG.replace("EXECUTOR", executor))
    (folder / "rulebook.yaml").write_text(RULES)
    if made_up:
        write_calls(folder / "calls", calls)
    else:
        write_real_calls(folder / "calls", calls)
    return Night(folder, calls, made_up, executor)


def write_real_calls(folder: Path, count: int) -> None:
    """Short calls of two channels with a transcript beside each, no two the same."""
    folder.mkdir()
    sound = two_speaker_call(((0.2, 1.5), (2.6, 3.3)), ((1.6, 2.5),), duration_s=3.5).sound
    words = [
        {"text": text, "start_s": at, "end_s": at + 0.25, "confidence": 0.9, "channel": channel}
        for channel, at, text in WORDS
    ]
    for number in range(count):
        hiss = np.random.default_rng(number).normal(0, 0.001, sound.shape)
        path = write_wav(folder / call_name(number), np.asarray(sound + hiss, np.float32), encoding="mulaw")
        path.with_suffix(".transcript.json").write_text(json.dumps({"language": "en", "words": words}))
