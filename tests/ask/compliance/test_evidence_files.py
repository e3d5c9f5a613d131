"""What the files of a call say."""

import json

import pytest

from speechcx.ask.compliance.evidence_files import write_evidence
from speechcx.ask.compliance.flags import see_flag
from speechcx.call import Call
from speechcx.store import Store
from speechcx.store.decisions.flags import FlagChange, set_flags
from tests.ask.flagged import SOURCE, make_flagged


@pytest.fixture
def call(store: Store) -> Call:
    """A call with every kind of result, one of them decided about."""
    made = make_flagged("x", {"notice": "absent", "verify": "cannot_tell", "threat": "present"}, answer="no")
    store.save_call(made)
    store.save_rulebook(made.assessment.digest, name="northwind-bank", version="1", source=SOURCE)
    seen = see_flag(store, f"{made.conversation.recording.id}:notice")
    set_flags(store, [seen], FlagChange("escalated", reason="again"), who="mia")
    return made


def read(store: Store, call: Call, **given: bool) -> dict:  # type: ignore[type-arg]
    files = write_evidence(store, call.conversation.recording.id, **given)
    return json.loads(files["evidence.json"])  # type: ignore[no-any-return]


def test_evidence_tells_rules_hits_decisions_and_what_is_not_known(store: Store, call: Call) -> None:
    """With the rule as written, who decided what, and the digests it hangs on."""
    told = read(store, call)
    assert call.conversation.recording.sha256 == told["recording"]["sha256"]
    assert (call.assessment.digest, "1") == (told["judged_by"]["digest"], told["judged_by"]["version"])
    rules = {rule["rule"]: rule for rule in told["rules"]}
    assert ("absent", True, "id: notice") == (
        rules["notice"]["result"], rules["notice"]["flagged"], rules["notice"]["rule_text"][:10]
    )  # fmt: skip
    assert "cancel my account" == rules["threat"]["hits"][0]["quote"]
    assert [{"rule": "verify", "why": "cannot_tell it is"}] == told["could_not_tell"]["rules"]
    assert {
        ("notice", "escalated"),
        ("verify", "open"),
        ("threat", "open"),
        ("service-quality.polite", "open"),
    } == {(flag["rule"], flag["status"]) for flag in told["flags"]}
    (decision,) = told["decisions"]
    assert ("mia", "again") == (decision["who"], json.loads(decision["detail"])["reason"])


def test_hidden_rules_are_left_out_unless_asked_for(store: Store, call: Call) -> None:
    """From every file: they stand for a condition, and nobody wrote them as a rule."""
    files = write_evidence(store, call.conversation.recording.id)
    assert not any(b"applies_if" in content for content in files.values())
    assert "card.q.applies_if" in {rule["rule"] for rule in read(store, call, with_hidden=True)["rules"]}


def test_no_folder_of_the_machine_is_told(store: Store, call: Call) -> None:
    """The recording goes by its name alone."""
    path = call.conversation.recording.path
    files = write_evidence(store, call.conversation.recording.id)
    assert "/" in path
    assert not any(path.encode() in content for content in files.values())
    assert path.rpartition("/")[2] == json.loads(files["call.json"])["file"]


def test_the_same_call_gives_the_same_bytes(store: Store, call: Call) -> None:
    """Until somebody decides something new."""
    call_id = call.conversation.recording.id
    first = write_evidence(store, call_id)
    assert first == write_evidence(store, call_id)
    set_flags(store, [see_flag(store, f"{call_id}:threat")], FlagChange("confirmed"), who="mia")
    changed = write_evidence(store, call_id)
    assert {"evidence.json"} == {name for name in first if first[name] != changed[name]}


def test_without_the_text_of_the_rulebook_there_is_no_copy(store: Store) -> None:
    """And rules go without their text."""
    made = make_flagged("y", {})
    store.save_call(made)
    files = write_evidence(store, made.conversation.recording.id)
    assert {"call.json", "evidence.json", "transcript.txt", "transcript.html"} == set(files)
    assert {None} == {rule["rule_text"] for rule in read(store, made)["rules"]}
