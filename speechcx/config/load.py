"""Read settings: defaults, then ``speechcx.toml``, then the environment, then ``--set``."""

from __future__ import annotations

import codecs
import difflib
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, get_type_hints

from speechcx.call import find_language_code, suggest_language
from speechcx.config.sections import FileSettings, Settings
from speechcx.errors import ConfigError, SpeechcxError

CONFIG_NAME = "speechcx.toml"
_MAX_CONFIG_BYTES = 1_000_000
_OTHER_VARIABLES = frozenset(
    {
        "SPEECHCX_CONFIG",
        "SPEECHCX_MODELS",
        "SPEECHCX_DATA",
        "SPEECHCX_DEBUG",
        "SPEECHCX_REVIEWER",
        "SPEECHCX_REASON",
        "SPEECHCX_NOTIFY_TO",
    }
)


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """Settings with the folder they are relative to and where each value came from.

    `origins` holds ("section.key", origin) pairs for every value that is not a default.
    """

    settings: Settings
    folder: Path
    config: Path | None
    origins: tuple[tuple[str, str], ...]

    def resolve(self, path: str) -> Path:
        """A path of the settings, absolute."""
        return Path(os.path.normpath(self.folder / Path(path).expanduser()))

    @property
    def files(self) -> FileSettings:
        """Shorthand for ``settings.files``."""
        return self.settings.files


def find_config(start: Path | None = None) -> Path | None:
    """The ``speechcx.toml`` named by ``SPEECHCX_CONFIG``, else the one in `start` (here), else None."""
    named = os.environ.get("SPEECHCX_CONFIG")
    if named:
        return Path(named)
    here = (start or Path.cwd()) / CONFIG_NAME
    return here if here.is_file() else None


def load_settings(
    config: Path | None = None,
    *,
    overrides: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> LoadedSettings:
    """Read and check all settings.

    Parameters
    ----------
    config
        A settings file; None looks for one by :func:`find_config`.
    overrides
        ``section.key=value`` strings, as ``--set`` takes them; values in TOML, else plain text.
    environment
        Variables to read; None takes the process's own.

    Raises
    ------
    ConfigError
        Something is unknown or of the wrong kind; names the source, the key and what would be right.
    """
    path = config if config is not None else find_config()
    values: dict[str, dict[str, Any]] = {}
    origins: dict[str, str] = {}
    for section, key, value in _read_file(path) if path else ():
        _put(values, origins, (section, key, value), origin=str(path))
    for section, key, value, variable in _read_environment(environment):
        _put(values, origins, (section, key, value), origin=f"environment {variable}")
    for text in overrides:
        section, key, value = _read_override(text)
        shown = text if len(text) <= 100 else f"{text[:97]}..."
        _put(values, origins, (section, key, value), origin=f"--set {shown}")
    folder = path.absolute().parent if path else Path.cwd()
    return LoadedSettings(_check(values, origins), folder, path, tuple(sorted(origins.items())))


def _put(
    values: dict[str, dict[str, Any]],
    origins: dict[str, str],
    item: tuple[str, str, Any],
    *,
    origin: str,
) -> None:
    section, key, value = item
    known = {entry.name: entry.default_factory for entry in fields(Settings)}
    if section not in known:
        raise ConfigError(
            f"{origin}: there is no section [{section}]",
            f"one of {', '.join(known)}",
            _nearest(section, known),
        )
    keys = [entry.name for entry in fields(known[section])]  # type: ignore[arg-type]
    if key not in keys:
        raise ConfigError(
            f"{origin}: [{section}] has no setting {key!r}",
            f"one of {', '.join(keys)}",
            _nearest(key, keys),
        )
    values.setdefault(section, {})[key] = value
    origins[f"{section}.{key}"] = origin


def _nearest(name: str, known: Sequence[str] | Mapping[str, object]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {near[0]!r}?" if near else "see docs/config.md"


def _read_file(path: Path) -> list[tuple[str, str, Any]]:
    try:
        if path.stat().st_size > _MAX_CONFIG_BYTES:
            raise ConfigError(f"{path} is larger than 1 MB", "a settings file", "name the right file")
        data = tomllib.loads(_decode(path.read_bytes()))
    except OSError as error:
        raise ConfigError(
            f"cannot read {path}: {error.strerror}", "a readable settings file", "run `speechcx init`"
        ) from error
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits is a plain ValueError.
        raise ConfigError(f"{path} is not TOML: {error}", "key = value lines", "correct that line") from error
    found = []
    for section, body in data.items():
        if not isinstance(body, dict):
            raise ConfigError(
                f"{path}: {section!r} stands outside any section",
                "every key below a [section]",
                "move it below its section; see docs/config.md",
            )
        found += [(section, key, value) for key, value in body.items()]
    return found


def _decode(data: bytes) -> str:
    """The text of a settings file: UTF-8, or what Windows editors call Unicode; byte order marks are dropped."""
    is_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if is_utf16 else "utf-8-sig")


def _read_environment(environment: Mapping[str, str] | None) -> list[tuple[str, str, Any, str]]:
    variables = os.environ if environment is None else environment
    found = []
    for variable, text in sorted(variables.items()):
        if not variable.startswith("SPEECHCX_") or variable in _OTHER_VARIABLES:
            continue
        section, _, key = variable.removeprefix("SPEECHCX_").lower().partition("_")
        found.append((section, key, _literal(text), variable))
    return found


def _read_override(text: str) -> tuple[str, str, Any]:
    name, equals, value = text.partition("=")
    section, dot, key = name.strip().partition(".")
    if not (equals and dot):
        raise ConfigError(
            f"--set {text}", "section.key=value", "write for example --set transcribe.model=tiny.en"
        )
    return section, key, _literal(value.strip())


def _literal(text: str) -> Any:
    """`text` as TOML would read it, else as the plain text it is."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text


def _check(values: dict[str, dict[str, Any]], origins: dict[str, str]) -> Settings:
    _expect_text(values, origins)
    _expect_rulebooks(values.get("files", {}).get("rulebook", ""), origins.get("files.rulebook", "settings"))
    plain = {section: _read_plain(section, given) for section, given in values.items()}
    if None not in plain.values():
        return Settings(**plain)
    # Plugins would be looked for among the entry points of every installed package, and we use none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
    # Imported here, since every worker starts by importing this module and none reads settings.
    from pydantic import TypeAdapter, ValidationError

    kinds = get_type_hints(Settings)
    section, read = "", {}
    try:
        # Section by section: to build the checks of all of them takes longer than many an answer.
        for section, given in values.items():
            read[section] = plain[section] or TypeAdapter(kinds[section]).validate_python(
                given, extra="forbid"
            )
        return Settings(**read)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        expected = first["msg"].removeprefix("Value error, ")
        place = _find_place((section, *first["loc"]), expected, origins)
        source = origins.get(".".join(place.split(".")[:2])) or next(
            (origin for name, origin in origins.items() if name.startswith(f"{place}.")), "settings"
        )
        shown = "" if isinstance(first["input"], dict) else f", got {_shorten(first['input'])}"
        raise ConfigError(
            f"{source}: {place}{shown}", expected, "correct it; docs/config.md lists every setting"
        ) from error


_PLAIN: Final = {"str": str, "str | dict[str, str]": str, "bool": bool, "int": int, "float": float}
_NARROWED = re.compile(r"Annotated\[(\w+), Range\(.*\)\]")
"""A number with a range, which its section checks itself."""


def _read_plain(section: str, given: Mapping[str, Any]) -> Any:
    """A section whose values are plain texts, numbers and lists of texts; None where pydantic must look at it.

    To load pydantic costs more than many an answer, and most files of settings need nothing of it.
    """
    kind: Any = next(entry.default_factory for entry in fields(Settings) if entry.name == section)
    types = {entry.name: str(entry.type) for entry in fields(kind)}
    plain: dict[str, Any] = {}
    for key, value in given.items():
        wanted = _NARROWED.sub(r"\1", types[key]).removesuffix(" | None")
        if wanted == "tuple[str, ...]" and type(value) is list and all(type(part) is str for part in value):
            plain[key] = tuple(value)
        elif type(value) is _PLAIN.get(wanted):
            plain[key] = value
        elif wanted == "float" and type(value) is int and abs(value) < 2**53:
            plain[key] = float(value)
        else:
            return None
    try:
        return kind(**plain)
    except (ValueError, SpeechcxError):
        # pydantic says where it stands.
        return None


def _find_place(parts: Sequence[int | str], message: str, origins: Mapping[str, str]) -> str:
    """Name of the wrong setting. A room's own check reports the section; its message begins with the key."""
    place = ".".join(str(part) for part in parts)
    named = f"{place}.{message.partition(' ')[0]}"
    return named if named in origins else place


def _expect_text(values: dict[str, dict[str, Any]], origins: dict[str, str]) -> None:
    """Refuse texts that hold a NUL, which no path and no database takes."""
    for section, body in values.items():
        for key, value in body.items():
            if "\0" in repr(value).replace("\\x00", "\0"):
                raise ConfigError(
                    f"{origins[f'{section}.{key}']}: {section}.{key}, got {_shorten(value)}",
                    "text without NUL characters",
                    "write it again by hand; it may be copied from a program that pads with NUL",
                )


def _expect_rulebooks(value: object, origin: str) -> None:
    """Refuse what names neither a rulebook nor one for each language."""
    found, expected = "", 'a file, or one for each language: {en = "rules.yaml", es = "reglas.yaml"}'
    cure = "correct it; docs/rules.md has a chapter on several languages"
    if isinstance(value, dict):
        codes = [key if key == "any" else find_language_code(key) for key in value]
        twice = next((key for no, key in enumerate(value) if codes[no] in codes[:no]), None)
        unknown = next((key for key, code in zip(value, codes, strict=True) if code is None), None)
        empty = next(
            (key for key, path in value.items() if not (isinstance(path, str) and path.strip())), None
        )
        if not value:
            found = "a table without a language"
        elif unknown is not None:
            near = suggest_language(unknown)
            found, expected = f"a language {unknown!r}", "a code such as en, es, de (ISO 639-1), or any"
            cure = f"did you mean {near!r}?" if near else cure
        elif twice is not None:
            found, expected = (
                f"a second rulebook for {find_language_code(twice) or twice!r}",
                "one for each language",
            )
            cure = "keep one; a region as in en-GB makes no difference"
        elif empty is not None:
            found = f"{_shorten(value[empty])} for {empty!r}"
    elif not isinstance(value, str):
        found = _shorten(value)
    if found:
        raise ConfigError(f"{origin}: files.rulebook, got {found}", expected, cure)


def _shorten(value: object) -> str:
    """A value as messages show it, at most 60 characters."""
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
