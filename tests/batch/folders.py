"""Folders of made-up recordings, runs over them, and what a database says in the end."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from speechcx.call import Call
from speechcx.config import BatchSettings, Settings
from speechcx.discover import DiscoverSettings
from speechcx.rules import Rulebook, parse_rulebook
from speechcx.sentiment import PolicySettings, SentimentSettings
from speechcx.store import KnownFile, Store
from speechcx.transcribe import TranscribeSettings

PATTERN = "{agent}_{customer}_{started:%Y-%m-%dT%H-%M-%S}"

RULES = """
rulebook: night-run
version: 1
rules:
  - id: greeting
    title: Greets the caller
    kind: compliance
    expect: present
    said: '"thank you for calling"'
    by: agent
scorecards: []
"""


def make_settings(executor: str = "serial", **batch: object) -> Settings:
    """Settings that need no weights, take fresh files at once and leave the disk alone."""
    usual: dict[str, object] = {"executor": executor, "workers": 2, "disk_floor_mb": 0}
    return Settings(
        discover=DiscoverSettings(settle_s=0.0, patterns=(PATTERN,), zone="UTC"),
        transcribe=TranscribeSettings(engine="replay"),
        sentiment=SentimentSettings(engine="lexicon"),
        # Made calls hold an agent's agitation; a run that may not infer it would judge them again.
        policy=PolicySettings(agent_voice_emotion=True),
        batch=BatchSettings(**(usual | batch)),  # type: ignore[arg-type]
    )


def make_rulebook(version: int = 1) -> Rulebook:
    """A rulebook of one rule."""
    return parse_rulebook(RULES.replace("version: 1", f"version: {version}"))


def call_name(number: int, agent: str = "ann") -> str:
    """A file name with agent, customer and time."""
    return f"{agent}_c{number}_2025-03-04T09-{number // 60:02d}-{number % 60:02d}.wav"


def write_call(folder: Path, number: int, *, fault: str = "", agent: str = "ann") -> Path:
    """A file that ``MadeUp`` takes for a call, or for the `fault` it names."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / call_name(number, agent)
    path.write_text(f"fault: {fault}\n{number}" if fault else f"call {number}")
    return path


def write_calls(folder: Path, count: int) -> list[Path]:
    """`count` good calls."""
    return [write_call(folder, number) for number in range(count)]


def known(database: Path) -> dict[str, KnownFile]:
    """The ledger's files by name."""
    with Store.open(database, read_only=True) as store:
        return {Path(path.decode()).name: file for path, file in store.ledger.known_files().items()}


def states(database: Path) -> dict[str, int]:
    """How many files are in which state."""
    found: dict[str, int] = {}
    for file in known(database).values():
        found[file.state] = found.get(file.state, 0) + 1
    return found


def content_hash(database: Path) -> str:
    """A digest of all that is stored of calls, but for when and how quickly it was done."""
    with Store.open(database, read_only=True) as store:
        digest = hashlib.sha256()
        for call_id in sorted(store.iter_call_ids()):
            digest.update(call_hash(store.load(call_id)).encode())
        files = sorted(
            (path, file.state, file.call_id, file.kind) for path, file in store.ledger.known_files().items()
        )
        digest.update(repr(files).encode())
        return digest.hexdigest()


def call_hash(call: Call) -> str:
    """A digest of a call, but for how quickly it was made."""
    made_with = replace(call.conversation.provenance, stages=())
    timeless = replace(call, conversation=replace(call.conversation, provenance=made_with))
    return hashlib.sha256(repr(timeless).encode()).hexdigest()
