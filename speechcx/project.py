"""A folder to work in: started with settings, rulebook and roster, and read again by every command."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from speechcx.config import CONFIG_NAME, LoadedSettings
from speechcx.discover import Roster, read_roster
from speechcx.errors import UsageError
from speechcx.rules import Rulebook, parse_rulebook, read_rulebook
from speechcx.rules.starter import starter_rulebook, starter_rulebooks

USUAL_RULEBOOK = "service-quality"
"""The starter rulebook a project judges by where its settings name none."""

_CONFIG = """\
# speechcx settings; docs/config.md lists all of them. Delete a line to get its default.

[files]
recordings = ["recordings"]     # folders, files or globs
database = "speechcx.db"
rulebook = "rulebook.yaml"
roster = "roster.csv"           # agent,name,team,center,valid_from,valid_to

[discover]
zone = "{zone}"                 # zone of times that are written without one
# Where agent, customer and time stand in a file's name; a sidecar JSON or a calls.csv wins over it.
patterns = ["{{agent}}_{{customer}}_{{started:%Y-%m-%dT%H-%M-%S}}"]

[turns]
# channels = ["agent", "customer"]   # the party of each channel, where your recorder is sure of it

[transcribe]
model = "{model}"
"""
_ROSTER = "agent,name,team,center,valid_from,valid_to\n"


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


def start_project(folder: Path, *, rulebook: str, zone: str, model: str) -> StartedProject:
    """Write a commented ``speechcx.toml``, a rulebook, an empty roster and a ``recordings`` folder.

    Nothing that is already there is changed.

    Parameters
    ----------
    folder
        Made where missing.
    rulebook
        Name of a starter rulebook.
    zone
        IANA zone of the recorder's clock, for example ``Europe/Berlin``.
    model
        Recognition model, for example ``base``.

    Raises
    ------
    UsageError
        There is no such starter rulebook or zone.
    """
    text = read_starter(rulebook)
    _check_zone(zone)
    wanted = {
        CONFIG_NAME: _CONFIG.format(zone=zone, model=model),
        "rulebook.yaml": text,
        "roster.csv": _ROSTER,
    }
    (folder / "recordings").mkdir(parents=True, exist_ok=True)
    written, kept = [], []
    for name, text in wanted.items():
        path = folder / name
        if path.exists():
            kept.append(path)
        else:
            path.write_text(text, "utf-8")
            written.append(path)
    return StartedProject(folder, tuple(written), tuple(kept))


def _check_zone(zone: str) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            f"no time zone {zone!r}", "an IANA name such as Europe/Berlin", "correct --zone"
        ) from error


def load_rulebook(loaded: LoadedSettings) -> Rulebook:
    """The rulebook the settings name, else the usual starter.

    Raises
    ------
    RulebookError
        It cannot be read, or says something impossible.
    """
    if loaded.files.rulebook:
        return read_rulebook(loaded.resolve(loaded.files.rulebook))
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
