"""Stored sums against a recount from the rows they are sums of."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from speechcx.store.calls.customer_phrases import find_wrong_phrases
from speechcx.store.calls.team_assignment import PLACED
from speechcx.store.daily_sums import find_wrong_tables
from speechcx.store.facts.handling_sums import find_wrong_handling
from speechcx.store.integrity.problem import REPAIR, DatabaseProblem
from speechcx.store.integrity.queries import IntegrityQuery, run_queries
from speechcx.store.moments import ROWS_A_CALL

_PARTY_COLUMNS = {
    "agent_talk_share": ("agent", "talk_share"),
    "agent_pace_wpm": ("agent", "pace_wpm"),
    "agent_interruptions": ("agent", "interruptions"),
    "agent_sentiment": ("agent", "sentiment_score"),
    "customer_sentiment": ("customer", "sentiment_score"),
    "customer_sentiment_shift": ("customer", "sentiment_shift"),
    "customer_end_state": ("customer", "end_state"),
}
"""Columns of ``calls`` that copy a measure of a party."""

_COUNTED = {
    "turn_count": f"(SELECT count(*) FROM turns_data t WHERE t.turn_id BETWEEN c.call_no * {ROWS_A_CALL}"
    f" AND (c.call_no + 1) * {ROWS_A_CALL} - 1)",
    "flagged_count": "(SELECT coalesce(sum(d.flagged), 0) FROM results_data d WHERE d.call_no = c.call_no)",
    "overlap_count": "(SELECT count(*) FROM overlaps_data o WHERE o.call_no = c.call_no)",
    "interruption_count": "(SELECT count(*) FROM overlaps_data o WHERE o.call_no = c.call_no AND o.kind = 1)",
    "non_talk_count": "(SELECT count(*) FROM non_talk n WHERE n.call_no = c.call_no)",
    **{
        column: f"(SELECT p.{measure} FROM party_measures p WHERE p.call_no = c.call_no AND p.party = '{party}')"
        for column, (party, measure) in _PARTY_COLUMNS.items()
    },
    **PLACED,
}
"""Columns of ``calls`` that follow from other rows, and how."""

_MEANS = "lists and averages of calls, agents and teams are wrong by it"

_QUERIES = (
    *(
        IntegrityQuery(
            f"SELECT * FROM (SELECT c.call_id, c.{column} AS stored, {sql} AS counted FROM calls c)"
            " WHERE stored IS NOT counted",
            f"{column} of a call is stored as {{}}, and its rows give {{}}",
            _MEANS, REPAIR, "calls", "sums",
        )
        for column, sql in _COUNTED.items()
    ),
    IntegrityQuery(
        "SELECT NULL, run_id, done, (SELECT count(*) FROM attempts a WHERE a.run_id = r.run_id AND a.outcome = 'done')"
        " AS counted FROM runs r WHERE command = 'run' AND finished_at IS NOT NULL AND done < counted",
        "run {} says that it scored {} calls, and {} attempts of it did",
        "the numbers of that run are wrong", "nothing needs to be done: no call is touched", "runs",
    ),
)  # fmt: skip


def find_wrong_sums(db: sqlite3.Connection) -> Iterator[DatabaseProblem]:
    """Sums of calls and runs that a recount does not give."""
    yield from run_queries(db, "sums", _QUERIES)
    for table, rows in (*find_wrong_tables(db), *find_wrong_handling(db)):
        yield DatabaseProblem(
            "sums",
            f"{rows} rows of {table} are not what the calls give",
            _MEANS,
            REPAIR,
            table=table,
            repair="sums",
        )
    if wrong := sum(1 for _ in find_wrong_phrases(db)):
        yield DatabaseProblem(
            "sums",
            f"{wrong} rows of customer_phrases are not the phrases of their calls",
            "`topics` counts wrongly",
            REPAIR,
            table="customer_phrases",
            repair="sums",
        )


def count_again(db: sqlite3.Connection, call_id: str) -> None:
    """Write the sums of a call again from its rows; inside a write."""
    changes = ", ".join(f"{column} = {sql}" for column, sql in _COUNTED.items())
    db.execute(f"UPDATE calls AS c SET {changes} WHERE call_id = ?", (call_id,))
