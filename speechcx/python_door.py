"""What Python users reach as ``speechcx.analyze`` and ``speechcx.load_rulebook``; the package loads it when asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from speechcx.batch import analyse_files
from speechcx.call import Call, Failure
from speechcx.config import load_settings
from speechcx.errors import CallError
from speechcx.project import load_rulebook as project_rulebook
from speechcx.rules import Rulebooks, read_rulebook


def analyze(
    path: str | Path,
    *,
    rulebook: Rulebooks | str | Path | None = None,
    config: str | Path | None = None,
    settings: Mapping[str, object] | None = None,
) -> Call:
    """Everything that can be measured on one recording, in this process and without a database.

    Parameters
    ----------
    path
        The recording.
    rulebook
        A rulebook from :func:`load_rulebook`, or its file; None for the one the settings name, else a starter.
    config
        A settings file; None for ``speechcx.toml`` of the working folder or one above it, where there is one.
    settings
        Settings that take precedence over the file, by name: ``{"transcribe.model": "tiny.en"}``.

    Raises
    ------
    CallError
        The recording cannot be analysed: what was found, and what to do.
    ConfigError, RulebookError
        A setting or the rulebook is wrong.
    ModelMissing, ModelBad
        A model the settings need is not on this machine, or is not what it should be.
    """
    overrides = [f"{name}={json.dumps(value)}" for name, value in (settings or {}).items()]
    loaded = load_settings(None if config is None else Path(config), overrides=overrides)
    if isinstance(rulebook, str | Path):
        book: Rulebooks = load_rulebook(rulebook)
    else:
        book = project_rulebook(loaded) if rulebook is None else rulebook
    outcome = next(analyse_files([path], loaded.settings, book))
    if isinstance(outcome, Failure):
        raise CallError(outcome.kind, f"{outcome.path}: {outcome.message}", cure=outcome.cure)
    return outcome


def load_rulebook(path: str | Path) -> Rulebooks:
    """The rulebook in a YAML file, read and checked.

    Raises
    ------
    RulebookError
        The file cannot be read or says something impossible; every problem is listed with its line.
    """
    return read_rulebook(path)
