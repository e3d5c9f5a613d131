-- Short numbers of calls, for people: `#12`. A call keeps its number for as long as this database is kept.
CREATE TABLE call_numbers (
  number INTEGER PRIMARY KEY, -- the short number, in the order in which calls were first stored
  call_id TEXT NOT NULL UNIQUE -- the call
) STRICT;

-- Short numbers of rules and critical questions, for people: flag `#12.3` is rule 3 in call 12.
CREATE TABLE rule_numbers (
  number INTEGER PRIMARY KEY, -- the short number
  rule TEXT NOT NULL UNIQUE -- id of the rule; scorecard.question for a question
) STRICT;

INSERT INTO call_numbers (call_id) SELECT call_id FROM calls ORDER BY call_no;

INSERT INTO rule_numbers (rule) SELECT rule FROM rules GROUP BY rule ORDER BY min(rule_no);

INSERT INTO rule_numbers (rule) SELECT scorecard || '.' || question FROM questions
WHERE scorecard || '.' || question NOT IN (SELECT rule FROM rule_numbers)
GROUP BY 1 ORDER BY min(question_no);

CREATE TRIGGER calls_are_numbered AFTER INSERT ON calls
WHEN NOT EXISTS (SELECT 1 FROM call_numbers WHERE call_id = new.call_id) BEGIN
  INSERT INTO call_numbers (call_id) VALUES (new.call_id);
END;

CREATE TRIGGER rules_are_numbered AFTER INSERT ON rules
WHEN NOT EXISTS (SELECT 1 FROM rule_numbers WHERE rule = new.rule) BEGIN
  INSERT INTO rule_numbers (rule) VALUES (new.rule);
END;

CREATE TRIGGER questions_are_numbered AFTER INSERT ON questions
WHEN NOT EXISTS (SELECT 1 FROM rule_numbers WHERE rule = new.scorecard || '.' || new.question) BEGIN
  INSERT INTO rule_numbers (rule) VALUES (new.scorecard || '.' || new.question);
END;

-- Recordings whose source says something of outcomes, so that a question about those reads no others.
CREATE INDEX recordings_outcomes ON recordings (call_no, extras) WHERE instr(extras, '"csat"') > 0
  OR instr(extras, '"nps"') > 0
  OR instr(extras, '"ces"') > 0
  OR instr(extras, '"handle_s"') > 0
  OR instr(extras, '"talk_s"') > 0
  OR instr(extras, '"hold_s"') > 0
  OR instr(extras, '"acw_s"') > 0
  OR instr(extras, '"queue_wait_s"') > 0
  OR instr(extras, '"transferred"') > 0
  OR instr(extras, '"resolved"') > 0;
