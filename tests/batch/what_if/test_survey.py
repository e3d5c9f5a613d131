"""Tests of questions put to stored calls."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from speechcx.batch.what_if import survey as module
from speechcx.batch.what_if.survey import CallChoice, find_judges, read_view, survey
from speechcx.call import Failure
from speechcx.errors import DatabaseMissing, ModelMissing
from speechcx.rules import view_call
from speechcx.store import Store
from tests.batch.folders import make_settings
from tests.batch.stored import SETTINGS, choose, content, store_talks, talk


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> CallChoice:
    """Twelve calls."""
    rng = random.Random(5)
    path = tmp_path_factory.mktemp("survey") / "calls.db"
    return choose(path, store_talks(path, [talk(rng) for _ in range(12)]))


def count_words(store: Store, call_id: str) -> int:
    """A question."""
    return sum(len(utterance.words) for utterance in store.load_conversation(call_id).utterances)


def fail_on_some(store: Store, call_id: str) -> str:
    """A question that goes wrong on some calls."""
    if call_id < "8":
        raise ValueError("words of the call")
    return call_id


def want_model(store: Store, call_id: str) -> str:
    """A question that needs what is not here."""
    raise ModelMissing("no model", "weights", "pull them")


def write(store: Store, call_id: str) -> None:
    """A question that tries to change something."""
    store.db.execute("DELETE FROM calls")


def test_every_call_is_asked_once(archive: CallChoice) -> None:
    """With the progress told, and nothing changed."""
    before = content(archive.database)
    seen = []
    found = dict(survey(archive, count_words, SETTINGS, report=seen.append))
    with Store.open(archive.database, read_only=True) as store:
        assert found == {call_id: count_words(store, call_id) for call_id in archive.call_ids}
    assert [0, 12] == [seen[0].calls_done, seen[-1].calls_done]
    assert before == content(archive.database)


def test_workers_give_the_same_answers(archive: CallChoice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are many calls they are asked by processes of their own."""
    monkeypatch.setattr(module, "WORTH_WORKERS", 2)
    settings = make_settings("processes")
    assert "processes" == find_judges(settings.batch, 12).name
    here = dict(survey(archive, count_words, SETTINGS))
    assert here == dict(survey(archive, count_words, settings))


def test_a_call_that_fails_costs_only_itself(archive: CallChoice) -> None:
    """It comes back as a failure that does not repeat the words of the error."""
    found = dict(survey(archive, fail_on_some, SETTINGS))
    failed = {call_id for call_id, answer in found.items() if isinstance(answer, Failure)}
    assert failed == {call_id for call_id in archive.call_ids if call_id < "8"}
    assert failed
    assert not any("words of the call" in repr(found[call_id]) for call_id in failed)


def test_a_question_that_cannot_be_asked_is_told_at_once(archive: CallChoice) -> None:
    """Not as a failure of each call."""
    with pytest.raises(ModelMissing, match="no model"):
        dict(survey(archive, want_model, SETTINGS))


def test_no_question_can_write(archive: CallChoice) -> None:
    """The connection refuses it."""
    found = dict(survey(archive, write, SETTINGS))
    assert all(isinstance(answer, Failure) for answer in found.values())
    with Store.open(archive.database, read_only=True) as store:
        assert 12 == len(list(store.iter_call_ids()))


def test_no_calls_have_no_answers(archive: CallChoice, tmp_path: Path) -> None:
    """And a database that is not there is told."""
    assert [] == list(survey(replace(archive, call_ids=()), count_words, SETTINGS))
    with pytest.raises(DatabaseMissing):
        list(survey(replace(archive, database=tmp_path / "none.db"), count_words, SETTINGS))


def test_judges_are_one_for_each_core(monkeypatch: pytest.MonkeyPatch) -> None:
    """However little memory is free, unless the settings say how many; few calls need none."""
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    batch = make_settings("processes", workers=0).batch
    assert 3 == find_judges(batch, 1000).limits.workers  # type: ignore[attr-defined]
    assert find_judges(batch, 1000).limits.recycle_after >= 10_000  # type: ignore[attr-defined]
    assert 2 == find_judges(replace(batch, workers=2), 1000).limits.workers  # type: ignore[attr-defined]
    assert ["in_process", "in_process"] == [find_judges(batch, tasks).name for tasks in (0, 10)]


def test_facts_are_those_of_the_stored_call(archive: CallChoice) -> None:
    """Words, parties and measures as they were judged."""
    with Store.open(archive.database, read_only=True) as store:
        conversation, facts = read_view(store, archive.call_ids[0])
        call = store.load(archive.call_ids[0])
    assert (call.conversation, len(call.conversation.speech.turns)) == (conversation, len(facts.turns))
    assert {"agent", "customer"} == {turn.party for turn in facts.turns.values()}
    assert facts.metrics == view_call(conversation, call.assessment.reading).metrics
