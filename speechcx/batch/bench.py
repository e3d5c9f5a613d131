"""How fast this machine is: real recordings through the whole pipeline under several settings, in two minutes."""

from __future__ import annotations

import math
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, zip_longest
from pathlib import Path

from speechcx.audio.pieces import write_pieces
from speechcx.batch.analyse import make_failure
from speechcx.batch.capacity import expect_engines, find_crew
from speechcx.batch.progress import Say
from speechcx.call import Failure, Recording
from speechcx.config import Settings
from speechcx.discover import FoundFile, find_files, identify, read_sources
from speechcx.errors import CallError, UsageError
from speechcx.executors import WorkerLost, count_cores
from speechcx.pipeline import analyse
from speechcx.rules import Rulebooks

PIECE_S = 30.0
"""Recordings are measured in pieces of at most this length, so that each setting works several of them."""

_MAX_FILES = 6
_MAX_FACTOR = 1.5
"""A slow machine may take this much longer than asked for, before it leaves choices out."""

_MAX_PIECES = 12


@dataclass(frozen=True, slots=True)
class PieceFigures:
    """One piece: its seconds of audio, the seconds its worker took, and the worker's memory at most, in MB."""

    audio_s: float
    busy_s: float
    memory_mb: float


@dataclass(frozen=True, slots=True)
class Speed:
    """What one choice of settings brought.

    Parameters
    ----------
    workers, threads, batch_size
        Worker processes, threads of each, and chunks recognised at once (0: as the engine chooses).
    encoder
        ``transcribe.encoder``: unlike the others, it may change a few words.
    pieces
        Pieces of recordings that were worked on.
    times_real_time
        Seconds of audio analysed in one second by all workers together.
    memory_mb
        Memory of the largest worker, in MB.
    """

    workers: int
    threads: int
    batch_size: int
    encoder: str
    pieces: int
    times_real_time: float
    memory_mb: float

    @property
    def text(self) -> str:
        """The choice as settings."""
        return (
            f"batch.workers = {self.workers}, transcribe.cpu_threads = {self.threads},"
            f" transcribe.batch_size = {self.batch_size}"
        )


@dataclass(frozen=True, slots=True)
class NightNeed:
    """What a night with so many calls takes.

    Parameters
    ----------
    calls
        How many calls.
    audio_hours
        Their audio, at the mean length of the recordings measured.
    hours
        Hours that this machine takes.
    machines
        Machines like this that do it within the night.
    """

    calls: int
    audio_hours: float
    hours: float
    machines: int


@dataclass(frozen=True, slots=True)
class BenchReport:
    """How fast this machine is.

    Parameters
    ----------
    cores
        Cores that this process may use.
    model, encoder
        Recognition model, and the encoder that is set.
    files
        Recordings that were measured, in pieces.
    mean_call_s
        Mean length of those recordings.
    speeds
        Every choice of settings, the fastest first.
    night_hours
        Length of a night.
    calls_a_night
        Calls of that mean length that this machine analyses in a night.
    needs
        What nights of several sizes take.
    written
        The settings file that the best choice was written to; null where it was not asked for.
    seconds
        How long it took.
    """

    cores: int
    model: str
    encoder: str
    files: int
    mean_call_s: float
    speeds: tuple[Speed, ...]
    night_hours: float
    calls_a_night: int
    needs: tuple[NightNeed, ...]
    written: str | None
    seconds: float

    @property
    def best(self) -> Speed:
        """The fastest choice with the encoder that is set; the fastest of all where there is none."""
        return next((speed for speed in self.speeds if speed.encoder == self.encoder), self.speeds[0])

    @property
    def best_settings(self) -> dict[str, dict[str, int]]:
        """The fastest choice with the encoder that is set, by section and key: it changes speed, and not one word."""
        best = self.best
        return {
            "batch": {"workers": best.workers},
            "transcribe": {"cpu_threads": best.threads, "batch_size": best.batch_size},
        }


NIGHTS = (1_000, 10_000, 100_000)
"""Calls of the nights that are reckoned."""


@dataclass(frozen=True, slots=True)
class MeasureOne:
    """``analyse`` and how long it took, ready to travel to a worker."""

    settings: Settings
    rulebook: Rulebooks

    def __call__(self, recording: Recording) -> PieceFigures | Failure:
        """Analyse `recording`; whatever goes wrong comes back as a ``Failure``."""
        started = time.monotonic()
        try:
            call = analyse(recording, self.rulebook, self.settings)
        except Exception as error:  # noqa: BLE001  a piece without speech is no fault of the machine
            return make_failure(error, recording.path, recording)
        largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        memory_mb = largest / (1e6 if sys.platform == "darwin" else 1e3)
        return PieceFigures(call.conversation.origin.duration_s, time.monotonic() - started, memory_mb)


def bench(
    paths: Sequence[str | Path],
    settings: Settings,
    rulebook: Rulebooks,
    *,
    seconds: float = 120.0,
    night_hours: float = 8.0,
    report: Say = lambda _: None,
) -> BenchReport:
    """Analyse pieces of recordings under several settings; keeps nothing.

    Parameters
    ----------
    paths
        Recordings, or folders with some.
    settings, rulebook
        What to analyse with; the number of workers and what only changes speed is varied.
    seconds
        How long to measure in all.
    night_hours
        Length of a night, for what it needs.
    report
        Told of each step.

    Raises
    ------
    UsageError
        There are no recordings, or none of them can be analysed.
    ModelMissing, ModelBad, ConfigError
        Before the first piece.
    """
    started = time.monotonic()
    expect_engines(settings)
    with tempfile.TemporaryDirectory(prefix="speechcx-bench-") as folder:
        files, mean_call_s, pieces = _cut(paths, settings, Path(folder))
        choices = list_choices(count_cores(), settings)
        each_s = seconds / len(choices)
        speeds = list[Speed | None]()
        for choice in choices:
            if time.monotonic() - started > _MAX_FACTOR * seconds and any(speeds):
                report("the time is over: the other choices are not measured")
                break
            report(_tell(choice))
            speeds.append(_measure(choice, pieces, rulebook, each_s))
    found = sorted((speed for speed in speeds if speed is not None), key=lambda speed: -speed.times_real_time)
    if not found:
        raise UsageError(
            f"none of {files} recordings could be analysed", "recordings with speech", "name others"
        )
    best = next(
        (one for one in found if one.encoder == settings.transcribe.encoder), found[0]
    ).times_real_time
    needs = tuple(_reckon(calls, mean_call_s, best, night_hours) for calls in NIGHTS)
    spoken = settings.transcribe
    return BenchReport(
        count_cores(), spoken.model, spoken.encoder, files, round(mean_call_s, 1), tuple(found), night_hours,
        int(best * night_hours * 3600 / mean_call_s), needs, None, round(time.monotonic() - started, 1),
    )  # fmt: skip


def list_choices(cores: int, settings: Settings) -> tuple[Settings, ...]:
    """Settings to try: a worker for each core, fewer with more threads, several chunks at once, another encoder."""
    crews = [
        (cores, 1),
        *([(cores // 2, 2)] if cores >= 2 else []),
        *([(cores // 4, 4)] if cores >= 8 else []),
    ]
    crews += [(cores + 1, 1)] if cores <= 4 else []
    batches = (0, 4) if settings.transcribe.engine == "whisper" else (0,)
    choices = [
        replace(
            settings,
            batch=replace(settings.batch, workers=workers, executor="processes"),
            transcribe=replace(settings.transcribe, cpu_threads=threads, batch_size=batch),
        )
        for workers, threads in crews
        for batch in batches
    ]
    if settings.transcribe.engine == "whisper" and settings.transcribe.encoder == "auto":
        other = replace(choices[0].transcribe, encoder="ctranslate2")
        choices.insert(1, replace(choices[0], transcribe=other))
    return tuple(choices)


def _tell(settings: Settings) -> str:
    batch, transcribe = settings.batch, settings.transcribe
    chunks = f", {transcribe.batch_size} chunks at once" if transcribe.batch_size else ""
    encoder = "" if transcribe.encoder == "auto" else f", encoder {transcribe.encoder}"
    return f"measuring {batch.workers} workers with {transcribe.cpu_threads} threads each{chunks}{encoder}"


def _measure(
    settings: Settings, pieces: Sequence[Recording], rulebook: Rulebooks, slice_s: float
) -> Speed | None:
    """Work pieces for a while; None where none could be worked."""
    workers = settings.batch.workers
    crew = find_crew(settings.batch, tasks=workers, workers=workers)
    found: list[PieceFigures] = []
    end = time.monotonic() + slice_s

    def is_over() -> bool:
        # Each worker's first answer takes the loading of its models too.
        return time.monotonic() > end and len(found) > workers

    results = crew.map(
        MeasureOne(settings, rulebook),
        _repeat(pieces, is_over),
        give_up=lambda: bool(found) and time.monotonic() > end + 2 * slice_s,
    )
    for _, result in results:
        if isinstance(result, PieceFigures):
            found.append(result)
        elif isinstance(result, WorkerLost) and not found:
            return None
    steady = found[workers:] or found
    if not steady:
        return None
    speed = workers * sum(one.audio_s for one in steady) / sum(one.busy_s for one in steady)
    return Speed(
        workers, settings.transcribe.cpu_threads, settings.transcribe.batch_size,
        settings.transcribe.encoder, len(steady), round(speed, 2),
        round(max(one.memory_mb for one in found)),
    )  # fmt: skip


def _repeat(pieces: Sequence[Recording], is_over: Callable[[], bool]) -> Iterator[Recording]:
    """Pieces, again and again, until the time is over; at most 1,000, should every one of them fail."""
    for number, piece in enumerate(cycle(pieces)):
        if is_over() or number == 1000:
            return
        yield piece


def _cut(
    paths: Sequence[str | Path], settings: Settings, folder: Path
) -> tuple[int, float, tuple[Recording, ...]]:
    """How many recordings were cut, their mean length in seconds, and the pieces."""
    discover = replace(settings.discover, settle_s=0.0)
    found = [file for file in find_files(paths, discover) if file.skip is None]
    step = max(1, len(found) // _MAX_FILES)
    lengths, pieces = list[float](), list[list[Recording]]()
    sources = read_sources([], discover)
    for file in found[::step][:_MAX_FILES]:
        try:
            recording = identify(file, sources, discover)
            length_s, made = write_pieces(recording, settings.audio, folder, piece_s=PIECE_S)
        except (CallError, OSError):
            continue
        lengths.append(length_s)
        # The words of an engine that reads them lie beside the whole recording.
        is_cut = settings.transcribe.engine == "whisper"
        parts = [identify(_look_at(path), sources, discover) for path in made] if is_cut else [recording]
        pieces.append(parts)
    if not lengths:
        raise UsageError(
            f"no recording that can be decoded in {', '.join(map(str, paths))}",
            "some recordings of your own, of usual length",
            "name files or folders: speechcx bench FILES",
        )
    # One piece of each recording after another, so that a few long ones do not stand for all.
    taken = [piece for group in zip_longest(*pieces) for piece in group if piece is not None]
    return len(lengths), sum(lengths) / len(lengths), tuple(taken[:_MAX_PIECES])


def _look_at(path: Path) -> FoundFile:
    status = os.stat(path)
    return FoundFile(str(path), status.st_size, status.st_mtime_ns, None)


def _reckon(calls: int, mean_call_s: float, times_real_time: float, night_hours: float) -> NightNeed:
    audio_hours = calls * mean_call_s / 3600
    hours = audio_hours / times_real_time
    return NightNeed(calls, round(audio_hours, 1), round(hours, 1), max(1, math.ceil(hours / night_hours)))
