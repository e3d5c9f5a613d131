-- What comments of surveys say, and an index by which facts meet calls.

ALTER TABLE survey_answers ADD COLUMN comment_language TEXT; -- language of the comment where it is another than those that are read; null otherwise
ALTER TABLE survey_answers ADD COLUMN comment_sentiment REAL; -- what it says, -1 to 1; null where it was not read
ALTER TABLE survey_answers ADD COLUMN comment_label TEXT; -- that in a word: negative, neutral, positive or mixed
ALTER TABLE survey_answers ADD COLUMN comment_drivers TEXT; -- ids of the contact drivers found in it, JSON list; null where it was not read
ALTER TABLE survey_answers ADD COLUMN comment_read_with TEXT; -- text model and rulebook that it was read with
ALTER TABLE survey_answers ADD COLUMN comment_why TEXT; -- why there is no sentiment or no driver; null where there is nothing to say

-- Facts meet calls by id: their day and length are read without the row of the call.
CREATE INDEX calls_by_fact ON calls (call_id, superseded_by, local_day, audio_duration_s);

-- A survey may name a leg of a call.
CREATE INDEX call_legs_by_id ON call_legs (leg_id);
