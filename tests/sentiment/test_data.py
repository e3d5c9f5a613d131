"""The written sentences: their form, and that test and development sets stay apart from the training set."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "scripts" / "sentiment" / "data"


def read(name: str) -> list[tuple[str, str, str]]:
    """(label, domain, text) rows of a part."""
    lines = (DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "label\tdomain\ttext"
    return [tuple(line.split("\t")) for line in lines[1:]]  # type: ignore[misc]


@pytest.mark.parametrize(("name", "least"), [("train", 3000), ("dev", 600), ("test", 600)])
def test_rows(name: str, least: int) -> None:
    """Each part is as large as promised, has every class in force, and says nothing twice."""
    rows = read(name)
    assert len(rows) >= least
    labels = Counter(label for label, _, _ in rows)
    assert {"negative", "neutral", "positive"} == set(labels)
    assert min(labels.values()) >= 0.2 * len(rows)
    texts = Counter(normal(text) for _, _, text in rows)
    assert [] == [text for text, count in texts.items() if count > 1]


@pytest.mark.parametrize(("part", "others"), [("test", ("train", "dev")), ("dev", ("train", "test"))])
def test_the_parts_share_no_sentence(part: str, others: tuple[str, ...]) -> None:
    """No sentence is in two parts, also in another case or with other marks."""
    elsewhere = {normal(text) for other in others for _, _, text in read(other)}
    assert [] == [text for _, _, text in read(part) if normal(text) in elsewhere]


@pytest.mark.parametrize("part", ["test", "dev"])
def test_no_near_copies(part: str) -> None:
    """No held-out sentence of five and more words shares 7 in 10 of them with one training sentence."""
    trained = [words(text) for _, _, text in read("train")]
    near = []
    for _, _, text in read(part):
        mine = words(text)
        if len(mine) >= 5:
            near += [text for other in trained if len(mine & other) >= 0.7 * len(mine | other)]
    assert [] == near


def test_held_out_kinds() -> None:
    """The development set has at least 180 messages to companies and 180 lines of everyday talk."""
    domains = Counter(domain for _, domain, _ in read("dev"))
    assert min(domains["message"], domains["dialogue"]) >= 180


def test_patterns_are_in_training_only() -> None:
    """What is measured was written singly."""
    assert "pattern" in {domain for _, domain, _ in read("train")}
    assert "pattern" not in {domain for part in ("dev", "test") for _, domain, _ in read(part)}


def normal(text: str) -> str:
    """The words of a text in lower case."""
    return " ".join(re.findall(r"[a-z0-9']+", text.lower()))


def words(text: str) -> set[str]:
    """The set of words of a text."""
    return set(normal(text).split())
