-- Answers to surveys that somebody should look at; views of flags show them.
ALTER TABLE survey_answers ADD COLUMN high_is TEXT; -- of an effort score: easy or difficult; null where not told, and for other kinds
ALTER TABLE survey_answers ADD COLUMN is_low INTEGER NOT NULL DEFAULT 0; -- 1 for an unhappy answer: the lowest quarter of satisfaction, 0 to 6 of 10 of recommendation, the difficult quarter of effort

UPDATE survey_answers SET is_low = 1 WHERE value IS NOT NULL AND high > low AND (
  (kind = 'csat' AND (value - low) / (high - low) <= 0.25) OR (kind = 'nps' AND (value - low) / (high - low) <= 0.6)
);

CREATE INDEX survey_answers_low ON survey_answers (call_id, kind, answer_no) WHERE is_low = 1 AND call_id IS NOT NULL;

-- Flags of low answers have short numbers as those of rules do, from the first such answer on.
INSERT INTO rule_numbers (rule) SELECT DISTINCT 'survey.' || kind FROM survey_answers WHERE is_low = 1 ORDER BY 1;

CREATE TRIGGER number_of_low_answer AFTER INSERT ON survey_answers
WHEN new.is_low = 1 AND NOT EXISTS (SELECT 1 FROM rule_numbers WHERE rule = 'survey.' || new.kind) BEGIN
  INSERT INTO rule_numbers (rule) VALUES ('survey.' || new.kind);
END;

CREATE TRIGGER number_of_changed_answer AFTER UPDATE ON survey_answers
WHEN new.is_low = 1 AND NOT EXISTS (SELECT 1 FROM rule_numbers WHERE rule = 'survey.' || new.kind) BEGIN
  INSERT INTO rule_numbers (rule) VALUES ('survey.' || new.kind);
END;
