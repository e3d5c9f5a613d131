from __future__ import annotations

import errno
from pathlib import Path

import pytest

from speechcx.batch import analyse as module
from speechcx.batch.analyse import AnalyseOne, analyse_files, lost_call, make_failure
from speechcx.call import Call, Failure
from speechcx.errors import FAILURE_KINDS, CallError, ConfigError, ModelBad, ModelMissing, SpeechcxError
from speechcx.executors import WorkerLost
from tests.batch.folders import make_rulebook, make_settings
from tests.factories import make_call, make_recording

PATH = "/recordings/call.wav"
CARD = "my card is 4929"


def raised(error: Exception, stage: str | None = None) -> Exception:
    if stage is not None:
        error.stage = stage  # type: ignore[attr-defined]
    return error


def os_error(kind: type[OSError], number: int, path: str | None) -> OSError:
    return kind(number, "told", path)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (CallError("truncated", "half of it"), "truncated"),
        (ModelMissing("none", "some", "pull"), "model_missing"),
        (ModelBad("other", "this", "pull"), "model_bad"),
        (ConfigError("odd", "even", "set"), "config"),
        (MemoryError(), "out_of_memory"),
        (os_error(OSError, errno.ENOSPC, None), "disk_full"),
        (os_error(FileNotFoundError, errno.ENOENT, PATH), "vanished"),
        (os_error(PermissionError, errno.EACCES, PATH), "unreadable"),
        (os_error(OSError, errno.EIO, PATH), "unreadable"),
        (os_error(FileNotFoundError, errno.ENOENT, "/somewhere/else"), "internal"),
        (SpeechcxError("odd"), "internal"),
        (ValueError("x"), "internal"),
        (RecursionError(), "internal"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_the_class_of_an_error_decides_its_kind(error: Exception, kind: str) -> None:
    """Never its words."""
    failure = make_failure(raised(error, "audio"), PATH)
    assert (failure.kind, failure.stage, failure.path) == (kind, "audio", PATH)
    assert failure.cure


def test_errors_of_our_own_speak() -> None:
    """What was found and expected, and the cure, come from the error."""
    failure = make_failure(CallError("truncated", "31 s", "60 s", "ask again"), PATH, make_recording())
    assert failure.message == "31 s; expected 60 s"
    assert failure.cure == "ask again"
    assert failure.recording == make_recording()
    assert failure.stage == "batch"


@pytest.mark.parametrize("error", [ValueError(CARD), KeyError(CARD), OSError(errno.EIO, CARD, PATH)])
def test_words_of_other_errors_stay_out(error: Exception) -> None:
    """A failure is stored and shown; no words of the call may be in it."""
    try:
        raise error
    except Exception as caught:  # noqa: BLE001
        failure = make_failure(caught, PATH)
    assert CARD not in repr(failure)
    assert type(error).__name__ in failure.message + failure.detail


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("died", "worker_died"),
        ("timeout", "timeout"),
        ("out_of_memory", "out_of_memory"),
        ("raised", "internal"),
    ],
)
def test_a_lost_worker_is_a_failure_of_its_call(reason: str, kind: str) -> None:
    """With what ended it."""
    failure = lost_call(make_recording(), PATH, WorkerLost(reason, "killed by SIGSEGV"))  # type: ignore[arg-type]
    assert (failure.kind, failure.stage) == (kind, "batch")
    assert "killed by SIGSEGV" in failure.message + failure.detail
    assert failure.cure == FAILURE_KINDS[kind].cure


def test_whatever_is_raised_comes_back_as_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's function never raises."""

    def fail(*_: object) -> Call:
        raise raised(KeyError(CARD), "prosody")

    monkeypatch.setattr(module, "analyse", fail)
    outcome = AnalyseOne(make_settings(), make_rulebook())(make_recording())
    assert isinstance(outcome, Failure)
    assert (outcome.kind, outcome.stage) == ("internal", "prosody")


def test_files_are_analysed_without_a_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In the order given, each as a call or a failure; neither name nor metadata is needed."""
    monkeypatch.setattr(module, "analyse", lambda recording, *_: make_call(recording.path))
    for name in ("b.wav", "a.wav"):
        (tmp_path / name).write_text(name)
    files = [tmp_path / "b.wav", tmp_path / "none.wav", tmp_path / "a.wav"]
    found = list(analyse_files(files, make_settings(), make_rulebook()))
    assert [type(outcome) for outcome in found] == [Call, Failure, Call]
    assert isinstance(found[1], Failure)
    assert (found[1].kind, found[1].stage) == ("vanished", "discover")


def test_without_its_engine_nothing_is_analysed(tmp_path: Path) -> None:
    """A wrong engine is told before the first file."""
    from dataclasses import replace

    from speechcx.transcribe import TranscribeSettings

    settings = replace(make_settings(), transcribe=TranscribeSettings(engine="wisper"))
    with pytest.raises(ConfigError, match="no engine 'wisper'"):
        list(analyse_files([tmp_path / "a.wav"], settings, make_rulebook()))


def test_a_file_whose_details_cannot_be_read_costs_itself_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is raised on the way to one file, the next one is analysed."""

    def fail(*_: object) -> None:
        raise OverflowError("odd")

    monkeypatch.setattr(module, "identify", fail)
    for name in ("a.wav", "b.wav"):
        (tmp_path / name).write_bytes(b"x")
    found = list(analyse_files([tmp_path / "a.wav", tmp_path / "b.wav"], make_settings(), make_rulebook()))
    assert [(failure.kind, failure.stage) for failure in found] == [("internal", "discover")] * 2  # type: ignore[union-attr]
