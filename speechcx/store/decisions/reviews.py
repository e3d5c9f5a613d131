"""Reviews taken up, filled in and submitted: each step one transaction, and no call given to two people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from speechcx.errors import UsageError
from speechcx.store import Store
from speechcx.store.decisions.chain import note_decision
from speechcx.store.decisions.review_record import (
    Given,
    check_answer,
    expect_reviewer,
    expect_state,
    fold_name,
    is_same,
    read_answers,
    read_length_s,
    read_name,
    read_questions,
    read_review,
)
from speechcx.store.decisions.review_steps import NewReviewStep, add_step, set_state
from speechcx.store.moments import utc_text

ReadWays = Callable[[str, str | None, str], Mapping[str, str]]
"""From a rulebook's digest, its text and a scorecard: how the machine answers each question, as a digest."""

_NEXT = (
    "SELECT d.draw_id, d.call_id, p.scorecard, d.reviews FROM review_draws d JOIN review_plans p USING (plan_id)"
    " JOIN calls c ON c.call_id = d.call_id WHERE c.superseded_by IS NULL AND (:plan IS NULL OR d.plan_id = :plan)"
    " AND fold_name(:reviewer) NOT IN (fold_name(d.agent), fold_name(coalesce(c.agent, '')))"
    " AND (SELECT count(*) FROM reviews r WHERE r.draw_id = d.draw_id"
    " AND r.state <> 'released' AND r.round <= d.reviews) < d.reviews"
    " AND NOT EXISTS (SELECT 1 FROM reviews r WHERE r.call_id = d.call_id AND r.scorecard = p.scorecard"
    " AND fold_name(r.reviewer) = fold_name(:reviewer) AND r.state <> 'released')"
    " AND EXISTS (SELECT 1 FROM answers_data a JOIN questions q USING (question_no) WHERE a.call_no = c.call_no"
    " AND q.scorecard = p.scorecard)"
    " ORDER BY d.plan_id, d.position LIMIT 1"
)
_FORM = (
    "SELECT q.question_no, q.question, a.answer, CASE WHEN a.reason_no IS NULL AND a.why IS NULL"
    " THEN coalesce(w.text, '') || coalesce(d.why, '') ELSE coalesce(v.text, '') || coalesce(a.why, '') END"
    " FROM answers_data a JOIN questions q ON q.question_no = a.question_no"
    " LEFT JOIN results_data d ON d.call_no = a.call_no AND d.rule_no = a.rule_no"
    " LEFT JOIN reasons w ON w.reason_no = d.reason_no LEFT JOIN reasons v ON v.reason_no = a.reason_no"
    " WHERE a.call_no = ? AND q.scorecard = ? ORDER BY a.position"
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A review that is open for its reviewer; `resumed` where it was taken up before."""

    review_id: int
    call_id: str
    resumed: bool


@dataclass(frozen=True, slots=True)
class _Opening:
    """A review about to be opened."""

    call_id: str
    scorecard: str
    reviewer: str
    round: int = 1
    draw_id: int | None = None
    of_review: int | None = None


class ReviewDesk:
    """Where reviews are taken up, filled in and handed in.

    Parameters
    ----------
    store
        An open store.
    digest_questions
        Tells how the machine answers each question of a scorecard, so that answers to the same
        question are told apart where its rule was another.
    """

    def __init__(self, store: Store, digest_questions: ReadWays) -> None:
        self.store = store
        self.db = store.db
        # SQLite's own folding knows no letters beyond English.
        self.db.create_function("fold_name", 1, fold_name, deterministic=True)
        self._read_ways = digest_questions

    def take_next(self, reviewer: str, plan: str | None = None) -> Taken | None:
        """The reviewer's open review, else the next call of a plan (of any, oldest first) for this reviewer.

        Nobody gets a call of their own, one they have reviewed before, or one that another person
        is at. None where nothing is left.

        Raises
        ------
        UsageError
            There is no such plan.
        """
        reviewer = read_name(reviewer)
        with self.store.write():
            plan_id = None if plan is None else self._plan_id(plan)
            row = self.db.execute(
                "SELECT r.review_id, r.call_id FROM reviews r LEFT JOIN review_draws d USING (draw_id)"
                " WHERE fold_name(r.reviewer) = fold_name(?1) AND r.state = 'open' AND (?2 IS NULL OR d.plan_id = ?2)"
                " ORDER BY r.review_id LIMIT 1",
                (reviewer, plan_id),
            ).fetchone()
            if row is not None:
                return Taken(int(row[0]), row[1], resumed=True)
            row = self.db.execute(_NEXT, {"reviewer": reviewer, "plan": plan_id}).fetchone()
            if row is None:
                return None
            draw_id, call_id, scorecard, reviews = row
            held = self.db.execute(
                "SELECT round FROM reviews WHERE draw_id = ? AND state <> 'released'", (draw_id,)
            ).fetchall()
            free = next(number for number in range(1, reviews + 1) if (number,) not in held)
            taken = self._open(_Opening(call_id, scorecard, reviewer, free, draw_id))
            return Taken(taken, call_id, resumed=False)

    def take_call(self, reviewer: str, call_id: str, scorecard: str | None = None) -> Taken:
        """A review of a call that a person chose; the reviewer's own open one where there is one.

        Raises
        ------
        UsageError
            The call was not judged by the scorecard, is the reviewer's own, or was reviewed by them before.
        """
        reviewer = read_name(reviewer)
        with self.store.write():
            card = scorecard or self._first_scorecard(call_id)
            row = self.db.execute(
                "SELECT review_id FROM reviews WHERE call_id = ? AND scorecard = ? AND state = 'open'"
                " AND fold_name(reviewer) = fold_name(?)",
                (call_id, card, reviewer),
            ).fetchone()
            if row is not None:
                return Taken(int(row[0]), call_id, resumed=True)
            return Taken(self._open(_Opening(call_id, card, reviewer)), call_id, resumed=False)

    def take_second(self, reviewer: str, review_id: int) -> Taken:
        """A second opinion on a submitted review, by another person and as blind as the first.

        Raises
        ------
        UsageError
            The review is not submitted, or the reviewer is its own, its call's agent, or not new to the call.
        """
        reviewer = read_name(reviewer)
        with self.store.write():
            first = read_review(self.store, review_id)
            if first.of_review is not None:
                raise UsageError(
                    f"review {review_id} is a second opinion itself",
                    "the review it is on",
                    f"use {first.of_review}",
                )
            expect_state(first, ("submitted", "acknowledged", "disputed"), "a second opinion")
            round_no = self._round_after(review_id, first.draw_id)
            opening = _Opening(first.call_id, first.scorecard, reviewer, round_no, first.draw_id, review_id)
            taken = self._open(opening)
            add_step(self.store.db, review_id, reviewer, NewReviewStep("second", text=f"review {taken}"))
            return Taken(taken, first.call_id, resumed=False)

    def answer(self, review_id: int, by: str, given: Iterable[Given]) -> int:
        """Keep answers, all or none; a later answer to a question counts, the earlier one stays on record.

        Returns
        -------
        int
            Questions that still wait for an answer.

        Raises
        ------
        UsageError
            The review is not open or another person's, or an answer is wrong; names the nearest right one.
        """
        by = read_name(by)
        with self.store.write():
            review = read_review(self.store, review_id)
            expect_state(review, ("open",), "answers")
            expect_reviewer(review, by)
            known, length_s = (
                read_questions(self.store, review_id),
                read_length_s(self.store, review.call_id),
            )
            for one in given:
                check_answer(one, known, length_s)
                step = NewReviewStep("answered", one.question, one.answer, one.at_s, one.comment)
                add_step(self.store.db, review_id, by, step)
            return len(known) - len(read_answers(self.store, review_id))

    def submit(self, review_id: int, by: str, *, blind: bool = True) -> None:
        """Close a review: from now on its answers count, and can be compared with the machine's.

        Parameters
        ----------
        review_id, by
            The review and its reviewer.
        blind
            False where the reviewer has seen the machine's answers before: such a review says nothing of
            how well the machine agrees with people.

        Raises
        ------
        UsageError
            The review is not open, another person's, or questions wait for an answer.
        """
        by = read_name(by)
        with self.store.write():
            review = read_review(self.store, review_id)
            expect_state(review, ("open",), "submitting")
            expect_reviewer(review, by)
            answers = read_answers(self.store, review_id)
            self._expect_all(review_id, answers)
            self._keep_answers(review_id, answers)
            add_step(
                self.store.db, review_id, by, NewReviewStep("submitted", text="" if blind else "not blind")
            )
            self.db.execute("UPDATE reviews SET blind = ? WHERE review_id = ?", (int(blind), review_id))
            set_state(self.store.db, review_id, "submitted")

    def release(self, review_id: int, by: str) -> None:
        """Give a call back that was taken up; its answers stay on record and count for nothing.

        Raises
        ------
        UsageError
            The review is not open.
        """
        with self.store.write():
            expect_state(read_review(self.store, review_id), ("open",), "releasing")
            add_step(self.store.db, review_id, read_name(by), NewReviewStep("released"))
            set_state(self.store.db, review_id, "released")

    def _open(self, review: _Opening) -> int:
        call = self.db.execute(
            "SELECT call_no, agent, rulebook_no, provenance_no FROM calls WHERE call_id = ?",
            (review.call_id,),
        ).fetchone()
        if call is None:
            raise UsageError(f"call {review.call_id} is not stored", "a stored call", "see `speechcx calls`")
        call_no, agent, rulebook_no, provenance_no = call
        if is_same(agent, review.reviewer):
            raise UsageError(
                f"{review.reviewer} reviews a call of their own", "a call of somebody else", "take another"
            )
        self._expect_new(review)
        row = self.db.execute(
            "INSERT INTO reviews (call_id, agent, scorecard, rulebook_no, provenance_no, draw_id, of_review, round,"
            " reviewer, opened_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING review_id",
            (
                review.call_id, agent, review.scorecard, rulebook_no, provenance_no, review.draw_id,
                review.of_review, review.round, review.reviewer, utc_text(),
            ),
        ).fetchone()  # fmt: skip
        self._copy_form(int(row[0]), call_no, rulebook_no, review.scorecard)
        note_decision(self.db, "reviews", (int(row[0]),))
        add_step(self.store.db, int(row[0]), review.reviewer, NewReviewStep("opened"))
        return int(row[0])

    def _expect_new(self, review: _Opening) -> None:
        row = self.db.execute(
            "SELECT review_id FROM reviews WHERE call_id = ? AND scorecard = ? AND fold_name(reviewer) = fold_name(?)"
            " AND state <> 'released'",
            (review.call_id, review.scorecard, review.reviewer),
        ).fetchone()
        if row is not None:
            raise UsageError(
                f"{review.reviewer} has reviewed call {review.call_id} before, in review {row[0]}",
                "one review of a call by one person",
                "let somebody else take it",
            )

    def _copy_form(self, review_id: int, call_no: int, rulebook_no: int, scorecard: str) -> None:
        """Keep the questions and the machine's answers as they are now: judging again changes nothing here."""
        rows = self.db.execute(_FORM, (call_no, scorecard)).fetchall()
        if not rows:
            raise UsageError(
                f"this call has no scorecard {scorecard!r}",
                "a scorecard it was judged by",
                "see `speechcx show`",
            )
        numbers = [number for number, *_ in rows]
        ways = self._find_ways(numbers, rulebook_no, scorecard, before=review_id)
        self.db.executemany(
            "INSERT INTO review_questions VALUES (?, ?, ?, ?, ?, ?)",
            [
                (review_id, place, number, ways[number], answer, why)
                for place, (number, _, answer, why) in enumerate(rows)
            ],
        )

    def _find_ways(
        self, numbers: list[int], rulebook_no: int, scorecard: str, *, before: int
    ) -> dict[int, str]:
        """How the machine answers these questions: as the review before under the rulebook had it, else read again."""
        digest, source = self.db.execute(
            "SELECT digest, source FROM rulebooks WHERE rulebook_no = ?", (rulebook_no,)
        ).fetchone()
        known = dict(
            self.db.execute(
                "SELECT question_no, way FROM review_questions WHERE way <> ?3 AND review_id = (SELECT max(review_id)"
                " FROM reviews WHERE rulebook_no = ?1 AND scorecard = ?2 AND review_id < ?4)",
                (rulebook_no, scorecard, digest, before),
            ).fetchall()
        )
        if set(numbers) <= set(known):
            return known
        ways = self._read_ways(digest, source, scorecard)
        names = dict(
            self.db.execute(
                "SELECT question_no, question FROM questions WHERE rulebook_no = ? AND scorecard = ?",
                (rulebook_no, scorecard),
            ).fetchall()
        )
        return {number: ways.get(names[number], digest) for number in numbers}

    def _expect_all(self, review_id: int, answers: Mapping[str, Given]) -> None:
        waiting = [name for name in read_questions(self.store, review_id) if name not in answers]
        if waiting:
            raise UsageError(
                f"{len(waiting)} question{'s' * (len(waiting) > 1)} of review {review_id} without an answer: "
                + ", ".join(waiting),
                "an answer to each; n-a where it does not apply, cannot-tell where the call does not show it",
                f"speechcx review answer {review_id} {waiting[0]}=yes",
            )

    def _keep_answers(self, review_id: int, answers: Mapping[str, Given]) -> None:
        now = utc_text()
        rows = self.db.execute(
            "SELECT position, question, machine_answer, way FROM review_questions JOIN questions USING (question_no)"
            " WHERE review_id = ? ORDER BY position",
            (review_id,),
        ).fetchall()
        self.db.executemany(
            "INSERT INTO review_answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (review_id, place, name, answers[name].answer, machine, way, answers[name].at_s, now)
                for place, name, machine, way in rows
            ],
        )

    def _round_after(self, review_id: int, draw_id: int | None) -> int:
        """The round after those that a plan asked for and those that were held."""
        planned, held = self.db.execute(
            "SELECT (SELECT reviews FROM review_draws WHERE draw_id = ?1), max(round) FROM reviews"
            " WHERE draw_id = ?1 OR review_id = ?2 OR of_review = ?2",
            (draw_id, review_id),
        ).fetchone()
        return max(int(planned or 1), int(held)) + 1

    def _first_scorecard(self, call_id: str) -> str:
        row = self.db.execute(
            "SELECT scorecard FROM scores JOIN calls USING (call_no) WHERE call_id = ? ORDER BY position LIMIT 1",
            (call_id,),
        ).fetchone()
        if row is None:
            raise UsageError(
                f"call {call_id} has no scorecard", "a call judged by one", "judge it: `speechcx rejudge`"
            )
        return str(row[0])

    def _plan_id(self, name: str) -> int:
        row = self.db.execute("SELECT plan_id FROM review_plans WHERE name = ?", (name,)).fetchone()
        if row is None:
            rows = self.db.execute("SELECT name FROM review_plans ORDER BY plan_id DESC LIMIT 10").fetchall()
            raise UsageError(
                f"no review plan {name!r}",
                f"one of {', '.join(known for (known,) in rows)}" if rows else "a plan; there is none yet",
                "see `speechcx review plans`" if rows else "make one: `speechcx review plan NAME`",
            )
        return int(row[0])
