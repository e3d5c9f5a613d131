"""Sidecars: a small JSON object beside a recording, ``NAME.json`` or ``NAME.wav.json``."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

from speechcx.discover.files import open_regular
from speechcx.errors import CallError

_LONGEST_VALUE = 500

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What one sidecar says.

    Parameters
    ----------
    name
        Its file name, for messages.
    values
        (key, value) pairs as text; a list of short values is joined by commas, whatever is nested
        deeper or longer is left out.
    """

    name: str
    values: tuple[tuple[str, str], ...]


def read_sidecars(path: str, *, max_bytes: int) -> tuple[Sidecar, ...]:
    """The sidecars of a recording, none, one or two.

    Parameters
    ----------
    path
        The recording.
    max_bytes
        A bigger sidecar is refused.

    Raises
    ------
    CallError
        ``metadata_missing``: a sidecar is there, but cannot be read as a JSON object.
    """
    candidates = (f"{path}.json", f"{os.path.splitext(path)[0]}.json")
    return tuple(_read(name, max_bytes) for name in dict.fromkeys(candidates) if os.path.lexists(name))


def _read(path: str, max_bytes: int) -> Sidecar:
    name = os.path.basename(path)
    try:
        descriptor = open_regular(path)
    except CallError as error:
        raise _unusable(name, error.found) from error
    with open(descriptor, "rb") as file:
        text = file.read(max_bytes + 1)
    if len(text) > max_bytes:
        raise _unusable(name, f"it has more than {max_bytes:,} bytes (discover.max_sidecar_bytes)")
    try:
        # Deep nesting is a RecursionError, a number of thousands of digits a ValueError.
        parsed = json.loads(text, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise _unusable(name, f"it is no JSON that can be read ({_reason(error)})") from error
    if not isinstance(parsed, dict):
        raise _unusable(name, "it holds no JSON object ({...})")
    values = []
    for key, value in parsed.items():
        shown = _as_text(value)
        if shown is not None:
            values.append((str(key).strip(), shown))
    return Sidecar(name, tuple(values))


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found and found[key] != value:
            raise ValueError(f"the key {key[:40]!r} is given twice with different values")
        found[key] = value
    return found


def _as_text(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        text = str(value)
        return text if len(text) <= _LONGEST_VALUE else None
    if isinstance(value, list) and len(value) <= 8 and all(isinstance(item, str) for item in value):
        return ",".join(value)
    return None


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}, column {error.colno}: {error.msg}"
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    return str(error)


def _unusable(name: str, why: str) -> CallError:
    return CallError(
        "metadata_missing",
        f"the sidecar {name!r} cannot be used: {why}",
        'a JSON object such as {"agent": "a17", "started_at": "2026-03-31T14:05:09+02:00"}',
        "Correct the sidecar, or remove it.",
    )
