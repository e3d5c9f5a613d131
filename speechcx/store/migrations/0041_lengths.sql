-- Lengths that records tell stand with the call they found, so that recordings of another length are found without reading records.
DROP INDEX call_records_by_call;

CREATE INDEX call_records_by_call ON call_records (call_id, duration_s, talk_s, hold_s, wait_s) WHERE call_id IS NOT NULL;
