"""Sidecars: a small JSON object beside a recording, ``NAME.json`` or ``NAME.wav.json``.

Recorders and other tools put JSON there too: transcripts, waveforms, their own notes. A sidecar is what says
something of the call that we know; anything else is left alone, whatever its size.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

from speechcx.call import PARTIES
from speechcx.discover.files import open_regular
from speechcx.discover.headings import FIELDS, choose_columns
from speechcx.discover.layouts import sidecar_suffixes
from speechcx.discover.settings import DiscoverSettings
from speechcx.discover.start_columns import is_place_in_sound
from speechcx.errors import CallError

_LONGEST_VALUE = 500
_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"(\s*:)?|([{\[])|([}\]])', re.DOTALL)
_TYPED_BYTES = 4096
_TYPED_FIELD = re.compile(
    rb"\b(?:agent|customer|started_at|start_time|channels)\b['\"\xe2\x80\x9c\x9d]*\s*[:=]", re.IGNORECASE
)


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


class _NotASidecar(Exception):
    """A JSON file that says nothing of the call; the words say what it is."""


class _Pairs(list[tuple[str, object]]):
    """A JSON object as it stands in the file, keys that come twice included."""


def read_sidecars(path: str, settings: DiscoverSettings) -> tuple[Sidecar, ...]:
    """The sidecars of a recording, none, one or two.

    Parameters
    ----------
    path
        The recording.
    settings
        Limits of size and keys.

    Raises
    ------
    CallError
        ``metadata_missing``: a sidecar is there, but cannot be used.
    """
    found = []
    for name in sidecar_names(path, settings):
        if os.path.lexists(name):
            try:
                found.append(_read(name, settings))
            except _NotASidecar:
                continue
    return tuple(found)


def sidecar_names(path: str, settings: DiscoverSettings) -> tuple[str, ...]:
    """Paths under which a sidecar of the recording at `path` may lie; metadata files of the layouts among them."""
    stem = os.path.splitext(path)[0]
    by_layout = (f"{stem}{suffix}.json" for suffix, _ in sidecar_suffixes(settings.layouts))
    return tuple(dict.fromkeys((f"{path}.json", f"{stem}.json", *by_layout)))


def describe_json(path: str, settings: DiscoverSettings) -> str:
    """Why a JSON beside a recording is no sidecar; empty where it is one, or is meant to be one."""
    try:
        _read(path, settings)
    except _NotASidecar as error:
        return str(error)
    except CallError:
        return ""
    return ""


def _read(path: str, settings: DiscoverSettings) -> Sidecar:
    name, max_bytes = os.path.basename(path), settings.max_sidecar_bytes
    try:
        descriptor = open_regular(path)
    except CallError as error:
        raise _unusable(name, error.found) from error
    with open(descriptor, "rb") as file:
        text = file.read(max_bytes + 1)
    try:
        if len(text) > max_bytes:
            raise ValueError(f"it has more than {max_bytes:,} bytes (discover.max_sidecar_bytes)")
        # Deep nesting is a RecursionError, a number of thousands of digits a ValueError.
        parsed = json.loads(text, object_pairs_hook=_Pairs, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        if not _is_meant(text):
            raise _NotASidecar(f"it names nothing of the call, and {_reason(error)}") from error
        raise _unusable(name, _reason(error)) from error
    if not isinstance(parsed, _Pairs):
        raise _NotASidecar("it holds no JSON object ({...})")
    return Sidecar(name, _read_values(name, _in_our_words(name, parsed, settings), settings))


def _in_our_words(name: str, parsed: _Pairs, settings: DiscoverSettings) -> _Pairs:
    """A recorder's metadata with its keys named as ours; a list that can be no single value (two users) is left out."""
    for suffix, fields in sidecar_suffixes(settings.layouts):
        if not name.endswith(f"{suffix}.json"):
            continue
        renamed = _Pairs()
        for key, value in parsed:
            if key in fields and isinstance(value, list):
                if len(value) != 1:
                    continue
                value = value[0]
            renamed.append((fields.get(key, key), value))
        return renamed
    return parsed


def _read_values(name: str, parsed: _Pairs, settings: DiscoverSettings) -> tuple[tuple[str, str], ...]:
    if not _says_something(parsed):
        raise _NotASidecar(f"it gives none of {', '.join(FIELDS)}")
    if len(parsed) > settings.max_sidecar_keys:
        raise _unusable(
            name,
            f"it has {len(parsed):,} keys, more than {settings.max_sidecar_keys:,} (discover.max_sidecar_keys)",
        )
    values: dict[str, object] = {}
    for key, value in parsed:
        if key in values and values[key] != value:
            raise _unusable(name, f"the key {key[:40]!r} is given twice with different values")
        values[key] = value
    shown = ((key.strip(), _as_text(value)) for key, value in values.items())
    return tuple((key, text) for key, text in shown if text is not None)


def _says_something(parsed: _Pairs) -> bool:
    """Whether an object gives a field of a call in a form in which such a field can be given."""
    columns = choose_columns(key[:100] for key, _ in parsed)
    return any(
        _is_given(field, *parsed[at]) for field, at in columns.items() if field in FIELDS or field == "date"
    )


def _is_given(field: str, key: str, value: object) -> bool:
    text = _as_text(value)
    if text is None or isinstance(value, bool):
        return False
    if field == "channels":
        # Other tools give the number of channels, or a list of their sounds.
        return any(party in text.lower() for party in PARTIES)
    return field not in ("started_at", "date") or not is_place_in_sound(key, text)


def _is_meant(text: bytes) -> bool:
    """Whether a JSON that cannot be read, or not whole, is meant to tell of the call.

    It has a field on its first level; or it is short and has one in whatever quotes somebody typed.
    """
    if any(field in FIELDS for field in choose_columns(_first_keys(text))):
        return True
    return len(text) <= _TYPED_BYTES and _TYPED_FIELD.search(text) is not None


def _first_keys(text: bytes) -> Iterator[str]:
    depth = 0
    for found in _TOKEN.finditer(text):
        if found[3]:
            depth += 1
        elif found[4]:
            depth -= 1
        elif found[2] and depth == 1:
            yield found[1][:100].decode("utf-8", "replace")


def _no_number(_: str) -> None:
    """``NaN`` and ``Infinity``, which some programs write for "no value"."""


def _as_text(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, str | int | float):
        text = str(value)
        return text if len(text) <= _LONGEST_VALUE else None
    if (
        isinstance(value, list)
        and not isinstance(value, _Pairs)
        and len(value) <= 8
        and all(isinstance(item, str) for item in value)
    ):
        return ",".join(value)
    return None


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"it is no JSON that can be read (line {error.lineno}, column {error.colno}: {error.msg})"
    if isinstance(error, RecursionError):
        return "it is no JSON that can be read (nested too deeply)"
    if isinstance(error, UnicodeDecodeError):
        return "it is no JSON that can be read (not UTF-8)"
    shown = str(error)
    return shown if shown.startswith("it has") else f"it is no JSON that can be read ({shown})"


def _unusable(name: str, why: str) -> CallError:
    return CallError(
        "metadata_missing",
        f"the sidecar {name!r} cannot be used: {why}",
        'a JSON object such as {"agent": "a17", "started_at": "2026-03-31T14:05:09+02:00"}',
        "Correct the sidecar, or remove it.",
    )
