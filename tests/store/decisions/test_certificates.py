"""Certificates of erasure: what they tell, what they hide, and that a wrong one is found."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from speechcx.store import Store
from speechcx.store.calls.erasure import erase_calls
from speechcx.store.decisions.certificates import list_certificates
from speechcx.store.decisions.trail_check import verify_trail
from speechcx.store.merging import merge_store
from tests.factories import make_call


def keep(store: Store, *names: str) -> list[str]:
    """Keep calls; returns their ids."""
    calls = [make_call(name) for name in names]
    for call in calls:
        store.save_call(call)
    return [call.conversation.recording.id for call in calls]


def test_a_certificate_tells_what_was_removed_and_hides_which_calls(store: Store) -> None:
    """Counts by table, digests before and after; a call is in it by the hash of salt and id, its id is nowhere."""
    ids = keep(store, "a", "b", "c")
    *_, made = erase_calls(store, ids[:2], who="zoe", reason="request 17")
    assert (made,) == list_certificates(store.db)
    assert set(made.calls) == {hashlib.sha256(f"{made.salt}{one}".encode()).hexdigest() for one in ids[:2]}
    assert not any(call_id in repr(made) for call_id in ids)
    removed = dict(made.removed)
    assert removed["calls"] == 2
    assert removed["turns_data"] == 8
    assert made.before_digest != made.after_digest
    assert () == verify_trail(store).problems


def test_the_same_calls_have_another_salt_each_time(tmp_path: Path) -> None:
    """Two certificates cannot be laid side by side to find the same call in both."""
    found = []
    for name in ("one", "two"):
        with Store.open(tmp_path / f"{name}.db", create=True) as store:
            found.append(erase_calls(store, keep(store, "a"), who="zoe", reason="asked")[-1])
    assert found[0].salt != found[1].salt
    assert found[0].calls != found[1].calls


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE erasure_certificates SET reason = 'x'", "certificate of erasure 1 was changed"),
        ("DELETE FROM erasure_certificates", "certificate of erasure 1 was removed"),
        ("UPDATE erasure_certificates SET calls = '[]'", "certificate of erasure 1 was changed"),
        ("UPDATE erasure_certificates SET after_digest = before_digest", "says are erased"),
        ("DELETE FROM erasures", "the mark of 1 of them is gone"),
        (
            "INSERT INTO failures SELECT 1, call_id, 1, '', '', '', '', '', '' FROM erasures",
            "something is left of calls that certificate 1",
        ),
    ],
)
def test_a_certificate_that_is_not_true_is_found(store: Store, statement: str, told: str) -> None:
    """`audit --verify` tells of a changed or removed one, and of one whose calls are not gone."""
    erase_calls(store, keep(store, "a"), who="zoe", reason="asked")
    assert () == verify_trail(store).problems
    store.db.execute("PRAGMA foreign_keys = OFF")
    store.db.execute(statement)
    assert any(told in problem for problem in verify_trail(store).problems)


def test_certificates_come_along_in_a_merge(store: Store, tmp_path: Path) -> None:
    """Also where both databases erased the same call at different times."""
    with Store.open(tmp_path / "other.db", create=True) as other:
        for each in (store, other):
            erase_calls(each, keep(each, "a", f"only {each.path.name}"), who="zoe", reason="asked")
        with store.write():
            merge_store(store, other)
    assert 2 == len(list_certificates(store.db))
    assert () == verify_trail(store).problems


def test_erasing_an_erased_call_again_leaves_both_certificates_true(store: Store) -> None:
    """The mark tells of the second erasure, and the first certificate still finds it."""
    ids = keep(store, "a")
    for _ in range(2):
        erase_calls(store, ids, who="zoe", reason="asked")
    assert [1, 2] == [one.certificate_id for one in list_certificates(store.db)]
    assert () == verify_trail(store).problems
