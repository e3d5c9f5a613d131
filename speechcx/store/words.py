"""The view ``words``: every word of every turn with its time, for queries on an open store."""

from __future__ import annotations

import json
import sqlite3

from speechcx.store.packing import unpack_words

_VIEW = """
CREATE TEMP VIEW IF NOT EXISTS words AS SELECT
  t.call_no, t.call_id, t.no AS turn_no, t.speaker, t.party, w.key AS no,
  json_extract(w.value, '$[0]') AS text, json_extract(w.value, '$[1]') AS start_s,
  json_extract(w.value, '$[2]') AS end_s, json_extract(w.value, '$[3]') AS confidence
FROM turns t JOIN turns_data d ON d.turn_id = t.turn_id
JOIN json_each(words_json(d.words, d.text, t.start_s)) w
"""


def add_words(db: sqlite3.Connection) -> None:
    """Make the view ``words`` known to a connection.

    Words lie packed beside their turn, some four bytes each; a row for each would take ten times as
    much. The view is temporary, since it needs a function that a plain ``sqlite3`` does not have.
    Its columns: call_no, call_id, turn_no, speaker, party, no (number in the turn), text, start_s,
    end_s, confidence.
    """
    db.create_function("words_json", 3, words_json, deterministic=True)
    db.execute(_VIEW)


def words_json(packed: bytes | None, text: str, start_s: float) -> str:
    """The words of a turn as a JSON list of [text, start_s, end_s, confidence]."""
    words = unpack_words(packed, text, start_s=start_s)
    return json.dumps([[word.text, word.start_s, word.end_s, word.confidence] for word in words])
