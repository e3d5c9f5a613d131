from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from speechcx.batch import Progress, RunOptions, RunSummary, run, work_loop
from speechcx.config import Settings
from speechcx.store import Store
from tests.batch.folders import make_rulebook, make_settings
from tests.faults import calls

Run = Callable[..., RunSummary]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """A folder for recordings."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with nothing in it, made once."""
    path = tmp_path_factory.mktemp("empty") / "calls.db"
    Store.open(path, create=True).close()
    return path


@pytest.fixture
def database(tmp_path: Path, empty_database: Path) -> Path:
    """An empty database."""
    return Path(shutil.copy(empty_database, tmp_path / "calls.db"))


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls are made up instead of analysed, also in workers; ``serial`` starts none."""
    monkeypatch.setattr(work_loop, "AnalyseOne", calls.made_up)
    monkeypatch.setattr(work_loop, "find_crew", calls.in_process)


@pytest.fixture
def run_inbox(made_up: None, inbox: Path, database: Path) -> Run:
    """A run over the inbox: settings and options by name."""

    def start(
        settings: Settings | None = None, seen: list[Progress] | None = None, **options: object
    ) -> RunSummary:
        return run(
            database, [inbox], settings or make_settings(), make_rulebook(),
            options=RunOptions(**options),  # type: ignore[arg-type]
            report=(lambda _: None) if seen is None else seen.append,
        )  # fmt: skip

    return start
