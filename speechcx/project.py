"""A folder to work in: started with settings, rulebook and roster, and read again by every command."""

from __future__ import annotations

import csv
import difflib
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from speechcx.config import CONFIG_NAME, LoadedSettings
from speechcx.discover import Roster, read_roster
from speechcx.discover.layouts import find_layout
from speechcx.discover.name_pattern import read_pattern
from speechcx.errors import RulebookError, UsageError
from speechcx.private_files import make_private_folder, write_private
from speechcx.rules import Rulebooks, parse_rulebook, read_rulebook, read_rulebooks
from speechcx.rules.starter import starter_rulebook, starter_rulebooks

USUAL_RULEBOOK = "service-quality"
"""The starter rulebook a project judges by where its settings name none."""

STARTED_WITH = (USUAL_RULEBOOK, "drivers-general")
"""The starter rulebooks of a new project where nobody says otherwise: how agents work, and why customers call."""

_CONFIG = """\
# Settings of speechcx; docs/config.md lists all of them. Delete a line to use its default.

[files]
recordings = [{recordings}]     # folders, files or globs
database = "speechcx.db"
rulebook = "rulebook.yaml"
roster = "roster.csv"           # agent,name,team,center,valid_from,valid_to

[discover]
zone = "{zone}"                 # zone of times that are written without one
# Where to find agent, customer and time in a file name; a sidecar JSON or a calls.csv overrides it.
{names}

[turns]
# channels = ["agent", "customer"]   # the party of each channel, if your recorder always writes them so

[transcribe]
model = "{model}"
"""
_PLAIN_NAMES = """\
patterns = ["{agent}_{customer}_{started:%Y-%m-%dT%H-%M-%S}"]
# layouts = ["freepbx"]         # a known recorder instead: `speechcx layouts list`, `speechcx layouts try FOLDER`"""
_RULEBOOK = """\
# The rules that judge every call. docs/rules.md explains the format, `speechcx rules starters NAME` shows an included
# rulebook, and `speechcx rules lint` checks this one.
rulebook: {name}
version: 1
language: en

include:
{included}
# To change an included rule, exclude it above and write your own below:
#   - {{from: service-quality, without: [greeting]}}
# rules:
#   - id: greeting
#     ...
"""
_ROSTER = "agent,name,team,center,valid_from,valid_to\n"


@dataclass(frozen=True, slots=True)
class KnownCalls:
    """What is known of the calls of a new project.

    Parameters
    ----------
    layout
        The recorder's layout (:func:`speechcx.discover.layouts.list_layouts`); None for names such as
        ``maria_C1042_2026-03-02T09-15-00.wav``.
    recordings
        Where they lie; None for the project's own folder.
    roster
        The text of ``roster.csv``.
    pattern
        A name pattern (:mod:`speechcx.discover.name_pattern`) in place of a layout.
    """

    layout: str | None = None
    recordings: Path | None = None
    roster: str = _ROSTER
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class CopiedRoster:
    """A roster that was read, as the text of a new one; how much is in it, and the lines that cannot be used."""

    text: str
    agents: int
    teams: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StartedProject:
    """What :func:`start_project` wrote and what it left as it was."""

    folder: Path
    written: tuple[Path, ...]
    kept: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Starter:
    """A rulebook to begin with.

    Parameters
    ----------
    name
        As ``init --rulebook`` takes it.
    about
        What it is for.
    rules, scorecards, tests
        How many it has.
    """

    name: str
    about: str
    rules: int
    scorecards: int
    tests: int


def list_starters() -> tuple[Starter, ...]:
    """The rulebooks to begin with, by name."""
    found = []
    for name in starter_rulebooks():
        text = starter_rulebook(name)
        book = parse_rulebook(text, name)
        rules = sum(rule.kind != "hidden" for rule in book.rules)
        about = text.partition("\n")[0].lstrip("# ")
        found.append(Starter(name, about, rules, len(book.scorecards), len(book.tests)))
    return tuple(found)


def read_starter(name: str) -> str:
    """The text of a rulebook to begin with.

    Raises
    ------
    UsageError
        There is none of that name.
    """
    if name not in starter_rulebooks():
        near = difflib.get_close_matches(name, starter_rulebooks(), n=1)
        raise UsageError(
            f"no starter rulebook {name!r}", f"one of {', '.join(starter_rulebooks())}",
            f"use {near[0]}" if near else "choose one of these",
        )  # fmt: skip
    return starter_rulebook(name)


def write_rulebook(starters: Sequence[str]) -> str:
    """The text of a new rulebook: a starter as it is, or one that includes several.

    Raises
    ------
    UsageError
        There is none of a name, or two cannot stand in one rulebook.
    """
    names = tuple(dict.fromkeys(starters))
    texts = [read_starter(name) for name in names]
    if len(names) == 1:
        return texts[0]
    included = "".join(f"  - {name}\n" for name in names)
    text = _RULEBOOK.format(name="-and-".join(names), included=included)
    try:
        parse_rulebook(text, "rulebook.yaml")
    except RulebookError as error:
        raise UsageError(
            f"{' and '.join(names)} cannot be combined: {error}", "starters without rules that contradict",
            "choose others",
        ) from error  # fmt: skip
    return text


def copy_roster(path: Path) -> CopiedRoster:
    """Read a table of agents and teams and write it as ``roster.csv`` has it.

    Raises
    ------
    UsageError
        There is no such file.
    ConfigError
        It cannot be read, or no line of it names a column of agents.
    """
    if not path.is_file():
        raise UsageError(f"no roster {str(path)!r}", "a table with a column of agents", "correct --roster")
    read = read_roster(path)
    rows = [
        (one.agent, one.name if one.name != one.agent else "", one.team or "", one.center or "",
         one.valid_from or "", one.valid_to or "")
        for one in read.entries
    ]  # fmt: skip
    teams = {one.team for one in read.entries if one.team is not None}
    agents = {one.agent for one in read.entries}
    return CopiedRoster(_write_roster(rows), len(agents), len(teams), tuple(map(str, read.warnings)))


def draft_roster(agents: Iterable[str], team: str | None = None) -> str:
    """The text of a roster with these agents, in one team or in none."""
    return _write_roster((agent, "", team or "", "", "", "") for agent in agents)


def _write_roster(rows: Iterable[Sequence[object]]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return _ROSTER + file.getvalue()


def start_project(
    folder: Path, *, rulebooks: Sequence[str], zone: str, model: str, calls: KnownCalls | None = None
) -> StartedProject:
    """Write a commented ``speechcx.toml``, a rulebook, a roster and a ``recordings`` folder.

    Nothing that is already there is changed.

    Parameters
    ----------
    folder
        Made where missing.
    rulebooks
        Names of starter rulebooks; several are included in one.
    zone
        IANA zone of the recorder's clock, for example ``Europe/Berlin``.
    model
        Recognition model, for example ``base``.
    calls
        What is known of the calls; None for nothing.

    Raises
    ------
    UsageError
        There is no such starter rulebook or zone.
    ConfigError
        There is no such layout, or the pattern cannot be read.
    """
    text = write_rulebook(rulebooks)
    check_zone(zone)
    calls = calls or KnownCalls()
    place = json.dumps("recordings" if calls.recordings is None else str(calls.recordings))
    names = _write_names(calls.layout, calls.pattern)
    wanted = {
        CONFIG_NAME: _CONFIG.format(zone=zone, model=model, names=names, recordings=place),
        "rulebook.yaml": text,
        "roster.csv": calls.roster,
    }
    make_private_folder(folder if calls.recordings is not None else folder / "recordings")
    written, kept = [], []
    for name, text in wanted.items():
        path = folder / name
        if path.exists():
            kept.append(path)
        else:
            write_private(path, text.encode("utf-8"))
            written.append(path)
    return StartedProject(folder, tuple(written), tuple(kept))


def _write_names(layout: str | None, pattern: str | None) -> str:
    """The line of the settings that says how recordings are named."""
    if pattern is not None:
        read_pattern(pattern)
        return f"patterns = [{json.dumps(pattern, ensure_ascii=False)}]"
    if layout is None or layout == "plain":
        return _PLAIN_NAMES
    return f'layouts = ["{find_layout(layout).name}"]            # `speechcx layouts list` names others'


def check_zone(zone: str) -> None:
    """Refuse a name that is no time zone.

    Raises
    ------
    UsageError
        There is none of that name.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            f"no time zone {zone!r}", "an IANA name such as Europe/Berlin", "correct --zone"
        ) from error


def load_rulebook(loaded: LoadedSettings) -> Rulebooks:
    """The rulebook the settings name, or those of several languages; else the usual starter.

    Raises
    ------
    RulebookError
        One cannot be read, says something impossible, or is in another language than the settings say.
    """
    named = [(code, loaded.resolve(path)) for code, path in loaded.files.rulebooks]
    if isinstance(loaded.files.rulebook, dict):
        return read_rulebooks(named)
    if named:
        return read_rulebook(named[0][1])
    return parse_rulebook(starter_rulebook(USUAL_RULEBOOK), f"{USUAL_RULEBOOK}.yaml")


def load_roster(loaded: LoadedSettings) -> Roster:
    """The roster the settings name; empty where there is no such file.

    Raises
    ------
    ConfigError
        It cannot be read at all; a single wrong line is among its warnings.
    """
    path = loaded.resolve(loaded.files.roster)
    return read_roster(path) if loaded.files.roster and path.is_file() else Roster()
