"""Whether customers stay: retention, churn, how many who wanted to cancel were kept, and what customers are worth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, get_args

from speechcx.ask.ground.customer_accounts import KnownCustomer, read_customer_accounts, read_stored_day
from speechcx.ask.ground.driver_lookup import list_drivers
from speechcx.ask.ground.empty_answer_hints import Hint, find_hint
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import expect_one, settle_names, settle_rule
from speechcx.ask.statistics import CountedFigure, Sums, mean_figure, share_figure
from speechcx.store import CallFilter, Store
from speechcx.store.facts.customer_keys import customer_key

AccountsBy = Literal["all", "agent", "team", "center", "queue", "driver"]
ACCOUNTS_BY: tuple[AccountsBy, ...] = get_args(AccountsBy)

SAVED_DAYS = 30
"""A customer who wanted to cancel and is still one this many days later was kept."""

_INTENT_WORDS = ("cancel-intent", "cancel_intent", "leaving-risk", "cancel", "churn")
"""Rules that are taken for an intent to cancel where none is named: the first of these that there is."""


@dataclass(frozen=True, slots=True)
class AccountSummaryRow:
    """The customers of one group.

    Parameters
    ----------
    key
        The agent, team, driver, ...; None for calls without one, and for the row of all.
    customers
        Customers with an account, of those the row is about.
    retention, churn
        Share of the customers at the start of the period who were customers at its end, and the rest.
    undated
        Customers left out of both: it is not told when they came or went, or not up to the end of the period.
    cancel_calls
        Calls in which the customer wanted to cancel.
    saved
        Share of those calls after which the customer stayed.
    immature, unknown
        Of `cancel_calls`, left out of `saved`: too new to tell; of customers without an account, not known, or
        gone before the call.
    value, lifetime_value
        Mean of the customers whose value is told, and `value_total` their sum; in `currency`.
    currency
        Of the values; None where none is told, or where there are several: then there is no value.
    """

    key: str | None
    customers: int
    retention: CountedFigure
    churn: CountedFigure
    undated: int
    cancel_calls: int
    saved: CountedFigure
    immature: int
    unknown: int
    value: CountedFigure
    value_total: float | None
    lifetime_value: CountedFigure
    currency: str | None


@dataclass(frozen=True, slots=True)
class AccountSummary:
    """Whether customers stayed over a period.

    Parameters
    ----------
    by
        What the rows are grouped by.
    rows, all
        The groups, and all together.
    since, until
        The period.
    known_until
        The last day of which accounts tell; None without accounts.
    accounts
        Accounts in the database.
    intents
        Rules that count as an intent to cancel.
    days
        Days after which a customer was kept.
    hint
        Where there is nothing to show: what would help.
    """

    by: AccountsBy
    rows: tuple[AccountSummaryRow, ...]
    all: AccountSummaryRow
    since: date | None
    until: date | None
    known_until: date | None
    accounts: int
    intents: tuple[str, ...]
    days: int
    hint: Hint | None


def summarise_accounts(
    where: Where,
    filters: CallFilter | None = None,
    *,
    by: AccountsBy = "all",
    intents: Sequence[str] = (),
    days: int = SAVED_DAYS,
) -> AccountSummary:
    """Retention, churn, save rate and value of customers.

    Parameters
    ----------
    where
        Store or database.
    filters
        The period, and which calls: without any other filter or group, every account counts, also of customers who
        never called; else those of the customers who did.
    by
        all, agent, team, center, queue or driver.
    intents
        Rules that show an intent to cancel; empty for the first of ``cancel-intent``, ``leaving-risk``, ... there is.
    days
        A customer who stayed so many days after such a call was kept.

    Raises
    ------
    UsageError
        There is no such group or rule.
    """
    expect_one("group by", by, ACCOUNTS_BY)
    with reading(where) as store:
        chosen = settle_names(store, filters or CallFilter())
        rules = _find_intents(store, intents)
        customers = read_customer_accounts(store)
        told = [one.known_until for one in customers.values() if one.known_until is not None]
        period = _Period(chosen.since, chosen.until, days, max(told, default=None))
        groups: dict[str | None, _Group] = defaultdict(_Group)
        whole = _Group()
        for key, customer, day, is_intent in _read_calls(store, chosen, by, rules):
            for group in (groups[key], whole):
                group.add_call(customer, day, customers, period, is_intent=is_intent)
        if by == "driver":
            # A call may have several drivers, and counts once in all.
            whole = _Group()
            for _, customer, day, is_intent in _read_calls(store, chosen, "all", rules):
                whole.add_call(customer, day, customers, period, is_intent=is_intent)
        if by == "all" and _is_period_only(chosen):
            whole.customers = set(customers)
        keys = sorted(groups, key=lambda key: (key is None, key or "")) if by != "all" else []
        rows = tuple(_row(key, groups[key], customers, period) for key in keys)
        hint = None if customers or rows else find_hint(store, chosen)
        return AccountSummary(
            by, rows, _row(None, whole, customers, period), chosen.since, chosen.until, period.known_until,
            store.db.execute("SELECT count(*) FROM accounts").fetchone()[0], rules, days, hint,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Period:
    """The period, the days a customer has to stay, and the last day of which anything is told."""

    since: date | None
    until: date | None
    days: int
    known_until: date | None

    def is_kept(self, one: KnownCustomer) -> bool | None:
        """Whether a customer of its start was one at its end; None where that cannot be told.

        Raises
        ------
        LookupError
            No customer at the start.
        """
        if self.since is not None and one.opened is not None and one.opened >= self.since:
            raise LookupError
        if self.since is not None and one.closed is not None and one.closed < self.since:
            raise LookupError
        if one.is_lost is None:
            return None
        if one.is_lost and one.closed is None:
            return False if self.since is None and self.until is None else None
        if one.closed is not None:
            return self.until is not None and one.closed > self.until
        is_told = self.until is None or (one.known_until is not None and one.known_until >= self.until)
        return True if is_told else None

    def is_saved(self, one: KnownCustomer, day: date) -> bool | None:
        """Whether a customer stayed after a call of this day; None where it is too early to tell.

        Raises
        ------
        LookupError
            They were gone before, or nothing is told of them.
        """
        if one.is_lost is None or (one.closed is not None and one.closed < day):
            raise LookupError
        if one.known_until is None or one.known_until < day:
            return None
        if one.is_lost:
            return one.closed is not None and one.closed > day + timedelta(days=self.days)
        return True if one.known_until >= day + timedelta(days=self.days) else None


@dataclass(slots=True)
class _Group:
    """What is counted of a group."""

    customers: set[str] = field(default_factory=set)
    cancel_calls: int = 0
    saved: Sums = field(default_factory=Sums)
    immature: int = 0
    unknown: int = 0

    def add_call(
        self,
        customer: str | None,
        day: date | None,
        known: Mapping[str, KnownCustomer],
        period: _Period,
        *,
        is_intent: bool,
    ) -> None:
        """Count a call."""
        one = known.get(customer or "")
        if one is not None and customer is not None:
            self.customers.add(customer)
        if not is_intent:
            return
        self.cancel_calls += 1
        if one is None or day is None:
            self.unknown += 1
            return
        try:
            saved = period.is_saved(one, day)
        except LookupError:
            self.unknown += 1
            return
        if saved is None:
            self.immature += 1
        else:
            self.saved += Sums(1, saved, saved)


def _row(
    key: str | None, group: _Group, known: Mapping[str, KnownCustomer], period: _Period
) -> AccountSummaryRow:
    kept, undated, values, lifetimes, total, currencies = Sums(), 0, Sums(), Sums(), 0.0, set[str]()
    for customer in group.customers:
        one = known[customer]
        currencies |= one.currencies
        if one.value is not None:
            values += Sums(1, one.value, one.value**2)
            total += one.value
        if one.lifetime_value is not None:
            lifetimes += Sums(1, one.lifetime_value, one.lifetime_value**2)
        try:
            is_kept = period.is_kept(one)
        except LookupError:
            continue
        if is_kept is None:
            undated += 1
        else:
            kept += Sums(1, is_kept, is_kept)
    if len(currencies) > 1:
        values, lifetimes, total = Sums(), Sums(), 0.0
    lost = Sums(kept.n, kept.n - kept.total, kept.n - kept.total)
    return AccountSummaryRow(
        key, len(group.customers), share_figure(kept), share_figure(lost), undated, group.cancel_calls,
        share_figure(group.saved), group.immature, group.unknown, mean_figure(values),
        round(total, 2) if values.n else None, mean_figure(lifetimes),
        next(iter(currencies)) if len(currencies) == 1 else None,
    )  # fmt: skip


def _is_period_only(filters: CallFilter) -> bool:
    return filters == CallFilter(since=filters.since, until=filters.until)


def _find_intents(store: Store, named: Sequence[str]) -> tuple[str, ...]:
    if named:
        return tuple(dict.fromkeys(settle_rule(store, rule) for rule in named))
    there = {rule for (rule,) in store.db.execute("SELECT DISTINCT rule FROM rules WHERE kind <> 'hidden'")}
    first = next((word for word in _INTENT_WORDS if word in there), None)
    return () if first is None else (first,)


def _read_calls(
    store: Store, filters: CallFilter, by: AccountsBy, intents: Sequence[str]
) -> Iterator[tuple[str | None, str | None, date | None, bool]]:
    """Group, customer, day and whether the customer wanted to cancel, of each call; by driver once for each."""
    condition, values = filters.to_sql()
    group, join = "NULL" if by == "all" else f"c.{by}", ""
    if by == "driver":
        numbers = ", ".join(str(number) for rule in list_drivers(store) for number in rule.numbers) or "NULL"
        group = "r.rule"
        join = (
            f" JOIN rule_results e ON e.call_no = c.call_no AND e.rule_no IN ({numbers}) AND e.is_present"
            " JOIN rules r ON r.rule_no = e.rule_no"
        )
    listed = ", ".join("?" * len(intents))
    chosen = store.db.execute(f"SELECT rule_no FROM rules WHERE rule IN ({listed})", intents)
    wanted = ", ".join(str(number) for (number,) in chosen) or "NULL"
    rows = store.db.execute(
        f"SELECT {group}, c.customer, c.local_day, EXISTS (SELECT 1 FROM rule_results d WHERE d.call_no = c.call_no"
        f" AND d.rule_no IN ({wanted}) AND d.is_present) FROM calls c{join} WHERE {condition}",
        values,
    )
    keys: dict[str | None, str | None] = {None: None}
    for key, customer, day, is_intent in rows:
        if customer not in keys:
            keys[customer] = customer_key(customer)
        yield key, keys[customer], read_stored_day(day), bool(is_intent)
