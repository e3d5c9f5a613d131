-- What lets `speechcx check` and `speechcx audit --verify` find rows that were changed by something else than speechcx.

-- Digests of the rows of each call, and of what calls share, made in the transaction that wrote them.
CREATE TABLE row_digests (
  table_name TEXT NOT NULL, -- calls for a whole call; else provenances, reasons, rulebooks, rules or questions
  number INTEGER NOT NULL, -- call_no of the call, or number of the row
  digest BLOB NOT NULL, -- eight bytes for the row; of a call, eight bytes for its rows in each table that holds any
  PRIMARY KEY (table_name, number)
) STRICT, WITHOUT ROWID;

-- A digest of every row that a person's decision wrote or changed, in order. Rows are only ever added: each carries
-- a digest over itself and the one before.
CREATE TABLE decision_chain (
  entry_id INTEGER PRIMARY KEY, -- number, counted up by one
  about TEXT NOT NULL, -- audit, erasures, flag_states, reviews, review_events or review_plans
  key TEXT NOT NULL, -- which row: its key, JSON list
  salt TEXT, -- random text that goes into content; null once a later entry is about the same row
  content TEXT NOT NULL, -- SHA-256 over salt and the row with what belongs to it; empty where the row was removed
  digest TEXT NOT NULL -- SHA-256 over this entry and the digest of the one before
) STRICT;

CREATE INDEX decision_chain_by_row ON decision_chain (about, key);

CREATE TRIGGER decision_chain_stays BEFORE DELETE ON decision_chain BEGIN
  SELECT RAISE(ABORT, 'entries of the decision chain are never removed');
END;

CREATE TRIGGER decision_chain_stays_as_it_is BEFORE UPDATE ON decision_chain
WHEN NOT (NEW.salt IS NULL AND NEW.entry_id = OLD.entry_id AND NEW.about = OLD.about AND NEW.key = OLD.key
  AND NEW.content = OLD.content AND NEW.digest = OLD.digest)
BEGIN
  SELECT RAISE(ABORT, 'entries of the decision chain are never changed');
END;

-- How far the decision chain reaches, in a second place: entries cut off at its end are missed.
CREATE TABLE decision_chain_end (
  one INTEGER PRIMARY KEY CHECK (one = 1), -- always 1: there is one row
  entries INTEGER NOT NULL, -- number of the last entry
  digest TEXT NOT NULL -- its digest
) STRICT;

ALTER TABLE runs ADD COLUMN chain_entries INTEGER; -- entries of the decision chain when the run ended
ALTER TABLE runs ADD COLUMN chain_digest TEXT; -- digest of the last of them
ALTER TABLE files ADD COLUMN compared_at TEXT; -- when its bytes were last compared with the call's digest, UTC; null for never
CREATE INDEX files_by_comparison ON files (compared_at, file_id) WHERE state IN ('done', 'duplicate');
