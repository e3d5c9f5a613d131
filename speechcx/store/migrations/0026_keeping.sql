-- Legal holds, certificates of erasure, and what keeps erased facts from being imported again.

-- Orders to keep calls, whatever their period of retention, until somebody releases them.
CREATE TABLE legal_holds (
  hold_id INTEGER PRIMARY KEY, -- number
  name TEXT NOT NULL, -- what people call it, for example a case number; one active hold of a name
  call_id TEXT, -- the call that is held; null where a customer or a period is
  customer TEXT, -- the customer whose calls are held; null likewise
  since TEXT, -- first day of the period whose calls are held; null likewise
  until TEXT, -- last day of it; null for no end
  reason TEXT NOT NULL, -- why
  set_at TEXT NOT NULL, -- when it was set, UTC
  set_by TEXT NOT NULL, -- by whom
  released_at TEXT, -- when it was released, UTC; null while it holds
  released_by TEXT, -- by whom
  released_why TEXT -- why
) STRICT;

-- Calls that a hold has caught: those there when it was set, and every one since that fits it. Details that change
-- later take no call out of it.
CREATE TABLE held_calls (
  call_id TEXT NOT NULL, -- the call
  hold_id INTEGER NOT NULL REFERENCES legal_holds (hold_id), -- the hold
  PRIMARY KEY (call_id, hold_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER held_calls_are_not_erased BEFORE INSERT ON erasures
WHEN EXISTS (SELECT 1 FROM held_calls h JOIN legal_holds l ON l.hold_id = h.hold_id
  WHERE h.call_id = NEW.call_id AND l.released_at IS NULL)
BEGIN
  SELECT RAISE(ABORT, 'this call is under legal hold');
END;

-- What an erasure did, to show to others: calls by salted hash only.
CREATE TABLE erasure_certificates (
  certificate_id INTEGER PRIMARY KEY, -- number
  at TEXT NOT NULL, -- when, UTC; the moment of its rows in erasures
  who TEXT NOT NULL, -- who erased
  reason TEXT NOT NULL, -- why
  salt TEXT NOT NULL, -- random text in front of each call id before it is hashed
  calls TEXT NOT NULL, -- SHA-256 of salt and id of each call, sorted, JSON list
  removed TEXT NOT NULL, -- rows that were removed by table, JSON object
  before_digest TEXT NOT NULL, -- SHA-256 over the hashes and the digests of the calls' rows, before
  after_digest TEXT NOT NULL -- SHA-256 over the hashes and the rows that are left of each, after
) STRICT;

-- Facts of erased calls and customers, by salted hash: an import leaves them out.
CREATE TABLE forgotten_facts (
  salt TEXT NOT NULL, -- random text, one for each database
  hash TEXT NOT NULL, -- SHA-256 of salt, kind and key of the fact
  PRIMARY KEY (salt, hash)
) STRICT, WITHOUT ROWID;

-- Parts of calls that were removed when their period of retention was over.
CREATE TABLE removed_parts (
  call_id TEXT NOT NULL, -- the call
  part TEXT NOT NULL CHECK (part IN ('words', 'index', 'measures', 'scores', 'evidence')), -- what was removed
  removed_at TEXT NOT NULL, -- when, UTC
  PRIMARY KEY (call_id, part)
) STRICT, WITHOUT ROWID;

ALTER TABLE turns_data ADD COLUMN unindexed_text TEXT; -- the words of a turn that was taken out of the search index; else null

-- The newest row of the trail about rules and settings, which every run asks for.
CREATE INDEX audit_by_making ON audit (action, audit_id) WHERE action IN ('rules', 'settings');
