"""Which flags there are: the condition people choose them by, and the query that finds them.

What a flag is stands in :mod:`speechcx.store.decisions.flag_rules`; what people decided is joined to it. The
query gives keys alone: with the text of every flag in it, it took twice as long.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from speechcx.ask.ground.resolve_names import settle_names, settle_rule
from speechcx.call import RESULTS as RULE_RESULTS
from speechcx.errors import UsageError
from speechcx.store import CallFilter, SqlValue, Store
from speechcx.store.decisions.flag_rules import (
    AGAINST_SCORED,
    CRITICAL_ANSWERS,
    FLAGGED,
    FLAGGED_RESULTS,
    IS_GONE,
    IS_LOW,
    LOW_ANSWER,
    LOW_ANSWERS,
    RESULT,
    UNSURE,
    UNSURE_RESULTS,
)
from speechcx.store.decisions.flags import FLAG_STATUSES, FlagStatus
from speechcx.store.paths import plain_text

QueueStanding = Literal["found", "gone"]
STANDINGS: tuple[QueueStanding, ...] = get_args(QueueStanding)
SEVERITIES = ("critical", "major", "minor", "info")
RESULTS = (*RULE_RESULTS, "no")
WAITING: tuple[FlagStatus, ...] = ("open", "escalated")
"""What the queue shows unless asked for more: what nobody has settled yet."""

FlagQuery = tuple[str, list[SqlValue]]


@dataclass(frozen=True, slots=True)
class FlagFilter:
    """Flags must satisfy every field that is given; a tuple means one of its values, an empty one any.

    Parameters
    ----------
    calls
        Of which calls.
    rule, kind, severity, result
        Of the rule and what it found; kind ``question`` and result ``no`` for critical questions; kind ``survey``
        for low answers, whose rules are ``survey.csat``, ``survey.nps`` and ``survey.ces``.
    status
        As people set it; a flag nobody touched is ``open``.
    owner
        Who is to deal with it; the empty text means nobody.
    overdue_on
        Due before this day (YYYY-MM-DD) and not settled.
    standing
        ``found``: the call is still flagged for it; ``gone``: only the decision is left.
    """

    calls: CallFilter = field(default_factory=CallFilter)
    rule: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    result: tuple[str, ...] = ()
    status: tuple[FlagStatus, ...] = WAITING
    owner: tuple[str, ...] = ()
    overdue_on: str | None = None
    standing: tuple[QueueStanding, ...] = ()

    def __post_init__(self) -> None:
        for name, legal in (
            ("severity", SEVERITIES), ("result", RESULTS), ("status", FLAG_STATUSES), ("standing", STANDINGS)
        ):  # fmt: skip
            for value in getattr(self, name):
                if value not in legal:
                    raise UsageError(f"{name} {value!r}", f"one of {', '.join(legal)}", "correct it")


def settle_flags(store: Store, filters: FlagFilter) -> FlagFilter:
    """The filter with names and rules as they are stored."""
    rules = tuple(settle_rule(store, rule) for rule in filters.rule)
    return replace(filters, calls=settle_names(store, filters.calls), rule=rules)


KEYS = ("call_no", "rule_no", "question_no", "gone_rule", "answer_no", "rank", "status", "due")
"""What :func:`flags_query` gives: a rule of the call, or a critical question of it, the rule of a decision whose
flag is gone, or a low answer to a survey."""

ORDERS = {
    "severity": "rank, call_no DESC, rule_no, question_no, gone_rule",
    "newest": "call_no DESC, rank, rule_no, question_no, gone_rule",
    "oldest": "call_no, rank, rule_no, question_no, gone_rule",
    "due": "due IS NULL, due, rank, call_no DESC, rule_no, question_no, gone_rule",
}
"""Orders by name."""

_RANK = "CASE r.severity WHEN 'critical' THEN 0 WHEN 'major' THEN 1 WHEN 'minor' THEN 2 ELSE 3 END"
_STATE = "coalesce(s.status, 'open') AS status, s.due"


def flags_query(filters: FlagFilter, *, more: str = "") -> FlagQuery:
    """A query for all flags of a filter, with the columns :data:`KEYS`, and its values.

    `more` names further columns of ``calls c``, such as ``, c.agent``; ``{rule}`` in it stands for the rule's id, and
    ``{unsure}`` for whether it could not tell.
    """
    branches = []
    if filters.standing != ("gone",):
        branches = [
            _results(FLAGGED_RESULTS, FLAGGED, filters, more),
            _results(UNSURE_RESULTS, UNSURE, filters, more),
            _questions(filters, more),
            _low_answers(filters, more),
        ]
    if filters.standing != ("found",):
        branches.append(_gone(filters, more))
    return " UNION ALL ".join(sql for sql, _ in branches), [
        value for _, values in branches for value in values
    ]


def other_flags_query(filters: FlagFilter) -> FlagQuery:
    """As :func:`flags_query`, for flags that are no results of rules: critical questions and low answers."""
    branches = [_questions(filters, ""), _low_answers(filters, "")]
    return " UNION ALL ".join(sql for sql, _ in branches), [
        value for _, values in branches for value in values
    ]


def _results(source: str, condition: str, filters: FlagFilter, more: str) -> FlagQuery:
    """Flags that are results of rules."""
    wanted = {
        "r.rule": filters.rule,
        "r.kind": filters.kind,
        "r.severity": filters.severity,
        RESULT: filters.result,
    }
    where, values = _condition(filters, wanted)
    return (
        "SELECT c.call_no, d.rule_no, NULL AS question_no, NULL AS gone_rule, NULL AS answer_no,"
        f" {_RANK} AS rank, {_STATE}"
        f"{more.format(rule='r.rule', unsure='d.value = 2')} FROM calls c {source}"
        " LEFT JOIN flag_states s ON s.call_id = c.call_id AND s.rule = r.rule"
        f" WHERE {condition} AND {where}",
        values,
    )


def _questions(filters: FlagFilter, more: str) -> FlagQuery:
    """Critical questions answered against the call, where no flagged rule says the same."""
    name = "(q.scorecard || '.' || q.question)"
    wanted = {
        name: filters.rule,
        "'question'": filters.kind,
        "'critical'": filters.severity,
        "'no'": filters.result,
    }
    where, values = _condition(filters, wanted)
    return (
        f"SELECT c.call_no, NULL, q.question_no, NULL, NULL, 0, {_STATE}{more.format(rule=name, unsure='0')}"
        f" FROM {CRITICAL_ANSWERS} LEFT JOIN flag_states s ON s.call_id = c.call_id AND s.rule = {name}"
        f" WHERE {AGAINST_SCORED} AND {where}",
        values,
    )


def _low_answers(filters: FlagFilter, more: str) -> FlagQuery:
    """Low answers of customers about a call."""
    wanted = {
        LOW_ANSWER: filters.rule,
        "'survey'": filters.kind,
        "'major'": filters.severity,
        "'present'": filters.result,
    }
    where, values = _condition(filters, wanted)
    return (
        f"SELECT c.call_no, NULL, NULL, NULL, v.answer_no, 1, {_STATE}{more.format(rule=LOW_ANSWER, unsure='0')}"
        f" FROM {LOW_ANSWERS} LEFT JOIN flag_states s ON s.call_id = c.call_id AND s.rule = {LOW_ANSWER}"
        f" WHERE {IS_LOW} AND {where}",
        values,
    )


def _gone(filters: FlagFilter, more: str) -> FlagQuery:
    """Decisions about calls that are no longer flagged for it, with the rule as it was last known."""
    wanted = {"s.rule": filters.rule, "r.kind": filters.kind, "r.severity": filters.severity,
              "s.seen_result": filters.result}  # fmt: skip
    where, values = _condition(filters, wanted)
    unsure = "s.seen_result = 'cannot_tell'"
    return (
        "SELECT c.call_no, NULL AS rule_no, NULL AS question_no, s.rule AS gone_rule, NULL AS answer_no,"
        f" {_RANK} AS rank, {_STATE}{more.format(rule='s.rule', unsure=unsure)}"
        " FROM flag_states s CROSS JOIN calls c ON c.call_id = s.call_id"
        " LEFT JOIN rules r ON r.rule_no = (SELECT max(rule_no) FROM rules WHERE rules.rule = s.rule)"
        f" WHERE {IS_GONE} AND {where}",
        values,
    )


def _condition(filters: FlagFilter, wanted: dict[str, tuple[str, ...]]) -> FlagQuery:
    """What holds for every branch: of the call, of what was found, and of what people said of it."""
    where, values = filters.calls.to_sql()
    asked = wanted | {"coalesce(s.status, 'open')": filters.status, "coalesce(s.owner, '')": filters.owner}
    parts = [where, *(f"{name} IN ({', '.join('?' * len(some))})" for name, some in asked.items() if some)]
    values += [plain_text(value) for some in asked.values() for value in some]
    if filters.overdue_on is not None:
        parts.append("s.due < ? AND s.status IN ('open', 'escalated')")
        values.append(filters.overdue_on)
    return " AND ".join(parts), values
