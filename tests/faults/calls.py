"""A stand-in for the analysis of one call: quick, the same on each run, and at fault where told to be.

What it shall do is written in the file itself, so that it also happens in a worker process, for
example ``fault: kill:9``. Everything else gives a whole made-up call. It loads no heavy library, so
that a worker starts quickly.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from speechcx.call import Call, Failure, Outcome, Recording
from speechcx.errors import CallError, ModelMissing
from speechcx.executors import Executor, WorkerLimits
from speechcx.executors.in_process import InProcess
from tests.factories import make_assessment, make_conversation
from tests.faults import workers

if TYPE_CHECKING:
    from speechcx.config import BatchSettings, Settings
    from speechcx.rules import Rulebook

_FAULT = b"fault: "


def in_process(settings: BatchSettings, *, tasks: int, workers: int | None = None) -> Executor:
    """Takes the place of ``find_crew``: ``serial`` works here, so that a test waits for no worker to start."""
    if settings.executor == "serial":
        return InProcess(WorkerLimits())
    from speechcx.batch.capacity import find_crew

    return find_crew(settings, tasks=tasks, workers=workers)


def made_up(settings: Settings, rulebook: Rulebook) -> MadeUp:
    """Takes the place of ``AnalyseOne(settings, rulebook)``."""
    from speechcx.config import listen_digest

    return MadeUp(listen_digest(settings), rulebook.name, rulebook.digest)


def _hear(call: Call, **changes: Any) -> Call:
    return replace(call, conversation=replace(call.conversation, **changes))


def _details(call: Call, **changes: Any) -> Call:
    recording = call.conversation.recording
    return _hear(call, recording=replace(recording, details=replace(recording.details, **changes)))


def _say(call: Call, text: str) -> Call:
    first, *rest = call.conversation.utterances
    return _hear(call, utterances=(replace(first, text=text), *rest))


def _voice(call: Call, level_dbov: float) -> Call:
    first, *rest = call.conversation.voices
    return _hear(call, voices=(replace(first, level_dbov=level_dbov), *rest))


def _flow(call: Call, **changes: Any) -> Call:
    reading = call.assessment.reading
    whole = replace(reading.flow, partition=replace(reading.flow.partition, **changes))
    return replace(call, assessment=replace(call.assessment, reading=replace(reading, flow=whole)))


def _failure(call: Call, **changes: Any) -> Any:
    recording = call.conversation.recording
    return replace(Failure(recording, recording.path, "audio", "damaged", "odd", "none", ""), **changes)


ODD: dict[str, Callable[[Call], Any]] = {
    "level NaN": lambda call: _voice(call, float("nan")),
    "level endless": lambda call: _voice(call, float("inf")),
    "level 1e308": lambda call: _voice(call, 1e308),
    "length NaN": lambda call: _hear(call, origin=replace(call.conversation.origin, duration_s=float("nan"))),
    "length of the call NaN": lambda call: _flow(call, audio_duration_s=float("nan")),
    "rate of 22 digits": lambda call: _hear(call, origin=replace(call.conversation.origin, rate_hz=2**70)),
    "half a character": lambda call: _say(call, "a\udc80"),
    "text that is none": lambda call: _say(call, None),  # type: ignore[arg-type]
    "year 1": lambda call: _details(call, started_at=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))),
    "year 9999": lambda call: _details(
        call, started_at=datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=14)))
    ),
    "time that is none": lambda call: _details(call, started_at="yesterday"),
    "agent that is none": lambda call: _details(call, agent=17),
    "results twice": lambda call: replace(
        call, assessment=replace(call.assessment, results=call.assessment.results * 2)
    ),
    "scores twice": lambda call: replace(
        call, assessment=replace(call.assessment, scores=call.assessment.scores * 2)
    ),
    "rules without a name": lambda call: replace(call, assessment=replace(call.assessment, digest=None)),
    "another call": lambda call: _hear(call, recording=replace(call.conversation.recording, id="0" * 16)),
    "no call at all": lambda _: None,
    "words instead of a call": lambda _: "scored",
    "failure with half a character": lambda call: _failure(
        call, message="\ud800", detail="\udfff", cure="\udc80"
    ),
    "failure of no kind": lambda call: _failure(call, kind="gremlins"),
    "failure in no stage": lambda call: _failure(call, stage=None),
    "failure with a number": lambda call: _failure(call, message=7),
    "failure of another file": lambda call: _failure(call, path="\0"),
}
"""Answers of a worker that nothing made in this package gives, and what they are made of."""


@dataclass(frozen=True, slots=True)
class MadeUp:
    """Makes up a call for each recording."""

    listen_digest: str
    rulebook: str
    digest: str

    def __call__(self, recording: Recording) -> Outcome:
        """A call, or the failure its file asks for."""
        try:
            return self._analyse(recording)
        except Exception as error:  # noqa: BLE001  as the analysis itself does
            from speechcx.batch import make_failure

            return make_failure(error, recording.path, recording)

    def _analyse(self, recording: Recording) -> Call:
        text = Path(recording.path).read_bytes()
        fault = text.removeprefix(_FAULT).split(b"\n")[0].decode() if text.startswith(_FAULT) else ""
        if fault.startswith("odd:"):
            return ODD[fault.removeprefix("odd:")](self._make(recording))
        if fault:
            self._fail(fault, recording)
        return self._make(recording)

    def _make(self, recording: Recording) -> Call:
        heard = make_conversation(recording=recording)
        made_with = replace(heard.provenance, settings_digest=self.listen_digest)
        heard = replace(heard, provenance=made_with)
        judged = replace(make_assessment(heard), rulebook=self.rulebook, digest=self.digest)
        return Call(heard, judged)

    def _fail(self, fault: str, recording: Recording) -> None:
        word, _, argument = fault.partition(":")
        if word == "call":
            raise CallError(argument, f"made-up {argument}")
        if word == "model":
            raise ModelMissing("no weights", "weights", "pull them")
        if word == "once":
            # The first to come takes the fault away, so that a second try goes well.
            mark = Path(f"{recording.path}.tried")
            if not mark.exists():
                mark.touch()
                self._fail(argument, recording)
            return
        if word == "touch":
            Path(argument).touch()
            return
        if word == "slow":
            time.sleep(int(argument) / 1000)
            return
        workers.work(fault)
