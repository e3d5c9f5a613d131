from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.batch.folders import call_name
from tests.batch.zygote import Zygote, open_zygote
from tests.trust.nights import write_real_calls


@pytest.fixture(scope="module")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    """Forks runs off, and sees whatever they leave behind."""
    folder = tmp_path_factory.mktemp("warm") / "calls"
    write_real_calls(folder, 1)
    with open_zygote(folder / call_name(0)) as started:
        yield started
