"""Exports of other systems, and databases with calls for them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from speechcx.call import Call
from speechcx.discover import DiscoverSettings
from speechcx.imports import ImportKind, ImportOptions, ImportReport, run_import
from speechcx.store import Store
from tests.factories import make_assessment, make_conversation, make_recording

SETTINGS = DiscoverSettings(zone="Europe/Berlin")


def make_call(
    name: str,
    agent: str,
    customer: str,
    started: str,
    *,
    extras: tuple[tuple[str, str], ...] = (),
    duration_s: float = 60.0,
) -> Call:
    """A call in the file `name`, with details as a sidecar would give them."""
    recording = make_recording(
        name, path=f"/calls/{name}.wav", agent=agent, customer=customer, zone="Europe/Berlin",
        started_at=datetime.fromisoformat(started), extras=extras, queue=None, direction=None,
    )  # fmt: skip
    conversation = make_conversation(recording=recording, duration_s=duration_s)
    return Call(conversation, make_assessment(conversation))


def import_text(store: Store, folder: Path, kind: ImportKind, text: str, **options: object) -> ImportReport:
    """Import a CSV of this text."""
    path = folder / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    wanted = ImportOptions(**{"who": "mia", **options})  # type: ignore[arg-type]
    return run_import(store, path, kind, settings=SETTINGS, options=wanted)


def facts_of(store: Store) -> list[tuple[object, ...]]:
    """Every fact, but for numbers and where it was last told."""
    legs = (
        "record_id, leg_id, started_at, agent, customer, queue, direction, outcome, wait_s, talk_s, hold_s, wrap_s,"
        " duration_s, recording, extras"
    )
    records = (
        "record_id, started_at, start_utc, local_day, local_hour, agent, team, center, customer, queue, direction,"
        " outcome, wait_s, talk_s, hold_s, wrap_s, duration_s, legs, transfers, call_id, matched_by, candidates"
    )
    answers = "answer_id, kind, answered_at, value, low, high, reference, customer, agent, comment, call_id, matched_by"
    found: list[tuple[object, ...]] = []
    accounts = (
        "account_id, customer, customer_key, status, opened_day, closed_day, as_of_day, value, currency"
    )
    for table, names in (
        ("call_legs", legs),
        ("call_records", records),
        ("survey_answers", answers),
        ("accounts", accounts),
    ):
        found += store.db.execute(f"SELECT {names} FROM {table} ORDER BY 1, 2").fetchall()
    return found
