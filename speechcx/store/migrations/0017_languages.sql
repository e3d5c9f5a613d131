-- The language of each call, which decides the rulebook it is judged by.
ALTER TABLE calls ADD COLUMN language TEXT; -- ISO 639-1 code of the language of the call; und where it could not be told, null without words
ALTER TABLE calls ADD COLUMN language_share_x1000 INTEGER; -- thousandths of the speech with words that was heard in it
ALTER TABLE calls ADD COLUMN language_is_set INTEGER NOT NULL DEFAULT 0; -- 1 where a sidecar or a calls table says the language

-- Calls judged before: the language of most of their speech with words, as judging finds it.
CREATE TEMP TABLE spoken (
  call_no INTEGER, language TEXT, spoken INTEGER, PRIMARY KEY (call_no, language)
) STRICT, WITHOUT ROWID;

INSERT INTO spoken SELECT call_no, language, sum(length) FROM (
  SELECT turn_id / 100000 AS call_no, lower(coalesce(language, 'en')) AS language,
    max(end_s_x1000 - start_s_x1000, 10) AS length
  FROM turns_data WHERE words IS NOT NULL
) GROUP BY call_no, language;

UPDATE calls SET (language, language_share_x1000) = (
  SELECT language, CAST(round(1000.0 * spoken / sum(spoken) OVER ()) AS INTEGER) FROM spoken s
  WHERE s.call_no = calls.call_no ORDER BY spoken DESC, language = 'und', language LIMIT 1
);

DROP TABLE spoken;
