"""The manual page, made from the text that ``--help`` shows: ``python -m speechcx.cli.man_page FILE``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from speechcx import __version__
from speechcx.cli import app
from speechcx.errors import tree


def _exit_codes() -> Iterator[tuple[int, str]]:
    """Each exit code, and what the errors say that end with it."""
    meanings: dict[int, list[str]] = {0: ["All was done."]}
    for error in vars(tree).values():
        if isinstance(error, type) and issubclass(error, tree.SpeechcxError) and "exit_code" in vars(error):
            meanings.setdefault(error.exit_code, []).append((error.__doc__ or "").strip().splitlines()[0])
    for code in sorted(meanings):
        yield code, " ".join(meanings[code])


def make_man_page() -> str:
    """The whole page, in the man macros that every Unix reads."""
    root = get_command(app)
    lines = [
        f'.TH SPEECHCX 1 "" "speechcx {__version__}" "User commands"', ".SH NAME",
        f"speechcx \\- {_text(root.help or '').rstrip('.')}", ".SH SYNOPSIS",
        ".B speechcx", ".I COMMAND", "[OPTIONS]", ".SH COMMANDS",
    ]  # fmt: skip
    for words, command in _commands(root, ()):
        lines += _describe(words, command)
    lines += [".SH EXIT STATUS"]
    for code, meaning in _exit_codes():
        lines += [".TP", f".B {code}", _text(meaning)]
    lines += [".SH FILES", ".TP", ".I speechcx.toml", "Settings, read from the folder a command is run in."]
    lines += [".SH SEE ALSO", "docs/cli.md, docs/config.md and docs/messages.md of the package."]
    return "\n".join(lines) + "\n"


def _commands(command: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that can be typed, by name; a group itself where it does something alone."""
    inside = getattr(command, "commands", None)
    if inside is None:
        yield words, command
        return
    if words and command.invoke_without_command:
        yield words, command
    for name in sorted(inside):
        if not inside[name].hidden:
            yield from _commands(inside[name], (*words, name))


def _describe(words: tuple[str, ...], command: Any) -> list[str]:
    arguments = [param for param in command.params if param.param_type_name == "argument"]
    options = [param for param in command.params if param.param_type_name == "option" and not param.hidden]
    typed = " ".join(("speechcx", *words, *(str(one.metavar or one.name).upper() for one in arguments)))
    lines = [f'.SS "{_text(typed)}"', _text(command.help or "")]
    example = getattr(command.callback, "example", None)
    if example is not None:
        lines += [".PP", f"Example: \\fBspeechcx {_text(example)}\\fP"]
    context = command.context_class(command, info_name=words[-1])
    for one in options:
        names, about = one.get_help_record(context) or ("", "")
        lines += [".TP", f"\\fB{_text(names)}\\fP", _text(about)]
    return lines


def _text(text: str) -> str:
    """Text as roff reads it: a backslash, a dash and a dot at the start of a line mean something there."""
    plain = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return f"\\&{plain}" if plain[:1] in (".", "'") else plain


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(make_man_page(), encoding="utf-8")
