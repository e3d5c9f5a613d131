"""Which questions of a scorecard go well and badly: shares of calls answered with yes, beside those of the peers."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from speechcx.ask.ground.measures import Measure, Verdict
from speechcx.ask.ground.score_rows import MIN_N
from speechcx.ask.intervals import Interval, Sums, share_difference, share_interval
from speechcx.store import CallFilter, Store

_YES = Measure("yes_share", "", kind="share", best="high")


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question over the calls of an agent.

    Parameters
    ----------
    question, section, text, critical
        As on the newest scorecard that asks it.
    n
        Calls answered with yes or no.
    yes_share, interval
        Share of them answered with yes, and its 95 % interval.
    left_out
        (answer, calls) pairs of the other answers: n-a, cannot-tell, person.
    peers_n, peers_share
        The same over the calls of the peers.
    difference, difference_interval
        Share minus the peers' share, and its 95 % interval.
    verdict
        Whether the difference can be told from chance, in a word.
    """

    question: str
    section: str
    text: str
    critical: str | None
    n: int
    yes_share: float | None
    interval: Interval | None
    left_out: tuple[tuple[str, int], ...]
    peers_n: int
    peers_share: float | None
    difference: float | None
    difference_interval: Interval | None
    verdict: Verdict


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
    condition, values = filters.to_sql()
    rows = store.db.execute(
        "SELECT a.question_no, a.answer, count(*) FROM calls c JOIN answers_data a ON a.call_no = c.call_no"
        f" WHERE {condition} GROUP BY 1, 2",
        values,
    )
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for number, answer, n in rows:
        if number in forms:
            found[forms[number][0]][answer] += n
    return found


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
