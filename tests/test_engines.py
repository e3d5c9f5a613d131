"""Engines are found by name, and a wrong name gets the nearest right one."""

import pytest

from speechcx.engines import BUILT_IN, engine_names, find_factory
from speechcx.errors import ConfigError


@pytest.mark.parametrize(
    ("group", "name"), [(group, name) for group, names in BUILT_IN.items() for name in names]
)
def test_built_in_engines_have_a_factory(group: str, name: str) -> None:
    """Each line of the built-in table leads to a callable, without loading weights."""
    assert callable(find_factory(group, name))
    assert name in engine_names(group)


def test_misspelt_engine_names_the_nearest() -> None:
    """A misspelt engine is a ConfigError with the nearest name."""
    with pytest.raises(ConfigError, match="use 'whisper'"):
        find_factory("recognizers", "whispr")
