"""A database with every kind of decision in it, and every way to change one behind the back of speechcx."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

from speechcx.call import Call, Span
from speechcx.call.imported import CallLeg, CommentReading, CustomerAccount, SurveyAnswer
from speechcx.store import FileStats, RunInfo, RunTotals, Store
from speechcx.store.calls.erasure import erase_calls
from speechcx.store.calls.removed_parts import remove_parts
from speechcx.store.decisions.audit import AuditEntry, add_entries
from speechcx.store.decisions.flags import FlagChange, SeenFlag, set_flags
from speechcx.store.decisions.follow_ups import FollowUpChange, FollowUpKey, mark_follow_up
from speechcx.store.decisions.legal_holds import Held, release_hold, set_hold
from speechcx.store.decisions.review_disputes import acknowledge, add_note, decide, dispute
from speechcx.store.decisions.review_plans import Draw, ReviewPlan, Shortfall, save_plan
from speechcx.store.decisions.review_record import Given
from speechcx.store.deliveries import Notice, queue_notice
from speechcx.store.facts.forget_facts import forget_customer
from speechcx.store.facts.save import ImportInfo, save_accounts, save_answers, save_legs
from speechcx.store.merging import merge_store, read_ends
from speechcx.store.moments import utc_text
from tests.factories import make_assessment, make_failure, make_hit, make_result
from tests.store.reviewing import answers, desk_of, plan, reviewable

DECISION_TABLES = (
    "audit", "erasures", "flag_states", "reviews", "review_questions", "review_events", "review_answers",
    "review_plans", "review_draws", "review_shortfalls", "legal_holds", "held_calls", "erasure_certificates",
    "removed_parts", "forgotten_facts",
)  # fmt: skip
"""Tables that hold what people decided."""


def keep_everything(store: Store, *, merged: bool = True) -> list[str]:
    """A run with calls, a copy, a failure and an erasure, and every kind of decision; returns the calls' ids."""
    store.sync_roster(
        [
            SimpleNamespace(
                agent="ann", name="Ann", team="blue", center="Leeds", valid_from=None, valid_to=None
            )
        ]
    )
    run = store.ledger.begin_run(RunInfo(command="run"))
    ids = []
    for number in range(6):
        call = full_call(number)
        recording, stats = call.conversation.recording, FileStats(1000 + number, 10**18 + number)
        store.ledger.claim(run, recording, stats)
        store.ledger.save_outcome(run, call, stats)
        ids.append(recording.id)
    store.ledger.skip(run, "/calls/copy.wav", FileStats(1000, 1), reason="duplicate", call_id=ids[0])
    store.ledger.save_outcome(run, make_failure("bad"), FileStats(5, 5))
    newer = full_call(2)
    store.save_assessment(
        ids[2], make_assessment(newer.conversation, version="2", scores=newer.assessment.scores)
    )
    import_facts(store, ids[0])
    save_search(store)
    decide_everything(store, ids)
    if merged:
        bring_in_another(store)
    store.ledger.finish_run(run, RunTotals(planned=7, done=6, failed=1), 3)
    return ids


def full_call(number: int) -> Call:
    """A call with a row in every table: hold, a machine, silence, overlaps, evidence, answers."""
    call = reviewable(number)
    heard = call.conversation
    speech = replace(heard.speech, hold=(Span(20.0, 25.0),), ivr=(Span(0.0, 0.4),))
    results = (
        make_result(hits=(make_hit(),)),
        make_result("greeting", flagged=True, why="nothing like it was said"),
        # Every other call has a contact driver, the rest has none.
        make_result(
            "billing", kind="driver", value="absent" if number % 2 else "present", flagged=False, hits=()
        ),
    )
    return Call(replace(heard, speech=speech), replace(call.assessment, results=results))


def bring_in_another(store: Store) -> None:
    """Another database with a call that is known and a trail of its own."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "other.db", create=True) as other:
        other.save_call(full_call(0))
        add_entries(
            other, "zoe", [AuditEntry("export", full_call(0).conversation.recording.id, None, {"to": "page"})]
        )
        with store.write():
            merge_store(store, other)
            add_entries(store, "mia", [AuditEntry("merge", detail={"from": "other.db", **read_ends(other)})])


def import_facts(store: Store, call_id: str) -> None:
    """A call record of a stored call, and an answer of its customer, with a value in every column."""
    moment = datetime(2025, 3, 4, 9, 30, tzinfo=UTC)
    leg = CallLeg(
        call_id, "1", moment, "ann", "c-17", "billing", "inbound", "answered", 5.0, 50.0, 4.0, 3.0, 62.0, "call.wav",
        (("did", "800"),), 2,
    )  # fmt: skip
    save_legs(store, [leg], ImportInfo("calls", "cdr.csv", "0" * 64, "mia", "UTC", 30.0))
    reading = CommentReading("es", 0.5, "positive", ("driver-billing",), "lexicon 1; drivers 2", "not read")
    answer = SurveyAnswer(
        "r1", "csat", 4.0, 1.0, 5.0, moment, call_id, "c-17", "ann", "fine", 2, reading=reading
    )
    save_answers(store, [answer], ImportInfo("surveys", "surveys.csv", "1" * 64, "mia", "UTC", 30.0))
    account = CustomerAccount(
        "k1", "c-17", "lost", date(2024, 1, 2), date(2025, 3, 1), date(2025, 3, 4), 12.0, 340.0, "EUR", 2
    )
    save_accounts(store, [account], ImportInfo("accounts", "crm.csv", "3" * 64, "mia", "UTC", 30.0))


def save_search(store: Store) -> None:
    """One search kept under a name."""
    now = utc_text()
    store.db.execute("INSERT INTO saved_searches VALUES ('mine', 'cancel', '{}', ?, 'mia', ?)", (now, now))


def decide_everything(store: Store, ids: list[str]) -> None:
    """Flags, exports, an erasure, plans, and reviews in every state."""
    for number, call_id in enumerate(ids):
        seen = SeenFlag(call_id, "greeting", "absent", f"e{number}", "bank", "2")
        set_flags(store, [seen], FlagChange("escalated", owner="zoe", reason=f"why {number}"), who="mia")
    set_flags(
        store, [SeenFlag(ids[1], "greeting", "absent", "e1", "bank", "2")], FlagChange("confirmed"), who="ann"
    )
    add_entries(store, "mia", [AuditEntry("export", ids[1], None, {"to": "evidence"})])
    plan(store, ids[:4])
    plan_with_shortfall(store, ids)
    review_all(store)
    erase_calls(store, [ids[5]], who="mia", reason="the customer asked for it")
    keep_or_remove(store, ids)
    follow_up(store, ids[1])


def follow_up(store: Store, call_id: str) -> None:
    """A callback with an owner, and a notice that waits."""
    change = FollowUpChange("done", owner="zoe", due=date(2025, 3, 6), result="paid back")
    mark_follow_up(store, FollowUpKey("callback", call_id, call_id), change, who="mia")
    with store.write():
        queue_notice(store, "4" * 64, "json://localhost", Notice("alerts 2025-03-04", "1 alert", "1 alert"))


def keep_or_remove(store: Store, ids: list[str]) -> None:
    """Holds that hold and that were released, a call taken out of the search index, a customer whose facts went."""
    set_hold(store, "case 17", Held(call_id=ids[0]), who="mia", reason="claim")
    set_hold(store, "case 18", Held(call_id=ids[1]), who="mia", reason="claim")
    release_hold(store, "case 18", who="mia", reason="settled")
    remove_parts(store, ids[3], ["index"])
    answer = SurveyAnswer("gone-1", "csat", 1.0, 1.0, 5.0, customer="gone", row=9)
    save_answers(store, [answer], ImportInfo("surveys", "gone.csv", "2" * 64, "mia", "UTC", 30.0))
    with store.write():
        forget_customer(store.db, "gone")


def plan_with_shortfall(store: Store, ids: list[str]) -> None:
    """A second plan, with an agent of whom there were too few calls."""
    draw = Draw(ids[4], "ann", "all", (("team", "blue"),), 2.0, 0.25, 1, "1 of 4 calls")
    short = Shortfall("cid", "all", 3, 1)
    save_plan(
        store,
        ReviewPlan("april", "service-quality", "lead", (("seed", 2),), 4, (("short", 1),), (draw,), (short,)),
    )


def review_all(store: Store) -> None:
    """One review for each way a review can go."""
    desk = desk_of(store)
    for name, goes in (
        ("rita", "decided"),
        ("rolf", "acknowledged"),
        ("ruth", "submitted"),
        ("rena", "open"),
    ):
        taken = desk.take_next(name)
        assert taken is not None
        if goes == "open":
            desk.answer(taken.review_id, name, [Given("greeted", "yes", "warm", 1.0)])
            continue
        desk.answer(taken.review_id, name, answers(verified="no"))
        desk.submit(taken.review_id, name)
        add_note(store, taken.review_id, name, "well done", 2.0)
        if goes == "acknowledged":
            acknowledge(store, taken.review_id, "ann", "thank you")
        if goes == "decided":
            dispute(store, taken.review_id, "ann", "I did verify", "verified")
            decide(
                store,
                taken.review_id,
                "lead",
                outcome="changed",
                changes=[Given("verified", "yes")],
                reason="heard",
            )


def unguard(path: Path) -> sqlite3.Connection:
    """The file as somebody with another program opens it who has taken its guards away."""
    db = sqlite3.connect(path, isolation_level=None)
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {name}")
    for (name,) in db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall():
        db.execute(f"DROP INDEX {name}")
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("PRAGMA ignore_check_constraints = ON")
    return db


def other_value(db: sqlite3.Connection, table: str, column: str) -> str:
    """SQL for a value that differs from the one a column has, of the type it may have."""
    kinds = {name: kind for _, name, kind, *_ in db.execute(f"PRAGMA table_info({table})")}
    if kinds[column] == "TEXT":
        return f"coalesce({column}, '') || 'x'"
    if kinds[column] == "BLOB":
        return f"CAST(coalesce({column}, x'00') || x'01' AS BLOB)"
    if kinds[column] == "ANY":
        is_number = f"typeof({column}) IN ('integer', 'real')"
        return f"CASE WHEN {is_number} THEN {column} + 1 ELSE coalesce({column}, '') || 'x' END"
    return f"coalesce({column}, 0) + 1000"


def list_columns(db: sqlite3.Connection, table: str) -> list[str]:
    """Columns of a table."""
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def row_key(db: sqlite3.Connection, table: str) -> str:
    """The columns of the key of a table, for ORDER BY and IN."""
    return ", ".join(row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[5])


def list_tamperings(path: Path) -> Iterator[tuple[str, str]]:
    """(what, SQL): each column of each table changed; rows removed, put in, swapped, cut off at the end."""
    db = sqlite3.connect(path)
    for table in (*DECISION_TABLES, "decision_chain", "decision_chain_end"):
        key = row_key(db, table)
        last = f"SELECT {key} FROM {table} ORDER BY {key} DESC LIMIT 1"
        for column in list_columns(db, table):
            value = other_value(db, table, column)
            yield (
                f"{table}.{column} changed",
                f"UPDATE {table} SET {column} = {value} WHERE ({key}) IN ({last})",
            )
        yield f"last of {table} removed", f"DELETE FROM {table} WHERE ({key}) IN ({last})"
        first = last.replace(" DESC", "")
        yield f"first of {table} removed", f"DELETE FROM {table} WHERE ({key}) IN ({first})"
        yield f"{table} emptied", f"DELETE FROM {table}"
        if table != "decision_chain_end":
            # Every column differs: no two rows may be alike where a constraint says so.
            chosen = ", ".join(other_value(db, table, name) for name in list_columns(db, table))
            yield (
                f"row put into {table}",
                f"INSERT INTO {table} SELECT {chosen} FROM {table} WHERE ({key}) IN ({last})",
            )
    for table, number in (
        ("audit", "audit_id"),
        ("review_events", "event_id"),
        ("decision_chain", "entry_id"),
    ):
        yield (
            f"two rows of {table} swapped",
            f"UPDATE {table} SET {number} = -{number} WHERE {number} IN (2, 3);"
            f"UPDATE {table} SET {number} = 5 + {number} WHERE {number} < 0",
        )
    yield "details wiped without an erasure", "UPDATE audit SET detail = NULL, salt = NULL WHERE audit_id = 1"
    yield "words of a review wiped", "UPDATE review_events SET text = NULL WHERE text IS NOT NULL"
    yield "all decisions of the last day cut off", _CUT_TAIL
    yield "the same with the second end set back", _CUT_TAIL + _SET_END
    db.close()


_CUT_TAIL = """
DELETE FROM decision_chain WHERE entry_id > 30;
DELETE FROM audit WHERE audit_id > (SELECT count(*) FROM decision_chain WHERE about = 'audit');
"""
_SET_END = """
UPDATE decision_chain_end SET entries = 30, digest = (SELECT digest FROM decision_chain WHERE entry_id = 30);
"""
