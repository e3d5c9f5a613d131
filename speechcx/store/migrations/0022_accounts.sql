-- Customers' accounts, as a CRM or a billing system exports them.
CREATE TABLE accounts (
  account_no INTEGER PRIMARY KEY, -- number, for the digests
  account_id TEXT NOT NULL UNIQUE, -- the account there; the customer where the source names none
  customer TEXT NOT NULL, -- the customer, as the source writes it
  customer_key TEXT NOT NULL, -- what its ways to write have in common: the last nine digits of a number
  status TEXT CHECK (status IN ('kept', 'lost')), -- whether the customer stayed; null where not told
  opened_day TEXT, -- since when
  closed_day TEXT, -- until when; null for those that stayed, and where not told
  as_of_day TEXT, -- the day of which all this is told; null where not told
  value REAL, -- what the customer is worth, as the source counts it
  lifetime_value REAL, -- and over the whole time
  currency TEXT, -- of both
  import_no INTEGER NOT NULL REFERENCES imports (import_no), -- where it was last told
  row INTEGER NOT NULL -- line or row of that file, counted from 1
) STRICT;

CREATE INDEX accounts_by_customer ON accounts (customer_key);
