"""Turns to rows and back: what was heard in each, and what was made of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from speechcx.call import (
    Conversation,
    Reading,
    Span,
    TextSentiment,
    Turn,
    TurnFeeling,
    TurnVoice,
    Utterance,
)
from speechcx.store.moments import TURNS_A_CALL
from speechcx.store.packing import (
    from_fixed,
    pack_spans,
    pack_words,
    to_fixed,
    unpack_spans,
    unpack_words,
)

VOICE = (
    ("level_dbov", 100), ("level_rel_db", 100), ("pitch_hz", 100), ("pitch_rel_st", 100),
    ("pitch_range_st", 100), ("pitch_slope_st_s", 100), ("voiced_share", 1000), ("pace_wpm", 100),
    ("articulation_wpm", 100), ("pause_share", 1000),
)  # fmt: skip
"""Measures of a turn's voice and the scale each is kept at."""

_HEARD = (
    "speaker", "channel", "confidence_x1000", "start_s_x1000", "end_s_x1000", "pauses", "text", "words",
    "language", "word_confidence_x1000", *(f"{name}_x{scale}" for name, scale in VOICE), "voice_missing",
    "text_sentiment_x1000", "text_label", "text_confidence_x1000", "text_missing",
)  # fmt: skip
_JUDGED = (
    "party", "agitation_x1000", "agitation_missing", "sentiment_x1000", "sentiment_label",
    "voice_part_x1000", "sentiment_missing",
)  # fmt: skip
_COLUMNS = ("turn_id", *_HEARD, *_JUDGED)
_INSERT = f"INSERT INTO turns_data ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_UPDATE = f"UPDATE turns_data SET {', '.join(f'{name} = ?' for name in _JUDGED)} WHERE turn_id = ?"
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM turns_data WHERE turn_id BETWEEN ? AND ? ORDER BY turn_id"
_FIRST_JUDGED = 1 + len(_HEARD)


def insert_turns(db: sqlite3.Connection, call_no: int, heard: Conversation, reading: Reading) -> None:
    """Write the turns of a call.

    Raises
    ------
    ValueError
        A number is not finite, the feeling is not parallel to the turns, or there are more turns
        than numbers kept free for them.
    """
    turns = heard.speech.turns
    if len(turns) > TURNS_A_CALL:
        raise ValueError(f"a call may have {TURNS_A_CALL} turns, got {len(turns)}")
    felt = _judged_rows([turn.speaker for turn in turns], reading)
    rows = [(call_no * TURNS_A_CALL + turn.no, *_heard_row(heard, turn), *felt[turn.no]) for turn in turns]
    db.executemany(_INSERT, rows)


def update_turns(db: sqlite3.Connection, call_no: int, reading: Reading) -> None:
    """Write anew what was made of the turns of a stored call; errors as :func:`insert_turns`."""
    rows = db.execute(
        "SELECT speaker FROM turns_data WHERE turn_id BETWEEN ? AND ? ORDER BY turn_id", _range(call_no)
    )
    felt = _judged_rows([speaker for (speaker,) in rows], reading)
    db.executemany(_UPDATE, [(*row, call_no * TURNS_A_CALL + no) for no, row in enumerate(felt)])


def delete_turns(db: sqlite3.Connection, call_no: int) -> None:
    """Remove the turns of a call, and their words from the search index."""
    db.execute("DELETE FROM turns_data WHERE turn_id BETWEEN ? AND ?", _range(call_no))


def select_turns(db: sqlite3.Connection, call_no: int) -> list[tuple[Any, ...]]:
    """The rows of a call's turns, for the functions below."""
    return db.execute(_SELECT, _range(call_no)).fetchall()


def read_turns(
    rows: Sequence[tuple[Any, ...]],
) -> tuple[tuple[Turn, ...], tuple[Utterance, ...], tuple[TurnVoice, ...], tuple[TextSentiment, ...]]:
    """What was heard in each turn: turns, words, voices, sentiments of the words."""
    turns, said, voices, read = [], [], [], []
    for no, row in enumerate(rows):
        speaker, channel, sure, start, end, pauses, text, words, language, word_sure = row[1:11]
        span = Span(_number(start), _number(end))
        turns.append(Turn(no, speaker, channel, span, unpack_spans(pauses, span), _number(sure)))
        said.append(Utterance(no, text, unpack_words(words, text), language, from_fixed(word_sure, 1000)))
        measures: dict[str, Any] = {
            name: from_fixed(value, scale) for value, (name, scale) in zip(row[11:21], VOICE, strict=True)
        }
        voices.append(TurnVoice(**measures | {"no": no, "why_missing": row[21]}))
        value, label, confidence, why = row[22:26]
        read.append(TextSentiment(no, from_fixed(value, 1000), label, from_fixed(confidence, 1000), why))
    return tuple(turns), tuple(said), tuple(voices), tuple(read)


def read_feelings(rows: Sequence[tuple[Any, ...]]) -> tuple[TurnFeeling, ...]:
    """What was made of each turn."""
    felt = []
    for no, row in enumerate(rows):
        agitation, no_agitation, sentiment, label, part, missing = row[_FIRST_JUDGED + 1 :]
        felt.append(
            TurnFeeling(
                no,
                from_fixed(agitation, 1000),
                from_fixed(sentiment, 1000),
                label,
                from_fixed(part, 1000),
                no_agitation,
                missing,
            )
        )
    return tuple(felt)


def _number(value: int | float) -> float:
    found = from_fixed(value, 1000)
    assert found is not None
    return found


def _range(call_no: int) -> tuple[int, int]:
    return call_no * TURNS_A_CALL, (call_no + 1) * TURNS_A_CALL - 1


def _heard_row(heard: Conversation, turn: Turn) -> tuple[object, ...]:
    said, voice, read = heard.utterances[turn.no], heard.voices[turn.no], heard.sentiments[turn.no]
    return (
        turn.speaker, turn.channel, to_fixed(turn.confidence, 1000), to_fixed(turn.span.start_s, 1000),
        to_fixed(turn.span.end_s, 1000), pack_spans(turn.speech), said.text,
        pack_words(said.words, said.text), said.language, to_fixed(said.confidence, 1000),
        *(to_fixed(getattr(voice, name), scale) for name, scale in VOICE), voice.why_missing,
        to_fixed(read.value, 1000), read.label, to_fixed(read.confidence, 1000), read.why_missing,
    )  # fmt: skip


def _judged_rows(speakers: Sequence[str], reading: Reading) -> list[tuple[object, ...]]:
    felt = reading.feeling.turns
    if [feeling.no for feeling in felt] != list(range(len(speakers))):
        raise ValueError(
            f"the feeling of turns must be numbered like the {len(speakers)} turns,"
            f" got {[feeling.no for feeling in felt]}"
        )
    parties = {role.speaker: role.party for role in reversed(reading.roles)}
    return [
        (
            parties.get(speaker, "unknown"), to_fixed(feeling.agitation, 1000), feeling.why_no_agitation,
            to_fixed(feeling.sentiment, 1000), feeling.label, to_fixed(feeling.voice_part, 1000),
            feeling.why_missing,
        )
        for speaker, feeling in zip(speakers, felt, strict=True)
    ]  # fmt: skip
