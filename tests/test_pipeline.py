"""The order of the work: what is heard can be judged again without audio, and failures know their stage."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from speechcx.call import Recording
from speechcx.config import Settings, load_settings
from speechcx.errors import CallError
from speechcx.pipeline import analyse, judge, listen, needed_models
from speechcx.rules import parse_rulebook
from tests import synth
from tests.cli.conftest import RULEBOOK, write_call

OVERRIDES = ["transcribe.engine=replay", "sentiment.engine=lexicon", 'turns.channels=["agent", "customer"]']


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load_settings(None, overrides=OVERRIDES, environment={}).settings


def recording_of(path: Path) -> Recording:
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    return Recording(digest[:16], str(path), digest, len(data))


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return recording_of(write_call(tmp_path_factory.mktemp("calls") / "call.wav"))


def test_a_call_is_heard_and_judged(recording: Recording, settings: Settings) -> None:
    """Words, roles, rules and score of a made call come out as it was made."""
    call = analyse(recording, parse_rulebook(RULEBOOK), settings)
    reading = call.assessment.reading
    parties = [reading.party_of(turn.speaker) for turn in call.conversation.speech.turns]
    assert ["agent", "customer", "agent", "customer"] == parties
    assert {"greeting": "present", "cancel": "present"} == {r.rule: r.value for r in call.assessment.results}
    assert [100.0] == [score.score for score in call.assessment.scores]
    assert "audio" in dict(call.conversation.provenance.stages)


def test_judging_again_needs_no_audio(recording: Recording, settings: Settings) -> None:
    """With the file gone, the same conversation is judged to the same result, or to another by another rulebook."""
    conversation = listen(recording, settings)
    lost = replace(conversation, recording=replace(recording, path="/gone/call.wav"))
    book = parse_rulebook(RULEBOOK)
    assert judge(conversation, book, settings) == judge(lost, book, settings)
    stricter = parse_rulebook(RULEBOOK.replace("thank you for calling", "welcome to"))
    assert [0.0] == [score.score for score in judge(lost, stricter, settings).scores]


def test_same_recording_same_conversation(recording: Recording, settings: Settings) -> None:
    """Hearing a recording twice gives equal results, but for the seconds it took."""

    def timeless(conversation):
        return replace(conversation, provenance=replace(conversation.provenance, stages=()))

    assert timeless(listen(recording, settings)) == timeless(listen(recording, settings))


def test_silence_is_no_call(tmp_path: Path, settings: Settings) -> None:
    """A recording in which nobody speaks fails as no_speech, in the stage that found it."""
    path = synth.write_wav(tmp_path / "silent.wav", synth.silence(5.0)[None])
    with pytest.raises(CallError, match=r"no speech in 5\.0 s") as caught:
        listen(recording_of(path), settings)
    assert ("no_speech", "turns") == (caught.value.kind.slug, caught.value.stage)


def test_bad_file_fails_in_audio(tmp_path: Path, settings: Settings) -> None:
    """What cannot be decoded fails in the stage audio."""
    path = tmp_path / "bad.wav"
    path.write_text("not a sound")
    with pytest.raises(CallError) as caught:
        listen(recording_of(path), settings)
    assert ("not_audio", "audio") == (caught.value.kind.slug, caught.value.stage)


@pytest.mark.parametrize(
    ("overrides", "names"),
    [
        ((), ("base",)),
        (("transcribe.model=tiny.en",), ("tiny.en",)),
        (("transcribe.model=no/such/folder",), ("no/such/folder",)),
        (("transcribe.engine=replay",), ()),
        (("transcribe.engine=replay", "sentiment.engine=transformer", "sentiment.model=org/model"), ()),
        (("transcribe.engine=replay", "sentiment.engine=transformer"), ("sentiment",)),
        (("turns.diarizer=campplus",), ("base", "voices")),
        (("turns.diarizer=campplus", "turns.speakers=1"), ("base",)),
    ],
)
def test_needed_models_follow_the_settings(overrides: tuple[str, ...], names: tuple[str, ...]) -> None:
    """A run needs the weights of its engines and no others."""
    given = ["sentiment.engine=lexicon", "turns.diarizer=", *overrides]
    assert names == needed_models(load_settings(None, overrides=given, environment={}).settings)
