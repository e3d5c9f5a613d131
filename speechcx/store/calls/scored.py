"""Rule results with their evidence, and filled scorecards, to rows and back."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import astuple
from typing import cast

from speechcx.call import Assessment, Hit, QuestionAnswer, RuleResult, ScoreResult, Titles
from speechcx.store.calls.lookup_tables import LookupTable
from speechcx.store.codes import PARTY_CODES, VALUES, to_code
from speechcx.store.packing import to_fixed


def insert_results(db: sqlite3.Connection, call_no: int, judged: Assessment, names: LookupTable) -> None:
    """Write the results of all rules, and their hits."""
    rulebook_no = names.rulebook_no(judged)
    results, hits = [], []
    for position, result in enumerate(judged.results):
        rule_no = names.rule_no(rulebook_no, result)
        code = VALUES.index(result.value)
        reason = _reason_row(result.why, result.hits, names)
        results.append((call_no, rule_no, position, code, int(result.flagged), *reason))
        hits += [
            (call_no, rule_no, i, *_hit_row(hit, result.rule, names)) for i, hit in enumerate(result.hits)
        ]
    db.executemany("INSERT INTO results_data VALUES (?, ?, ?, ?, ?, ?, ?)", results)
    db.executemany("INSERT INTO hits_data VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", hits)


def insert_scores(db: sqlite3.Connection, call_no: int, judged: Assessment, names: LookupTable) -> None:
    """Write the filled scorecards; answers point at hits of results where they share them."""
    rulebook_no = names.rulebook_no(judged)
    places: dict[Hit, list[str | int]] = {
        hit: [result.rule, i] for result in judged.results for i, hit in enumerate(result.hits)
    }
    rules: dict[str | None, tuple[int, RuleResult]] = {
        result.rule: (names.rule_no(rulebook_no, result), result) for result in judged.results
    }
    scores, answers = [], []
    for position, score in enumerate(judged.scores):
        scores.append(
            (
                call_no, score.scorecard, position, score.title, score.score, score.answered_share,
                int(score.auto_failed), json.dumps(score.critical_errors), score.why,
            )
        )  # fmt: skip
        for place, answer in enumerate(score.answers):
            question_no = names.question_no(rulebook_no, score.scorecard, answer)
            answers.append(
                (call_no, question_no, place, *_answer_row(answer, places, rules.get(answer.rule), names))
            )
    db.executemany("INSERT INTO scores VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", scores)
    db.executemany("INSERT INTO answers_data VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", answers)


def read_results(db: sqlite3.Connection, call_no: int) -> tuple[RuleResult, ...]:
    """The results of all rules of a call, with their hits."""
    hits: dict[int, list[Hit]] = defaultdict(list)
    rows = db.execute(
        "SELECT rule_no, rule, result, party, turn_no, start_s, end_s, quote, why FROM hits WHERE call_no = ?"
        " ORDER BY rule_no, position",
        (call_no,),
    )
    for rule_no, *hit in rows:
        hits[rule_no].append(Hit(*hit))
    found = db.execute(
        "SELECT rule_no, rule, title, kind, severity, value, expect, flagged,"
        " coalesce(text, '') || coalesce(why, ''), title_absent, title_present,"
        " title_cannot_tell FROM results_data JOIN rules USING (rule_no)"
        " LEFT JOIN reasons USING (reason_no) WHERE call_no = ? ORDER BY position",
        (call_no,),
    )
    return tuple(
        RuleResult(
            rule,
            title,
            kind,
            severity,
            VALUES[value],
            expect,
            bool(flagged),
            why,
            tuple(hits[rule_no]),
            None if titles[0] is None else cast(Titles, tuple(titles)),
        )
        for rule_no, rule, title, kind, severity, value, expect, flagged, why, *titles in found
    )


def read_scores(
    db: sqlite3.Connection, call_no: int, results: tuple[RuleResult, ...]
) -> tuple[ScoreResult, ...]:
    """The filled scorecards of a call; `results` hold the evidence that answers point at."""
    answers = _read_answers(db, call_no, results)
    scores = db.execute(
        "SELECT scorecard, title, score, answered_share, auto_failed, critical_errors, why FROM scores"
        " WHERE call_no = ? ORDER BY position",
        (call_no,),
    )
    return tuple(
        ScoreResult(
            card, title, score, share, bool(failed), tuple(json.loads(errors)), tuple(answers[card]), why
        )
        for card, title, score, share, failed, errors, why in scores
    )


def _read_answers(
    db: sqlite3.Connection, call_no: int, results: tuple[RuleResult, ...]
) -> dict[str, list[QuestionAnswer]]:
    """Answers by scorecard."""
    places = {(result.rule, i): hit for result in results for i, hit in enumerate(result.hits)}
    rules = {result.rule: result for result in results}
    answers: dict[str, list[QuestionAnswer]] = defaultdict(list)
    rows = db.execute(
        "SELECT scorecard, rule_no, CASE WHEN a.reason_no IS NULL AND a.why IS NULL THEN NULL ELSE"
        " coalesce(w.text, '') || coalesce(a.why, '') END, hits, question, section, q.text, answer, points, out_of,"
        " critical, auto_fail, rule FROM answers_data a JOIN questions q USING (question_no)"
        " LEFT JOIN reasons w USING (reason_no) WHERE call_no = ? ORDER BY position",
        (call_no,),
    )
    for card, own, why, hits, question, section, text, answer, points, out_of, critical, fail, rule in rows:
        found = tuple(
            places[cast(tuple[str, int], tuple(place))] if len(place) == 2 else Hit(*place)
            for place in json.loads(hits or "[]")
        )
        if own is not None:
            why = rules[rule].why if why is None else why
            found = rules[rule].hits if hits is None else found
        # Of an answer whose words retention removed, no reason is left.
        told = why or ""
        answers[card].append(
            QuestionAnswer(
                question, section, text, answer, points, out_of, critical, bool(fail), rule, told, found
            )
        )
    return answers


def _hit_row(hit: Hit, rule: str, names: LookupTable) -> tuple[object, ...]:
    return (
        None if hit.rule == rule else hit.rule,
        VALUES.index(hit.result),
        to_code(PARTY_CODES, hit.party),
        hit.turn_no,
        to_fixed(hit.start_s, 1000),
        to_fixed(hit.end_s, 1000),
        hit.quote,
        names.reason_no(hit.why),
    )


def _answer_row(
    answer: QuestionAnswer,
    places: dict[Hit, list[str | int]],
    own: tuple[int, RuleResult] | None,
    names: LookupTable,
) -> tuple[object, ...]:
    """Columns of an answer; the reason and the evidence of its rule are not written again."""
    rule_no, result = own or (None, None)
    is_own = result is not None and answer.why == result.why
    reason = (None, None) if is_own else _reason_row(answer.why, answer.hits, names)
    evidence = [places.get(hit) or list(astuple(hit)) for hit in answer.hits]
    hits = json.dumps(evidence) if evidence or result else None
    if result and answer.hits == result.hits:
        hits = None
    return rule_no, answer.answer, answer.points, answer.out_of, *reason, hits


def _reason_row(why: str, hits: Sequence[Hit], names: LookupTable) -> tuple[int | None, str | None]:
    """A reason as the number of a part that many calls share, and the rest.

    Shared is only what surely holds no words of the call, since those must go when the call is
    erased: a whole reason without quoted evidence, or what stands before the semicolon before the
    first quote.
    """
    quotes = {hit.quote for hit in hits if hit.quote}
    if not quotes:
        return names.reason_no(why), None
    places = [at for at in map(why.rfind, quotes) if at >= 0]
    cut = why.rfind("; ", 0, min(places)) if places else -1
    if cut <= 0:
        return None, why
    return names.reason_no(why[:cut]), why[cut:]
