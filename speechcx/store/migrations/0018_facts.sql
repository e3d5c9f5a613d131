-- What other systems know of calls and customers, as it was imported: call records of the telephone system, answers to
-- surveys, accounts. Each row keeps where it came from.

-- Files that were imported.
CREATE TABLE imports (
  import_no INTEGER PRIMARY KEY, -- number of the import
  kind TEXT NOT NULL CHECK (kind IN ('calls', 'surveys', 'accounts')), -- what it holds
  file TEXT NOT NULL, -- name of the file
  sha256 TEXT NOT NULL, -- digest of its bytes
  imported_at TEXT NOT NULL, -- when, UTC
  who TEXT NOT NULL, -- who imported it
  zone TEXT, -- zone that times without one were read in
  tolerance_s REAL NOT NULL, -- seconds by which its clock and the recorder's may differ
  rows_read INTEGER NOT NULL, -- rows with a value
  added INTEGER NOT NULL, -- facts that were new
  updated INTEGER NOT NULL -- facts that said something else before
) STRICT;

-- Legs of calls, as the telephone system has them: one row each time a call rang at somebody.
CREATE TABLE call_legs (
  leg_no INTEGER PRIMARY KEY, -- number, for the digests
  record_id TEXT NOT NULL, -- the call in the telephone system, the same for all its legs
  leg_id TEXT NOT NULL, -- the leg there
  started_at TEXT NOT NULL, -- start with offset, and zone in brackets
  agent TEXT, -- who it rang at
  customer TEXT, -- number or id of the customer
  queue TEXT, -- the queue
  direction TEXT, -- inbound, outbound, ...
  outcome TEXT CHECK (outcome IN ('answered', 'abandoned', 'no_answer', 'busy', 'failed', 'voicemail')), -- how it ended; null where not said
  wait_s REAL, -- until it was answered or given up
  talk_s REAL, -- talk
  hold_s REAL, -- on hold
  wrap_s REAL, -- after-call work
  duration_s REAL, -- from its start to its end
  recording TEXT, -- name of the recording's file, where the system tells it
  extras TEXT NOT NULL, -- further columns, JSON object
  import_no INTEGER NOT NULL REFERENCES imports (import_no), -- where it was last told
  row INTEGER NOT NULL, -- line or row of that file, counted from 1
  UNIQUE (record_id, leg_id)
) STRICT;

-- Calls of the telephone system, made from their legs, with the recording that was found for each.
CREATE TABLE call_records (
  record_no INTEGER PRIMARY KEY, -- number, for the digests
  record_id TEXT NOT NULL UNIQUE, -- the call there
  started_at TEXT NOT NULL, -- start with offset, and zone in brackets
  start_utc TEXT NOT NULL, -- start, UTC
  local_day TEXT NOT NULL, -- day of the call on its own clock
  local_hour INTEGER NOT NULL, -- hour of its start on that clock
  agent TEXT, -- who answered it first; else the last it rang at
  team TEXT, -- that agent's team on that day, by the roster
  center TEXT, -- the team's center, likewise
  customer TEXT, -- the customer
  queue TEXT, -- the first queue
  direction TEXT, -- inbound, outbound, ...
  outcome TEXT, -- answered, abandoned, ...; null where not said
  wait_s REAL, -- until it was answered or given up
  talk_s REAL, -- talk of all legs
  hold_s REAL, -- hold of all legs; null where no leg tells it
  wrap_s REAL, -- after-call work of all legs; null likewise
  duration_s REAL, -- from its start to its end
  legs INTEGER NOT NULL, -- legs, doubles not counted
  transfers INTEGER NOT NULL, -- times an answered call went on to another agent or queue
  call_id TEXT, -- the recorded call; null where none was found
  matched_by TEXT CHECK (matched_by IN ('recording', 'id', 'time')), -- how it, or several that would fit, were found
  candidates INTEGER NOT NULL DEFAULT 0 -- recordings that would fit as well; more than one is never decided
) STRICT;

CREATE INDEX call_records_by_day ON call_records (local_day);
CREATE INDEX call_records_by_call ON call_records (call_id) WHERE call_id IS NOT NULL;

-- Answers to surveys; an invitation that was not answered has no value.
CREATE TABLE survey_answers (
  answer_no INTEGER PRIMARY KEY, -- number, for the digests
  answer_id TEXT NOT NULL UNIQUE, -- the answer in the survey tool, with the kind
  kind TEXT NOT NULL CHECK (kind IN ('csat', 'nps', 'ces')), -- what was asked
  answered_at TEXT, -- when, with offset, and zone in brackets
  local_day TEXT, -- that day
  value REAL, -- the answer on its scale; null where there was none
  low REAL NOT NULL, -- lower end of the scale
  high REAL NOT NULL, -- upper end
  reference TEXT, -- id of the call in the source, where it gives one
  customer TEXT, -- the customer
  agent TEXT, -- the agent, where the source names one
  comment TEXT, -- what the customer wrote
  call_id TEXT, -- the recorded call; null where none was found
  matched_by TEXT CHECK (matched_by IN ('id', 'time')), -- how it was found
  candidates INTEGER NOT NULL DEFAULT 0, -- calls that would fit as well; more than one is never decided
  import_no INTEGER NOT NULL REFERENCES imports (import_no), -- where it was last told
  row INTEGER NOT NULL -- line or row of that file, counted from 1
) STRICT;

CREATE INDEX survey_answers_by_day ON survey_answers (local_day);
CREATE INDEX survey_answers_by_call ON survey_answers (call_id) WHERE call_id IS NOT NULL;
