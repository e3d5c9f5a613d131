"""Turns to rows and back: what was heard in each, and what was made of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from speechcx.call import (
    NOT_ALLOWED,
    Conversation,
    Party,
    Reading,
    Span,
    TextSentiment,
    Turn,
    TurnFeeling,
    TurnVoice,
    Utterance,
    Word,
)
from speechcx.call.measures import voice_measures
from speechcx.store.calls.lookup_tables import LookupTable
from speechcx.store.codes import LABELS, PARTY_CODES, to_code
from speechcx.store.moments import ROWS_A_CALL
from speechcx.store.packing import (
    from_fixed,
    pack_spans,
    pack_words,
    to_fixed,
    unpack_spans,
    unpack_words,
)

VOICE = tuple((measure.name, measure.scale) for measure in voice_measures())
"""Measures of a turn's voice and the scale each is kept at."""

IS_UNFELT = (
    "(CASE WHEN agent_sentiment IS NULL AND customer_sentiment IS NULL THEN NOT EXISTS (SELECT 1 FROM turns_data t"
    f" WHERE t.turn_id BETWEEN c.call_no * {ROWS_A_CALL} AND (c.call_no + 1) * {ROWS_A_CALL} - 1"
    " AND t.text_label IS NOT NULL) ELSE 0 END)"
)
"""Of a row ``c`` of calls: whether none of its turns has a sentiment. A call with one of a party need not look: SQLite
looks all the same where the parts are joined by AND."""

LANGUAGE = "en"
"""The language that is not written down."""

_HEARD = (
    "channel", "speaker", "confidence_x1000", "start_s_x1000", "end_s_x1000", "pauses", "text", "words",
    "language", "word_confidence_x1000", *(f"{name}_x{scale}" for name, scale in VOICE),
    "text_sentiment_x10000", "text_label", "text_confidence_x10000", "heard_missing_no",
)  # fmt: skip
_JUDGED = (
    "party", "agitation_x10000", "sentiment_x10000", "sentiment_label", "voice_part_x10000", "judged_missing_no"
)  # fmt: skip
_COLUMNS = ("turn_id", *_HEARD, *_JUDGED)
_INSERT = f"INSERT INTO turns_data ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_UPDATE = f"UPDATE turns_data SET {', '.join(f'{name} = ?' for name in _JUDGED)} WHERE turn_id = ?"
_SELECT = (
    f"SELECT {', '.join(_HEARD)}, h.text, {', '.join(_JUDGED)}, j.text FROM turns_data t"
    " LEFT JOIN reasons h ON h.reason_no = t.heard_missing_no"
    " LEFT JOIN reasons j ON j.reason_no = t.judged_missing_no"
    " WHERE turn_id BETWEEN ? AND ? ORDER BY turn_id"
).replace(" text,", " coalesce(t.unindexed_text, t.text),")
_FIRST_JUDGED = len(_HEARD) + 1


def insert_turns(
    db: sqlite3.Connection, call_no: int, heard: Conversation, reading: Reading, names: LookupTable
) -> None:
    """Write the turns of a call.

    Raises
    ------
    ValueError
        A number is not finite, the feeling is not parallel to the turns, or there are more turns
        than numbers kept free for them.
    """
    turns = heard.speech.turns
    if len(turns) > ROWS_A_CALL:
        raise ValueError(f"a call may have {ROWS_A_CALL} turns, got {len(turns)}")
    felt = _judged_rows([turn.speaker for turn in turns], reading, names)
    rows = [
        (call_no * ROWS_A_CALL + turn.no, *_heard_row(heard, turn, names), *felt[turn.no]) for turn in turns
    ]
    db.executemany(_INSERT, rows)


def update_turns(db: sqlite3.Connection, call_no: int, reading: Reading, names: LookupTable) -> None:
    """Rewrite what was made of the turns of a stored call; errors as :func:`insert_turns`."""
    rows = db.execute(
        "SELECT channel, speaker FROM turns_data WHERE turn_id BETWEEN ? AND ? ORDER BY turn_id",
        _range(call_no),
    )
    felt = _judged_rows(
        [f"ch{channel}" if speaker is None else speaker for channel, speaker in rows], reading, names
    )
    db.executemany(_UPDATE, [(*row, call_no * ROWS_A_CALL + no) for no, row in enumerate(felt)])
    _forget_read(db, call_no, reading, names)


def _forget_read(db: sqlite3.Connection, call_no: int, reading: Reading, names: LookupTable) -> None:
    """Blank what a text model read in turns whose words may not be read."""
    for feeling in reading.feeling.turns:
        if not (feeling.why_missing or "").startswith(NOT_ALLOWED):
            continue
        turn_id = call_no * ROWS_A_CALL + feeling.no
        row = db.execute(
            "SELECT r.text FROM turns_data LEFT JOIN reasons r ON r.reason_no = heard_missing_no"
            " WHERE turn_id = ? AND text_label IS NOT NULL",
            (turn_id,),
        ).fetchone()
        if row is not None:
            voice = json.loads(row[0]).get("voice") if row[0] else None
            db.execute(
                "UPDATE turns_data SET (text_sentiment_x10000, text_label, text_confidence_x10000,"
                " heard_missing_no) = (NULL, NULL, NULL, ?) WHERE turn_id = ?",
                (names.reasons_no({"voice": voice, "text": feeling.why_missing}), turn_id),
            )


def find_unallowed(db: sqlite3.Connection, call_no: int, reading: Reading) -> bool:
    """Whether the rows of a call hold what was inferred from a voice that `reading` leaves out by policy."""
    left_out = {
        call_no * ROWS_A_CALL + feeling.no
        for feeling in reading.feeling.turns
        if (feeling.why_no_agitation or "").startswith(NOT_ALLOWED)
    }
    if not left_out:
        return False
    rows = db.execute(
        "SELECT turn_id FROM turns_data WHERE turn_id BETWEEN ? AND ? AND agitation_x10000 IS NOT NULL",
        _range(call_no),
    )
    return any(turn_id in left_out for (turn_id,) in rows)


_CUSTOMER_INDEX = "turns_inferred_customer"


def index_inferred(db: sqlite3.Connection, parties: Sequence[Party]) -> None:
    """Keep an index of what was inferred from customers' voices, while customers are among `parties`.

    It makes :func:`list_inferred` as quick for customers as ``turns_inferred`` does for the others. It is empty
    where nothing may be inferred, and would hold nearly every turn of a customer where it may: so it is made when
    the settings forbid it, and removed when they allow it again.
    """
    there = (
        db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (_CUSTOMER_INDEX,)).fetchone() is not None
    )
    if "customer" in parties and not there:
        db.execute(
            f"CREATE INDEX {_CUSTOMER_INDEX} ON turns_data (party) WHERE agitation_x10000 IS NOT NULL AND party = 1"
        )
    elif "customer" not in parties and there:
        db.execute(f"DROP INDEX {_CUSTOMER_INDEX}")


def list_inferred(db: sqlite3.Connection, parties: Sequence[Party]) -> tuple[str, ...]:
    """Ids of calls that hold what was inferred from the voice of any of these parties, oldest first."""
    codes = {PARTY_CODES.index(party) for party in parties}
    customer = PARTY_CODES.index("customer")
    numbers: set[int] = set()
    # Each said as its partial index says it, so that SQLite takes that one.
    for indexed, wanted in (
        (f"party <> {customer}", codes - {customer}),
        (f"party = {customer}", codes & {customer}),
    ):
        if wanted:
            rows = db.execute(
                f"SELECT DISTINCT turn_id / {ROWS_A_CALL} FROM turns_data WHERE agitation_x10000 IS NOT NULL"
                f" AND {indexed} AND party IN ({', '.join(map(str, sorted(wanted)))})"
            )
            numbers.update(number for (number,) in rows)
    found = (
        db.execute("SELECT call_id FROM calls WHERE call_no = ?", (no,)).fetchone() for no in sorted(numbers)
    )
    return tuple(row[0] for row in found if row is not None)


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
        channel, speaker, sure, start, end, pauses, text, words, language, word_sure = row[:10]
        value, label, confidence, _, reasons = row[20:25]
        missing = json.loads(reasons) if reasons else {}
        span = Span(_number(start), _number(end))
        whole = unpack_spans(pauses, span)
        turns.append(
            Turn(
                no,
                f"ch{channel}" if speaker is None else speaker,
                channel,
                span,
                whole,
                1.0 if sure is None else _number(sure),
            )
        )
        spoken = unpack_words(words, text, start_s=span.start_s)
        said.append(
            Utterance(
                no, text, spoken, LANGUAGE if language is None else language, from_fixed(word_sure, 1000)
            )
        )
        measures: dict[str, Any] = {
            name: from_fixed(measure, scale) for measure, (name, scale) in zip(row[10:20], VOICE, strict=True)
        }
        voices.append(TurnVoice(**measures | {"no": no, "why_missing": missing.get("voice")}))
        sentiment, sureness = from_fixed(value, 10_000), from_fixed(confidence, 10_000)
        name = None if label is None else LABELS[label]
        read.append(TextSentiment(no, sentiment, name, sureness, missing.get("text")))
    return tuple(turns), tuple(said), tuple(voices), tuple(read)


def read_words(db: sqlite3.Connection, turn_id: int) -> tuple[Word, ...]:
    """The words of one turn; KeyError where there is none of that number."""
    row = db.execute(
        "SELECT words, coalesce(unindexed_text, text), start_s_x1000 FROM turns_data WHERE turn_id = ?",
        (turn_id,),
    ).fetchone()
    if row is None:
        raise KeyError(turn_id)
    packed, text, start = row
    return unpack_words(packed, text, start_s=_number(start))


def read_feelings(rows: Sequence[tuple[Any, ...]]) -> tuple[TurnFeeling, ...]:
    """What was made of each turn."""
    felt = []
    for no, row in enumerate(rows):
        agitation, sentiment, label, part, _, reasons = row[_FIRST_JUDGED + 1 :]
        missing = json.loads(reasons) if reasons else {}
        felt.append(
            TurnFeeling(
                no,
                from_fixed(agitation, 10_000),
                from_fixed(sentiment, 10_000),
                None if label is None else LABELS[label],
                from_fixed(part, 10_000),
                missing.get("agitation"),
                missing.get("sentiment"),
            )
        )
    return tuple(felt)


def _number(value: int) -> float:
    return value / 1000


def _range(call_no: int) -> tuple[int, int]:
    return call_no * ROWS_A_CALL, (call_no + 1) * ROWS_A_CALL - 1


def _heard_row(heard: Conversation, turn: Turn, names: LookupTable) -> tuple[object, ...]:
    said, voice, read = heard.utterances[turn.no], heard.voices[turn.no], heard.sentiments[turn.no]
    return (
        turn.channel,
        None if turn.speaker == f"ch{turn.channel}" else turn.speaker,
        None if turn.confidence == 1 else to_fixed(turn.confidence, 1000),
        to_fixed(turn.span.start_s, 1000),
        to_fixed(turn.span.end_s, 1000),
        pack_spans(turn.speech),
        said.text,
        pack_words(said.words, said.text, start_s=turn.span.start_s),
        None if said.language == LANGUAGE else said.language,
        to_fixed(said.confidence, 1000),
        *(to_fixed(getattr(voice, name), scale) for name, scale in VOICE),
        to_fixed(read.value, 10_000),
        to_code(LABELS, read.label),
        to_fixed(read.confidence, 10_000),
        names.reasons_no({"voice": voice.why_missing, "text": read.why_missing}),
    )


def _judged_rows(speakers: Sequence[str], reading: Reading, names: LookupTable) -> list[tuple[object, ...]]:
    felt = reading.feeling.turns
    if [feeling.no for feeling in felt] != list(range(len(speakers))):
        raise ValueError(
            f"the feeling of turns must be numbered like the {len(speakers)} turns,"
            f" got {[feeling.no for feeling in felt]}"
        )
    parties = {role.speaker: role.party for role in reversed(reading.roles)}
    return [
        (
            to_code(PARTY_CODES, parties.get(speaker, "unknown")),
            to_fixed(feeling.agitation, 10_000),
            to_fixed(feeling.sentiment, 10_000),
            to_code(LABELS, feeling.label),
            to_fixed(feeling.voice_part, 10_000),
            names.reasons_no({"agitation": feeling.why_no_agitation, "sentiment": feeling.why_missing}),
        )
        for speaker, feeling in zip(speakers, felt, strict=True)
    ]


def read_timed_words(db: sqlite3.Connection, call_no: int) -> list[list[tuple[str, float]]]:
    """The words of a call and when each begins, turn by turn."""
    rows = db.execute(
        "SELECT words, coalesce(unindexed_text, text), start_s_x1000 FROM turns_data"
        " WHERE turn_id >= ? AND turn_id < ? ORDER BY turn_id",
        (call_no * ROWS_A_CALL, (call_no + 1) * ROWS_A_CALL),
    )
    return [
        [(word.text, word.start_s) for word in unpack_words(packed, text, start_s=_number(start))]
        for packed, text, start in rows
    ]
