"""The digest of everything that can change what ``listen`` returns."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, fields
from typing import Any

import speechcx.audio
import speechcx.prosody
import speechcx.sentiment
import speechcx.transcribe
import speechcx.turns
from speechcx.call import Origin, SpeakerVoice, Speech, TextSentiment, Turn, TurnVoice, Utterance, Word
from speechcx.call.measures import heard_measures
from speechcx.config.sections import Settings

_LISTENING = {
    "audio": speechcx.audio,
    "turns": speechcx.turns,
    "transcribe": speechcx.transcribe,
    "prosody": speechcx.prosody,
    "sentiment": speechcx.sentiment,
}


_HEARD = (Origin, Speech, Turn, Utterance, Word, TurnVoice, SpeakerVoice, TextSentiment)
"""What ``listen`` fills in."""

LISTEN_VERSION = 5
"""Raise it whenever ``listen`` hears something else in the same sound under the same settings: a better
detector, another formula, a repaired fault. Stored calls are then outdated, and ``run --redo outdated``
hears them again. A new field or measure, or other digits of one, need no raising: the digest covers them.
"""


def settings_digest(settings: Settings) -> str:
    """16 hex digits over every setting, whatever it changes: what the audit trail tells of a change."""
    text = json.dumps(asdict(settings), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def listen_digest(settings: Settings) -> str:
    """16 hex digits over all that decides what ``listen`` returns for a recording.

    That is :data:`LISTEN_VERSION`, the names of what is heard with the digits kept of it, and the settings
    of the listening rooms. Left out are the fields a room names in ``NOT_IN_DIGEST``: they change speed, or
    are only used in ``judge``, so that changing them does not make stored calls look outdated.
    """
    kept: dict[str, dict[str, Any]] = {}
    for name, room in _LISTENING.items():
        skipped: frozenset[str] = getattr(room, "NOT_IN_DIGEST", frozenset())
        section = asdict(getattr(settings, name))
        kept[name] = {key: value for key, value in section.items() if key not in skipped}
    heard: dict[str, object] = {kind.__name__: [field.name for field in fields(kind)] for kind in _HEARD}
    heard["digits"] = {measure.name: measure.kept for measure in heard_measures()}
    text = json.dumps([LISTEN_VERSION, heard, kept], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
