"""The settings of finding recordings and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated

from speechcx.discover.callers import is_country
from speechcx.discover.clock import find_zone
from speechcx.discover.layouts import find_layout
from speechcx.discover.name_pattern import read_pattern
from speechcx.errors import ConfigError
from speechcx.ranges import Range, expect_ranges

DEFAULT_EXTENSIONS = (
    ".wav", ".wave", ".wav49", ".wav16", ".mp3", ".mp2", ".ogg", ".oga", ".opus", ".spx", ".flac", ".m4a", ".mp4",
    ".m4b", ".3gp",
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
        Files in folders are read if they have one of these extensions, in lower case. A file that you name
        yourself is always read.
    recursive
        Look into folders inside the folders.
    follow_symlinks
        Follow links found in folders. Off: they are left out with the reason ``symlink``.
    settle_s
        A growing file is left for a later run, until it has not changed for this many seconds. 0 takes every
        file as it is.
    second_look_s
        A file that was changed in the last ``settle_s`` seconds is looked at twice, this many seconds apart.
        It is read if it did not change and no visible program has it open for writing.
    patterns
        Name patterns such as ``"{agent}_{customer}_{started:%Y-%m-%dT%H-%M-%S}"``; the first that fits is
        used. A sidecar or a calls table takes precedence over it.
    layouts
        Layouts of known recorders, such as ``"freepbx"`` (``speechcx layouts list``): their name patterns are tried
        after ``patterns``, and their metadata files are read.
    zone
        The centre's zone: ``"Europe/Berlin"``, ``"UTC"``, ``"+02:00"``. Times without a zone are read in it.
        All calls are counted and shown by its clock, even if their time is written in UTC. Unset: a time
        without a zone is unknown.
    time_format
        A ``strptime`` format for ambiguous times in sidecars and tables, for example ``"%d.%m.%Y %H:%M:%S"``;
        ``%z`` and ``%Z`` read the zone. Unset: unambiguous forms, and seconds since 1970.
    country
        ISO 3166 code of the country of telephone numbers without a country code (``"DE"``, ``"US"``):
        customers' numbers are then compared with it (``+4930123456``). Unset: as written, without spaces and
        punctuation.
    agents_ignore_case
        Whether ``maria`` and ``MARIA`` are one agent, kept in lower case.
    direction
        Direction of calls whose sources do not give one: ``"inbound"`` or ``"outbound"``. Unset: unknown.
    max_sidecar_bytes, max_sidecar_keys
        A larger sidecar, or one with more keys, is not read; its call is set aside.
    max_table_bytes, max_table_rows
        If a CSV is larger or has more rows, the run does not start.
    """

    extensions: tuple[str, ...] = DEFAULT_EXTENSIONS
    recursive: bool = True
    follow_symlinks: bool = False
    settle_s: Annotated[float, Range(0, 86_400)] = 120.0
    second_look_s: Annotated[float, Range(0, 60)] = 1.0
    patterns: tuple[str, ...] = ()
    layouts: tuple[str, ...] = ()
    zone: str | None = None
    time_format: str | None = None
    country: str | None = None
    agents_ignore_case: bool = False
    direction: str | None = None
    max_sidecar_bytes: Annotated[int, Range(1, 2**30)] = 1024**2
    max_sidecar_keys: Annotated[int, Range(1, 10_000)] = 500
    max_table_bytes: Annotated[int, Range(1, 2**32)] = 64 * 1024**2
    max_table_rows: Annotated[int, Range(1, 10_000_000)] = 60_000

    def __post_init__(self) -> None:
        for extension in self.extensions:
            if not extension.startswith(".") or extension != extension.lower():
                raise ValueError(f"extensions must be like '.wav', in lower case, got {extension!r}")
        expect_ranges(self)
        if self.country is not None and not is_country(self.country):
            raise ValueError(
                f"country must be two capital letters of ISO 3166 such as 'DE', got {self.country!r}"
            )
        if self.zone is not None:
            find_zone(self.zone)
        for pattern in self.patterns:
            try:
                read_pattern(pattern)
            except ConfigError as error:
                raise ValueError(f"{error.found}; expected {error.expected}") from error
        for name in self.layouts:
            try:
                find_layout(name)
            except ConfigError as error:
                raise ValueError(f"{error.found}; expected {error.expected}") from error


NOT_IN_DIGEST = frozenset(field.name for field in fields(DiscoverSettings))
"""What is known of a call is no part of what is heard in it."""
