-- What a run read of its calls besides their sound, so that the next one sees at once whether any of it has changed.
ALTER TABLE runs ADD COLUMN sources_digest TEXT; -- digest of tables, sidecars and the settings that read them; null where not all was applied
