"""Options and arguments that a command does not take: told in three parts, like every other message.

The parser's own errors are known by what they carry, since its module is no public part of typer.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import Any, TypeVar

from speechcx.errors import UsageError

Parsed = TypeVar("Parsed")

_EXTRA = re.compile(r"argument(?:\(s\)|s)? \((.*)\)\.?$")
_RULE = re.compile(r"(?:Invalid value for '[^']*': )?(?:Input should be )?([^,]*)")


def told_in_parts(parse: Callable[[], Parsed], ctx: Any) -> Parsed:
    """What `parse` gives.

    Raises
    ------
    UsageError
        The parser refuses what was typed.
    """
    try:
        return parse()
    except Exception as error:
        if ctx.resilient_parsing or not hasattr(error, "format_message"):
            raise
        raise _explain(error, ctx) from error


def _explain(error: Any, ctx: Any) -> UsageError:
    path = _path(ctx)
    own = ctx.command.params
    named = getattr(error, "option_name", None)
    kind = type(error).__name__
    if kind == "NoSuchOption":
        return _unknown_option(
            str(named), path, [flag for param in own for flag in param.opts if flag[:1] == "-"]
        )
    if kind == "MissingParameter":
        name = _name(error.param)
        typed = getattr(ctx.command.callback, "example", None)
        return UsageError(
            f"no {name} is given", f"{path} {name}" if name[:1] != "-" else f"{path} {name} VALUE",
            f"for example `speechcx {typed}`" if typed else f"see `{path} --help`",
        )  # fmt: skip
    message = _plain(error)
    if named is not None:
        param = next((param for param in own if named in param.opts), None)
        wanted = (param.metavar or "VALUE") if param is not None else "VALUE"
        return UsageError(message, f"{named} {wanted}", f"see `{path} --help`")
    if (extra := _EXTRA.search(str(error.format_message()))) and getattr(error, "param", None) is None:
        return UsageError(
            f"{extra[1]!r} is one word too many", _usage(ctx),
            "put a name of several words in quotes, or give one at a time",
        )  # fmt: skip
    param = getattr(error, "param", None)
    rule = _RULE.match(str(error.format_message()).removesuffix("."))
    if param is not None and rule is not None:
        return UsageError(
            f"the value of {_name(param)} does not fit", rule[1], f"correct it; see `{path} --help`"
        )
    return UsageError(message, f"what `{path} --help` says of it", "correct it")


def _unknown_option(typed: str, path: str, known: list[str]) -> UsageError:
    near = difflib.get_close_matches(typed, known, n=1, cutoff=0.6)
    return UsageError(
        f"no option {typed!r}", f"an option of `{path} --help`",
        f"use {near[0]}" if near else f"leave it out, or see `{path} --help`",
    )  # fmt: skip


def _name(param: Any) -> str:
    """A parameter as it is typed: ``--db``, ``CALL``."""
    if param is None:
        return "argument"
    return (
        str(param.opts[0]) if param.param_type_name == "option" else str(param.metavar or param.name).upper()
    )


def _plain(error: Any) -> str:
    """The parser's own words, without its capital letter and full stop; an argument's name as help writes it."""
    message = str(error.format_message()).removesuffix(".")
    return message[:1].lower() + message[1:]


def _path(ctx: Any) -> str:
    words: list[str] = []
    while ctx is not None and ctx.parent is not None:
        words.insert(0, ctx.info_name or "")
        ctx = ctx.parent
    return " ".join(["speechcx", *words])


def _usage(ctx: Any) -> str:
    names = [_name(param) for param in ctx.command.params if param.param_type_name == "argument"]
    return " ".join([_path(ctx), *names, "[OPTIONS]"])
