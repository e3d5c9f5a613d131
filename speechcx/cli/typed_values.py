"""Values of options are checked where somebody typed them.

typer checks defaults too, each by a pydantic adapter of its own. To load pydantic and build an adapter for
every option of a command costs more than many an answer, and a default needs no check.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def leave_defaults_unchecked(params: Iterable[Any]) -> None:
    """Let each parameter of a command take its default as it is; typed values are checked as before."""
    for param in params:
        if not param.required:
            param.process_value = _Check(param)


class _Check:
    """``process_value`` of a parameter, but for its default."""

    def __init__(self, param: Any) -> None:
        self._param = param
        self._check = type(param).process_value

    def __call__(self, ctx: Any, value: Any) -> Any:
        """The value as the command gets it: a default as it stands in the signature."""
        if value is None:
            value = () if self._param.multiple or self._param.nargs == -1 else None
        elif value is not self._param.default or callable(value):
            return self._check(self._param, ctx, value)
        return value if self._param.callback is None else self._param.callback(ctx, self._param, value)
