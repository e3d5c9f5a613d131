-- A run matches facts only where calls that came since can change a match, and finds other recordings of a call by index.

-- Calls that came, or count otherwise, since facts were last matched with calls; empty where nothing was imported.
CREATE TABLE calls_to_match (
  call_id TEXT PRIMARY KEY -- the call; empty text stands for every call
) STRICT, WITHOUT ROWID;

INSERT INTO calls_to_match SELECT '' WHERE EXISTS (SELECT 1 FROM imports);

CREATE TRIGGER calls_to_match_new AFTER INSERT ON calls WHEN EXISTS (SELECT 1 FROM imports) BEGIN
  INSERT OR IGNORE INTO calls_to_match VALUES (NEW.call_id);
END;

CREATE TRIGGER calls_to_match_counted AFTER UPDATE OF superseded_by ON calls
WHEN NEW.superseded_by IS NOT OLD.superseded_by AND EXISTS (SELECT 1 FROM imports) BEGIN
  INSERT OR IGNORE INTO calls_to_match VALUES (NEW.call_id);
END;

CREATE TRIGGER calls_to_match_people AFTER UPDATE OF call_id, agent, customer, local_day ON calls
WHEN (NEW.call_id, NEW.agent, NEW.customer, NEW.local_day) IS NOT (OLD.call_id, OLD.agent, OLD.customer, OLD.local_day)
  AND EXISTS (SELECT 1 FROM imports) BEGIN
  INSERT OR IGNORE INTO calls_to_match VALUES ('');
END;

CREATE TRIGGER calls_to_match_source AFTER UPDATE OF path, started_at, extras ON recordings
WHEN (NEW.path, NEW.started_at, NEW.extras) IS NOT (OLD.path, OLD.started_at, OLD.extras)
  AND EXISTS (SELECT 1 FROM imports) BEGIN
  INSERT OR IGNORE INTO calls_to_match VALUES ('');
END;

CREATE TRIGGER calls_to_match_gone AFTER DELETE ON calls WHEN EXISTS (SELECT 1 FROM imports) BEGIN
  DELETE FROM calls_to_match WHERE call_id = OLD.call_id;
  INSERT OR IGNORE INTO calls_to_match VALUES ('');
END;

CREATE TRIGGER records_to_match_gone AFTER DELETE ON call_records BEGIN
  INSERT OR IGNORE INTO calls_to_match VALUES ('');
END;

CREATE TRIGGER answers_to_match_gone AFTER DELETE ON survey_answers BEGIN
  INSERT OR IGNORE INTO calls_to_match VALUES ('');
END;

-- Calls that another one took the place of, by that one.
CREATE INDEX calls_set_aside ON calls (superseded_by) WHERE superseded_by IS NOT NULL;
