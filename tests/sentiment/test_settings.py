"""Settings of the sentiment room."""

from __future__ import annotations

from dataclasses import fields

import pytest

from speechcx.sentiment import NOT_IN_DIGEST, SentimentSettings


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"negative_at": 0.1}, "negative_at must be -1 to 0, got 0.1"),
        ({"positive_at": -0.1}, "positive_at must be 0 to 1, got -0.1"),
        ({"headroom": 0.9}, "headroom must be 0 to 0.5, got 0.9"),
        ({"threads": 0}, "threads must be 1 to 64, got 0"),
        ({"labels": (("LABEL_0", "angry"),)}, "angry"),
    ],
)
def test_impossible_values_are_refused(given: dict[str, object], message: str) -> None:
    """A setting outside its range says its value and the rule."""
    with pytest.raises(ValueError, match=message):
        SentimentSettings(**given)  # type: ignore[arg-type]


def test_digest_leaves_out_known_fields_only() -> None:
    """What is left out of the digest exists, and what changes the reading is not left out."""
    names = {field.name for field in fields(SentimentSettings)}
    assert names >= NOT_IN_DIGEST
    assert {"engine", "model", "labels", "languages", "max_tokens", "mixed_at"} == names - NOT_IN_DIGEST
