from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from speechcx.store import Store
from speechcx.store.calls.erasure import erase_call, find_erasure
from speechcx.store.facts import match_new_calls as module
from speechcx.store.facts.match_calls import match_facts
from speechcx.store.facts.match_new_calls import match_new_calls
from tests.imports.exports import import_text, make_call

HEAD = "linkedid,uniqueid,calldate,src,dst,disposition,duration,billsec,recordingfile"
SURVEY = "id,reference,answered,customer,agent,csat"
START = datetime.fromisoformat("2026-03-02T09:00:00+01:00")
PEOPLE = (("ann", "0301111111"), ("bob", "+49 30 2222222"), ("Cid", "0303333333"))
MATCHES = (
    "SELECT record_id, call_id, matched_by, candidates FROM call_records ORDER BY 1",
    "SELECT answer_id, call_id, matched_by, candidates FROM survey_answers ORDER BY 1",
)


def add_call(store: Store, draw: random.Random, number: int) -> None:
    """A call of one of few people, at one of few moments, with a name or an id that facts may tell."""
    agent, customer = draw.choice(PEOPLE)
    started = START + timedelta(seconds=draw.randrange(0, 240, 12))
    name = draw.choice((f"r{draw.randrange(12)}", f"x_{number}-77000{draw.randrange(9)}.1"))
    extras = draw.choice(((), (("ticket", f"77000{draw.randrange(9)}.1"),), (("note", 'a"b\\77c'),)))
    call = make_call(name, agent, customer, started.isoformat(), extras=extras, duration_s=40.0)
    call_id = call.conversation.recording.id
    if not store.has_call(call_id) and find_erasure(store, call_id) is None:
        store.save_call(call)


def set_aside(store: Store, draw: random.Random, _: int) -> None:
    """One call counts no longer, or again."""
    calls = [row[0] for row in store.db.execute("SELECT call_id FROM calls ORDER BY 1")]
    if len(calls) > 1:
        one, other = draw.sample(calls, 2)
        store.db.execute(
            "UPDATE calls SET superseded_by = iif(superseded_by IS NULL, ?, NULL) WHERE call_id = ?",
            (other, one),
        )


def erase(store: Store, draw: random.Random, _: int) -> None:
    """One call is erased."""
    calls = [row[0] for row in store.db.execute("SELECT call_id FROM calls ORDER BY 1")]
    if calls:
        erase_call(store, draw.choice(calls), reason="asked", who="mia")


def make_imports(draw: random.Random) -> tuple[str, str]:
    """Call records and answers about the same people and moments."""
    legs, answers = [HEAD], [SURVEY]
    for number in range(18):
        agent, customer = draw.choice(PEOPLE)
        at = (START + timedelta(seconds=draw.randrange(0, 240, 12))).strftime("%Y-%m-%d %H:%M:%S")
        file = draw.choice(("", "", f"r{draw.randrange(12)}.wav"))
        record = f"77000{number}.1"
        legs.append(f"{record},{record},{at},{customer},{agent},ANSWERED,50,40,{file}")
        about = draw.choice(("", record, f"r{draw.randrange(12)}"))
        answers.append(f"{number},{about},{at},{customer},{draw.choice((agent, ''))},4")
    return "\n".join(legs), "\n".join(answers)


@pytest.mark.parametrize("seed", range(6))
def test_calls_that_come_in_any_way_leave_the_matches_that_matching_all_leaves(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each of some random steps, matching what is new gives what matching everything gives."""
    draw, whole = random.Random(seed), list[str]()

    def match_whole(db: sqlite3.Connection) -> None:
        whole.append("all")
        match_facts(db)

    monkeypatch.setattr(module, "match_facts", match_whole)
    legs, answers = make_imports(draw)
    steps: tuple[Callable[[Store, random.Random, int], None], ...] = (add_call,) * 8 + (set_aside, erase)
    alone = 0
    with Store.open(tmp_path / "calls.db", create=True) as store:
        import_text(store, tmp_path, "calls", legs)
        import_text(store, tmp_path, "surveys", answers)
        for number in range(14):
            for _ in range(draw.randrange(1, 3)):
                draw.choice(steps)(store, draw, number)
            before = len(whole)
            with store.write():
                match_new_calls(store.db)
            alone += len(whole) == before
            found = [store.db.execute(select).fetchall() for select in MATCHES]
            with store.write():
                match_facts(store.db)
            assert found == [store.db.execute(select).fetchall() for select in MATCHES]
        assert any(call_id for _, call_id, *_ in (row for rows in found for row in rows))
    assert alone >= 5
