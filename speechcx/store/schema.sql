-- Written by `python -m speechcx.store`; a test compares it with a new database.

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
, compared_at TEXT) STRICT;

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
, chain_entries INTEGER, chain_digest TEXT, shard TEXT, zone TEXT) STRICT;

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

-- Package, engines and settings that calls were heard with; named once, used by many calls.
CREATE TABLE provenances (
  provenance_no INTEGER PRIMARY KEY, -- number, for joins
  speechcx TEXT NOT NULL, -- version of the package
  engines TEXT NOT NULL, -- engine and model digest of each room, JSON list of pairs
  settings_digest TEXT NOT NULL, -- digest of the settings that can change what is heard
  UNIQUE (speechcx, engines, settings_digest)
) STRICT;

-- Reasons in words that many rows share, kept once. They hold no words of a call.
CREATE TABLE reasons (
  reason_no INTEGER PRIMARY KEY, -- number, for joins
  text TEXT NOT NULL UNIQUE -- the reason; of turns, a JSON object with the reason for each measure
) STRICT;

-- Rulebooks that calls were judged under.
CREATE TABLE rulebooks (
  rulebook_no INTEGER PRIMARY KEY, -- number, for joins
  digest TEXT NOT NULL, -- digest of what the rulebook says
  name TEXT NOT NULL, -- its name
  version TEXT NOT NULL, -- its version, as written in it
  source TEXT, -- its text, where it was given
  first_used_at TEXT NOT NULL, -- when it first judged a call here, UTC
  UNIQUE (digest, name, version)
) STRICT;

-- The rules of those rulebooks.
CREATE TABLE rules (
  rule_no INTEGER PRIMARY KEY, -- number, for joins
  rulebook_no INTEGER NOT NULL REFERENCES rulebooks (rulebook_no), -- the rulebook
  rule TEXT NOT NULL, -- id of the rule
  title TEXT NOT NULL, -- its title
  kind TEXT NOT NULL, -- compliance, driver, behaviour, outcome or risk
  severity TEXT NOT NULL, -- how much it matters
  expect TEXT, title_absent TEXT, title_present TEXT, title_cannot_tell TEXT, -- the result it expects, null where it expects none
  UNIQUE (rulebook_no, rule, title, kind, severity, expect)
) STRICT;

-- The questions of their scorecards.
CREATE TABLE questions (
  question_no INTEGER PRIMARY KEY, -- number, for joins
  rulebook_no INTEGER NOT NULL REFERENCES rulebooks (rulebook_no), -- the rulebook
  scorecard TEXT NOT NULL, -- id of the scorecard
  question TEXT NOT NULL, -- id of the question
  section TEXT NOT NULL, -- title of its section
  text TEXT NOT NULL, -- the question in words
  critical TEXT, -- customer, business or compliance, where a wrong answer is critical
  auto_fail INTEGER NOT NULL, -- 1 where a wrong answer fails the whole call
  rule TEXT, -- the rule that answers it
  UNIQUE (rulebook_no, scorecard, question, section, text, critical, auto_fail, rule)
) STRICT;

-- Calls that were heard and judged: who, when, how long, and the measures most asked for.
CREATE TABLE calls (
  call_no INTEGER PRIMARY KEY, -- number for joins within this database; grows with the time of the call
  call_id TEXT NOT NULL UNIQUE, -- the call everywhere: first 16 hex digits of the SHA-256 of its file
  agent TEXT, -- the agent, as the source wrote it
  team TEXT, -- the agent's team on that day: from the call's details, else from the roster
  center TEXT, -- the team's center on that day, likewise
  customer TEXT, -- the customer, as the source wrote it
  queue TEXT, -- the queue
  direction TEXT, -- inbound, outbound, ..., as the source wrote it
  occurred_at TEXT, -- start of the call, UTC
  local_day TEXT, -- day of the call in its own zone, YYYY-MM-DD
  local_hour INTEGER, -- hour of its start in its own zone, 0 to 23
  superseded_by TEXT, -- the call that took the place of this one in the same file; null for every call that counts
  stored_at TEXT NOT NULL, -- when the heard part was kept, UTC
  judged_at TEXT NOT NULL, -- when the judged part was kept, UTC
  provenance_no INTEGER NOT NULL REFERENCES provenances (provenance_no), -- what it was heard with
  rulebook_no INTEGER NOT NULL REFERENCES rulebooks (rulebook_no), -- what it was judged under
  split TEXT NOT NULL, -- how speakers were told apart: channels, diarized or unsplit
  flags TEXT NOT NULL, -- quality flags of file, channels and voices, JSON list
  turn_count INTEGER NOT NULL, -- number of turns
  audio_duration_s REAL NOT NULL, -- decoded length; the classes of time below add up to it
  speech_s REAL NOT NULL, -- somebody speaks
  hold_s REAL NOT NULL, -- hold music or tones
  ivr_s REAL NOT NULL, -- machine prompts
  silence_s REAL NOT NULL, -- nobody speaks
  agent_only_s REAL, -- only the agent speaks; null where the parties are not trusted
  customer_only_s REAL, -- only the customer speaks; null likewise
  both_s REAL, -- both speak; null likewise
  conversation_start_s REAL, -- first speech
  conversation_end_s REAL, -- last speech
  non_talk_s REAL, -- sum of the stretches in which nobody speaks for long
  non_talk_count INTEGER, -- number of those stretches
  longest_silence_s REAL, -- the longest silence inside the conversation
  non_talk_share REAL, -- non-talk over the conversation, 0 to 1
  greeting_latency_s REAL, -- conversation start to the agent's first word
  overlap_count INTEGER, -- times both spoke at once
  interruption_count INTEGER, -- times one took the floor from the other
  agent_talk_share REAL, -- the agent's part of all talk, 0 to 1
  agent_pace_wpm REAL, -- the agent's words a minute
  agent_interruptions INTEGER, -- times the agent took the floor from the customer
  agent_sentiment REAL, -- the agent's sentiment score, -5 to 5
  customer_sentiment REAL, -- the customer's sentiment score, -5 to 5
  customer_sentiment_shift REAL, -- the customer's last quarter minus the first
  customer_end_state TEXT, -- label of the customer's last quarter
  flagged_count INTEGER NOT NULL, -- rules whose result is not what it should be
  missing TEXT, -- why each measure that is null in this row is null, JSON object
  flow_reasons TEXT -- reasons given with the flow of talk, JSON list of pairs
) STRICT;

-- The recording of each call: the file, what is known of the call and from where, what decoding found.
CREATE TABLE recordings (
  call_no INTEGER PRIMARY KEY REFERENCES calls (call_no) ON DELETE CASCADE, -- the call
  path ANY NOT NULL, -- the file it was heard from; bytes where the name is not UTF-8
  sha256 TEXT NOT NULL, -- digest of the file's bytes, 64 hex digits
  size_bytes INTEGER NOT NULL, -- size of the file
  started_at TEXT, -- start of the call as its source wrote it, with offset and zone
  zone TEXT, -- zone it was written in
  team TEXT, -- team, where a source named one
  center TEXT, -- center, where a source named one
  parties TEXT, -- party of each channel, where a source said so, JSON list
  extras TEXT NOT NULL, -- further columns of the source, JSON object
  sources TEXT NOT NULL, -- where each detail came from, JSON list of pairs
  container TEXT NOT NULL, -- container of the file
  codec TEXT NOT NULL, -- codec of the sound
  channels INTEGER NOT NULL, -- channels in the file
  rate_hz INTEGER NOT NULL, -- samples a second in the file
  duration_s REAL NOT NULL, -- decoded length
  declared_duration_s REAL, -- what the container claimed
  damaged_packets INTEGER NOT NULL, -- packets that could not be decoded
  lost_s REAL NOT NULL, -- seconds of them, filled with silence
  length_verified INTEGER NOT NULL, -- 1 where the container's own length could be checked
  file_flags TEXT NOT NULL, -- quality flags of the file, JSON list
  speech_flags TEXT NOT NULL, -- quality flags of the channels, JSON list
  peaks_hz REAL NOT NULL, -- points a second of the waveform's outline
  peaks_channels INTEGER NOT NULL, -- its channels
  speakers TEXT NOT NULL, -- names of all speakers, JSON list
  stages TEXT NOT NULL -- seconds each stage took, JSON list of pairs
, unheard TEXT NOT NULL DEFAULT '[]', gaps TEXT NOT NULL DEFAULT '[]') STRICT;

-- The outline of each waveform, for drawing, in pieces that fill pages of the file well.
CREATE TABLE peaks (
  piece_id INTEGER PRIMARY KEY, -- call_no * 100000 + number of the piece in the call
  packed BLOB NOT NULL -- piece of one byte a point and channel, compressed (Store.load gives them back)
) STRICT;

-- The voice of each speaker over the call.
CREATE TABLE speakers (
  call_no INTEGER NOT NULL REFERENCES calls (call_no) ON DELETE CASCADE, -- the call
  speaker TEXT NOT NULL, -- ch0, ch1, ... for channels; s0, s1, ... for voices in one channel
  position INTEGER NOT NULL, -- place in the list
  level_dbov REAL, -- active speech level
  noise_dbov REAL, -- noise floor
  pitch_hz REAL, -- median pitch
  pitch_range_st REAL, -- 10th to 90th percentile of pitch, semitones
  voiced_share REAL, -- voiced frames over speech frames, 0 to 1
  clipped_share REAL, -- samples at full scale, 0 to 1
  flags TEXT NOT NULL, -- quality flags of the voice, JSON list
  why_missing TEXT, -- why a measure above is null
  PRIMARY KEY (call_no, speaker)
) STRICT, WITHOUT ROWID;

-- Which party each speaker is, and what decided it.
CREATE TABLE roles (
  call_no INTEGER NOT NULL REFERENCES calls (call_no) ON DELETE CASCADE, -- the call
  speaker TEXT NOT NULL, -- the speaker
  position INTEGER NOT NULL, -- place in the list
  party TEXT NOT NULL, -- agent, customer, ivr or unknown
  confidence REAL NOT NULL, -- 0 to 1
  how TEXT NOT NULL, -- what decided: config, sidecar, relabel, words, ...
  why TEXT NOT NULL, -- the evidence in a sentence
  PRIMARY KEY (call_no, speaker)
) STRICT, WITHOUT ROWID;

-- Turns, compactly. Ask the view `turns` instead: a whole number in a column named ..._x1000 stands
-- for thousandths, and so on; a number with a fraction stands for itself.
CREATE TABLE turns_data (
  turn_id INTEGER PRIMARY KEY, -- call_no * 100000 + number of the turn in the call
  party INTEGER NOT NULL, -- the speaker's party: 0 agent, 1 customer, 2 unknown, 3 ivr
  channel INTEGER NOT NULL, -- the channel it was heard in
  speaker TEXT, -- who speaks; null for ch and the number of the channel
  confidence_x1000 ANY, -- how sure the speaker is; null for 1
  start_s_x1000 ANY NOT NULL, -- first speech
  end_s_x1000 ANY NOT NULL, -- last speech
  pauses BLOB, -- stretches of speech inside the turn, packed; null for one stretch
  text TEXT NOT NULL, -- the words as written by the recogniser
  words BLOB, -- time and confidence of each word, packed; null without words (see the view `words`)
  language TEXT, -- language code; null for en
  word_confidence_x1000 ANY, -- mean word confidence
  level_dbov_x100 ANY, -- level
  level_rel_db_x100 ANY, -- level against the speaker's median
  pitch_hz_x100 ANY, -- median pitch
  pitch_rel_st_x100 ANY, -- pitch against the speaker's median
  pitch_range_st_x100 ANY, -- range of pitch
  pitch_slope_st_s_x100 ANY, -- slope of pitch
  voiced_share_x1000 ANY, -- voiced frames over speech frames
  pace_wpm_x100 ANY, -- words a minute
  articulation_wpm_x100 ANY, -- words a minute without pauses
  pause_share_x1000 ANY, -- pauses over the turn
  text_sentiment_x10000 ANY, -- sentiment of the words
  text_label INTEGER, -- its label: 0 neutral, 1 negative, 2 positive, 3 mixed
  text_confidence_x10000 ANY, -- its confidence
  heard_missing_no INTEGER REFERENCES reasons (reason_no), -- why a measure above is null
  agitation_x10000 ANY, -- agitation of the voice
  sentiment_x10000 ANY, -- words and voice together
  sentiment_label INTEGER, -- its label, likewise
  voice_part_x10000 ANY, -- what the voice added
  judged_missing_no INTEGER REFERENCES reasons (reason_no) -- why one of the last four is null
) STRICT;

-- Stretches of hold music or tones and of machine prompts.
CREATE TABLE machine_spans (
  call_no INTEGER NOT NULL REFERENCES calls (call_no) ON DELETE CASCADE, -- the call
  kind TEXT NOT NULL CHECK (kind IN ('hold', 'ivr')), -- hold or ivr
  position INTEGER NOT NULL, -- number in the call
  start_s REAL NOT NULL, -- start
  end_s REAL NOT NULL, -- end
  PRIMARY KEY (call_no, kind, position)
) STRICT, WITHOUT ROWID;

-- Stretches inside the conversation in which nobody speaks for long.
CREATE TABLE non_talk (
  call_no INTEGER NOT NULL REFERENCES calls (call_no) ON DELETE CASCADE, -- the call
  position INTEGER NOT NULL, -- number in the call
  start_s REAL NOT NULL, -- start
  end_s REAL NOT NULL, -- end
  PRIMARY KEY (call_no, position)
) STRICT, WITHOUT ROWID;

-- Stretches in which both parties speak, compactly; ask the view `overlaps` instead.
CREATE TABLE overlaps_data (
  call_no INTEGER NOT NULL REFERENCES calls (call_no) ON DELETE CASCADE, -- the call
  position INTEGER NOT NULL, -- number in the call
  start_s_x1000 ANY NOT NULL, -- start; a whole number stands for thousandths
  end_s_x1000 ANY NOT NULL, -- end, likewise
  party INTEGER NOT NULL, -- the party who came in second: 0 agent, 1 customer, 2 unknown, 3 ivr
  kind INTEGER NOT NULL, -- 0 overlap, 1 interruption, 2 backchannel
  speaker TEXT NOT NULL, -- that party's speaker
  PRIMARY KEY (call_no, position)
) STRICT, WITHOUT ROWID;

-- The measures of each party of a call.
CREATE TABLE party_measures (
  call_no INTEGER NOT NULL REFERENCES calls (call_no) ON DELETE CASCADE, -- the call
  party TEXT NOT NULL, -- agent, customer, ivr or unknown
  flow_position INTEGER, -- place among the parties of the flow; null where it has no flow
  talk_s REAL, -- seconds of talk
  talk_share REAL, -- part of all talk, 0 to 1
  turns INTEGER, -- number of turns
  words INTEGER, -- number of words
  interruptions INTEGER, -- times it took the floor from the other
  pace_wpm REAL, -- words a minute of own speaking time
  articulation_wpm REAL, -- words a minute without pauses
  pauses_per_min REAL, -- pauses a minute of own speaking time
  pause_median_s REAL, -- median pause
  pause_p90_s REAL, -- 90th percentile of pauses
  pause_share REAL, -- pauses over turn time, 0 to 1
  response_latency_s REAL, -- median gap before it replies
  longest_monologue_s REAL, -- longest stretch not broken by the other
  level_dbov REAL, -- active speech level
  pitch_hz REAL, -- median pitch
  pitch_range_st REAL, -- range of pitch, semitones
  voiced_share REAL, -- voiced frames over speech frames, 0 to 1
  flow_reasons TEXT, -- why a measure above is null, JSON list of pairs
  feeling_position INTEGER, -- place among the parties of the feeling; null where it has none
  sentiment_score REAL, -- -5 to 5 over the call
  sentiment_q1 REAL, -- first quarter of the conversation
  sentiment_q2 REAL, -- second quarter
  sentiment_q3 REAL, -- third quarter
  sentiment_q4 REAL, -- last quarter
  sentiment_shift REAL, -- last quarter minus first
  end_state TEXT, -- label of the last quarter
  most_negative_turn INTEGER, -- number of the most negative turn
  most_positive_turn INTEGER, -- number of the most positive turn
  feeling_reasons TEXT, -- why a measure of feeling is null, JSON list of pairs
  PRIMARY KEY (call_no, party)
) STRICT, WITHOUT ROWID;

-- Results of rules, compactly; ask the view `results` instead.
CREATE TABLE results_data (
  call_no INTEGER NOT NULL REFERENCES calls (call_no) ON DELETE CASCADE, -- the call
  rule_no INTEGER NOT NULL REFERENCES rules (rule_no), -- the rule
  position INTEGER NOT NULL, -- place in the list
  value INTEGER NOT NULL, -- 0 absent, 1 present, 2 cannot tell
  flagged INTEGER NOT NULL, -- 1 where the result is not what it should be
  reason_no INTEGER REFERENCES reasons (reason_no), -- the reason in words, as far as it holds none of the call
  why TEXT, -- the rest of the reason, with words of the call
  PRIMARY KEY (call_no, rule_no)
) STRICT, WITHOUT ROWID;

-- The evidence of rules, compactly; ask the view `hits` instead.
CREATE TABLE hits_data (
  call_no INTEGER NOT NULL REFERENCES calls (call_no) ON DELETE CASCADE, -- the call
  rule_no INTEGER NOT NULL REFERENCES rules (rule_no), -- the rule whose result it supports
  position INTEGER NOT NULL, -- number among the hits of that rule
  rule TEXT, -- id of the rule that matched, where it is another one
  result INTEGER NOT NULL, -- 1 present for a match; 0 absent or 2 cannot tell for a nearest miss
  party INTEGER, -- who spoke: 0 agent, 1 customer, 2 unknown, 3 ivr; null where the evidence is not speech
  turn_no INTEGER, -- the turn; null where it is a measure of the call
  start_s_x1000 ANY, -- start of the words; a whole number stands for thousandths
  end_s_x1000 ANY, -- end of the words, likewise
  quote TEXT NOT NULL, -- the words
  reason_no INTEGER NOT NULL REFERENCES reasons (reason_no), -- what matched, in words of the rulebook
  PRIMARY KEY (call_no, rule_no, position)
) STRICT, WITHOUT ROWID;

-- Filled scorecards.
CREATE TABLE scores (
  call_no INTEGER NOT NULL REFERENCES calls (call_no) ON DELETE CASCADE, -- the call
  scorecard TEXT NOT NULL, -- id of the scorecard
  position INTEGER NOT NULL, -- place in the rulebook
  title TEXT NOT NULL, -- its title
  score REAL, -- 0 to 100; null where nothing could be answered
  answered_share REAL NOT NULL, -- weight answered over weight that applies, 0 to 1
  auto_failed INTEGER NOT NULL, -- 1 where one answer failed the whole call
  critical_errors TEXT NOT NULL, -- kinds of critical questions answered against the call, JSON list
  why TEXT NOT NULL, -- why there is no score
  PRIMARY KEY (call_no, scorecard)
) STRICT, WITHOUT ROWID;

-- Answers on scorecards, compactly; ask the view `answers` instead.
CREATE TABLE answers_data (
  call_no INTEGER NOT NULL REFERENCES calls (call_no) ON DELETE CASCADE, -- the call
  question_no INTEGER NOT NULL REFERENCES questions (question_no), -- the question
  position INTEGER NOT NULL, -- place on the scorecard
  rule_no INTEGER REFERENCES rules (rule_no), -- the rule whose reason and hits are the answer's own
  answer TEXT NOT NULL, -- yes, no, n-a, cannot-tell or person
  points REAL, -- weight earned
  out_of REAL, -- weight that counted
  reason_no INTEGER REFERENCES reasons (reason_no), -- the reason in words, as far as it holds none of the call
  why TEXT, -- the rest of it; null, like reason_no, for the reason of the rule
  hits TEXT, -- evidence, JSON list of [rule, position] of a hit, or of a whole hit; null for that of the rule
  PRIMARY KEY (call_no, question_no)
) STRICT, WITHOUT ROWID;

-- Assessments under other rulebooks than the present one, kept when a call is judged again.
CREATE TABLE past_assessments (
  call_no INTEGER NOT NULL REFERENCES calls (call_no) ON DELETE CASCADE, -- the call
  rulebook_no INTEGER NOT NULL REFERENCES rulebooks (rulebook_no), -- the rulebook
  judged_at TEXT NOT NULL, -- when it was judged under it, UTC
  replaced_at TEXT NOT NULL, -- when another took its place, UTC
  scores TEXT NOT NULL, -- score by scorecard, JSON object
  flagged_count INTEGER NOT NULL, -- rules that were flagged
  packed BLOB NOT NULL, -- the whole assessment, compressed JSON (Store.load_assessment gives it back)
  PRIMARY KEY (call_no, rulebook_no)
) STRICT, WITHOUT ROWID;

-- Who belonged where and when, as the roster file said.
CREATE TABLE roster (
  agent TEXT NOT NULL, -- the agent
  valid_from TEXT, -- first day, null for always
  valid_to TEXT, -- last day, null for still
  name TEXT, -- the agent's name
  team TEXT, -- the team
  center TEXT -- the center
) STRICT;

-- Full-text index over the text of turns; rowid is turn_id, so a hit gives call, turn and time.
CREATE VIRTUAL TABLE turns_fts USING fts5 (
  text,
  content = 'turns_data', content_rowid = 'turn_id', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2'
);

-- Plans: calls drawn for review, and how they were drawn.
CREATE TABLE review_plans (
  plan_id INTEGER PRIMARY KEY, -- number of the plan
  name TEXT NOT NULL UNIQUE, -- its name
  scorecard TEXT NOT NULL, -- the scorecard people fill in
  made_at TEXT NOT NULL, -- when it was drawn, UTC
  made_by TEXT NOT NULL, -- who drew it
  spec TEXT NOT NULL, -- what was asked for: filters, number, periods, strata, risks, seed; JSON object
  frame INTEGER NOT NULL, -- calls it was drawn from
  left_out TEXT NOT NULL -- why other calls of the period could not be drawn, JSON object of reason and calls
) STRICT;

-- Calls drawn by a plan; never the same call twice in one plan.
CREATE TABLE review_draws (
  draw_id INTEGER PRIMARY KEY, -- number of the draw
  plan_id INTEGER NOT NULL REFERENCES review_plans (plan_id), -- the plan
  position INTEGER NOT NULL, -- place in the order in which calls are given out
  call_id TEXT NOT NULL, -- the call
  agent TEXT NOT NULL, -- its agent when it was drawn
  period TEXT NOT NULL, -- the period it was drawn for
  stratum TEXT NOT NULL, -- the stratum it belongs to, JSON object
  risk REAL NOT NULL, -- its weight in the draw; 1 for a call without any risk
  chance REAL NOT NULL CHECK (chance > 0 AND chance <= 1), -- how probable it was that this call be drawn; 1 / chance is its weight in estimates
  reviews INTEGER NOT NULL CHECK (reviews IN (1, 2)), -- blind reviews it is to get, by different people
  reason TEXT NOT NULL, -- why it was drawn, in words
  UNIQUE (plan_id, call_id),
  UNIQUE (plan_id, position)
) STRICT;

-- Agents of whom a plan found fewer calls than asked for.
CREATE TABLE review_shortfalls (
  plan_id INTEGER NOT NULL REFERENCES review_plans (plan_id), -- the plan
  agent TEXT NOT NULL, -- the agent
  period TEXT NOT NULL, -- the period
  wanted INTEGER NOT NULL, -- calls asked for
  found INTEGER NOT NULL, -- calls there were
  PRIMARY KEY (plan_id, agent, period)
) STRICT, WITHOUT ROWID;

-- Reviews: one person, one call, one scorecard of one rulebook. Only its state ever changes, and that it was not blind.
CREATE TABLE reviews (
  review_id INTEGER PRIMARY KEY, -- number of the review
  call_id TEXT NOT NULL, -- the call; stays when the call itself is erased
  agent TEXT, -- its agent when the review was opened
  scorecard TEXT NOT NULL, -- the scorecard
  rulebook_no INTEGER NOT NULL REFERENCES rulebooks (rulebook_no), -- the rulebook whose scorecard it is
  provenance_no INTEGER NOT NULL REFERENCES provenances (provenance_no), -- what the call was heard with
  draw_id INTEGER REFERENCES review_draws (draw_id), -- the draw it answers; null where a person chose the call
  of_review INTEGER REFERENCES reviews (review_id), -- the review it gives a second opinion on
  round INTEGER NOT NULL, -- 1 for the first review of a draw, 2 for the second, ...
  reviewer TEXT NOT NULL, -- who reviews
  opened_at TEXT NOT NULL, -- when it was taken up, UTC
  blind INTEGER NOT NULL DEFAULT 1, -- 0 where the reviewer said to have seen the machine's answers
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'released', 'submitted', 'acknowledged', 'disputed',
    'decided')) -- open, released, submitted, acknowledged, disputed or decided: what the last step made of it
) STRICT;

-- The form of each review, as it was when the review was opened: its questions and the machine's answers.
CREATE TABLE review_questions (
  review_id INTEGER NOT NULL REFERENCES reviews (review_id), -- the review
  position INTEGER NOT NULL, -- place on the form
  question_no INTEGER NOT NULL REFERENCES questions (question_no), -- the question, as its rulebook had it
  way TEXT NOT NULL, -- digest of how the machine answers it: question, rule, lists; the same in rulebooks that differ elsewhere
  machine_answer TEXT NOT NULL, -- yes, no, n-a, cannot-tell or person
  machine_why TEXT, -- its reason; null once the call is erased
  PRIMARY KEY (review_id, position)
) STRICT, WITHOUT ROWID;

-- Every step of every review; rows are only ever added.
CREATE TABLE review_events (
  event_id INTEGER PRIMARY KEY, -- number; grows with time
  review_id INTEGER NOT NULL REFERENCES reviews (review_id), -- the review
  at TEXT NOT NULL, -- when, UTC
  by TEXT NOT NULL, -- who
  kind TEXT NOT NULL CHECK (kind IN ('opened', 'answered', 'submitted', 'released', 'acknowledged', 'disputed',
    'second', 'decided', 'changed', 'note', 'erased')), -- opened, answered, submitted, released, acknowledged, disputed, second, decided, changed, note or erased
  question TEXT, -- id of the question it is about
  answer TEXT, -- the answer given; of a decision: upheld or changed
  at_s REAL, -- the time in the call it points at
  text TEXT -- comment, reason or note; null once the call is erased
) STRICT;

-- Answers as submitted, beside the machine's; written once.
CREATE TABLE review_answers (
  review_id INTEGER NOT NULL REFERENCES reviews (review_id), -- the review
  position INTEGER NOT NULL, -- place on the form
  question TEXT NOT NULL, -- id of the question
  answer TEXT NOT NULL, -- yes, no, n-a or cannot-tell
  machine_answer TEXT NOT NULL, -- yes, no, n-a, cannot-tell or person
  way TEXT NOT NULL, -- digest of how the machine answered
  at_s REAL, -- the evidence's time in the call
  submitted_at TEXT NOT NULL, -- when, UTC
  PRIMARY KEY (review_id, position)
) STRICT, WITHOUT ROWID;

-- What people decided and did about calls, in order. Rows are only ever added: each carries a digest
-- over itself and the one before, so that a changed, removed or moved row is found.
CREATE TABLE audit (
  audit_id INTEGER PRIMARY KEY, -- number, counted up by one
  at TEXT NOT NULL, -- when, UTC
  who TEXT NOT NULL, -- who did it, as they named themselves
  action TEXT NOT NULL, -- flag, export, erase
  call_id TEXT, -- the call it is about
  rule TEXT, -- the rule it is about
  detail TEXT, -- what exactly, JSON object; null where the call was erased since
  salt TEXT, -- random text that goes into detail_digest; null likewise
  detail_digest TEXT NOT NULL, -- SHA-256 over salt and detail; stays when they go
  digest TEXT NOT NULL -- SHA-256 over this row and the digest of the one before
) STRICT;

-- What a person last decided about a flag. A flag without a row is open, and nobody's.
CREATE TABLE flag_states (
  call_id TEXT NOT NULL, -- the call
  rule TEXT NOT NULL, -- id of the rule; scorecard.question for a critical question
  status TEXT NOT NULL CHECK (status IN ('open', 'confirmed', 'dismissed', 'escalated')), -- open, confirmed, dismissed or escalated
  owner TEXT, -- who is to deal with it
  reason TEXT, -- why it was decided so
  due TEXT, -- day by which it is to be dealt with
  changed_at TEXT NOT NULL, -- when this was last changed, UTC
  changed_by TEXT NOT NULL, -- by whom
  seen_result TEXT NOT NULL, -- the result it was decided about
  seen_evidence TEXT NOT NULL, -- digest of the evidence it was decided about
  rulebook TEXT NOT NULL, -- rulebook that found it then
  rulebook_version TEXT NOT NULL, -- its version
  PRIMARY KEY (call_id, rule)
) STRICT, WITHOUT ROWID;

-- Searches kept under a name.
CREATE TABLE saved_searches (
  name TEXT PRIMARY KEY, -- name
  words TEXT NOT NULL, -- what was typed
  filters TEXT NOT NULL, -- where to look, JSON object of the options
  saved_at TEXT NOT NULL, -- when it was saved, UTC
  saved_by TEXT NOT NULL, -- by whom
  looked_at TEXT NOT NULL -- calls stored after this moment are new to it, UTC
) STRICT, WITHOUT ROWID;

-- Calls that were erased: what is left of them, so that their files are not taken up again.
CREATE TABLE erasures (
  call_id TEXT PRIMARY KEY, -- the call
  erased_at TEXT NOT NULL, -- when, UTC
  erased_by TEXT NOT NULL, -- by whom
  reason TEXT NOT NULL -- why; holds no words of the call
) STRICT, WITHOUT ROWID;

-- Digests of the rows of each call, and of what calls share, made in the transaction that wrote them.
CREATE TABLE row_digests (
  table_name TEXT NOT NULL, -- calls for a whole call; else provenances, reasons, rulebooks, rules or questions
  number INTEGER NOT NULL, -- call_no of the call, or number of the row
  digest BLOB NOT NULL, -- eight bytes for the row; of a call, eight bytes for its rows in each table that holds any
  PRIMARY KEY (table_name, number)
) STRICT, WITHOUT ROWID;

-- A digest of every row that a person's decision wrote or changed, in order. Rows are only ever added: each carries
-- a digest over itself and the one before.
CREATE TABLE decision_chain (
  entry_id INTEGER PRIMARY KEY, -- number, counted up by one
  about TEXT NOT NULL, -- audit, erasures, flag_states, reviews, review_events or review_plans
  key TEXT NOT NULL, -- which row: its key, JSON list
  salt TEXT, -- random text that goes into content; null once a later entry is about the same row
  content TEXT NOT NULL, -- SHA-256 over salt and the row with what belongs to it; empty where the row was removed
  digest TEXT NOT NULL -- SHA-256 over this entry and the digest of the one before
) STRICT;

-- How far the decision chain reaches, in a second place: entries cut off at its end are missed.
CREATE TABLE decision_chain_end (
  one INTEGER PRIMARY KEY CHECK (one = 1), -- always 1: there is one row
  entries INTEGER NOT NULL, -- number of the last entry
  digest TEXT NOT NULL -- its digest
) STRICT;

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

-- Forms of calls that were brought in from other databases, so that the same is not brought in again.
CREATE TABLE merged_calls (
  call_id TEXT NOT NULL, -- the call
  version TEXT NOT NULL, -- digest of all that was stored of it
  PRIMARY KEY (call_id, version)
) STRICT, WITHOUT ROWID;

-- Rows of the audit trails of databases that were brought into this one, as they stood there. Each names the one
-- before it, so that each trail can still be verified; where it ended, the row about the merge in `audit` tells.
CREATE TABLE merged_audit (
  digest TEXT PRIMARY KEY, -- SHA-256 over this row and the digest of the one before
  before TEXT NOT NULL, -- digest of the row before; zeros for the first
  trail TEXT NOT NULL, -- the first eight digits of the digest of the first row of its trail
  audit_id INTEGER NOT NULL, -- number in its trail, counted up by one
  at TEXT NOT NULL, -- when, UTC
  who TEXT NOT NULL, -- who did it, as they named themselves
  action TEXT NOT NULL, -- flag, export, erase, backup, restore or merge
  call_id TEXT, -- the call it is about
  rule TEXT, -- the rule it is about
  detail TEXT, -- what exactly, JSON object; null where the call was erased since
  salt TEXT, -- random text that goes into detail_digest; null likewise
  detail_digest TEXT NOT NULL -- SHA-256 over salt and detail; stays when they go
) STRICT, WITHOUT ROWID;

-- Entries of the decision chains of databases that were brought into this one, as they stood there. The rows they
-- tell of were compared with them then, and are covered by this database's own chain since.
CREATE TABLE merged_decisions (
  digest TEXT PRIMARY KEY, -- SHA-256 over this entry and the digest of the one before
  before TEXT NOT NULL, -- digest of the entry before; zeros for the first
  entry_id INTEGER NOT NULL, -- number in its chain, counted up by one
  about TEXT NOT NULL, -- table the entry is about, in its own database
  key TEXT NOT NULL, -- which row there: its key, JSON list
  content TEXT NOT NULL -- SHA-256 over that row; empty where the row was removed
) STRICT, WITHOUT ROWID;

-- Turns of all calls: who said what when, how it sounded and how it felt.
CREATE VIEW turns AS SELECT
  t.turn_id, -- number of the turn in this database
  c.call_no, -- the call, for joins
  c.call_id, -- the call
  t.turn_id % 100000 AS no, -- number of the turn in the call, from 0
  coalesce(t.speaker, 'ch' || t.channel) AS speaker, -- ch0, ch1, ... for channels; s0, s1, ... for voices in one channel
  CASE t.party WHEN 0 THEN 'agent' WHEN 1 THEN 'customer' WHEN 2 THEN 'unknown' ELSE 'ivr' END AS party, -- agent, customer, ivr or unknown
  t.channel, -- the channel it was heard in
  CASE typeof(t.confidence_x1000) WHEN 'integer' THEN t.confidence_x1000 / 1000.0 WHEN 'null' THEN 1.0
    ELSE t.confidence_x1000 END AS speaker_confidence, -- how sure the speaker is, 0 to 1
  CASE typeof(t.start_s_x1000) WHEN 'integer' THEN t.start_s_x1000 / 1000.0 ELSE t.start_s_x1000 END
    AS start_s, -- first speech
  CASE typeof(t.end_s_x1000) WHEN 'integer' THEN t.end_s_x1000 / 1000.0 ELSE t.end_s_x1000 END
    AS end_s, -- last speech
  t.text, -- the words as written by the recogniser
  coalesce(t.language, 'en') AS language, -- language code
  CASE typeof(t.word_confidence_x1000) WHEN 'integer' THEN t.word_confidence_x1000 / 1000.0
    ELSE t.word_confidence_x1000 END AS confidence, -- mean word confidence, 0 to 1
  CASE typeof(t.level_dbov_x100) WHEN 'integer' THEN t.level_dbov_x100 / 100.0 ELSE t.level_dbov_x100 END
    AS level_dbov, -- level of the speech
  CASE typeof(t.level_rel_db_x100) WHEN 'integer' THEN t.level_rel_db_x100 / 100.0 ELSE t.level_rel_db_x100 END
    AS level_rel_db, -- level against the speaker's own median in this call
  CASE typeof(t.pitch_hz_x100) WHEN 'integer' THEN t.pitch_hz_x100 / 100.0 ELSE t.pitch_hz_x100 END
    AS pitch_hz, -- median pitch
  CASE typeof(t.pitch_rel_st_x100) WHEN 'integer' THEN t.pitch_rel_st_x100 / 100.0 ELSE t.pitch_rel_st_x100 END
    AS pitch_rel_st, -- pitch against the speaker's own median in this call, semitones
  CASE typeof(t.pitch_range_st_x100) WHEN 'integer' THEN t.pitch_range_st_x100 / 100.0
    ELSE t.pitch_range_st_x100 END AS pitch_range_st, -- 10th to 90th percentile of pitch, semitones
  CASE typeof(t.pitch_slope_st_s_x100) WHEN 'integer' THEN t.pitch_slope_st_s_x100 / 100.0
    ELSE t.pitch_slope_st_s_x100 END AS pitch_slope_st_s, -- slope of pitch, semitones a second
  CASE typeof(t.voiced_share_x1000) WHEN 'integer' THEN t.voiced_share_x1000 / 1000.0
    ELSE t.voiced_share_x1000 END AS voiced_share, -- voiced frames over speech frames, 0 to 1
  CASE typeof(t.pace_wpm_x100) WHEN 'integer' THEN t.pace_wpm_x100 / 100.0 ELSE t.pace_wpm_x100 END
    AS pace_wpm, -- words a minute
  CASE typeof(t.articulation_wpm_x100) WHEN 'integer' THEN t.articulation_wpm_x100 / 100.0
    ELSE t.articulation_wpm_x100 END AS articulation_wpm, -- words a minute without pauses
  CASE typeof(t.pause_share_x1000) WHEN 'integer' THEN t.pause_share_x1000 / 1000.0
    ELSE t.pause_share_x1000 END AS pause_share, -- pauses over the turn, 0 to 1
  CASE typeof(t.text_sentiment_x10000) WHEN 'integer' THEN t.text_sentiment_x10000 / 10000.0
    ELSE t.text_sentiment_x10000 END AS text_sentiment, -- sentiment of the words, -1 to 1
  CASE t.text_label WHEN 0 THEN 'neutral' WHEN 1 THEN 'negative' WHEN 2 THEN 'positive' WHEN 3 THEN 'mixed' END AS text_label, -- its label: negative, neutral, positive or mixed
  CASE typeof(t.text_confidence_x10000) WHEN 'integer' THEN t.text_confidence_x10000 / 10000.0
    ELSE t.text_confidence_x10000 END AS text_confidence, -- probability of that label
  h.text AS heard_missing, -- why a measure of the voice or the sentiment of the words is null, JSON object
  CASE typeof(t.agitation_x10000) WHEN 'integer' THEN t.agitation_x10000 / 10000.0 ELSE t.agitation_x10000 END
    AS agitation, -- agitation from the voice alone, 0 to 1
  CASE typeof(t.sentiment_x10000) WHEN 'integer' THEN t.sentiment_x10000 / 10000.0 ELSE t.sentiment_x10000 END
    AS sentiment, -- words and voice together, -1 to 1
  CASE t.sentiment_label WHEN 0 THEN 'neutral' WHEN 1 THEN 'negative' WHEN 2 THEN 'positive' WHEN 3 THEN 'mixed' END AS sentiment_label, -- its label
  CASE typeof(t.voice_part_x10000) WHEN 'integer' THEN t.voice_part_x10000 / 10000.0 ELSE t.voice_part_x10000 END
    AS voice_part, -- how much of it the voice added or took away
  j.text AS judged_missing -- why agitation or sentiment is null, JSON object
FROM calls c
-- Both conditions: one finds the turns of a call, the other the call of a turn.
JOIN turns_data t ON t.turn_id BETWEEN c.call_no * 100000 AND c.call_no * 100000 + 99999
  AND c.call_no = t.turn_id / 100000
LEFT JOIN reasons h ON h.reason_no = t.heard_missing_no
LEFT JOIN reasons j ON j.reason_no = t.judged_missing_no;

-- Stretches in which both parties speak.
CREATE VIEW overlaps AS SELECT
  c.call_no, -- the call, for joins
  c.call_id, -- the call
  CASE typeof(o.start_s_x1000) WHEN 'integer' THEN o.start_s_x1000 / 1000.0 ELSE o.start_s_x1000 END
    AS start_s, -- start
  CASE typeof(o.end_s_x1000) WHEN 'integer' THEN o.end_s_x1000 / 1000.0 ELSE o.end_s_x1000 END
    AS end_s, -- end
  CASE o.party WHEN 0 THEN 'agent' WHEN 1 THEN 'customer' WHEN 2 THEN 'unknown' ELSE 'ivr' END AS by, -- the party who came in second
  o.speaker, -- that party's speaker
  CASE o.kind WHEN 0 THEN 'overlap' WHEN 1 THEN 'interruption' ELSE 'backchannel' END AS kind -- interruption, backchannel or overlap
FROM calls c JOIN overlaps_data o ON o.call_no = c.call_no;

-- Results of all rules in all calls, three-valued.
CREATE VIEW results AS SELECT
  c.call_no, -- the call, for joins
  c.call_id, -- the call
  r.rule, -- id of the rule
  r.title, -- its title
  r.kind, -- compliance, driver, behaviour, outcome or risk
  r.severity, -- how much it matters
  CASE d.value WHEN 0 THEN 'absent' WHEN 1 THEN 'present' ELSE 'cannot_tell' END AS value, -- absent, present or cannot_tell
  r.expect, -- the result the rule expects
  d.flagged, -- 1 where the result is not what it should be
  coalesce(w.text, '') || coalesce(d.why, '') AS why, -- the reason in words
  d.rule_no, -- number of the rule, for joins with hits
  r.rulebook_no -- the rulebook it was judged under
FROM calls c JOIN results_data d ON d.call_no = c.call_no JOIN rules r ON r.rule_no = d.rule_no
LEFT JOIN reasons w ON w.reason_no = d.reason_no;

-- The evidence of rules: the words, by whom and when; for a miss, the nearest thing.
CREATE VIEW hits AS SELECT
  c.call_no, -- the call, for joins
  c.call_id, -- the call
  h.rule_no, -- number of the rule whose result it supports, for joins with results
  h.position, -- number among the hits of that rule
  coalesce(h.rule, r.rule) AS rule, -- id of the rule that matched
  CASE h.result WHEN 0 THEN 'absent' WHEN 1 THEN 'present' ELSE 'cannot_tell' END AS result, -- present for a match; absent or cannot_tell for a nearest miss
  CASE h.party WHEN 0 THEN 'agent' WHEN 1 THEN 'customer' WHEN 2 THEN 'unknown' WHEN 3 THEN 'ivr' END AS party, -- who spoke; null where the evidence is not speech
  h.turn_no, -- the turn; null where it is a measure of the call
  CASE typeof(h.start_s_x1000) WHEN 'integer' THEN h.start_s_x1000 / 1000.0 ELSE h.start_s_x1000 END
    AS start_s, -- start of the words
  CASE typeof(h.end_s_x1000) WHEN 'integer' THEN h.end_s_x1000 / 1000.0 ELSE h.end_s_x1000 END
    AS end_s, -- end of the words
  h.quote, -- the words
  w.text AS why -- what matched
FROM calls c JOIN hits_data h ON h.call_no = c.call_no JOIN rules r ON r.rule_no = h.rule_no
JOIN reasons w ON w.reason_no = h.reason_no;

-- Answers on all scorecards.
CREATE VIEW answers AS SELECT
  c.call_no, -- the call, for joins
  c.call_id, -- the call
  q.scorecard, -- id of the scorecard
  q.section, -- title of the section
  q.question, -- id of the question
  q.text, -- the question in words
  a.answer, -- yes, no, n-a, cannot-tell or person
  a.points, -- weight earned
  a.out_of, -- weight that counted
  q.critical, -- customer, business or compliance, where a wrong answer is critical
  q.auto_fail, -- 1 where a wrong answer fails the whole call
  q.rule, -- the rule that answered it
  CASE WHEN a.reason_no IS NULL AND a.why IS NULL THEN coalesce(w.text, '') || coalesce(d.why, '')
    ELSE coalesce(v.text, '') || coalesce(a.why, '') END AS why -- the reason in words
FROM calls c JOIN answers_data a ON a.call_no = c.call_no JOIN questions q ON q.question_no = a.question_no
LEFT JOIN results_data d ON d.call_no = a.call_no AND d.rule_no = a.rule_no
LEFT JOIN reasons w ON w.reason_no = d.reason_no
LEFT JOIN reasons v ON v.reason_no = a.reason_no;

-- Times one party took the floor from the other.
CREATE VIEW interruptions AS SELECT
  o.call_no, -- the call, for joins
  o.call_id, -- the call
  o.by, -- who interrupted
  o.start_s, -- start of the overlap
  o.end_s -- end of the overlap
FROM overlaps o WHERE o.kind = 'interruption';

-- Agents: the newest entry of the roster, and those known from calls alone.
CREATE VIEW agents AS SELECT
  agent, -- the agent
  name, -- the agent's name
  team, -- the team of the newest entry
  center, -- its center
  valid_from, -- first day of that entry
  valid_to, -- last day of that entry
  1 AS in_roster -- 1 where the roster has the agent
FROM (SELECT *, row_number() OVER (PARTITION BY agent ORDER BY valid_from DESC) AS newest FROM roster)
WHERE newest = 1
UNION ALL
SELECT DISTINCT agent, NULL, NULL, NULL, NULL, NULL, 0 FROM calls
WHERE agent IS NOT NULL AND agent NOT IN (SELECT agent FROM roster);

-- Teams, from the roster and from calls.
CREATE VIEW teams AS SELECT
  team, -- the team
  center -- its center
FROM roster WHERE team IS NOT NULL UNION SELECT team, center FROM calls WHERE team IS NOT NULL;

-- Centers, from the roster and from calls.
CREATE VIEW centers AS SELECT
  center -- the center
FROM roster WHERE center IS NOT NULL UNION SELECT center FROM calls WHERE center IS NOT NULL;

-- Scores by agent and scorecard, over all calls; for a period, or with intervals and trends, use `speechcx agents`.
CREATE VIEW agent_scores AS SELECT
  c.agent, -- the agent
  s.scorecard, -- the scorecard; null for calls that none was filled for
  count(*) AS n, -- calls
  count(s.score) AS n_scored, -- calls with a score
  count(*) - count(s.score) AS n_missing, -- calls left out of the score
  avg(s.score) AS score, -- mean score, 0 to 100
  1.0 - avg(CASE WHEN s.score IS NOT NULL THEN s.critical_errors <> '[]' END) AS critical_accuracy, -- scored calls without a critical error, 0 to 1
  avg(c.customer_sentiment) AS customer_sentiment, -- mean over calls, -5 to 5
  count(c.customer_sentiment) AS n_customer_sentiment, -- calls it could be told for
  avg(c.agent_talk_share) AS agent_talk_share, -- mean over calls, 0 to 1
  count(c.agent_talk_share) AS n_agent_talk_share, -- calls it could be told for
  avg(c.agent_pace_wpm) AS agent_pace_wpm, -- mean over calls
  avg(c.agent_interruptions) AS agent_interruptions, -- mean over calls
  avg(c.non_talk_share) AS non_talk_share, -- mean over calls, 0 to 1
  avg(c.hold_s) AS hold_s, -- mean over calls
  sum(c.flagged_count > 0) AS flagged_calls -- calls with a flagged rule
FROM calls c LEFT JOIN scores s ON s.call_no = c.call_no
WHERE c.superseded_by IS NULL
GROUP BY c.agent, s.scorecard;

-- Scores by day, agent and scorecard.
CREATE VIEW agent_days AS SELECT
  c.local_day, -- day of the calls, in their own zone
  c.agent, -- the agent
  c.team, -- the team on that day
  c.center, -- its center
  s.scorecard, -- the scorecard; null for calls that none was filled for
  count(*) AS n, -- calls
  count(s.score) AS n_scored, -- calls with a score
  avg(s.score) AS score, -- mean score, 0 to 100
  avg(c.customer_sentiment) AS customer_sentiment, -- mean over calls, -5 to 5
  sum(c.flagged_count > 0) AS flagged_calls -- calls with a flagged rule
FROM calls c LEFT JOIN scores s ON s.call_no = c.call_no
WHERE c.superseded_by IS NULL
GROUP BY c.local_day, c.agent, c.team, c.center, s.scorecard;

-- Scores by team and scorecard, each call weighing alike and each agent weighing alike.
CREATE VIEW team_scores AS SELECT
  team, -- the team on the day of the call
  center, -- its center
  scorecard, -- the scorecard; null for calls that none was filled for
  sum(n) AS n, -- calls
  sum(n_scored) AS n_scored, -- calls with a score
  sum(n) - sum(n_scored) AS n_missing, -- calls left out of the score
  count(agent) AS n_agents, -- agents
  sum(total) / sum(n_scored) AS score, -- mean over calls
  avg(mean) AS score_by_agent, -- mean over agents' means
  1.0 - sum(errors) * 1.0 / sum(n_scored) AS critical_accuracy, -- scored calls without a critical error, 0 to 1
  sum(feeling) / sum(n_feeling) AS customer_sentiment, -- mean over calls, -5 to 5
  sum(n_feeling) AS n_customer_sentiment, -- calls it could be told for
  sum(flagged) AS flagged_calls -- calls with a flagged rule
FROM (
  SELECT c.team, c.center, c.agent, s.scorecard, count(*) AS n, count(s.score) AS n_scored,
    sum(s.score) AS total, avg(s.score) AS mean,
    sum(s.score IS NOT NULL AND s.critical_errors <> '[]') AS errors, sum(c.customer_sentiment) AS feeling,
    count(c.customer_sentiment) AS n_feeling, sum(c.flagged_count > 0) AS flagged
  FROM calls c LEFT JOIN scores s ON s.call_no = c.call_no
  WHERE c.superseded_by IS NULL GROUP BY c.team, c.center, c.agent, s.scorecard
)
GROUP BY team, center, scorecard;

-- Scores by center and scorecard, each call weighing alike and each agent weighing alike.
CREATE VIEW center_scores AS SELECT
  center, -- the center on the day of the call
  scorecard, -- the scorecard; null for calls that none was filled for
  sum(n) AS n, -- calls
  sum(n_scored) AS n_scored, -- calls with a score
  sum(n) - sum(n_scored) AS n_missing, -- calls left out of the score
  count(agent) AS n_agents, -- agents
  sum(total) / sum(n_scored) AS score, -- mean over calls
  avg(mean) AS score_by_agent, -- mean over agents' means
  1.0 - sum(errors) * 1.0 / sum(n_scored) AS critical_accuracy, -- scored calls without a critical error, 0 to 1
  sum(feeling) / sum(n_feeling) AS customer_sentiment, -- mean over calls, -5 to 5
  sum(n_feeling) AS n_customer_sentiment, -- calls it could be told for
  sum(flagged) AS flagged_calls -- calls with a flagged rule
FROM (
  SELECT c.center, c.agent, s.scorecard, count(*) AS n, count(s.score) AS n_scored,
    sum(s.score) AS total, avg(s.score) AS mean,
    sum(s.score IS NOT NULL AND s.critical_errors <> '[]') AS errors, sum(c.customer_sentiment) AS feeling,
    count(c.customer_sentiment) AS n_feeling, sum(c.flagged_count > 0) AS flagged
  FROM calls c LEFT JOIN scores s ON s.call_no = c.call_no
  WHERE c.superseded_by IS NULL GROUP BY c.center, c.agent, s.scorecard
)
GROUP BY center, scorecard;

-- Everything that waits for a look: results that are not what they should be, compliance rules and critical
-- rules that could not tell, and critical questions answered against the call where no such rule says it.
CREATE VIEW flags_found AS SELECT
  d.call_no, -- the call, for joins
  r.rule, -- id of the rule; scorecard.question for a critical question
  r.title, -- title of the rule, or the question
  r.kind, -- compliance, driver, behaviour, outcome or risk; question for a critical question
  r.severity, -- how much it matters
  CASE d.value WHEN 0 THEN 'absent' WHEN 1 THEN 'present' ELSE 'cannot_tell' END AS result, -- absent, present or cannot_tell; no for a question
  d.rule_no, -- number of the rule, for joins with hits; null for a question without one
  r.rulebook_no, -- the rulebook
  coalesce(w.text, '') || coalesce(d.why, '') AS why -- the reason in words
FROM results_data d JOIN rules r ON r.rule_no = d.rule_no LEFT JOIN reasons w ON w.reason_no = d.reason_no
WHERE d.flagged = 1 AND r.kind <> 'hidden'
UNION ALL SELECT d.call_no, r.rule, r.title, r.kind, r.severity, 'cannot_tell', d.rule_no, r.rulebook_no,
  coalesce(w.text, '') || coalesce(d.why, '')
FROM results_data d JOIN rules r ON r.rule_no = d.rule_no LEFT JOIN reasons w ON w.reason_no = d.reason_no
WHERE d.value = 2 AND d.flagged = 0 AND (r.kind = 'compliance' OR (r.severity = 'critical' AND r.kind <> 'hidden'))
UNION ALL SELECT a.call_no, q.scorecard || '.' || q.question, q.text, 'question', 'critical', a.answer, a.rule_no,
  q.rulebook_no, coalesce(w.text, '') || coalesce(a.why, '')
FROM scores s JOIN answers_data a ON a.call_no = s.call_no
JOIN questions q ON q.question_no = a.question_no AND q.scorecard = s.scorecard
LEFT JOIN reasons w ON w.reason_no = a.reason_no
WHERE s.critical_errors <> '[]' AND a.answer = 'no' AND q.critical IS NOT NULL AND NOT EXISTS
  (SELECT 1 FROM results_data d WHERE d.call_no = a.call_no AND d.rule_no = a.rule_no AND d.flagged = 1);

-- Flags with what people decided about them. `standing` tells whether the call is still flagged for it.
CREATE VIEW flags AS SELECT
  c.call_id || ':' || f.rule AS flag, -- the flag
  c.call_no, -- the call, for joins
  c.call_id, -- the call
  c.occurred_at, -- start of the call, UTC
  c.local_day, -- day of the call
  c.agent, -- the agent
  c.team, -- the agent's team on that day
  c.center, -- its center
  c.customer, -- the customer
  c.queue, -- the queue
  f.rule, -- id of the rule; scorecard.question for a critical question
  f.title, -- its title
  f.kind, -- compliance, driver, behaviour, outcome, risk or question
  f.severity, -- how much it matters
  f.result, -- absent, present or cannot_tell; no for a question
  f.why, -- the reason in words
  coalesce(s.status, 'open') AS status, -- open, confirmed, dismissed or escalated
  s.owner, -- who is to deal with it
  s.reason, -- why it was decided so
  s.due, -- day by which it is to be dealt with
  s.changed_at, -- when that was last changed
  s.changed_by, -- by whom
  'found' AS standing -- found, or gone where a decision is left and the hit is not
FROM calls c JOIN flags_found f ON f.call_no = c.call_no
LEFT JOIN flag_states s ON s.call_id = c.call_id AND s.rule = f.rule
WHERE c.superseded_by IS NULL
UNION ALL SELECT s.call_id || ':' || s.rule, c.call_no, s.call_id, c.occurred_at, c.local_day, c.agent, c.team,
  c.center, c.customer, c.queue, s.rule, NULL, NULL, NULL, s.seen_result, NULL, s.status, s.owner, s.reason, s.due,
  s.changed_at, s.changed_by, 'gone'
FROM flag_states s JOIN calls c ON c.call_id = s.call_id
WHERE c.superseded_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM rules r CROSS JOIN results_data d ON d.call_no = c.call_no AND d.rule_no = r.rule_no
    WHERE r.rulebook_no = c.rulebook_no AND r.rule = s.rule
      AND (d.flagged = 1 OR (d.value = 2 AND (r.kind = 'compliance' OR r.severity = 'critical'))))
  AND NOT EXISTS (SELECT 1 FROM questions q CROSS JOIN answers_data a ON a.call_no = c.call_no
    AND a.question_no = q.question_no WHERE q.rulebook_no = c.rulebook_no AND a.answer = 'no'
      AND q.scorecard || '.' || q.question = s.rule AND q.critical IS NOT NULL AND NOT EXISTS
      (SELECT 1 FROM results_data d WHERE d.call_no = a.call_no AND d.rule_no = a.rule_no AND d.flagged = 1));

-- Flagged rules of calls that count, with the first evidence; a nearest miss is none.
CREATE VIEW flagged_calls AS SELECT
  c.call_no, -- the call, for joins
  c.call_id, -- the call
  c.occurred_at, -- start of the call, UTC
  c.local_day, -- day of the call
  c.agent, -- the agent
  c.team, -- the agent's team on that day
  c.center, -- its center
  c.customer, -- the customer
  c.queue, -- the queue
  r.rule, -- id of the rule
  coalesce(CASE d.value WHEN 0 THEN r.title_absent WHEN 1 THEN r.title_present ELSE r.title_cannot_tell END, r.title) AS title, -- what happened
  r.kind, -- compliance, driver, behaviour, outcome or risk
  r.severity, -- how much it matters
  CASE d.value WHEN 0 THEN 'absent' WHEN 1 THEN 'present' ELSE 'cannot_tell' END AS value, -- absent, present or cannot_tell
  coalesce(w.text, '') || coalesce(d.why, '') AS why, -- the reason in words
  CASE h.party WHEN 0 THEN 'agent' WHEN 1 THEN 'customer' WHEN 2 THEN 'unknown' WHEN 3 THEN 'ivr' END AS party, -- who spoke the first evidence
  CASE typeof(h.start_s_x1000) WHEN 'integer' THEN h.start_s_x1000 / 1000.0 ELSE h.start_s_x1000 END
    AS start_s, -- when
  h.quote -- the words
FROM calls c
JOIN results_data d ON d.call_no = c.call_no AND d.flagged = 1
JOIN rules r ON r.rule_no = d.rule_no
LEFT JOIN reasons w ON w.reason_no = d.reason_no
LEFT JOIN hits_data h ON h.call_no = d.call_no AND h.rule_no = d.rule_no AND h.position = (
  SELECT min(p.position) FROM hits_data p JOIN reasons m ON m.reason_no = p.reason_no
  WHERE p.call_no = d.call_no AND p.rule_no = d.rule_no AND m.text NOT LIKE 'nearest miss: %')
WHERE c.superseded_by IS NULL;

CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");

CREATE INDEX files_by_call ON files (call_id);

CREATE INDEX files_by_state ON files (state);

CREATE INDEX attempts_by_file ON attempts (file_id);

CREATE INDEX attempts_open ON attempts (run_id) WHERE ended_at IS NULL;

CREATE INDEX failures_by_kind ON failures (kind);

CREATE INDEX calls_by_agent ON calls (agent, local_day);

CREATE INDEX calls_by_customer ON calls (customer) WHERE customer IS NOT NULL;

CREATE INDEX calls_by_day ON calls (local_day);

CREATE INDEX recordings_by_path ON recordings (path);

CREATE INDEX roster_by_agent ON roster (agent, valid_from);

CREATE UNIQUE INDEX reviews_of_draw ON reviews (draw_id, round) WHERE state <> 'released' AND draw_id IS NOT NULL;

CREATE UNIQUE INDEX reviews_of_person ON reviews (call_id, scorecard, reviewer) WHERE state <> 'released';

CREATE INDEX reviews_of_review ON reviews (of_review) WHERE of_review IS NOT NULL;

CREATE INDEX reviews_open ON reviews (reviewer) WHERE state = 'open';

CREATE INDEX review_events_by_review ON review_events (review_id, event_id);

CREATE INDEX audit_by_call ON audit (call_id, rule) WHERE call_id IS NOT NULL;

CREATE INDEX flag_states_by_owner ON flag_states (owner) WHERE owner IS NOT NULL;

CREATE INDEX results_flagged ON results_data (call_no, rule_no, value, flagged) WHERE flagged = 1;

CREATE INDEX results_unsure ON results_data (call_no, rule_no, value, flagged) WHERE value = 2;

CREATE INDEX scores_critical ON scores (call_no) WHERE critical_errors <> '[]';

CREATE INDEX decision_chain_by_row ON decision_chain (about, key);

CREATE INDEX files_by_comparison ON files (compared_at, file_id) WHERE state IN ('done', 'duplicate');

CREATE INDEX merged_audit_by_call ON merged_audit (call_id, rule) WHERE call_id IS NOT NULL;

CREATE TRIGGER review_events_stay BEFORE DELETE ON review_events BEGIN
  SELECT raise(ABORT, 'steps of reviews are never removed');
END;

CREATE TRIGGER review_events_fixed BEFORE UPDATE ON review_events
WHEN new.text IS NOT NULL OR (old.event_id, old.review_id, old.at, old.by, old.kind, old.question, old.answer, old.at_s)
  IS NOT (new.event_id, new.review_id, new.at, new.by, new.kind, new.question, new.answer, new.at_s) BEGIN
  SELECT raise(ABORT, 'steps of reviews are never changed; of an erased call only the words go');
END;

CREATE TRIGGER review_answers_fixed BEFORE UPDATE ON review_answers BEGIN
  SELECT raise(ABORT, 'submitted answers are never changed; add a decision');
END;

CREATE TRIGGER review_answers_stay BEFORE DELETE ON review_answers BEGIN
  SELECT raise(ABORT, 'submitted answers are never removed');
END;

CREATE TRIGGER reviews_fixed BEFORE UPDATE OF review_id, call_id, agent, scorecard, rulebook_no, provenance_no, draw_id,
  of_review, round, reviewer, opened_at ON reviews BEGIN
  SELECT raise(ABORT, 'of a review only its state changes');
END;

CREATE TRIGGER audit_rows_stay BEFORE DELETE ON audit BEGIN
  SELECT RAISE(ABORT, 'rows of the audit trail are never removed');
END;

CREATE TRIGGER audit_rows_stay_as_they_are BEFORE UPDATE ON audit
WHEN NOT (NEW.detail IS NULL AND NEW.salt IS NULL AND NEW.audit_id = OLD.audit_id AND NEW.at = OLD.at
  AND NEW.who = OLD.who AND NEW.action = OLD.action AND NEW.call_id IS OLD.call_id AND NEW.rule IS OLD.rule
  AND NEW.detail_digest = OLD.detail_digest AND NEW.digest = OLD.digest)
BEGIN
  SELECT RAISE(ABORT, 'rows of the audit trail are never changed');
END;

CREATE TRIGGER erased_calls_stay_away BEFORE INSERT ON calls
WHEN EXISTS (SELECT 1 FROM erasures WHERE call_id = NEW.call_id)
BEGIN
  SELECT RAISE(ABORT, 'this call was erased');
END;

CREATE TRIGGER decision_chain_stays BEFORE DELETE ON decision_chain BEGIN
  SELECT RAISE(ABORT, 'entries of the decision chain are never removed');
END;

CREATE TRIGGER decision_chain_stays_as_it_is BEFORE UPDATE ON decision_chain
WHEN NOT (NEW.salt IS NULL AND NEW.entry_id = OLD.entry_id AND NEW.about = OLD.about AND NEW.key = OLD.key
  AND NEW.content = OLD.content AND NEW.digest = OLD.digest)
BEGIN
  SELECT RAISE(ABORT, 'entries of the decision chain are never changed');
END;

CREATE TRIGGER merged_audit_stays BEFORE DELETE ON merged_audit BEGIN
  SELECT RAISE(ABORT, 'rows of the audit trail are never removed');
END;

CREATE TRIGGER merged_audit_stays_as_it_is BEFORE UPDATE ON merged_audit
WHEN NOT (NEW.detail IS NULL AND NEW.salt IS NULL AND NEW.digest = OLD.digest AND NEW.before = OLD.before
  AND NEW.trail = OLD.trail AND NEW.audit_id = OLD.audit_id AND NEW.at = OLD.at AND NEW.who = OLD.who
  AND NEW.action = OLD.action AND NEW.call_id IS OLD.call_id AND NEW.rule IS OLD.rule
  AND NEW.detail_digest = OLD.detail_digest)
BEGIN
  SELECT RAISE(ABORT, 'rows of the audit trail are never changed');
END;

CREATE TRIGGER merged_decisions_stay BEFORE DELETE ON merged_decisions BEGIN
  SELECT RAISE(ABORT, 'entries of the decision chain are never removed');
END;

CREATE TRIGGER merged_decisions_stay_as_they_are BEFORE UPDATE ON merged_decisions BEGIN
  SELECT RAISE(ABORT, 'entries of the decision chain are never changed');
END;
