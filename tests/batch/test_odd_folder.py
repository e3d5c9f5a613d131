"""A folder as it really is: good calls among files that are none, through the real pipeline."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from speechcx.batch import RunSummary, run
from speechcx.store import Store
from tests.batch.folders import call_name, known, make_rulebook, make_settings
from tests.batch.test_kills import write_real_calls
from tests.synth import speech_like, wav_bytes

ODD = {
    call_name(40): "empty",
    call_name(41): "empty",
    call_name(42): "truncated",
    call_name(43): "not_audio",
    call_name(44): "not_audio",
    call_name(45): "not_audio",
    call_name(46).replace(".wav", ".mp3"): "not_audio",
    call_name(47): "bad_header",
    call_name(48): "no_speech",
}


def write_odd_files(folder: Path) -> None:
    """Each of :data:`ODD`, beside a good call that a playlist could play."""
    sound = wav_bytes(speech_like(8.0), encoding="mulaw")
    quiet = wav_bytes(speech_like(4.0, level_dbov=-120.0))
    start = sound.index(b"data") + 8
    header = bytearray(sound)
    header[24:28] = (0).to_bytes(4, "little")
    contents = (
        b"",
        sound[:start],
        sound[: start + 400],
        b"To whom it may concern: this is a letter.\n" * 40,
        f"ffconcat version 1.0\nfile {call_name(0)}\nfile {call_name(0)}\n".encode(),
        b"#EXTM3U\n#EXTINF:4,\n" + call_name(0).encode() + b"\n",
        random.Random(7).randbytes(20_000),
        bytes(header),
        quiet,
    )
    for name, content in zip(ODD, contents, strict=True):
        (folder / name).write_bytes(content)
        (folder / name).with_suffix(".transcript.json").write_text(json.dumps({"words": []}))


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RunSummary]:
    """The database and the summary of a run over six good calls and nine odd files."""
    folder = tmp_path_factory.mktemp("odd")
    write_real_calls(folder / "inbox", 6)
    write_odd_files(folder / "inbox")
    database = folder / "calls.db"
    summary = run(database, [folder / "inbox"], make_settings("processes"), make_rulebook())
    return database, summary


def test_every_good_call_is_scored(night: tuple[Path, RunSummary]) -> None:
    """And the exit code says that some files were not."""
    database, summary = night
    assert (summary.done, summary.failed_calls, summary.exit_code) == (6, len(ODD), 3)
    with Store.open(database, read_only=True) as store:
        calls = [store.load(call_id) for call_id in store.iter_call_ids()]
    assert len(calls) == 6
    for call in calls:
        [greeting] = call.assessment.results
        assert (greeting.rule, greeting.value) == ("greeting", "present")
        assert call.conversation.recording.details.agent == "ann"


@pytest.mark.parametrize("name", ODD)
def test_every_odd_file_has_its_kind(night: tuple[Path, RunSummary], name: str) -> None:
    """Told with what was found, and with a cure."""
    database, _ = night
    file = known(database)[name]
    assert (file.state, file.kind) == ("failed", ODD[name])
    with Store.open(database, read_only=True) as store:
        rows = store.db.execute(
            "SELECT path, stage, message, cure FROM failures JOIN files USING (file_id)"
        ).fetchall()
    [(stage, message, cure)] = [rest for path, *rest in rows if Path(path).name == name]
    assert message
    assert cure
    assert stage == ("turns" if ODD[name] == "no_speech" else "audio")


def test_the_next_run_leaves_them_alone(night: tuple[Path, RunSummary]) -> None:
    """None of them gets better by itself."""
    database, _ = night
    again = run(database, [database.parent / "inbox"], make_settings(), make_rulebook())
    assert (again.planned, again.skipped, again.exit_code) == (0, 6 + len(ODD), 0)
