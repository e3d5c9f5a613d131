"""Submitted answers beside the machine's: those that say how well the two agree, and in what order they came."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from speechcx.ask.qa.question_digest import digest_questions
from speechcx.store import Store

COMPARED = ("yes", "no", "n-a")
"""Answers that are compared; the others mean that nobody was sure, or that it is not the machine's to say."""


class Answered(NamedTuple):
    """A blind answer of a person, with the machine's; a tuple, since there are very many.

    Parameters
    ----------
    question, answer, machine
        The question and both answers.
    way
        How the machine answered, as a digest.
    review_id, call_id, reviewer, submitted_at
        Whose it is.
    at_s
        The evidence's time in the call.
    chance
        How probable it was that the call be drawn; None where a person chose it.
    """

    question: str
    answer: str
    machine: str
    way: str
    review_id: int
    call_id: str
    reviewer: str
    submitted_at: str
    at_s: float | None
    chance: float | None


@dataclass(frozen=True, slots=True)
class PresentForm:
    """The form as the newest call has it.

    Parameters
    ----------
    rulebook, version, digest
        Its rulebook.
    questions
        (question, text, way, whether the machine answers it) of each, in order.
    """

    rulebook: str
    version: str
    digest: str
    questions: tuple[tuple[str, str, str, bool], ...]


def read_answered(
    store: Store, scorecard: str, *, since: str | None = None, reviewer: str | None = None
) -> list[Answered]:
    """Blind answers to the questions of a scorecard, oldest first.

    Parameters
    ----------
    store, scorecard
        Where from.
    since
        Only those submitted from this day on, UTC, ``YYYY-MM-DD``.
    reviewer
        Only this person's.
    """
    rows = store.db.execute(
        "SELECT a.question, a.answer, a.machine_answer, a.way, r.review_id, r.call_id, r.reviewer, a.submitted_at,"
        " a.at_s, d.chance FROM reviews r JOIN review_answers a USING (review_id)"
        " LEFT JOIN review_draws d USING (draw_id)"
        " WHERE r.scorecard = ?1 AND r.blind = 1 AND (?2 IS NULL OR a.submitted_at >= ?2)"
        " AND (?3 IS NULL OR r.reviewer = ?3 COLLATE NOCASE) ORDER BY a.submitted_at, r.review_id, a.position",
        (scorecard, since, reviewer),
    )
    return [Answered._make(row) for row in rows]


def first_of_each_call(answered: list[Answered]) -> dict[str, list[Answered]]:
    """By question, one answer a call: the first one, so that a call reviewed twice counts once."""
    found: dict[str, list[Answered]] = defaultdict(list)
    seen = set()
    for one in answered:
        if (one.question, one.call_id) not in seen:
            seen.add((one.question, one.call_id))
            found[one.question].append(one)
    return found


def pair_people(answered: list[Answered]) -> dict[str, list[tuple[Answered, Answered]]]:
    """By question, the first two blind answers to it of different people on the same call, in their order."""
    first: dict[tuple[str, str], Answered] = {}
    paired = set()
    found: dict[str, list[tuple[Answered, Answered]]] = defaultdict(list)
    for one in answered:
        key = (one.question, one.call_id)
        earlier = first.setdefault(key, one)
        if earlier.review_id != one.review_id and key not in paired:
            paired.add(key)
            found[one.question].append((earlier, one))
    return found


def read_form(store: Store, scorecard: str) -> PresentForm | None:
    """The form of the newest call that was judged by a scorecard; None if there is none."""
    row = store.db.execute(
        "SELECT c.call_no, b.name, b.version, b.digest, b.source FROM calls c JOIN rulebooks b USING (rulebook_no)"
        " WHERE c.superseded_by IS NULL AND EXISTS (SELECT 1 FROM scores s WHERE s.call_no = c.call_no"
        " AND s.scorecard = ?) ORDER BY c.call_no DESC LIMIT 1",
        (scorecard,),
    ).fetchone()
    if row is None:
        return None
    call_no, name, version, digest, source = row
    ways = digest_questions(digest, source, scorecard)
    rows = store.db.execute(
        "SELECT question, text, answer <> 'person' FROM answers WHERE call_no = ? AND scorecard = ? ORDER BY position",
        (call_no, scorecard),
    )
    questions = tuple((one, text, ways.get(one, digest), bool(machine)) for one, text, machine in rows)
    return PresentForm(name, version, digest, questions)


def read_present_answers(store: Store, scorecard: str, digest: str) -> dict[tuple[str, str], str]:
    """What the machine says today of the reviewed calls: answer by (call, question)."""
    rows = store.db.execute(
        "SELECT c.call_id, q.question, a.answer FROM (SELECT DISTINCT call_id FROM reviews WHERE scorecard = ?1) r"
        " CROSS JOIN calls c ON c.call_id = r.call_id JOIN rulebooks b ON b.rulebook_no = c.rulebook_no"
        " JOIN form_answers a ON a.call_no = c.call_no JOIN questions q ON q.question_no = a.question_no"
        " WHERE q.scorecard = ?1 AND b.digest = ?2",
        (scorecard, digest),
    )
    return {(call_id, question): answer for call_id, question, answer in rows}
