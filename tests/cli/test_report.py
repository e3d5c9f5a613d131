"""``speechcx report``, and the report after a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import CONFIG, Speechcx


@pytest.mark.usefixtures("archive")
def test_a_page_is_written_for_its_owner_alone(speechcx: Speechcx, tmp_path: Path) -> None:
    """Named on the screen with its period; mode 0600; a second one takes its place."""
    for _ in range(2):
        told = speechcx("report", "--period", "2025-03", "--out", tmp_path / "march.html")
        assert 0 == told.code, told.err
    assert "march.html (2025-03-01 to 2025-03-31" in told.err
    page = tmp_path / "march.html"
    assert 0o600 == page.stat().st_mode & 0o777
    assert "Ann Hall" in page.read_text(encoding="utf-8")
    assert ["march.html"] == [path.name for path in tmp_path.glob("march*")]


@pytest.mark.usefixtures("archive")
def test_a_workbook_is_told_by_its_name(speechcx: Speechcx, tmp_path: Path) -> None:
    """``.xlsx`` gives a workbook; any other ending is refused with the two there are."""
    assert 0 == speechcx("report", "--out", tmp_path / "morning.xlsx").code
    assert (tmp_path / "morning.xlsx").read_bytes().startswith(b"PK")
    told = speechcx("report", "--out", tmp_path / "morning.pdf")
    assert 2 == told.code
    assert ".html or .xlsx" in told.err


def test_a_run_ends_with_the_report_that_the_settings_name(speechcx: Speechcx, project: Path) -> None:
    """``files.report`` is written after the calls are scored."""
    config = project / "speechcx.toml"
    config.write_text(
        CONFIG.replace('database = "calls.db"', 'database = "calls.db"\nreport = "morning.html"')
    )
    assert 0 == speechcx("run").code
    page = (project / "morning.html").read_text(encoding="utf-8")
    assert "ann" in page
    assert "The last run scored 2 calls" in page


def test_a_report_that_cannot_be_written_does_not_spoil_the_run(speechcx: Speechcx, project: Path) -> None:
    """The run's exit code stands, and the reason is said."""
    config = project / "speechcx.toml"
    config.write_text(
        CONFIG.replace('database = "calls.db"', 'database = "calls.db"\nreport = "morning.pdf"')
    )
    told = speechcx("run")
    assert 0 == told.code
    assert "The report was not written" in told.err
