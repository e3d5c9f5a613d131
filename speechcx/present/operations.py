"""The day's work of operations managers: what surges, whom to call back, what goes with what, what is new."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from speechcx.ask.operations import Alert, Alerts, Cause, Causes, Outreach, OutreachCustomer, Shares, Topics
from speechcx.present.envelope import Envelopes, record
from speechcx.present.marked_entries import write_follow_up
from speechcx.present.table import Answer, Column, Table, Text, make_table
from speechcx.present.units import count_text, days_text, plain_number, start_text
from speechcx.store.deliveries import Notice

_HINT = str | None
_ALERTS = record("alerts", Alerts, swapped={"Alerts.hint": _HINT})
_CAUSES = record("causes", Causes, swapped={"Causes.hint": _HINT})
_OUTREACH = record("outreach", Outreach, swapped={"Outreach.hint": _HINT})
_TOPICS = record("topics", Topics, swapped={"Topics.hint": _HINT})

ENVELOPES: dict[str, Envelopes] = {
    "alerts": _ALERTS,
    "causes": _CAUSES,
    "outreach": _OUTREACH,
    "topics": _TOPICS,
}


def _shares(name: str, *, at_most: int | None = None) -> Callable[[Alert], str]:
    def write(row: Alert) -> str:
        shares: Shares = getattr(row.size, name)
        shown = shares[:at_most]
        more = len(shares) - len(shown)
        return ", ".join(f"{key} {count}" for key, count in shown) + (f", {more} more" if more else "")

    return write


def _chance(row: Alert) -> str:
    return "under 1 in a million" if row.probability < 1e-6 else f"1 in {round(1 / row.probability):,}"


def _window(row: Alert) -> str:
    """Two days, two hours, or the day so far."""
    if row.days > 1:
        return "two days"
    return f"{row.first_hour}:00 to {row.last_hour}:59" if row.first_hour or row.last_hour == 1 else "the day"


def _value(row: Alert) -> str | None:
    value = row.size.value_at_risk
    return None if value is None else f"{value:,.0f} {row.size.currency or ''}".strip()


def _first(row: Alert) -> str | None:
    return None if row.size.first_at is None else start_text(row.size.first_at)


def _hour(row: Alert) -> str | None:
    first = _first(row)
    return None if first is None else first[11:]


def _follow_up(row: Alert | OutreachCustomer) -> str | None:
    """Owner, status and day of what people do about an entry."""
    return None if row.follow_up is None else write_follow_up(row.follow_up)


_ALERT_COLUMNS = (
    Column("title", "what"),
    Column("group", "of", text=lambda row: row.group or "-"),
    Column("window", "when", value=_window),
    Column("calls", "calls", value=lambda row: row.size.calls),
    Column("usual", "usual", digits=1),
    Column("times", "times", digits=1),
    Column("chance", "by chance", value=lambda row: row.probability, text=_chance),
    Column("customers", "cus-\ntomers", value=lambda row: row.size.customers),
    Column("minutes", "minutes", digits=0, rank=1, value=lambda row: row.size.minutes),
    Column("first_at", "first", rank=2, value=_first, text=_hour),
    Column("teams", "teams", rank=3, value=_shares("teams"), text=_shares("teams", at_most=3)),
    Column("queues", "queues", rank=3, value=_shares("queues"), text=_shares("queues", at_most=3)),
    Column("value_at_risk", "value\nat risk", rank=2, value=lambda row: row.size.value_at_risk, text=_value),
    Column("valued", "valued", value=lambda row: row.size.valued, audience="programs"),
    Column("currency", "currency", value=lambda row: row.size.currency, audience="programs"),
    Column("follow_up", "marked", value=_follow_up, rank=1),
    Column("name", "alert", audience="programs"),
    Column("rule", "rule", audience="programs"),
    Column("centers", "centers", value=_shares("centers"), audience="programs"),
)


def present_alerts(found: Alerts) -> Answer:
    """What surges, each with size and scope, then words of its calls."""
    columns = [column for column in _ALERT_COLUMNS if found.by or column.key != "group"]
    shown = make_table("alerts", columns, found.rows, empty=_no_alerts(found))
    return Answer(lambda: _ALERTS.wrap(found), (shown, *_after_alerts(found)))


def _after_alerts(found: Alerts) -> Iterator[Text]:
    if not found.rows:
        return
    for row in found.rows:
        for example in row.examples:
            yield Text(
                f'{row.title}: "{example.quote}"  ({example.party or "-"}, show {example.call_id})', indent=2
            )
    yield Text(
        f"{found.day}, calls that began until {found.until_hour}:59; {count_text(found.calls, 'call')}. Usual: "
        f"{found.rows[0].compared} of the 8 weeks before, {found.rows[0].past_days} days.",
        is_note=True,
    )
    if found.by:
        young = f"; {found.too_young} with too few past days" if found.too_young else ""
        yield Text(f"By {found.by}: {found.groups} with calls that day{young}.", is_note=True)
    yield Text("To call back: speechcx outreach RULE --period DAY", is_note=True, is_hint=True)
    names = ", ".join(f"alert:{row.name}" for row in found.rows[:3])
    yield Text(
        f"To see to one: speechcx mark NAME --owner ... --status ...; {names}", is_note=True, is_hint=True
    )


def _no_alerts(found: Alerts) -> str:
    if found.hint is not None:
        return str(found.hint)
    if found.why_none is not None:
        return f"{found.day}: cannot tell; {found.why_none}."
    return (
        f"{found.day}: nothing out of the usual among {count_text(found.calls, 'call')}; {found.watched}"
        " counts were compared."
    )


_OUTREACH_COLUMNS = (
    Column("customer", "customer"),
    Column("calls", "calls"),
    Column("sentiment", "customer\n-5..5", digits=1, value=lambda row: row.customer_sentiment),
    Column("started", "last call", kind="start"),
    Column("agent", "agent", rank=1),
    Column("call_id", "call"),
    Column("value", "value", digits=0, rank=1),
    Column("currency", "currency", audience="programs"),
    Column("follow_up", "marked", value=_follow_up, rank=1),
    Column("quote", "words", rank=2),
)


def present_outreach(found: Outreach) -> Answer:
    """Customers to call back."""
    nobody = f"{found.title}: {count_text(found.calls, 'call')}, nobody left to call back."
    shown = make_table("customers", _OUTREACH_COLUMNS, found.rows, empty=str(found.hint or nobody))
    return Answer(lambda: _OUTREACH.wrap(found), (shown, *_after_outreach(found)))


def _after_outreach(found: Outreach) -> Iterator[Text]:
    if not found.calls:
        return
    out = "".join(f", {count} {reason.replace('_', ' ')}" for reason, count in found.left_out)
    yield Text(
        f"{found.title}: {count_text(found.calls, 'call')}; {count_text(len(found.rows), 'customer')} to call"
        f" back{out};"
        f" {found.unknown} calls of unknown customers.",
        is_note=True,
    )


def _lift_interval(row: Cause) -> str | None:
    return None if row.interval is None else " to ".join(plain_number(end, 2) for end in row.interval)


_CAUSE_COLUMNS = (
    Column("title", "with"),
    Column("calls", "calls"),
    Column("outcomes", "of them"),
    Column("share", "share", kind="share"),
    Column("lift", "lift", digits=2),
    Column("interval", "95 %", value=_lift_interval),
    Column("verdict", "comes"),
    Column("key", "key", audience="programs"),
)


def present_causes(found: Causes) -> Answer:
    """What tends to go with an outcome."""
    none = "No driver was found in a call: give the rulebook rules of kind 'driver', or use --by queue."
    shown = make_table(
        "causes", _CAUSE_COLUMNS, found.rows, empty=str(found.hint or none), notes=tuple(_cause_notes(found))
    )
    return Answer(lambda: _CAUSES.wrap(found), (shown,))


def _cause_notes(found: Causes) -> Iterator[str]:
    if not found.rows:
        return
    share = 100 * found.outcomes / found.calls
    yield (
        f"{found.title}: {found.outcomes} of {found.calls} calls ({plain_number(share, 1)} %). Lift: the share"
        " with it over that of all calls; 1 is no difference."
    )
    yield (
        f"About {plain_number(found.by_chance, 1)} of these would look clear by luck alone; and what goes with"
        " an outcome need not be its cause."
    )


_TOPIC_COLUMNS = (
    Column("phrase", "customers say"),
    Column("calls", "calls"),
    Column("share", "share", kind="share"),
    Column("share_before", "before", kind="share"),
    Column("times", "times", digits=1),
    Column("driver", "driver that covers it", value=lambda row: row.driver or "(none)"),
    Column("call", "a call", rank=1, value=lambda row: row.call_ids[0] if row.call_ids else None),
)


def present_topics(found: Topics) -> Answer:
    """What customers talk about more than before."""
    return Answer(lambda: _TOPICS.wrap(found), (_topic_table(found),))


def _topic_table(found: Topics) -> Table:
    notes: tuple[str, ...] = ()
    if found.before:
        sampled = "; very many calls, evenly sampled" if found.is_sampled else ""
        notes = (
            f"{days_text(found.since, found.until)} ({count_text(found.calls, 'call')}) against"
            f" {days_text(*found.before)}"
            f" ({found.calls_before}); {found.phrases} phrases compared{sampled}.",
        )
    return make_table("topics", _TOPIC_COLUMNS, found.rows, empty=_no_topics(found), notes=notes)


def _no_topics(found: Topics) -> str:
    if found.hint is not None:
        return str(found.hint)
    if not found.calls_before:
        return "There are no calls in the period before to compare with: choose a later --period."
    return (
        f"{days_text(found.since, found.until)}: no phrase of customers stands out against {found.calls_before}"
        f" calls before; {found.phrases} were compared. A longer --period would show smaller changes."
    )


def write_notices(found: Alerts) -> tuple[Notice, ...]:
    """The alerts of a day as one notice: counts and titles of rules, no words, no customers, no agents by name."""
    if not found.rows:
        return ()
    lines = []
    for row in found.rows:
        group = (
            "" if row.group is None else f", {found.by}" + ("" if found.by == "agent" else f" {row.group}")
        )
        size = row.size
        lines.append(
            f"{row.title}{group}: {count_text(size.calls, 'call')}, {row.times:g} times the usual {row.usual:g};"
            f" {count_text(size.customers, 'customer')}, {size.minutes:g} minutes"
        )
    title = f"speechcx: {len(found.rows)} alert{'s' * (len(found.rows) != 1)} on {found.day}"
    return (Notice(f"alerts {found.day}", title, "\n".join(lines)),)
