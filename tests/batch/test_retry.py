from __future__ import annotations

from pathlib import Path

import pytest

from speechcx.batch import retry_failures
from speechcx.errors import UsageError
from speechcx.store import Store
from tests.batch.conftest import Run
from tests.batch.folders import known, make_settings, write_call, write_calls


@pytest.fixture
def failed(run_inbox: Run, inbox: Path) -> Path:
    """An inbox of two calls that failed for good, and two that are done."""
    write_calls(inbox, 2)
    path = write_call(inbox, 8, fault="call:truncated")
    write_call(inbox, 9, fault="call:damaged")
    run_inbox()
    return path


def test_all_failures_are_taken_again(failed: Path, run_inbox: Run, database: Path) -> None:
    """Whatever their policy; once."""
    with Store.open(database) as store:
        assert retry_failures(store) == 2
    assert run_inbox().failed_calls == 2
    assert run_inbox().planned == 0


@pytest.mark.parametrize("choice", ["kinds", "paths", "call_ids"])
def test_chosen_failures_are_taken_again(failed: Path, run_inbox: Run, database: Path, choice: str) -> None:
    """By kind, file or call."""
    chosen = {"kinds": "truncated", "paths": str(failed), "call_ids": known(database)[failed.name].call_id}
    with Store.open(database) as store:
        assert retry_failures(store, **{choice: [chosen[choice]]}) == 1  # type: ignore[arg-type]
    assert run_inbox().failed == (("truncated", 1),)


def test_quarantine_can_be_ended(run_inbox: Run, inbox: Path, database: Path) -> None:
    """A call that cost its workers is tried again when a person asks for it."""
    bad = write_call(inbox, 1, fault="kill:9")
    run_inbox(make_settings("processes"))
    assert known(database)[bad.name].state == "quarantined"
    with Store.open(database) as store:
        assert retry_failures(store, kinds=["worker_died"]) == 1
    bad.with_name(f"{bad.name}.tried").touch()
    assert run_inbox(make_settings("processes")).planned == 1


def test_an_unknown_kind_is_refused(failed: Path, database: Path) -> None:
    """With the kinds there are."""
    with Store.open(database) as store, pytest.raises(UsageError, match=r"'trunkated'[\s\S]*truncated"):
        retry_failures(store, kinds=["trunkated"])
