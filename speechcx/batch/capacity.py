"""What this machine can carry: engines that are there, workers, memory, disk, and the length of recordings."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath

from speechcx.config import BatchSettings, Settings
from speechcx.engines import find_factory
from speechcx.errors import DiskLow
from speechcx.executors import Executor, WorkerLimits, count_cores, find_executor
from speechcx.pipeline import needed_models
from speechcx.weights import find_model


def expect_engines(settings: Settings) -> None:
    """Look up every engine and the weights it will load, without loading them.

    Engines of other packages answer for their own weights when they are loaded.

    Raises
    ------
    ConfigError
        There is no engine of that name.
    ModelMissing, ModelBad
        Its weights are not on this machine, or not what the manifest says.
    """
    find_factory("recognizers", settings.transcribe.engine)
    find_factory("sentiment", settings.sentiment.engine)
    for name in needed_models(settings):
        find_model(name)


def find_crew(settings: BatchSettings, *, tasks: int, workers: int | None = None) -> Executor:
    """The executor of the settings, with no more workers than there are tasks.

    Parameters
    ----------
    settings
        The batch section.
    tasks
        How many items there are.
    workers
        Overrides the number of the settings.
    """
    is_cluster = settings.executor == "ray"
    # How many a cluster can carry, also when nodes join it, is known there.
    wanted = workers or settings.workers or (tasks if is_cluster else count_workers())
    count = max(1, min(wanted, tasks))
    limits = WorkerLimits(
        workers=count,
        memory_mb=settings.memory_limit_mb or worker_limit_mb(count_workers() if is_cluster else count),
        recycle_after=settings.recycle_after,
        gpus=settings.ray_gpus,
        address=settings.ray_address,
    )
    return find_executor(settings.executor, limits)


def count_workers() -> int:
    """One worker for each core this process may use, as far as the free memory carries them."""
    cores = count_cores()
    free = available_bytes()
    return cores if free is None else max(1, min(cores, free // WORKER_BYTES))


WORKER_BYTES = 1_500_000_000
"""What one worker needs with the base model loaded and an hour of two channels at hand."""

_OTHERS_BYTES = 500_000_000
"""Left for the parent, its database cache and everything else on the machine, beside a tenth of the whole."""

_MIN_LIMIT_BYTES = 2_600_000_000
"""No computed limit is lower, lest it end a good call: four hours of stereo may need 2 GiB, and libraries ask
for up to 0.4 GB more than they use (tiny.en, an hour of stereo: 1.43 GB asked for, 1.04 GB in use)."""

_PROC, _CGROUP = Path("/proc"), Path("/sys/fs/cgroup")
_UNBOUNDED_BYTES = 1 << 60
"""Version 1 of control groups says "no limit" by a number near 2**63."""


def worker_limit_mb(workers: int) -> int:
    """MB that each of so many workers may take; 0, which is no limit, where the machine does not say what it has."""
    whole = machine_bytes()
    if whole is None:
        return 0
    share = (whole - whole // 10 - _OTHERS_BYTES) // workers
    return max(share, _MIN_LIMIT_BYTES) // 1_000_000


def machine_bytes() -> int | None:
    """Memory of the machine, or of the control group this process is in if that is less; None where unknown."""
    found = [*_read_meminfo("MemTotal:"), *_group_limits()]
    return min(found, default=None)


def available_bytes() -> int | None:
    """Memory that is free now, bounded by that of the control group; None where unknown."""
    found = [*_read_meminfo("MemAvailable:"), *_group_limits()]
    return min(found, default=None)


def _read_meminfo(name: str) -> Iterator[int]:
    try:
        for line in (_PROC / "meminfo").read_text("ascii").splitlines():
            if line.startswith(name):
                yield int(line.split()[1]) * 1024
    except (OSError, ValueError):
        return


def _group_limits() -> Iterator[int]:
    """Limits of the control group and of all above it (versions 1 and 2)."""
    try:
        lines = (_PROC / "self" / "cgroup").read_text("utf-8", "replace").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, group = line.split(":", 2)
        if controllers == "":
            yield from _limits_above(_CGROUP, group, "memory.max")
        elif "memory" in controllers.split(","):
            yield from _limits_above(_CGROUP / "memory", group, "memory.limit_in_bytes")


def _limits_above(root: Path, group: str, name: str) -> Iterator[int]:
    folder = Path(os.path.normpath(f"{root}/{group}"))
    # Inside a container the group's path is often that of the host, which does not exist here.
    for place in dict.fromkeys((folder, *folder.parents, root)):
        if place != root and root not in place.parents:
            continue
        try:
            limit = int((place / name).read_text("ascii"))
        except (OSError, ValueError):
            # Not there, or "max".
            continue
        if 0 < limit < _UNBOUNDED_BYTES:
            yield limit


BYTES_PER_AUDIO_S = 430
"""What an analysed second of audio takes in the database, words, index and all (22 sample calls, 27 min)."""

_SAFETY = 3


def free_bytes(database: Path) -> int:
    """Bytes an ordinary user may still write beside `database`."""
    folder = database.absolute().parent
    while not folder.exists():
        folder = folder.parent
    room = os.statvfs(folder)
    return room.f_bavail * room.f_frsize


def is_low(database: Path, floor_mb: int) -> bool:
    """Whether less than `floor_mb` is left."""
    return free_bytes(database) < floor_mb * 1_000_000


def low_disk(database: Path, floor_mb: int, *, audio_s: float = 0.0) -> DiskLow:
    """What to say where less is free than the floor, and what is planned, ask for."""
    wanted = floor_mb * 1_000_000 + round(_SAFETY * audio_s * BYTES_PER_AUDIO_S)
    return DiskLow(
        f"{free_bytes(database) / 1e6:,.0f} MB are free beside {database}",
        f"{wanted / 1e6:,.0f} MB ({floor_mb} MB of batch.disk_floor_mb, the rest for what is planned)",
        "free space, or do part of it with --limit; what is done so far is kept",
    )


def expect_room(database: Path, floor_mb: int, *, audio_s: float = 0.0) -> None:
    """Check the room for `audio_s` seconds of audio above the floor.

    Raises
    ------
    DiskLow
        There is less.
    """
    if free_bytes(database) < floor_mb * 1_000_000 + round(_SAFETY * audio_s * BYTES_PER_AUDIO_S):
        raise low_disk(database, floor_mb, audio_s=audio_s)


# Bytes a second by ending: what is usual for telephone calls, and the least that occurs. Rates of
# codecs: AMR 3GPP TS 26.071 (4.75 to 12.2 kbit/s), GSM 06.10 (1,650), G.711 (8,000), Opus RFC 6716.
_RATES: dict[str, tuple[float, float]] = {
    ".wav": (16_000, 1_625),
    ".ulaw": (8_000, 8_000),
    ".alaw": (8_000, 8_000),
    ".au": (8_000, 8_000),
    ".gsm": (1_650, 1_650),
    ".amr": (1_500, 590),
    ".flac": (8_000, 2_000),
    ".mp3": (4_000, 1_000),
    ".m4a": (4_000, 1_000),
    ".opus": (3_000, 750),
    ".ogg": (3_000, 750),
}
_OTHER = (4_000.0, 750.0)
_SANE_BYTES_PER_S = range(500, 1_000_000)

SAMPLED_HEADERS = 25
"""Headers of each kind of file that are read before a run, to know how much audio there is."""


def guess_length_s(path: str, size_bytes: int) -> float:
    """The usual length of a file of that ending and size, in seconds."""
    usual, _ = _RATES.get(PurePath(path).suffix.lower(), _OTHER)
    return size_bytes / usual


def learn_rates(files: Sequence[tuple[str, int]]) -> dict[str, float]:
    """Bytes a second of recordings by their ending, from the headers of some WAV files among them.

    Parameters
    ----------
    files
        (path, bytes) of the files of a run.
    """
    by_ending: dict[str, list[str]] = {}
    for path, _ in files:
        by_ending.setdefault(PurePath(path).suffix.lower(), []).append(path)
    learned = {}
    for ending, paths in by_ending.items():
        step = max(1, len(paths) // SAMPLED_HEADERS)
        rates = [rate for path in paths[::step][:SAMPLED_HEADERS] if (rate := _read_wav_rate(path))]
        if rates:
            learned[ending] = sum(rates) / len(rates)
    return learned


def bound_length_s(path: str, size_bytes: int) -> float:
    """A length in seconds that a file is hardly above: by its WAV header, else by the leanest codec."""
    _, least = _RATES.get(PurePath(path).suffix.lower(), _OTHER)
    return size_bytes / (_read_wav_rate(path) or least)


def _read_wav_rate(path: str) -> int | None:
    """Bytes a second as a WAV header in the usual place says; None where it is not there or not sane."""
    try:
        with open(path, "rb") as file:
            head = file.read(36)
    except OSError:
        return None
    if len(head) < 36 or head[:4] != b"RIFF" or head[8:16] != b"WAVEfmt ":
        return None
    rate: int = struct.unpack_from("<I", head, 28)[0]
    return rate if rate in _SANE_BYTES_PER_S else None
