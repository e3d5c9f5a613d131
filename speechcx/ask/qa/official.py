"""Official scores: people's answers where there are any, and the machine's only where it may be trusted."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, fields
from typing import get_args

from speechcx.ask.ground.empty_answer_hints import find_hint
from speechcx.ask.ground.opening import Where, reading
from speechcx.ask.ground.resolve_names import settle_names
from speechcx.ask.ground.score_rows import ScoreBy
from speechcx.ask.qa.agreement import AgreementFilter, AgreementReport, measure_questions
from speechcx.ask.qa.paired_answers import read_form
from speechcx.ask.qa.question_digest import digest_questions
from speechcx.ask.qa.review_comparison import score_form
from speechcx.ask.qa.reviews import DONE
from speechcx.ask.statistics import Interval, Scale, Sums, mean_interval
from speechcx.config import ReviewSettings
from speechcx.store import CallFilter, Store

SCORE_GROUPS: tuple[ScoreBy, ...] = get_args(ScoreBy)


@dataclass(frozen=True, slots=True)
class OfficialRow:
    """The official score of an agent, team or center.

    Parameters
    ----------
    key
        Who; None for calls of which it is not known.
    n
        Calls with this scorecard.
    n_scored
        Those with an official score: the others have no answer that counts.
    n_reviewed
        Of these, the ones scored by a person's review, as decided where it was disputed.
    score, interval
        Mean official score over calls, 0 to 100, and its 95 % interval; None without any.
    weight_share
        Mean share of a call's weight that official answers cover, 0 to 1, over scored calls.
    suggested, n_suggested
        Mean of the machine's whole scores, and of how many calls: what `agents` shows.
    """

    key: str | None
    n: int
    n_scored: int
    n_reviewed: int
    score: float | None
    interval: Interval | None
    weight_share: float | None
    suggested: float | None
    n_suggested: int


@dataclass(frozen=True, slots=True)
class OfficialTable:
    """Official scores by group.

    Parameters
    ----------
    by, scorecard
        What a row is, and the form.
    official, suggested
        Questions whose machine answers count, and those whose answers do not.
    rows, total
        By key, and all calls together.
    hint
        Where there are no rows, what would widen the question.
    """

    by: ScoreBy
    scorecard: str
    official: tuple[str, ...]
    suggested: tuple[str, ...]
    rows: tuple[OfficialRow, ...]
    total: OfficialRow
    hint: str | None


@dataclass(slots=True)
class _Group:
    """Sums over calls: plain numbers, since there are very many calls."""

    n: int = 0
    n_scored: int = 0
    n_reviewed: int = 0
    score: float = 0.0
    squares: float = 0.0
    weight: float = 0.0
    n_suggested: int = 0
    suggested: float = 0.0

    def add(self, whole: float | None, score: float | None, weight: float, *, by_person: bool) -> None:
        """Add a call: the machine's whole score, the official one, and the weight that covers, of 100."""
        self.n += 1
        if whole is not None:
            self.n_suggested += 1
            self.suggested += whole
        if score is not None:
            self.n_scored += 1
            self.n_reviewed += by_person
            self.score += score
            self.squares += score * score
            self.weight += weight / 100.0

    def merge(self, other: _Group) -> None:
        """Add the calls of another group."""
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))


def score_officially(
    where: Where,
    filters: CallFilter | None = None,
    settings: ReviewSettings | None = None,
    *,
    by: ScoreBy = "agent",
    scorecard: str | None = None,
) -> OfficialTable:
    """Official scores of agents, teams or centers.

    A call that a person reviewed has that person's score. Any other has the score of its official
    machine answers alone, the rest left out like answers that could not be told; none where there are
    no such answers. A machine answer counts where its question is official and was answered the way
    people agreed with: one from before the rule was reworded does not.

    Parameters
    ----------
    where
        Store or database.
    filters
        Which calls.
    settings
        The bars.
    by
        What a row is.
    scorecard
        None for the first one of the newest call.

    Raises
    ------
    UsageError
        No call has such a scorecard.
    """
    with reading(where) as store:
        filters = settle_names(store, filters or CallFilter())
        report = measure_questions(store, AgreementFilter(scorecard), settings)
        people = score_reviews(store, report.scorecard)
        groups: dict[str | None, _Group] = defaultdict(_Group)
        numbers = _official_numbers(store, report)
        for call_id, key, whole, points, out_of, failed in _read_calls(
            store, filters, report.scorecard, by, numbers
        ):
            score, weight = None, out_of or 0.0
            if whole is not None and out_of:
                score = 0.0 if failed else 100.0 * points / out_of
            by_person = call_id in people
            if by_person:
                score, weight = people[call_id]
            groups[key].add(whole, score, weight, by_person=by_person)
        hint = None if groups else str(find_hint(store, filters))
    rows = tuple(_row(key, groups[key]) for key in sorted(groups, key=lambda key: (key is None, key or "")))
    everything = _Group()
    for group in groups.values():
        everything.merge(group)
    present = [one for one in report.questions if one.status != "retired"]
    return OfficialTable(
        by, report.scorecard, tuple(one.question for one in present if one.official),
        tuple(one.question for one in present if not one.official and one.status != "person"), rows,
        _row(None, everything), hint,
    )  # fmt: skip


def _official_numbers(store: Store, report: AgreementReport) -> list[int]:
    """Numbers of the official questions in every rulebook that answers them the same way."""
    form = read_form(store, report.scorecard)
    assert form is not None
    official = {one.question for one in report.questions if one.official}
    ways = {question: way for question, _, way, _ in form.questions if question in official}
    found = []
    rows = store.db.execute(
        "SELECT q.question_no, q.question, b.digest, b.source FROM questions q JOIN rulebooks b USING (rulebook_no)"
        " WHERE q.scorecard = ?",
        (report.scorecard,),
    ).fetchall()
    for number, question, digest, source in rows:
        if question in ways:
            way = digest_questions(digest, source, report.scorecard).get(question, digest)
            found += [number] if way == ways[question] else []
    return found


def _read_calls(
    store: Store, filters: CallFilter, scorecard: str, by: ScoreBy, numbers: list[int]
) -> list[tuple[str, str | None, float | None, float, float | None, int]]:
    """(call, group, whole machine score, official points, official weight, auto-failed) of every call."""
    where, values = filters.to_sql()
    return store.db.execute(
        f"SELECT c.call_id, c.{by}, s.score, total(a.points), sum(CASE WHEN a.points IS NOT NULL THEN a.out_of END),"
        " coalesce(max(a.answer = 'no' AND q.auto_fail), 0) FROM calls c JOIN scores s ON s.call_no = c.call_no"
        " AND s.scorecard = ? LEFT JOIN form_answers a ON a.call_no = c.call_no AND a.question_no IN"
        " (SELECT value FROM json_each(?)) LEFT JOIN questions q ON q.question_no = a.question_no"
        f" WHERE {where} GROUP BY c.call_no",
        [scorecard, json.dumps(numbers), *values],
    ).fetchall()


def score_reviews(
    store: Store, scorecard: str, *, plan: str | None = None
) -> dict[str, tuple[float | None, float]]:
    """Score and weight of every reviewed call: its first review, with what was decided about it.

    Parameters
    ----------
    store, scorecard
        Which reviews.
    plan
        Only those of this plan.

    Returns
    -------
    dict
        By call (score 0 to 100, weight answered of 100); the score is None where the rulebook's text is not
        stored, or nothing could be answered.
    """
    rows = store.db.execute(
        "SELECT r.review_id, r.call_id, b.digest, b.source FROM reviews r JOIN rulebooks b USING (rulebook_no)"
        " LEFT JOIN review_draws d USING (draw_id) LEFT JOIN review_plans p USING (plan_id) WHERE r.scorecard = ?1"
        " AND r.state IN (SELECT value FROM json_each(?2)) AND (?3 IS NULL OR p.name = ?3) ORDER BY r.review_id DESC",
        (scorecard, json.dumps(DONE), plan),
    ).fetchall()
    first = {call_id: (review_id, digest, text) for review_id, call_id, digest, text in rows}
    values: dict[int, dict[str, str]] = defaultdict(dict)
    for source in (
        "review_answers ORDER BY review_id",
        "review_events WHERE kind = 'changed' ORDER BY event_id",
    ):
        for review_id, question, answer in store.db.execute(
            f"SELECT review_id, question, answer FROM {source}"
        ):
            values[review_id][question] = answer
    found = {}
    for call_id, (review_id, digest, text) in first.items():
        filled = score_form(digest, text, scorecard, values[review_id])
        found[call_id] = (None, 0.0) if filled is None else (filled.score, 100.0 * filled.answered_share)
    return found


def _row(key: str | None, group: _Group) -> OfficialRow:
    sums = Sums(group.n_scored, group.score, group.squares)
    return OfficialRow(
        key, group.n, group.n_scored, group.n_reviewed, sums.mean, mean_interval(sums, Scale(0.0, 100.0)),
        group.weight / group.n_scored if group.n_scored else None,
        group.suggested / group.n_suggested if group.n_suggested else None, group.n_suggested,
    )  # fmt: skip
