-- How much of its talk a party says over the other.
ALTER TABLE party_measures ADD COLUMN overtalk_share REAL; -- part of its talk said over the other, who was already speaking, 0 to 1
ALTER TABLE calls ADD COLUMN agent_overtalk_share REAL; -- part of the agent's talk said over the customer, who was already speaking, 0 to 1

-- Calls judged before have no value, and say why.
UPDATE party_measures SET flow_reasons = json_insert(flow_reasons, '$[#]',
  json_array('overtalk_share', 'judged before this was measured; `speechcx rejudge --again` measures it'))
WHERE flow_position IS NOT NULL;

UPDATE calls SET missing = json_set(coalesce(missing, '{}'), '$.agent_overtalk_share',
  'judged before this was measured; `speechcx rejudge --again` measures it');
