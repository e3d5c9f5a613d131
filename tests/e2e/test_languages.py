"""Calls in other languages through the real model: found, written down, and not judged as English."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from speechcx.batch import analyse_files
from speechcx.call import Call
from speechcx.config import Settings
from speechcx.errors import SpeechcxError
from speechcx.project import USUAL_RULEBOOK, read_starter
from speechcx.rules import parse_rulebook
from speechcx.weights import find_model
from tests.e2e.foreign_talk import HAS_SPEAKER, make_call, write_call

CASES = Path(__file__).resolve().parents[1] / "cases"
BOOK = parse_rulebook(read_starter(USUAL_RULEBOOK))
PHRASES = frozenset({"greeting", "recording-notice", "verification", "closing", "empathy"})
"""Rules of the starter that ask for English words and nothing else."""

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


def analyse(path: Path, *, model: str = "base", language: str = "auto") -> Call:
    """One call through the whole pipeline."""
    try:
        find_model(model)
    except SpeechcxError as error:
        pytest.skip(f"{model}: {error.found}; run speechcx models pull whisper-{model}")
    settings = Settings()
    settings = replace(settings, transcribe=replace(settings.transcribe, model=model, language=language))
    (call,) = analyse_files([path], settings, BOOK)
    assert isinstance(call, Call), call
    return call


def expect_unjudged(call: Call) -> None:
    """No English phrase is present or absent, nothing is flagged, no feeling is read."""
    results = {result.rule: result for result in call.assessment.results}
    assert {"cannot_tell"} == {results[rule].value for rule in PHRASES & set(results)}
    assert [] == [result.rule for result in call.assessment.results if result.flagged]
    for read in call.conversation.sentiments:
        assert read.value is None
        assert read.why_missing


def test_a_spanish_call_is_written_in_spanish_and_not_judged() -> None:
    """The case of a Spanish call under the defaults: found, no English invented, no flag from absence."""
    call = analyse(CASES / "spanish.flac")
    assert "language:es" in call.conversation.flags
    assert {"es"} == {said.language for said in call.conversation.utterances}
    assert "puedo ayudar" in " ".join(said.text for said in call.conversation.utterances).lower()
    expect_unjudged(call)


def test_only_the_spanish_side_of_a_mixed_call_is_left_unjudged() -> None:
    """Agent English, customer Spanish: each turn carries its language, only the agent's have a feeling."""
    call = analyse(CASES / "mixed.flac")
    spoken = {turn.speaker: set[str]() for turn in call.conversation.speech.turns}
    for turn, said in zip(call.conversation.speech.turns, call.conversation.utterances, strict=True):
        spoken[turn.speaker].add(said.language)
    assert {"ch0": {"en"}, "ch1": {"es"}} == spoken
    parties = {role.speaker: role.party for role in call.assessment.reading.roles}
    assert {"ch0": "agent", "ch1": "customer"} == parties
    assert [] == [result.rule for result in call.assessment.results if result.flagged]
    felt = {
        turn.speaker: read.value is not None
        for turn, read in zip(call.conversation.speech.turns, call.conversation.sentiments, strict=True)
    }
    assert {"ch0": True, "ch1": False} == felt


@pytest.mark.skipif(not HAS_SPEAKER, reason="espeak-ng is not installed")
@pytest.mark.parametrize("language", ["de", "fr"])
def test_other_languages_are_found_too(language: str, tmp_path: Path) -> None:
    """A made call in German or French is flagged and not judged by an English rulebook."""
    call = analyse(write_call(tmp_path / "call.wav", make_call(language, language, 3)))
    assert f"language:{language}" in call.conversation.flags
    expect_unjudged(call)


def test_an_english_model_says_that_it_does_not_hear_english(tmp_path: Path) -> None:
    """A model that knows only English leaves the language of a Spanish call open, and nothing is judged."""
    call = analyse(CASES / "spanish.flac", model="tiny.en")
    assert "language_unsure" in call.conversation.flags
    expect_unjudged(call)
