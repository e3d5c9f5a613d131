-- Finds the calls that hold what was inferred from the voice of an agent, or of somebody who may be one (party 0 or 2).
-- Empty, and so without cost, while the settings do not allow it.
CREATE INDEX IF NOT EXISTS turns_inferred ON turns_data (party) WHERE agitation_x10000 IS NOT NULL AND party <> 1;
