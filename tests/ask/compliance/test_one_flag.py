"""One flag in full."""

from speechcx.ask.compliance.flags import see_flag
from speechcx.ask.compliance.one_flag import show_flag
from speechcx.store import FileStats, RunInfo, Store
from speechcx.store.decisions.flags import FlagChange, set_flags
from tests.ask.flagged import SOURCE, make_flagged
from tests.factories import SAID


def test_a_hit_shows_the_words_before_and_after(store: Store) -> None:
    """Two turns each way, with party and time, and which of them the hit is in."""
    call = make_flagged("x", {"threat": "present"})
    store.ledger.save_outcome(store.ledger.begin_run(RunInfo()), call, FileStats(1, 1))
    shown = show_flag(store, f"{call.conversation.recording.id}:threat")
    (evidence,) = shown.evidence
    assert ("customer", 5.6, 6.8, "cancel my account") == (
        evidence.party, evidence.start_s, evidence.end_s, evidence.quote
    )  # fmt: skip
    assert [(text, start, no == 1) for no, (_, start, text) in enumerate(SAID)] == [
        (turn.text, turn.start_s, turn.is_hit) for turn in evidence.turns
    ]
    assert ((), (call.conversation.recording.path,), None) == (shown.opening, shown.paths, shown.rule_text)


def test_a_miss_shows_how_the_call_begins(store: Store) -> None:
    """There are no words to point at; and the rule is shown as its rulebook writes it."""
    call = make_flagged("x", {"notice": "absent"})
    store.save_call(call)
    store.save_rulebook(call.assessment.digest, name="northwind-bank", version="1", source=SOURCE)
    shown = show_flag(store, call.conversation.recording.id)
    assert ((), [text for _, _, text in SAID]) == (shown.evidence, [turn.text for turn in shown.opening])
    assert (shown.rule_text or "").startswith("id: notice\ntitle: Recording notice")
    assert ("northwind-bank", "1", call.assessment.digest) == (shown.rulebook, shown.version, shown.digest)


def test_the_trail_shows_every_decision(store: Store) -> None:
    """Oldest first, also where the flag is gone since."""
    call = make_flagged("x", {"notice": "absent"})
    store.save_call(call)
    name = f"{call.conversation.recording.id}:notice"
    for change in (FlagChange("confirmed"), FlagChange("dismissed", reason="no")):
        set_flags(store, [see_flag(store, name)], change, who="mia")
    store.save_assessment(call.conversation.recording.id, make_flagged("x", {}, version="2").assessment)
    shown = show_flag(store, name)
    assert ("gone", 2, ()) == (shown.flag.standing, len(shown.trail), shown.evidence)
