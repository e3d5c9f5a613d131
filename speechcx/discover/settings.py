"""The settings of finding recordings and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated

from speechcx.discover.clock import find_zone
from speechcx.discover.name_pattern import read_pattern
from speechcx.errors import ConfigError
from speechcx.ranges import Range, expect_ranges

DEFAULT_EXTENSIONS = (
    ".wav", ".wave", ".mp3", ".mp2", ".ogg", ".oga", ".opus", ".spx", ".flac", ".m4a", ".mp4", ".m4b", ".3gp",
    ".3gpp", ".aac", ".amr", ".awb", ".wma", ".asf", ".webm", ".mka", ".mkv", ".au", ".snd", ".aif", ".aiff",
    ".caf", ".w64", ".rf64", ".ilbc", ".voc", ".ulaw", ".ul", ".ulw", ".mulaw", ".mu", ".pcmu", ".alaw", ".al",
    ".alw", ".pcma", ".sln", ".sln8", ".sln12", ".sln16", ".sln24", ".sln32", ".sln44", ".sln48", ".sln96",
    ".sln192", ".gsm", ".g722", ".g723", ".g723_1", ".g726", ".g726-32", ".g729",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DiscoverSettings:
    """Which files are recordings, when they are at rest, and where what is known of them stands.

    Parameters
    ----------
    extensions
        Files in folders are taken by these extensions, in small letters. A file that is named itself is
        always taken.
    recursive
        Look into the folders inside the folders.
    follow_symlinks
        Follow links found in folders; else they are left out with the reason ``symlink``.
    settle_s
        A file that was changed within the last so many seconds is still being written, and left for the
        next run.
    patterns
        Name patterns such as ``"{agent}_{customer}_{started:%Y-%m-%dT%H-%M-%S}"``; the first that fits is
        used. A sidecar or a calls table goes before it.
    zone
        Zone of the recorder's clock, for times written without one: ``"Europe/Berlin"``, ``"UTC"``,
        ``"+02:00"``. Unset, such a time is not known.
    time_format
        A ``strptime`` format for times in sidecars and tables that are not ISO 8601, for example
        ``"%d.%m.%Y %H:%M:%S"``. Unset: ISO 8601 or seconds since 1970.
    direction
        Direction of calls whose sources say nothing: ``"inbound"`` or ``"outbound"``. Unset: not known.
    max_sidecar_bytes
        A bigger sidecar is not read; its call is set aside.
    max_table_bytes
        A bigger CSV is not read; the run does not start.
    """

    extensions: tuple[str, ...] = DEFAULT_EXTENSIONS
    recursive: bool = True
    follow_symlinks: bool = False
    settle_s: Annotated[float, Range(0, 86_400)] = 120.0
    patterns: tuple[str, ...] = ()
    zone: str | None = None
    time_format: str | None = None
    direction: str | None = None
    max_sidecar_bytes: Annotated[int, Range(1, 2**30)] = 1024**2
    max_table_bytes: Annotated[int, Range(1, 2**32)] = 64 * 1024**2

    def __post_init__(self) -> None:
        for extension in self.extensions:
            if not extension.startswith(".") or extension != extension.lower():
                raise ValueError(f"extensions must be like '.wav', in small letters, got {extension!r}")
        expect_ranges(self)
        if self.zone is not None:
            find_zone(self.zone)
        for pattern in self.patterns:
            try:
                read_pattern(pattern)
            except ConfigError as error:
                raise ValueError(f"{error.found}; expected {error.expected}") from error


NOT_IN_DIGEST = frozenset(field.name for field in fields(DiscoverSettings))
"""What is known of a call is no part of what is heard in it."""
