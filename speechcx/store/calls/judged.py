"""What was made of a call: roles, flow, feeling, rule results and scores, to rows and back."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import fields
from typing import Any

from speechcx.call import (
    Assessment,
    CallLanguage,
    Feeling,
    Flow,
    Overlap,
    Partition,
    PartyFeeling,
    PartyFlow,
    Reading,
    Role,
    Span,
)
from speechcx.store.calls.lookup_tables import LookupTable
from speechcx.store.calls.scored import insert_results, insert_scores, read_results, read_scores
from speechcx.store.calls.turns import read_feelings, select_turns
from speechcx.store.codes import OVERLAPS, PARTY_CODES, to_code
from speechcx.store.packing import from_fixed, to_fixed

TABLES = (
    "roles", "party_measures", "non_talk", "overlaps_data", "results_data", "hits_data", "scores", "answers_data"
)  # fmt: skip
"""Tables that hold what was made of a call, and nothing else."""
_FLOW = tuple(field.name for field in fields(PartyFlow) if field.name not in ("party", "reasons"))
_QUARTERS = ("sentiment_q1", "sentiment_q2", "sentiment_q3", "sentiment_q4")
_PARTITION = tuple(field.name for field in fields(Partition))


def insert_judged(db: sqlite3.Connection, call_no: int, judged: Assessment, names: LookupTable) -> None:
    """Write everything made of a call but the judged part of its turns and of its own row."""
    reading = judged.reading
    db.executemany(
        "INSERT INTO roles VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(call_no, r.speaker, i, r.party, r.confidence, r.how, r.why) for i, r in enumerate(reading.roles)],
    )
    _insert_parties(db, call_no, reading)
    db.executemany(
        "INSERT INTO non_talk VALUES (?, ?, ?, ?)",
        [(call_no, i, span.start_s, span.end_s) for i, span in enumerate(reading.flow.non_talk)],
    )
    db.executemany(
        "INSERT INTO overlaps_data VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(call_no, i, *_overlap_row(overlap)) for i, overlap in enumerate(reading.flow.overlaps)],
    )
    insert_results(db, call_no, judged, names)
    insert_scores(db, call_no, judged, names)


def delete_judged(db: sqlite3.Connection, call_no: int) -> None:
    """Remove what :func:`insert_judged` wrote."""
    for table in TABLES:
        db.execute(f"DELETE FROM {table} WHERE call_no = ?", (call_no,))


def read_judged(db: sqlite3.Connection, call_no: int) -> Assessment:
    """The present assessment of a stored call, equal to the one that was saved."""
    rulebook, version, digest = db.execute(
        "SELECT name, version, digest FROM calls JOIN rulebooks USING (rulebook_no) WHERE call_no = ?",
        (call_no,),
    ).fetchone()
    results = read_results(db, call_no)
    return Assessment(
        rulebook, version, digest, read_reading(db, call_no), results, read_scores(db, call_no, results)
    )


def read_reading(db: sqlite3.Connection, call_no: int) -> Reading:
    """Who is who, how the talk flowed, how it felt, in which language."""
    roles = db.execute(
        "SELECT speaker, party, confidence, how, why FROM roles WHERE call_no = ? ORDER BY position",
        (call_no,),
    )
    parties = db.execute("SELECT * FROM party_measures WHERE call_no = ?", (call_no,))
    columns = [column[0] for column in parties.description]
    measures = [dict(zip(columns, row, strict=True)) for row in parties]
    felt = read_feelings(select_turns(db, call_no))
    return Reading(
        roles=tuple(Role(*row) for row in roles),
        flow=_read_flow(db, call_no, measures),
        feeling=Feeling(felt, _read_party_feelings(measures)),
        language=_read_language(db, call_no),
    )


def _read_language(db: sqlite3.Connection, call_no: int) -> CallLanguage:
    code, share, is_set = db.execute(
        "SELECT language, language_share_x1000, language_is_set FROM calls WHERE call_no = ?", (call_no,)
    ).fetchone()
    return CallLanguage(code, from_fixed(share, 1000), bool(is_set))


def _overlap_row(overlap: Overlap) -> tuple[object, ...]:
    span = overlap.span
    codes = to_code(PARTY_CODES, overlap.by), to_code(OVERLAPS, overlap.kind)
    return to_fixed(span.start_s, 1000), to_fixed(span.end_s, 1000), *codes, overlap.speaker


def _insert_parties(db: sqlite3.Connection, call_no: int, reading: Reading) -> None:
    rows: dict[str, dict[str, Any]] = {}
    for position, flow in enumerate(reading.flow.parties):
        rows[flow.party] = {"flow_position": position} | {name: getattr(flow, name) for name in _FLOW}
        rows[flow.party]["flow_reasons"] = json.dumps(flow.reasons)
    for position, felt in enumerate(reading.feeling.parties):
        rows.setdefault(felt.party, {}).update(_feeling_row(felt) | {"feeling_position": position})
    count = (
        len({flow.party for flow in reading.flow.parties}),
        len({f.party for f in reading.feeling.parties}),
    )
    if count != (len(reading.flow.parties), len(reading.feeling.parties)):
        raise ValueError("each party may stand once in the flow and once in the feeling of a call")
    for party, row in rows.items():
        filled = {"call_no": call_no, "party": party} | row
        db.execute(
            f"INSERT INTO party_measures ({', '.join(filled)}) VALUES ({', '.join('?' * len(filled))})",
            (*filled.values(),),
        )


def _feeling_row(felt: PartyFeeling) -> dict[str, Any]:
    return {
        "sentiment_score": felt.sentiment_score,
        **dict(zip(_QUARTERS, felt.quarters, strict=True)),
        "sentiment_shift": felt.sentiment_shift,
        "end_state": felt.end_state,
        "most_negative_turn": felt.most_negative,
        "most_positive_turn": felt.most_positive,
        "feeling_reasons": json.dumps(felt.reasons),
    }


def _read_flow(db: sqlite3.Connection, call_no: int, measures: list[dict[str, Any]]) -> Flow:
    row = db.execute(
        "SELECT conversation_start_s, conversation_end_s, longest_silence_s, non_talk_share,"
        f" greeting_latency_s, flow_reasons, {', '.join(_PARTITION)} FROM calls WHERE call_no = ?",
        (call_no,),
    ).fetchone()
    start, end, longest, share, greeting, reasons = row[:6]
    silences = db.execute(
        "SELECT start_s, end_s FROM non_talk WHERE call_no = ? ORDER BY position", (call_no,)
    )
    overlaps = db.execute(
        "SELECT start_s, end_s, by, speaker, kind FROM overlaps WHERE call_no = ? ORDER BY position",
        (call_no,),
    )
    with_flow = [row for row in measures if row["flow_position"] is not None]
    return Flow(
        partition=Partition(*row[6:]),
        conversation=None if start is None else Span(start, end),
        non_talk=tuple(Span(*row) for row in silences),
        longest_silence_s=longest,
        non_talk_share=share,
        overlaps=tuple(Overlap(Span(start, end), *rest) for start, end, *rest in overlaps),
        greeting_latency_s=greeting,
        parties=tuple(
            PartyFlow(**{name: row[name] for name in ("party", *_FLOW)}, reasons=_pairs(row["flow_reasons"]))
            for row in sorted(with_flow, key=lambda row: int(row["flow_position"]))
        ),
        reasons=_pairs(reasons),
    )


def _read_party_feelings(measures: list[dict[str, Any]]) -> tuple[PartyFeeling, ...]:
    felt = [row for row in measures if row["feeling_position"] is not None]
    return tuple(
        PartyFeeling(
            party=row["party"],
            sentiment_score=row["sentiment_score"],
            quarters=(row["sentiment_q1"], row["sentiment_q2"], row["sentiment_q3"], row["sentiment_q4"]),
            sentiment_shift=row["sentiment_shift"],
            end_state=row["end_state"],
            most_negative=row["most_negative_turn"],
            most_positive=row["most_positive_turn"],
            reasons=_pairs(row["feeling_reasons"]),
        )
        for row in sorted(felt, key=lambda row: int(row["feeling_position"]))
    )


def _pairs(text: str | None) -> tuple[tuple[str, str], ...]:
    return () if text is None else tuple((name, why) for name, why in json.loads(text))
