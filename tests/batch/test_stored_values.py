"""An old database is treated: every table, free pages and log; results and decisions stay."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from speechcx.batch.stored_values import redact_stored
from speechcx.call import Call
from speechcx.config import Settings
from speechcx.errors import UsageError
from speechcx.redact.byte_search import find_in_files
from speechcx.store import Store
from speechcx.store.calls.redacted_rows import TEXTS
from speechcx.store.calls.removed_parts import REMOVED_PARTS, remove_parts
from speechcx.store.calls.row_digests import note_all
from speechcx.store.decisions.audit import AuditEntry, add_entries, read_trail
from speechcx.store.decisions.chain import note_missing
from speechcx.store.decisions.flags import FlagChange, SeenFlag, set_flags
from speechcx.store.decisions.legal_holds import Held, set_hold
from speechcx.store.decisions.reading_log import record_reading
from speechcx.store.decisions.review_disputes import add_note
from speechcx.store.decisions.trail_check import verify_trail
from speechcx.store.integrity import Examined, examine
from speechcx.store.merging import merge_store, read_ends
from speechcx.store.moments import utc_text
from tests.factories import (
    make_answer,
    make_assessment,
    make_conversation,
    make_hit,
    make_recording,
    make_result,
    make_score,
)
from tests.redact.planted import with_check_digit
from tests.store.tampering import keep_everything

CARD = "4929123456781234"
SAID = (
    ("ch0", 0.5, "Can I take the card number please?"),
    ("ch1", 5.0, "It is four nine two nine one two three four."),
    ("ch1", 9.0, "5678 1234"),
)


def make_old(name: str) -> Call:
    """A call as it was kept before redaction, with its number in words, quotes and reasons."""
    heard = make_conversation(SAID, recording=make_recording(name))
    hit = make_hit(
        "read-out",
        1,
        quote="four nine two nine one two three four. 5678 1234",
        why="said 4929 1234 5678 1234",
    )
    result = make_result(
        "read-out", why='customer at 0:05 "four nine two nine one two three four"', hits=(hit,)
    )
    return Call(heard, replace(make_assessment(heard), results=(result,)))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database with two old calls, one of them judged twice, and a note with the number."""
    path = tmp_path / "calls.db"
    with Store.open(path, create=True) as store:
        for name in ("one", "two"):
            call = make_old(name)
            store.save_call(call)
            store.save_assessment(
                call.conversation.recording.id, replace(call.assessment, digest="f" * 16, version="2")
            )
        call_id = make_old("one").conversation.recording.id
        add_entries(store, "lead", [AuditEntry("flag", call_id, "read-out", {"reason": f"said {CARD}"})])
    return path


def test_nothing_of_a_value_is_left(old: Path) -> None:
    """The number is in the file before, and in no byte of it afterwards; a second time finds nothing to do."""
    files = [old, old.with_name("calls.db-wal")]
    assert [old] == find_in_files([old], [CARD])
    with Store.open(old) as store:
        done = redact_stored(store, Settings(), who="lead")
        assert (2, 2, ()) == (done.calls, done.changed_calls, done.left)
        assert {"card": 4} == dict(done.kinds)
        assert 0 == done.exit_code
        again = redact_stored(store, Settings(), who="lead")
        assert (2, 0) == (again.calls, again.changed_calls)
        found = examine(store, Examined(every_call=True))
        assert [] == [str(problem) for problem in found if problem.area != "ledger"]
    assert [] == find_in_files(files, [CARD, "49291234", "56781234"])


def test_results_stay_and_past_assessments_are_treated(old: Path) -> None:
    """What was found stays found, now and under the rulebook before; quotes have marks."""
    call_id = make_old("one").conversation.recording.id
    with Store.open(old) as store:
        redact_stored(store, Settings(), who="lead")
        call = store.load(call_id)
        past = store.load_assessment(call_id, digest=make_old("one").assessment.digest)
        assert past is not None
        for judged in (call.assessment, past):
            (result,) = judged.results
            assert ("present", "[card number]") == (result.value, result.hits[0].quote)
        assert "[card number]" == call.conversation.utterances[2].text
        assert {"card"} == {each.kind for each in call.conversation.redaction.spans}
        trail = read_trail(store, call_id=call_id)
        assert [("flag", None), ("redact", True)] == [(row.action, row.detail and True) for row in trail]


def hold_first(store: Store) -> str:
    """The first call, under a hold."""
    call_id = make_old("one").conversation.recording.id
    set_hold(store, "case-17", Held(call_id=call_id), who="lead", reason="claim")
    return call_id


def test_a_held_call_is_left_as_it_is_and_named(old: Path) -> None:
    """Its words, reasons and notes stay, whatever else is treated, and the answer says which call and which hold."""
    with Store.open(old) as store:
        call_id = hold_first(store)
        before, notes = store.load(call_id), read_trail(store, call_id=call_id)
        done = redact_stored(store, Settings(), who="lead")
        assert (1, ((call_id, "case-17"),), 3) == (done.changed_calls, done.held, done.exit_code)
        assert before == store.load(call_id)
        assert notes == read_trail(store, call_id=call_id)
        assert (
            "[card number]"
            == store.load(make_old("two").conversation.recording.id).conversation.utterances[2].text
        )


def test_payment_data_of_a_held_call_goes_with_a_reason_that_is_kept(old: Path) -> None:
    """The trail of the call says why; no byte of the number is left; a blank reason is refused."""
    with Store.open(old) as store:
        call_id = hold_first(store)
        with pytest.raises(UsageError, match="no reason"):
            redact_stored(store, Settings(), who="lead", despite_holds=" ")
        done = redact_stored(store, Settings(), who="lead", despite_holds="PCI DSS 3.3")
        assert (2, (), (), 0) == (done.changed_calls, done.held, done.left, done.exit_code)
        details = [
            json.loads(row.detail or "{}") for row in read_trail(store, call_id=call_id, action="redact")
        ]
        assert ["PCI DSS 3.3"] == [one.get("despite_hold") for one in details]
        other = make_old("two").conversation.recording.id
        assert "despite_hold" not in str(read_trail(store, call_id=other, action="redact"))


def test_names_of_a_held_call_stay_in_any_case(old: Path) -> None:
    """Only payment data may be taken out of what is held."""
    settings = replace(Settings(), redact=replace(Settings().redact, kinds=("card", "name")))
    with Store.open(old) as store:
        call_id = hold_first(store)
        redact_stored(store, settings, who="lead", despite_holds="PCI DSS 3.3")
        assert ("card",) == store.load(call_id).conversation.redaction.kinds


def test_redaction_that_is_off(old: Path) -> None:
    """Without kinds to take out, nothing is done and the message says what to set."""
    settings = replace(Settings(), redact=replace(Settings().redact, enabled=False))
    with Store.open(old) as store, pytest.raises(UsageError, match="redaction is off"):
        redact_stored(store, settings, who="lead")


CARDS = tuple(with_check_digit(f"{CARD[:12]}{number:03}") for number in range(100))
"""Numbers to plant, each once."""

SEALED = frozenset(
    {("audit", "detail"), ("merged_audit", "detail"), ("review_events", "text"), ("flag_states", "owner"),
     ("flag_states", "reason")}
)  # fmt: skip
"""Columns that the trail tells of as well: planted as speechcx writes them."""

OF_CALLS = frozenset(
    (table, column)
    for table, columns in {
        "turns_data": "text unindexed_text words", "hits_data": "quote", "results_data": "why",
        "answers_data": "why hits", "recordings": "extras", "past_assessments": "packed",
    }.items()
    for column in columns.split()
)  # fmt: skip
"""Columns that are written with the whole call."""

NO_FREE_TEXT = {
    "what speechcx itself counts, packs or digests": (
        "_columns.* _sqlite_migrations.* _tables.* *_sums_by_day.* *_sums_by_month.* mix_*.* sum_groups.* row_digests.*"
        " decision_chain.* decision_chain_end.* merged_decisions.* merged_calls.* forgotten_facts.* held_calls.*"
        " customer_phrases.* removed_parts.* call_numbers.* contacts.* provenances.* peaks.packed turns_data.pauses"
        " past_assessments.scores *.salt *.*digest"
        " *.sha256 merged_audit.before merged_audit.trail erasure_certificates.calls erasure_certificates.removed"
        " recordings.redacted recordings.redacted_kinds recordings.gaps recordings.stages saved_searches.looked_at"
    ),
    "the search index, made of turns_data.text": "turns_fts.* turns_fts_*.*",
    "a word of a closed list": (
        "*.status *.state *.kind *.outcome *.severity *.expect *.critical *.answer *.machine_answer *.way *.party"
        " *.speaker *.matched_by *.split *.language *.action *.high_is *.end_state *.how files.reason"
        " other_files.reason flag_states.seen_result flag_states.seen_evidence calls.flags"
        " survey_answers.comment_language survey_answers.comment_label calls.customer_end_state"
        " recordings.container recordings.codec recordings.file_flags recordings.speech_flags recordings.speakers"
        " recordings.parties speakers.flags scores.critical_errors failures.stage runs.command runs.speechcx runs.shard"
    ),
    "why something is missing, or who is who, in sentences of speechcx's own": (
        "calls.missing calls.flow_reasons party_measures.flow_reasons party_measures.feeling_reasons scores.why"
        " speakers.why_missing roles.why recordings.unheard survey_answers.comment_why"
    ),
    "a moment, a day or a zone": (
        "*.at *.*_at *.*_day *.day *.month *.since *.until *.due *.valid_from *.valid_to *.start_utc *.zone"
        " review_draws.period review_shortfalls.period"
    ),
    "a name or number by which calls, customers and agents find each other; changed, two of them would be one": (
        "*.call_id *.agent *.team *.center *.customer *.customer_key *.queue *.direction *.record_id *.leg_id"
        " *.account_id *.answer_id survey_answers.reference calls.superseded_by follow_ups.key roster.name"
        " recordings.sources"
    ),
    "who did it, by login": (
        "*.who *.*_by review_events.by reviews.reviewer"
    ),
    "where a file lies, by which it is found again": "*.path imports.file call_legs.recording runs.paths runs.host",
    "an address without its secret": "deliveries.target",
    "written by the author of the rulebook and covered by its digest": (
        " survey_answers.comment_drivers survey_answers.comment_read_with"
        " *.rule *.scorecard *.question rulebooks.* rules.* questions.* scores.title flag_states.rulebook"
        " flag_states.rulebook_version"
    ),
}  # fmt: skip
"""Columns in which nothing that a caller said, or somebody wrote about a call, can stand; by the reason."""


def list_text_columns(db: sqlite3.Connection) -> set[tuple[str, str]]:
    """Every column that may hold letters."""
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        (table, row[1])
        for table in tables
        for row in db.execute(f"PRAGMA table_info({table})")
        if row[2] not in ("INTEGER", "REAL")
    }


def fill_old(store: Store) -> None:
    """Everything a database can hold, with numbers in some of it, and a call without each part that can be removed."""
    keep_everything(store)
    for part in (*REMOVED_PARTS, None):
        call = make_old_in_full(part or "whole")
        store.save_call(call)
        call_id = call.conversation.recording.id
        store.save_assessment(call_id, replace(call.assessment, digest="f" * 16, version="2"))
        if part is not None:
            remove_parts(store, call_id, [part])
    add_entries(store, "lead", [AuditEntry("search", detail={"words": f"my card is {CARDS[0]}"})])
    (open_review,) = store.db.execute(
        "SELECT review_id FROM reviews WHERE state <> 'open' LIMIT 1"
    ).fetchone()
    add_note(store, open_review, "lead", f"the card is {CARDS[1]}", 2.0)
    seen = SeenFlag(call_id, "read-out", "present", "e1", "bank", "2")
    change = FlagChange("escalated", owner=f"my card is {CARDS[3]}", reason=f"my card is {CARDS[4]}")
    set_flags(store, [seen], change, who="mia")
    with Store.open(store.path.with_name("other.db"), create=True) as other:
        add_entries(other, "zoe", [AuditEntry("search", detail={"words": f"my card is {CARDS[2]}"})])
        with store.write():
            merge_store(store, other)
            add_entries(store, "mia", [AuditEntry("merge", detail={"from": "other.db", **read_ends(other)})])
    store.path.with_name("other.db").unlink()
    with store.write():
        store.db.execute(
            "INSERT INTO other_files VALUES ('/calls/odd.txt', 1, 1, 'unknown_extension', 'odd')"
        )
        store.db.execute("INSERT INTO source_warnings VALUES (1, '/calls/calls.csv', 2, 'odd', 'correct it')")
        now = utc_text()
        store.db.execute(
            "INSERT INTO saved_searches VALUES ('ours', 'cancel', '{}', ?, 'mia', ?)", (now, now)
        )


def make_old_in_full(name: str) -> Call:
    """An old call with its number in every column that a call has for words."""
    said = f"my card is {CARD}"
    recording = make_recording(name, extras=(("note", said),))
    heard = replace(make_conversation((*SAID, ("ch1", 20.0, said)), recording=recording))
    hit = make_hit("read-out", 3, quote=said, why=f'said "{CARD}"')
    result = make_result("read-out", why=f'customer at 0:20 "{said}"', hits=(hit,))
    answer = make_answer(
        "greeted", why=f'customer at 0:20 "{said}"', rule=None, hits=(replace(hit, rule="other"),)
    )
    judged = make_assessment(heard, results=(result,), scores=(make_score(answers=(answer,)),))
    return Call(heard, judged)


def plant(store: Store) -> None:
    """Write a number of its own into each other text beside the calls."""
    db, numbers = store.db, iter(CARDS[5:-1])
    guards = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    with store.write():
        for name, _ in guards:
            db.execute(f"DROP TRIGGER {name}")
        for texts in TEXTS:
            for column in texts.columns:
                if (texts.table, column) in SEALED:
                    continue
                key = ", ".join(texts.key)
                for row in db.execute(f"SELECT {column}, {key} FROM {texts.table} LIMIT 2").fetchall():
                    said = f"my card is {next(numbers)}"
                    is_json = str(row[0])[:1] == "{"
                    new = json.dumps({**json.loads(row[0]), "note": said}) if is_json else said
                    keys = row[1:]
                    db.execute(
                        f"UPDATE {texts.table} SET {column} = ? WHERE ({key}) = ({', '.join('?' * len(keys))})",
                        (new, *keys),
                    )
        for _, sql in guards:
            db.execute(sql)
        note_all(db)
        note_missing(db)
    store.names.forget()


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A full database with a number in each text, and two in the queue of the trail."""
    with Store.open(tmp_path_factory.mktemp("full") / "calls.db", create=True) as store:
        fill_old(store)
        plant(store)
        other = sqlite3.connect(store.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        told = AuditEntry("search", detail={"words": f"my card is {CARDS[-1]}"})
        assert record_reading(store.path, "ann", [told]) == "waiting"
        other.execute("ROLLBACK")
        other.close()
        yield store


def test_every_text_column_is_treated_or_cannot_hold_free_text(full: Store) -> None:
    """A column that a new table brings is in TEXTS, in the rows of calls, or in the list with its reason."""
    treated = {(texts.table, column) for texts in TEXTS for column in texts.columns} | OF_CALLS
    patterns = [pattern for listed in NO_FREE_TEXT.values() for pattern in listed.split()]
    listed = {
        (table, column)
        for table, column in list_text_columns(full.db)
        if any(fnmatchcase(f"{table}.{column}", pattern) for pattern in patterns)
    }
    assert list_text_columns(full.db) - treated == listed
    new = ("calls.remark", "legal_holds.note", "accounts.text", "hints.why")
    assert not [name for name in new if any(fnmatchcase(name, pattern) for pattern in patterns)]


def test_no_text_of_a_full_database_keeps_a_number(full: Store) -> None:
    """Database, log and queue hold none of the numbers; trail, chain and digests are whole; no index comes back."""
    treated = {(texts.table, column) for texts in TEXTS for column in texts.columns} | OF_CALLS
    for table, column in treated - {("turns_data", "words"), ("past_assessments", "packed")}:
        texts = [str(text) for (text,) in full.db.execute(f"SELECT {column} FROM {table}")]
        assert any(CARD[:12] in text for text in texts), (table, column)
    done = redact_stored(full, Settings(), who="lead", despite_holds="the number may not be kept")
    beside = sorted(path for path in full.path.parent.iterdir() if path.is_file())
    assert full.path in beside
    assert [] == find_in_files(beside, [CARD, *CARDS])
    assert () == done.left
    assert () == verify_trail(full).problems
    assert [] == [str(found) for found in examine(full, Examined(every_call=True)) if found.area != "ledger"]
    unindexed = full.db.execute(
        "SELECT t.text, t.unindexed_text FROM turns_data t JOIN calls c ON t.turn_id / 100000 = c.call_no"
        " JOIN removed_parts p ON (p.call_id, p.part) = (c.call_id, 'index')"
    ).fetchall()
    assert {""} == {text for text, _ in unindexed}
    assert any("[card number]" in (kept or "") for _, kept in unindexed)
