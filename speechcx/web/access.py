"""Who may see what: the one place that every page asks, for pages and for the rows on them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from speechcx.store import VisibleCalls
from speechcx.web.accounts import Account, AccountRole

if TYPE_CHECKING:
    from speechcx.web.visit import Reply, Visit

Page = Callable[["Visit"], "Reply"]

PersonKind = AccountRole | Literal["stranger"]
"""What somebody is to a route; a stranger has not signed in."""

EVERYONE: frozenset[PersonKind] = frozenset({"agent", "supervisor", "qa", "compliance", "admin"})
"""Everybody who is signed in; rows are still their own calls only."""
ANYBODY: frozenset[PersonKind] = EVERYONE | {"stranger"}
"""Also people who are not signed in: the sign-in page and its style sheet."""
NOBODY: frozenset[PersonKind] = frozenset()
LEADERS: frozenset[PersonKind] = EVERYONE - {"agent"}
REVIEWERS: frozenset[PersonKind] = frozenset({"supervisor", "qa", "admin"})
OVERSEERS: frozenset[PersonKind] = frozenset({"compliance", "admin"})
ADMINS: frozenset[PersonKind] = frozenset({"admin"})
"""Who may use what no route of ours serves: Datasette's own pages, raw tables, SQL, the database file."""


@dataclass(frozen=True, slots=True)
class Route:
    """An address and who may use it.

    Parameters
    ----------
    name
        Names it.
    path
        Regular expression for the whole path, without the prefix of ``--base-url``.
    page
        Answers.
    roles
        Who may ask.
    writers
        Who may send a form to it.
    is_kept
        Whether its answer takes long and may be some minutes old.
    shows_decisions
        Whether a decision of somebody changes it, so that it is worked out again.
    shows_open_reviews
        Whether calls that the asking person reviews blind are there too.
    """

    name: str
    path: str
    page: Page
    roles: frozenset[PersonKind]
    writers: frozenset[PersonKind] = NOBODY
    is_kept: bool = False
    shows_decisions: bool = False
    shows_open_reviews: bool = False

    def matches(self, path: str) -> re.Match[str] | None:
        """The match of a path that belongs to this route."""
        return re.fullmatch(self.path, path)

    def allows(self, account: Account | None, method: str) -> bool:
        """Whether somebody may use a method of this route."""
        kind: PersonKind = "stranger" if account is None else account.role
        if method in ("GET", "HEAD"):
            return kind in self.roles
        return method == "POST" and kind in self.writers


def visible_to(account: Account) -> VisibleCalls | None:
    """The calls somebody may see; None for all."""
    if account.role == "agent":
        return VisibleCalls(agents=account.agents)
    if account.role == "supervisor":
        return VisibleCalls(teams=account.teams)
    return None


def may_decide(account: Account) -> bool:
    """Whether somebody may confirm, dismiss or escalate flags."""
    return account.role != "agent"


def may_review(account: Account) -> bool:
    """Whether somebody may fill in scorecards."""
    return account.role in REVIEWERS
