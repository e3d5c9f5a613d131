"""Measure stored calls of ``samples/`` against ``samples/truth.json``: words, turn edges, rules, moods.

Used by the end-to-end tests and printed by ``scripts/bench samples``.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import jiwer
from whisper_normalizer.english import EnglishTextNormalizer

from speechcx.call import Call, Span

SAMPLES = Path(__file__).resolve().parent.parent.parent / "samples"
Truth = dict[str, Any]


def read_truth() -> dict[str, Truth]:
    """The truth of each sample by file name."""
    files = json.loads((SAMPLES / "truth.json").read_text("utf-8"))["files"]
    return {file["file"]: file for file in files}


@dataclass(slots=True)
class Measured:
    """Figures over one or more samples."""

    reference_words: int = 0
    word_errors: float = 0.0
    edge_errors_s: list[float] = field(default_factory=list)
    lost_turns: int = 0
    turns: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    wrong_rules: list[str] = field(default_factory=list)
    roles: Counter[str] = field(default_factory=Counter)

    @property
    def word_error_rate(self) -> float:
        """Substituted, inserted and lost words over the words spoken."""
        return self.word_errors / max(1, self.reference_words)

    @property
    def median_edge_s(self) -> float:
        """Median error of a turn's start or end."""
        return median(self.edge_errors_s)

    @property
    def p95_edge_s(self) -> float:
        """95th percentile of the same."""
        return sorted(self.edge_errors_s)[int(0.95 * (len(self.edge_errors_s) - 1))]

    @property
    def rule_recall(self) -> float:
        """Of the rules that must hit, how many did."""
        return self.rules["hit"] / max(1, self.rules["hit"] + self.rules["missed"])

    @property
    def rule_precision(self) -> float:
        """Of the rules that did hit, how many must (only rules the truth judges)."""
        return self.rules["hit"] / max(1, self.rules["hit"] + self.rules["false"])


def measure(call: Call, truth: Truth, into: Measured) -> None:
    """Add one call's figures to `into`."""
    _measure_words(call, truth, into)
    if len(truth["channels"]) == 2 and call.conversation.speech.split == "channels":
        _measure_edges(call, truth, into)
    _measure_rules(call, truth, into)
    _measure_roles(call, truth, into)


def word_errors(reference: str, heard: str) -> tuple[float, int]:
    """Errors and number of reference words after the usual English normalisation."""
    normal = EnglishTextNormalizer()
    reference, heard = normal(reference), normal(heard)
    if not reference:
        return float(len(heard.split())), 0
    words = len(reference.split())
    return float(jiwer.wer(reference, heard)) * words, words


def _measure_words(call: Call, truth: Truth, into: Measured) -> None:
    heard = call.conversation
    for channel in range(heard.origin.channels):
        # A mono mix has the words of both, in order of time.
        said = [t["text"] for t in truth["turns"] if heard.origin.channels == 1 or t["channel"] == channel]
        got = [
            u.text for t, u in zip(heard.speech.turns, heard.utterances, strict=True) if t.channel == channel
        ]
        errors, words = word_errors(" ".join(said), " ".join(got))
        into.word_errors += errors
        into.reference_words += words


def _measure_edges(call: Call, truth: Truth, into: Measured) -> None:
    for turn in truth["turns"]:
        span = Span(turn["start_s"], turn["end_s"])
        into.turns += 1
        mine = [t for t in call.conversation.speech.turns if t.channel == turn["channel"]]
        best = max(mine, key=lambda t: t.span.overlap_s(span), default=None)
        if best is None or best.span.overlap_s(span) == 0:
            into.lost_turns += 1
            continue
        into.edge_errors_s += [abs(best.span.start_s - span.start_s), abs(best.span.end_s - span.end_s)]


def _measure_rules(call: Call, truth: Truth, into: Measured) -> None:
    found = {result.rule: result.value for result in call.assessment.results}
    for rule in truth["rules"]["must_hit"]:
        if len(truth["channels"]) != 2 and found.get(rule) == "cannot_tell":
            # Who speaks in an unsplit mono call is not known: not telling is the right answer there.
            into.rules["untold"] += 1
            continue
        hit = found.get(rule) == "present"
        into.rules["hit" if hit else "missed"] += 1
        if not hit:
            into.wrong_rules.append(f"{truth['file']}: {rule} is {found.get(rule)}, must hit")
    for rule in truth["rules"]["must_not_hit"]:
        if found.get(rule) == "present":
            into.rules["false"] += 1
            into.wrong_rules.append(f"{truth['file']}: {rule} hits, must not")


def _measure_roles(call: Call, truth: Truth, into: Measured) -> None:
    for role in call.assessment.reading.roles:
        if role.speaker.startswith("ch") and len(truth["channels"]) == 2:
            right = truth["channels"][role.speaker.removeprefix("ch")]
            verdict = "unknown" if role.party == "unknown" else "right" if role.party == right else "wrong"
            into.roles[verdict] += 1


def table(measured: dict[str, Measured]) -> list[str]:
    """Lines of a table, one for each name."""
    lines = [f"{'sample':48} {'words':>6} {'WER %':>6} {'edge s':>7} {'95 %':>6} {'rules':>12} roles"]
    for name, one in measured.items():
        edges = (
            f"{one.median_edge_s:7.3f} {one.p95_edge_s:6.3f}" if one.edge_errors_s else f"{'-':>7} {'-':>6}"
        )
        rules = f"{one.rules['hit']}+ {one.rules['missed']}miss {one.rules['false']}false"
        roles = ", ".join(f"{count} {what}" for what, count in one.roles.items())
        lines.append(
            f"{name:48} {one.reference_words:6} {100 * one.word_error_rate:6.1f} {edges} {rules:>12} {roles}"
        )
    return lines
