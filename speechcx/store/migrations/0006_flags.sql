-- What people decided and did about calls, in order. Rows are only ever added: each carries a digest
-- over itself and the one before, so that a changed, removed or moved row is found.
CREATE TABLE audit (
  audit_id INTEGER PRIMARY KEY, -- number, counted up by one
  at TEXT NOT NULL, -- when, UTC
  who TEXT NOT NULL, -- who did it, as they named themselves
  action TEXT NOT NULL, -- flag, export, erase
  call_id TEXT, -- the call it is about
  rule TEXT, -- the rule it is about
  detail TEXT, -- what exactly, JSON object; null where the call was erased since
  salt TEXT, -- random text that goes into detail_digest; null likewise
  detail_digest TEXT NOT NULL, -- SHA-256 over salt and detail; stays when they go
  digest TEXT NOT NULL -- SHA-256 over this row and the digest of the one before
) STRICT;

CREATE INDEX audit_by_call ON audit (call_id, rule) WHERE call_id IS NOT NULL;

CREATE TRIGGER audit_rows_stay BEFORE DELETE ON audit BEGIN
  SELECT RAISE(ABORT, 'rows of the audit trail are never removed');
END;

CREATE TRIGGER audit_rows_stay_as_they_are BEFORE UPDATE ON audit
WHEN NOT (NEW.detail IS NULL AND NEW.salt IS NULL AND NEW.audit_id = OLD.audit_id AND NEW.at = OLD.at
  AND NEW.who = OLD.who AND NEW.action = OLD.action AND NEW.call_id IS OLD.call_id AND NEW.rule IS OLD.rule
  AND NEW.detail_digest = OLD.detail_digest AND NEW.digest = OLD.digest)
BEGIN
  SELECT RAISE(ABORT, 'rows of the audit trail are never changed');
END;

-- What a person last decided about a flag. A flag without a row is open, and nobody's.
CREATE TABLE flag_states (
  call_id TEXT NOT NULL, -- the call
  rule TEXT NOT NULL, -- id of the rule; scorecard.question for a critical question
  status TEXT NOT NULL CHECK (status IN ('open', 'confirmed', 'dismissed', 'escalated')), -- open, confirmed, dismissed or escalated
  owner TEXT, -- who is to deal with it
  reason TEXT, -- why it was decided so
  due TEXT, -- day by which it is to be dealt with
  changed_at TEXT NOT NULL, -- when this was last changed, UTC
  changed_by TEXT NOT NULL, -- by whom
  seen_result TEXT NOT NULL, -- the result it was decided about
  seen_evidence TEXT NOT NULL, -- digest of the evidence it was decided about
  rulebook TEXT NOT NULL, -- rulebook that found it then
  rulebook_version TEXT NOT NULL, -- its version
  PRIMARY KEY (call_id, rule)
) STRICT, WITHOUT ROWID;

CREATE INDEX flag_states_by_owner ON flag_states (owner) WHERE owner IS NOT NULL;

-- Searches kept under a name.
CREATE TABLE saved_searches (
  name TEXT PRIMARY KEY, -- name
  words TEXT NOT NULL, -- what was typed
  filters TEXT NOT NULL, -- where to look, JSON object of the options
  saved_at TEXT NOT NULL, -- when it was saved, UTC
  saved_by TEXT NOT NULL, -- by whom
  looked_at TEXT NOT NULL -- calls stored after this moment are new to it, UTC
) STRICT, WITHOUT ROWID;

-- Calls that were erased: what is left of them, so that their files are not taken up again.
CREATE TABLE erasures (
  call_id TEXT PRIMARY KEY, -- the call
  erased_at TEXT NOT NULL, -- when, UTC
  erased_by TEXT NOT NULL, -- by whom
  reason TEXT NOT NULL -- why; holds no words of the call
) STRICT, WITHOUT ROWID;

CREATE TRIGGER erased_calls_stay_away BEFORE INSERT ON calls
WHEN EXISTS (SELECT 1 FROM erasures WHERE call_id = NEW.call_id)
BEGIN
  SELECT RAISE(ABORT, 'this call was erased');
END;

-- Both hold all that a list of flags asks of a result: the table itself need not be read, four times as fast.
DROP INDEX results_flagged;
CREATE INDEX results_flagged ON results_data (call_no, rule_no, value, flagged) WHERE flagged = 1;
CREATE INDEX results_unsure ON results_data (call_no, rule_no, value, flagged) WHERE value = 2;

CREATE INDEX scores_critical ON scores (call_no) WHERE critical_errors <> '[]';

-- Everything that waits for a look: results that are not what they should be, compliance rules and critical
-- rules that could not tell, and critical questions answered against the call where no such rule says it.
CREATE VIEW flags_found AS SELECT
  d.call_no, -- the call, for joins
  r.rule, -- id of the rule; scorecard.question for a critical question
  r.title, -- title of the rule, or the question
  r.kind, -- compliance, driver, behaviour, outcome or risk; question for a critical question
  r.severity, -- how much it matters
  CASE d.value WHEN 0 THEN 'absent' WHEN 1 THEN 'present' ELSE 'cannot_tell' END AS result, -- absent, present or cannot_tell; no for a question
  d.rule_no, -- number of the rule, for joins with hits; null for a question without one
  r.rulebook_no, -- the rulebook
  coalesce(w.text, '') || coalesce(d.why, '') AS why -- the reason in words
FROM results_data d JOIN rules r ON r.rule_no = d.rule_no LEFT JOIN reasons w ON w.reason_no = d.reason_no
WHERE d.flagged = 1 AND r.kind <> 'hidden'
UNION ALL SELECT d.call_no, r.rule, r.title, r.kind, r.severity, 'cannot_tell', d.rule_no, r.rulebook_no,
  coalesce(w.text, '') || coalesce(d.why, '')
FROM results_data d JOIN rules r ON r.rule_no = d.rule_no LEFT JOIN reasons w ON w.reason_no = d.reason_no
WHERE d.value = 2 AND d.flagged = 0 AND (r.kind = 'compliance' OR (r.severity = 'critical' AND r.kind <> 'hidden'))
UNION ALL SELECT a.call_no, q.scorecard || '.' || q.question, q.text, 'question', 'critical', a.answer, a.rule_no,
  q.rulebook_no, coalesce(w.text, '') || coalesce(a.why, '')
FROM scores s JOIN answers_data a ON a.call_no = s.call_no
JOIN questions q ON q.question_no = a.question_no AND q.scorecard = s.scorecard
LEFT JOIN reasons w ON w.reason_no = a.reason_no
WHERE s.critical_errors <> '[]' AND a.answer = 'no' AND q.critical IS NOT NULL AND NOT EXISTS
  (SELECT 1 FROM results_data d WHERE d.call_no = a.call_no AND d.rule_no = a.rule_no AND d.flagged = 1);

-- Flags with what people decided about them. `standing` tells whether the call is still flagged for it.
CREATE VIEW flags AS SELECT
  c.call_id || ':' || f.rule AS flag, -- the flag
  c.call_no, -- the call, for joins
  c.call_id, -- the call
  c.occurred_at, -- start of the call, UTC
  c.local_day, -- day of the call
  c.agent, -- the agent
  c.team, -- the agent's team on that day
  c.center, -- its center
  c.customer, -- the customer
  c.queue, -- the queue
  f.rule, -- id of the rule; scorecard.question for a critical question
  f.title, -- its title
  f.kind, -- compliance, driver, behaviour, outcome, risk or question
  f.severity, -- how much it matters
  f.result, -- absent, present or cannot_tell; no for a question
  f.why, -- the reason in words
  coalesce(s.status, 'open') AS status, -- open, confirmed, dismissed or escalated
  s.owner, -- who is to deal with it
  s.reason, -- why it was decided so
  s.due, -- day by which it is to be dealt with
  s.changed_at, -- when that was last changed
  s.changed_by, -- by whom
  'found' AS standing -- found, or gone where a decision is left and the hit is not
FROM calls c JOIN flags_found f ON f.call_no = c.call_no
LEFT JOIN flag_states s ON s.call_id = c.call_id AND s.rule = f.rule
WHERE c.superseded_by IS NULL
UNION ALL SELECT s.call_id || ':' || s.rule, c.call_no, s.call_id, c.occurred_at, c.local_day, c.agent, c.team,
  c.center, c.customer, c.queue, s.rule, NULL, NULL, NULL, s.seen_result, NULL, s.status, s.owner, s.reason, s.due,
  s.changed_at, s.changed_by, 'gone'
FROM flag_states s JOIN calls c ON c.call_id = s.call_id
WHERE c.superseded_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM rules r CROSS JOIN results_data d ON d.call_no = c.call_no AND d.rule_no = r.rule_no
    WHERE r.rulebook_no = c.rulebook_no AND r.rule = s.rule
      AND (d.flagged = 1 OR (d.value = 2 AND (r.kind = 'compliance' OR r.severity = 'critical'))))
  AND NOT EXISTS (SELECT 1 FROM questions q CROSS JOIN answers_data a ON a.call_no = c.call_no
    AND a.question_no = q.question_no WHERE q.rulebook_no = c.rulebook_no AND a.answer = 'no'
      AND q.scorecard || '.' || q.question = s.rule AND q.critical IS NOT NULL AND NOT EXISTS
      (SELECT 1 FROM results_data d WHERE d.call_no = a.call_no AND d.rule_no = a.rule_no AND d.flagged = 1));
