"""One contact centre for all tests of pages that change nothing, and a copy of it for each that does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.house import House, build_house, open_house

pytest.importorskip("datasette")

Built = tuple[Path, dict[str, list[str]]]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A centre as it is before anybody looks."""
    folder = tmp_path_factory.mktemp("built")
    return folder, build_house(folder)


@pytest.fixture(scope="session")
def house(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A centre to look at."""
    with open_house(*built, tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest.fixture
def own_house(built: Built, tmp_path: Path) -> Iterator[House]:
    """A centre to change."""
    with open_house(*built, tmp_path) as opened:
        yield opened
