"""What one person may see of a database: temporary views hide the rows of all other calls from a connection.

A temporary view takes precedence over the table of its name, so that every question, also one written later, finds only
these calls. It holds for one connection that cannot write.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from speechcx.store.decisions.review_record import is_same
from speechcx.store.paths import plain_text

BY_CALL_NO = ("recordings",)
BY_CALL_ID = ("files", "call_numbers", "reviews", "audit", "merged_audit")
"""Tables that are asked for without their call and hold names or words; rows of other calls are hidden there."""


OF_EVERYBODY = ("rule_sums_by_day", "mix_calls_by_month", "mix_scores_by_month")
"""Sums over the calls of everybody, which cannot be parted: hidden whole. Where calls under review are hidden, no sum
is asked (:func:`speechcx.store.select_sums.has_sums`)."""


@dataclass(frozen=True, slots=True)
class VisibleCalls:
    """The calls a person may see: those of an agent or of a team that is named; of nobody where none is.

    Parameters
    ----------
    agents, teams
        As stored with the call, to the letter.
    """

    agents: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


def hide_other_calls(
    db: sqlite3.Connection, visible: VisibleCalls | None, under_review: Sequence[str] = ()
) -> None:
    """Hide every call that is not visible, for as long as the connection is open.

    Parameters
    ----------
    db
        A connection that cannot write.
    visible
        The calls of this person; None for all.
    under_review
        Calls that this person reviews blind: they are in no list and no average, but among the reviews.
    """
    if visible is None and not under_review:
        return
    own = "1"
    if visible is not None:
        own = f"(agent IN ({_listed(db, visible.agents)}) OR team IN ({_listed(db, visible.teams)}))"
    shown = f"{own} AND call_id NOT IN ({_listed(db, under_review)})" if under_review else own
    own_groups = f"SELECT group_no FROM main.sum_groups WHERE {'0' if under_review else own}"
    views = {
        "calls": f"SELECT * FROM main.calls WHERE {shown}",
        "flag_states": f"SELECT * FROM main.flag_states t WHERE {_has_call('call_id', shown)}",
        "contacts": f"SELECT * FROM main.contacts t WHERE {_has_call('call_no', shown)}",
        # Sums of people go by their group, which cannot be parted where single calls are hidden.
        "sum_groups": f"SELECT * FROM main.sum_groups WHERE {'0' if under_review else own}",
        "flag_sums_by_call": f"SELECT * FROM main.flag_sums_by_call t WHERE group_no IN ({own_groups})",
        **{name: f"SELECT * FROM main.{name} WHERE 0" for name in OF_EVERYBODY},
    }  # fmt: skip
    if visible is not None:
        records = f"FROM main.call_records WHERE {own}"
        views |= {
            "call_legs": f"SELECT * FROM main.call_legs WHERE record_id IN (SELECT record_id {records})",
            "call_records": f"SELECT * {records}",
            "handling_sums_by_month": f"SELECT * FROM main.handling_sums_by_month WHERE {own}",
            "handling_sums_by_day": "SELECT * FROM main.handling_sums_by_day WHERE 0",
            "survey_answers": f"SELECT * FROM main.survey_answers t WHERE {_has_call('call_id', own)}",
            # An account is a customer's, and belongs to nobody who takes calls.
            **{name: f"SELECT * FROM main.{name} WHERE 0" for name in ("accounts", "imports", "deliveries")},
            "roster": f"SELECT * FROM main.roster WHERE {own}",
            # A file that failed belongs to nobody yet.
            "failures": "SELECT * FROM main.failures WHERE 0",
            **{name: f"SELECT * FROM main.{name} t WHERE {_has_call('call_no', own)}" for name in BY_CALL_NO},
            **{name: f"SELECT * FROM main.{name} t WHERE {_has_call('call_id', own)}" for name in BY_CALL_ID},
        }  # fmt: skip
    db.execute("PRAGMA query_only = OFF")
    for name, query in views.items():
        db.execute(f"CREATE TEMP VIEW {name} AS {query}")
    db.execute("PRAGMA query_only = ON")


def show_all_calls(db: sqlite3.Connection) -> None:
    """Undo :func:`hide_other_calls`, whatever it hid; other temporary views go too."""
    views = db.execute("SELECT name FROM temp.sqlite_master WHERE type = 'view'").fetchall()
    db.execute("PRAGMA query_only = OFF")
    for (name,) in views:
        db.execute(f"DROP VIEW temp.{name}")
    db.execute("PRAGMA query_only = ON")


def _has_call(column: str, condition: str) -> str:
    """Whether a row of a table ``t`` belongs to a call of a condition.

    A look-up for each row that is asked for: with ``IN`` every question would read every call again.
    """
    return f"EXISTS (SELECT 1 FROM main.calls c WHERE c.{column} = t.{column} AND {condition})"


def find_calls_under_review(db: sqlite3.Connection, reviewer: str) -> tuple[str, ...]:
    """Calls of which somebody has a review open; what the machine found in them is not for this person yet."""
    found = db.execute("SELECT call_id, reviewer FROM main.reviews WHERE state = 'open'")
    return tuple(sorted({call_id for call_id, name in found if is_same(name, reviewer)}))


def _listed(db: sqlite3.Connection, names: Sequence[str]) -> str:
    """Names as SQL text; SQLite itself puts the quotes, since a view takes no parameters."""
    quoted = (db.execute("SELECT quote(?)", (plain_text(name),)).fetchone()[0] for name in names)
    return ", ".join(quoted)
