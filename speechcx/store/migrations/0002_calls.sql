-- What was heard in each call, and what was made of it.

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
  expect TEXT, -- the result it expects, null where it expects none
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

CREATE INDEX calls_by_agent ON calls (agent, local_day);
CREATE INDEX calls_by_customer ON calls (customer) WHERE customer IS NOT NULL;
CREATE INDEX calls_by_day ON calls (local_day);

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
) STRICT;

CREATE INDEX recordings_by_path ON recordings (path);

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

CREATE INDEX results_flagged ON results_data (call_no, rule_no) WHERE flagged = 1;

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

CREATE INDEX roster_by_agent ON roster (agent, valid_from);
