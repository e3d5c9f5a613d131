-- The tables people ask, and the tables of scores. Views: they cannot drift from the calls.

-- Turns of all calls: who said what when, how it sounded and how it felt.
CREATE VIEW turns AS SELECT
  t.turn_id, -- number of the turn in this database
  c.call_no, -- the call, for joins
  c.call_id, -- the call
  t.turn_id % 100000 AS no, -- number of the turn in the call, from 0
  coalesce(t.speaker, 'ch' || t.channel) AS speaker, -- ch0, ch1, ... for channels; s0, s1, ... for voices in one channel
  CASE t.party WHEN 0 THEN 'agent' WHEN 1 THEN 'customer' WHEN 2 THEN 'unknown' ELSE 'ivr' END AS party, -- agent, customer, ivr or unknown
  t.channel, -- the channel it was heard in
  CASE typeof(t.confidence_x1000) WHEN 'integer' THEN t.confidence_x1000 / 1000.0 WHEN 'null' THEN 1.0
    ELSE t.confidence_x1000 END AS speaker_confidence, -- how sure the speaker is, 0 to 1
  CASE typeof(t.start_s_x1000) WHEN 'integer' THEN t.start_s_x1000 / 1000.0 ELSE t.start_s_x1000 END
    AS start_s, -- first speech
  CASE typeof(t.end_s_x1000) WHEN 'integer' THEN t.end_s_x1000 / 1000.0 ELSE t.end_s_x1000 END
    AS end_s, -- last speech
  t.text, -- the words as written by the recogniser
  coalesce(t.language, 'en') AS language, -- language code
  CASE typeof(t.word_confidence_x1000) WHEN 'integer' THEN t.word_confidence_x1000 / 1000.0
    ELSE t.word_confidence_x1000 END AS confidence, -- mean word confidence, 0 to 1
  CASE typeof(t.level_dbov_x100) WHEN 'integer' THEN t.level_dbov_x100 / 100.0 ELSE t.level_dbov_x100 END
    AS level_dbov, -- level of the speech
  CASE typeof(t.level_rel_db_x100) WHEN 'integer' THEN t.level_rel_db_x100 / 100.0 ELSE t.level_rel_db_x100 END
    AS level_rel_db, -- level against the speaker's own median in this call
  CASE typeof(t.pitch_hz_x100) WHEN 'integer' THEN t.pitch_hz_x100 / 100.0 ELSE t.pitch_hz_x100 END
    AS pitch_hz, -- median pitch
  CASE typeof(t.pitch_rel_st_x100) WHEN 'integer' THEN t.pitch_rel_st_x100 / 100.0 ELSE t.pitch_rel_st_x100 END
    AS pitch_rel_st, -- pitch against the speaker's own median in this call, semitones
  CASE typeof(t.pitch_range_st_x100) WHEN 'integer' THEN t.pitch_range_st_x100 / 100.0
    ELSE t.pitch_range_st_x100 END AS pitch_range_st, -- 10th to 90th percentile of pitch, semitones
  CASE typeof(t.pitch_slope_st_s_x100) WHEN 'integer' THEN t.pitch_slope_st_s_x100 / 100.0
    ELSE t.pitch_slope_st_s_x100 END AS pitch_slope_st_s, -- slope of pitch, semitones a second
  CASE typeof(t.voiced_share_x1000) WHEN 'integer' THEN t.voiced_share_x1000 / 1000.0
    ELSE t.voiced_share_x1000 END AS voiced_share, -- voiced frames over speech frames, 0 to 1
  CASE typeof(t.pace_wpm_x100) WHEN 'integer' THEN t.pace_wpm_x100 / 100.0 ELSE t.pace_wpm_x100 END
    AS pace_wpm, -- words a minute
  CASE typeof(t.articulation_wpm_x100) WHEN 'integer' THEN t.articulation_wpm_x100 / 100.0
    ELSE t.articulation_wpm_x100 END AS articulation_wpm, -- words a minute without pauses
  CASE typeof(t.pause_share_x1000) WHEN 'integer' THEN t.pause_share_x1000 / 1000.0
    ELSE t.pause_share_x1000 END AS pause_share, -- pauses over the turn, 0 to 1
  CASE typeof(t.text_sentiment_x10000) WHEN 'integer' THEN t.text_sentiment_x10000 / 10000.0
    ELSE t.text_sentiment_x10000 END AS text_sentiment, -- sentiment of the words, -1 to 1
  CASE t.text_label WHEN 0 THEN 'neutral' WHEN 1 THEN 'negative' WHEN 2 THEN 'positive' WHEN 3 THEN 'mixed' END AS text_label, -- its label: negative, neutral, positive or mixed
  CASE typeof(t.text_confidence_x10000) WHEN 'integer' THEN t.text_confidence_x10000 / 10000.0
    ELSE t.text_confidence_x10000 END AS text_confidence, -- probability of that label
  h.text AS heard_missing, -- why a measure of the voice or the sentiment of the words is null, JSON object
  CASE typeof(t.agitation_x10000) WHEN 'integer' THEN t.agitation_x10000 / 10000.0 ELSE t.agitation_x10000 END
    AS agitation, -- agitation from the voice alone, 0 to 1
  CASE typeof(t.sentiment_x10000) WHEN 'integer' THEN t.sentiment_x10000 / 10000.0 ELSE t.sentiment_x10000 END
    AS sentiment, -- words and voice together, -1 to 1
  CASE t.sentiment_label WHEN 0 THEN 'neutral' WHEN 1 THEN 'negative' WHEN 2 THEN 'positive' WHEN 3 THEN 'mixed' END AS sentiment_label, -- its label
  CASE typeof(t.voice_part_x10000) WHEN 'integer' THEN t.voice_part_x10000 / 10000.0 ELSE t.voice_part_x10000 END
    AS voice_part, -- how much of it the voice added or took away
  j.text AS judged_missing -- why agitation or sentiment is null, JSON object
FROM calls c
-- Both conditions: one finds the turns of a call, the other the call of a turn.
JOIN turns_data t ON t.turn_id BETWEEN c.call_no * 100000 AND c.call_no * 100000 + 99999
  AND c.call_no = t.turn_id / 100000
LEFT JOIN reasons h ON h.reason_no = t.heard_missing_no
LEFT JOIN reasons j ON j.reason_no = t.judged_missing_no;

-- Stretches in which both parties speak.
CREATE VIEW overlaps AS SELECT
  c.call_no, -- the call, for joins
  c.call_id, -- the call
  CASE typeof(o.start_s_x1000) WHEN 'integer' THEN o.start_s_x1000 / 1000.0 ELSE o.start_s_x1000 END
    AS start_s, -- start
  CASE typeof(o.end_s_x1000) WHEN 'integer' THEN o.end_s_x1000 / 1000.0 ELSE o.end_s_x1000 END
    AS end_s, -- end
  CASE o.party WHEN 0 THEN 'agent' WHEN 1 THEN 'customer' WHEN 2 THEN 'unknown' ELSE 'ivr' END AS by, -- the party who came in second
  o.speaker, -- that party's speaker
  CASE o.kind WHEN 0 THEN 'overlap' WHEN 1 THEN 'interruption' ELSE 'backchannel' END AS kind -- interruption, backchannel or overlap
FROM calls c JOIN overlaps_data o ON o.call_no = c.call_no;

-- Results of all rules in all calls, three-valued.
CREATE VIEW results AS SELECT
  c.call_no, -- the call, for joins
  c.call_id, -- the call
  r.rule, -- id of the rule
  r.title, -- its title
  r.kind, -- compliance, driver, behaviour, outcome or risk
  r.severity, -- how much it matters
  CASE d.value WHEN 0 THEN 'absent' WHEN 1 THEN 'present' ELSE 'cannot_tell' END AS value, -- absent, present or cannot_tell
  r.expect, -- the result the rule expects
  d.flagged, -- 1 where the result is not what it should be
  coalesce(w.text, '') || coalesce(d.why, '') AS why, -- the reason in words
  d.rule_no, -- number of the rule, for joins with hits
  r.rulebook_no -- the rulebook it was judged under
FROM calls c JOIN results_data d ON d.call_no = c.call_no JOIN rules r ON r.rule_no = d.rule_no
LEFT JOIN reasons w ON w.reason_no = d.reason_no;

-- The evidence of rules: the words, by whom and when; for a miss, the nearest thing.
CREATE VIEW hits AS SELECT
  c.call_no, -- the call, for joins
  c.call_id, -- the call
  h.rule_no, -- number of the rule whose result it supports, for joins with results
  h.position, -- number among the hits of that rule
  coalesce(h.rule, r.rule) AS rule, -- id of the rule that matched
  CASE h.result WHEN 0 THEN 'absent' WHEN 1 THEN 'present' ELSE 'cannot_tell' END AS result, -- present for a match; absent or cannot_tell for a nearest miss
  CASE h.party WHEN 0 THEN 'agent' WHEN 1 THEN 'customer' WHEN 2 THEN 'unknown' WHEN 3 THEN 'ivr' END AS party, -- who spoke; null where the evidence is not speech
  h.turn_no, -- the turn; null where it is a measure of the call
  CASE typeof(h.start_s_x1000) WHEN 'integer' THEN h.start_s_x1000 / 1000.0 ELSE h.start_s_x1000 END
    AS start_s, -- start of the words
  CASE typeof(h.end_s_x1000) WHEN 'integer' THEN h.end_s_x1000 / 1000.0 ELSE h.end_s_x1000 END
    AS end_s, -- end of the words
  h.quote, -- the words
  w.text AS why -- what matched
FROM calls c JOIN hits_data h ON h.call_no = c.call_no JOIN rules r ON r.rule_no = h.rule_no
JOIN reasons w ON w.reason_no = h.reason_no;

-- Answers on all scorecards.
CREATE VIEW answers AS SELECT
  c.call_no, -- the call, for joins
  c.call_id, -- the call
  q.scorecard, -- id of the scorecard
  q.section, -- title of the section
  q.question, -- id of the question
  q.text, -- the question in words
  a.answer, -- yes, no, n-a, cannot-tell or person
  a.points, -- weight earned
  a.out_of, -- weight that counted
  q.critical, -- customer, business or compliance, where a wrong answer is critical
  q.auto_fail, -- 1 where a wrong answer fails the whole call
  q.rule, -- the rule that answered it
  CASE WHEN a.reason_no IS NULL AND a.why IS NULL THEN coalesce(w.text, '') || coalesce(d.why, '')
    ELSE coalesce(v.text, '') || coalesce(a.why, '') END AS why -- the reason in words
FROM calls c JOIN answers_data a ON a.call_no = c.call_no JOIN questions q ON q.question_no = a.question_no
LEFT JOIN results_data d ON d.call_no = a.call_no AND d.rule_no = a.rule_no
LEFT JOIN reasons w ON w.reason_no = d.reason_no
LEFT JOIN reasons v ON v.reason_no = a.reason_no;

-- Times one party took the floor from the other.
CREATE VIEW interruptions AS SELECT
  o.call_no, -- the call, for joins
  o.call_id, -- the call
  o.by, -- who interrupted
  o.start_s, -- start of the overlap
  o.end_s -- end of the overlap
FROM overlaps o WHERE o.kind = 'interruption';

-- Calls with a rule whose result is not what it should be, a row for each such rule.
CREATE VIEW flagged_calls AS SELECT
  c.call_no, -- the call, for joins
  c.call_id, -- the call
  c.occurred_at, -- start of the call, UTC
  c.local_day, -- day of the call
  c.agent, -- the agent
  c.team, -- the agent's team on that day
  c.center, -- its center
  c.customer, -- the customer
  c.queue, -- the queue
  r.rule, -- id of the rule
  r.title, -- its title
  r.kind, -- compliance, driver, behaviour, outcome or risk
  r.severity, -- how much it matters
  CASE d.value WHEN 0 THEN 'absent' WHEN 1 THEN 'present' ELSE 'cannot_tell' END AS value, -- absent, present or cannot_tell
  coalesce(w.text, '') || coalesce(d.why, '') AS why, -- the reason in words
  CASE h.party WHEN 0 THEN 'agent' WHEN 1 THEN 'customer' WHEN 2 THEN 'unknown' WHEN 3 THEN 'ivr' END AS party, -- who spoke the first evidence
  CASE typeof(h.start_s_x1000) WHEN 'integer' THEN h.start_s_x1000 / 1000.0 ELSE h.start_s_x1000 END
    AS start_s, -- when
  h.quote -- the words
FROM calls c
JOIN results_data d ON d.call_no = c.call_no AND d.flagged = 1
JOIN rules r ON r.rule_no = d.rule_no
LEFT JOIN reasons w ON w.reason_no = d.reason_no
LEFT JOIN hits_data h ON h.call_no = d.call_no AND h.rule_no = d.rule_no AND h.position = 0
WHERE c.superseded_by IS NULL;

-- Agents: the newest entry of the roster, and those known from calls alone.
CREATE VIEW agents AS SELECT
  agent, -- the agent
  name, -- the agent's name
  team, -- the team of the newest entry
  center, -- its center
  valid_from, -- first day of that entry
  valid_to, -- last day of that entry
  1 AS in_roster -- 1 where the roster has the agent
FROM (SELECT *, row_number() OVER (PARTITION BY agent ORDER BY valid_from DESC) AS newest FROM roster)
WHERE newest = 1
UNION ALL
SELECT DISTINCT agent, NULL, NULL, NULL, NULL, NULL, 0 FROM calls
WHERE agent IS NOT NULL AND agent NOT IN (SELECT agent FROM roster);

-- Teams, from the roster and from calls.
CREATE VIEW teams AS SELECT
  team, -- the team
  center -- its center
FROM roster WHERE team IS NOT NULL UNION SELECT team, center FROM calls WHERE team IS NOT NULL;

-- Centers, from the roster and from calls.
CREATE VIEW centers AS SELECT
  center -- the center
FROM roster WHERE center IS NOT NULL UNION SELECT center FROM calls WHERE center IS NOT NULL;

-- Scores by agent and scorecard, over all calls; for a period, or with intervals and trends, use `speechcx agents`.
CREATE VIEW agent_scores AS SELECT
  c.agent, -- the agent
  s.scorecard, -- the scorecard; null for calls that none was filled for
  count(*) AS n, -- calls
  count(s.score) AS n_scored, -- calls with a score
  count(*) - count(s.score) AS n_missing, -- calls left out of the score
  avg(s.score) AS score, -- mean score, 0 to 100
  1.0 - avg(CASE WHEN s.score IS NOT NULL THEN s.critical_errors <> '[]' END) AS critical_accuracy, -- scored calls without a critical error, 0 to 1
  avg(c.customer_sentiment) AS customer_sentiment, -- mean over calls, -5 to 5
  count(c.customer_sentiment) AS n_customer_sentiment, -- calls it could be told for
  avg(c.agent_talk_share) AS agent_talk_share, -- mean over calls, 0 to 1
  count(c.agent_talk_share) AS n_agent_talk_share, -- calls it could be told for
  avg(c.agent_pace_wpm) AS agent_pace_wpm, -- mean over calls
  avg(c.agent_interruptions) AS agent_interruptions, -- mean over calls
  avg(c.non_talk_share) AS non_talk_share, -- mean over calls, 0 to 1
  avg(c.hold_s) AS hold_s, -- mean over calls
  sum(c.flagged_count > 0) AS flagged_calls -- calls with a flagged rule
FROM calls c LEFT JOIN scores s ON s.call_no = c.call_no
WHERE c.superseded_by IS NULL
GROUP BY c.agent, s.scorecard;

-- Scores by day, agent and scorecard.
CREATE VIEW agent_days AS SELECT
  c.local_day, -- day of the calls, in their own zone
  c.agent, -- the agent
  c.team, -- the team on that day
  c.center, -- its center
  s.scorecard, -- the scorecard; null for calls that none was filled for
  count(*) AS n, -- calls
  count(s.score) AS n_scored, -- calls with a score
  avg(s.score) AS score, -- mean score, 0 to 100
  avg(c.customer_sentiment) AS customer_sentiment, -- mean over calls, -5 to 5
  sum(c.flagged_count > 0) AS flagged_calls -- calls with a flagged rule
FROM calls c LEFT JOIN scores s ON s.call_no = c.call_no
WHERE c.superseded_by IS NULL
GROUP BY c.local_day, c.agent, c.team, c.center, s.scorecard;

-- Scores by team and scorecard, each call weighing alike and each agent weighing alike.
CREATE VIEW team_scores AS SELECT
  team, -- the team on the day of the call
  center, -- its center
  scorecard, -- the scorecard; null for calls that none was filled for
  sum(n) AS n, -- calls
  sum(n_scored) AS n_scored, -- calls with a score
  sum(n) - sum(n_scored) AS n_missing, -- calls left out of the score
  count(agent) AS n_agents, -- agents
  sum(total) / sum(n_scored) AS score, -- mean over calls
  avg(mean) AS score_by_agent, -- mean over agents' means
  1.0 - sum(errors) * 1.0 / sum(n_scored) AS critical_accuracy, -- scored calls without a critical error, 0 to 1
  sum(feeling) / sum(n_feeling) AS customer_sentiment, -- mean over calls, -5 to 5
  sum(n_feeling) AS n_customer_sentiment, -- calls it could be told for
  sum(flagged) AS flagged_calls -- calls with a flagged rule
FROM (
  SELECT c.team, c.center, c.agent, s.scorecard, count(*) AS n, count(s.score) AS n_scored,
    sum(s.score) AS total, avg(s.score) AS mean,
    sum(s.score IS NOT NULL AND s.critical_errors <> '[]') AS errors, sum(c.customer_sentiment) AS feeling,
    count(c.customer_sentiment) AS n_feeling, sum(c.flagged_count > 0) AS flagged
  FROM calls c LEFT JOIN scores s ON s.call_no = c.call_no
  WHERE c.superseded_by IS NULL GROUP BY c.team, c.center, c.agent, s.scorecard
)
GROUP BY team, center, scorecard;

-- Scores by center and scorecard, each call weighing alike and each agent weighing alike.
CREATE VIEW center_scores AS SELECT
  center, -- the center on the day of the call
  scorecard, -- the scorecard; null for calls that none was filled for
  sum(n) AS n, -- calls
  sum(n_scored) AS n_scored, -- calls with a score
  sum(n) - sum(n_scored) AS n_missing, -- calls left out of the score
  count(agent) AS n_agents, -- agents
  sum(total) / sum(n_scored) AS score, -- mean over calls
  avg(mean) AS score_by_agent, -- mean over agents' means
  1.0 - sum(errors) * 1.0 / sum(n_scored) AS critical_accuracy, -- scored calls without a critical error, 0 to 1
  sum(feeling) / sum(n_feeling) AS customer_sentiment, -- mean over calls, -5 to 5
  sum(n_feeling) AS n_customer_sentiment, -- calls it could be told for
  sum(flagged) AS flagged_calls -- calls with a flagged rule
FROM (
  SELECT c.center, c.agent, s.scorecard, count(*) AS n, count(s.score) AS n_scored,
    sum(s.score) AS total, avg(s.score) AS mean,
    sum(s.score IS NOT NULL AND s.critical_errors <> '[]') AS errors, sum(c.customer_sentiment) AS feeling,
    count(c.customer_sentiment) AS n_feeling, sum(c.flagged_count > 0) AS flagged
  FROM calls c LEFT JOIN scores s ON s.call_no = c.call_no
  WHERE c.superseded_by IS NULL GROUP BY c.center, c.agent, s.scorecard
)
GROUP BY center, scorecard;
