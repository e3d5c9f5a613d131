"""Thirty calls with every trap of real exports, their recordings, surveys and accounts; every figure by hand."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from speechcx.ask.customers import read_repeats, read_satisfaction, summarise_accounts
from speechcx.ask.operations import read_handling, reconcile
from speechcx.store import CallFilter, Store
from speechcx.store.facts.match_calls import match_facts
from tests.imports.exports import facts_of, import_text, make_call

HEAD = "call_id,leg_id,start,agent,customer,queue,direction,outcome,wait,talk,hold,acw,duration,recording"
ROWS = (
    "1,a,2025-03-03 09:00:00,ann,0301000001,sales,in,answered,10,100,10,30,150,c1.wav",
    # The export was wrong, and is corrected below.
    "2,a,2025-03-03 09:30:00,ann,0301000002,sales,in,answered,20,999,0,0,230,c2.wav",
    # One leg under two ids.
    "3,a,2025-03-03 11:00:00,bob,0301000003,sales,in,answered,20,60,0,5,85,",
    "3,b,2025-03-03 11:00:00,bob,0301000003,sales,in,answered,20,60,0,5,85,",
    # It rang at ann; bob answered after 20 s and passed it on to another team.
    "4,a,2025-03-03 12:00:00,ann,0301000004,sales,in,no answer,15,0,0,0,15,",
    "4,b,2025-03-03 12:00:15,bob,0301000004,sales,in,answered,5,50,0,0,55,",
    "4,c,2025-03-03 12:01:10,cid,0301000004,billing,in,answered,10,90,20,10,130,",
    # Given up; given up too soon to count; never answered; busy.
    "5,a,2025-03-03 13:00:00,,0301000005,sales,in,abandoned,40,0,0,0,40,",
    "6,a,2025-03-03 13:10:00,,0301000006,sales,in,abandoned,3,0,0,0,3,",
    "7,a,2025-03-03 13:20:00,,0301000007,sales,in,no answer,25,0,0,0,25,",
    "8,a,2025-03-03 13:30:00,,0301000008,sales,in,busy,0,0,0,0,0,",
    # Outbound.
    "9,a,2025-03-03 14:00:00,ann,0301000009,sales,out,answered,8,40,0,0,48,",
    # The night when clocks are put forward: 02:30 never was.
    "10,a,2025-03-30 02:30:00,bob,0301000010,night,in,answered,4,30,0,0,34,",
    "11,a,2025-03-30T01:30:00+01:00,bob,0301000011,night,in,answered,6,50,0,0,56,",
    # How it ended is not told.
    "12,a,2025-03-03 15:00:00,,0301000012,sales,in,,,,,,20,",
    # Forwarded after ten minutes: one contact; again two days later.
    "13,a,2025-03-04 10:00:00,ann,0301000013,sales,in,answered,0,120,0,0,120,c13.wav",
    "14,a,2025-03-04 10:10:00,bob,0301000013,sales,in,answered,0,60,0,0,60,c14.wav",
    "15,a,2025-03-06 10:00:00,bob,0301000013,sales,in,answered,0,60,0,0,60,c15.wav",
    "16,a,2025-03-20 10:00:00,ann,0301000016,sales,in,answered,0,60,0,0,60,c16.wav",
    # Eight days apart: no repeat, and two matters.
    "17,a,2025-03-05 10:00:00,ann,0301000017,sales,in,answered,0,60,0,0,60,c17.wav",
    "18,a,2025-03-13 10:00:00,bob,0301000017,sales,in,answered,0,60,0,0,60,c18.wav",
    # Too new to say whether the customer calls again.
    "19,a,2025-03-28 10:00:00,ann,0301000019,sales,in,answered,0,60,0,0,60,c19.wav",
    "20,a,2025-03-31 12:00:00,ann,0301000020,sales,in,answered,0,60,0,0,60,c20.wav",
    *(
        f"{n},a,2025-03-{n - 11:02d} 16:00:00,cid,03010000{n},billing,in,answered,0,60,0,0,60,"
        for n in range(21, 31)
    ),
)
CORRECTED = ROWS[1].replace(",999,", ",200,")
RECORDED_S = {"c1": 100.0, "c2": 150.0, "c13": 120.0, **{f"c{n}": 60.0 for n in range(14, 21)}}
SURVEYS = (
    "id,call_id,customer,date,csat\n"
    "s1,1,,2025-03-03 18:00,5\n"
    "s2,2,,2025-03-03 18:00,2\n"
    # Without an id: about the newest call of the customer before it.
    "s3,,+49 30 1000013,2025-03-07 09:00,4\n"
    # Nobody of whom a call is known; and an invitation without an answer.
    "s4,,0309999999,2025-03-07 09:00,1\n"
    "s5,20,,2025-03-31 18:00,\n"
)
ACCOUNTS = (
    "customer,status,since,churn date,value\n"
    "0301000001,active,2024-01-01,,10\n"
    "0301000002,lost,2024-01-01,2025-03-15,20\n"
    "+49301000013,active,2024-01-01,,30\n"
    "0301000017,lost,2024-01-01,2025-02-10,40\n"
    "0301000020,active,2024-01-01,,50\n"
    "0301000099,active,2025-03-31,,60\n"
)
MARCH = CallFilter(since=date(2025, 3, 1), until=date(2025, 3, 31))


def import_all(store: Store, folder: Path, *parts: tuple[str, ...]) -> None:
    """Call records in parts, the correction, answers and accounts."""
    for part in parts:
        assert import_text(store, folder, "calls", "\n".join((HEAD, *part))).refused == ()
    import_text(store, folder, "calls", f"{HEAD}\n{CORRECTED}")
    import_text(store, folder, "surveys", SURVEYS)
    import_text(store, folder, "accounts", ACCOUNTS)


def record_calls(store: Store) -> None:
    """A recording of ten of the calls, two seconds late, and one of a call without a record."""
    with store.write():
        for row in ROWS:
            cells = row.split(",")
            name = cells[-1].removesuffix(".wav")
            if name:
                start = f"{cells[2].replace(' ', 'T')[:-2]}02+0{2 if '03-3' in cells[2] else 1}:00"
                store.save_call(make_call(name, cells[3], cells[4], start, duration_s=RECORDED_S[name]))
        store.save_call(make_call("lone", "ann", "0301000099", "2025-03-07T10:00:00+01:00"))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """All of it, and a roster of two teams."""
    folder = tmp_path_factory.mktemp("thirty")
    with Store.open(folder / "calls.db", create=True) as made:
        made.sync_roster(
            [
                SimpleNamespace(
                    agent=agent, name=agent, team=team, center="X", valid_from=None, valid_to=None
                )
                for agent, team in (("ann", "red"), ("bob", "red"), ("cid", "blue"))
            ]
        )
        record_calls(made)
        import_all(made, folder, ROWS)
        yield made


def test_how_they_were_handled(store: Store) -> None:
    """25 of thirty answered, one of those outbound; one ended unknown, one busy, three given up, one of them short."""
    whole = read_handling(store, MARCH).all
    assert (whole.records, whole.recorded, whole.offered, whole.short, whole.handled) == (30, 10, 28, 1, 25)
    # 140, 200, 65, 170, 40, 30, 50, 120, and 17 of 60.
    assert (whole.aht_s.n, whole.aht_s.value) == (25, 1835 / 25)
    # Of 24 that came in: 10, 20, 20, 20, 4, 6, and none.
    assert (whole.asa_s.n, whole.asa_s.value) == (24, 80 / 24)
    assert (whole.abandoned.n, whole.abandoned.value) == (27, 2 / 27)
    assert (whole.service.n, whole.service.value) == (27, 24 / 27)
    assert (whole.transferred.n, whole.transferred.value) == (25, 1 / 25)
    # Wilson's interval of 2 in 27.
    assert whole.abandoned.interval == pytest.approx((0.020554654060988622, 0.23369592683023144))


def test_who_handled_them(store: Store) -> None:
    """Each for who answered it first, and for the team; the call that never had an hour counts for the next."""
    agents = {row.key: row.handled for row in read_handling(store, MARCH, by="agent").rows}
    assert agents == {"ann": 8, "bob": 7, "cid": 10, None: 0}
    teams = {row.key: row.handled for row in read_handling(store, MARCH, by="team").rows}
    assert teams == {"red": 15, "blue": 10, None: 0}
    night = CallFilter(since=date(2025, 3, 30), until=date(2025, 3, 30))
    assert {row.key: row.handled for row in read_handling(store, night, by="hour").rows} == {"01": 1, "03": 1}


def test_every_gap(store: Store) -> None:
    """Fifteen answered calls without a recording, a recording without a record, and one of the wrong length."""
    found = reconcile(store, MARCH)
    assert (found.records, found.answered, found.matched, found.calls) == (30, 25, 10, 11)
    assert dict(found.counts) == {"no_recording": 15, "no_record": 1, "wrong_length": 1}


def test_who_called_again(store: Store) -> None:
    """Ten contacts, two too new; of eight one was followed within seven days. Seven matters, one of two contacts."""
    whole = read_repeats(store, MARCH).all
    assert (whole.contacts, whole.immature) == (10, 2)
    assert (whole.fcr.n, whole.fcr.value) == (8, 7 / 8)
    assert (whole.matters, whole.calls_a_matter.value) == (7, 8 / 7)


def test_what_customers_said(store: Store) -> None:
    """Five asked, four answered, two of them satisfied; the answer without a call counts, and is said to have none."""
    (csat,) = read_satisfaction(store, MARCH).rows
    assert (csat.asked, csat.n, csat.value, csat.response_rate, csat.matched) == (5, 4, 0.5, 0.8, 4)
    about = store.db.execute(
        "SELECT k.record_id FROM survey_answers s JOIN call_records k ON k.call_id = s.call_id"
        " WHERE s.answer_id LIKE '%s3'"
    ).fetchall()
    assert about == [("15",)]


def test_who_stayed(store: Store) -> None:
    """Four at the start of March: one left in it. One had left before, one came at its last day."""
    whole = summarise_accounts(store, MARCH).all
    assert (whole.customers, whole.retention.n, whole.retention.value) == (6, 4, 0.75)
    assert (whole.value.n, whole.value_total) == (6, 210.0)


def test_in_any_order_and_in_halves_the_content_is_the_same(store: Store, tmp_path: Path) -> None:
    """One digest over every fact: in one file, shuffled in two that overlap, before the recordings and after."""
    digests = {digest(store)}
    for seed in (1, 2):
        rows = list(ROWS)
        random.Random(seed).shuffle(rows)
        with Store.open(tmp_path / f"{seed}.db", create=True) as made:
            made.sync_roster(
                [
                    SimpleNamespace(
                        agent=agent, name=agent, team=team, center="X", valid_from=None, valid_to=None
                    )
                    for agent, team in (("ann", "red"), ("bob", "red"), ("cid", "blue"))
                ]
            )
            if seed == 1:
                record_calls(made)
            import_all(made, tmp_path, tuple(rows[:20]), tuple(rows[15:]))
            if seed == 2:
                record_calls(made)
                with made.write():
                    match_facts(made.db)
            digests.add(digest(made))
    assert len(digests) == 1


def digest(store: Store) -> str:
    """Of every fact, and what it was matched with."""
    return hashlib.sha256(repr(facts_of(store)).encode()).hexdigest()
