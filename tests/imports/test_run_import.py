from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from speechcx.errors import ConfigError, UsageError
from speechcx.store import Store
from speechcx.store.calls.erasure import erase_call
from speechcx.store.facts.forget_facts import forget_customer
from speechcx.store.integrity import examine
from speechcx.store.merging import merge_store
from tests.imports.exports import facts_of, import_text, make_call

HEAD = "linkedid,uniqueid,calldate,src,dst,disposition,duration,billsec,recordingfile"
CDR = (
    "1.1,1.1,2026-03-02 09:00:00,0301111111,ann,ANSWERED,70,60,a.wav",
    "2.1,2.1,2026-03-02 09:10:00,0302222222,,NO ANSWER,20,0,",
    "2.1,2.2,2026-03-02 09:10:20,0302222222,bob,ANSWERED,95,90,",
    "2.1,2.3,2026-03-02 09:11:55,0302222222,cid,ANSWERED,45,40,",
    "3.1,3.1,2026-03-29 02:30:00,0303333333,ann,BUSY,1,0,",
)


def wrong_tables(store: Store) -> list[str | None]:
    """Tables in which the check finds a changed row."""
    return [problem.table for problem in examine(store) if problem.area == "shared"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A database with a recorded call for two of the records, found by name and by time."""
    with Store.open(tmp_path / "calls.db", create=True) as made:
        made.save_call(make_call("a", "zed", "x", "2026-03-05T10:00:00+01:00", duration_s=60.0))
        made.save_call(make_call("b", "Bob", "+49 30 2222222", "2026-03-02T09:10:12+01:00", duration_s=130.0))
        yield made


def test_legs_become_calls_and_find_their_recordings(store: Store, tmp_path: Path) -> None:
    """The name of the file goes before everything; else agent or number and time; transfers are kept."""
    report = import_text(store, tmp_path, "calls", "\n".join((HEAD, *CDR)))
    assert report.mapping.name == "asterisk-cdr"
    assert report.saved is not None
    assert (report.saved.added, report.saved.matched, report.saved.ambiguous) == (5, 2, 0)
    rows = store.db.execute(
        "SELECT record_id, agent, outcome, wait_s, talk_s, duration_s, legs, transfers, matched_by FROM call_records"
        " ORDER BY record_id"
    ).fetchall()
    assert rows == [
        ("1.1", "ann", "answered", 10.0, 60.0, 70.0, 1, 0, "recording"),
        ("2.1", "bob", "answered", 25.0, 130.0, 160.0, 3, 1, "time"),
        ("3.1", "ann", "busy", 1.0, None, 1.0, 1, 0, None),
    ]


def test_the_same_file_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    """Not one row, not the list of imports, not the audit trail."""
    text = "\n".join((HEAD, *CDR))
    import_text(store, tmp_path, "calls", text)
    before = "\n".join(store.db.iterdump())
    again = import_text(store, tmp_path, "calls", text)
    assert again.saved is not None
    assert (again.saved.added, again.saved.updated, again.saved.unchanged) == (0, 0, 5)
    assert before == "\n".join(store.db.iterdump())


def test_order_and_parts_leave_no_trace(tmp_path: Path) -> None:
    """Any order of the rows, in one file or in two that overlap, gives the same facts."""
    found = []
    for seed in range(6):
        rows = list(CDR)
        random.Random(seed).shuffle(rows)
        parts = [rows] if seed % 2 else [rows[:3], rows[2:]]
        with Store.open(tmp_path / f"{seed}.db", create=True) as made:
            made.save_call(make_call("b", "bob", "0302222222", "2026-03-02T09:10:12+01:00"))
            for part in parts:
                import_text(made, tmp_path, "calls", "\n".join((HEAD, *part)))
            found.append(facts_of(made))
    assert all(one == found[0] for one in found)


def test_a_corrected_export_corrects_the_record(store: Store, tmp_path: Path) -> None:
    """The later value counts, and says which import and line it came from."""
    import_text(store, tmp_path, "calls", "\n".join((HEAD, *CDR)))
    corrected = import_text(store, tmp_path, "calls", "\n".join((HEAD, CDR[0].replace("70,60", "72,62"))))
    assert corrected.saved is not None
    assert (corrected.saved.added, corrected.saved.updated) == (0, 1)
    assert store.db.execute("SELECT talk_s FROM call_records WHERE record_id = '1.1'").fetchone() == (62.0,)
    assert store.db.execute("SELECT import_no, row FROM call_legs WHERE leg_id = '1.1 ann'").fetchone() == (
        2,
        2,
    )


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("9.1,9.1,yesterday,1,ann,ANSWERED,70,60,", "'yesterday' is not a valid time"),
        ("9.1,9.1,2026-03-02 09:00:00,1,ann,ANSWERED,70,minus,", "'minus' is no duration"),
        ("9.1,9.1,2026-03-02 09:00:00,1,ann,ANSWERED,9999999,60,", "longer than a day"),
        (",,2026-03-02 09:00:00,1,ann,ANSWERED,70,60,", "no id of the call"),
        ("9.1,9.1,,1,ann,ANSWERED,70,60,", "no start"),
        (
            "1.1,1.1,2026-03-02 09:00:00,0301111111,ann,ANSWERED,1,1,",
            "the same id as line 2, with other values",
        ),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_half_imported(
    store: Store, tmp_path: Path, row: str, found: str
) -> None:
    """Line and reason; the other rows wait until it is corrected, or are taken when asked."""
    text = "\n".join((HEAD, *CDR, row))
    report = import_text(store, tmp_path, "calls", text)
    assert (report.saved, report.exit_code, report.refused[0].line) == (None, 3, 7)
    assert found in report.refused[0].found
    assert store.db.execute("SELECT count(*) FROM call_legs").fetchone() == (0,)
    anyway = import_text(store, tmp_path, "calls", text, anyway=True)
    assert anyway.saved is not None
    assert anyway.saved.added >= 4


def test_times_without_a_zone_are_one_message(store: Store, tmp_path: Path) -> None:
    """Not one for each of ten thousand rows; and never read as UTC."""
    from speechcx.discover import DiscoverSettings
    from speechcx.imports import ImportOptions, run_import

    path = tmp_path / "cdr.csv"
    path.write_text("\n".join((HEAD, *CDR)))
    with pytest.raises(ConfigError, match=r"cdr.csv line 2: a time without a zone[\s\S]*--zone"):
        run_import(store, path, "calls", settings=DiscoverSettings(), options=ImportOptions())


def test_two_recordings_that_fit_are_never_guessed(store: Store, tmp_path: Path) -> None:
    """Two calls of one agent in the same minute: the record stays open and says how many fit."""
    store.save_call(make_call("c", "bob", "030 2222222", "2026-03-02T09:10:20+01:00"))
    report = import_text(store, tmp_path, "calls", "\n".join((HEAD, *CDR[1:4])))
    assert report.saved is not None
    assert (report.saved.matched, report.saved.ambiguous) == (0, 1)


def test_another_number_is_another_call(store: Store, tmp_path: Path) -> None:
    """The same agent in the same second, but another customer: no match."""
    row = "5.1,5.1,2026-03-02 09:10:12,0309999999,bob,ANSWERED,95,90,"
    report = import_text(store, tmp_path, "calls", f"{HEAD}\n{row}")
    assert report.saved is not None
    assert report.saved.matched == 0


def test_an_id_in_name_or_details_finds_the_recording(store: Store, tmp_path: Path) -> None:
    """Recorders write the telephone system's id into the file name or a sidecar."""
    store.save_call(make_call("in-7-1772.44", "ann", "1", "2026-04-02T09:00:00+02:00"))
    store.save_call(
        make_call("n", "ann", "1", "2026-04-03T09:00:00+02:00", extras=(("uniqueid", "1773.55"),))
    )
    rows = "1772.44,1772.44,2026-01-01 00:00:00,,,ANSWERED,9,9,\n1773.55,1773.55,2026-01-01 00:00:00,,,ANSWERED,9,9,"
    import_text(store, tmp_path, "calls", f"{HEAD}\n{rows}")
    assert [("id",), ("id",)] == store.db.execute("SELECT matched_by FROM call_records").fetchall()


def test_surveys_keep_what_was_asked_and_what_was_answered(store: Store, tmp_path: Path) -> None:
    """A blank rating is an invitation; a rating beyond its scale is refused; the customer's last call is meant."""
    store.save_call(make_call("late", "cid", "0302222222", "2026-03-03T09:00:00+01:00"))
    text = (
        "Response ID;Date;Phone;CSAT;NPS;Comment\n"
        "r1;2026-03-03 12:00;+49302222222;4/5;10;gut\n"
        "r2;2026-03-03 12:00;0301234567;;;\n"
    )
    report = import_text(store, tmp_path, "surveys", text)
    assert report.saved is not None
    assert (report.saved.added, report.saved.matched) == (4, 2)
    late = make_call("late", "", "", "2026-03-03T09:00:00+01:00").conversation.recording.id
    assert store.db.execute(
        "SELECT kind, value, comment, call_id FROM survey_answers WHERE answer_id LIKE '%r1' ORDER BY kind"
    ).fetchall() == [("csat", 4.0, "gut", late), ("nps", 10.0, "gut", late)]
    refused = import_text(store, tmp_path, "surveys", text.replace("4/5", "7"))
    assert "beyond the scale from 1 to 5" in refused.refused[0].found


def test_a_survey_may_name_any_leg_of_a_call(store: Store, tmp_path: Path) -> None:
    """The last leg, as survey tools do after a transfer; a number that many calls have as a leg is no id."""
    head = "call_id,leg_id,start,agent,customer,outcome,talk,recording"
    legs = (
        "c-100,leg-100-1,2026-03-02 09:10:00,ann,x,answered,60,b.wav",
        "c-100,leg-100-2,2026-03-02 09:11:00,bob,x,answered,9,",
        "c-200,7,2026-03-05 10:00:00,zed,x,answered,60,a.wav",
    )
    import_text(store, tmp_path, "calls", "\n".join((head, *legs)))
    import_text(store, tmp_path, "surveys", "Response ID,Call ID,CSAT\n1,leg-100-2,4\n2,leg-100-1,5\n3,7,1")
    rows = store.db.execute(
        "SELECT r.path, s.matched_by FROM survey_answers s LEFT JOIN calls c USING (call_id)"
        " LEFT JOIN recordings r USING (call_no) ORDER BY s.answer_id"
    ).fetchall()
    assert rows == [("/calls/b.wav", "id"), ("/calls/b.wav", "id"), (None, None)]


def test_a_survey_with_a_day_and_no_time_counts_at_its_end(store: Store, tmp_path: Path) -> None:
    """It is about the customer's newest call of that day or before, and on that day."""
    text = "Response ID,Completed at,Customer,CSAT\n1,2026-03-02,+49 30 2222222,4\n2,02.03.2026,1,4\n3,28.02.2026,1,4"
    report = import_text(store, tmp_path, "surveys", text)
    assert report.refused == ()
    rows = store.db.execute(
        "SELECT s.local_day, r.path FROM survey_answers s LEFT JOIN calls c USING (call_id)"
        " LEFT JOIN recordings r USING (call_no) ORDER BY s.answer_id"
    ).fetchall()
    assert rows == [("2026-03-02", "/calls/b.wav"), ("2026-03-02", None), ("2026-02-28", None)]


def test_a_dry_run_keeps_nothing(store: Store, tmp_path: Path) -> None:
    """It reads and checks."""
    report = import_text(store, tmp_path, "calls", "\n".join((HEAD, *CDR)), dry_run=True)
    assert (report.facts, report.saved) == (5, None)
    assert facts_of(store) == []


def test_columns_that_are_not_there_are_named(store: Store, tmp_path: Path) -> None:
    """With those that are, and the way to write a mapping."""
    with pytest.raises(
        ConfigError,
        match=r"no column for one of record_id[\s\S]*its columns are start, queue[\s\S]*--suggest",
    ):
        import_text(store, tmp_path, "calls", "Start,Queue\n2026-03-02 09:00:00,sales\n")
    with pytest.raises(UsageError, match="clock tolerance of -1 s"):
        import_text(store, tmp_path, "calls", HEAD, tolerance_s=-1.0)


def test_an_erased_call_takes_its_record_and_its_answer_along(store: Store, tmp_path: Path) -> None:
    """Neither the number nor the comment of the customer is left, and the check finds nothing wrong."""
    import_text(store, tmp_path, "calls", "\n".join((HEAD, *CDR)))
    import_text(
        store, tmp_path, "surveys", "id,date,reference,csat,comment\n1,2026-03-02 12:00,2.1,1,secret\n"
    )
    (call_id,) = store.db.execute("SELECT call_id FROM call_records WHERE record_id = '2.1'").fetchone()
    erase_call(store, call_id, who="mia", reason="asked for")
    left = repr(facts_of(store))
    assert "2222222" not in left
    assert "secret" not in left
    assert wrong_tables(store) == []


def test_a_changed_fact_is_found_by_the_check(store: Store, tmp_path: Path) -> None:
    """As every other stored value."""
    import_text(store, tmp_path, "calls", "\n".join((HEAD, *CDR)))
    assert wrong_tables(store) == []
    store.db.execute("UPDATE call_legs SET talk_s = 1 WHERE leg_id = '1.1 ann'")
    assert wrong_tables(store) == ["call_legs"]


def test_merged_databases_keep_the_facts_of_both(tmp_path: Path) -> None:
    """The later form of one leg counts, recordings of the other database are found, and again changes nothing."""
    with (
        Store.open(tmp_path / "a.db", create=True) as one,
        Store.open(tmp_path / "b.db", create=True) as other,
    ):
        import_text(one, tmp_path, "calls", "\n".join((HEAD, *CDR[:3])))
        other.save_call(make_call("b", "bob", "0302222222", "2026-03-02T09:10:12+01:00"))
        import_text(other, tmp_path, "calls", "\n".join((HEAD, *CDR[1:])))
        for new in (2, 0):
            with one.write():
                assert merge_store(one, other).facts == new
            with Store.open(tmp_path / f"whole{new}.db", create=True) as whole:
                whole.save_call(make_call("b", "bob", "0302222222", "2026-03-02T09:10:12+01:00"))
                import_text(whole, tmp_path, "calls", "\n".join((HEAD, *CDR)))
                assert facts_of(whole) == facts_of(one)
        assert wrong_tables(one) == []


ACCOUNTS = "Account ID,Customer,Status,Since,Churn Date,Value,Currency\n"


def test_accounts_are_kept_with_what_their_columns_imply(tmp_path: Path) -> None:
    """Blank is not told; a last day is a loss; a column that asks whether the customer was lost is turned round."""
    with Store.open(tmp_path / "calls.db", create=True) as made:
        import_text(
            made,
            tmp_path,
            "accounts",
            f"{ACCOUNTS}1,a,active,2024-01-01,,99.5,eur\n2,b,Cancelled,,31.12.2025,,\n",
        )
        import_text(made, tmp_path, "accounts", "customer;churned;value\nc;Yes;1.234,50 EUR\nd;No;\n")
        import_text(made, tmp_path, "accounts", "customer;closed\ne;2026-01-31\nf;\n")
        rows = made.db.execute(
            "SELECT customer, status, opened_day, closed_day, value, currency FROM accounts ORDER BY 1"
        ).fetchall()
    assert rows == [
        ("a", "kept", "2024-01-01", None, 99.5, "EUR"),
        ("b", "lost", None, "2025-12-31", None, None),
        ("c", "lost", None, None, 1234.5, "EUR"),
        ("d", "kept", None, None, None, None),
        ("e", "lost", None, "2026-01-31", None, None),
        ("f", "kept", None, None, None, None),
    ]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("1,,active,2024-01-01,,1,", "no customer"),
        ("1,a,paused,2024-01-01,,1,", r"the status 'paused' is neither kept nor lost"),
        ("1,a,active,2024-01-01,2025-01-01,1,", "kept, and closed on 2025-01-01"),
        ("1,a,lost,2024-01-01,2023-01-01,1,", "closed on 2023-01-01, before it was opened"),
        ("1,a,active,02/03/2024,,1,", "is no day that can be read"),
        ("1,a,active,2024-01-01,,-5,", "a value of -5"),
        ('1,a,active,2024-01-01,,"1,234",', "may be a thousand and more"),
        ("1,a,active,2024-01-01,,much,", "'much' is no amount"),
        ("1,a,active,2024-01-01,,1.7E+15,", "is no amount"),
    ],
)
def test_a_wrong_account_is_named(tmp_path: Path, row: str, found: str) -> None:
    """Line and reason; nothing is kept."""
    with Store.open(tmp_path / "calls.db", create=True) as made:
        report = import_text(made, tmp_path, "accounts", f"{ACCOUNTS}{row}\n")
        assert (report.saved, report.refused[0].line) == (None, 2)
        assert found in report.refused[0].found


def test_accounts_twice_in_parts_and_merged_are_the_same(tmp_path: Path) -> None:
    """As every other fact."""
    rows = [f"{n},c{n},active,2024-01-01,,{n},EUR" for n in range(6)]
    found = []
    for name, parts in (("a", [rows]), ("b", [rows[3:], rows[:4]]), ("c", [rows, rows])):
        with Store.open(tmp_path / f"{name}.db", create=True) as made:
            for part in parts:
                import_text(made, tmp_path, "accounts", ACCOUNTS + "\n".join(part))
            found.append(facts_of(made))
            assert wrong_tables(made) == []
    with Store.open(tmp_path / "a.db") as one, Store.open(tmp_path / "d.db", create=True) as other:
        with other.write():
            merge_store(other, one)
        assert facts_of(other) == found[0] == found[1] == found[2]


def test_an_erased_customer_leaves_no_fact(store: Store, tmp_path: Path) -> None:
    """Records, answers and accounts go, however the number is written; those of others stay."""
    import_text(store, tmp_path, "calls", "\n".join((HEAD, *CDR)))
    import_text(store, tmp_path, "surveys", "id,date,customer,csat\n1,2026-03-02 12:00,030 2222222,1\n")
    import_text(store, tmp_path, "accounts", "customer,status\n+49302222222,active\nother,active\n")
    with store.write():
        assert forget_customer(store.db, "0302222222") == 6
    left = repr(facts_of(store))
    assert "2222222" not in left
    assert "other" in left
    assert wrong_tables(store) == []
