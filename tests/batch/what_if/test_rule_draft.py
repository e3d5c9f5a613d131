"""A draft of a rule is tried on stored calls before anybody saves it."""

from pathlib import Path

from speechcx.batch import try_draft
from speechcx.rules import parse_rulebook
from speechcx.store import Store
from tests.batch.stored import BOOK, store_talks

TALKS = [
    [("ch0", 0.5, "hello"), ("ch1", 8.5, "a supervisor please")],
    [("ch0", 0.5, "hello"), ("ch1", 8.5, "my manager please")],
    [("ch0", 0.5, "hello"), ("ch1", 8.5, "the card please")],
]
TESTS = """
tests:
  - {rule: anger, says: [[customer, 0.0, "a supervisor"]], expect: present}
  - {rule: greet, says: [[agent, 0.0, "hello"]], expect: present}
"""


def test_a_draft_says_which_calls_it_would_flag_and_which_no_more(tmp_path: Path) -> None:
    """Stored: the first call is flagged. The draft flags the second instead, and fails the rulebook's own test."""
    path = tmp_path / "calls.db"
    ids = store_talks(path, TALKS)
    draft = parse_rulebook(BOOK.source.replace("said: supervisor", "said: manager") + TESTS)
    with Store.open(path, read_only=True) as store:
        found = try_draft(store, ids, draft, "anger", limit_s=60.0)
    assert (3, 0) == (found.judged, found.left_out)
    assert (1, 2, 0) == (found.present, found.absent, found.cannot_tell)
    changed = [
        (one.call_id, one.before, one.after, one.flagged_before, one.flagged_after) for one in found.changes
    ]
    assert [(ids[0], "present", "absent", True, False), (ids[1], "absent", "present", False, True)] == changed
    assert "manager" in found.changes[1].hits[0].quote
    assert [("anger", False)] == [(one.rule, one.passed) for one in found.tests]


def test_what_was_not_judged_by_it_is_counted(tmp_path: Path) -> None:
    """Calls of another rulebook, and those that the time did not suffice for, are left out and counted."""
    path = tmp_path / "calls.db"
    ids = store_talks(path, TALKS)
    other = parse_rulebook(BOOK.source.replace("rulebook: stored", "rulebook: other"))
    ticks = iter((0.0, 0.0, 1.0, 99.0))
    with Store.open(path, read_only=True) as store:
        assert (0, 3) == _judged(try_draft(store, ids, other, "anger", limit_s=60.0))
        found = try_draft(store, ids, BOOK, "anger", limit_s=10.0, clock=lambda: next(ticks))
        assert (2, 1) == _judged(found)
        assert () == found.changes


def _judged(found: object) -> tuple[int, int]:
    return found.judged, found.left_out  # type: ignore[attr-defined]
