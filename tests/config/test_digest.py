"""What is left out of the digest is really a field of its room."""

from dataclasses import fields

import pytest

from speechcx.call.measures import heard_measures
from speechcx.config import Settings, digest, listen_digest
from speechcx.config.digest import _LISTENING


def test_a_change_of_what_is_heard_is_a_change_of_the_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of listening, or other digits of a measure, makes stored calls outdated."""
    before = listen_digest(Settings())
    assert before == listen_digest(Settings())
    with monkeypatch.context() as patch:
        patch.setattr(digest, "LISTEN_VERSION", digest.LISTEN_VERSION + 1)
        raised = listen_digest(Settings())
    with monkeypatch.context() as patch:
        patch.setattr(digest, "heard_measures", lambda: heard_measures()[:-1])
        other = listen_digest(Settings())
    assert 3 == len({before, raised, other})


@pytest.mark.parametrize("name", sorted(_LISTENING))
def test_exceptions_name_real_fields(name: str) -> None:
    """NOT_IN_DIGEST names only fields that exist."""
    known = {field.name for field in fields(type(getattr(Settings(), name)))}
    assert set() == set(getattr(_LISTENING[name], "NOT_IN_DIGEST", ())) - known
