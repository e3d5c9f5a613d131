-- How long the other party waited in silence for an answer.
ALTER TABLE party_measures ADD COLUMN dead_air_share REAL; -- silences of 3 s and more after the other's words, of the conversation, 0 to 1
ALTER TABLE calls ADD COLUMN agent_dead_air_share REAL; -- silences of 3 s and more after the customer's words, of the conversation, 0 to 1

-- Calls judged before have no value, and say why.
UPDATE party_measures SET flow_reasons = json_insert(flow_reasons, '$[#]',
  json_array('dead_air_share', 'judged before this was measured; `speechcx rejudge --again` measures it'))
WHERE flow_position IS NOT NULL;

UPDATE calls SET missing = json_set(coalesce(missing, '{}'), '$.agent_dead_air_share',
  'judged before this was measured; `speechcx rejudge --again` measures it');
