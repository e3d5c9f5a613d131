"""Tests of rules measured on stored calls that people labelled."""

from __future__ import annotations

from pathlib import Path

from speechcx.batch import JudgeOnly, measure_labels
from speechcx.rules import Label
from tests.batch.stored import BOOK, SETTINGS, store_talks


def test_rules_are_measured_on_their_own_labels_only(tmp_path: Path) -> None:
    """Calls without a label of a rule say nothing of it; labels of people who could not tell are left out."""
    path = tmp_path / "calls.db"
    hello, quiet = [("ch0", 0.5, "hello"), ("ch1", 4.0, "card")], [("ch0", 0.5, "card"), ("ch1", 4.0, "card")]
    ids = store_talks(path, [hello, hello, quiet, quiet])
    labels = [
        Label(ids[0], "greet", "present", 2),
        Label(ids[1], "greet", "absent", 3),
        Label(ids[2], "greet", "present", 4),
        Label(ids[3], "greet", "cannot_tell", 5),
        Label(ids[3], "anger", "absent", 6),
    ]
    (anger, greet), failed = measure_labels(path, JudgeOnly(BOOK, SETTINGS), labels)
    assert () == failed
    assert (3, 1, 2, 2, 0.5, 0.5) == (
        greet.n, greet.right, greet.found, greet.there, greet.precision, greet.recall
    )  # fmt: skip
    assert ((ids[2],), (ids[1],)) == (greet.missed, greet.false)
    assert (1, None, None) == (anger.n, anger.precision, anger.recall)
