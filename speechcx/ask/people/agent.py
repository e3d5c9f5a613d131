"""One agent: figures beside those of the team, weeks, questions, calls worth opening, moments worth talking about."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date

from speechcx.ask.ground.compared_measures import ComparedMeasure, DifferenceVerdict
from speechcx.ask.ground.empty_answer_hints import Hint, find_hint
from speechcx.ask.ground.group_sums import GroupSums, add_sums, count_versions, find_scorecard, sum_calls
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.periods import period_before
from speechcx.ask.ground.resolve_names import find_name, read_names, settle_names
from speechcx.ask.ground.score_rows import MIN_N, Estimate, TableForm, make_estimates
from speechcx.ask.people.case_mix import CaseMixRow, adjust_scores
from speechcx.ask.people.compare_groups import Difference, compare_sums
from speechcx.ask.people.question_costs import AnsweredQuestion
from speechcx.ask.people.trends import TrendRow, read_rows
from speechcx.ask.search import CallRow, list_calls
from speechcx.ask.statistics import Interval, Sums, share_difference, share_interval
from speechcx.store import CallFilter, Store
from speechcx.store.moments import ROWS_A_CALL
from speechcx.store.select_sums import GroupChoice, has_sums, split_months

SHOWN_CALLS = 5
"""Best and worst calls that are listed."""


@dataclass(frozen=True, slots=True)
class AgentReport:
    """One agent over a period.

    Parameters
    ----------
    agent, name
        The agent, and the name in the roster.
    teams, centers
        Where the calls of the period count.
    since, until
        The period; None where open.
    before
        First and last day of the period that changes are against; None if there is none.
    scorecard
        The scorecard of scores and questions.
    n, n_flagged
        Calls, and those with a flagged rule.
    measures
        With the change against the period before; an object by name in JSON.
    peers
        The other agents of the same teams, and how many of them had calls.
    against_peers
        Each measure beside that of the peers' calls.
    case_mix
        The score against what such calls usually bring to others; None without calls.
    weeks
        Week by week.
    questions
        Of the scorecard, the weakest first.
    worst, best
        Calls by score.
    moments
        Places in calls to talk about: flagged rules, the worst of them first, and customers at their angriest.
    versions
        (rulebook, engines and settings; calls) pairs. More than one: means mix versions.
    hint
        Where there are no calls: what would widen the question.
    """

    agent: str
    name: str | None
    teams: tuple[str, ...]
    centers: tuple[str, ...]
    since: date | None
    until: date | None
    before: tuple[date | None, date | None] | None
    scorecard: str | None
    n: int
    n_flagged: int
    measures: tuple[Estimate, ...]
    peers: int
    against_peers: tuple[Difference, ...]
    case_mix: CaseMixRow | None
    weeks: tuple[TrendRow, ...]
    questions: tuple[QuestionRow, ...]
    worst: tuple[CallRow, ...]
    best: tuple[CallRow, ...]
    moments: tuple[TalkingPoint, ...]
    versions: tuple[tuple[str, int], ...]
    hint: Hint | None


def describe_agent(
    where: Where, agent: str, filters: CallFilter | None = None, form: TableForm | None = None
) -> AgentReport:
    """Everything a supervisor looks at before talking with an agent.

    Parameters
    ----------
    where
        Store or database.
    agent
        Id, or name in the roster.
    filters
        Which calls, of the agent and of the peers.
    form
        Scorecard, and the period to compare with.

    Raises
    ------
    UsageError
        There is no such agent; the message names the nearest.
    """
    form = form or TableForm()
    with reading(where) as store:
        asked = settle_names(store, filters or CallFilter())
        agent = find_name(store, "agent", agent)
        own = replace(asked, agent=(agent,))
        card = find_scorecard(store, own, form.scorecard)
        earlier = form.before or period_before(store, own)
        now = sum_calls(store, own, card)
        past = (
            None
            if earlier is None
            else add_sums(sum_calls(store, replace(own, since=earlier[0], until=earlier[1]), card).values())
        )
        mine = add_sums(now.values())
        teams, centers = (
            tuple(sorted({name for group in now if (name := group[place]) is not None})) for place in (1, 2)
        )
        others, peers = _sum_peers(store, asked, card, agent, teams)
        return AgentReport(
            agent=agent, name=read_names(store).get(agent), teams=teams, centers=centers, since=own.since,
            until=own.until, before=earlier, scorecard=card, n=mine.n, n_flagged=mine.flagged,
            measures=make_estimates(mine, past), peers=peers, against_peers=compare_sums(mine, others),
            case_mix=_case_mix(store, own, card) if mine.n else None,
            weeks=read_rows(store, own, "week", card),
            questions=compare_questions(store, own, replace(asked, team=teams), card) if card else (),
            worst=list_calls(store, own, sort="score", limit=SHOWN_CALLS, scorecard=card).rows,
            best=list_calls(store, own, sort="best-score", limit=SHOWN_CALLS, scorecard=card).rows,
            moments=find_moments(store, own), versions=count_versions(store, own),
            hint=None if mine.n else find_hint(store, own),
        )  # fmt: skip


def _sum_peers(
    store: Store, filters: CallFilter, scorecard: str | None, agent: str, teams: tuple[str, ...]
) -> tuple[GroupSums, int]:
    """Sums over the calls of the other agents of these teams, and how many agents they are."""
    if not teams:
        return GroupSums(), 0
    sums = sum_calls(store, replace(filters, team=teams), scorecard, by=("c.agent",))
    others = {group[0]: part for group, part in sums.items() if group[0] not in (agent, None)}
    return add_sums(others.values()), len(others)


def _case_mix(store: Store, own: CallFilter, scorecard: str | None) -> CaseMixRow | None:
    return next(iter(adjust_scores(store, "agent", own, TableForm(scorecard=scorecard)).rows), None)


_YES = ComparedMeasure("yes_share", "", kind="share", best="high")


@dataclass(frozen=True, slots=True)
class QuestionRow(AnsweredQuestion):
    """One question over the calls of an agent, beside the peers.

    Parameters
    ----------
    peers_n, peers_share
        The same over the calls of the peers.
    difference, difference_interval
        Share minus the peers' share, and its 95 % interval.
    verdict
        Whether the difference is beyond chance, in a word.
    """

    peers_n: int
    peers_share: float | None
    difference: float | None
    difference_interval: Interval | None
    verdict: DifferenceVerdict


def compare_questions(
    store: Store, own: CallFilter, everybody: CallFilter, scorecard: str
) -> tuple[QuestionRow, ...]:
    """Every question, the weakest first.

    Parameters
    ----------
    store
        The store.
    own, everybody
        The calls that are judged, and those they are compared with; the former may be among the latter.
    scorecard
        Its questions.
    """
    forms = {
        number: (question, section, text, critical)
        for number, question, section, text, critical in store.db.execute(
            "SELECT question_no, question, section, text, critical FROM questions WHERE scorecard = ?"
            " ORDER BY question_no",
            (scorecard,),
        )
    }
    newest = {form[0]: form for form in forms.values()}
    mine, theirs = (_count(store, filters, forms) for filters in (own, everybody))
    rows = [_row(newest[question], mine[question], theirs[question] - mine[question]) for question in mine]
    return tuple(
        sorted(rows, key=lambda row: (row.yes_share is None, row.yes_share or 0.0, -row.n, row.question))
    )


def _count(
    store: Store, filters: CallFilter, forms: dict[int, tuple[str, str, str, str | None]]
) -> dict[str, Counter[str]]:
    rows: list[tuple[int, str, int]] = []
    if has_sums(store, filters):
        for months, since, until in split_months(filters.since, filters.until):
            if months:
                chosen = GroupChoice.of(filters)
                rows += store.db.execute(
                    "SELECT a.question_no, a.answer, sum(a.calls) FROM sum_groups g CROSS JOIN answer_sums_by_month a"
                    " ON a.group_no = g.group_no AND a.month >= ? AND a.month < ?"
                    f" WHERE {chosen.condition} GROUP BY 1, 2",
                    (*months, *chosen.values),
                )
            else:
                rows += _count_in_calls(store, replace(filters, since=since, until=until))
    else:
        rows = _count_in_calls(store, filters)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for number, answer, n in rows:
        if number in forms:
            found[forms[number][0]][answer] += n
    return found


def _count_in_calls(store: Store, filters: CallFilter) -> list[tuple[int, str, int]]:
    """(question, answer, calls) triples from the calls themselves."""
    condition, values = filters.to_sql()
    return store.db.execute(
        "SELECT a.question_no, a.answer, count(*) FROM calls c JOIN form_answers a ON a.call_no = c.call_no"
        f" WHERE {condition} GROUP BY 1, 2",
        values,
    ).fetchall()


def _row(form: tuple[str, str, str, str | None], mine: Counter[str], theirs: Counter[str]) -> QuestionRow:
    own, other = (Sums(n["yes"] + n["no"], n["yes"], n["yes"]) for n in (mine, theirs))
    gap = share_difference(own, other)
    question, section, text, critical = form
    return QuestionRow(
        question, section, text, critical, own.n, own.mean, share_interval(own),
        tuple((answer, n) for answer, n in mine.most_common() if answer not in ("yes", "no")),
        other.n, other.mean, None if own.mean is None or other.mean is None else own.mean - other.mean, gap,
        _YES.judge(gap, enough=min(own.n, other.n) >= MIN_N),
    )  # fmt: skip


SHOWN = 8
"""Flagged moments; a rule gives at most two of them."""

ANGRIEST = 3
"""Calls whose most negative turn of the customer is shown."""

_SEVERITIES = ("critical", "major", "minor", "info")
_LOOKED_THROUGH = 500


@dataclass(frozen=True, slots=True)
class TalkingPoint:
    """A place in a call.

    Parameters
    ----------
    call_id, local_day
        The call, and its day.
    start_s
        Where to listen; None where it is about the whole call.
    why
        The flagged rule's title, or what the turn is.
    severity
        Of the rule; None for a turn.
    party, quote
        Who said what there; None where nothing was said.
    """

    call_id: str
    local_day: str | None
    start_s: float | None
    why: str
    severity: str | None
    party: str | None
    quote: str | None


def find_moments(store: Store, filters: CallFilter) -> tuple[TalkingPoint, ...]:
    """Flagged moments, the most severe and newest first, then the most negative turns of the unhappiest customers."""
    condition, values = filters.to_sql()
    return (*_find_flagged(store, condition, values), *_find_angriest(store, condition, values))


def _find_flagged(
    store: Store, condition: str, values: list[str | int | float | bytes | None]
) -> list[TalkingPoint]:
    ranks = " ".join(f"WHEN '{name}' THEN {rank}" for rank, name in enumerate(_SEVERITIES))
    rows = store.db.execute(
        "SELECT f.call_id, f.local_day, f.start_s, f.title, f.severity, f.party, f.quote FROM flagged_calls f"
        f" WHERE f.call_no IN (SELECT c.call_no FROM calls c WHERE c.flagged_count > 0 AND {condition}"
        f" ORDER BY c.call_no DESC LIMIT {_LOOKED_THROUGH})"
        f" ORDER BY CASE f.severity {ranks} ELSE 9 END, f.call_no DESC",
        values,
    )
    seen: Counter[str] = Counter()
    found = []
    for row in rows:
        moment = TalkingPoint(*row)
        seen[moment.why] += 1
        if seen[moment.why] <= 2:
            found.append(moment)
    return found[:SHOWN]


def _find_angriest(
    store: Store, condition: str, values: list[str | int | float | bytes | None]
) -> list[TalkingPoint]:
    rows = store.db.execute(
        "SELECT c.call_id, c.local_day, t.start_s, 'the customer at the most negative', NULL, t.party, t.text"
        " FROM calls c JOIN party_measures p ON p.call_no = c.call_no AND p.party = 'customer'"
        f" JOIN turns t ON t.call_no = c.call_no AND t.turn_id = c.call_no * {ROWS_A_CALL} + p.most_negative_turn"
        f" WHERE c.customer_sentiment < 0 AND {condition} ORDER BY c.customer_sentiment, c.call_no DESC"
        f" LIMIT {ANGRIEST}",
        values,
    )
    return [TalkingPoint(*row) for row in rows]
