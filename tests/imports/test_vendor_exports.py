"""Call records with the headings that telephone systems document, and as spreadsheets write them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from speechcx.imports import read_mapping, suggest_mapping, write_mapping
from speechcx.imports.run_import import open_export
from speechcx.imports.values import UnreadableCellError, read_duration
from speechcx.store import Store
from tests.imports.exports import import_text
from tests.imports.vendor_exports import VENDORS

_RECORDS = (
    "SELECT local_day, local_hour, agent, customer, direction, outcome, wait_s, talk_s FROM call_records"
    " ORDER BY 1, 2"
)
LEE, KAY, JO = "0791234567", "0447654321", "0791111111"

EXPECTED: dict[str, list[tuple[object, ...]]] = {
    "asterisk-cdr": [
        ("2026-03-02", 9, "202", LEE, "inbound", "answered", 30.0, 120.0),
        ("2026-03-02", 10, "201", KAY, "outbound", "answered", 10.0, 60.0),
        ("2026-03-02", 11, None, JO, "inbound", "abandoned", 45.0, None),
    ],
    "3cx": [
        ("2026-03-02", 9, "202", LEE, "inbound", "answered", 30.0, 120.0),
        ("2026-03-02", 10, "201", KAY, "outbound", "answered", 10.0, 60.0),
        ("2026-03-02", 11, "800", JO, "inbound", "no_answer", 45.0, None),
    ],
    "genesys-cloud": [
        ("2026-03-02", 9, "Mia Chen", "+44791234567", "inbound", "answered", 30.0, 120.0),
        ("2026-03-02", 11, None, "+44791111111", "inbound", "abandoned", 45.0, None),
    ],
    "amazon-connect": [
        ("2026-03-02", 10, "mia", "+44791234567", "inbound", "answered", 30.0, 180.0),
        ("2026-03-02", 12, None, "+44791111111", "inbound", "abandoned", 45.0, None),
    ],
    "five9": [
        ("2026-03-02", 9, "mia@x.example", LEE, "inbound", "answered", 30.0, 120.0),
        ("2026-03-02", 10, "lee@x.example", KAY, "outbound", "answered", 0.0, 60.0),
        ("2026-03-02", 11, None, JO, "inbound", "abandoned", 45.0, None),
    ],
    "vicidial": [
        ("2026-03-02", 9, "mia", LEE, None, "answered", None, None),
        ("2026-03-02", 11, "VDCL", JO, None, "abandoned", 45.0, None),
    ],
    "avaya-cms": [
        ("2026-03-02", 9, "4001", LEE, None, "answered", 30.0, 120.0),
        ("2026-03-02", 11, None, JO, None, "abandoned", 45.0, None),
    ],
    "cisco-cucm": [
        ("2026-03-02", 10, "202", LEE, "inbound", "answered", None, 120.0),
        ("2026-03-02", 11, "201", KAY, "outbound", "answered", None, 60.0),
        ("2026-03-02", 12, "202", JO, "inbound", "no_answer", None, None),
    ],
    "talkdesk": [
        ("2026-03-02", 10, "mia@x.example", "+44791234567", "inbound", "answered", 30.0, 120.0),
        ("2026-03-02", 12, None, "+44791111111", "inbound", "abandoned", 45.0, None),
    ],
    "talkdesk-explore": [
        ("2026-03-02", 10, "Mia Chen", "+44791234567", "inbound", "answered", 30.0, 120.0),
        ("2026-03-02", 12, None, "+44791111111", "inbound", "abandoned", 45.0, None),
    ],
    "zendesk-talk": [
        ("2026-03-02", 10, "12345", "24680", "inbound", "answered", 30.0, 120.0),
        ("2026-03-02", 12, None, "24681", "inbound", "abandoned", 45.0, None),
    ],
    "aircall": [
        ("2026-03-02", 10, "Mia Chen", "+44791234567", "inbound", "answered", None, 120.0),
        ("2026-03-02", 11, "Lee Wong", "+44447654321", "outbound", "answered", None, 60.0),
    ],
    "ringcentral": [
        ("2026-03-30", 9, "102 - Mia Chen", "(079) 123-4567", "inbound", "answered", None, 120.0),
        ("2026-03-30", 10, "101 - Lee Wong", "(044) 765-4321", "outbound", "answered", None, 60.0),
        ("2026-03-30", 11, None, "(079) 111-1111", "inbound", "no_answer", None, None),
    ],
    # A call that was connected is two rows there, which are one call here.
    "twilio": [("2026-03-02", 10, None, "+44791234567", "inbound", "answered", None, None)],
    "": [
        ("2026-03-02", 9, "mia", LEE, "inbound", "answered", 30.0, 120.0),
        ("2026-03-13", 11, None, JO, "inbound", None, 45.5, None),
    ],
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One database for all exports; each test takes its facts out again."""
    with Store.open(tmp_path_factory.mktemp("vendors") / "calls.db", create=True) as made:
        yield made


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_export_of_a_product_is_known_by_its_headings(store: Store, tmp_path: Path, vendor: str) -> None:
    """Calls with agent, customer, direction, end and times; a row of totals or of column types is no call."""
    report = import_text(store, tmp_path, "calls", VENDORS[vendor])
    try:
        assert (report.mapping.name, report.refused) == (vendor, ())
        assert store.db.execute(_RECORDS).fetchall() == EXPECTED[vendor]
    finally:
        with store.write():
            for table in ("call_legs", "call_records"):
                store.db.execute(f"DELETE FROM {table}")


def test_a_suggested_mapping_reads_the_file_as_it_would_be_read_without(tmp_path: Path) -> None:
    """What --suggest prints says all that a preset knows, whatever product it is."""
    for vendor, text in VENDORS.items():
        path = tmp_path / f"{vendor or 'plain'}.csv"
        path.write_text(text, encoding="utf-8")
        file, rows, headings = open_export(path, "calls")
        wanted = suggest_mapping(file, rows, "calls")
        written = tmp_path / "mapping.toml"
        written.write_text(write_mapping(wanted, headings), encoding="utf-8")
        again = read_mapping(str(written), "calls")
        for name in ("columns", "unit", "units", "outcomes", "directions", "machines", "no_talk", "swap_outbound",
                     "leg_per_agent", "internal_digits", "answered_by_machine", "wait_is_rest", "zone"):  # fmt: skip
            assert getattr(again, name) == getattr(wanted, name), (vendor, name)


def test_what_is_not_understood_is_named(store: Store, tmp_path: Path) -> None:
    """Words that do not say how a call ended, lines that are no calls, and what shows the order of day and month."""
    notes = [
        import_text(store, tmp_path, "calls", VENDORS[name], dry_run=True).note
        for name in ("five9", "3cx", "")
    ]
    assert "'Resolved' (2)" in notes[0]
    assert "Lines of totals or column types that are no calls: 5" in notes[1]
    assert "Dates begin with the day, as line 4 (13.03.2026) shows" in notes[2]


def test_dates_that_no_row_settles_are_refused(store: Store, tmp_path: Path) -> None:
    """02/03 alone may be two days; so may a file whose rows contradict each other."""
    for other in ("04/05/2026 10:00", "13/05/2026 10:00\nC,05/13/2026 11:00,ann"):
        text = f"Call ID,Start Time,Agent\nA,02/03/2026 09:00,ann\nB,{other},ann\n".replace(
            "10:00,ann", "10:00,ann"
        )
        refused = import_text(store, tmp_path, "calls", text, dry_run=True).refused
        assert "may be day and month or month and day" in refused[0].found


@pytest.mark.parametrize(
    ("text", "unit", "seconds"),
    [
        ("192", "s", 192.0), ("192,5", "s", 192.5), ("192500", "ms", 192.5), ("3,2", "min", 192.0),
        ("0:03:12", "s", 192.0), ("00:03:12.500", "s", 192.5), ("3:12", "s", 192.0), ("3m 12s", "s", 192.0),
        ("3 min 12 sec", "s", 192.0), ("1 h 3 min", "s", 3780.0), ("1 hr, 3 mins, 12 secs", "s", 3792.0),
        ("PT3M12S", "s", 192.0), ("192500 ms", "s", 192.5), ("0.002222222", "day", 192.0),
        ("0,002222222", "day", 192.0),
        ("2.5E-05", "day", 2.16), ("-", "s", None), ("n/a", "s", None),
    ],
)  # fmt: skip
def test_durations_as_systems_and_spreadsheets_write_them(
    text: str, unit: str, seconds: float | None
) -> None:
    """Clocks, words, milliseconds and parts of a day; a dash is nothing, and not 0."""
    assert read_duration(text, unit) == seconds  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["3 monkeys", "soon", "12 apples", "-5", ""])
def test_no_duration_is_made_up(text: str) -> None:
    """A word that begins with m is not minutes."""
    with pytest.raises(UnreadableCellError, match="no duration"):
        read_duration(text, "s")


def test_a_customer_who_is_missing_or_may_be_the_agent_is_named(store: Store, tmp_path: Path) -> None:
    """Blank numbers and withheld ones, which are nobody's; the agent's own extension as the calling party."""
    head = "call_id,start,agent,called,customer,talk,outcome"
    rows = (
        "1,2026-03-02 09:00:00,4711,100,0301111111,60,answered",
        "2,2026-03-02 09:10:00,4711,100,,60,answered",
        "3,2026-03-02 09:20:00,4711,100,anonymous,60,answered",
        "4,2026-03-02 09:30:00,4711,0301111111,4711,60,answered",
    )
    note = import_text(store, tmp_path, "calls", "\n".join((head, *rows)), dry_run=True).note
    assert "2 rows tell no number or id of the customer" in note
    assert "not followed as repeats: lines 3, 4" in note
    assert "1 rows give as the customer an extension or the agent's own number" in note
    assert note.endswith("lines 5")
