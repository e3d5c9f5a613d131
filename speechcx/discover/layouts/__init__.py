"""How known recorders name and lay out their files: one TOML file each in this folder.

A layout holds name patterns, each with the zone and the fixed values that its recorder implies, the name of the
metadata file that the recorder writes beside a recording, and example names with what they must yield.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from speechcx.discover.clock import place_time
from speechcx.discover.name_pattern import NameMatch, match_name, read_pattern
from speechcx.discover.names import printable_name
from speechcx.errors import ConfigError

MIN_SHARE = 0.6
"""A folder is of a layout where the layout reads at least this share of its names."""


@dataclass(frozen=True, slots=True)
class LayoutPattern:
    """One name pattern of a layout.

    Parameters
    ----------
    text
        As in ``discover.patterns``.
    zone
        Zone of the times in such names; None for the centre's.
    values
        (field, value) pairs that such a name implies, such as ``("direction", "outbound")``.
    padding
        Letters that the recorder fills short fields up with, at their end.
    """

    text: str
    zone: str | None = None
    values: tuple[tuple[str, str], ...] = ()
    padding: str = ""


@dataclass(frozen=True, slots=True)
class LayoutExample:
    """A path as the recorder writes it, and the fields it must yield; ``started_at`` as ISO 8601 without a zone."""

    path: str
    expected: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """How one recorder lays out its files.

    Parameters
    ----------
    name
        As ``discover.layouts`` and ``init --layout`` take it.
    title
        The recorder's name.
    about
        What the names hold, and what they do not.
    source
        Where this is known from.
    patterns
        Held against names in this order; the first that fits is used.
    sidecar_suffix
        What the recorder appends to a recording's name, without extension, for its metadata; empty for none.
    sidecar_fields
        (key of the metadata file, field) pairs.
    examples
        Tested.
    """

    name: str
    title: str
    about: str
    source: str
    patterns: tuple[LayoutPattern, ...]
    sidecar_suffix: str
    sidecar_fields: tuple[tuple[str, str], ...]
    examples: tuple[LayoutExample, ...]


@dataclass(frozen=True, slots=True)
class NameReading:
    """A file name and what a layout reads of it; `started_at` in ISO 8601 with its offset."""

    name: str
    is_read: bool
    values: tuple[tuple[str, str], ...] = ()
    started_at: str | None = None


@dataclass(frozen=True, slots=True)
class LayoutDescription:
    """A layout for people: one example name stands for all."""

    name: str
    title: str
    about: str
    example: str
    source: str


@dataclass(frozen=True, slots=True)
class LayoutFit:
    """How many of some names a layout reads, and how many fields of them in all."""

    layout: Layout
    read: int
    fields: int
    names: int

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.read / self.names if self.names else 0.0


@lru_cache(maxsize=1)
def list_layouts() -> tuple[Layout, ...]:
    """Every layout, by name."""
    files = resources.files("speechcx.discover.layouts").iterdir()
    return tuple(
        _read(file.name.removesuffix(".toml"), file.read_text(encoding="utf-8"))
        for file in sorted(files, key=lambda one: one.name)
        if file.name.endswith(".toml")
    )


def describe_layouts() -> tuple[LayoutDescription, ...]:
    """Every layout with an example, by name."""
    return tuple(
        LayoutDescription(one.name, one.title, one.about, one.examples[0].path, one.source)
        for one in list_layouts()
    )


def find_layout(name: str) -> Layout:
    """The layout of that name.

    Raises
    ------
    ConfigError
        There is none.
    """
    for layout in list_layouts():
        if layout.name == name:
            return layout
    raise ConfigError(
        f"no layout {name!r}",
        f"one of {', '.join(layout.name for layout in list_layouts())}",
        "correct discover.layouts; `speechcx layouts list` shows what each is",
    )


def as_layout(pattern: str) -> Layout:
    """One pattern as a layout of its own, for :func:`read_names`."""
    return Layout("pattern", "", "", "", (LayoutPattern(pattern),), "", (), ())


def match_layout(layout: Layout, path: str, *, zone: str | None) -> tuple[LayoutPattern, NameMatch] | None:
    """Read a path by the first pattern of a layout that fits; None where none does.

    Parameters
    ----------
    layout
        One of :func:`list_layouts`.
    path
        A recording; the folders it lies in may be part of a pattern.
    zone
        The centre's zone, for patterns that imply none.
    """
    for pattern in layout.patterns:
        found = match_name(read_pattern(pattern.text), path, zone=pattern.zone or zone)
        if found is not None:
            return pattern, _complete(found, pattern, zone)
    return None


def read_names(layout: Layout, paths: Sequence[str], *, zone: str) -> tuple[NameReading, ...]:
    """What a layout reads of each path, for people to look at."""
    readings = []
    for path in paths:
        found = match_layout(layout, path, zone=zone)
        name = printable_name(os.path.basename(path))
        if found is None or found[1].why_no_moment:
            readings.append(NameReading(name, False))
            continue
        moment = found[1].moment
        started = moment.when.isoformat() if moment is not None else None
        readings.append(NameReading(name, True, found[1].values, started))
    return tuple(readings)


def _complete(found: NameMatch, pattern: LayoutPattern, zone: str | None) -> NameMatch:
    """What was read, with what the pattern implies, and the time on the centre's clock."""
    read = (
        (field, value.rstrip(pattern.padding) if pattern.padding else value) for field, value in found.values
    )
    moment = found.moment
    if moment is not None and pattern.zone is not None:
        moment = place_time(moment.when, zone)
    return NameMatch((*read, *pattern.values), moment, found.why_no_moment)


def guess_layouts(paths: Sequence[str]) -> tuple[LayoutFit, ...]:
    """The layouts that read most of some names, best first; empty where none reads :data:`MIN_SHARE` of them.

    Names whose time is impossible (month 13) count as not read. Of layouts that read equally many names, the one that
    reads more fields of them comes first.
    """
    fits = [LayoutFit(layout, *_count_read(layout, paths), len(paths)) for layout in list_layouts()]
    good = [fit for fit in fits if fit.names and fit.share >= MIN_SHARE]
    return tuple(sorted(good, key=lambda fit: (-fit.read, -fit.fields, fit.layout.name)))


def sidecar_suffixes(names: Iterable[str]) -> tuple[tuple[str, Mapping[str, str]], ...]:
    """(suffix, key to field) of the metadata files that layouts of these names write."""
    layouts = [find_layout(name) for name in names]
    return tuple(
        (layout.sidecar_suffix, dict(layout.sidecar_fields)) for layout in layouts if layout.sidecar_suffix
    )


def _count_read(layout: Layout, paths: Sequence[str]) -> tuple[int, int]:
    """Names read, and fields read of them."""
    read = fields = 0
    for path in paths:
        found = match_layout(layout, os.fspath(path), zone="UTC")
        if found is not None and not found[1].why_no_moment:
            read += 1
            fields += len(found[1].values) + (found[1].moment is not None)
    return read, fields


def _read(name: str, text: str) -> Layout:
    parsed = tomllib.loads(text)
    sidecar = parsed.get("sidecar", {})
    return Layout(
        name=name,
        title=parsed["title"],
        about=" ".join(parsed["about"].split()),
        source=parsed["source"],
        patterns=tuple(
            LayoutPattern(
                one["pattern"],
                one.get("zone"),
                tuple(sorted(one.get("values", {}).items())),
                one.get("padding", ""),
            )
            for one in parsed["patterns"]
        ),
        sidecar_suffix=sidecar.get("suffix", ""),
        sidecar_fields=tuple(sorted(sidecar.get("fields", {}).items())),
        examples=tuple(LayoutExample(path, expected) for path, expected in parsed["examples"].items()),
    )
