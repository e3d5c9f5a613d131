"""Find an engine by name: the built-in table, then entry points, then a hint what to install.

An engine is anything that satisfies the protocol of its room (``Recognizer``, ``Diarizer``,
``SentimentModel``). Packages add their own under the entry-point groups ``speechcx.recognizers``,
``speechcx.diarizers`` and ``speechcx.sentiment``; the entry point names a factory that takes the
room's settings and returns the engine.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from speechcx.errors import ConfigError

BUILT_IN: dict[str, dict[str, str]] = {
    "recognizers": {
        "whisper": "speechcx.transcribe.whisper:load_whisper",
        "onnx-asr": "speechcx.transcribe.onnx_asr:load_onnx_asr",
        "replay": "speechcx.transcribe.replay:load_replay",
    },
    "diarizers": {"campplus": "speechcx.turns.voices:load_campplus"},
    "sentiment": {
        "lexicon": "speechcx.sentiment.lexicon:load_lexicon",
        "transformer": "speechcx.sentiment.transformer:load_transformer",
    },
}

EXTRAS = {"onnx-asr": "onnx_asr"}
"""Built-in engines that need an extra of their own name, and the package which that installs."""


def engine_names(group: str) -> tuple[str, ...]:
    """Names of all engines that can be asked for in `group`, sorted."""
    from importlib.metadata import entry_points

    outside = {point.name for point in entry_points(group=f"speechcx.{group}")}
    return tuple(sorted(outside | set(BUILT_IN[group])))


def find_factory(group: str, name: str) -> Callable[..., Any]:
    """The function that makes engine `name`; it takes the settings of its room.

    Raises
    ------
    ConfigError
        No engine has that name; the message gives the nearest one. Or what it needs is not installed.
    """
    if name in BUILT_IN[group]:
        if name in EXTRAS and find_spec(EXTRAS[name]) is None:
            raise ConfigError(
                f"the engine {name} needs a package that is not installed",
                f"the extra {name}",
                f"run: pip install 'speechcx[{name}]'",
            )
        module, _, attribute = BUILT_IN[group][name].partition(":")
        factory: Callable[..., Any] = getattr(import_module(module), attribute)
        return factory
    from importlib.metadata import entry_points

    for point in entry_points(group=f"speechcx.{group}"):
        if point.name == name:
            loaded: Callable[..., Any] = point.load()
            return loaded
    names = engine_names(group)
    near = difflib.get_close_matches(name, names, n=1)
    raise ConfigError(
        f"no engine {name!r} among the {group}",
        f"one of {', '.join(names)}" if names else "an installed engine",
        f"use {near[0]!r}" if near else "correct the name, or install the package that brings it",
    )
