"""Lines that were felt the wrong way round (``tests/cases/sentiment_wrong.tsv``), and what they are."""

from __future__ import annotations

import csv
from pathlib import Path

from speechcx.sentiment import SentimentSettings, load_sentiment, read_texts

ROOT = Path(__file__).parents[2]
SETTINGS = SentimentSettings(model=str(ROOT / "models" / "sentiment"))
LEAST_RIGHT = 0.85
"""Share of the lines that must be right."""


def test_complaints_in_friendly_words_are_no_praise() -> None:
    """At least 85 % of the lines get the class they should have; "not positive" is negative or neutral."""
    with (ROOT / "tests" / "cases" / "sentiment_wrong.tsv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    read = read_texts([text for _, text in rows], load_sentiment(SETTINGS), SETTINGS)
    wrong = [
        (wanted, one.label, text)
        for (wanted, text), one in zip(rows, read, strict=True)
        if (one.label == "positive" if wanted == "not positive" else one.label != wanted)
    ]
    assert len(wrong) <= (1 - LEAST_RIGHT) * len(rows), wrong
