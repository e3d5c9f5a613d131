"""The labelled sets that decide and that measure: read by training and by the bench alike, without torch."""

from __future__ import annotations

from pathlib import Path

from scripts.sentiment.joined import make_turns
from scripts.sentiment.sources import WRITTEN, Example, read_goemotions, read_written

Sets = dict[str, list[Example]]
"""Examples by the name of their set."""
DEV_DOMAINS = ("dialogue", "message", "second call", "second dialogue", "second message")
FRIENDLY_DOMAINS = ("friendly", "friendly message", "friendly dialogue")
"""Complaints made of friendly words (wishes, mock thanks, leaving, "joke", "used to"), and true thanks, plain wishes
and closings that look like them. Public text takes these words for feeling."""
KINDS = {"message": "own messages to companies", "dialogue": "own everyday talk"}
CALLS, PUBLIC, TURNS = "own calls", "GoEmotions", "own turns of 2 or 3 sentences"
FRIENDLY = "own friendly words"
_TURNS_SEED = 5


def dev_sets(data: Path) -> Sets:
    """The sets that decide: which weights are kept, and the shift of the classes."""
    written = read_written(WRITTEN / "dev.tsv")
    sets = {"GoEmotions dev": read_goemotions(data / "goemotions", "dev")}
    named = {domain: [e for e in written if e.domain == domain] for domain in DEV_DOMAINS}
    apart = {*named, *FRIENDLY_DOMAINS}
    sets["own calls dev"] = [e for e in written if e.domain not in apart]
    sets |= {f"own {domain} dev": examples for domain, examples in named.items()}
    sets["own friendly words dev"] = [e for e in written if e.domain in FRIENDLY_DOMAINS]
    return sets | {"own turns dev": make_turns(written, seed=_TURNS_SEED)}


def own_tests() -> Sets:
    """Our own sets that a finished model is measured on; nothing is chosen by them."""
    talk = read_written(WRITTEN / "talk.tsv")
    sets = {CALLS: read_written(WRITTEN / "test.tsv")}
    sets |= {name: [e for e in talk if e.domain == kind] for kind, name in KINDS.items()}
    turns = make_turns([e for given in sets.values() for e in given], seed=_TURNS_SEED)
    return sets | {TURNS: turns, FRIENDLY: read_written(WRITTEN / "friendly.tsv")}


def public_test(data: Path) -> Sets:
    """The public set that a finished model is measured on."""
    return {PUBLIC: read_goemotions(data / "goemotions", "test")}
