"""The entry of a list that a person means: ``alert:DAY/RULE``, ``callback:CUSTOMER``, ``outreach:RULE/CUSTOMER``."""

from __future__ import annotations

import difflib
from datetime import date

from speechcx.ask.ground.call_by_name import find_call_id
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import expect_one, find_name
from speechcx.ask.operations.alerts import (
    ALERT_BY,
    CALLS,
    MIN_EXCESS,
    PROBABILITY,
    find_alerts,
)
from speechcx.ask.operations.events import find_watched
from speechcx.ask.operations.outreach import NEGATIVE
from speechcx.errors import UsageError
from speechcx.store import Store
from speechcx.store.decisions.follow_ups import FOLLOW_UP_KINDS, FollowUpKey, read_follow_ups


def find_follow_up(
    where: Where, name: str, *, probability: float = PROBABILITY, least_excess: float = MIN_EXCESS
) -> FollowUpKey:
    """The entry of a name.

    Parameters
    ----------
    where
        Store or database.
    name
        ``alert:`` with the name of an alert, ``callback:`` with a customer or a call, ``outreach:`` with a rule, a
        slash and a customer or a call.
    probability, least_excess
        What an alert is, as in :func:`find_alerts`.

    Raises
    ------
    UsageError
        There is no such list, rule, customer, call or alert.
    """
    kind, sign, rest = name.partition(":")
    if not sign or kind not in FOLLOW_UP_KINDS or not rest.strip():
        raise UsageError(
            f"no entry {name!r}",
            "alert:DAY/RULE, callback:CUSTOMER or outreach:RULE/CUSTOMER",
            "see the names in `speechcx alerts`, `callbacks` and `outreach`",
        )
    with reading(where) as store:
        if kind == "alert":
            named = _read_alert(store, rest.strip())
            _expect_alert(store, named, probability=probability, least_excess=least_excess)
            return named
        if kind == "callback":
            call_id = _find_call(store, rest.strip())
            return FollowUpKey("callback", call_id, call_id)
        rule, _, who = rest.strip().partition("/")
        wanted = rule if rule == NEGATIVE else find_watched(store, rule, besides=(NEGATIVE,)).rule
        call_id = _find_call(store, who, rule=None if wanted == NEGATIVE else wanted)
        return FollowUpKey("outreach", f"{wanted}/{call_id}", call_id)


def _read_alert(store: Store, name: str) -> FollowUpKey:
    day, _, rest = name.partition("/")
    rule, _, group = rest.partition("/")
    try:
        date.fromisoformat(day)
    except ValueError:
        raise UsageError(
            f"no alert of {day!r}", "a day such as 2026-11-30", "see `speechcx alerts`"
        ) from None
    if rule != CALLS:
        rule = find_watched(store, rule, besides=(CALLS,)).rule
    if group:
        by, _, value = group.partition("=")
        expect_one("find alerts by", by, ALERT_BY)
        if not value:
            raise UsageError(f"no {by} in {name!r}", f"{by}=NAME", "see `speechcx alerts --by ...`")
    return FollowUpKey("alert", "/".join(part for part in (day, rule, group) if part))


def _expect_alert(store: Store, named: FollowUpKey, *, probability: float, least_excess: float) -> None:
    """Refuse what is no alert on that day, unless somebody marked it when it was one."""
    if named.key in read_follow_ups(store.db, "alert"):
        return
    day, _, rest = named.key.partition("/")
    by = rest.partition("/")[2].partition("=")[0] or None
    alerts = find_alerts(
        store,
        day=date.fromisoformat(day),
        probability=probability,
        least_excess=least_excess,
        by=by,  # type: ignore[arg-type]
    )
    names = [row.name for row in alerts.rows]
    if named.key in names:
        return
    nearest = (difflib.get_close_matches(named.key, names, n=1) or names[:1] or (None,))[0]
    why = f"that did not surge on {day}" if alerts.calls else f"{day} has no calls"
    one_by_one = f" --by {by}" if by else ""
    raise UsageError(
        f"no alert {named.key!r}: {why}",
        f"an alert of that day, such as {nearest}" if nearest else "a day with alerts; that one has none",
        f"see `speechcx alerts --day {day}{one_by_one}`; give other limits of that command here too",
    )


def _find_call(store: Store, named: str, *, rule: str | None = None) -> str:
    """The newest call of a customer, with the rule where one is given; or the call that is named."""
    try:
        customer = find_name(store, "customer", named)
    except UsageError as error:
        try:
            return find_call_id(store, named)
        except UsageError:
            raise UsageError(
                f"no customer and no call is named {named!r}",
                "a customer as the lists write it, or a call's id or number",
                f"{error.cure}; or see `speechcx callbacks` and `speechcx outreach RULE`",
            ) from None
    condition, values = "", [customer]
    if rule is not None:
        condition = f" AND {find_watched(store, rule).condition}"
    row = store.db.execute(
        "SELECT c.call_id FROM calls c WHERE c.customer = ? AND c.superseded_by IS NULL"
        f"{condition} ORDER BY c.call_no DESC LIMIT 1",
        values,
    ).fetchone()
    if row is None:
        raise UsageError(
            f"no call of {named!r} with {rule}", "a customer whom the rule touched", "see `outreach`"
        )
    return str(row[0])
