"""Answers are looked at as a person sees them: through the commands, on the small archive."""

from tests.cli.conftest import archive, filled, speechcx

__all__ = ["archive", "filled", "speechcx"]
