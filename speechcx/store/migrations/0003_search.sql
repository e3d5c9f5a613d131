-- Words of turns, searchable.

-- Full-text index over the text of turns; rowid is turn_id, so a hit gives call, turn and time.
-- @text the words of a turn
-- @turns_fts what to MATCH
-- @rank how well a turn matches
CREATE VIRTUAL TABLE turns_fts USING fts5 (
  text,
  content = 'turns_data', content_rowid = 'turn_id', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TRIGGER turns_fts_insert AFTER INSERT ON turns_data BEGIN
  INSERT INTO turns_fts (rowid, text) VALUES (new.turn_id, new.text);
END;

CREATE TRIGGER turns_fts_delete AFTER DELETE ON turns_data BEGIN
  INSERT INTO turns_fts (turns_fts, rowid, text) VALUES ('delete', old.turn_id, old.text);
END;

CREATE TRIGGER turns_fts_update AFTER UPDATE OF turn_id, text ON turns_data BEGIN
  INSERT INTO turns_fts (turns_fts, rowid, text) VALUES ('delete', old.turn_id, old.text);
  INSERT INTO turns_fts (rowid, text) VALUES (new.turn_id, new.text);
END;
