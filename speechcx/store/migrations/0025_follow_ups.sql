-- What people do about alerts, callbacks and outreach; the lists themselves follow from calls.
CREATE TABLE follow_ups (
  follow_no INTEGER PRIMARY KEY, -- number, for the digests
  kind TEXT NOT NULL CHECK (kind IN ('alert', 'callback', 'outreach')), -- which list
  key TEXT NOT NULL, -- the entry: DAY/RULE of an alert, the newest call of a callback, RULE/CALL of outreach
  call_id TEXT, -- the call it is about; null for alerts
  status TEXT NOT NULL CHECK (status IN ('open', 'started', 'done', 'dropped')), -- how it stands
  owner TEXT, -- who sees to it
  due TEXT, -- by which day
  result TEXT, -- what came of it
  changed_at TEXT NOT NULL, -- when that was last changed, UTC
  changed_by TEXT NOT NULL, -- by whom
  UNIQUE (kind, key)
) STRICT;

CREATE INDEX follow_ups_by_call ON follow_ups (call_id) WHERE call_id IS NOT NULL;

-- Notices that were sent, or are still to be sent: counts only.
CREATE TABLE deliveries (
  delivery_no INTEGER PRIMARY KEY, -- number
  target_digest TEXT NOT NULL, -- digest of the address, which may hold a secret and is not kept
  notice_digest TEXT NOT NULL, -- digest of what is sent: the same goes to one address once
  target TEXT NOT NULL, -- scheme and host of the address
  about TEXT NOT NULL, -- what it tells of
  title TEXT NOT NULL, -- its title
  body TEXT NOT NULL, -- its text
  created_at TEXT NOT NULL, -- when it was to be sent first, UTC
  attempts INTEGER NOT NULL, -- commands that tried
  last_at TEXT, -- when last, UTC
  delivered_at TEXT, -- when it got through, UTC; null where it did not yet
  error TEXT, -- why the last try failed
  UNIQUE (target_digest, notice_digest)
) STRICT;
