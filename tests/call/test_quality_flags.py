"""Tests of the sentences of quality flags."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from speechcx.call.quality_flags import SENTENCES, tell_flag, tell_flags

ROOT = Path(__file__).parents[2]
ROOMS = ("audio", "turns", "transcribe", "prosody")


def flags_that_are_set() -> Iterator[str]:
    """Names given to ``flags.add``, ``append``, ``update`` and to ``replace(..., flags=...)`` in rooms that hear."""
    constants = {"CHANNEL_LATE": "channel_late", "TIMING_UNSURE": "timing_unsure"}
    for path in (path for room in ROOMS for path in (ROOT / "speechcx" / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr in ("add", "append", "update") and "flags" in ast.unparse(node.func.value):
                given = [part for value in node.args for part in values_of(value)]
                yield from (constants.get(name, name) for name in given)


def values_of(node: ast.expr) -> Iterator[str]:
    """String constants and names of constants that an expression may give, without its conditions."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Name) and node.id.isupper():
        yield node.id
    elif isinstance(node, ast.IfExp):
        yield from (*values_of(node.body), *values_of(node.orelse))
    elif isinstance(node, ast.List | ast.Set | ast.Tuple):
        yield from (value for part in node.elts for value in values_of(part))


def flags_of_the_manual() -> set[str]:
    """The flags in the table of docs/recordings.md."""
    text = (ROOT / "docs" / "recordings.md").read_text("utf-8")
    table = text.partition("| flag | meaning |")[2].partition("\n\n")[0]
    return set(re.findall(r"(?m)^\| `([a-z_]+)` \|", table))


def test_every_flag_that_is_set_has_a_sentence() -> None:
    """No call is shown with the bare name of a flag."""
    found = set(flags_that_are_set())
    assert {"partly_mixed", "channel_late", "dual_mono", "truncated", "clipped", "too_short"} <= found
    assert found - set(SENTENCES) == set()


def test_every_flag_of_the_manual_has_a_sentence_and_is_known_to_it() -> None:
    """The manual lists what the file, its channels and its languages may be flagged with; loudness has its own page."""
    assert flags_of_the_manual() - set(SENTENCES) == set()
    assert set(SENTENCES) - flags_of_the_manual() == {"clipped", "low_level", "noisy"}


def test_another_language_is_told_by_its_name() -> None:
    """Whoever reads it need not know the code."""
    assert tell_flag("language:es") == "somebody speaks Spanish where another language is expected"
    assert "nl-x" in tell_flag("language:nl-x")


def test_a_flag_of_an_older_version_keeps_its_name() -> None:
    """A stored call can be shown, whatever it was flagged with; an unknown flag of ours is a fault."""
    assert tell_flags(["one_leg", "gone_flag"]) == {
        "one_leg": "only one speaker is heard in the whole call",
        "gone_flag": "gone flag",
    }
    with pytest.raises(KeyError):
        tell_flag("gone_flag")


def test_sentences_are_plain() -> None:
    """Each begins small and ends without a full stop, so that it fits in a line of several."""
    assert all(
        text[0].islower() and not text.endswith(".") and len(text) <= 110 for text in SENTENCES.values()
    )
