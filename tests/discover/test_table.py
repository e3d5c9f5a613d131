"""Calls tables in the forms that spreadsheets write."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.discover.table import CallsTable, read_calls_table, read_rows
from speechcx.errors import ConfigError

LIMIT = 1024**2


def table_of(content: bytes | str, tmp_path: Path, limit: int = LIMIT) -> CallsTable | None:
    path = tmp_path / "calls.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_calls_table(str(path), max_bytes=limit)


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
    assert table is not None
    (row,) = table.rows_for(str(tmp_path / "a.wav"))
    assert dict(row.values) == {"file": "a.wav", "agent": "Müller, Jörg", "started_at": "2025-03-04T10:00:00"}
    assert (row.source, row.wrong) == ("calls.csv line 2", "")


def test_how_files_are_named(tmp_path: Path) -> None:
    """A bare name counts beside the table and below it, a path only where it leads."""
    table = table_of(f"file,agent\na.wav,1\ndeep/b.wav,2\n{tmp_path}/c.wav,3\n./deep/../d.wav,4\n", tmp_path)
    assert table is not None

    def agent(path: str) -> list[str]:
        return [dict(row.values)["agent"] for row in table.rows_for(path)]

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
    assert table is not None
    assert table.rows_for(f"{tmp_path}/b.wav")[0].source == "calls.csv line 4"


@pytest.mark.parametrize(
    "content",
    ["agent,team\na,b\n", "", "\n\n", "just text\n", b"\x00\x01\x02\xff" * 100, "filename,agent\na.wav,b\n"],
    ids=["roster", "empty", "blank", "text", "binary", "other"],
)
def test_csv_about_something_else(content: bytes | str, tmp_path: Path) -> None:
    """A CSV without a file column is not about calls, and is left alone."""
    assert table_of(content, tmp_path) is None


def test_a_row_with_too_many_cells_is_marked(tmp_path: Path) -> None:
    """One row that does not fit the header spoils only its own call; a short one lacks its last cells."""
    table = table_of("file,agent\na.wav,x,y\nb.wav\nc.wav,z\n", tmp_path)
    assert table is not None
    assert table.rows_for(f"{tmp_path}/a.wav")[0].wrong == "3 cells under 2 column names"
    assert dict(table.rows_for(f"{tmp_path}/b.wav")[0].values) == {"file": "b.wav"}
    assert table.rows_for(f"{tmp_path}/c.wav")[0].wrong == ""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('file,agent\na.wav,"open\n', "unexpected end of data, in the row that begins in line 2"),
        ('file,agent\na.wav,"x"y\n', "in the row that begins in line 2"),
        ("file,agent\na.wav," + "x" * 200_000 + "\n", r"field larger than field limit .* line 2"),
    ],
    ids=["open-quote", "text-behind-quote", "long-cell"],
)
def test_broken_tables(content: str, words: str, tmp_path: Path) -> None:
    """A table that is no CSV is an error that names file and line."""
    with pytest.raises(ConfigError, match=words):
        table_of(content, tmp_path)


def test_a_big_table_is_refused(tmp_path: Path) -> None:
    """A table over the limit stops the run before it is read."""
    with pytest.raises(ConfigError, match=r"has 1,100 bytes\n.*at most 1,000"):
        table_of("file,agent\n" + "x" * 1089, tmp_path, limit=1000)


def test_a_missing_table(tmp_path: Path) -> None:
    """A table that was named and is not there is an error."""
    with pytest.raises(ConfigError, match="cannot be read"):
        list(read_rows(str(tmp_path / "gone.csv"), max_bytes=LIMIT))


@given(
    st.one_of(
        st.binary(max_size=200), st.text(alphabet='file,;\n"\r agentx\x00', max_size=200).map(str.encode)
    )
)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Whatever stands behind the header, it is rows or an error."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        try:
            kind = type(table_of(b"file,agent\n" + content, Path(folder))).__name__
        except ConfigError as error:
            kind = error.slug
    assert kind in ("CallsTable", "NoneType", "config")
