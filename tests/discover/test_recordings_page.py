"""The manual page of recordings: every name pattern it shows reads the name beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from speechcx.discover import DiscoverSettings, Sources, read_details

PAGE = Path(__file__).resolve().parents[2] / "docs" / "recordings.md"
ROWS = re.findall(r"^\| ([^|]+) \| `([^`|]*\{[^`|]*)` \| `([^`|]+)` \|$", PAGE.read_text("utf-8"), re.M)


def test_the_page_shows_patterns() -> None:
    """The table is found, or the next test would prove nothing."""
    assert 2 == len(ROWS)


@pytest.mark.parametrize(("recorder", "pattern", "name"), ROWS, ids=lambda text: text[:20])
def test_patterns_of_the_manual_read_their_names(recorder: str, pattern: str, name: str) -> None:
    """Every field of the pattern is found, at the time that the name shows."""
    settings = DiscoverSettings(patterns=(pattern,), zone="UTC")
    details = read_details(f"/recordings/{name}", Sources(), settings)
    assert details.started_at is not None
    assert "2026-03-02T09:15" == details.started_at.isoformat()[:16]
    wanted = set(re.findall(r"\{([a-z_]+)", pattern)) - {"skip", "started", "date", "time"}
    found = {field for field, _ in details.sources} | {field for field, _ in details.extras}
    assert wanted <= found
