"""The audit trail: it grows, and every other change shows."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.errors import UsageError
from speechcx.store import Store
from speechcx.store.calls.erasure import erase_call
from speechcx.store.decisions.audit import (
    LONGEST_TEXT,
    NOTHING_BEFORE,
    AuditEntry,
    add_entries,
    forget_details,
    read_trail,
    read_who,
    tidy_text,
)
from speechcx.store.decisions.trail_check import verify_trail
from tests.factories import make_call


def fill(store: Store, rows: int = 5) -> None:
    for number in range(rows):
        add_entries(
            store, "mia", [AuditEntry("flag", f"c{number % 2}", "greeting", {"status": "open", "n": number})]
        )


def loose(store: Store) -> sqlite3.Connection:
    """The connection without the guards of the table, as somebody with another program has it."""
    for name in ("audit_rows_stay", "audit_rows_stay_as_they_are"):
        store.db.execute(f"DROP TRIGGER {name}")
    return store.db


def test_rows_are_kept_in_order_with_who_and_when(store: Store) -> None:
    """Numbers count up by one, whatever a transaction adds; a check finds nothing wrong."""
    numbers = add_entries(
        store, "mia", [AuditEntry("flag", "c1", "r"), AuditEntry("export", detail={"to": "é"})]
    )
    assert [1, 2] == numbers
    rows = read_trail(store)
    assert [("mia", "flag", "c1"), ("mia", "export", None)] == [(r.who, r.action, r.call_id) for r in rows]
    assert '{"to": "é"}' == rows[1].detail
    verdict = verify_trail(store)
    assert (2, None, rows[1].digest) == (verdict.rows, verdict.broken_at, verdict.digest)


def test_an_empty_trail_is_sound(store: Store) -> None:
    """There is nothing to be wrong."""
    found = verify_trail(store)
    assert (0, None, NOTHING_BEFORE) == (found.rows, found.broken_at, found.digest)


@pytest.mark.parametrize(
    "sql", ["DELETE FROM audit", "UPDATE audit SET who = 'eve'", "UPDATE audit SET detail = '{}'"]
)
def test_the_database_refuses_to_change_or_remove_a_row(store: Store, sql: str) -> None:
    """Also for somebody who writes SQL by hand."""
    fill(store)
    with pytest.raises(sqlite3.IntegrityError, match="never (removed|changed)"):
        store.db.execute(sql)


@pytest.mark.parametrize(
    ("sql", "broken_at"),
    [
        ("UPDATE audit SET who = 'eve' WHERE audit_id = 3", 3),
        ("UPDATE audit SET at = '2000' WHERE audit_id = 1", 1),
        ("UPDATE audit SET detail = '{}' WHERE audit_id = 2", 2),
        ("UPDATE audit SET detail_digest = 'x' WHERE audit_id = 2", 2),
        ("DELETE FROM audit WHERE audit_id = 3", 4),
        ("DELETE FROM audit WHERE audit_id = 1", 2),
        ("UPDATE audit SET audit_id = -audit_id; UPDATE audit SET audit_id = 6 + audit_id", 1),
        ("UPDATE audit SET digest = (SELECT digest FROM audit WHERE audit_id = 4) WHERE audit_id = 5", 5),
    ],
)
def test_a_changed_removed_or_moved_row_is_found(store: Store, sql: str, broken_at: int) -> None:
    """By its digest, which takes in the one of the row before."""
    fill(store)
    loose(store).executescript(sql)
    verdict = verify_trail(store)
    assert broken_at == verdict.broken_at
    assert verdict.problems


def test_details_of_an_erased_call_go_and_the_trail_stays_sound(store: Store) -> None:
    """That something was decided, when and by whom, is left; what was written is not."""
    fill(store)
    call = make_call().conversation.recording.id
    add_entries(store, "mia", [AuditEntry("flag", call, "greeting", {"reason": "words"})])
    erase_call(store, call, who="mia", reason="asked for")
    told, erased = read_trail(store, call_id=call)
    assert (None, None, "mia") == (told.detail, told.salt, told.who)
    assert erased.detail
    assert verify_trail(store).broken_at is None


def test_wiped_details_of_a_call_that_was_not_erased_are_found(store: Store) -> None:
    """The guards of the table let details go, as an erasure must; without an erasure it is tampering."""
    fill(store)
    forget_details(store, "c1")
    verdict = verify_trail(store)
    assert (2, "its details are gone, and call c1 was not erased after it") == (
        verdict.broken_at,
        verdict.why,
    )


def test_details_that_an_erasure_left_are_found(store: Store) -> None:
    """Words about an erased call that somebody put back are a problem, even the right ones."""
    call = make_call().conversation.recording.id
    add_entries(store, "mia", [AuditEntry("flag", call, "greeting", {"reason": "words"})])
    detail, salt = store.db.execute("SELECT detail, salt FROM audit").fetchone()
    erase_call(store, call, who="mia", reason="asked for")
    loose(store).execute("UPDATE audit SET detail = ?, salt = ? WHERE audit_id = 1", (detail, salt))
    assert "its details are still there" in verify_trail(store).why


@given(st.text(max_size=60) | st.text(st.sampled_from("\0\ud800 '\"%\x1b\u202ea"), max_size=20))
def test_any_text_is_kept_or_blank(text: str) -> None:
    """NUL and half characters are replaced, so that SQLite keeps the whole of it."""
    kept = tidy_text(text)
    assert kept is None or (kept.encode() and "\0" not in kept and kept == kept.strip())
    assert (kept is None) == (not text.strip())


def test_endless_text_is_cut() -> None:
    """A reason of a megabyte is no reason."""
    assert LONGEST_TEXT == len(tidy_text("x" * 1_000_000) or "")


def test_somebody_must_answer_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name given, else the login; without either, nothing is written."""
    assert "zoë" == read_who(" zoë ")
    monkeypatch.setattr("getpass.getuser", lambda: "mia")
    assert "mia" == read_who()
    with pytest.raises(UsageError, match="no name"):
        read_who("  ")
