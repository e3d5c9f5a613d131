from __future__ import annotations

import sys

import pytest

from speechcx.errors import ConfigError
from speechcx.executors import WorkerLimits, find_executor


def test_without_ray_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing extra is a setting that cannot be: exit 12, with the install command."""
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(
        ConfigError, match=r"Ray is not installed[\s\S]*pip install 'speechcx\[ray\]'"
    ) as told:
        find_executor("ray", WorkerLimits())
    assert told.value.exit_code == 12
