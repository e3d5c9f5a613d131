"""Missing feeling is null with its reason from the room to the database, the document and the averages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from speechcx.ask.people import score_agents
from speechcx.call import Call
from speechcx.document import call_document
from speechcx.sentiment import SentimentSettings, join_feeling, read_sentiment
from speechcx.store import Store
from tests.factories import make_assessment, make_conversation, make_reading
from tests.sentiment.fakes import WordModel

SETTINGS = SentimentSettings()
REASON = "the text model does not read language 'de'"


@pytest.fixture
def call() -> Call:
    """A call in a language that the model does not read."""
    heard = make_conversation()
    said = tuple(replace(utterance, language="de") for utterance in heard.utterances)
    heard = replace(heard, utterances=said, sentiments=read_sentiment(said, WordModel(), SETTINGS))
    reading = make_reading(heard)
    reading = replace(reading, feeling=join_feeling(heard, reading.roles, SETTINGS))
    return Call(heard, make_assessment(heard, reading=reading))


@pytest.fixture
def store(tmp_path: Path, call: Call) -> Store:
    """A database that holds only this call."""
    opened = Store.open(tmp_path / "calls.db", create=True)
    opened.save_call(call)
    return opened


def test_no_turn_and_no_party_has_a_number(call: Call) -> None:
    """Neither 0 nor neutral: None, and each with its reason."""
    feeling = call.assessment.reading.feeling
    assert {(None, None, REASON)} == {(t.sentiment, t.label, t.why_missing) for t in feeling.turns}
    for party in feeling.parties:
        assert (None, None, None) == (party.sentiment_score, party.sentiment_shift, party.end_state)
        assert (None, None, None, None) == party.quarters
        assert "no turn has words; 3 are needed" == dict(party.reasons)["sentiment_score"]


def test_the_database_keeps_null_and_reason(store: Store, call: Call) -> None:
    """What is stored is null, and what is read back says why."""
    rows = store.db.execute(
        "SELECT text_sentiment, text_label, sentiment, sentiment_label FROM turns"
    ).fetchall()
    assert {(None, None, None, None)} == {tuple(row) for row in rows}
    scores = store.db.execute("SELECT customer_sentiment, agent_sentiment FROM calls").fetchall()
    assert [(None, None)] == [tuple(row) for row in scores]
    again = store.load(call.conversation.recording.id)
    assert call.assessment.reading.feeling == again.assessment.reading.feeling
    assert {REASON} == {read.why_missing for read in again.conversation.sentiments}


def test_the_document_says_null_and_why(call: Call) -> None:
    """In JSON a turn's and a party's feeling is null, with the reason beside it."""
    document = call_document(call)
    for turn in document["turns"]:
        assert (None, None) == (turn["sentiment"], turn["text_sentiment"])
        assert REASON in turn["missing"]
    for party in document["parties"].values():
        assert party["sentiment_score"] is None
        assert "3 are needed" in party["missing"]["sentiment_score"]


def test_averages_leave_it_out_and_count_it(store: Store) -> None:
    """A call without a score is no zero in an agent's mean."""
    (row,) = score_agents(store).rows
    mood = row.get("customer_sentiment")
    assert (None, 0, 1) == (mood.mean, mood.n, mood.n_missing)
    assert (("no turn has words; 3 are needed", 1),) == mood.reasons
