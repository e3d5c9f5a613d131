-- What a rule's title says for each result, so that a flag says what happened.
ALTER TABLE rules ADD COLUMN title_absent TEXT; -- what happened where it is absent; null for rules judged before it was kept
ALTER TABLE rules ADD COLUMN title_present TEXT; -- what happened where it is present
ALTER TABLE rules ADD COLUMN title_cannot_tell TEXT; -- what to say where it cannot be told

DROP VIEW flagged_calls;

-- Flagged rules of calls that count, with the first evidence; a nearest miss is none.
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
  coalesce(CASE d.value WHEN 0 THEN r.title_absent WHEN 1 THEN r.title_present ELSE r.title_cannot_tell END, r.title) AS title, -- what happened
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
LEFT JOIN hits_data h ON h.call_no = d.call_no AND h.rule_no = d.rule_no AND h.position = (
  SELECT min(p.position) FROM hits_data p JOIN reasons m ON m.reason_no = p.reason_no
  WHERE p.call_no = d.call_no AND p.rule_no = d.rule_no AND m.text NOT LIKE 'nearest miss: %')
WHERE c.superseded_by IS NULL;
