"""Who may sign in to the pages; never anything of their passwords."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from speechcx.present.envelope import Envelopes, rows
from speechcx.present.table import Answer, Column, make_table


class _Account(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def agents(self) -> tuple[str, ...]: ...
    @property
    def teams(self) -> tuple[str, ...]: ...
    @property
    def is_disabled(self) -> bool: ...
    @property
    def made_at(self) -> str: ...


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account without its password; `agents` and `teams` are those whose calls it sees."""

    name: str
    role: str
    agents: tuple[str, ...]
    teams: tuple[str, ...]
    is_disabled: bool
    made_at: str


_ACCOUNTS = rows("users", AccountRow)

ENVELOPES: dict[str, Envelopes] = {"users list": _ACCOUNTS}

_COLUMNS = (
    Column("name", "name"),
    Column("role", "role"),
    Column("agents", "calls of agents"),
    Column("teams", "calls of teams"),
    Column("is_disabled", "disabled"),
    Column("made_at", "since", kind="moment"),
)


def present_accounts(found: Sequence[_Account]) -> Answer:
    """Accounts by name."""
    listed = [
        AccountRow(one.name, one.role, one.agents, one.teams, one.is_disabled, one.made_at) for one in found
    ]
    empty = "No accounts yet: the first start of `speechcx serve` makes one."
    shown = make_table("users", _COLUMNS, listed, empty=empty)
    return Answer(partial(_ACCOUNTS.wrap_rows, listed, hint=shown.empty), (shown,))
