from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from speechcx.batch import Progress, hold_lock, rejudge
from speechcx.call import Assessment
from speechcx.errors import RunInProgress
from speechcx.executors import WorkerLimits
from speechcx.executors.processes import ProcessExecutor
from speechcx.store import CallFilter, Store
from tests.batch.conftest import Run
from tests.batch.folders import make_rulebook, make_settings, write_call, write_calls


@pytest.fixture
def judged(run_inbox: Run, inbox: Path, database: Path) -> Path:
    """A database of six calls, judged under version 1."""
    write_calls(inbox, 5)
    write_call(inbox, 5, agent="bob")
    run_inbox()
    return database


def digests(database: Path) -> dict[str, int]:
    """How many calls are judged under which rulebook."""
    found: dict[str, int] = {}
    with Store.open(database, read_only=True) as store:
        for call_id in store.iter_call_ids():
            assessment = store.load_assessment(call_id)
            assert isinstance(assessment, Assessment)
            found[assessment.digest] = found.get(assessment.digest, 0) + 1
    return found


def test_a_new_rulebook_is_applied_to_every_stored_call(judged: Path, inbox: Path) -> None:
    """Without one second of audio: the recordings are gone."""
    for path in inbox.iterdir():
        path.unlink()
    new = make_rulebook(2)
    with Store.open(judged) as store:
        summary = rejudge(store, new, make_settings())
        assert (summary.planned, summary.done, summary.exit_code) == (6, 6, 0)
        [call_id, *_] = store.iter_call_ids()
        assert store.load_assessment(call_id, digest=make_rulebook(1).digest) is not None
    assert digests(judged) == {new.digest: 6}


def test_it_equals_judging_afresh(judged: Path) -> None:
    """What is stored is what ``judge`` says of the stored conversation."""
    from speechcx.pipeline import judge

    new = make_rulebook(2)
    with Store.open(judged) as store:
        rejudge(store, new, make_settings())
        for call_id in store.iter_call_ids():
            expected = judge(store.load_conversation(call_id), new, make_settings())
            assert store.load_assessment(call_id) == expected


def test_the_second_time_nothing_is_left(judged: Path) -> None:
    """Calls under the rulebook are skipped, unless asked for again."""
    with Store.open(judged) as store:
        rejudge(store, make_rulebook(2), make_settings())
        assert rejudge(store, make_rulebook(2), make_settings()).planned == 0
        assert rejudge(store, make_rulebook(2), make_settings(), again=True).done == 6


def test_only_some_calls(judged: Path) -> None:
    """Those a filter means."""
    with Store.open(judged) as store:
        summary = rejudge(store, make_rulebook(2), make_settings(), only=CallFilter(agent=("bob",)))
    assert summary.done == 1
    assert digests(judged)[make_rulebook(2).digest] == 1


def test_stopped_and_called_again_it_goes_on(judged: Path) -> None:
    """A signal ends it after the call in hand; the rest is done next time."""
    seen: list[Progress] = []

    def interrupt(progress: Progress) -> None:
        seen.append(progress)
        if progress.calls_done == 2:
            os.kill(os.getpid(), signal.SIGINT)

    with Store.open(judged) as store:
        first = rejudge(store, make_rulebook(2), make_settings(), report=interrupt)
        assert (first.done, first.exit_code) == (2, 130)
        second = rejudge(store, make_rulebook(2), make_settings())
        assert (second.planned, second.done) == (4, 4)
    assert [progress.calls_done for progress in seen] == [0, 1, 2]


def test_a_call_that_cannot_be_judged_keeps_its_old_assessment(
    judged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is counted and reported; the others are judged."""
    from speechcx.batch.rejudge import CallToJudge, JudgeStored

    real = JudgeStored.__call__
    with Store.open(judged) as store:
        [bad, *_] = store.iter_call_ids()

        def fail(self: JudgeStored, call: CallToJudge) -> object:
            return real(replace(self, settings=None), call) if call.call_id == bad else real(self, call)  # type: ignore[arg-type]

        monkeypatch.setattr(JudgeStored, "__call__", fail)
        summary = rejudge(store, make_rulebook(2), make_settings())
    assert (summary.done, summary.failed, summary.exit_code) == (5, (("internal", 1),), 1)
    assert digests(judged) == {make_rulebook(1).digest: 1, make_rulebook(2).digest: 5}


def test_workers_judge_what_they_read_themselves(judged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many calls go to worker processes; only the parent writes."""
    module = sys.modules["speechcx.batch.rejudge"]
    crew = ProcessExecutor(WorkerLimits(workers=1))
    monkeypatch.setattr(module, "find_judges", lambda *_: crew)
    with Store.open(judged) as store:
        assert rejudge(store, make_rulebook(2), make_settings()).done == 6
    assert digests(judged) == {make_rulebook(2).digest: 6}


def test_a_run_in_progress_is_not_disturbed(judged: Path) -> None:
    """The lock of the run holds here too."""
    with (
        Store.open(judged) as store,
        hold_lock(judged),
        pytest.raises(RunInProgress, match=f"process id {os.getpid()}"),
    ):
        rejudge(store, make_rulebook(2), make_settings())


def test_it_is_written_down_as_a_run(judged: Path) -> None:
    """With its command and numbers, and the rulebook's text."""
    with Store.open(judged) as store:
        rejudge(store, make_rulebook(2), make_settings())
        rows = store.db.execute(
            "SELECT command, planned, done, exit_code FROM runs ORDER BY run_id"
        ).fetchall()
        sources = store.db.execute(
            "SELECT count(*) FROM rulebooks WHERE source LIKE '%night-run%'"
        ).fetchone()
    assert rows[-1] == ("rejudge", 6, 6, 0)
    assert sources == (2,)


def test_an_assessment_that_cannot_be_kept_costs_its_call_only(
    judged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a judge gives back, the other calls are judged, and the bad one keeps what it had."""
    from speechcx.batch.rejudge import CallToJudge, JudgeStored

    real = JudgeStored.__call__
    with Store.open(judged) as store:
        nan, words, nothing, *rest = store.iter_call_ids()

        def judge(self: JudgeStored, call: CallToJudge) -> object:
            found = real(self, call)
            assert isinstance(found, Assessment)
            flow = found.reading.flow
            odd = replace(flow, partition=replace(flow.partition, audio_duration_s=float("nan")))
            bad = {
                nan: replace(found, reading=replace(found.reading, flow=odd)),
                words: replace(found, results=(replace(found.results[0], why="\udc80"),)),
                nothing: None,
            }
            return bad.get(call.call_id, found)

        monkeypatch.setattr(JudgeStored, "__call__", judge)
        summary = rejudge(store, make_rulebook(2), make_settings())
        assert summary.done + summary.failed_calls == 6
        assert summary.done >= len(rest)
        assert store.load_assessment(nothing) == store.load_assessment(
            nothing, digest=make_rulebook(1).digest
        )
    assert digests(judged)[make_rulebook(2).digest] == summary.done


def test_a_damaged_stored_call_costs_itself_only(judged: Path) -> None:
    """Its words cannot be read: it is counted as failed, and the others are judged."""
    with Store.open(judged) as store:
        [bad, *_] = store.iter_call_ids()
        [(call_no,)] = store.db.execute("SELECT call_no FROM calls WHERE call_id = ?", (bad,))
        with store.write():
            store.db.execute(
                "UPDATE turns_data SET words = x'ff' WHERE turn_id BETWEEN ? AND ?",
                (call_no * 100_000, (call_no + 1) * 100_000 - 1),
            )
        summary = rejudge(store, make_rulebook(2), make_settings())
    assert (summary.done, summary.failed) == (5, (("internal", 1),))
