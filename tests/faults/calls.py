"""A stand-in for the analysis of one call: quick, the same on each run, and at fault where told to be.

What it shall do is written in the file itself, so that it also happens in a worker process, for
example ``fault: kill:9``. Everything else gives a whole made-up call. It loads no heavy library, so
that a worker starts quickly.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from speechcx.call import Call, Outcome, Recording
from speechcx.errors import CallError, ModelMissing
from tests.factories import make_assessment, make_conversation
from tests.faults import workers

if TYPE_CHECKING:
    from speechcx.config import Settings
    from speechcx.rules import Rulebook

_FAULT = b"fault: "


def made_up(settings: Settings, rulebook: Rulebook) -> MadeUp:
    """Takes the place of ``AnalyseOne(settings, rulebook)``."""
    from speechcx.config import listen_digest

    return MadeUp(listen_digest(settings), rulebook.name, rulebook.digest)


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
        if text.startswith(_FAULT):
            self._fail(text.removeprefix(_FAULT).split(b"\n")[0].decode(), recording)
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
