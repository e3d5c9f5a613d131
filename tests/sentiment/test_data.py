"""The written sentences: their form, and that held-out sets stay apart from each other and the training set."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from math import ceil
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "scripts" / "sentiment" / "data"
PARTS = ("train", "dev", "test", "talk", "friendly")
HELD_OUT = PARTS[1:]


def read(name: str) -> list[tuple[str, str, str]]:
    """(label, domain, text) rows of a part."""
    lines = (DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "label\tdomain\ttext"
    return [tuple(line.split("\t")) for line in lines[1:]]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "least"),
    [("train", 20000), ("dev", 1500), ("test", 600), ("talk", 600), ("friendly", 240)],
)
def test_rows(name: str, least: int) -> None:
    """Each part is as large as promised, has every class in force, and says nothing twice."""
    rows = read(name)
    assert len(rows) >= least
    labels = Counter(label for label, _, _ in rows)
    assert {"negative", "neutral", "positive"} == set(labels)
    assert min(labels.values()) >= 0.2 * len(rows)
    texts = Counter(normal(text) for _, _, text in rows)
    assert [] == [text for text, count in texts.items() if count > 1]


@pytest.mark.parametrize("part", HELD_OUT)
def test_the_parts_share_no_sentence(part: str) -> None:
    """No sentence is in two parts, also in another case or with other marks."""
    elsewhere = {normal(text) for other in PARTS if other != part for _, _, text in read(other)}
    assert [] == [text for _, _, text in read(part) if normal(text) in elsewhere]


@pytest.mark.parametrize("part", HELD_OUT)
def test_no_near_copies(part: str) -> None:
    """No held-out sentence of five and more words shares 7 in 10 of them with one training sentence."""
    trained = [words(text) for _, _, text in read("train")]
    having = defaultdict(list)
    for number, other in enumerate(trained):
        for word in other:
            having[word].append(number)
    near = []
    for _, _, text in read(part):
        mine = words(text)
        if len(mine) >= 5:
            # Two sets so alike must share one of the rarest words of either: only these are compared.
            rarest = sorted(mine, key=lambda word: len(having[word]))[: len(mine) - ceil(0.7 * len(mine)) + 1]
            others = {number for word in rarest for number in having[word]}
            near += [text for n in others if len(mine & trained[n]) >= 0.7 * len(mine | trained[n])]
    assert [] == near


def test_held_out_kinds() -> None:
    """The development and talk sets have at least 180 messages to companies and lines of everyday talk each."""
    for part, kinds in (
        ("dev", ("message", "dialogue", "second message")),
        ("talk", ("message", "dialogue")),
    ):
        domains = Counter(domain for _, domain, _ in read(part))
        assert min(domains[kind] for kind in kinds) >= 180


def normal(text: str) -> str:
    """The words of a text in lower case."""
    return " ".join(re.findall(r"[a-z0-9']+", text.lower()))


def words(text: str) -> set[str]:
    """The set of words of a text."""
    return set(normal(text).split())
