"""One request as a page sees it: who asks, what was asked, a store that shows their calls only; and what it replies."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar
from urllib.parse import urlencode

from speechcx.present.table import Answer, Table, Text
from speechcx.report.charts import Chart
from speechcx.store import Store
from speechcx.store.calls.erasure import count_erased
from speechcx.store.decisions.audit import Action
from speechcx.web.accounts import Account

if TYPE_CHECKING:
    from speechcx.web.site import Site

T = TypeVar("T")
QueryPairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page.

    Parameters
    ----------
    title, lead
        Its heading, and the answer in a sentence; empty for none.
    blocks
        Tables and paragraphs, in reading order.
    charts
        Drawn above them.
    more
        Address of a page with more of it, and what the link says; None for none.
    """

    title: str
    blocks: tuple[Table | Text, ...]
    lead: str = ""
    charts: tuple[Chart, ...] = ()
    more: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a page answers.

    Parameters
    ----------
    template, shown
        The template and what it shows; empty where there is none.
    answer
        The same for programs: ``.json`` and ``.csv`` of the address.
    status
        HTTP status.
    to
        Where to go instead.
    file, length, content_type
        Bytes to send, how many there are, and what they are.
    headers
        Further (name, value) pairs.
    is_change
        Whether a form that was answered so may have changed what others see.
    """

    template: str = ""
    shown: Mapping[str, object] = field(default_factory=dict)
    answer: Answer | None = None
    status: int = 200
    to: str = ""
    file: BinaryIO | None = None
    length: int = 0
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    is_change: bool = True


class NotThere(Exception):
    """There is no such thing for this person: not there, or not theirs to see; both look alike.

    A text is for those who see every call.
    """


class Refused(Exception):
    """A form cannot be taken as it is; the text says why."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request by somebody.

    Parameters
    ----------
    site
        Where.
    account
        Who; None for a stranger.
    token
        Of their session; empty for a stranger.
    path
        The address without the prefix of ``--base-url``.
    parts
        Named parts of the path.
    asked
        (name, value) pairs of the query.
    sent
        Fields of a form; None where none was sent.
    headers
        By lower-case name.
    address
        Of the other side.
    hidden
        The mark that forms carry, which no other site can know.
    store_
        Open to read, with only the calls that this person may see; None for a stranger.
    is_secure
        Whether the browser came by HTTPS.
    """

    site: Site
    account: Account | None
    token: str
    path: str
    parts: Mapping[str, str | None]
    asked: QueryPairs
    sent: Mapping[str, str] | None
    headers: Mapping[str, str]
    address: str
    hidden: str
    store_: Store | None
    is_secure: bool

    @property
    def store(self) -> Store:
        """The store of somebody who is signed in."""
        if self.store_ is None:
            raise NotThere
        return self.store_

    @property
    def person(self) -> Account:
        """Somebody who is signed in."""
        if self.account is None:
            raise NotThere
        return self.account

    @property
    def sees_all(self) -> bool:
        """Whether this person may see every call."""
        from speechcx.web.access import visible_to

        return visible_to(self.person) is None

    @property
    def sight(self) -> Hashable:
        """What decides which calls, and what of them, this person sees now, and in which role."""
        return self.person.role, self._seen_calls

    @property
    def _seen_calls(self) -> Hashable:
        """What decides which calls this person sees now: an answer about them is the same for every role."""
        from speechcx.web.access import visible_to

        return visible_to(self.person), self.store.under_review, count_erased(self.store.db)

    def keep(self, question: Hashable, make: Callable[[], T], *, shows_decisions: bool = False) -> T:
        """An answer that takes long: up to a minute old, if somebody who sees the same has just asked for it."""
        return self.site.kept.get((question, self._seen_calls), make, shows_decisions=shows_decisions)

    @property
    def hidden_calls(self) -> int:
        """Calls that are left out, since this person reviews them blind."""
        return 0 if self.store_ is None else len(self.store_.under_review)

    @property
    def has_no_calls(self) -> bool:
        """Whether somebody who is signed in sees no call at all."""
        return self.store_ is not None and not self.store_.has_calls()

    @property
    def format(self) -> str:
        """``html``, ``json`` or ``csv``, as the address ends."""
        return self.parts.get("format") or "html"

    def first(self, name: str, default: str = "") -> str:
        """The first value of a name of the query."""
        return next((value for key, value in self.asked if key == name), default)

    def every(self, name: str) -> tuple[str, ...]:
        """All values of a name of the query, without empty ones."""
        return tuple(value for key, value in self.asked if key == name and value)

    def number(self, name: str, default: int, *, low: int = 0, high: int) -> int:
        """A whole number of the query within bounds; `default` where it is none."""
        text = self.first(name)
        return min(high, max(low, int(text))) if re.fullmatch(r"\d{1,9}", text) else default

    def link(self, path: str, pairs: QueryPairs | Mapping[str, str] = ()) -> str:
        """An address of this site."""
        listed = list(pairs.items()) if isinstance(pairs, Mapping) else list(pairs)
        return self.site.prefix + path + (f"?{urlencode(listed, errors='replace')}" if listed else "")

    def note(self, action: Action, call_id: str | None = None, **detail: object) -> None:
        """Write down in the audit trail what this person did; `detail` holds nothing typed but by :meth:`typed`."""
        self.site.trail.note(self.person.name, action, call_id, detail)

    def typed(self, text: str) -> str:
        """What this person typed, as the audit trail may tell it: without values that are taken out of calls."""
        from speechcx.redact import redact_typed

        return redact_typed(text, self.site.redacted_kinds)

    @property
    def database(self) -> Path:
        """The database."""
        return self.site.database
