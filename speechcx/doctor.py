"""Check that this machine is ready: versions, disk, settings, recordings, roster, models; each fault with its fix."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from speechcx.config import LoadedSettings
from speechcx.errors import SpeechcxError
from speechcx.executors import count_cores
from speechcx.offline import overruled

MachineVerdict = Literal["ok", "warning", "fault"]

_SAFE_FFMPEG = (8, 1, 2)
"""First FFmpeg 8.1 without CVE-2026-8461 (hostile media could run code)."""
_MANY_FILES = 10_000
"""Recordings that are counted; more are not needed to know that there are some."""

_NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs"})


@dataclass(frozen=True, slots=True)
class MachineFinding:
    """One thing looked at.

    Parameters
    ----------
    check
        What was looked at.
    verdict
        ``ok``, ``warning`` (works, but) or ``fault`` (a run would fail).
    found
        The value.
    cure
        What to do; empty where all is well.
    """

    check: str
    verdict: MachineVerdict
    found: str
    cure: str = ""


def examine(loaded: LoadedSettings) -> tuple[MachineFinding, ...]:
    """Look at everything a run needs, without loading a model.

    Parameters
    ----------
    loaded
        Settings as a run would use them.
    """
    checks: tuple[Callable[[LoadedSettings], Iterator[MachineFinding]], ...] = (
        _python,
        _machine,
        _ffmpeg,
        _sqlite,
        _database,
        _at_rest,
        _settings,
        _policy,
        _recordings,
        _roster,
        _models,
        _gpu,
        _network,
    )
    return tuple(finding for check in checks for finding in check(loaded))


def _python(_: LoadedSettings) -> Iterator[MachineFinding]:
    version = platform.python_version()
    if sys.version_info < (3, 11):  # noqa: UP036  told, not crashed on
        yield MachineFinding("python", "fault", version, "install Python 3.11 or newer")
    else:
        yield MachineFinding("python", "ok", f"{version} ({sys.executable})")


def _machine(_: LoadedSettings) -> Iterator[MachineFinding]:
    yield MachineFinding("cores", "ok", str(count_cores()))
    memory_mb = _memory_mb()
    if memory_mb is not None:
        enough = memory_mb >= 2000
        cure = "" if enough else "use --model tiny.en and --workers 1"
        yield MachineFinding("memory", "ok" if enough else "warning", f"{memory_mb} MB", cure)
    flags = _cpu_flags()
    if flags and platform.machine() == "x86_64" and "avx2" not in flags:
        yield MachineFinding("cpu", "warning", "no AVX2", "recognition works but is several times slower")


def _memory_mb() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    except (ValueError, OSError):
        return None


def _cpu_flags() -> frozenset[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return frozenset()
    return frozenset(word for line in lines if line.startswith("flags") for word in line.split())


def _ffmpeg(_: LoadedSettings) -> Iterator[MachineFinding]:
    import av

    text = str(getattr(av, "ffmpeg_version_info", "unknown"))
    numbers = tuple(int(part) for part in text.lstrip("n").split("-")[0].split(".") if part.isdigit())
    found = f"FFmpeg {text} in PyAV {av.__version__}"
    if numbers and numbers < _SAFE_FFMPEG:
        yield MachineFinding("decoder", "warning", found, "upgrade: pip install 'av>=18.1' (CVE-2026-8461)")
    else:
        yield MachineFinding("decoder", "ok", found)


def _sqlite(_: LoadedSettings) -> Iterator[MachineFinding]:
    with sqlite3.connect(":memory:") as connection:
        options = {row[0] for row in connection.execute("pragma compile_options")}
    connection.close()
    if "ENABLE_FTS5" not in options:
        yield MachineFinding(
            "sqlite", "fault", f"{sqlite3.sqlite_version} without FTS5", "use a Python with FTS5"
        )
    else:
        yield MachineFinding("sqlite", "ok", f"{sqlite3.sqlite_version} with FTS5")


def _database(loaded: LoadedSettings) -> Iterator[MachineFinding]:
    database = loaded.resolve(loaded.files.database)
    if not database.parent.is_dir():
        yield MachineFinding(
            "database", "fault", f"no folder {database.parent}", "create it, or set files.database"
        )
        return
    verdict: MachineVerdict = "ok" if os.access(database.parent, os.W_OK) else "fault"
    state = "present" if database.is_file() else "not made yet"
    yield MachineFinding(
        "database", verdict, f"{database} ({state})", "" if verdict == "ok" else "make it writable"
    )
    kind = _file_system(database.parent)
    if kind in _NETWORK_FILE_SYSTEMS:
        yield MachineFinding("file system", "fault", kind, "keep the database on a local disk: WAL needs one")
    elif kind:
        yield MachineFinding("file system", "ok", kind)
    free_mb = shutil.disk_usage(database.parent).free // 2**20
    floor_mb = loaded.settings.batch.disk_floor_mb
    enough = free_mb > 3 * floor_mb
    yield MachineFinding(
        "disk", "ok" if enough else "fault", f"{free_mb} MB free", "" if enough else "free some space"
    )


def _at_rest(loaded: LoadedSettings) -> Iterator[MachineFinding]:
    """Whether others on this machine may read what is kept, and whether the disk is encrypted."""
    database = loaded.resolve(loaded.files.database)
    places = [loaded.resolve(path) for path in loaded.files.recordings]
    open_to = [_say_open(path) for path in (*sorted(database.parent.glob(f"{database.name}*")), *places)]
    found = [text for text in open_to if text]
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        yield MachineFinding(
            "access",
            "warning",
            f"{found[0]}{more}",
            "chmod 600 for files, chmod 700 for folders, or a group you trust",
        )
    elif database.parent.is_dir():
        yield MachineFinding("access", "ok", "the database and the recordings are not open to everybody")
    if not database.parent.is_dir():
        return
    encrypted = find_encryption(database.parent)
    if encrypted is None:
        yield MachineFinding("encryption", "ok", "cannot be told for this file system")
    elif encrypted:
        yield MachineFinding("encryption", "ok", "the disk of the database is encrypted (dm-crypt)")
    else:
        yield MachineFinding(
            "encryption",
            "warning",
            "the disk of the database is not encrypted, as far as the kernel tells",
            "use an encrypted disk (LUKS), or know why not",
        )


def _say_open(path: Path) -> str:
    """What everybody on this machine may do with a file or folder; empty for nothing."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return ""
    if not mode & 0o007:
        return ""
    return f"{path} may be {'read' if mode & 0o004 else 'entered'} by everybody on this machine ({mode & 0o777:o})"


def find_encryption(folder: Path, *, sys: Path = Path("/sys")) -> bool | None:
    """Whether the disk below a folder is encrypted by dm-crypt; None where the kernel does not say.

    Network file systems, memory and encryption by the file system itself (ZFS, fscrypt) cannot be told.
    """
    try:
        device = os.stat(folder).st_dev
    except OSError:
        return None
    place = sys / "dev" / "block" / f"{os.major(device)}:{os.minor(device)}"
    if not place.exists():
        return None
    waiting, seen = [place.resolve()], set[Path]()
    while waiting:
        disk = waiting.pop()
        if disk in seen:
            continue
        seen.add(disk)
        try:
            if (disk / "dm" / "uuid").read_text("utf-8").startswith("CRYPT-"):
                return True
        except OSError:
            pass
        # Volumes stand on others, and partitions on their disk.
        waiting += [below.resolve() for below in (disk / "slaves").glob("*")]
    return False


def _file_system(folder: Path) -> str:
    """Type of the file system `folder` lies on, as the longest matching mount says; empty if unknown."""
    try:
        mounts = [line.split() for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
    except OSError:
        return ""
    real = folder.resolve()
    hits = [(len(m[1]), m[2]) for m in mounts if real.is_relative_to(m[1])]
    return max(hits)[1] if hits else ""


def _settings(loaded: LoadedSettings) -> Iterator[MachineFinding]:
    yield MachineFinding(
        "settings", "ok", str(loaded.config) if loaded.config else "defaults (no speechcx.toml here)"
    )
    if loaded.settings.discover.zone is None:
        yield MachineFinding(
            "time zone",
            "warning",
            "discover.zone is not set",
            "set it, or times without an offset count as missing",
        )
    else:
        yield MachineFinding("time zone", "ok", loaded.settings.discover.zone)
    for code, path in loaded.files.rulebooks:
        yield _rulebook(code, loaded.resolve(path))


def _policy(loaded: LoadedSettings) -> Iterator[MachineFinding]:
    """Whether feeling is inferred from agents' voices, and calls that hold what the policy does not allow."""
    from speechcx.store import Store
    from speechcx.store.calls.turns import list_inferred

    policy = loaded.settings.policy
    if policy.agent_voice_emotion:
        yield MachineFinding(
            "inference policy",
            "warning",
            "policy.agent_voice_emotion is on: agents' feeling is inferred from their voice",
            "turn it off unless your lawyers said on which ground it is allowed (docs/privacy.md)",
        )
        return
    database, held = loaded.resolve(loaded.files.database), 0
    if database.is_file():
        try:
            with Store.open(database, read_only=True) as store:
                held = len(list_inferred(store.db, policy.voiceless))
        except SpeechcxError:
            # What is wrong with the database is told by every command that needs it.
            return
    if held:
        calls = "1 call holds" if held == 1 else f"{held} calls hold"
        found = f"{calls} what [policy] does not allow to be inferred from a voice"
        yield MachineFinding("inference policy", "warning", found, "speechcx rejudge")
    else:
        yield MachineFinding("inference policy", "ok", "nothing is inferred from agents' voices")


def _rulebook(language: str, path: Path) -> MachineFinding:
    """What is to be said of a rulebook; `language` is '' where it judges all calls."""
    from speechcx.rules import read_rulebook, read_rulebooks

    what = f"rulebook {language}".rstrip()
    try:
        rulebook = read_rulebooks([(language, path)]).books[0] if language else read_rulebook(path)
    except SpeechcxError as error:
        return MachineFinding(what, "fault", error.found, error.cure)
    return MachineFinding(what, "ok", f"{rulebook.label}, {len(rulebook.rules)} rules")


def _recordings(loaded: LoadedSettings) -> Iterator[MachineFinding]:
    from itertools import islice

    from speechcx.discover import find_files

    places = [loaded.resolve(path) for path in loaded.files.recordings]
    try:
        found = sum(1 for _ in islice(find_files(places, loaded.settings.discover), _MANY_FILES))
    except SpeechcxError as error:
        yield MachineFinding("recordings", "fault", error.found, "create it, or correct files.recordings")
        return
    where = ", ".join(str(place) for place in places)
    count = f"{_MANY_FILES} or more" if found == _MANY_FILES else str(found)
    if found:
        yield MachineFinding("recordings", "ok", f"{count} in {where}")
    else:
        yield MachineFinding("recordings", "warning", f"none in {where}", "put recordings there")


def _roster(loaded: LoadedSettings) -> Iterator[MachineFinding]:
    from speechcx.discover import read_roster

    path = loaded.resolve(loaded.files.roster) if loaded.files.roster else None
    if path is None or not path.is_file():
        yield MachineFinding(
            "roster", "warning", "none", "write roster.csv: without it agents have no names and teams"
        )
        return
    try:
        roster = read_roster(path)
    except SpeechcxError as error:
        yield MachineFinding("roster", "fault", error.found, error.cure)
        return
    agents = f"{len({entry.agent for entry in roster.entries})} agents"
    if roster.warnings:
        first = roster.warnings[0]
        found = (
            f"{agents}; {len(roster.warnings)} lines not used, the first: line {first.line}: {first.found}"
        )
        yield MachineFinding("roster", "warning", found, first.cure)
    elif not roster.entries:
        yield MachineFinding(
            "roster", "warning", "no agents", "fill in roster.csv, or agents have no names and teams"
        )
    else:
        yield MachineFinding("roster", "ok", agents)


def _gpu(loaded: LoadedSettings) -> Iterator[MachineFinding]:
    """Whether the graphics card that is asked for is there; silent where none is wanted and none is there."""
    import ctranslate2

    device, count = loaded.settings.transcribe.device, ctranslate2.get_cuda_device_count()
    if count:
        yield MachineFinding(
            "gpu", "ok", f"{count} usable" + (", not used (transcribe.device)" if device == "cpu" else "")
        )
    elif device == "cuda":
        cure = 'install the driver of the card, or set transcribe.device = "auto"'
        yield MachineFinding("gpu", "fault", "no card that CUDA can use, but transcribe.device is cuda", cure)


def find_next_step(findings: Sequence[MachineFinding]) -> str:
    """The command, or the act, that comes next after these findings."""
    fault = next((one for one in findings if one.verdict == "fault"), None)
    if fault is not None:
        return f"{fault.check}: {fault.cure}; then: speechcx doctor"
    states = {one.check: one.verdict for one in findings}
    if states.get("recordings") == "warning":
        return "put recordings into files.recordings, then: speechcx run --dry-run"
    return "speechcx run --dry-run shows what a run would do; speechcx run does it"


def _models(loaded: LoadedSettings) -> Iterator[MachineFinding]:
    from speechcx.pipeline import needed_models
    from speechcx.weights import find_model

    for name in needed_models(loaded.settings):
        try:
            folder = find_model(name)
            yield MachineFinding(f"model {name}", "ok", str(folder))
            if (loaded.settings.transcribe.engine, loaded.settings.transcribe.model) == ("whisper", name):
                yield _encoder(folder, loaded)
        except SpeechcxError as error:
            yield MachineFinding(f"model {name}", "fault", error.found, error.cure)


def _encoder(folder: Path, loaded: LoadedSettings) -> MachineFinding:
    from speechcx.transcribe.encoder import find_measured

    if loaded.settings.transcribe.encoder != "auto":
        return MachineFinding("encoder", "ok", "CTranslate2 encodes (transcribe.encoder)")
    measured = find_measured(folder)
    return MachineFinding(
        "encoder", "ok", str(measured) if measured else "chosen by the first run or models pull"
    )


def _network(loaded: LoadedSettings) -> Iterator[MachineFinding]:
    if loaded.settings.transcribe.allow_hub:
        yield MachineFinding(
            "network",
            "warning",
            "transcribe.allow_hub lets a run fetch a model from the Hugging Face Hub",
            "set it to false, and fetch models beforehand with `speechcx models pull`",
        )
        return
    ignored = overruled()
    yield MachineFinding(
        "network", "ok", "no run uses it" + (f"; ignored: {', '.join(ignored)}" if ignored else "")
    )
