-- Databases of several machines brought into one: what each run took, and the trails of each as they stood there.
ALTER TABLE runs ADD COLUMN shard TEXT; -- the part of the recordings it took, as 2/5; null for all
ALTER TABLE runs ADD COLUMN zone TEXT; -- zone that times without one were read in (discover.zone); null before it was kept

-- Forms of calls that were brought in from other databases, so that the same is not brought in again.
CREATE TABLE merged_calls (
  call_id TEXT NOT NULL, -- the call
  version TEXT NOT NULL, -- digest of all that was stored of it
  PRIMARY KEY (call_id, version)
) STRICT, WITHOUT ROWID;

-- Rows of the audit trails of databases that were brought into this one, as they stood there. Each names the one
-- before it, so that each trail can still be verified; where it ended, the row about the merge in `audit` tells.
CREATE TABLE merged_audit (
  digest TEXT PRIMARY KEY, -- SHA-256 over this row and the digest of the one before
  before TEXT NOT NULL, -- digest of the row before; zeros for the first
  trail TEXT NOT NULL, -- the first eight digits of the digest of the first row of its trail
  audit_id INTEGER NOT NULL, -- number in its trail, counted up by one
  at TEXT NOT NULL, -- when, UTC
  who TEXT NOT NULL, -- who did it, as they named themselves
  action TEXT NOT NULL, -- flag, export, erase, backup, restore or merge
  call_id TEXT, -- the call it is about
  rule TEXT, -- the rule it is about
  detail TEXT, -- what exactly, JSON object; null where the call was erased since
  salt TEXT, -- random text that goes into detail_digest; null likewise
  detail_digest TEXT NOT NULL -- SHA-256 over salt and detail; stays when they go
) STRICT, WITHOUT ROWID;

CREATE INDEX merged_audit_by_call ON merged_audit (call_id, rule) WHERE call_id IS NOT NULL;

CREATE TRIGGER merged_audit_stays BEFORE DELETE ON merged_audit BEGIN
  SELECT RAISE(ABORT, 'rows of the audit trail are never removed');
END;

CREATE TRIGGER merged_audit_stays_as_it_is BEFORE UPDATE ON merged_audit
WHEN NOT (NEW.detail IS NULL AND NEW.salt IS NULL AND NEW.digest = OLD.digest AND NEW.before = OLD.before
  AND NEW.trail = OLD.trail AND NEW.audit_id = OLD.audit_id AND NEW.at = OLD.at AND NEW.who = OLD.who
  AND NEW.action = OLD.action AND NEW.call_id IS OLD.call_id AND NEW.rule IS OLD.rule
  AND NEW.detail_digest = OLD.detail_digest)
BEGIN
  SELECT RAISE(ABORT, 'rows of the audit trail are never changed');
END;

-- Entries of the decision chains of databases that were brought into this one, as they stood there. The rows they
-- tell of were compared with them then, and are covered by this database's own chain since.
CREATE TABLE merged_decisions (
  digest TEXT PRIMARY KEY, -- SHA-256 over this entry and the digest of the one before
  before TEXT NOT NULL, -- digest of the entry before; zeros for the first
  entry_id INTEGER NOT NULL, -- number in its chain, counted up by one
  about TEXT NOT NULL, -- table the entry is about, in its own database
  key TEXT NOT NULL, -- which row there: its key, JSON list
  content TEXT NOT NULL -- SHA-256 over that row; empty where the row was removed
) STRICT, WITHOUT ROWID;

CREATE TRIGGER merged_decisions_stay BEFORE DELETE ON merged_decisions BEGIN
  SELECT RAISE(ABORT, 'entries of the decision chain are never removed');
END;

CREATE TRIGGER merged_decisions_stay_as_they_are BEFORE UPDATE ON merged_decisions BEGIN
  SELECT RAISE(ABORT, 'entries of the decision chain are never changed');
END;
