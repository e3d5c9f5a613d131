-- What the last run passed over, so that nothing is left out without a line that says so.

-- Files in the recordings folders that are not recordings, as the last run found them.
CREATE TABLE other_files (
  path ANY NOT NULL PRIMARY KEY, -- absolute path; text, or the bytes themselves where they are not UTF-8
  size_bytes INTEGER NOT NULL, -- size
  mtime_ns INTEGER NOT NULL, -- modification time, nanoseconds since 1970
  reason TEXT NOT NULL, -- what it was taken for: sidecar, calls_table, metadata, transcript, unknown_extension, ...
  why TEXT NOT NULL -- more about this file; empty where the reason says it all
) STRICT, WITHOUT ROWID;

-- Lines of calls tables and of the roster that the last run could not use.
CREATE TABLE source_warnings (
  warning_id INTEGER PRIMARY KEY, -- number, in the order of files and lines
  path TEXT NOT NULL, -- the table
  line INTEGER NOT NULL, -- line, counted from 1; 0 for the whole table
  found TEXT NOT NULL, -- what was found
  cure TEXT NOT NULL -- what to do
) STRICT;
