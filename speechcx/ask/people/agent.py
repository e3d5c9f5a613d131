"""One agent: figures beside those of the team, weeks, questions, calls worth opening, moments worth talking about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from speechcx.ask.ground.empty_answer_hints import Hint, find_hint
from speechcx.ask.ground.group_sums import GroupSums, add_sums, count_versions, find_scorecard, sum_calls
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import find_name, read_names, settle_names
from speechcx.ask.ground.score_rows import Estimate, TableForm, make_estimates
from speechcx.ask.people.aggregate import period_before
from speechcx.ask.people.case_mix import CaseMixRow, adjust_scores
from speechcx.ask.people.compare import Difference, compare_sums
from speechcx.ask.people.questions import QuestionRow, compare_questions
from speechcx.ask.people.talking_points import Moment, find_moments
from speechcx.ask.people.trends import TrendRow, read_rows
from speechcx.ask.search.calls import CallRow, list_calls
from speechcx.store import CallFilter, Store

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
        First and last day of the period that changes are against; None where there is none.
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
    moments: tuple[Moment, ...]
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
