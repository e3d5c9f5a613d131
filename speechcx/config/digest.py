"""The digest of everything that can change what ``listen`` returns."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

import speechcx.audio
import speechcx.prosody
import speechcx.sentiment
import speechcx.transcribe
import speechcx.turns
from speechcx.config.sections import Settings

_LISTENING = {
    "audio": speechcx.audio,
    "turns": speechcx.turns,
    "transcribe": speechcx.transcribe,
    "prosody": speechcx.prosody,
    "sentiment": speechcx.sentiment,
}


def listen_digest(settings: Settings) -> str:
    """16 hex digits over the settings of the listening rooms.

    Left out are the fields a room names in ``NOT_IN_DIGEST``: they change speed, or are only used
    in ``judge``, so that changing them does not make stored calls look outdated.
    """
    kept: dict[str, dict[str, Any]] = {}
    for name, room in _LISTENING.items():
        skipped: frozenset[str] = getattr(room, "NOT_IN_DIGEST", frozenset())
        section = asdict(getattr(settings, name))
        kept[name] = {key: value for key, value in section.items() if key not in skipped}
    text = json.dumps(kept, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
