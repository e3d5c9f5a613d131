"""Tests of the samples' rulebook against the words and rules of their truth."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.bench_rooms.rules import facts_of_truth
from speechcx.rules import judge_view, lint, read_rulebook, run_rulebook_tests

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
BAR = 0.95


def test_the_samples_rulebook_passes_its_tests() -> None:
    """No problem and no failing test."""
    path = SAMPLES / "rulebook.yaml"
    assert lint(path.read_text(encoding="utf-8")) == ()
    assert [] == [outcome for outcome in run_rulebook_tests(read_rulebook(path)) if not outcome.passed]


@pytest.mark.skipif(not (SAMPLES / "truth.json").is_file(), reason="the samples have not been made")
def test_rules_find_what_the_truth_says() -> None:
    """Over all sample calls, on the words as written, recall and precision are 0.95 or better."""
    truth = json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))
    rulebook = read_rulebook(SAMPLES / "rulebook.yaml")
    found = false = missed = 0
    for call in truth["files"]:
        values = {result.rule: result.value for result in judge_view(rulebook, facts_of_truth(call))}
        found += sum(values[rule] == "present" for rule in call["rules"]["must_hit"])
        missed += sum(values[rule] != "present" for rule in call["rules"]["must_hit"])
        false += sum(values[rule] == "present" for rule in call["rules"]["must_not_hit"])
    assert found / (found + missed) >= BAR
    assert found / (found + false) >= BAR
