-- What customers say in each call, as numbers of its phrases: topics are counted without reading words.

-- Phrases in the customer's words of a call. A call without a row is counted from its words.
CREATE TABLE customer_phrases (
  call_no INTEGER PRIMARY KEY REFERENCES calls (call_no) ON DELETE CASCADE, -- the call
  packed BLOB -- 48-bit numbers of its phrases, packed by store/calls/customer_phrases.py; null where the customer says nothing
) STRICT;

-- The newest call of every customer is found in the index alone.
DROP INDEX calls_by_customer;
CREATE INDEX calls_by_customer ON calls (customer, superseded_by) WHERE customer IS NOT NULL;
