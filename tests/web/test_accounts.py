"""Accounts: names, roles and hashed passwords in a file of their own."""

import json
import os
from pathlib import Path

import pytest

from speechcx.errors import AccessDenied, ConfigError, UsageError
from speechcx.web.accounts import Accounts, accounts_beside, hash_password, is_password, make_password
from tests.web.house import PASSWORD


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    """A file that is not there yet."""
    return Accounts(tmp_path / "users.json")


def test_a_first_account_is_made_once(accounts: Accounts) -> None:
    """The first password is given back once; with an account there, none is made."""
    password = accounts.make_first()
    assert password is not None
    assert is_password(accounts.find("admin"), password)
    assert accounts.make_first() is None
    assert ["admin"] == [one.name for one in accounts.read()]


def test_the_file_holds_no_password_and_is_its_owners(accounts: Accounts) -> None:
    """The file is readable by its owner only and holds a salted hash, another one for the same password."""
    accounts.add("ann", "agent", PASSWORD, agents=("E1",))
    accounts.add("bob", "agent", PASSWORD, agents=("E2",))
    text = accounts.path.read_text()
    assert PASSWORD not in text
    assert 0o600 == os.stat(accounts.path).st_mode & 0o777
    assert 2 == len({row["password"] for row in json.loads(text)["accounts"]})
    assert accounts.path == accounts_beside(accounts.path.with_name("users.db")).path.with_name("users.json")


def test_a_password_is_checked_in_full(accounts: Accounts) -> None:
    """Only the whole password is right; a disabled account and no account have none."""
    account = accounts.add("ann", "admin", "Grüße-und-mehr")
    assert is_password(account, "Grüße-und-mehr")
    for wrong in ("", "Grüße-und-meh", "Grüße-und-mehr ", "grüße-und-mehr", "x" * 5000):
        assert not is_password(account, wrong)
    assert not is_password(None, "Grüße-und-mehr")
    assert not is_password(accounts.change("ann", is_disabled=True), "Grüße-und-mehr")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"role": "boss"}, "role 'boss'"),
        ({"role": "agent"}, "agents named"),
        ({"role": "supervisor"}, "teams named"),
        ({"role": "qa", "agents": ("E1",)}, "1 agents named"),
        ({"role": "admin", "teams": ("north",)}, "1 teams named"),
        ({"role": "admin", "password": "short"}, "a password of 5 characters"),
        ({"role": "admin", "password": "x" * 201}, "a password of 201 characters"),
        ({"role": "admin", "name": " "}, "the name ' '"),
        ({"role": "admin", "name": "a\nb"}, "the name 'a"),
        ({"role": "admin", "name": "Ann"}, "an account 'Ann' already"),
    ],
)
def test_a_wrong_account_is_refused(accounts: Accounts, given: dict[str, object], message: str) -> None:
    """What cannot be an account says what is wrong, and changes nothing."""
    accounts.add("ann", "qa", PASSWORD)
    wanted: dict[str, object] = {"name": "new", "password": PASSWORD} | given
    with pytest.raises(UsageError, match=message):
        accounts.add(**wanted)  # type: ignore[arg-type]
    assert ["ann"] == [one.name for one in accounts.read()]


def test_an_unknown_name_is_told_with_those_there_are(accounts: Accounts) -> None:
    """Disabling somebody who is not there names who is."""
    accounts.add("ann", "qa", PASSWORD)
    with pytest.raises(UsageError, match="no account 'amm'(?s:.*)ann"):
        accounts.change("amm", is_disabled=True)


def test_a_file_that_others_may_write_is_not_believed(accounts: Accounts) -> None:
    """A person who can write the file could become an administrator."""
    accounts.add("ann", "qa", PASSWORD)
    accounts.path.chmod(0o666)
    with pytest.raises(AccessDenied, match="may be written by others"):
        Accounts(accounts.path).read()


@pytest.mark.parametrize(
    "text", ["", "[]", '{"version": 9, "accounts": []}', '{"version": 1, "accounts": [{}]}']
)
def test_a_damaged_file_lets_nobody_in(accounts: Accounts, text: str) -> None:
    """A file that cannot be read is an error, never an empty list that would make a new administrator."""
    accounts.path.write_text(text)
    accounts.path.chmod(0o600)
    with pytest.raises(ConfigError, match="cannot be read"):
        accounts.make_first()


def test_passwords_made_here_can_be_typed() -> None:
    """A made password has four groups without letters that look alike, and is long enough."""
    password = make_password()
    assert 4 == len(password.split("-"))
    assert not set(password) & set("ilo01")
    assert hash_password(password).startswith("scrypt$")
