"""The machine: is it ready, how fast is it, its settings, its models, and text read by one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from speechcx.batch.bench import BenchReport
from speechcx.call import TextSentiment
from speechcx.doctor import MachineFinding, find_next_step
from speechcx.present.envelope import Envelopes, lines, record, rows
from speechcx.present.table import Answer, Column, Table, Text, make_table
from speechcx.present.units import clock, signed


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting.

    Parameters
    ----------
    setting
        Section and key.
    value
        As a run would use it.
    origin
        Where it is from: the file, the environment, a flag, or ``default``.
    """

    setting: str
    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model that is here, or could be.

    Parameters
    ----------
    name, aliases
        How it can be named.
    state
        ``here``, ``missing``, or ``bad``: it is not what the manifest or its first pull says.
    task
        What it is for.
    size_mb
        All files together; about right for one that was never pulled.
    licence
        Of the weights.
    memory_mb
        About what each worker needs with it on a CPU; None but for speech recognition.
    languages
        In words; None where they are not known.
    engine
        Setting of ``transcribe.engine`` that runs it; None but for speech recognition.
    origin
        Where it comes from; None where nothing says.
    folder
        Where it lies; None where it is missing.
    """

    name: str
    aliases: tuple[str, ...]
    state: str
    task: str
    size_mb: float
    licence: str
    memory_mb: int | None
    languages: str | None
    engine: str | None
    origin: str | None
    folder: str | None


_BENCH = record("bench", BenchReport)
_FINDINGS = rows("findings", MachineFinding)
_SETTINGS = rows("settings", SettingRow)
_MODELS = rows("models", ModelRow)
_SENTIMENT = lines(TextSentiment, text=str)

ENVELOPES: dict[str, Envelopes] = {
    "bench": _BENCH,
    "doctor": (_FINDINGS, _SETTINGS),
    "models list": _MODELS,
    "sentiment": _SENTIMENT,
}

_NAME = Column("name", "model")
_STATE = Column("state", "state")
_SIZE = Column("size_mb", "MB", digits=0)
_LICENCE = Column("licence", "licence")
_MODEL_COLUMNS = (_NAME, _STATE, _SIZE, Column("task", "task"), _LICENCE)
_AVAILABLE_COLUMNS = (
    _NAME,
    _STATE,
    _SIZE,
    Column("memory_mb", "RAM MB", digits=0),
    Column("languages", "languages"),
    _LICENCE,
)
_FINDING_COLUMNS = (
    Column("check", "check"),
    Column("verdict", "verdict"),
    Column("found", "found"),
    Column("cure", "to do"),
)
_SPEED_COLUMNS = (
    Column("workers", "workers"),
    Column("threads", "threads each"),
    Column("batch_size", "chunks at once"),
    Column("encoder", "encoder"),
    Column("times_real_time", "x real time", digits=1),
    Column("memory_mb", "MB a worker", digits=0),
    Column("pieces", "pieces"),
)
_NEED_COLUMNS = (
    Column("calls", "calls a night"),
    Column("audio_hours", "hours of audio", digits=0),
    Column("hours", "hours here", digits=1),
    Column("machines", "machines like this"),
)
_SETTING_COLUMNS = (Column("setting", "setting"), Column("value", "value"), Column("origin", "from"))


def present_findings(findings: Sequence[MachineFinding]) -> Answer:
    """Whether this machine is ready, and how to mend what is not."""
    shown = make_table("findings", _FINDING_COLUMNS, findings)
    following = Text(f"Next: {find_next_step(findings)}", is_hint=True)
    return Answer(partial(_FINDINGS.wrap_rows, findings), (shown, following))


def present_settings(settings: Sequence[SettingRow]) -> Answer:
    """Every setting and where it is from."""
    return Answer(
        partial(_SETTINGS.wrap_rows, settings), (make_table("settings", _SETTING_COLUMNS, settings),)
    )


def present_models(models: Sequence[ModelRow], *, available: bool = False) -> Answer:
    """Models, and which are on this machine; `available` ones with what they need, to choose among them."""
    columns = _AVAILABLE_COLUMNS if available else _MODEL_COLUMNS
    others = (
        "Others: speechcx models pull OWNER/NAME takes a repository of the Hub; ./FOLDER one of your own."
    )
    notes = (Text(others, is_note=True),) if available else ()
    return Answer(partial(_MODELS.wrap_rows, models), (make_table("models", columns, models), *notes))


def present_bench(found: BenchReport) -> Answer:
    """How fast this machine is under several settings, and what a night needs."""
    return Answer(partial(_BENCH.wrap, found), tuple(_bench(found)))


def _bench(found: BenchReport) -> Iterator[Table | Text]:
    yield make_table("speeds", _SPEED_COLUMNS, found.speeds)
    yield Text(
        f"{found.best.times_real_time:.1f} hours of audio an hour, by {found.files} recordings of"
        f" {clock(found.mean_call_s)} on average, model {found.model}, {found.cores} cores."
        f" A night of {found.night_hours:g} hours: {found.calls_a_night:,} such calls."
    )
    yield make_table("needs", _NEED_COLUMNS, found.needs)
    if found.written is not None:
        yield Text(f"Written into {found.written}: {found.best.text}.")
        return
    yield Text(f"The fastest: {found.best.text}.", is_note=True)
    yield Text("To write that into the settings: speechcx bench --write", is_note=True, is_hint=True)


def present_sentiment(text: str, read: TextSentiment) -> Answer:
    """One text and its feeling."""
    value = signed(read.value, 2) or "-"
    sure = "-" if read.confidence is None else f"{read.confidence:.2f}"
    why = f" ({read.why_missing})" if read.why_missing else ""
    shown = Text(f"{read.label or 'none':9}{value:>6}{sure:>6}  {text}{why}")
    return Answer(partial(_SENTIMENT.wrap, read, text=text), (shown,))
