"""The commands for the pages: who may sign in, and what cannot be served."""

from pathlib import Path

import pytest

from speechcx.store import Store
from speechcx.web.accounts import accounts_beside, is_password
from tests.cli.conftest import Speechcx


def test_users_are_added_listed_disabled_and_reset(speechcx: Speechcx, archive: Path) -> None:
    """Each step says what it did; a made password is shown once and works, and the list shows none."""
    added = speechcx("users", "add", "sue", "--role", "supervisor", "--team", "blue")
    password = added.err.partition("Password: ")[2].strip()
    accounts = accounts_beside(archive)
    assert is_password(accounts.find("sue"), password)
    listed = speechcx("users", "list", "--csv").out
    assert "sue,supervisor,,blue," in listed
    assert "scrypt" not in speechcx("users", "list", "--json").out
    speechcx("users", "disable", "sue")
    assert not is_password(accounts.find("sue"), password)
    again = speechcx("users", "reset", "sue").err.partition("Password: ")[2].strip()
    assert is_password(accounts.find("sue"), again)
    assert not is_password(accounts.find("sue"), password)


@pytest.mark.usefixtures("archive")
def test_a_team_without_calls_is_told(speechcx: Speechcx) -> None:
    """A misspelt team would show nothing, so the command says that it has no call."""
    assert "No stored call has the team 'bleu' yet" in speechcx("users", "add", "x", "--role", "supervisor",
                                                                "--team", "bleu").err  # fmt: skip


@pytest.mark.usefixtures("archive")
def test_a_wrong_path_is_refused(speechcx: Speechcx) -> None:
    """A base URL that is no path says how one is written."""
    refused = speechcx("serve", "--base-url", "calls")
    assert 2 == refused.code
    assert "a path between slashes" in refused.err


def test_serving_nothing_says_what_is_missing(speechcx: Speechcx, tmp_path: Path) -> None:
    """Without a database there is nothing to show, and no account is made."""
    refused = speechcx("serve", "--db", str(tmp_path / "none.db"))
    assert 10 == refused.code
    assert not (tmp_path / "none.users.json").exists()


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database without calls, which the commands find in the present folder."""
    monkeypatch.chdir(tmp_path)
    Store.open("speechcx.db", create=True).close()
    return tmp_path / "speechcx.db"
