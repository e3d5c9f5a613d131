"""Recording, origin, peaks, speakers and machine spans of a call, to rows and back."""

from __future__ import annotations

import json
import sqlite3
import zlib
from dataclasses import fields
from typing import Any

from speechcx.call import (
    Conversation,
    Details,
    Origin,
    Peaks,
    Provenance,
    Recording,
    RedactedSpan,
    Redaction,
    Span,
    SpeakerVoice,
    Speech,
    Unheard,
)
from speechcx.store.calls.turns import read_turns, select_turns
from speechcx.store.moments import ROWS_A_CALL, read_moment, write_moment
from speechcx.store.paths import read_path, write_path

_VOICE = tuple(
    field.name for field in fields(SpeakerVoice) if field.name not in ("speaker", "flags", "why_missing")
)

PIECE_BYTES = 480
"""Eight pieces fill a page of 4096 bytes; one large value would leave a fifth of its pages empty."""


def insert_heard(db: sqlite3.Connection, call_no: int, heard: Conversation) -> None:
    """Write everything heard in a call but its turns."""
    row = _recording_row(heard) | {"call_no": call_no}
    _insert(db, "recordings", row)
    _insert_peaks(db, call_no, heard.peaks)
    for position, voice in enumerate(heard.speaker_voices):
        measures = {name: getattr(voice, name) for name in _VOICE}
        _insert(db, "speakers", {
            "call_no": call_no, "speaker": voice.speaker, "position": position, **measures,
            "flags": json.dumps(voice.flags), "why_missing": voice.why_missing,
        })  # fmt: skip
    spans = (("hold", heard.speech.hold), ("ivr", heard.speech.ivr))
    db.executemany(
        "INSERT INTO machine_spans VALUES (?, ?, ?, ?, ?)",
        [(call_no, kind, i, s.start_s, s.end_s) for kind, some in spans for i, s in enumerate(some)],
    )


def delete_peaks(db: sqlite3.Connection, call_no: int) -> None:
    """Remove the outline of a call; everything else goes with its row."""
    db.execute("DELETE FROM peaks WHERE piece_id BETWEEN ? AND ?", _piece_range(call_no))


def update_recording(db: sqlite3.Connection, call_no: int, recording: Recording) -> None:
    """Rewrite what is known of a recording."""
    row = _details_row(recording.details) | {"path": write_path(recording.path)}
    changes = ", ".join(f"{name} = :{name}" for name in row)
    db.execute(f"UPDATE recordings SET {changes} WHERE call_no = :call_no", row | {"call_no": call_no})


def read_heard(db: sqlite3.Connection, call_no: int) -> Conversation:
    """The conversation of a stored call, equal to the one that was saved."""
    row = _one(
        db, "SELECT c.split, r.*, p.* FROM calls c JOIN recordings r USING (call_no)"
        " JOIN provenances p USING (provenance_no) WHERE call_no = ?", call_no,
    )  # fmt: skip
    turns, said, voices, read = read_turns(select_turns(db, call_no))
    speech = Speech(
        row["split"], _strings(row["speakers"]), turns,
        hold=_machine_spans(db, call_no, "hold"), ivr=_machine_spans(db, call_no, "ivr"),
        flags=_strings(row["speech_flags"]),
        unheard=tuple(
            Unheard(channel, Span(start_s, end_s), *why)
            for channel, start_s, end_s, *why in json.loads(row["unheard"])
        ),
    )  # fmt: skip
    made = Provenance(row["speechcx"], _pairs(row["engines"]), row["settings_digest"], _pairs(row["stages"]))
    return Conversation(
        recording=read_recording(db, call_no),
        origin=_read_origin(row),
        peaks=_read_peaks(db, call_no, row),
        speech=speech,
        utterances=said,
        voices=voices,
        speaker_voices=_read_speakers(db, call_no),
        sentiments=read,
        provenance=made,
        redaction=_read_redaction(row),
    )


def read_recording(db: sqlite3.Connection, call_no: int) -> Recording:
    """The recording of a stored call."""
    row = _one(
        db, "SELECT c.call_id, c.agent, c.customer, c.queue, c.direction, r.* FROM calls c"
        " JOIN recordings r USING (call_no) WHERE call_no = ?", call_no,
    )  # fmt: skip
    extras = json.loads(row["extras"])
    details = Details(
        agent=row["agent"], customer=row["customer"], started_at=read_moment(row["started_at"]),
        zone=row["zone"], direction=row["direction"], queue=row["queue"], team=row["team"],
        center=row["center"], channels=None if row["parties"] is None else tuple(json.loads(row["parties"])),
        extras=tuple(extras.items()) if isinstance(extras, dict) else tuple(map(tuple, extras)),
        sources=_pairs(row["sources"]),
    )  # fmt: skip
    return Recording(row["call_id"], read_path(row["path"]), row["sha256"], row["size_bytes"], details)


def _recording_row(heard: Conversation) -> dict[str, object]:
    recording, origin = heard.recording, heard.origin
    return _details_row(recording.details) | {
        "path": write_path(recording.path),
        "sha256": recording.sha256,
        "size_bytes": recording.size_bytes,
        "container": origin.container,
        "codec": origin.codec,
        "channels": origin.channels,
        "rate_hz": origin.rate_hz,
        "duration_s": origin.duration_s,
        "declared_duration_s": origin.declared_duration_s,
        "damaged_packets": origin.damaged_packets,
        "lost_s": origin.lost_s,
        "length_verified": int(origin.length_verified),
        "file_flags": json.dumps(origin.flags),
        "gaps": json.dumps([(gap.start_s, gap.end_s) for gap in origin.gaps]),
        "speech_flags": json.dumps(heard.speech.flags),
        "unheard": json.dumps(
            [[each.channel, each.span.start_s, each.span.end_s, each.why] for each in heard.speech.unheard]
        ),
        "redacted_kinds": json.dumps(heard.redaction.kinds),
        "redacted": json.dumps(
            [
                [each.turn_no, each.kind, each.span.start_s, each.span.end_s, each.words]
                for each in heard.redaction.spans
            ]
        ),
        "peaks_hz": heard.peaks.rate_hz,
        "peaks_channels": len(heard.peaks.values),
        "speakers": json.dumps(heard.speech.speakers),
        "stages": json.dumps(heard.provenance.stages),
    }


def _details_row(details: Details) -> dict[str, object]:
    extras = dict(details.extras)
    return {
        "started_at": write_moment(details.started_at),
        "zone": details.zone,
        "team": details.team,
        "center": details.center,
        "parties": None if details.channels is None else json.dumps(details.channels),
        # An object is what people can query; two values of one name need a list.
        "extras": json.dumps(extras if tuple(extras.items()) == details.extras else details.extras),
        "sources": json.dumps(details.sources),
    }


def _read_origin(row: dict[str, Any]) -> Origin:
    return Origin(
        container=row["container"], codec=row["codec"], channels=row["channels"], rate_hz=row["rate_hz"],
        duration_s=row["duration_s"], declared_duration_s=row["declared_duration_s"],
        damaged_packets=row["damaged_packets"], lost_s=row["lost_s"],
        length_verified=bool(row["length_verified"]), flags=_strings(row["file_flags"]),
        gaps=tuple(Span(start_s, end_s) for start_s, end_s in _pairs(row["gaps"])),
    )  # fmt: skip


def _read_redaction(row: dict[str, Any]) -> Redaction:
    return Redaction(
        _strings(row["redacted_kinds"]),
        tuple(
            RedactedSpan(turn_no, kind, Span(start_s, end_s), words)
            for turn_no, kind, start_s, end_s, words in json.loads(row["redacted"])
        ),
    )


def _insert_peaks(db: sqlite3.Connection, call_no: int, peaks: Peaks) -> None:
    lengths = {len(channel) for channel in peaks.values}
    if len(lengths) > 1:
        raise ValueError(f"the peaks of all channels must be of one length, got {sorted(lengths)}")
    packed = zlib.compress(b"".join(peaks.values), 9)
    pieces = [packed[at : at + PIECE_BYTES] for at in range(0, len(packed), PIECE_BYTES)]
    db.executemany(
        "INSERT INTO peaks VALUES (?, ?)",
        [(call_no * ROWS_A_CALL + i, piece) for i, piece in enumerate(pieces)],
    )


def _piece_range(call_no: int) -> tuple[int, int]:
    return call_no * ROWS_A_CALL, (call_no + 1) * ROWS_A_CALL - 1


def _read_peaks(db: sqlite3.Connection, call_no: int, row: dict[str, Any]) -> Peaks:
    pieces = db.execute(
        "SELECT packed FROM peaks WHERE piece_id BETWEEN ? AND ? ORDER BY piece_id", _piece_range(call_no)
    )
    points, channels = zlib.decompress(b"".join(piece for (piece,) in pieces)), row["peaks_channels"]
    each = len(points) // channels if channels else 0
    return Peaks(row["peaks_hz"], tuple(points[each * i : each * (i + 1)] for i in range(channels)))


def _read_speakers(db: sqlite3.Connection, call_no: int) -> tuple[SpeakerVoice, ...]:
    cursor = db.execute("SELECT * FROM speakers WHERE call_no = ? ORDER BY position", (call_no,))
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor]
    kept = ("speaker", *_VOICE, "why_missing")
    return tuple(
        SpeakerVoice(**{name: row[name] for name in kept} | {"flags": _strings(row["flags"])}) for row in rows
    )


def _machine_spans(db: sqlite3.Connection, call_no: int, kind: str) -> tuple[Span, ...]:
    rows = db.execute(
        "SELECT start_s, end_s FROM machine_spans WHERE call_no = ? AND kind = ? ORDER BY position",
        (call_no, kind),
    )
    return tuple(Span(*row) for row in rows)


def _insert(db: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    db.execute(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", (*row.values(),)
    )


def _one(db: sqlite3.Connection, sql: str, *values: object) -> dict[str, Any]:
    cursor = db.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return dict(zip(names, cursor.fetchone(), strict=True))


def _strings(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _pairs(text: str) -> tuple[tuple[Any, Any], ...]:
    return tuple(map(tuple, json.loads(text)))
