-- What was looked for in the words of a call and taken out of them, and where it stood.
ALTER TABLE recordings ADD COLUMN redacted_kinds TEXT NOT NULL DEFAULT '[]'; -- kinds that were looked for, JSON list; empty: never looked
ALTER TABLE recordings ADD COLUMN redacted TEXT NOT NULL DEFAULT '[]'; -- what was taken out: turn, kind, start and end in seconds, number of words, JSON list of lists
