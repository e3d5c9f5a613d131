from __future__ import annotations

import json
from pathlib import Path

import pytest

from speechcx.batch.check import check
from speechcx.call import Call
from speechcx.store import Store
from tests.batch.conftest import Run
from tests.batch.folders import call_name, write_call, write_calls


def load(database: Path) -> dict[str, Call]:
    """Stored calls by the customer in the name of their file."""
    with Store.open(database, read_only=True) as store:
        calls = [store.load(call_id) for call_id in store.iter_call_ids()]
    return {Path(call.conversation.recording.path).name.split("_")[1]: call for call in calls}


def write_sidecar(inbox: Path, number: int, **values: object) -> None:
    (inbox / call_name(number)).with_suffix(".json").write_text(json.dumps(values))


def test_a_column_that_comes_later_reaches_calls_without_hearing_them(
    run_inbox: Run, inbox: Path, database: Path
) -> None:
    """A table exported the week after gives its queue and extras to calls that were done, and nothing is planned."""
    write_calls(inbox, 3)
    assert run_inbox().done == 3
    (inbox / "calls.csv").write_text(
        f"file,agent,customer,queue,order\n{call_name(0)},ann,c0,sales,A-17\n{call_name(1)},ann,c1,support,\n"
    )
    again = run_inbox()
    assert (again.planned, again.done, again.details_changed) == (0, 0, 2)
    details = {name: call.conversation.recording.details for name, call in load(database).items()}
    assert [details[name].queue for name in ("c0", "c1", "c2")] == ["sales", "support", None]
    assert dict(details["c0"].extras)["order"] == "A-17"
    assert run_inbox().details_changed == 0


def test_what_follows_from_details_is_judged_again(run_inbox: Run, inbox: Path, database: Path) -> None:
    """A sidecar that names the channels the other way round changes who is who, and every measure that hangs on it."""
    write_call(inbox, 0)
    write_sidecar(inbox, 0, agent="ann", channels=["agent", "customer"])
    run_inbox()
    before = load(database)["c0"]
    write_sidecar(inbox, 0, agent="ann", channels=["customer", "agent"])
    assert run_inbox().details_changed == 1
    after = load(database)["c0"]
    assert before.conversation.speech == after.conversation.speech
    parties = [[role.party for role in call.assessment.reading.roles][:2] for call in (before, after)]
    assert parties == [["agent", "customer"], ["customer", "agent"]]


def test_a_corrected_start_moves_the_call_to_its_day(run_inbox: Run, inbox: Path, database: Path) -> None:
    """Numbers of calls follow their time: the call is found on its new day only."""
    write_call(inbox, 0)
    run_inbox()
    write_sidecar(inbox, 0, agent="ann", started_at="2025-03-09T10:00:00Z")
    assert run_inbox().details_changed == 1
    with Store.open(database, read_only=True) as store:
        assert [("2025-03-09",)] == store.db.execute("SELECT local_day FROM calls").fetchall()


def test_parties_that_a_person_named_stay(run_inbox: Run, inbox: Path, database: Path) -> None:
    """A later queue is applied; who is who stays as it was relabelled, and the next run has nothing to do."""
    write_call(inbox, 0)
    run_inbox()
    call = load(database)["c0"].conversation
    speakers = len(call.speech.speakers)
    with Store.open(database) as store:
        named = call.recording.details.relabel(("customer", "agent", *["unknown"] * speakers)[:speakers])  # type: ignore[arg-type]
        store.update_details(call.recording.id, named)
    write_sidecar(inbox, 0, agent="ann", queue="sales", channels=["agent", "customer"])
    assert run_inbox().details_changed == 1
    details = load(database)["c0"].conversation.recording.details
    assert (details.queue, details.channels, details.is_relabelled) == ("sales", named.channels, True)
    (inbox / "notes.txt").write_text("anything new")
    assert run_inbox().details_changed == 0


def test_details_that_no_source_gives_any_more_are_kept_and_told(
    run_inbox: Run, inbox: Path, database: Path
) -> None:
    """A table that was deleted takes nothing from calls that were stored with it."""
    path = inbox / "rec_c1_x.wav"
    path.write_text("call 1")
    table = inbox / "calls.csv"
    table.write_text("file,agent,customer,started_at\nrec_c1_x.wav,ann,c1,2025-03-04T09:00:00\n")
    assert run_inbox().done == 1
    table.unlink()
    again = run_inbox()
    assert (again.details_changed, again.lost_details) == (0, (str(path),))
    assert [call.conversation.recording.details.agent for call in load(database).values()] == ["ann"]


def test_a_change_that_cannot_be_kept_costs_its_call_only_and_is_tried_again(
    run_inbox: Run, inbox: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Details and judgement are kept as one: a fault between them leaves the call as it was, and says so."""
    write_calls(inbox, 2)
    run_inbox()
    for number in (0, 1):
        write_sidecar(inbox, number, agent="ann", queue="sales")
    save, spoilt = Store.save_assessment, load(database)["c1"].conversation.recording.id

    def fail(store: Store, call_id: str, assessment: object) -> None:
        if call_id == spoilt:
            raise ValueError("no")
        save(store, call_id, assessment)  # type: ignore[arg-type]

    with monkeypatch.context() as broken:
        broken.setattr(Store, "save_assessment", fail)
        first = run_inbox()
    assert (first.details_changed, first.failed, first.exit_code) == (1, (("internal", 1),), 3)
    assert any("new details could not be applied" in line for line in first.notes)
    assert [load(database)[name].conversation.recording.details.queue for name in ("c0", "c1")] == [
        "sales",
        None,
    ]
    assert run_inbox().details_changed == 1


def test_a_dry_run_counts_changes_and_writes_none(run_inbox: Run, inbox: Path, database: Path) -> None:
    """It says how many calls would get new details."""
    write_call(inbox, 0)
    run_inbox()
    write_sidecar(inbox, 0, agent="ann", queue="sales")
    assert run_inbox(dry_run=True).details_changed == 1
    assert load(database)["c0"].conversation.recording.details.queue is None


def forget_digests(database: Path) -> None:
    """Rows of the ledger as another program, or a version without such digests, leaves them."""
    with Store.open(database) as store, store.write():
        store.db.execute("UPDATE files SET details_digest = NULL, listen_digest = NULL")


def test_files_without_digests_are_compared_with_their_calls(
    run_inbox: Run, inbox: Path, database: Path
) -> None:
    """Nothing is told to be new, heard or judged where the call says the same; what is new is applied all the same."""
    write_calls(inbox, 3)
    run_inbox()
    before = load(database)
    forget_digests(database)
    write_sidecar(inbox, 0, agent="ann", queue="sales")
    again = run_inbox()
    assert (again.planned, again.done, again.details_changed) == (0, 0, 1)
    after = load(database)
    assert [before[name] for name in ("c1", "c2")] == [after[name] for name in ("c1", "c2")]
    assert after["c0"].conversation.recording.details.queue == "sales"
    with Store.open(database, read_only=True) as store:
        assert all(file.details_digest for file in store.ledger.known_files().values())
    assert run_inbox().details_changed == 0


def test_files_without_digests_are_told_and_repaired(run_inbox: Run, inbox: Path, database: Path) -> None:
    """`check` names each, and the repair takes the settings from its call: nothing is heard again for nothing."""
    write_calls(inbox, 3)
    run_inbox()
    forget_digests(database)
    found = check(database)
    assert [problem.area for problem in found.problems] == ["ledger"] * 3
    assert "under which settings it was heard is not in its row" in found.problems[0].what
    assert check(database, do_repair=True).problems == ()
    assert run_inbox(redo="outdated").planned == 0
    forget_digests(database)
    assert run_inbox(redo="outdated").done == 3
