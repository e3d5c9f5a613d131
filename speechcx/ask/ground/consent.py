"""Whether a customer may, and need, be called back: what columns of the source say of opting out and resolving."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

OPTED_OUT = ("opt_out", "opted_out", "do_not_call", "do_not_contact")
RESOLVED = ("resolved", "is_resolved")

YES = frozenset({"1", "true", "yes", "y", "x"})
NO = frozenset({"0", "false", "no", "n"})
"""What a column may say, ignoring case; anything else says nothing."""


def read_columns(extras: str) -> dict[str, str]:
    """Further columns of a call's source as ``recordings.extras`` keeps them."""
    return {str(name): str(value) for name, value in dict(json.loads(extras)).items()}


def is_opted_out(columns: Mapping[str, str]) -> bool:
    """Whether the source says that the customer does not want to be called."""
    return _says(columns, OPTED_OUT, YES)


def is_resolved(columns: Mapping[str, str]) -> bool:
    """Whether the source says that the call resolved the matter."""
    return _says(columns, RESOLVED, YES)


def is_unresolved(columns: Mapping[str, str]) -> bool:
    """Whether the source says that it did not."""
    return _says(columns, RESOLVED, NO)


def _says(columns: Mapping[str, str], names: Iterable[str], wanted: frozenset[str]) -> bool:
    return any(columns.get(name, "").strip().casefold() in wanted for name in names)
