"""The written sentences: their form, and that the test set stays apart from the training set."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "scripts" / "sentiment" / "data"
UNSEEN = {"hotel", "utility"}


def read(name: str) -> list[tuple[str, str, str]]:
    """(label, domain, text) rows of a part."""
    lines = (DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "label\tdomain\ttext"
    return [tuple(line.split("\t")) for line in lines[1:]]  # type: ignore[misc]


@pytest.mark.parametrize(("name", "least"), [("train", 3000), ("test", 600)])
def test_rows(name: str, least: int) -> None:
    """Each part is as large as promised, has every class in force, and says nothing twice."""
    rows = read(name)
    assert len(rows) >= least
    labels = Counter(label for label, _, _ in rows)
    assert {"negative", "neutral", "positive"} == set(labels)
    assert min(labels.values()) >= 0.2 * len(rows)
    texts = Counter(normal(text) for _, _, text in rows)
    assert [] == [text for text, count in texts.items() if count > 1]


def test_the_parts_share_no_sentence() -> None:
    """No test sentence is a training sentence, also in another case or with other marks."""
    trained = {normal(text) for _, _, text in read("train")}
    assert [] == [text for _, _, text in read("test") if normal(text) in trained]


def test_no_near_copies() -> None:
    """No test sentence of five and more words shares 7 in 10 of them with one training sentence."""
    trained = [words(text) for _, _, text in read("train")]
    near = []
    for _, _, text in read("test"):
        mine = words(text)
        if len(mine) >= 5:
            near += [text for other in trained if len(mine & other) >= 0.7 * len(mine | other)]
    assert [] == near


def test_unseen_trades_are_unseen() -> None:
    """The trades that measure transfer have no training sentence; patterns are in training only."""
    assert set() == UNSEEN & {domain for _, domain, _ in read("train")}
    assert {domain for _, domain, _ in read("test")} >= UNSEEN
    assert "pattern" not in {domain for _, domain, _ in read("test")}


def normal(text: str) -> str:
    """The words of a text in lower case."""
    return " ".join(re.findall(r"[a-z0-9']+", text.lower()))


def words(text: str) -> set[str]:
    """The set of words of a text."""
    return set(normal(text).split())
