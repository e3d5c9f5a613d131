"""The sections of the settings, put together from the rooms' own dataclasses."""

from __future__ import annotations

import re
from dataclasses import MISSING, dataclass, field, fields
from typing import Annotated, Literal

from speechcx.audio import AudioSettings
from speechcx.call import find_language_code
from speechcx.config.retention_settings import AuditSettings, RetentionSettings
from speechcx.config.review import ReviewSettings
from speechcx.discover import DiscoverSettings
from speechcx.prosody import ProsodySettings
from speechcx.ranges import Range, declared_ranges, expect_ranges
from speechcx.redact import RedactSettings
from speechcx.sentiment import PolicySettings, SentimentSettings
from speechcx.transcribe import TranscribeSettings
from speechcx.turns import TurnSettings


@dataclass(frozen=True, slots=True)
class FileSettings:
    """Where things lie; relative paths are relative to the folder of ``speechcx.toml``.

    Parameters
    ----------
    recordings
        Folders, files or globs that a run looks into when the command line names none.
    database
        The SQLite file that holds everything.
    rulebook
        The rulebook a run judges by; or one for each language, as ``{en = "rules.yaml", es = "reglas.yaml"}``:
        a call is judged by the one of its language, and calls in a language without one by that for ``any``, else
        by the first, whose rules over words cannot tell. Empty: the general starter rulebook of the package.
    roster
        CSV with agent, name, team, center, valid_from, valid_to. Empty or absent: no roster.
    report
        A .html or .xlsx file: every run that scores something ends by writing the morning report there. Empty: none.
    """

    recordings: tuple[str, ...] = ("recordings",)
    database: str = "speechcx.db"
    rulebook: str | dict[str, str] = field(default="", hash=False)
    roster: str = "roster.csv"
    report: str = ""

    @property
    def rulebooks(self) -> tuple[tuple[str, str], ...]:
        """(language, file) pairs where `rulebook` names several; else one pair with language '', or none."""
        if isinstance(self.rulebook, str):
            return (("", self.rulebook),) if self.rulebook else ()
        return tuple((_language_of(code), path) for code, path in self.rulebook.items())


def _language_of(key: str) -> str:
    return key if key == "any" else find_language_code(key) or key


MIN_MEMORY_LIMIT_MB = 300
"""With less, a worker ends while it loads its libraries: the replay engine's takes 120 to 250 MB."""


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """How a run spreads its work and when it gives up on a call.

    Parameters
    ----------
    executor
        ``processes`` (worker processes that may die), ``serial`` (one of them, one call after another) or
        ``ray``.
    workers
        Worker processes. 0 takes one for each core, up to what memory allows; with ``ray``, for each core of
        the cluster.
    time_limit_factor
        A call may take this many times its own length ...
    time_limit_floor_s
        ... plus this many seconds.
    memory_limit_mb
        Memory a worker may take in MB, at least 300. A call that needs more fails as ``out_of_memory``, and
        is tried once more alone. 0 divides the machine's or container's memory, less a tenth and 500 MB, by
        the number of workers, and gives at least 2,600. With ``ray``, the memory of the machine that starts
        the run counts.
    max_attempts
        A call whose worker died or ran out of time this often is quarantined.
    recycle_after
        A worker is replaced after this many calls, against slow growth of memory.
    disk_floor_mb
        A run stops cleanly if less space than this is left beside the database.
    busy_wait_s
        A run waits this many seconds while another program locks the database, then ends with exit code 11;
        what is done is kept.
    missing_files
        What a run does if a folder of recordings is empty or missing although files of it are known: ``fail``
        (say so, exit code 3), ``warn`` (say so) or ``ignore``. Recordings that are deleted by age do not
        count.
    spot_check_files
        Known files that each run reads again, in turn, to find bytes that changed under the same name, size
        and time. 0: none.
    spot_check_s
        No further file is read again after this many seconds.
    ray_address
        With ``ray``: the cluster's head node, as ``HOST:6379``. Empty takes the variable ``RAY_ADDRESS``, else
        starts a cluster on this machine that no other can reach.
    ray_gpus
        With ``ray``: GPUs that each worker takes. 0 gives each a core; 1 a GPU; 0.5 puts two workers on one GPU.
    """

    executor: str = "processes"
    workers: Annotated[int, Range(0, 1024)] = 0
    time_limit_factor: Annotated[float, Range(0, 10_000)] = 3.0
    time_limit_floor_s: Annotated[float, Range(0, 7 * 86_400)] = 60.0
    memory_limit_mb: Annotated[int, Range(0, 16_777_216)] = 0
    max_attempts: Annotated[int, Range(1, 100)] = 2
    recycle_after: Annotated[int, Range(1, 1_000_000)] = 200
    disk_floor_mb: Annotated[int, Range(0, 1_000_000_000)] = 200
    busy_wait_s: Annotated[float, Range(0, 7 * 86_400)] = 600.0
    missing_files: Literal["ignore", "warn", "fail"] = "fail"
    spot_check_files: Annotated[int, Range(0, 1_000_000)] = 20
    spot_check_s: Annotated[float, Range(0, 86_400)] = 10.0
    ray_address: str = ""
    ray_gpus: Annotated[float, Range(0, 16)] = 0.0

    def __post_init__(self) -> None:
        expect_ranges(self)
        if 0 < self.memory_limit_mb < MIN_MEMORY_LIMIT_MB:
            raise ValueError(
                f"memory_limit_mb must be 0, or {MIN_MEMORY_LIMIT_MB:,} and more (MB; with less no worker starts), "
                f"got {self.memory_limit_mb:,}"
            )


@dataclass(frozen=True, slots=True)
class Settings:
    """All sections. A room gets its own section, never the whole."""

    files: FileSettings = field(default_factory=FileSettings)
    discover: DiscoverSettings = field(default_factory=DiscoverSettings)
    audio: AudioSettings = field(default_factory=AudioSettings)
    turns: TurnSettings = field(default_factory=TurnSettings)
    transcribe: TranscribeSettings = field(default_factory=TranscribeSettings)
    prosody: ProsodySettings = field(default_factory=ProsodySettings)
    sentiment: SentimentSettings = field(default_factory=SentimentSettings)
    redact: RedactSettings = field(default_factory=RedactSettings)
    batch: BatchSettings = field(default_factory=BatchSettings)
    review: ReviewSettings = field(default_factory=ReviewSettings)
    policy: PolicySettings = field(default_factory=PolicySettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    audit: AuditSettings = field(default_factory=AuditSettings)


@dataclass(frozen=True, slots=True)
class SettingInfo:
    """One setting as the manual shows it; `range` is empty for what is no number."""

    section: str
    key: str
    type: str
    default: object
    text: str
    range: str = ""


def describe_sections() -> tuple[SettingInfo, ...]:
    """Every setting with its type, default and meaning, read from the dataclasses themselves."""
    found = []
    for section in fields(Settings):
        assert section.default_factory is not MISSING
        kind = type(section.default_factory())
        texts, ranges = _field_texts(kind.__doc__ or ""), declared_ranges(kind)
        for item in fields(kind):
            default = item.default if item.default is not MISSING else None
            shown = re.sub(r"Annotated\[(.+), Range\(.*\)\]", r"\1", str(item.type))
            limits = str(ranges[item.name]) if item.name in ranges else ""
            found.append(
                SettingInfo(section.name, item.name, shown, default, texts.get(item.name, ""), limits)
            )
    return tuple(found)


def _field_texts(docstring: str) -> dict[str, str]:
    """Texts of the fields in a numpydoc ``Parameters`` part, by field name (``a, b`` names both)."""
    texts: dict[str, str] = {}
    names: list[str] = []
    lines = docstring.expandtabs().splitlines()
    for line in lines[1:]:
        if re.fullmatch(r"    \w[\w, ]*( :.*)?", line):
            names = [name.strip() for name in line.split(":")[0].split(",")]
        elif line.startswith("        ") and names:
            for name in names:
                texts[name] = f"{texts.get(name, '')} {line.strip()}".strip()
        elif line.strip():
            names = []
    return texts
