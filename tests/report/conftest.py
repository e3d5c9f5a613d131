"""The small archive of ``tests/ask`` to report on."""

from tests.ask.conftest import archive, empty

__all__ = ["archive", "empty"]
