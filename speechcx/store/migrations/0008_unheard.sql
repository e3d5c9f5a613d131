-- Stretches in which one channel of a recording holds no signal, though it does elsewhere.
ALTER TABLE recordings ADD COLUMN unheard TEXT NOT NULL DEFAULT '[]'; -- channel, start and end in seconds, JSON list of lists
