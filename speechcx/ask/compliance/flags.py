"""The queue of flags: what the rules found fault with, what people said of it, and the words it rests on."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from speechcx.ask.compliance.flag_queue import KEYS, ORDERS, FlagFilter, flags_query, settle_flags
from speechcx.ask.ground.call_by_name import find_call_id, read_number
from speechcx.ask.ground.empty_answer_hints import Hint, find_hint, read_rule_hint
from speechcx.ask.ground.opening import Where, reading
from speechcx.call import Hit, Party
from speechcx.errors import UsageError
from speechcx.store import Store
from speechcx.store.decisions.flag_rules import LOW_ANSWER, LOW_TITLE
from speechcx.store.decisions.flags import FLAG_STATUSES, FlagStatus, SeenFlag, digest_evidence
from speechcx.store.moments import read_start

FlagStanding = Literal["found", "changed", "gone"]
"""How a flag stands: ``found`` in the call as it is judged now, ``changed`` since somebody settled it, or ``gone``."""


@dataclass(frozen=True, slots=True)
class FlagRow:
    """One flag.

    Parameters
    ----------
    flag
        Its name for other commands: the call's id, a colon, the rule.
    occurred_at, started, local_day, agent, team, center, customer, queue
        Of the call; its start in UTC, and on the clock of its own zone with the offset.
    rule, title, kind, severity
        The rule, what happened by its title, and more of it; kind ``question`` for a critical question,
        ``survey`` for a low answer; None where no rulebook here knows it.
    result
        ``present`` or ``absent`` where that is not what it should be, ``cannot_tell``, ``no`` for a question;
        what was decided about where the flag is gone.
    why
        The reason in words; empty where the flag is gone.
    party, start_s, end_s, quote
        The first piece of evidence; None if there is none.
    nearest
        The words that come nearest to what was not found; None where nothing does. They are no evidence.
    status, owner, reason, due, changed_at, changed_by
        What people said last; ``open`` and None where nobody did.
    standing
        See :data:`FlagStanding`.
    number
        Its short name, ``12.3`` for rule 3 in call 12; it stays the same in this database.
    """

    flag: str
    call_id: str
    occurred_at: str | None
    started: str | None
    local_day: str | None
    agent: str | None
    team: str | None
    center: str | None
    customer: str | None
    queue: str | None
    rule: str
    title: str | None
    kind: str | None
    severity: str | None
    result: str
    why: str
    party: Party | None
    start_s: float | None
    end_s: float | None
    quote: str | None
    nearest: str | None
    status: FlagStatus
    owner: str | None
    reason: str | None
    due: str | None
    changed_at: str | None
    changed_by: str | None
    standing: FlagStanding
    number: str | None = None


@dataclass(frozen=True, slots=True)
class FlagList:
    """A page of flags.

    Parameters
    ----------
    rows
        The page.
    total
        Flags in all.
    counts
        (status, flags) pairs over all of them.
    hint
        Where there are none: what would widen the question.
    """

    rows: tuple[FlagRow, ...]
    total: int
    counts: tuple[tuple[FlagStatus, int], ...]
    hint: str | None


FlagFields = dict[str, object]

_STATE = ("status", "owner", "reason", "due", "changed_at", "changed_by", "seen_result", "seen_evidence")
_TITLE_SEEN = (
    "coalesce(CASE s.seen_result WHEN 'absent' THEN r.title_absent WHEN 'present' THEN r.title_present"
    " ELSE r.title_cannot_tell END, r.title)"
)
_RULE = "SELECT rule, headline, kind, severity, value, why, rule_no FROM results WHERE call_no = ? AND rule_no = ?"
_QUESTION = (
    "SELECT scorecard || '.' || question, text, 'question', 'critical', answer, why, rule_no FROM answers"
    " WHERE call_no = ? AND question_no = ?"
)
_GONE = (
    f"SELECT s.rule, {_TITLE_SEEN}, r.kind, r.severity,"
    " s.seen_result, '', NULL FROM flag_states s"
    " LEFT JOIN rules r ON r.rule_no = (SELECT max(rule_no) FROM rules WHERE rules.rule = s.rule)"
    " WHERE s.call_id = ? AND s.rule = ?"
)

_LOW = (
    f"SELECT {LOW_ANSWER}, {LOW_TITLE}, 'survey', 'major', 'present', coalesce(v.comment, ''), NULL"
    " FROM survey_answers v WHERE v.answer_no = ?"
)
_SHORT = re.compile(r"#?\s*(\d{1,15})\.(\d{1,9})")
"""``#12.3``: the call of a number, and the rule of another."""

_WIDER = {
    "rule": "Without --rule", "kind": "Without --kind", "severity": "Without --severity",
    "result": "Without --result", "status": "With --status all", "owner": "Without --owner",
    "overdue_on": "Without --overdue", "standing": "Without --standing", "calls": "In all calls",
}  # fmt: skip
"""How each part of a filter is taken away."""


def list_flags(
    where: Where,
    filters: FlagFilter | None = None,
    *,
    sort: str = "severity",
    limit: int = 50,
    offset: int = 0,
) -> FlagList:
    """Flags of a filter in an order.

    Parameters
    ----------
    where
        Store or database.
    filters
        Which; None for all that wait for somebody.
    sort
        A key of ``flag_queue.ORDERS``.
    limit, offset
        How many, after how many.

    Raises
    ------
    UsageError
        There is no such order.
    """
    if sort not in ORDERS:
        near = difflib.get_close_matches(sort, ORDERS, n=1)
        raise UsageError(
            f"cannot sort by {sort!r}", f"one of {', '.join(ORDERS)}", f"use {near[0]}" if near else ""
        )
    filters = filters or FlagFilter()
    with reading(where) as store:
        filters = settle_flags(store, filters)
        query, values = flags_query(filters)
        counts = dict(
            store.db.execute(f"SELECT status, count(*) FROM ({query}) GROUP BY 1", values).fetchall()
        )
        page = store.db.execute(
            f"SELECT {', '.join(KEYS)} FROM ({query}) ORDER BY {ORDERS[sort]} LIMIT ? OFFSET ?",
            [*values, limit, offset],
        ).fetchall()
        rows = tuple(_row(store, _complete(store, key)) for key in page)
        hint = None if counts else find_flags_hint(store, filters)
    known = tuple((status, counts[status]) for status in FLAG_STATUSES if status in counts)
    return FlagList(rows, sum(counts.values()), known, hint)


def find_flag(where: Where, name: str) -> FlagRow:
    """The flag of a name: ``#12.3``, or a call as ``show`` takes it, a colon, and the rule or the beginning of one.

    Where a call has a single flag, the call alone will do.

    Raises
    ------
    UsageError
        No flag, or several, have that name; the message lists the call's flags.
    """
    with reading(where) as store:
        call_id, rule = _split_name(store, name)
        all_of_call = _flags_of_call(store, call_id)
        found = [flag for flag in all_of_call if flag["rule"] == rule] or [
            flag for flag in all_of_call if str(flag["rule"]).startswith(rule)
        ]
        if len(found) == 1:
            return _row(store, found[0])
        names = ", ".join(f"{call_id}:{flag['rule']}" for flag in all_of_call)
        raise UsageError(
            f"{len(found) or 'no'} flags of call {call_id} are named {rule!r}", "the name of one flag",
            f"use one of {names}" if names else "that call has no flags; list them by `speechcx flags --status all`",
        )  # fmt: skip


def list_call_flags(where: Where, call_id: str) -> tuple[FlagRow, ...]:
    """Every flag of a call by its id, whatever its status, gone ones among them."""
    with reading(where) as store:
        return tuple(_row(store, flag) for flag in _flags_of_call(store, call_id))


def see_flags(where: Where, filters: FlagFilter) -> Iterator[SeenFlag]:
    """Every flag of a filter as :func:`speechcx.store.decisions.flags.set_flags` takes it;
    the list is fixed at the start."""
    with reading(where) as store:
        query, values = flags_query(settle_flags(store, filters))
        found = store.db.execute(
            f"SELECT {', '.join(KEYS)} FROM ({query}) ORDER BY {ORDERS['oldest']}", values
        )
        return iter([_seen(store, _complete(store, key)) for key in found.fetchall()])


def see_flag(where: Where, name: str) -> SeenFlag:
    """One flag, named as for :func:`find_flag`, as ``set_flags`` takes it."""
    with reading(where) as store:
        found = find_flag(store, name)
        one = next(flag for flag in _flags_of_call(store, found.call_id) if flag["rule"] == found.rule)
        return _seen(store, one)


def read_hits(store: Store, call_no: object, rule_no: object) -> tuple[Hit, ...]:
    """The evidence of a rule in a call."""
    rows = store.db.execute(
        "SELECT rule, result, party, turn_no, start_s, end_s, quote, why FROM hits WHERE call_no = ? AND rule_no = ?"
        " ORDER BY position",
        (call_no, rule_no),
    )
    return tuple(Hit(*row) for row in rows)


def _split_name(store: Store, name: str) -> tuple[str, str]:
    """Call id and rule of a flag's name; file names may hold colons, so every one of them is tried."""
    if short := _SHORT.fullmatch(name.strip()):
        rule = store.db.execute("SELECT rule FROM rule_numbers WHERE number = ?", (int(short[2]),)).fetchone()
        return find_call_id(store, f"#{short[1]}"), "" if rule is None else str(rule[0])
    places = [at for at, sign in enumerate(name) if sign == ":"]
    errors: list[UsageError] = []
    for at in [*places[::-1], len(name)]:
        try:
            return find_call_id(store, name[:at].strip()), name[at + 1 :].strip()
        except UsageError as error:
            errors.append(error)
    raise errors[0 if places else -1]


def _flags_of_call(store: Store, call_id: str) -> list[FlagFields]:
    """Every flag of a call, whatever its status; also of a call whose file was replaced."""
    call_no = store.db.execute("SELECT call_no FROM calls WHERE call_id = ?", (call_id,)).fetchone()[0]
    rows = store.db.execute(
        "SELECT call_no, iif(question_no IS NULL, rule_no, NULL), question_no, NULL, answer_no FROM (SELECT * FROM"
        " flags_found WHERE call_no = ?1"
        " ORDER BY question_no IS NOT NULL, iif(question_no IS NULL, rule_no, NULL), question_no)"
        " UNION ALL SELECT ?1, NULL, NULL, rule, NULL FROM flag_states WHERE call_id = ?2",
        (call_no, call_id),
    ).fetchall()
    found = [_complete(store, (*row, None, None, None)) for row in rows]
    there = {flag["rule"] for flag in found if flag["standing"] == "found"}
    return [flag for flag in found if flag["standing"] == "found" or flag["rule"] not in there]


def _complete(store: Store, key: Sequence[Any]) -> FlagFields:
    """What the database says of a flag by its key: the rule or question, the result, the decision."""
    call_no, rule_no, question_no, gone_rule, answer_no, *_ = key
    call_id, rulebook_no = store.db.execute(
        "SELECT call_id, rulebook_no FROM calls WHERE call_no = ?", (call_no,)
    ).fetchone()
    names = ("rule", "title", "kind", "severity", "result", "why", "rule_no")
    if rule_no is not None:
        row = store.db.execute(_RULE, (call_no, rule_no)).fetchone()
    elif question_no is not None:
        row = store.db.execute(_QUESTION, (call_no, question_no)).fetchone()
    elif answer_no is not None:
        row = store.db.execute(_LOW, (answer_no,)).fetchone()
    else:
        row = store.db.execute(_GONE, (call_id, gone_rule)).fetchone()
    state = store.db.execute(
        f"SELECT {', '.join(_STATE)} FROM flag_states WHERE call_id = ? AND rule = ?", (call_id, row[0])
    ).fetchone() or ("open", *[None] * (len(_STATE) - 1))
    return {
        "call_no": call_no, "call_id": call_id, "rulebook_no": rulebook_no,
        "standing": "found" if gone_rule is None else "gone",
        **dict(zip(names, row, strict=True)), **dict(zip(_STATE, state, strict=True)),
    }  # fmt: skip


def _row(store: Store, flag: FlagFields) -> FlagRow:
    """All of one flag."""
    call = store.db.execute(
        "SELECT occurred_at, local_day, agent, team, center, customer, queue FROM calls WHERE call_no = ?",
        (flag["call_no"],),
    ).fetchone()
    hits = read_hits(store, flag["call_no"], flag["rule_no"])
    first = next((hit for hit in hits if not hit.is_nearest), None)
    nearest = next((hit for hit in hits if hit.is_nearest), None)
    names = ("call_id", "rule", "title", "kind", "severity", "result", "status", "owner", "reason", "due",
             "changed_at", "changed_by")  # fmt: skip
    given = {name: flag[name] for name in names}
    return FlagRow(
        f"{flag['call_id']}:{flag['rule']}", occurred_at=call[0],
        started=read_start(store.db, int(str(flag["call_no"]))), local_day=call[1], agent=call[2], team=call[3],
        center=call[4], customer=call[5], queue=call[6], why=str(flag["why"]),
        party=first.party if first else None, start_s=first.start_s if first else None,
        end_s=first.end_s if first else None, quote=first.quote if first else None,
        nearest=nearest.quote if nearest else None,
        standing=_standing(flag, hits), number=_number(store, flag), **given,  # type: ignore[arg-type]
    )  # fmt: skip


def _number(store: Store, flag: FlagFields) -> str | None:
    call = read_number(store, str(flag["call_id"]))
    rule = store.db.execute("SELECT number FROM rule_numbers WHERE rule = ?", (flag["rule"],)).fetchone()
    return None if call is None or rule is None else f"{call}.{rule[0]}"


def _standing(flag: FlagFields, hits: Sequence[Hit]) -> FlagStanding:
    if flag["standing"] == "gone":
        return "gone"
    settled = flag["status"] in ("confirmed", "dismissed", "escalated")
    return "changed" if settled and flag["seen_evidence"] != _digest(flag, hits) else "found"


def _digest(flag: FlagFields, hits: Sequence[Hit]) -> str:
    return digest_evidence(str(flag["result"]), [(hit.start_s, hit.end_s, hit.quote) for hit in hits])


def _seen(store: Store, flag: FlagFields) -> SeenFlag:
    name, version = store.db.execute(
        "SELECT name, version FROM rulebooks WHERE rulebook_no = ?", (flag["rulebook_no"],)
    ).fetchone()
    # A flag that is gone stays decided about what it was.
    gone = flag["standing"] == "gone"
    digest = (
        flag["seen_evidence"] if gone else _digest(flag, read_hits(store, flag["call_no"], flag["rule_no"]))
    )
    return SeenFlag(
        str(flag["call_id"]), str(flag["rule"]), str(flag["result"]), str(digest), name, version
    )  # fmt: skip


def find_flags_hint(store: Store, filters: FlagFilter) -> str:
    """What would widen a filter that no flag satisfies."""
    hint: Hint = find_hint(store, filters.calls)
    where, values = filters.calls.to_sql()
    if not store.db.execute(f"SELECT 1 FROM calls c WHERE {where} LIMIT 1", values).fetchone():
        return str(hint)
    parts = [told for rule in filters.rule if (told := read_rule_hint(store, rule))]
    empty = FlagFilter(status=())
    for name, how in _WIDER.items():
        if getattr(filters, name) == getattr(empty, name):
            continue
        wider: dict[str, Any] = {name: getattr(empty, name)}
        query, values = flags_query(replace(filters, **wider))
        n = store.db.execute(f"SELECT count(*) FROM ({query})", values).fetchone()[0]
        if n:
            parts.append(f"{how} there would be {n}.")
    return " ".join(parts) or f"No flags in {hint.calls} calls: no rule found fault with any of them."
