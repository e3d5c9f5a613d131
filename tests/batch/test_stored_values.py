"""An old database is treated: every table, free pages and log; results and decisions stay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from speechcx.batch.stored_values import redact_stored
from speechcx.call import Call
from speechcx.config import Settings
from speechcx.errors import UsageError
from speechcx.redact.byte_search import find_in_files
from speechcx.store import Store
from speechcx.store.decisions.audit import AuditEntry, add_entries, read_trail
from speechcx.store.integrity import Examined, examine
from tests.factories import make_assessment, make_conversation, make_hit, make_recording, make_result

CARD = "4929123456781234"
SAID = (
    ("ch0", 0.5, "Can I take the card number please?"),
    ("ch1", 5.0, "It is four nine two nine one two three four."),
    ("ch1", 9.0, "5678 1234"),
)


def make_old(name: str) -> Call:
    """A call as it was kept before redaction, with its number in words, quotes and reasons."""
    heard = make_conversation(SAID, recording=make_recording(name))
    hit = make_hit(
        "read-out",
        1,
        quote="four nine two nine one two three four. 5678 1234",
        why="said 4929 1234 5678 1234",
    )
    result = make_result(
        "read-out", why='customer at 0:05 "four nine two nine one two three four"', hits=(hit,)
    )
    return Call(heard, replace(make_assessment(heard), results=(result,)))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database with two old calls, one of them judged twice, and a note with the number."""
    path = tmp_path / "calls.db"
    with Store.open(path, create=True) as store:
        for name in ("one", "two"):
            call = make_old(name)
            store.save_call(call)
            store.save_assessment(
                call.conversation.recording.id, replace(call.assessment, digest="f" * 16, version="2")
            )
        call_id = make_old("one").conversation.recording.id
        add_entries(store, "lead", [AuditEntry("flag", call_id, "read-out", {"reason": f"said {CARD}"})])
    return path


def test_nothing_of_a_value_is_left(old: Path) -> None:
    """The number is in the file before, and in no byte of it afterwards; a second time finds nothing to do."""
    files = [old, old.with_name("calls.db-wal")]
    assert [old] == find_in_files([old], [CARD])
    with Store.open(old) as store:
        done = redact_stored(store, Settings(), who="lead")
        assert (2, 2, ()) == (done.calls, done.changed_calls, done.left)
        assert {"card": 4} == dict(done.kinds)
        assert 0 == done.exit_code
        again = redact_stored(store, Settings(), who="lead")
        assert (2, 0) == (again.calls, again.changed_calls)
        found = examine(store, Examined(every_call=True))
        assert [] == [str(problem) for problem in found if problem.area != "ledger"]
    assert [] == find_in_files(files, [CARD, "49291234", "56781234"])


def test_results_stay_and_past_assessments_are_treated(old: Path) -> None:
    """What was found stays found, now and under the rulebook before; quotes have marks."""
    call_id = make_old("one").conversation.recording.id
    with Store.open(old) as store:
        redact_stored(store, Settings(), who="lead")
        call = store.load(call_id)
        past = store.load_assessment(call_id, digest=make_old("one").assessment.digest)
        assert past is not None
        for judged in (call.assessment, past):
            (result,) = judged.results
            assert ("present", "[card number]") == (result.value, result.hits[0].quote)
        assert "[card number]" == call.conversation.utterances[2].text
        assert {"card"} == {each.kind for each in call.conversation.redaction.spans}
        trail = read_trail(store, call_id=call_id)
        assert [("flag", None), ("redact", True)] == [(row.action, row.detail and True) for row in trail]


def test_redaction_that_is_off(old: Path) -> None:
    """Without kinds to take out, nothing is done and the message says what to set."""
    settings = replace(Settings(), redact=replace(Settings().redact, enabled=False))
    with Store.open(old) as store, pytest.raises(UsageError, match="redaction is off"):
        redact_stored(store, settings, who="lead")
