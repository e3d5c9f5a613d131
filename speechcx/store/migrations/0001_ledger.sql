-- What was found, tried and done. Comments here become the pages of docs/schema.md.

-- What each table and view is for.
CREATE TABLE _tables (
  table_name TEXT PRIMARY KEY, -- table or view
  comment TEXT NOT NULL -- what it is for
) STRICT, WITHOUT ROWID;

-- What each column means.
CREATE TABLE _columns (
  table_name TEXT NOT NULL, -- table or view
  column_name TEXT NOT NULL, -- column
  comment TEXT NOT NULL, -- what it means
  PRIMARY KEY (table_name, column_name)
) STRICT, WITHOUT ROWID;

-- Every file that a run has met, by its path.
CREATE TABLE files (
  file_id INTEGER PRIMARY KEY, -- number of the file in this database
  path ANY NOT NULL UNIQUE, -- absolute path; text, or the bytes themselves where they are not UTF-8
  size_bytes INTEGER NOT NULL, -- size when last looked at
  mtime_ns INTEGER NOT NULL, -- modification time when last looked at, nanoseconds since 1970
  device INTEGER, -- device number of the file system
  inode INTEGER, -- inode number
  call_id TEXT, -- the call whose bytes the file holds, null before it was read
  state TEXT NOT NULL CHECK (state IN ('seen', 'settled', 'claimed', 'done', 'failed', 'quarantined',
    'needs_metadata', 'duplicate', 'skipped')), -- seen, settled, claimed, done, failed, quarantined, needs_metadata, duplicate or skipped
  reason TEXT, -- failure kind, or why it was skipped
  attempts INTEGER NOT NULL DEFAULT 0, -- times these bytes were taken up since they were new or a retry was asked for
  retry_asked INTEGER NOT NULL DEFAULT 0, -- 1 where a person asked for another try
  listen_digest TEXT, -- digest of the settings it was last listened to with, also where that failed
  details_digest TEXT, -- digest of what was known of the call besides its sound
  run_id INTEGER REFERENCES runs (run_id), -- the run that last touched it
  changed_at TEXT NOT NULL -- when the state last changed, UTC
) STRICT;

CREATE INDEX files_by_call ON files (call_id);
CREATE INDEX files_by_state ON files (state);

-- Every run of the batch.
CREATE TABLE runs (
  run_id INTEGER PRIMARY KEY, -- number of the run
  command TEXT NOT NULL, -- run, rejudge, ...
  started_at TEXT NOT NULL, -- when it began, UTC
  finished_at TEXT, -- when it ended, UTC; null while it runs, or where it was killed
  exit_code INTEGER, -- the exit code it ended with
  outcome TEXT, -- finished, or interrupted where the next run found it unfinished
  speechcx TEXT NOT NULL, -- version of the package
  host TEXT NOT NULL, -- machine it ran on
  pid INTEGER NOT NULL, -- process id there
  listen_digest TEXT, -- digest of the settings that can change what is heard
  rulebook_digest TEXT, -- digest of the rulebook it judged with
  workers INTEGER, -- number of worker processes
  paths TEXT NOT NULL DEFAULT '[]', -- folders and files it was given, JSON list
  planned INTEGER, -- calls it set out to do
  done INTEGER, -- calls analysed
  failed INTEGER, -- calls that failed or were set aside
  skipped INTEGER, -- files left alone because nothing had changed
  audio_s REAL, -- seconds of audio analysed
  elapsed_s REAL -- seconds it took
) STRICT;

-- Every time a file was taken up, so that work done twice can be counted.
CREATE TABLE attempts (
  attempt_id INTEGER PRIMARY KEY, -- number of the attempt
  file_id INTEGER NOT NULL REFERENCES files (file_id), -- the file
  run_id INTEGER NOT NULL REFERENCES runs (run_id), -- the run
  call_id TEXT, -- the call, null where its bytes could not be read
  started_at TEXT NOT NULL, -- when it was claimed, UTC
  ended_at TEXT, -- when its outcome was kept, UTC; null where it never was
  outcome TEXT, -- the state the file went to; interrupted where the run died on it
  kind TEXT -- failure kind
) STRICT;

CREATE INDEX attempts_by_file ON attempts (file_id);
CREATE INDEX attempts_open ON attempts (run_id) WHERE ended_at IS NULL;

-- Files whose call could not be analysed, as things stand now; a later success removes the row.
CREATE TABLE failures (
  file_id INTEGER PRIMARY KEY REFERENCES files (file_id), -- the file
  call_id TEXT, -- the call, null where its bytes could not be read
  run_id INTEGER NOT NULL REFERENCES runs (run_id), -- the run it failed in
  failed_at TEXT NOT NULL, -- when, UTC
  stage TEXT NOT NULL, -- where: a stage of the work, or batch
  kind TEXT NOT NULL, -- one of the closed list of failure kinds
  message TEXT NOT NULL, -- what was found and what was expected
  cure TEXT NOT NULL, -- what to do
  detail TEXT NOT NULL -- for developers; without words of the call
) STRICT;

CREATE INDEX failures_by_kind ON failures (kind);
