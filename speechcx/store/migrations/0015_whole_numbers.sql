-- Measures are whole numbers of their resolution, always; views are made anew by the program.

DROP VIEW flags;
DROP VIEW flags_found;
DROP VIEW center_scores;
DROP VIEW team_scores;
DROP VIEW agent_days;
DROP VIEW agent_scores;
DROP VIEW centers;
DROP VIEW teams;
DROP VIEW agents;
DROP VIEW flagged_calls;
DROP VIEW interruptions;
DROP VIEW answers;
DROP VIEW hits;
DROP VIEW results;
DROP VIEW overlaps;
DROP VIEW turns;

DROP TRIGGER turns_fts_insert;
DROP TRIGGER turns_fts_delete;
DROP TRIGGER turns_fts_update;

ALTER TABLE turns_data RENAME TO turns_data_old;

-- Turns, compactly; ask the view `turns` instead. A column named ..._x1000 counts thousandths, and so on.
CREATE TABLE turns_data (
  turn_id INTEGER PRIMARY KEY, -- call_no * 100000 + number of the turn in the call
  party INTEGER NOT NULL, -- the speaker's party: 0 agent, 1 customer, 2 unknown, 3 ivr
  channel INTEGER NOT NULL, -- the channel it was heard in
  speaker TEXT, -- who speaks; null for ch and the number of the channel
  confidence_x1000 INTEGER, -- how sure the speaker is; null for 1
  start_s_x1000 INTEGER NOT NULL, -- first speech
  end_s_x1000 INTEGER NOT NULL, -- last speech
  pauses BLOB, -- stretches of speech inside the turn, packed; null for one stretch
  text TEXT NOT NULL, -- the words as written by the recogniser
  words BLOB, -- time and confidence of each word, packed; null without words (`Store.load` gives them back)
  language TEXT, -- language code; null for en
  word_confidence_x1000 INTEGER, -- mean word confidence
  level_dbov_x100 INTEGER, -- level
  level_rel_db_x100 INTEGER, -- level against the speaker's median
  pitch_hz_x100 INTEGER, -- median pitch
  pitch_rel_st_x100 INTEGER, -- pitch against the speaker's median
  pitch_range_st_x100 INTEGER, -- range of pitch
  pitch_slope_st_s_x100 INTEGER, -- slope of pitch
  voiced_share_x1000 INTEGER, -- voiced frames over speech frames
  pace_wpm_x100 INTEGER, -- words a minute
  articulation_wpm_x100 INTEGER, -- words a minute without pauses
  pause_share_x1000 INTEGER, -- pauses over the turn
  text_sentiment_x10000 INTEGER, -- sentiment of the words
  text_label INTEGER, -- its label: 0 neutral, 1 negative, 2 positive, 3 mixed
  text_confidence_x10000 INTEGER, -- its confidence
  heard_missing_no INTEGER REFERENCES reasons (reason_no), -- why a measure above is null
  agitation_x10000 INTEGER, -- agitation of the voice
  sentiment_x10000 INTEGER, -- words and voice together
  sentiment_label INTEGER, -- its label, likewise
  voice_part_x10000 INTEGER, -- what the voice added
  judged_missing_no INTEGER REFERENCES reasons (reason_no) -- why one of the last four is null
) STRICT;

INSERT INTO turns_data SELECT
  turn_id,
  party,
  channel,
  speaker,
  CASE typeof(confidence_x1000) WHEN 'real' THEN CAST(round(confidence_x1000 * 1000) AS INTEGER) ELSE confidence_x1000 END,
  CASE typeof(start_s_x1000) WHEN 'real' THEN CAST(round(start_s_x1000 * 1000) AS INTEGER) ELSE start_s_x1000 END,
  CASE typeof(end_s_x1000) WHEN 'real' THEN CAST(round(end_s_x1000 * 1000) AS INTEGER) ELSE end_s_x1000 END,
  pauses,
  text,
  words,
  language,
  CASE typeof(word_confidence_x1000) WHEN 'real' THEN CAST(round(word_confidence_x1000 * 1000) AS INTEGER) ELSE word_confidence_x1000 END,
  CASE typeof(level_dbov_x100) WHEN 'real' THEN CAST(round(level_dbov_x100 * 100) AS INTEGER) ELSE level_dbov_x100 END,
  CASE typeof(level_rel_db_x100) WHEN 'real' THEN CAST(round(level_rel_db_x100 * 100) AS INTEGER) ELSE level_rel_db_x100 END,
  CASE typeof(pitch_hz_x100) WHEN 'real' THEN CAST(round(pitch_hz_x100 * 100) AS INTEGER) ELSE pitch_hz_x100 END,
  CASE typeof(pitch_rel_st_x100) WHEN 'real' THEN CAST(round(pitch_rel_st_x100 * 100) AS INTEGER) ELSE pitch_rel_st_x100 END,
  CASE typeof(pitch_range_st_x100) WHEN 'real' THEN CAST(round(pitch_range_st_x100 * 100) AS INTEGER) ELSE pitch_range_st_x100 END,
  CASE typeof(pitch_slope_st_s_x100) WHEN 'real' THEN CAST(round(pitch_slope_st_s_x100 * 100) AS INTEGER) ELSE pitch_slope_st_s_x100 END,
  CASE typeof(voiced_share_x1000) WHEN 'real' THEN CAST(round(voiced_share_x1000 * 1000) AS INTEGER) ELSE voiced_share_x1000 END,
  CASE typeof(pace_wpm_x100) WHEN 'real' THEN CAST(round(pace_wpm_x100 * 100) AS INTEGER) ELSE pace_wpm_x100 END,
  CASE typeof(articulation_wpm_x100) WHEN 'real' THEN CAST(round(articulation_wpm_x100 * 100) AS INTEGER) ELSE articulation_wpm_x100 END,
  CASE typeof(pause_share_x1000) WHEN 'real' THEN CAST(round(pause_share_x1000 * 1000) AS INTEGER) ELSE pause_share_x1000 END,
  CASE typeof(text_sentiment_x10000) WHEN 'real' THEN CAST(round(text_sentiment_x10000 * 10000) AS INTEGER) ELSE text_sentiment_x10000 END,
  text_label,
  CASE typeof(text_confidence_x10000) WHEN 'real' THEN CAST(round(text_confidence_x10000 * 10000) AS INTEGER) ELSE text_confidence_x10000 END,
  heard_missing_no,
  CASE typeof(agitation_x10000) WHEN 'real' THEN CAST(round(agitation_x10000 * 10000) AS INTEGER) ELSE agitation_x10000 END,
  CASE typeof(sentiment_x10000) WHEN 'real' THEN CAST(round(sentiment_x10000 * 10000) AS INTEGER) ELSE sentiment_x10000 END,
  sentiment_label,
  CASE typeof(voice_part_x10000) WHEN 'real' THEN CAST(round(voice_part_x10000 * 10000) AS INTEGER) ELSE voice_part_x10000 END,
  judged_missing_no
FROM turns_data_old;

DROP TABLE turns_data_old;

ALTER TABLE overlaps_data RENAME TO overlaps_data_old;

-- Stretches in which both parties speak, compactly; ask the view `overlaps` instead.
CREATE TABLE overlaps_data (
  call_no INTEGER NOT NULL REFERENCES calls (call_no) ON DELETE CASCADE, -- the call
  position INTEGER NOT NULL, -- number in the call
  start_s_x1000 INTEGER NOT NULL, -- start
  end_s_x1000 INTEGER NOT NULL, -- end, likewise
  party INTEGER NOT NULL, -- the party who came in second: 0 agent, 1 customer, 2 unknown, 3 ivr
  kind INTEGER NOT NULL, -- 0 overlap, 1 interruption, 2 backchannel
  speaker TEXT NOT NULL, -- that party's speaker
  PRIMARY KEY (call_no, position)
) STRICT, WITHOUT ROWID;

INSERT INTO overlaps_data SELECT
  call_no,
  position,
  CASE typeof(start_s_x1000) WHEN 'real' THEN CAST(round(start_s_x1000 * 1000) AS INTEGER) ELSE start_s_x1000 END,
  CASE typeof(end_s_x1000) WHEN 'real' THEN CAST(round(end_s_x1000 * 1000) AS INTEGER) ELSE end_s_x1000 END,
  party,
  kind,
  speaker
FROM overlaps_data_old;

DROP TABLE overlaps_data_old;

ALTER TABLE hits_data RENAME TO hits_data_old;

-- The evidence of rules, compactly; ask the view `hits` instead.
CREATE TABLE hits_data (
  call_no INTEGER NOT NULL REFERENCES calls (call_no) ON DELETE CASCADE, -- the call
  rule_no INTEGER NOT NULL REFERENCES rules (rule_no), -- the rule whose result it supports
  position INTEGER NOT NULL, -- number among the hits of that rule
  rule TEXT, -- id of the rule that matched, where it is another one
  result INTEGER NOT NULL, -- 1 present for a match; 0 absent or 2 cannot tell for a nearest miss
  party INTEGER, -- who spoke: 0 agent, 1 customer, 2 unknown, 3 ivr; null where the evidence is not speech
  turn_no INTEGER, -- the turn; null where it is a measure of the call
  start_s_x1000 INTEGER, -- start of the words
  end_s_x1000 INTEGER, -- end of the words, likewise
  quote TEXT NOT NULL, -- the words
  reason_no INTEGER NOT NULL REFERENCES reasons (reason_no), -- what matched, in words of the rulebook
  PRIMARY KEY (call_no, rule_no, position)
) STRICT, WITHOUT ROWID;

INSERT INTO hits_data SELECT
  call_no,
  rule_no,
  position,
  rule,
  result,
  party,
  turn_no,
  CASE typeof(start_s_x1000) WHEN 'real' THEN CAST(round(start_s_x1000 * 1000) AS INTEGER) ELSE start_s_x1000 END,
  CASE typeof(end_s_x1000) WHEN 'real' THEN CAST(round(end_s_x1000 * 1000) AS INTEGER) ELSE end_s_x1000 END,
  quote,
  reason_no
FROM hits_data_old;

DROP TABLE hits_data_old;

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
