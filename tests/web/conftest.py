"""One contact centre for all tests of pages that change nothing, and a new one for those that do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.house import House, open_house

pytest.importorskip("datasette")


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A centre to look at."""
    with open_house(tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest.fixture
def own_house(tmp_path: Path) -> Iterator[House]:
    """A centre to change."""
    with open_house(tmp_path) as opened:
        yield opened
