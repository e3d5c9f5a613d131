"""What a flag is: the one definition, as conditions that the views and the queue of flags are made of.

A flag is a result that is not what it should be, a compliance or critical rule that could not tell, a
critical question answered against the call, or a low answer to a survey about it. Nothing of that is written
down anywhere but in results and answers, so neither the queue nor a view can drift from them. In the conditions
``d`` is a result, ``r`` its rule, ``a`` an answer, ``q`` its question, ``v`` an answer to a survey, ``c`` the call and
``s`` the decision about a flag.
"""

from __future__ import annotations

FLAGGED = "d.flagged = 1 AND r.kind <> 'hidden'"
"""A result is not what it should be. A hidden rule stands only for a condition of a question."""

UNSURE = "d.value = 2 AND d.flagged = 0 AND r.kind <> 'hidden' AND (r.kind = 'compliance' OR r.severity = 'critical')"
"""A rule that matters could not tell."""

AGAINST = (
    "a.answer = 'no' AND q.critical IS NOT NULL AND NOT EXISTS"
    " (SELECT 1 FROM results_data d WHERE d.call_no = a.call_no AND d.rule_no = a.rule_no AND d.flagged = 1)"
)
"""A critical question is answered against the call, and no flagged rule says the same."""

LOW_ANSWER = "'survey.' || v.kind"
"""The rule that a low answer ``v`` to a survey is flagged under."""

LOW_ANSWERS = "survey_answers v CROSS JOIN calls c ON c.call_id = v.call_id"
"""Low answers with the calls they are about."""

IS_LOW = (
    "v.is_low = 1 AND v.call_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM survey_answers w"
    " WHERE w.is_low = 1 AND w.call_id = v.call_id AND w.kind = v.kind AND w.answer_no > v.answer_no)"
)
"""The newest low answer of its kind about a call."""

LOW_TITLE = (
    "CASE v.kind WHEN 'csat' THEN 'CSAT' WHEN 'nps' THEN 'NPS' ELSE 'CES' END || ' answer ' ||"
    " rtrim(rtrim(printf('%.2f', v.value), '0'), '.') || ' on ' || rtrim(rtrim(printf('%.2f', v.low), '0'), '.')"
    " || ' to ' || rtrim(rtrim(printf('%.2f', v.high), '0'), '.')"
)
"""What happened, in words."""

IS_GONE = (
    "(NOT EXISTS (SELECT 1 FROM rules r CROSS JOIN results_data d ON d.call_no = c.call_no AND d.rule_no = r.rule_no"
    f" WHERE r.rulebook_no = c.rulebook_no AND r.rule = s.rule AND (({FLAGGED}) OR ({UNSURE}))) AND NOT EXISTS"
    " (SELECT 1 FROM questions q CROSS JOIN answers_data a ON a.call_no = c.call_no AND a.question_no = q.question_no"
    " WHERE q.rulebook_no = c.rulebook_no AND q.scorecard || '.' || q.question = s.rule"
    f" AND {AGAINST}) AND NOT EXISTS (SELECT 1 FROM survey_answers v"
    f" WHERE v.is_low = 1 AND v.call_id = c.call_id AND {LOW_ANSWER} = s.rule))"
)
"""The flag of a decision is not found in its call any more."""

RESULT = "CASE d.value WHEN 0 THEN 'absent' WHEN 1 THEN 'present' ELSE 'cannot_tell' END"
"""The result in a word."""

FLAGGED_RESULTS, UNSURE_RESULTS = (
    f"CROSS JOIN results_data d INDEXED BY results_{which} ON d.call_no = c.call_no"
    " CROSS JOIN rules r ON r.rule_no = d.rule_no"
    for which in ("flagged", "unsure")
)
"""Joined behind ``calls c``, the results of which some are :data:`FLAGGED` or :data:`UNSURE`. The order of the
join is ours, since each index holds all that a list of flags asks for."""

CRITICAL_ANSWERS = (
    "scores k INDEXED BY scores_critical CROSS JOIN calls c ON c.call_no = k.call_no"
    " CROSS JOIN answers_data a ON a.call_no = k.call_no"
    " CROSS JOIN questions q ON q.question_no = a.question_no AND q.scorecard = k.scorecard"
)
"""The answers of which some are :data:`AGAINST_SCORED`, with their calls and filled scorecards ``k``."""

AGAINST_SCORED = f"k.critical_errors <> '[]' AND {AGAINST}"
"""As :data:`AGAINST`; only calls with critical errors, which have an index, are looked at."""
