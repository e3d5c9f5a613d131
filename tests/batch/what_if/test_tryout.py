"""Tests of a rule tried on stored calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from speechcx.batch import TryOne, try_on_calls
from speechcx.rules import TYPED, type_rule
from tests.batch.stored import BOOK, SETTINGS, choose, store_talks

TALKS = (
    [("ch0", 0.5, "hello"), ("ch1", 5.0, "cancel my card please")],
    [("ch0", 0.5, "hello cancel the card"), ("ch1", 5.0, "no")],
    [("ch0", 0.5, "hello"), ("ch1", 5.0, "cancel it all now because of my account")],
    [("ch0", 0.5, "hello"), ("ch1", 5.0, "zebra")],
    [("ch0", 0.5, "hello"), ("ch1", 5.0, "my card cancel it"), ("ch1", 20.0, "cancel the card")],
)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    """Five calls."""
    path = tmp_path_factory.mktemp("tryout") / "calls.db"
    return path, store_talks(path, TALKS)


def test_calls_are_counted_and_shown_newest_first(stored: tuple[Path, tuple[str, ...]]) -> None:
    """With every hit; the limit is of what is shown."""
    path, ids = stored
    ask = TryOne(BOOK, "leave", SETTINGS)
    report = try_on_calls(choose(path, ids), ask, limit=10)
    assert (2, 3, 0, 5, 0) == (
        report.present, report.absent, report.cannot_tell, report.searched, report.failed
    )  # fmt: skip
    assert [ids[4], ids[0]] == [call.call_id for call in report.calls]
    assert ["card cancel", "cancel the card"] == [hit.quote for hit in report.calls[0].hits]
    assert ("ann", "2025-03-01T09:00:00+00:00") == (report.calls[1].agent, report.calls[1].started_at)
    few = try_on_calls(choose(path, ids), ask, limit=1)
    assert (2, [ids[4]]) == (few.present, [call.call_id for call in few.calls])


def test_the_nearest_miss_comes_first(stored: tuple[Path, tuple[str, ...]]) -> None:
    """What the other party said whole is nearer than what stands too far apart; what is nothing like it is no miss."""
    path, ids = stored
    report = try_on_calls(choose(path, ids), TryOne(BOOK, "leave", SETTINGS), limit=10)
    assert [ids[1], ids[2]] == [call.call_id for call in report.misses]
    assert "said by the agent, not the customer" in report.misses[0].why
    assert "nearest miss: 6 words between, asked at most 3" == report.misses[1].hits[0].why


def test_what_cannot_be_told_is_counted_by_reason(stored: tuple[Path, tuple[str, ...]]) -> None:
    """And nothing widens it but knowing more."""
    path, ids = stored
    rule = type_rule("meta: {campaign: spring}")
    report = try_on_calls(choose(path, ids), TryOne(rule, TYPED, SETTINGS), limit=10)
    assert (("the call's campaign is not known", 5),) == report.doubts
    assert 5 == len(report.unsure)
    assert "In 5 calls it cannot be told" in str(report.hint)


def test_a_hint_only_where_it_holds_nowhere(stored: tuple[Path, tuple[str, ...]]) -> None:
    """What comes near, or that nothing does, and that not all were searched."""
    path, ids = stored
    from dataclasses import replace

    assert try_on_calls(choose(path, ids), TryOne(BOOK, "greet", SETTINGS), limit=5).hint is None
    lost = TryOne(type_rule("nothing"), TYPED, SETTINGS)
    part = replace(choose(path, ids[-2:]), stored=5)
    assert "Nothing comes near" in str(try_on_calls(part, lost, limit=5).hint)
    assert "newest 2 of 5 calls" in str(try_on_calls(part, lost, limit=5).hint)
