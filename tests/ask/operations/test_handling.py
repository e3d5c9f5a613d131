"""Thirteen calls with the traps of real exports, and every figure worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from speechcx.ask.operations import read_handling, reconcile
from speechcx.ask.operations.handling import HandlingBy
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from speechcx.store.integrity import examine
from tests.imports.exports import import_text, make_call

HEAD = "call_id,leg_id,start,agent,customer,queue,direction,outcome,wait,talk,hold,acw,duration,recording"
ROWS = (
    # Plain calls of two agents. AHT of 1 and 2: 100+10+30 and 200+0+0.
    "1,a,2025-03-02 09:00:00,ann,301111,sales,in,answered,10,100,10,30,150,one.wav",
    "2,a,2025-03-02 10:00:00,ann,302222,sales,in,answered,30,200,0,0,230,",
    # A leg that was exported twice under two ids counts once: handled in 60+5.
    "3,a,2025-03-02 11:00:00,bob,303333,sales,in,answered,20,60,0,5,85,",
    "3,b,2025-03-02 11:00:00,bob,303333,sales,in,answered,20,60,0,5,85,",
    # It rang at ann, who did not take it; bob did, 15 s later, and passed it on to cid of another team.
    "4,a,2025-03-02 12:00:00,ann,304444,sales,in,no answer,15,0,0,0,15,",
    "4,b,2025-03-02 12:00:15,bob,304444,sales,in,answered,5,50,0,0,55,",
    "4,c,2025-03-02 12:01:10,cid,304444,billing,in,answered,10,90,20,10,130,",
    # Given up after 40 s; after 3 s, which is short; never answered; busy.
    "5,a,2025-03-02 13:00:00,,305555,sales,in,abandoned,40,0,0,0,40,",
    "6,a,2025-03-02 13:10:00,,306666,sales,in,abandoned,3,0,0,0,3,",
    "7,a,2025-03-02 13:20:00,,307777,sales,in,no answer,25,0,0,0,25,",
    "8,a,2025-03-02 13:30:00,,308888,sales,in,busy,0,0,0,0,0,",
    # Outbound: handled, neither offered nor waited for.
    "9,a,2025-03-02 14:00:00,ann,309999,sales,out,answered,8,40,0,0,48,",
    # Twice 02:30 in the night when clocks are put back: the second one says so.
    "10,a,2025-10-26T02:30:00+02:00,bob,310000,night,in,answered,4,30,0,0,34,",
    "11,a,2025-10-26T02:30:00+01:00,bob,311111,night,in,answered,6,50,0,0,56,",
    # How it ended is not told, and nothing was said: counted as a record only.
    "12,a,2025-03-02 15:00:00,,312222,sales,in,,,,,,20,",
    # A call from the day the roster moved bob.
    "13,a,2025-04-01 09:00:00,bob,313333,sales,in,answered,1,70,0,0,71,",
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The records, the roster, and two recordings of them."""
    folder = tmp_path_factory.mktemp("handling")
    with Store.open(folder / "calls.db", create=True) as made:
        last, day = date(2025, 3, 31), date(2025, 4, 1)
        made.sync_roster(
            [
                SimpleNamespace(agent="ann", name="Ann", team="red", center="X", valid_from=None, valid_to=None),
                SimpleNamespace(agent="bob", name="Bob", team="red", center="X", valid_from=None, valid_to=last),
                SimpleNamespace(agent="bob", name="Bob", team="blue", center="X", valid_from=day, valid_to=None),
            ]
        )  # fmt: skip
        made.save_call(make_call("one", "ann", "301111", "2025-03-02T09:00:02+01:00", duration_s=110.0))
        made.save_call(make_call("two", "ann", "302222", "2025-03-02T10:00:05+01:00", duration_s=150.0))
        made.save_call(make_call("lone", "ann", "399999", "2025-03-02T16:00:00+01:00"))
        report = import_text(made, folder, "calls", "\n".join((HEAD, *ROWS)))
        assert report.refused == ()
        yield made


def test_every_figure_by_hand(store: Store) -> None:
    """Doubles counted once, transfers kept, short ones left out, outbound neither offered nor waited for."""
    found = read_handling(store, CallFilter(until=date(2025, 3, 31)))
    whole = found.all
    assert (whole.records, whole.recorded, whole.offered, whole.short, whole.handled) == (10, 2, 8, 1, 5)
    # 140, 200, 65, 50+90+20+10 = 170, 40
    assert (whole.aht_s.n, whole.aht_s.value) == (5, pytest.approx((140 + 200 + 65 + 170 + 40) / 5))
    # Waits of answered calls that came in: 10, 30, 20, 15 + 5.
    assert (whole.asa_s.n, whole.asa_s.value) == (4, 20.0)
    # Offered without the short one: 1 to 5, 7, 8; given up or not answered: 5 and 7.
    assert (whole.abandoned.n, whole.abandoned.value) == (7, pytest.approx(2 / 7))
    # Answered within 20 s: 1, 3, 4.
    assert (whole.service.n, whole.service.value) == (7, pytest.approx(3 / 7))
    assert (whole.transferred.n, whole.transferred.value) == (5, 0.2)
    assert whole.abandoned.interval is not None
    assert whole.abandoned.interval[0] < 2 / 7 < whole.abandoned.interval[1]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("agent", {"ann": 3, "bob": 5, None: 0}),
        ("team", {"red": 5, "blue": 3, None: 0}),
        ("queue", {"sales": 6, "night": 2}),
        ("month", {"2025-03": 5, "2025-04": 1, "2025-10": 2}),
        ("hour", {"02": 2, "09": 2, "10": 1, "11": 1, "12": 1, "13": 0, "14": 1, "15": 0}),
    ],
)
def test_handled_calls_by_group(store: Store, by: HandlingBy, expected: dict[str | None, int]) -> None:
    """Each call counts once, for who answered it first, and for the team of that day."""
    assert {row.key: row.handled for row in read_handling(store, by=by).rows} == expected


def test_a_corrected_roster_moves_records_to_their_team(tmp_path: Path) -> None:
    """As it moves calls; and the check finds nothing changed behind its back."""
    with Store.open(tmp_path / "calls.db", create=True) as made:
        import_text(made, tmp_path, "calls", "\n".join((HEAD, *ROWS)))
        assert [row.key for row in read_handling(made, by="team").rows] == [None]
        entry = SimpleNamespace(
            agent="ann", name="Ann", team="red", center="X", valid_from=None, valid_to=None
        )
        made.sync_roster([entry])
        assert {row.key: row.handled for row in read_handling(made, by="team").rows} == {"red": 3, None: 5}
        assert list(examine(made)) == []


def test_what_is_not_told_has_no_figure(tmp_path: Path) -> None:
    """Without waits there is no speed of answer and no service level; without hold, AHT is talk alone."""
    with Store.open(tmp_path / "calls.db", create=True) as made:
        import_text(
            made,
            tmp_path,
            "calls",
            "call_id,start,agent,outcome,talk\n1,2025-03-02 09:00:00,ann,answered,60\n",
        )
        row = read_handling(made).all
    assert (row.aht_s.value, row.hold_s.n, row.hold_s.value) == (60.0, 0, None)
    assert (row.asa_s.value, row.service.value, row.abandoned.value) == (None, None, 0.0)


def test_a_wrong_group_is_named(store: Store) -> None:
    """With those there are."""
    with pytest.raises(UsageError, match=r"--by 'moon'[\s\S]*agent, team"):
        read_handling(store, by="moon")  # type: ignore[arg-type]


def test_every_gap_between_records_and_recordings(store: Store) -> None:
    """A record without a recording, a recording without a record, and one that is shorter than its call."""
    found = reconcile(store, CallFilter(since=date(2025, 3, 2), until=date(2025, 3, 2)))
    assert (found.records, found.answered, found.matched, found.calls) == (10, 5, 2, 3)
    assert dict(found.counts) == {"no_recording": 3, "no_record": 1, "wrong_length": 1}
    by_kind = {
        kind: [gap.record_id or gap.path for gap in found.gaps if gap.kind == kind]
        for kind, _ in found.counts
    }
    assert by_kind == {
        "no_recording": ["3", "4", "9"],
        "no_record": ["/calls/lone.wav"],
        "wrong_length": ["2"],
    }
    assert found.exit_code == 3


def test_no_gap_is_said(tmp_path: Path) -> None:
    """Exit code 0."""
    with Store.open(tmp_path / "calls.db", create=True) as made:
        made.save_call(make_call("one", "ann", "301111", "2025-03-02T09:00:02+01:00", duration_s=110.0))
        import_text(made, tmp_path, "calls", f"{HEAD}\n{ROWS[0]}")
        found = reconcile(made)
    assert (found.matched, found.gaps, found.exit_code) == (1, (), 0)
