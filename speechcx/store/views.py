"""The views: what the tables hold, in units and words. The product asks them, and so can people.

Tables keep closed lists of words as numbers and measures as whole numbers; here is the one place that spells
them out for questions. :func:`create_views` recreates all of them at the end of every migration, so that a
change of a view needs a migration (an empty one will do), and none of them can fall behind the tables.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from speechcx.call.measures import Measure, list_measures
from speechcx.store.codes import LABELS, OVERLAPS, PARTY_CODES, VALUES
from speechcx.store.decisions.flag_rules import (
    AGAINST_SCORED,
    FLAGGED,
    IS_GONE,
    IS_LOW,
    LOW_ANSWER,
    LOW_ANSWERS,
    LOW_TITLE,
    UNSURE,
)
from speechcx.store.moments import ROWS_A_CALL

Columns = Iterable[tuple[str, str, str]]
"""Name, expression and comment of each column of a view."""

_CALL = (("call_no", "c.call_no", "the call, for joins"), ("call_id", "c.call_id", "the call"))
_WHO = (
    ("occurred_at", "c.occurred_at", "start of the call, UTC"),
    ("local_day", "c.local_day", "day of the call"),
    ("agent", "c.agent", "the agent"),
    ("team", "c.team", "the agent's team on that day"),
    ("center", "c.center", "its center"),
    ("customer", "c.customer", "the customer"),
    ("queue", "c.queue", "the queue"),
)


def _reason(number: str) -> str:
    """The text of a reason, looked up for rows that are shown, and not for those that are only counted."""
    return f"(SELECT text FROM reasons w WHERE w.reason_no = {number})"


_RULE_WHY = f"coalesce({_reason('d.reason_no')}, '') || coalesce(d.why, '')"
_HEADLINE = (
    "coalesce(CASE d.value WHEN 0 THEN r.title_absent WHEN 1 THEN r.title_present ELSE r.title_cannot_tell END,"
    " r.title)"
)


def create_views(db: sqlite3.Connection) -> None:
    """Make every view; inside a write."""
    for statement in _statements():
        db.execute(statement)


def drop_views(db: sqlite3.Connection) -> None:
    """Remove every view that :func:`create_views` made, so that tables below them can change; inside a write.

    Views of schema 13 and older are left to migrations, which made them.
    """
    names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'view'")]
    if "rule_results" in names:
        for name in names:
            db.execute(f"DROP VIEW {name}")


def views_sql() -> str:
    """The views as SQL with comments, as migrations have tables."""
    return "\n\n".join(f"{statement};" for statement in _statements()) + "\n"


def _statements() -> tuple[str, ...]:
    return (
        _turns(), _turn_feelings(), _redactions(), _overlaps(), _rule_results(), _results(), _hits(), _form_answers(),
        _answers(), _call_scores(), _flags_found(), _flags(), _flagged_calls(),
    )  # fmt: skip


def _view(name: str, about: str, columns: Columns, source: str) -> str:
    lines = [f"  {expression} AS {column}{{comma}} -- {comment}" for column, expression, comment in columns]
    body = "\n".join(line.format(comma=",") for line in lines[:-1]) + "\n" + lines[-1].format(comma="")
    return f"-- {about}\nCREATE VIEW {name} AS SELECT\n{body}\n{source}"


def _spelled(column: str, words: Sequence[str]) -> str:
    """The word that a number stands for; null for null."""
    cases = " ".join(f"WHEN {code} THEN '{word}'" for code, word in enumerate(words))
    return f"CASE {column} {cases} END"


def _unit(column: str, scale: int) -> str:
    """A whole number of 1 / scale in its unit."""
    return f"{column}_x{scale} / {scale}.0"


def _measure(measure: Measure) -> tuple[str, str, str]:
    return measure.name, _unit(f"t.{measure.name}", measure.scale), measure.about


def _turns() -> str:
    measures = {measure.name: _measure(measure) for measure in list_measures("turn")}
    text_label = _spelled("t.text_label", LABELS)
    label = _spelled("t.sentiment_label", LABELS)
    of_words, of_both = ("text_sentiment", "text_confidence"), ("agitation", "sentiment", "voice_part")
    voice = [column for name, column in measures.items() if name not in (*of_words, *of_both)]
    columns = (
        ("turn_id", "t.turn_id", "number of the turn in this database"),
        *_CALL,
        ("no", f"t.turn_id % {ROWS_A_CALL}", "number of the turn in the call, from 0"),
        ("speaker", "coalesce(t.speaker, 'ch' || t.channel)",
         "ch0, ch1, ... for channels; s0, s1, ... for voices in one channel"),
        ("party", _spelled("t.party", PARTY_CODES), "agent, customer, ivr or unknown"),
        ("channel", "t.channel", "the channel it was heard in"),
        ("speaker_confidence", f"coalesce({_unit('t.confidence', 1000)}, 1.0)", "how sure the speaker is, 0 to 1"),
        ("start_s", _unit("t.start_s", 1000), "first speech"),
        ("end_s", _unit("t.end_s", 1000), "last speech"),
        ("text", "coalesce(t.unindexed_text, t.text)", "the words as written by the recogniser"),
        ("language", "coalesce(t.language, 'en')", "language code"),
        ("confidence", _unit("t.word_confidence", 1000), "mean word confidence, 0 to 1"),
        *voice,
        measures["text_sentiment"],
        ("text_label", text_label, "its label: negative, neutral, positive or mixed"),
        measures["text_confidence"],
        (
            "heard_missing", _reason("t.heard_missing_no"),
            "why a measure of the voice or the sentiment of the words is null, JSON object",
        ),
        measures["agitation"],
        measures["sentiment"],
        ("sentiment_label", label, "its label"),
        measures["voice_part"],
        ("judged_missing", _reason("t.judged_missing_no"), "why agitation or sentiment is null, JSON object"),
    )  # fmt: skip
    # Both conditions: one finds the turns of a call, the other the call of a turn. Joined from the left, here as
    # in other views of many rows, so that counting them reads the one table that has a row for each.
    source = (
        f"FROM turns_data t LEFT JOIN calls c ON c.call_no = t.turn_id / {ROWS_A_CALL} AND t.turn_id BETWEEN"
        f" c.call_no * {ROWS_A_CALL} AND c.call_no * {ROWS_A_CALL} + {ROWS_A_CALL - 1}"
    )
    return _view("turns", "Turns: who said what when, how it sounded and how it felt.", columns, source)


def _turn_feelings() -> str:
    sentiment = next(measure for measure in list_measures("turn") if measure.name == "sentiment")
    columns = (
        ("turn_id", "t.turn_id", "number of the turn in this database, for joins with turns"),
        ("party", _spelled("t.party", PARTY_CODES), "agent, customer, ivr or unknown"),
        _measure(sentiment),
        (
            "sentiment_label",
            _spelled("t.sentiment_label", LABELS),
            "its label: negative, neutral, positive or mixed",
        ),
    )
    about = (
        "Who speaks in each turn and how it felt, by number: quick to look through; `turns` has all of it."
    )
    return _view("turn_feelings", about, columns, "FROM turns_data t")


def _redactions() -> str:
    def part(at: int) -> str:
        return f"json_extract(e.value, '$[{at}]')"

    columns = (
        *_CALL,
        ("turn_no", part(0), "number of the turn in the call, from 0"),
        ("kind", part(1), "card, security_code, expiry, account, routing, iban, national_id, ..."),
        ("start_s", part(2), "when it was said"),
        ("end_s", part(3), "until then"),
    )
    source = "FROM calls c JOIN recordings r ON r.call_no = c.call_no, json_each(r.redacted) e"
    return _view("redactions", "What was taken out of the words of calls, by kind and time.", columns, source)


def _overlaps() -> str:
    columns = (
        *_CALL,
        ("position", "o.position", "number in the call"),
        ("start_s", _unit("o.start_s", 1000), "start"),
        ("end_s", _unit("o.end_s", 1000), "end"),
        ("by", _spelled("o.party", PARTY_CODES), "the party who came in second"),
        ("speaker", "o.speaker", "that party's speaker"),
        ("kind", _spelled("o.kind", OVERLAPS), "interruption, backchannel or overlap"),
    )
    source = "FROM calls c JOIN overlaps_data o ON o.call_no = c.call_no"
    return _view("overlaps", "Stretches in which both parties speak.", columns, source)


def _rule_results() -> str:
    columns = (
        ("call_no", "d.call_no", "the call, for joins"),
        ("rule_no", "d.rule_no", "number of the rule, for joins with rules"),
        ("position", "d.position", "place in the rulebook"),
        ("value", _spelled("d.value", VALUES), "absent, present or cannot_tell"),
        ("is_present", f"d.value = {VALUES.index('present')}", "1 where it is present"),
        ("is_unsure", f"d.value = {VALUES.index('cannot_tell')}", "1 where it cannot be told"),
        ("flagged", "d.flagged", "1 where the result is not what it should be"),
    )
    return _view(
        "rule_results", "Results of rules by number: quick for counting; `results` has their names.", columns,
        "FROM results_data d",
    )  # fmt: skip


def _results() -> str:
    columns = (
        *_CALL,
        ("rule", "r.rule", "id of the rule"),
        ("title", "r.title", "its title"),
        ("headline", _HEADLINE, "what happened: its title for this result"),
        (
            "kind",
            "r.kind",
            "compliance, driver, behaviour, outcome or risk; hidden for a condition of a question",
        ),
        ("severity", "r.severity", "how much it matters"),
        ("value", _spelled("d.value", VALUES), "absent, present or cannot_tell"),
        ("expect", "r.expect", "the result the rule expects"),
        ("flagged", "d.flagged", "1 where the result is not what it should be"),
        ("why", _RULE_WHY, "the reason in words"),
        ("position", "d.position", "place in the rulebook"),
        ("rule_no", "d.rule_no", "number of the rule, for joins with hits"),
        ("rulebook_no", "r.rulebook_no", "the rulebook it was judged under"),
    )
    source = "FROM results_data d LEFT JOIN calls c ON c.call_no = d.call_no LEFT JOIN rules r ON r.rule_no = d.rule_no"
    return _view("results", "Results of all rules in all calls, three-valued.", columns, source)


def _hits() -> str:
    columns = (
        *_CALL,
        ("rule_no", "h.rule_no", "number of the rule whose result it supports, for joins with results"),
        ("position", "h.position", "number among the hits of that rule"),
        ("rule", "coalesce(h.rule, r.rule)", "id of the rule that matched"),
        (
            "result",
            _spelled("h.result", VALUES),
            "present for a match; absent or cannot_tell for a nearest miss",
        ),
        ("party", _spelled("h.party", PARTY_CODES), "who spoke; null where the evidence is not speech"),
        ("turn_no", "h.turn_no", "the turn; null where it is a measure of the call"),
        ("start_s", _unit("h.start_s", 1000), "start of the words"),
        ("end_s", _unit("h.end_s", 1000), "end of the words"),
        ("quote", "h.quote", "the words"),
        ("why", _reason("h.reason_no"), "what matched"),
    )
    source = "FROM hits_data h LEFT JOIN calls c ON c.call_no = h.call_no LEFT JOIN rules r ON r.rule_no = h.rule_no"
    about = "The evidence of rules: the words, by whom and when; for a miss, the nearest thing."
    return _view("hits", about, columns, source)


def _form_answers() -> str:
    columns = (
        ("call_no", "a.call_no", "the call, for joins"),
        ("question_no", "a.question_no", "number of the question, for joins with questions"),
        ("position", "a.position", "place on the scorecard"),
        ("rule_no", "a.rule_no", "the rule whose reason and hits are the answer's own"),
        ("answer", "a.answer", "yes, no, n-a, cannot-tell or person"),
        ("points", "a.points", "weight earned"),
        ("out_of", "a.out_of", "weight that counted"),
    )
    return _view(
        "form_answers", "Answers by number: quick for counting; `answers` has their questions.", columns,
        "FROM answers_data a",
    )  # fmt: skip


def _answers() -> str:
    why = (
        f"CASE WHEN a.reason_no IS NULL AND a.why IS NULL THEN {_RULE_WHY}"
        f" ELSE coalesce({_reason('a.reason_no')}, '') || coalesce(a.why, '') END"
    )
    columns = (
        *_CALL,
        ("scorecard", "q.scorecard", "id of the scorecard"),
        ("section", "q.section", "title of the section"),
        ("question", "q.question", "id of the question"),
        ("text", "q.text", "the question in words"),
        ("answer", "a.answer", "yes, no, n-a, cannot-tell or person"),
        ("points", "a.points", "weight earned"),
        ("out_of", "a.out_of", "weight that counted"),
        ("critical", "q.critical", "customer, business or compliance, where a wrong answer is critical"),
        ("auto_fail", "q.auto_fail", "1 where a wrong answer fails the whole call"),
        ("rule", "q.rule", "the rule that answered it"),
        ("why", why, "the reason in words"),
        ("position", "a.position", "place on the scorecard"),
        ("question_no", "a.question_no", "number of the question"),
        ("rule_no", "a.rule_no", "number of the rule whose reason and hits are the answer's own"),
    )
    source = (
        "FROM answers_data a LEFT JOIN calls c ON c.call_no = a.call_no\n"
        "LEFT JOIN questions q ON q.question_no = a.question_no\n"
        "LEFT JOIN results_data d ON d.call_no = a.call_no AND d.rule_no = a.rule_no\n"
    )
    return _view("answers", "Answers on all scorecards.", columns, source)


def _call_scores() -> str:
    columns = (
        ("call_no", "s.call_no", "the call, for joins"),
        ("scorecard", "s.scorecard", "id of the scorecard"),
        ("score", "s.score", "0 to 100; null where nothing could be answered"),
        ("critical_accuracy", "CASE WHEN s.score IS NOT NULL THEN s.critical_errors = '[]' END",
         "1 where no critical question was answered against the call; null without a score"),
        ("answered_share", "s.answered_share", "weight answered over weight that applies, 0 to 1"),
        ("auto_failed", "s.auto_failed", "1 where one answer failed the whole call"),
        ("why", "s.why", "why there is no score"),
        ("position", "s.position", "place in the rulebook"),
    )  # fmt: skip
    return _view(
        "call_scores", "Scores of calls, as tables of people average them.", columns, "FROM scores s"
    )


_FOUND = (
    "call_no",
    "rule",
    "title",
    "kind",
    "severity",
    "result",
    "rule_no",
    "question_no",
    "rulebook_no",
    "why",
    "answer_no",
)
_FOUND_COMMENTS = (
    "the call, for joins", "id of the rule; scorecard.question for a critical question",
    "title of the rule, or the question",
    "compliance, driver, behaviour, outcome or risk; question for a critical question, survey for a low answer",
    "how much it matters",
    "absent, present or cannot_tell; no for a question",
    "number of the rule, for joins with hits; null for a question without one",
    "number of the question; null for a rule", "the rulebook", "the reason in words",
    "number of the low answer; null for a rule",
)  # fmt: skip


def _flags_found() -> str:
    """Four branches: flagged results, results that matter and could not be told, critical questions, low answers."""
    rule_source = "FROM results_data d INDEXED BY {index} CROSS JOIN rules r ON r.rule_no = d.rule_no"
    of_rule = (
        "d.call_no", "r.rule", "r.title", "r.kind", "r.severity", _spelled("d.value", VALUES), "d.rule_no", "NULL",
        "r.rulebook_no", _RULE_WHY, "NULL",
    )  # fmt: skip
    of_question = (
        "a.call_no", "q.scorecard || '.' || q.question", "q.text", "'question'", "'critical'", "a.answer",
        "a.rule_no", "q.question_no", "q.rulebook_no", f"coalesce({_reason('a.reason_no')}, '') || coalesce(a.why, '')",
        "NULL",
    )  # fmt: skip
    of_answer = (
        "c.call_no", LOW_ANSWER, LOW_TITLE, "'survey'", "'major'", "'present'", "NULL", "NULL", "c.rulebook_no",
        "coalesce(v.comment, '')", "v.answer_no",
    )  # fmt: skip
    source = (
        f"{rule_source.format(index='results_flagged')} WHERE {FLAGGED}\n"
        f"UNION ALL SELECT {', '.join(of_rule)} {rule_source.format(index='results_unsure')} WHERE {UNSURE}\n"
        f"UNION ALL SELECT {', '.join(of_question)}\n"
        "FROM scores k INDEXED BY scores_critical CROSS JOIN answers_data a ON a.call_no = k.call_no\n"
        "CROSS JOIN questions q ON q.question_no = a.question_no AND q.scorecard = k.scorecard\n"
        f"WHERE {AGAINST_SCORED}\n"
        f"UNION ALL SELECT {', '.join(of_answer)}\n"
        f"FROM {LOW_ANSWERS} WHERE {IS_LOW}"
    )
    about = (
        "Everything that waits for a look: results that are not what they should be, compliance rules and critical\n"
        "-- rules that could not tell, critical questions answered against the call where no such rule says it, and\n"
        "-- low answers to surveys."
    )
    return _view("flags_found", about, zip(_FOUND, of_rule, _FOUND_COMMENTS, strict=True), source)


def _flags() -> str:
    state = (
        ("status", "coalesce(s.status, 'open')", "open, confirmed, dismissed or escalated"),
        ("owner", "s.owner", "who is to deal with it"),
        ("reason", "s.reason", "why it was decided so"),
        ("due", "s.due", "day by which it is to be dealt with"),
        ("changed_at", "s.changed_at", "when that was last changed"),
        ("changed_by", "s.changed_by", "by whom"),
    )
    columns = (
        ("flag", "c.call_id || ':' || f.rule", "the flag"),
        *_CALL,
        *_WHO,
        ("rule", "f.rule", "id of the rule; scorecard.question for a critical question"),
        ("title", "f.title", "its title"),
        ("kind", "f.kind", "compliance, driver, behaviour, outcome, risk, question or survey"),
        ("severity", "f.severity", "how much it matters"),
        ("result", "f.result", "absent, present or cannot_tell; no for a question"),
        ("why", "f.why", "the reason in words"),
        *state,
        ("standing", "'found'", "found, or gone where a decision is left and the hit is not"),
    )
    gone = {
        "flag": "s.call_id || ':' || s.rule", "rule": "s.rule", "result": "s.seen_result", "standing": "'gone'",
        **dict.fromkeys(("title", "kind", "severity", "why"), "NULL"),
    }  # fmt: skip
    of_gone = ", ".join(gone.get(name, expression) for name, expression, _ in columns)
    source = (
        "FROM calls c JOIN flags_found f ON f.call_no = c.call_no\n"
        "LEFT JOIN flag_states s ON s.call_id = c.call_id AND s.rule = f.rule\n"
        "WHERE c.superseded_by IS NULL\n"
        f"UNION ALL SELECT {of_gone}\n"
        f"FROM flag_states s JOIN calls c ON c.call_id = s.call_id WHERE c.superseded_by IS NULL AND {IS_GONE}"
    )
    about = "Flags with what people decided about them. `standing` tells whether the call is still flagged for it."
    return _view("flags", about, columns, source)


def _flagged_calls() -> str:
    columns = (
        *_CALL,
        *_WHO,
        ("rule", "r.rule", "id of the rule"),
        ("title", _HEADLINE, "what happened"),
        ("kind", "r.kind", "compliance, driver, behaviour, outcome or risk"),
        ("severity", "r.severity", "how much it matters"),
        ("value", _spelled("d.value", VALUES), "absent, present or cannot_tell"),
        ("why", _RULE_WHY, "the reason in words"),
        ("party", _spelled("h.party", PARTY_CODES), "who spoke the first evidence"),
        ("start_s", _unit("h.start_s", 1000), "when"),
        ("quote", "h.quote", "the words"),
    )
    source = (
        "FROM calls c JOIN results_data d ON d.call_no = c.call_no AND d.flagged = 1\n"
        "JOIN rules r ON r.rule_no = d.rule_no\n"
        "LEFT JOIN hits_data h ON h.call_no = d.call_no AND h.rule_no = d.rule_no AND h.position = (\n"
        "  SELECT min(p.position) FROM hits_data p JOIN reasons m ON m.reason_no = p.reason_no\n"
        "  WHERE p.call_no = d.call_no AND p.rule_no = d.rule_no AND m.text NOT LIKE 'nearest miss: %')\n"
        "WHERE c.superseded_by IS NULL"
    )
    about = "Flagged rules of calls that count, with the first evidence; a nearest miss is none."
    return _view("flagged_calls", about, columns, source)
