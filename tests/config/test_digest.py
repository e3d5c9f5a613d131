"""What is left out of the digest is really a field of its room."""

from dataclasses import fields

import pytest

from speechcx.config import Settings
from speechcx.config.digest import _LISTENING


@pytest.mark.parametrize("name", sorted(_LISTENING))
def test_exceptions_name_real_fields(name: str) -> None:
    """NOT_IN_DIGEST names only fields that exist."""
    known = {field.name for field in fields(type(getattr(Settings(), name)))}
    assert set() == set(getattr(_LISTENING[name], "NOT_IN_DIGEST", ())) - known
