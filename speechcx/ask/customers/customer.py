"""One customer's calls over time: who, why, how it felt, whether they had to call again, what is still open."""

from __future__ import annotations

from dataclasses import dataclass, replace

from speechcx.ask.customers.customer_answers import CustomerAnswer, read_answers_of
from speechcx.ask.ground.consent import is_unresolved, read_columns
from speechcx.ask.ground.empty_answer_hints import Hint, find_hint
from speechcx.ask.ground.group_sums import find_scorecard
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import find_name, read_names, settle_names
from speechcx.ask.search import count_calls, read_flagged
from speechcx.store import CallFilter, Store
from speechcx.store.contacts import FORWARDED_S, REPEAT_DAYS
from speechcx.store.moments import CALLS_A_SECOND, read_start

_DAY = 86_400 * CALLS_A_SECOND
_MOST = 1000


@dataclass(frozen=True, slots=True)
class CustomerCall:
    """One call of a customer.

    Parameters
    ----------
    call_id, started
        The call, and its start on the clock of its own zone, with the offset.
    agent, agent_name, team, queue, direction
        Who took it and where.
    drivers
        (rule, title) pairs: why the customer called.
    audio_duration_s
        Length of the recording.
    score, sentiment, sentiment_shift, end_state
        The call's score, and the customer's feeling: -5 to 5, last quarter minus first, label of the last.
    flagged_rules
        Titles of rules whose result is not what it should be.
    days_since
        Days since the call before; None for the first and where the time is not known.
    is_forwarded
        It began within 15 minutes of the call before: one contact.
    repeat_of
        The call on the same driver within the 7 days before the contact; None if there is none.
    """

    call_id: str
    started: str | None
    agent: str | None
    agent_name: str | None
    team: str | None
    queue: str | None
    direction: str | None
    drivers: tuple[tuple[str, str], ...]
    audio_duration_s: float
    score: float | None
    sentiment: float | None
    sentiment_shift: float | None
    end_state: str | None
    flagged_rules: tuple[str, ...]
    days_since: float | None
    is_forwarded: bool
    repeat_of: str | None


@dataclass(frozen=True, slots=True)
class OpenIssue:
    """A driver whose newest call gives reason to think that it is not settled.

    Parameters
    ----------
    driver, title
        The driver.
    calls, since, last
        How many calls there were about it, when the first began, and the newest call.
    why
        What speaks for it: the customer ended the newest call negative, had called about it within the 7
        days before, or the source says it was not resolved.
    """

    driver: str
    title: str
    calls: int
    since: str | None
    last: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CustomerReport:
    """One customer.

    Parameters
    ----------
    customer
        As the source wrote it.
    n
        Calls there are; at most the newest 1,000 are looked at.
    calls
        Oldest first.
    contacts, repeats
        Calls without the forwarded ones, and those that repeat one of the 7 days before on the same driver.
    sentiment_first, sentiment_last
        The customer's sentiment in the first and the newest call it is known for.
    open_issues
        Drivers that do not look settled.
    answers
        Answers to surveys about these calls, and those whose call was not found; the oldest first.
    hint
        Where there are no calls: what would widen the question.
    """

    customer: str
    n: int
    calls: tuple[CustomerCall, ...]
    contacts: int
    repeats: int
    sentiment_first: float | None
    sentiment_last: float | None
    open_issues: tuple[OpenIssue, ...]
    answers: tuple[CustomerAnswer, ...]
    hint: Hint | None


def describe_customer(
    where: Where, customer: str, filters: CallFilter | None = None, *, scorecard: str | None = None
) -> CustomerReport:
    """All calls of one customer.

    Raises
    ------
    UsageError
        There is no such customer; the message names the nearest.
    """
    with reading(where) as store:
        filters = settle_names(store, filters or CallFilter())
        customer = find_name(store, "customer", customer)
        own = replace(filters, customer=(customer,))
        numbers, calls = _read_calls(store, own, find_scorecard(store, own, scorecard))
        linked = _link(numbers, calls)
        felt = [call.sentiment for call in linked if call.sentiment is not None]
        return CustomerReport(
            customer=customer,
            n=count_calls(store, own),
            calls=linked,
            contacts=sum(not call.is_forwarded for call in linked),
            repeats=sum(call.repeat_of is not None and not call.is_forwarded for call in linked),
            sentiment_first=felt[0] if felt else None,
            sentiment_last=felt[-1] if felt else None,
            open_issues=_find_open(store, linked),
            answers=read_answers_of(store, customer, (call.call_id for call in linked)),
            hint=None if linked else find_hint(store, own),
        )


def _read_calls(
    store: Store, filters: CallFilter, scorecard: str | None
) -> tuple[list[int], list[CustomerCall]]:
    condition, values = filters.to_sql()
    rows = store.db.execute(
        "SELECT c.call_no, c.call_id, c.agent, c.team, c.queue, c.direction, c.audio_duration_s, s.score,"
        " c.customer_sentiment, c.customer_sentiment_shift, c.customer_end_state FROM calls c"
        f" LEFT JOIN scores s ON s.call_no = c.call_no AND s.scorecard = ? WHERE {condition}"
        f" ORDER BY c.call_no DESC LIMIT {_MOST}",
        [scorecard, *values],
    ).fetchall()[::-1]
    names = read_names(store)
    calls = [
        CustomerCall(
            call_id, read_start(store.db, call_no), agent, names.get(agent), team, queue, direction,
            _read_drivers(store, call_no), length, score, mood, shift, end, read_flagged(store, call_no),
            None, is_forwarded=False, repeat_of=None,
        )
        for call_no, call_id, agent, team, queue, direction, length, score, mood, shift, end in rows
    ]  # fmt: skip
    return [row[0] for row in rows], calls


def _read_drivers(store: Store, call_no: int) -> tuple[tuple[str, str], ...]:
    rows = store.db.execute(
        "SELECT rule, title FROM results WHERE call_no = ? AND kind = 'driver' AND value = 'present' ORDER BY position",
        (call_no,),
    )
    return tuple(rows.fetchall())


def _link(numbers: list[int], calls: list[CustomerCall]) -> tuple[CustomerCall, ...]:
    """Say of each call how long the customer had been quiet, and which call it repeats."""
    linked: list[CustomerCall] = []
    newest: dict[str, int] = {}
    for place, (number, call) in enumerate(zip(numbers, calls, strict=True)):
        if call.started is not None and linked and linked[-1].started is not None:
            gap = number - numbers[place - 1]
            call = replace(
                call,
                days_since=gap / _DAY,
                is_forwarded=gap <= FORWARDED_S * CALLS_A_SECOND,
                repeat_of=_find_repeated(
                    number, [newest.get(rule) for rule, _ in call.drivers], linked, numbers
                ),
            )
        linked.append(call)
        newest |= {rule: place for rule, _ in call.drivers} if call.started is not None else {}
    return tuple(linked)


def _find_repeated(
    number: int, before: list[int | None], linked: list[CustomerCall], numbers: list[int]
) -> str | None:
    """The newest call on the same driver within the days; a forwarded part repeats what its contact does."""
    for place in sorted((place for place in before if place is not None), reverse=True):
        if number - numbers[place] <= FORWARDED_S * CALLS_A_SECOND:
            return linked[place].repeat_of
        if number - numbers[place] <= REPEAT_DAYS * _DAY:
            return linked[place].call_id
    return None


def _find_open(store: Store, calls: tuple[CustomerCall, ...]) -> tuple[OpenIssue, ...]:
    issues = []
    for rule, title in {rule: title for call in calls for rule, title in call.drivers}.items():
        about = [call for call in calls if rule in dict(call.drivers)]
        last = about[-1]
        why = []
        if last.end_state == "negative":
            why.append("the customer ended the newest call negative")
        if last.repeat_of is not None:
            why.append(f"called again within {REPEAT_DAYS} days")
        if _is_unresolved(store, last.call_id):
            why.append("marked as not resolved by its source")
        if why:
            issues.append(OpenIssue(rule, title, len(about), about[0].started, last.call_id, tuple(why)))
    return tuple(issues)


def _is_unresolved(store: Store, call_id: str) -> bool:
    (extras,) = store.db.execute(
        "SELECT r.extras FROM recordings r JOIN calls c USING (call_no) WHERE c.call_id = ?", (call_id,)
    ).fetchone()
    return is_unresolved(read_columns(extras))
