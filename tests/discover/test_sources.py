"""Which calls tables a run reads."""

from pathlib import Path

import xlsxwriter

from speechcx.discover import DiscoverSettings, read_sources


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def agents(path: Path, *inputs: Path | str, recursive: bool = True) -> list[str]:
    sources = read_sources(inputs, DiscoverSettings(recursive=recursive))
    return [dict(row.values)["agent"] for row in sources.rows_for(str(path))]


def test_tables_in_and_below_the_folders(tmp_path: Path) -> None:
    """Tables are read in the folder and below, hidden ones not; without recursion only in it."""
    put(tmp_path / "calls.csv", "file,agent\na.wav,top\n")
    put(tmp_path / "deep" / "more.CSV", "file,agent\na.wav,deep\n")
    put(tmp_path / "deep" / ".hidden.csv", "file,agent\na.wav,hidden\n")
    put(tmp_path / ".git" / "x.csv", "file,agent\n../deep/a.wav,hidden\n")
    (tmp_path / "folder.csv").mkdir()
    assert agents(tmp_path / "deep" / "a.wav", tmp_path) == ["top", "deep"]
    assert agents(tmp_path / "a.wav", tmp_path) == ["top"]
    assert agents(tmp_path / "deep" / "a.wav", tmp_path, recursive=False) == ["top"]


def test_a_workbook_beside_the_recordings_is_found_like_a_csv(tmp_path: Path) -> None:
    """With a title, blank columns and a second sheet; the lock file of an open one is none."""
    with xlsxwriter.Workbook(str(tmp_path / "March calls.xlsx")) as book:
        sheet = book.add_worksheet("Calls")
        for at, row in enumerate((["Calls of March"], [], ["", "File", "Agent"], ["", "a.wav", "ann"])):
            sheet.write_row(at, 0, row)
        book.add_worksheet("Notes").write(0, 0, "made by hand")
    put(tmp_path / "~$March calls.xlsx", "lock")
    assert agents(tmp_path / "a.wav", tmp_path) == ["ann"]


def test_a_workbook_that_cannot_be_opened_is_passed_over_with_the_reason(tmp_path: Path) -> None:
    """A spreadsheet about something else must not cost the night."""
    put(tmp_path / "budget.xlsx", "PK\x03\x04 no workbook")
    put(tmp_path / "calls.csv", "file,agent\na.wav,ann\n")
    sources = read_sources([tmp_path], DiscoverSettings())
    assert agents(tmp_path / "a.wav", tmp_path) == ["ann"]
    assert ["cannot be read as a workbook" in why for _, why in sources.passed_over] == [True]


def test_tables_beside_named_files(tmp_path: Path) -> None:
    """For a single file or a glob the tables beside it are read, each once."""
    put(tmp_path / "calls.csv", "file,agent\na.wav,beside\n")
    put(tmp_path / "a.wav", "")
    put(tmp_path / "b.wav", "")
    put(tmp_path / "deep" / "calls.csv", "file,agent\n../a.wav,below\n")
    for inputs in ([tmp_path / "a.wav"], [f"{tmp_path}/*.wav"], [tmp_path / "a.wav", tmp_path / "b.wav"]):
        assert agents(tmp_path / "a.wav", *inputs) == ["beside"]


def test_sources_travel(tmp_path: Path) -> None:
    """What was read can be sent to a worker."""
    import pickle

    put(tmp_path / "calls.csv", "file,agent\na.wav,x\n")
    sources = read_sources([tmp_path], DiscoverSettings())
    assert pickle.loads(pickle.dumps(sources)) == sources  # noqa: S301 - our own bytes
