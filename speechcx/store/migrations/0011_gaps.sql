-- Stretches of which a file holds no sound that can be read.
ALTER TABLE recordings ADD COLUMN gaps TEXT NOT NULL DEFAULT '[]'; -- their start and end in seconds, JSON list of pairs
