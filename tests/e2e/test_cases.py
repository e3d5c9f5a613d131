"""The sound cases (``tests/cases``): one night as a user has it, default settings, the small multilingual model.

``spanish`` and ``mixed`` are in ``test_languages.py``; the text cases are in ``tests/rules`` and
``tests/cli/test_names_and_tables.py``.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from speechcx.call import Call
from speechcx.errors import SpeechcxError
from speechcx.store import Store
from speechcx.weights import find_model
from tests import synth

CASES = Path(__file__).resolve().parents[1] / "cases"
SOUNDS = (
    "header_half.wav", "glued.wav", "transfer_dead.mp3", "partial_dual.flac", "three_channels.flac",
    "s_dc_0.01.flac", "s_neigh28.flac", "repeat.mp3", "short_hello.wav", "call.wav49",
)  # fmt: skip
BARE = "s_without_dc.wav"
"""``s_dc_0.01.flac`` without its offset, made here."""

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Call]:
    """Each case by its file name, after ``speechcx init``, files put in place, and ``speechcx run``."""
    try:
        find_model("base")
    except SpeechcxError as error:
        pytest.skip(f"base: {error.found}; run speechcx models pull whisper-base")
    folder = tmp_path_factory.mktemp("cases")
    speechcx(folder, "init", "--rulebook", "service-quality")
    write_bare(folder / "recordings" / BARE)
    for name in SOUNDS:
        shutil.copy(CASES / name, folder / "recordings" / name)
    for name in (*SOUNDS, BARE):
        sidecar = f'{{"agent": "maria", "customer": "{name[:4]}", "started_at": "2026-03-02T09:15:00Z"}}'
        (folder / "recordings" / Path(name).with_suffix(".json")).write_text(sidecar)
    speechcx(folder, "run")
    return dict(read_calls(folder / "speechcx.db"))


def write_bare(path: Path) -> None:
    """``s_dc_0.01.flac`` with its offset, 1 % of full scale, taken out."""
    with av.open(str(CASES / "s_dc_0.01.flac")) as container:
        frames = [frame.to_ndarray().reshape(-1, 2) for frame in container.decode(audio=0)]
    samples = np.concatenate(frames).astype(np.float32) / 32768 - 0.01
    synth.write_wav(path, samples.T)


def speechcx(folder: Path, *words: str) -> None:
    """A command in a project's folder."""
    done = subprocess.run(
        [sys.executable, "-m", "speechcx", *words], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def read_calls(database: Path) -> Iterator[tuple[str, Call]]:
    """Stored calls with the names of their files."""
    with Store.open(database, read_only=True) as store:
        for call_id in store.iter_call_ids():
            call = store.load(call_id)
            yield Path(call.conversation.recording.path).name, call


def words(call: Call, speaker: str | None = None) -> str:
    """What was heard, in order, in small letters."""
    heard = zip(call.conversation.speech.turns, call.conversation.utterances, strict=True)
    return " ".join(said.text for turn, said in heard if speaker in (None, turn.speaker)).lower()


def results(call: Call) -> dict[str, str]:
    """The value of each rule."""
    return {result.rule: result.value for result in call.assessment.results}


def flagged(call: Call) -> list[str]:
    """Rules whose result is not what it should be."""
    return [result.rule for result in call.assessment.results if result.flagged]


def test_each_case_is_a_call(calls: dict[str, Call]) -> None:
    """No case is lost, ``.wav49`` among them."""
    assert {*SOUNDS, BARE} == set(calls)


def test_a_header_that_tells_half_of_the_sound(calls: dict[str, Call]) -> None:
    """All is read, and flagged."""
    call = calls["header_half.wav"]
    assert "longer_than_declared" in call.conversation.flags
    assert 16.8 == pytest.approx(call.conversation.origin.duration_s, abs=0.1)
    assert "account number" in words(call)
    assert "goodbye" in words(call)
    assert [] == flagged(call)


def test_two_recordings_in_one_file(calls: dict[str, Call]) -> None:
    """Both are read, in order, and flagged."""
    call = calls["glued.wav"]
    assert "joined" in call.conversation.flags
    assert words(call).index("thank you for calling") < words(call).index("power has been out")
    assert [] == flagged(call)


def test_an_agent_who_is_gone_after_a_transfer(calls: dict[str, Call]) -> None:
    """The dead channel is flagged, and nobody is blamed for the closing that was not heard."""
    call = calls["transfer_dead.mp3"]
    assert "channel_died" in call.conversation.flags
    assert "cannot_tell" == results(call)["closing"]
    assert [] == flagged(call)


def test_an_offset_in_the_sound_changes_no_turn(calls: dict[str, Call]) -> None:
    """The same turns to 0.1 s and the same letters as the sample has without it; where a space falls is chance."""
    call, bare = calls["s_dc_0.01.flac"], calls[BARE]
    turns, expected = call.conversation.speech.turns, bare.conversation.speech.turns
    assert [turn.speaker for turn in expected] == [turn.speaker for turn in turns]
    for turn, other in zip(turns, expected, strict=True):
        assert other.span.start_s == pytest.approx(turn.span.start_s, abs=0.1)
        assert other.span.end_s == pytest.approx(turn.span.end_s, abs=0.1)
    assert "recorded line" in words(call, "ch0")
    assert words(bare, "ch0").replace(" ", "") == words(call, "ch0").replace(" ", "")
    assert [] == flagged(call)


def test_a_call_too_short_to_tell(calls: dict[str, Call]) -> None:
    """ "Hello?" and nothing else: no flags."""
    call = calls["short_hello.wav"]
    assert "too_short" in call.conversation.flags
    assert [] == flagged(call)


def test_the_gsm_file_of_asterisk(calls: dict[str, Call]) -> None:
    """Both parties, all words; the notice is heard, or where it is misheard it goes to a person."""
    call = calls["call.wav49"]
    assert {"agent", "customer"} == {role.party for role in call.assessment.reading.roles}
    assert "my power has been out since last night" in words(call)
    assert results(call)["recording-notice"] in ("present", "cannot_tell")
    assert [] == flagged(call)


def test_channels_that_are_one_at_first(calls: dict[str, Call]) -> None:
    """Said once, by the right party, not blamed for overlap, and flagged."""
    call = calls["partial_dual.flac"]
    assert "partly_mixed" in call.conversation.flags
    party = {role.speaker: role.party for role in call.assessment.reading.roles}
    assert {"ch0": "agent", "ch1": "customer"} == party
    # The name of the company depends on the encoder that is quicker on this machine.
    assert "thank you for calling har" in words(call, "ch0")
    assert "power has been out" in words(call, "ch1")
    assert 1 == words(call).count("power has been out")
    assert 1 == words(call).count("thank you for calling har")
    assert 0.0 == call.assessment.reading.flow.partition.both_s
    assert [] == flagged(call)


def test_a_third_channel_that_mixes_the_others(calls: dict[str, Call]) -> None:
    """Two parties; the mix is left out, and that is said."""
    call = calls["three_channels.flac"]
    assert {"ch0": "agent", "ch1": "customer"} == {
        role.speaker: role.party for role in call.assessment.reading.roles
    }
    assert 1 == words(call).count("power has been out")
    assert any("mix" in flag for flag in call.conversation.flags)


def test_neighbours_in_the_headset(calls: dict[str, Call]) -> None:
    """No false interruption, no turn without words."""
    call = calls["s_neigh28.flac"]
    assert [] == [said.text for said in call.conversation.utterances if not said.text]
    assert [] == [one for one in call.assessment.reading.flow.overlaps if one.kind == "interruption"]


def test_words_that_are_said_many_times(calls: dict[str, Call]) -> None:
    """ "No, no, no. I want a supervisor." and "Supervisor." nine times are there, and the wish is found."""
    call = calls["repeat.mp3"]
    assert words(call, "ch1").count("supervisor") >= 5
    assert "i said no" in words(call, "ch1")
    assert "present" == results(call)["supervisor-refused.when"]
