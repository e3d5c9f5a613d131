"""Calls tables in the forms that spreadsheets write."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.discover import DiscoverSettings, FoundFile, Sources
from speechcx.discover.calls_table import CallsTable, TableRow, read_calls_table
from speechcx.errors import CallError, ConfigError

SETTINGS = DiscoverSettings(zone="Europe/Berlin")


def table_of(content: bytes | str, tmp_path: Path, settings: DiscoverSettings = SETTINGS) -> CallsTable | str:
    path = tmp_path / "calls.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_calls_table(str(path), settings)


def rows_for(table: CallsTable | str, path: str | Path) -> tuple[TableRow, ...]:
    assert isinstance(table, CallsTable), table
    return Sources((table,)).rows_for(str(path))


def warned(table: CallsTable | str) -> dict[int, str]:
    """What is wrong with which line."""
    assert isinstance(table, CallsTable), table
    return {warning.line: warning.found for warning in table.warnings}


@pytest.mark.parametrize("divider", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_forms_of_csv(divider: str, encoding: str, ending: str, tmp_path: Path) -> None:
    """Dividers, encodings, byte order marks and line ends of all spreadsheets are read."""
    lines = (
        ["File", " Agent ", "Started At"],
        ["a.wav", '"Müller, Jörg"', "2025-03-04T10:00:00"],
        ["", "", ""],
    )
    table = table_of(ending.join(divider.join(cells) for cells in lines).encode(encoding), tmp_path)
    (row,) = rows_for(table, tmp_path / "a.wav")
    assert dict(row.values) == {"file": "a.wav", "agent": "Müller, Jörg", "started_at": "2025-03-04T10:00:00"}
    assert (row.source, row.wrong) == ("calls.csv line 2", "")


def test_how_files_are_named(tmp_path: Path) -> None:
    """A bare name counts beside the table and below it, a path only where it leads."""
    table = table_of(f"file,agent\na.wav,1\ndeep/b.wav,2\n{tmp_path}/c.wav,3\n./deep/../d.wav,4\n", tmp_path)

    def agent(path: str) -> list[str]:
        return [dict(row.values)["agent"] for row in rows_for(table, path)]

    assert agent(f"{tmp_path}/a.wav") == ["1"]
    assert agent(f"{tmp_path}/deep/er/a.wav") == ["1"]
    assert agent(f"{tmp_path}/deep/b.wav") == ["2"]
    assert agent(f"{tmp_path}/b.wav") == []
    assert agent(f"{tmp_path}/c.wav") == ["3"]
    assert agent(f"{tmp_path}/d.wav") == ["4"]
    assert agent(f"{tmp_path.parent}/a.wav") == []


def test_line_numbers_count_quoted_breaks(tmp_path: Path) -> None:
    """A row is named by the line it begins on, also behind cells of several lines."""
    table = table_of('file,note\na.wav,"one\ntwo"\nb.wav,x\n', tmp_path)
    assert rows_for(table, f"{tmp_path}/b.wav")[0].source == "calls.csv line 4"


@pytest.mark.parametrize(
    "content",
    ["agent,team\na,b\n", "", "\n\n", "just text\n", b"\x00\x01\x02\xff" * 100, "path,size\na.wav,b\n"],
    ids=["roster", "empty", "blank", "text", "binary", "other"],
)
def test_csv_about_something_else(content: bytes | str, tmp_path: Path) -> None:
    """A CSV without a file column is not about calls, and is left alone, with the reason."""
    why = table_of(content, tmp_path)
    assert isinstance(why, str)
    assert "column" in why


def test_cells_that_are_missing_at_the_end(tmp_path: Path) -> None:
    """A row may lack cells of further columns; one that lacks agent or start is shifted or cut, and named."""
    table = table_of("file,agent,csat\na.wav,x,1,2\nb.wav,y\nc.wav\nd.wav,z,3,,\n", tmp_path)
    assert warned(table) == {2: "4 cells under 3 column names", 4: "1 cells under 3 column names"}
    assert rows_for(table, tmp_path / "a.wav")[0].wrong == "4 cells under 3 column names"
    assert dict(rows_for(table, tmp_path / "b.wav")[0].values) == {"file": "b.wav", "agent": "y"}
    assert rows_for(table, tmp_path / "d.wav")[0].wrong == ""


DAMAGE = {
    "a bare quote": '{file},maria,"Smith" <5551234>,2026-03-02T11:05:00-05:00,billing',
    "a quote never closed": '{file},maria,"Smith,2026-03-02T11:05:00-05:00,billing',
    "a quote in the middle": '{file},"ma"ria,C1,2026-03-02T11:05:00,billing',
    "a total": ",Total,,,17",
    "a total in the file": "Total,,,,",
    "a total in the file, and its figure": "Total,,,,17",
    "a total in the file and in two columns": "Grand total:,3,17,,",
    "a total in German": "Summe,,,,17",
    "no file": ",maria,C1,2026-03-02T11:05:00,billing",
    "only blanks in the file": " \u00a0,maria,C1,2026-03-02T11:05:00,billing",
    "too many cells": "{file},maria,C1,2026-03-02T11:05:00,billing,x,y",
    "a comma in a number": "{file},1,051,C1,2026-03-02T11:05:00,billing",
    "too few cells": "{file},maria",
    "one cell": "{file}",
    "NUL": "{file},mar\0ia,C1,2026-03-02T11:05:00,billing",
    "bytes of Windows": b"{file},m\xfcller,C1,2026-03-02T11:05:00,billing",
    "bytes of nothing": b"{file},m\xff\xfe\x81,C1,2026-03-02T11:05:00,billing",
    "words for a date": "{file},maria,C1,yesterday,billing",
    "no such day": "{file},maria,C1,2026-02-30T11:05:00,billing",
    "no such hour": "{file},maria,C1,2026-03-02T25:05:00,billing",
    "no such minute": "{file},maria,C1,2026-03-02T11:65:00,billing",
    "month 13": "{file},maria,C1,2026-13-02T11:05:00,billing",
    "month 0": "{file},maria,C1,2026-00-02T11:05:00,billing",
    "day or month": "{file},maria,C1,03/04/2026 11:05,billing",
    "two-digit year": "{file},maria,C1,02.03.26 11:05,billing",
    "a day alone": "{file},maria,C1,2026-03-02,billing",
    "a clock alone": "{file},maria,C1,11:05,billing",
    "null date of MySQL": "{file},maria,C1,0000-00-00 00:00:00,billing",
    "null date of Excel": "{file},maria,C1,1900-01-00 00:00:00,billing",
    "first day of all": "{file},maria,C1,0001-01-01T00:00:00,billing",
    "last day of all": "{file},maria,C1,9999-12-31T23:59:59,billing",
    "before 1970": "{file},maria,C1,1969-12-30T11:05:00,billing",
    "in ten years": "{file},maria,C1,2126-03-02T11:05:00,billing",
    "day number": "{file},maria,C1,46083.4618055556,billing",
    "rounded number of seconds": "{file},maria,C1,1.77244E+09,billing",
    "an unknown zone": "{file},maria,C1,2026-03-02 11:05:00 IST,billing",
    "rounded agent": "{file},4.47E+11,C1,2026-03-02T11:05:00,billing",
    "rounded customer": '{file},maria,"4,47E+11",2026-03-02T11:05:00,billing',
    "rounded file": "1.77244E+09,maria,C1,2026-03-02T11:05:00,billing",
    "thousands": '{file},"1,051",C1,2026-03-02T11:05:00,billing',
    "#REF!": "{file},#REF!,C1,2026-03-02T11:05:00,billing",
    "#N/A": "{file},maria,C1,#N/A,billing",
    "#NAME?": "{file},maria,#NAME?,2026-03-02T11:05:00,billing",
    "too narrow": "{file},maria,C1,########,billing",
    "a formula": "{file},=B7&C7,C1,2026-03-02T11:05:00,billing",
    "other agent, same file": "good_0.wav,tom,C1,2026-03-02T11:05:00,billing",
    "the same line": "good_1.wav,maria,C1,2026-03-02T11:05:00,billing",
    "semicolons": "{file};maria;C1;2026-03-02T11:05:00;billing",
    "tabs": "{file}\tmaria\tC1\t2026-03-02T11:05:00\tbilling",
    "the header again": "file,agent,customer,started_at,queue",
    "a note": "exported by Anna on Monday",
}  # fmt: skip
"""What was seen in tables that people export, keep and edit; ``{file}`` is the recording."""

FORMS = (
    "{file},maria,C1,2026-03-02T11:05:00,billing",
    '"{file}","maria","C1","2026-03-02 11:05:00","billing"',
    " {file} ,\u00a0maria\u00a0,C1 ,2026-03-02 11:05,billing",
    '="{file}",="maria",="C1","2026-03-02T11:05:00",',
    "{file},maria,'0012,2026-03-02 9:05 AM,billing",
    '{file},maria,"C1","2026-03-02T11:05:00+01:00","two\nlines, a ""quote"" and a comma"',
    "{file},M\u00fcller,anonymous,1772442900,",
    "{file},maria,C1,31.03.2026 11:05:00,billing,,",
)
"""Good rows in the forms of spreadsheets."""


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_table_of_5000_rows_with_more_than_40_kinds_of_damage(ending: str, tmp_path: Path) -> None:
    """All good rows are used and every bad one is named by file and line, with sep=; and the like above them."""
    assert len(DAMAGE) >= 40
    lines: list[bytes] = [
        b"Calls of March",
        b"",
        b"File,Agent,Customer,Started At,Queue,Queue,Notes,",
    ]
    bad: dict[int, str] = {}
    good: dict[str, int] = {}
    kinds = list(DAMAGE.items())
    line = len(lines)
    for no in range(5000):
        line += 1
        if no % 100 < len(kinds) and no % 100 > 1 and no % 7 == 0:
            name, damaged = kinds[(no // 7) % len(kinds)]
            text = damaged if isinstance(damaged, bytes) else damaged.encode()
            lines.append(text.replace(b"{file}", b"bad_%d.wav" % no))
            bad[line] = name
            continue
        row = FORMS[no % len(FORMS) if no > 1 else 0].replace("{file}", f"good_{no}.wav")
        good[f"good_{no}.wav"] = line
        line += row.count("\n")
        lines.append(row.encode())
    assert set(bad.values()) == set(DAMAGE)
    text = b"\n".join(lines).replace(b"\n", ending.encode())
    table = table_of(b"\xef\xbb\xbf" + text, tmp_path)
    told = warned(table)
    assert {number: bad[number] for number in bad if number not in told} == {}
    assert {number: told[number] for number in told if number not in bad and number} == {}
    assert "queue" in told[0]
    for name, number in good.items():
        if name in ("good_0.wav", "good_1.wav"):
            continue
        (row,) = rows_for(table, tmp_path / name)
        assert (row.source, row.wrong) == (f"calls.csv line {number}", "")
    assert len(rows_for(table, tmp_path / "good_1.wav")) == 1
    assert {one.wrong for one in rows_for(table, tmp_path / "good_0.wav")} == {""}


def test_a_bare_quote_costs_its_call_and_no_other(tmp_path: Path) -> None:
    """The row is named, its own call is set aside, and the rows after it are read."""
    table = table_of(
        "file,agent,customer,started_at,queue\n"
        'call_21.wav,maria,"Smith" <5551234>,2026-03-02T11:05:00-05:00,billing\n'
        "call_22.wav,maria,5551235,2026-03-02T11:06:00-05:00,billing\n",
        tmp_path,
    )
    assert warned(table) == {2: "a quote that is not doubled or not closed"}
    assert rows_for(table, tmp_path / "call_21.wav")[0].wrong
    assert rows_for(table, tmp_path / "call_22.wav")[0].wrong == ""


@pytest.mark.parametrize(
    "header",
    [
        "sep=;\nFile Name;Agent;Customer;Start Time", "File Name;Agent;Customer;Start Time",
        "Recording File;Agent ID;Caller ID;Call Start", '"sep=;"\nfilename;agent_id;caller;started',
        "Report\n\n2026-03\nfile;agent;customer;start", "FileName;AgentId;CustomerNumber;StartTime",
    ],
)  # fmt: skip
def test_headings_of_exports(header: str, tmp_path: Path) -> None:
    """Headings as people write them, a sep= line and titles above the header are understood."""
    from speechcx.discover import read_details

    table = table_of(f"{header}\na.wav;maria;5551234;2026-03-02 09:15\n", tmp_path)
    assert isinstance(table, CallsTable)
    details = read_details(tmp_path / "a.wav", Sources((table,)), SETTINGS)
    assert (details.agent, details.customer, details.extras) == ("maria", "5551234", ())
    assert details.started_at is not None
    assert details.started_at.isoformat() == "2026-03-02T09:15:00+01:00"


EXPORTS = {
    "Segment Start Time,Agent Name,Agent ID,ANI,Queue,Recording File": "2026-03-02 09:15,Ann Lee,maria,5551234,b,a.wav",
    "Call Start,Agent Name,ANI,Queue,Recording File": "2026-03-02 09:15:00,maria,5551234,b,a.wav",
    "Call Start,Extension,Caller ID,Recording File": "2026-03-02 09:15:00,204,5551234,a.wav",
    "File,Extension,Agent Name,ANI,Start": "a.wav,wav,maria,5551234,2026-03-02 09:15",
    "InitiatedDateTimeUTC,LocalUserId,RemoteNumber,RecordingFile": "2026-03-02 08:15:00,maria,5551234,a.wav",
    "Call Time,Caller ID,Agent,Recording": "2026-03-02 09:15:00,5551234,maria,a.wav",
    "Recording File,Employee ID,Contact Phone,Call Start Time (local)": "a.wav,maria,5551234,2026-03-02 09:15",
    "Recording,Agent Name,Caller Number,Date,Time,Call Type": "a.wav,maria,5551234,2026-03-02,9:15 AM,Inbound",
    "Datei,Mitarbeiter,Kunde,Datum,Uhrzeit": "a.wav,maria,5551234,2026-03-02,09:15",
    "Archivo,Agente,Cliente,Fecha,Hora": "a.wav,maria,5551234,2026-03-02,09:15",
    "Fichier,Agent,Client,Date,Heure": "a.wav,maria,5551234,2026-03-02,09:15",
}  # fmt: skip
"""Headings of other systems, and a row."""


@pytest.mark.parametrize("header", EXPORTS)
def test_an_export_of_another_system_gives_agent_customer_and_start(header: str, tmp_path: Path) -> None:
    """A column is known by the names that other systems give it."""
    from speechcx.discover import read_details

    table = table_of(f"{header}\n{EXPORTS[header]}\n", tmp_path)
    assert isinstance(table, CallsTable)
    assert not table.warnings
    details = read_details(tmp_path / "a.wav", Sources((table,)), SETTINGS)
    assert (details.agent, details.customer) == ("204" if "204" in EXPORTS[header] else "maria", "5551234")
    assert details.started_at is not None
    assert details.started_at.isoformat() == "2026-03-02T09:15:00+01:00"
    assert details.direction in (None, "inbound")


TWO = "recordingfile,calldate,agent,src,dst"
PARTIES = "Recording,Start Time,Agent,Calling Party,Called Party,Direction"


@pytest.mark.parametrize(
    ("header", "numbers", "customer"),
    [
        (TWO, "02079460018,204", "02079460018"), (TWO, "204,02079460018", "02079460018"),
        (PARTIES, "02079460018,08001111111,In", "02079460018"),
        (PARTIES, "08001111111,02079460018,Outgoing", "02079460018"),
        (TWO, "02079460018,08001111111", None), (TWO.replace("dst", "customer"), "02079460018,C7", "C7"),
    ],
)  # fmt: skip
def test_an_exchange_that_names_who_called_whom_gives_the_customer(
    header: str, numbers: str, customer: str | None, tmp_path: Path
) -> None:
    """FreePBX writes src and dst, Avaya "Calling Party": the customer is the other side, or a line says so."""
    from speechcx.discover import read_details

    table = table_of(f"{header}\na.wav,2026-03-02 09:15:00,maria,{numbers}\n", tmp_path)
    assert isinstance(table, CallsTable)
    details = read_details(tmp_path / "a.wav", Sources((table,)), SETTINGS)
    assert (details.agent, details.customer) == ("maria", customer)
    found = [warning.found for warning in table.warnings]
    assert bool(found) == (customer is None)
    assert all("which number is the customer's is not told" in text for text in found)


def test_an_extension_of_files_is_no_agent(tmp_path: Path) -> None:
    """Without a column of agents, ``wav`` under "Extension" does not become one."""
    from speechcx.discover import read_details

    table = table_of("File,Extension,Start\na.wav,wav,2026-03-02 09:15\n", tmp_path)
    assert isinstance(table, CallsTable)
    assert read_details(tmp_path / "a.wav", Sources((table,)), SETTINGS).agent is None


@pytest.mark.parametrize("number", ["46083.385416667", '"46083,385416667"'])
def test_a_day_number_under_start_is_named(number: str, tmp_path: Path) -> None:
    """The number that a spreadsheet keeps for a date is not taken for a place in the sound and dropped."""
    table = table_of(f"file,agent,start\na.wav,maria,{number}\n", tmp_path)
    assert "day number of a spreadsheet" in warned(table)[2]


def test_a_short_utf_16_table_without_a_mark_is_read(tmp_path: Path) -> None:
    """Three lines are enough to tell the encoding."""
    table = table_of("file,agent\r\na.wav,M\u00fcller\r\n".encode("utf-16-le"), tmp_path)
    assert dict(rows_for(table, tmp_path / "a.wav")[0].values)["agent"] == "M\u00fcller"


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(order: str, tmp_path: Path) -> None:
    """What some programs call Unicode is read without its mark, too."""
    text = "file,agent\n" + "".join(f"call_{no}.wav,M\u00fcller\n" for no in range(50))
    table = table_of(text.encode(order), tmp_path)
    assert dict(rows_for(table, tmp_path / "call_7.wav")[0].values)["agent"] == "M\u00fcller"


def test_a_file_that_two_recordings_could_be(tmp_path: Path) -> None:
    """A name that two different recordings have is never guessed; copies of the same size do no harm."""
    table = table_of("file,agent\ncall_1,x\ncall_2.wav,y\ncall_3.wav,z\n", tmp_path)
    assert isinstance(table, CallsTable)

    def among(*found: tuple[str, int]) -> Sources:
        return Sources((table,)).beside(FoundFile(f"{tmp_path}/{name}", size, 0) for name, size in found)

    with pytest.raises(CallError, match=r"calls\.csv line 2 names 'call_1', and so are called") as caught:
        among(("call_1.wav", 1), ("call_1.mp3", 2)).rows_for(f"{tmp_path}/call_1.wav")
    assert caught.value.kind.slug == "metadata_conflict"
    upper = among(("call_2.wav", 1), ("CALL_2.WAV", 2))
    assert len(upper.rows_for(f"{tmp_path}/call_2.wav")) == 1
    assert upper.rows_for(f"{tmp_path}/CALL_2.WAV") == ()
    assert len(among(("a/call_3.wav", 5), ("b/call_3.wav", 5)).rows_for(f"{tmp_path}/a/call_3.wav")) == 1
    with pytest.raises(CallError, match="so are called"):
        among(("a/call_3.wav", 5), ("b/call_3.wav", 6)).rows_for(f"{tmp_path}/a/call_3.wav")


def test_a_near_miss_is_named(tmp_path: Path) -> None:
    """Whoever looks for the row of a call reads which row is nearly its own."""
    table = table_of("file,agent\ncall_2l.wav,x\nold/call_7.wav,y\ncall_8.mp3,z\n", tmp_path)
    assert isinstance(table, CallsTable)
    sources = Sources((table,))
    assert (
        sources.near_miss(f"{tmp_path}/call_21.wav") == "the nearest is calls.csv line 2 with 'call_2l.wav'"
    )
    assert sources.near_miss(f"{tmp_path}/call_7.wav").startswith("calls.csv line 3 names 'old/call_7.wav'")
    assert sources.near_miss(f"{tmp_path}/call_8.wav").startswith("calls.csv line 4 names 'call_8.mp3'")
    assert sources.near_miss(f"{tmp_path}/else.wav") == ""


def test_a_big_table_is_refused(tmp_path: Path) -> None:
    """A table over a limit stops the run before it is read, and says what to do."""
    with pytest.raises(ConfigError, match=r"has 1,100 bytes\n.*at most 1,000"):
        table_of("file,agent\n" + "x" * 1089, tmp_path, DiscoverSettings(max_table_bytes=1000))
    with pytest.raises(ConfigError, match=r"has 1,000,001 lines\n.*at most 60,000 rows .*\n.*split it"):
        table_of("file,agent\n" + "a.wav,x\n" * 1_000_000, tmp_path)


def test_a_table_that_cannot_be_opened(tmp_path: Path) -> None:
    """A table that was found and is not there any more is an error."""
    with pytest.raises(ConfigError, match="cannot be read"):
        read_calls_table(str(tmp_path / "gone.csv"), SETTINGS)


def test_all_lines_bad(tmp_path: Path) -> None:
    """The first thousand bad lines are named, the rest counted."""
    table = table_of("file,agent\n" + ",x\n" * 1500, tmp_path)
    assert isinstance(table, CallsTable)
    assert len(table.warnings) == 1001
    assert table.warnings[-1].found == "500 further lines cannot be used"


@given(
    st.one_of(
        st.binary(max_size=200), st.text(alphabet='file,;\n"\r agentx\x00', max_size=200).map(str.encode)
    )
)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Whatever stands behind the header, it is rows or warnings."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        table = table_of(b"file,agent\n" + content, Path(folder))
    assert isinstance(table, CallsTable | str)
