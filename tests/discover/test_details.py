"""What is known of a call, and from where."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.call import Details
from speechcx.discover import DiscoverSettings, Sources, explain, read_details, read_sources
from speechcx.discover.details import clean_value
from speechcx.errors import CallError

PATTERN = "{agent}_{customer}_{started:%Y-%m-%dT%H-%M-%S}"
NAMED = DiscoverSettings(patterns=(PATTERN,), zone="Europe/Berlin")
NAME = "a7_5551234_2025-03-04T10-00-00.wav"


class Folder:
    """A folder with one recording and whatever is said of it."""

    def __init__(self, path: Path, name: str = NAME) -> None:
        self.path = path
        self.recording = path / name
        self.recording.write_bytes(b"RIFF")

    def sidecar(self, ending: str = ".json", **values: object) -> None:  # noqa: D102
        stem = str(self.recording) if ending == ".wav.json" else str(self.recording)[:-4]
        Path(stem.removesuffix(".wav") + ending).write_text(json.dumps(values))

    def table(self, *rows: str, header: str = "file,agent,started_at", name: str = "calls.csv") -> None:  # noqa: D102
        (self.path / name).write_text("\n".join([header, *rows]))

    def details(self, settings: DiscoverSettings = NAMED) -> Details:  # noqa: D102
        return read_details(self.recording, read_sources([self.path], settings), settings)

    def rows(self, settings: DiscoverSettings = NAMED) -> list[tuple[str, str | None, str]]:  # noqa: D102
        told = explain(self.recording, read_sources([self.path], settings), settings)
        return [(row.field, row.value, row.source) for row in told]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_from_the_name(folder: Folder) -> None:
    """A name that fits a pattern gives its fields, and says so."""
    details = folder.details()
    assert (details.agent, details.customer, details.zone) == ("a7", "5551234", "Europe/Berlin")
    assert details.started_at == datetime(2025, 3, 4, 9, 0, tzinfo=UTC)
    assert details.missing == ()
    assert dict(details.sources) == dict.fromkeys(
        ("agent", "customer", "started_at"), f"file name by {PATTERN}"
    )


def test_order_of_force(folder: Folder) -> None:
    """Sidecar goes before table, table before name, name before default, field by field."""
    folder.table(f"{NAME},a7,,sales,in", header="file,agent,note,queue,direction")
    folder.sidecar(customer="5550000", campaign="spring")
    details = folder.details(
        DiscoverSettings(patterns=(PATTERN,), zone="Europe/Berlin", direction="outbound")
    )
    assert (details.agent, details.customer, details.queue) == ("a7", "5550000", "sales")
    assert details.direction == "inbound"
    assert details.extras == (("campaign", "spring"),)
    assert dict(details.sources) == {
        "agent": "calls.csv line 2", "customer": f"sidecar {NAME[:-4]}.json", "queue": "calls.csv line 2",
        "direction": "calls.csv line 2", "campaign": f"sidecar {NAME[:-4]}.json",
        "started_at": f"file name by {PATTERN}",
    }  # fmt: skip


def test_the_first_pattern_that_fits(folder: Folder) -> None:
    """Of several patterns the first that fits is used."""
    settings = DiscoverSettings(patterns=("{x:digits}", PATTERN, "{agent}"), zone="UTC")
    assert folder.details(settings).agent == "a7"


def test_nothing_is_known(tmp_path: Path) -> None:
    """Where no source says anything, agent and time are missing with the reason; never now, never mtime."""
    details = Folder(tmp_path, "x.wav").details()
    assert details == Details(
        zone="Europe/Berlin",
        sources=(
            ("agent", "missing: no sidecar x.json; no row in a calls table; no pattern fits the file name"),
            (
                "started_at",
                "missing: no sidecar x.json; no row in a calls table; no pattern fits the file name",
            ),
        ),
    )
    assert details.missing == ("agent", "started_at")
    bare = Folder(tmp_path, "x.wav").details(DiscoverSettings())
    assert "no discover.patterns" in dict(bare.sources)["agent"]


def test_sources_that_lack_a_field_are_named(tmp_path: Path) -> None:
    """Where sources are there but do not give the field, they are named."""
    folder = Folder(tmp_path, "x.wav")
    folder.sidecar(queue="sales")
    folder.table("x.wav,a7,")
    reason = dict(folder.details().sources)["started_at"]
    assert reason == "missing: not in sidecar x.json; not in calls.csv line 2; no pattern fits the file name"


@pytest.mark.parametrize("blank", ["", "  ", "-", "n/a", "N/A", "null", "None", "unknown", "?", "\t\n"])
def test_blank_is_missing(blank: str, tmp_path: Path) -> None:
    """An agent that is written as nothing is missing, not an agent called nothing."""
    folder = Folder(tmp_path, "x.wav")
    folder.sidecar(agent=blank, started_at="2025-03-04T10:00:00Z")
    details = folder.details()
    assert (details.agent, details.missing) == (None, ("agent",))


def test_a_time_without_zone_is_missing(tmp_path: Path) -> None:
    """Without a zone a local time is not known; with one in the sidecar it is."""
    folder = Folder(tmp_path, "x.wav")
    folder.sidecar(agent="a7", started_at="2025-03-04T10:00:00")
    details = folder.details(DiscoverSettings())
    assert details.started_at is None
    assert "no zone for 2025-03-04 10:00:00: set discover.zone" in dict(details.sources)["started_at"]
    folder.sidecar(agent="a7", started_at="2025-03-04T10:00:00", zone="America/New_York")
    details = folder.details(DiscoverSettings(zone="Europe/Berlin"))
    assert details.started_at == datetime(2025, 3, 4, 15, 0, tzinfo=UTC)
    assert details.zone == "America/New_York"


def test_an_unreadable_time_is_not_replaced_by_a_weaker_one(folder: Folder) -> None:
    """A sidecar whose time cannot be read does not fall back to the name: somebody meant another time."""
    folder.sidecar(started_at="next tuesday")
    details = folder.details()
    assert details.started_at is None
    assert "'next tuesday' is not a valid time" in dict(details.sources)["started_at"]


@pytest.mark.parametrize("source", ["name", "sidecar", "table"])
def test_the_hour_that_came_twice_is_marked(source: str, tmp_path: Path) -> None:
    """A time in the doubled hour is marked in the sources, whichever source it is from."""
    folder = Folder(tmp_path, "a7_1_2025-10-26T02-30-00.wav" if source == "name" else "x.wav")
    if source == "sidecar":
        folder.sidecar(agent="a7", started_at="2025-10-26T02:30:00")
    if source == "table":
        folder.table("x.wav,a7,2025-10-26T02:30:00")
    details = folder.details()
    assert details.started_at == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    assert "02:30 came twice that day in Europe/Berlin" in dict(details.sources)["started_at"]


CONFLICTS = [
    ({"agent": "a8"}, "x.wav,a7,", "agent is 'a8' in sidecar x.json and 'a7' in calls.csv line 2"),
    ({"started_at": "2025-03-04T10:00:00Z"}, "x.wav,,2025-03-04T11:30:00Z", "started_at is"),
]


@pytest.mark.parametrize(("values", "row", "words"), CONFLICTS)
def test_sidecar_against_table(values: dict[str, str], row: str, words: str, tmp_path: Path) -> None:
    """Sidecar and table that disagree on agent or time are a conflict that names both."""
    folder = Folder(tmp_path, "x.wav")
    folder.sidecar(**values)
    folder.table(row)
    with pytest.raises(CallError, match=words) as caught:
        folder.details()
    assert caught.value.kind.slug == "metadata_conflict"
    assert folder.rows()[0][:2] == ("problem", None)


@pytest.mark.parametrize(
    ("values", "row"),
    [
        ({"agent": "a7"}, "x.wav,a7,"),
        ({"started_at": "2025-03-04T10:00:00Z"}, "x.wav,,2025-03-04T11:00:59+01:00"),
        ({"queue": "sales"}, "x.wav,a7,"),
        ({"agent": "cafe\u0301"}, "x.wav,caf\u00e9,"),
    ],
)
def test_sources_that_agree(values: dict[str, str], row: str, tmp_path: Path) -> None:
    """The same agent, or the same time within a minute in whatever zone, is no conflict."""
    folder = Folder(tmp_path, "x.wav")
    folder.sidecar(**values)
    folder.table(row)
    folder.details()


def test_equal_sources_that_disagree(tmp_path: Path) -> None:
    """Two rows, or two sidecars, that disagree on any known field are a conflict."""
    folder = Folder(tmp_path, "x.wav")
    folder.table("x.wav,a7,", "x.wav,a8,")
    with pytest.raises(CallError, match="'a7' in calls.csv line 2 and 'a8' in calls.csv line 3"):
        folder.details()
    folder.table("x.wav,a7,", "x.wav,a7,")
    assert folder.details().agent == "a7"
    folder.sidecar(queue="sales")
    folder.sidecar(".wav.json", queue="support")
    with pytest.raises(
        CallError, match=r"queue is 'support' in sidecar x\.wav\.json and 'sales' in sidecar x\.json"
    ):
        folder.details()


def test_the_name_never_conflicts(folder: Folder) -> None:
    """A sidecar is there to correct the name: it goes before it without a conflict."""
    folder.sidecar(agent="a8", started_at="2024-01-01T00:00:00Z")
    assert folder.details().agent == "a8"


def test_a_broken_row_sets_its_call_aside(tmp_path: Path) -> None:
    """A row with too many cells spoils its own call only."""
    folder = Folder(tmp_path, "x.wav")
    folder.table("x.wav,a7,2025-03-04T10:00:00Z,oops")
    with pytest.raises(CallError, match="calls.csv line 2 cannot be used: 4 cells under 3") as caught:
        folder.details()
    assert caught.value.kind.slug == "metadata_missing"


@pytest.mark.parametrize(
    "value", [["agent", "customer"], "agent,customer", "Agent / Customer", "agent|customer"]
)
def test_channels(value: object, tmp_path: Path) -> None:
    """The parties of the channels may be given in several forms."""
    folder = Folder(tmp_path, "x.wav")
    folder.sidecar(channels=value)
    assert folder.details().channels == ("agent", "customer")


def test_wrong_channels(tmp_path: Path) -> None:
    """A party that does not exist is an error that lists those that do."""
    folder = Folder(tmp_path, "x.wav")
    folder.sidecar(channels=["agent", "caller"])
    with pytest.raises(CallError, match=r"channels 'agent,caller'\n.*agent, customer, ivr, unknown"):
        folder.details()


def test_explain(folder: Folder) -> None:
    """Explaining shows every field with its source, also what was overruled and what is missing."""
    folder.sidecar(agent="a8", campaign="spring")
    rows = folder.rows(DiscoverSettings(patterns=(PATTERN,)))
    name = f"file name by {PATTERN}"
    sidecar = f"sidecar {NAME[:-4]}.json"
    assert ("agent", "a8", sidecar) in rows
    assert ("agent", "a7", f"{name} (overruled by {sidecar})") in rows
    assert ("customer", "5551234", name) in rows
    assert ("campaign", "spring", sidecar) in rows
    (why,) = [source for field, value, source in rows if field == "started_at" and value is None]
    assert why.startswith("missing: ")
    assert "set discover.zone" in why


def test_explain_of_a_broken_sidecar(folder: Folder) -> None:
    """Explaining never fails: what is wrong is a row."""
    Path(str(folder.recording)[:-4] + ".json").write_text('{"agent":')
    ((field, value, why),) = folder.rows()
    assert (field, value) == ("problem", None)
    assert "cannot be used" in why


@given(st.text(max_size=600))
def test_values_can_be_stored(text: str) -> None:
    """Any text becomes one line that a database and a page take."""
    value = clean_value(text, 500)
    value.encode("utf-8")
    assert len(value) <= 500
    assert not any(ord(char) < 32 or ord(char) == 127 for char in value)
    assert clean_value(value, 500) == value or len(value) == 500


def test_bytes_in_a_name_do_not_reach_the_agent(tmp_path: Path) -> None:
    """A name of bytes that are no text gives an agent that can be stored."""
    name = b"caf\xe9_1_2025-03-04T10-00-00.wav".decode("utf-8", "surrogateescape")
    assert Folder(tmp_path, name).details().agent == "caf\ufffd"


def test_relative_paths(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A recording may be named relative to the working directory."""
    folder.table(f"{NAME},a7,")
    monkeypatch.chdir(folder.path)
    sources = read_sources(["."], NAMED)
    assert dict(read_details(NAME, sources, NAMED).sources)["agent"] == "calls.csv line 2"
    assert read_details(NAME, Sources(), NAMED).agent == "a7"


def test_roster_gives_the_agents_name() -> None:
    """The agent's name of the roster is an extra with its source; a name the call's own sources give stays."""
    sources = Sources(agent_names={"a7": "Maria Lopez"})
    details = read_details(NAME, sources, NAMED)
    assert ("Maria Lopez", "the roster") == (
        dict(details.extras)["agent_name"],
        dict(details.sources)["agent_name"],
    )
    assert "agent_name" not in dict(read_details(NAME, Sources(agent_names={"a8": "Tom"}), NAMED).extras)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("file,agent,date,time", "x.wav,a7,2026-03-02,9:15"),
        ("file,agent,Call Date,Start Time", "x.wav,a7,02.03.2026,09:15:00"),
        ("file,agent,Start Date,Start Time", "x.wav,a7,2026-03-02 00:00:00,1899-12-30 09:15:00"),
        ("file,agent,started_at,time", "x.wav,a7,2026-03-02,09:15"),
        ("file,agent,start,date", "x.wav,a7,9:15 AM,2026-03-02"),
        ("file,agent,date", "x.wav,a7,2026-03-02 09:15"),
        ("file,agent,Start Time (UTC)", "x.wav,a7,2026-03-02 08:15"),
        ("file,agent,date (UTC),time (UTC)", "x.wav,a7,2026-03-02,8:15"),
    ],
)
def test_date_and_time_in_two_columns(header: str, row: str, tmp_path: Path) -> None:
    """The start may stand in two columns, under the headings of exports, which may say that it is in UTC."""
    folder = Folder(tmp_path, "x.wav")
    folder.table(row, header=header)
    details = folder.details(DiscoverSettings(zone="Europe/Berlin", time_format="%d.%m.%Y %H:%M:%S"))
    assert details.started_at is not None
    assert details.started_at.isoformat() == "2026-03-02T09:15:00+01:00"
    assert details.extras == ()


def test_null_dates_set_their_call_aside(tmp_path: Path) -> None:
    """A null date of other software is shown in the reason; the file's name does not replace it."""
    for text in ("0001-01-01T00:00:00", "9999-12-31T23:59:59", "1900-01-00 00:00", "0000-00-00 00:00:00"):
        folder = Folder(tmp_path)
        folder.sidecar(started_at=text)
        details = folder.details()
        assert details.missing == ("started_at",)
        assert text[:10] in dict(details.sources)["started_at"]


@pytest.mark.parametrize(
    "withheld",
    ["anonymous", "Restricted", "PRIVATE", "Unavailable", "unknown", "Withheld", "blocked", "No Caller ID",
     "sip:anonymous@anonymous.invalid", '"Anonymous" <sip:anonymous@anonymous.invalid>', '"" <>', "<>",
     "anonymous@10.0.0.1", '"Restricted" <>', "0000000000", "+266696687", "unbekannt", "Inconnu",
     "Caller ID withheld", "number unavailable", "Not Provided", "Rufnummer unterdrückt", "Número oculto", "n/a",
     "NULL", "None", "9999999999", "xxx-xxx-xxxx", "blocked call", "0"],
)  # fmt: skip
def test_a_withheld_number_is_no_customer(withheld: str, tmp_path: Path) -> None:
    """Callers who withhold their number are not one customer who calls often."""
    folder = Folder(tmp_path, "x.wav")
    folder.sidecar(agent="a7", started_at="2025-03-04T10:00:00Z", customer=withheld)
    assert folder.details().customer is None
    assert folder.details().missing == ()


@pytest.mark.parametrize(
    "name",
    ["E1", "Private Eye Ltd", "Hidden Valley Inc", "Provided", "No Name Cafe", "Blank Ltd", "444", "10"],
)
def test_a_customer_whose_name_holds_such_a_word_is_kept(name: str, tmp_path: Path) -> None:
    """Only a text that says nothing else is a withheld number."""
    folder = Folder(tmp_path, "x.wav")
    folder.sidecar(agent="a7", started_at="2025-03-04T10:00:00Z", customer=name)
    assert folder.details().customer == name


@pytest.mark.parametrize(
    ("written", "plain", "german"),
    [
        ("030 123456-78", "03012345678", "+493012345678"),
        ("+49 (30) 12345678", "+493012345678", "+493012345678"),
        ("0049 30 12345678", "00493012345678", "+493012345678"),
        ('"Smith" <sip:+493012345678@10.0.0.1;user=phone>', "+493012345678", "+493012345678"),
        ("tel:+49-30-12345678", "+493012345678", "+493012345678"),
        ("C-1042", "C-1042", "C-1042"),
        ("2026-17", "2026-17", "2026-17"),
    ],
)
def test_telephone_numbers_are_compared_in_one_form(
    written: str, plain: str, german: str, tmp_path: Path
) -> None:
    """Marks make no other customer; with a country, its own and the international form are one. Ids stay."""
    folder = Folder(tmp_path, "x.wav")
    folder.sidecar(agent="a7", started_at="2025-03-04T10:00:00Z", customer=written)
    assert folder.details().customer == plain
    assert folder.details(DiscoverSettings(zone="UTC", country="DE")).customer == german


def test_log_ins_in_capitals(tmp_path: Path) -> None:
    """maria and MARIA are one agent where the settings say so."""
    folder = Folder(tmp_path, "MARIA_1_2025-03-04T10-00-00.wav")
    assert folder.details().agent == "MARIA"
    settings = DiscoverSettings(patterns=(PATTERN,), zone="UTC", agents_ignore_case=True)
    assert folder.details(settings).agent == "maria"


def test_a_sidecar_of_many_keys_is_quick_to_read(tmp_path: Path) -> None:
    """Extras are never compared with each other, whatever their number; what is not kept is said."""
    folder = Folder(tmp_path)
    folder.sidecar(agent="a7", **{f"k{no}": no for no in range(5_000)})
    details = folder.details(DiscoverSettings(patterns=(PATTERN,), zone="UTC", max_sidecar_keys=10_000))
    assert len(details.extras) == 200
    assert dict(details.sources)["extras"] == "4800 left out: at most 200 are kept"


def test_a_transcript_beside_the_recording_is_named_where_details_lack(tmp_path: Path) -> None:
    """Whoever looks for the agent reads that the JSON there is not about the call."""
    folder = Folder(tmp_path, "x.wav")
    folder.sidecar(start=0.0, end=29.4, text="hello")
    reason = dict(folder.details().sources)["agent"]
    assert "x.json is no sidecar: it gives none of agent, customer" in reason
