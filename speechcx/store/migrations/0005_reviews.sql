-- What people say of calls: plans of calls to review, reviews, and every step of them, kept for good.

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

-- These two are what keeps two people from getting the same call, and one person from reviewing it twice.
CREATE UNIQUE INDEX reviews_of_draw ON reviews (draw_id, round) WHERE state <> 'released' AND draw_id IS NOT NULL;
CREATE UNIQUE INDEX reviews_of_person ON reviews (call_id, scorecard, reviewer) WHERE state <> 'released';
CREATE INDEX reviews_of_review ON reviews (of_review) WHERE of_review IS NOT NULL;
CREATE INDEX reviews_open ON reviews (reviewer) WHERE state = 'open';

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

CREATE INDEX review_events_by_review ON review_events (review_id, event_id);

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
