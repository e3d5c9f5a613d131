"""Who may sign in: names, roles and hashed passwords, in a file of their own beside the database.

Not in the calls' database: that is copied, merged, exported and asked by SQL, and no copy of it may carry passwords
along; nor may restoring an old backup of calls bring back an account that was closed since.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from speechcx.errors import AccessDenied, ConfigError, UsageError
from speechcx.private_files import write_private

AccountRole = Literal["agent", "supervisor", "qa", "compliance", "admin"]
ROLES: tuple[AccountRole, ...] = get_args(AccountRole)
FIRST_NAME = "admin"
MIN_PASSWORD = 10
MAX_PASSWORD = 200
"""Characters; longer ones would let a stranger keep the processor busy."""
_MAX_NAME = 80
_COST, _BLOCK, _PARALLEL = 2**15, 8, 1
"""Scrypt's N, r and p as OWASP's password storage cheat sheet has them for 32 MB of memory, with p for one core."""
_MEMORY_BYTES = 64 * 1024 * 1024
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in.

    Parameters
    ----------
    name
        What they sign in by, and who they are in the audit trail.
    role
        What they may do.
    agents
        Whose calls an agent sees, as stored with the call.
    teams
        Whose calls a supervisor sees, likewise.
    password
        ``scrypt$N$r$p$salt$hash``.
    is_disabled
        May not sign in; what they did stays under their name.
    made_at
        UTC.
    """

    name: str
    role: AccountRole
    agents: tuple[str, ...]
    teams: tuple[str, ...]
    password: str
    is_disabled: bool
    made_at: str

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise UsageError(f"role {self.role!r}", f"one of {', '.join(ROLES)}", "correct it")
        if (self.role == "agent") != bool(self.agents):
            raise UsageError(
                f"{self.name} as {self.role} with {len(self.agents)} agents named",
                "the agent whose calls they see for the role agent, none for others",
                "add --agent ID" if self.role == "agent" else "leave --agent out",
            )
        if (self.role == "supervisor") != bool(self.teams):
            raise UsageError(
                f"{self.name} as {self.role} with {len(self.teams)} teams named",
                "the teams whose calls they see for the role supervisor, none for others",
                "add --team NAME" if self.role == "supervisor" else "leave --team out",
            )


class Accounts:
    """The accounts of one file; read again when it changes, so that a closed account is closed at once.

    Parameters
    ----------
    path
        The file; made with the first account.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int, int] | None = None
        self._people: dict[str, Account] = {}

    def read(self) -> tuple[Account, ...]:
        """All accounts by name.

        Raises
        ------
        ConfigError
            The file is not one of accounts.
        AccessDenied
            It may not be read, or others than its owner may write to it.
        """
        try:
            status = self.path.stat()
        except FileNotFoundError:
            self._people, self._seen = {}, None
            return ()
        seen = status.st_ino, status.st_mtime_ns, status.st_size
        if seen != self._seen:
            self._people, self._seen = {one.name: one for one in self._read(status.st_mode)}, seen
        return tuple(self._people[name] for name in sorted(self._people))

    def find(self, name: str) -> Account | None:
        """The account of a name; None where there is none."""
        return next((one for one in self.read() if one.name == _tidy(name)), None)

    def add(self, name: str, role: str, password: str, *, agents: tuple[str, ...] = (),
            teams: tuple[str, ...] = ()) -> Account:  # fmt: skip
        """A new account.

        Raises
        ------
        UsageError
            The name is taken or cannot be one, the password is too short, or role and calls do not fit.
        """
        name = _expect_name(name)
        made = Account(
            name, role, agents, teams, hash_password(password), False,  # type: ignore[arg-type]
            datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        )  # fmt: skip
        with self._changing() as people:
            if any(one.casefold() == name.casefold() for one in people):
                raise UsageError(
                    f"there is an account {name!r} already",
                    "a new name",
                    f"take another name, or give it a new password: `speechcx users reset {name}`",
                )
            people[name] = made
        return made

    def change(self, name: str, *, is_disabled: bool | None = None, password: str | None = None) -> Account:
        """Open or close an account, or give it a new password.

        Raises
        ------
        UsageError
            There is none of that name, or the password is too short.
        """
        hashed = None if password is None else hash_password(password)
        with self._changing() as people:
            found = people.get(_tidy(name))
            if found is None:
                known = ", ".join(sorted(people)) or "none; the first start of `speechcx serve` makes one"
                raise UsageError(f"no account {name!r}", f"one of {known}", "see `speechcx users list`")
            changed = replace(
                found,
                is_disabled=found.is_disabled if is_disabled is None else is_disabled,
                password=hashed or found.password,
            )
            people[found.name] = changed
        return changed

    def make_first(self) -> str | None:
        """The password of a first account named ``admin``, to be shown once; None where there are accounts."""
        if self.read():
            return None
        password = make_password()
        self.add(FIRST_NAME, "admin", password)
        return password

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Account]]:
        """The accounts, written back when the block ends; one program at a time."""
        lock = self.path.with_name(f"{self.path.name}.lock")
        handle = os.open(lock, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            people = {one.name: one for one in self.read()}
            yield people
            rows = [asdict(people[name]) for name in sorted(people)]
            write_private(self.path, json.dumps({"version": _VERSION, "accounts": rows}, indent=1).encode())
            self._seen = None
        finally:
            os.close(handle)

    def _read(self, mode: int) -> list[Account]:
        if mode & 0o022:
            raise AccessDenied(
                f"{self.path} may be written by others than its owner",
                "a file of accounts that only its owner can change",
                f"chmod 600 {self.path}",
            )
        try:
            held: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
            if held["version"] != _VERSION:
                raise ValueError(f"version {held['version']}")
            return [
                Account(**{**row, "agents": tuple(row["agents"]), "teams": tuple(row["teams"])})
                for row in held["accounts"]
            ]
        except (ValueError, KeyError, TypeError, UsageError) as error:
            raise ConfigError(
                f"{self.path} cannot be read: {error}",
                "a file of accounts as `speechcx users add` writes it",
                "restore it from a backup, or move it away: the next start of `speechcx serve` makes a first account",
            ) from error


def accounts_beside(database: Path) -> Accounts:
    """The accounts of a database: ``speechcx.users.json`` beside ``speechcx.db``."""
    return Accounts(database.with_name(f"{database.stem}.users.json"))


def make_password() -> str:
    """A new password of 80 random bits that can be read aloud and typed."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def hash_password(password: str) -> str:
    """A password as it is kept.

    Raises
    ------
    UsageError
        It is too short or too long.
    """
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise UsageError(
            f"a password of {len(password)} characters",
            f"{MIN_PASSWORD} to {MAX_PASSWORD} characters",
            "choose another one",
        )
    salt = secrets.token_bytes(16)
    hashed = _scrypt(password, salt, (_COST, _BLOCK, _PARALLEL))
    return f"scrypt${_COST}${_BLOCK}${_PARALLEL}${salt.hex()}${hashed.hex()}"


def is_password(account: Account | None, password: str) -> bool:
    """Whether a password is that of an account; takes as long where there is no such account."""
    kept = _NOBODY if account is None else account.password
    _, *cost, salt, hashed = kept.split("$")
    n, r, p = map(int, cost)
    found = _scrypt(password[: MAX_PASSWORD + 1], bytes.fromhex(salt), (n, r, p))
    is_right = hmac.compare_digest(found, bytes.fromhex(hashed))
    return is_right and account is not None and not account.is_disabled


def _scrypt(password: str, salt: bytes, cost: tuple[int, int, int]) -> bytes:
    n, r, p = cost
    # The same letters typed on two machines may come as different characters.
    typed = unicodedata.normalize("NFKC", password).encode("utf-8", "replace")
    return hashlib.scrypt(typed, salt=salt, n=n, r=r, p=p, maxmem=_MEMORY_BYTES, dklen=32)


_NOBODY = f"scrypt${_COST}${_BLOCK}${_PARALLEL}${'00' * 16}${'00' * 32}"
"""What a password is compared with where there is no account."""


def _tidy(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip()


def _expect_name(name: str) -> str:
    tidy = _tidy(name)
    if not tidy or len(tidy) > _MAX_NAME or not tidy.isprintable():
        raise UsageError(
            f"the name {name!r}", f"1 to {_MAX_NAME} characters that can be printed", "choose another one"
        )
    return tidy
