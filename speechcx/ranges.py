"""The sane range of a setting, declared once beside its default: ``Annotated[float, Range(0, 3600)]``."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the greatest value that make sense.

    Parameters
    ----------
    low, high
        Both belong to the range, unless `is_over` says that values must be over `low`.
    is_over
        Whether `low` itself is out of range.
    """

    low: float
    high: float
    is_over: bool = False

    def holds(self, value: float) -> bool:
        """Whether `value` lies in the range; ``nan`` never does."""
        return (self.low < value if self.is_over else self.low <= value) and value <= self.high

    def __str__(self) -> str:
        if self.is_over:
            return f"over {_number(self.low)} and at most {_number(self.high)}"
        return f"{_number(self.low)} to {_number(self.high)}"


def expect_ranges(settings: DataclassInstance) -> None:
    """Check every number of a settings dataclass, also those inside tuples, against its declared range.

    Raises
    ------
    ValueError
        Names the setting, its range and the value.
    """
    for name, limits in declared_ranges(type(settings)).items():
        for value in _numbers(getattr(settings, name)):
            if not limits.holds(value):
                raise ValueError(f"{name} must be {limits}, got {_shown(value)}")


def declared_ranges(kind: type[DataclassInstance]) -> dict[str, Range]:
    """The range of each setting of a dataclass that declares one, by its name."""
    return _read_ranges(kind)


@lru_cache(maxsize=64)
def _read_ranges(kind: Any) -> dict[str, Range]:  # a class with annotations is not Hashable to mypy
    hints = get_type_hints(kind, include_extras=True)
    return {
        field.name: extra
        for field in dataclasses.fields(kind)
        if get_origin(hints[field.name]) is Annotated
        for extra in get_args(hints[field.name])[1:]
        if isinstance(extra, Range)
    }


def _numbers(value: object) -> Iterator[float]:
    if isinstance(value, tuple):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"


def _shown(value: float) -> str:
    # A whole number of thousands of digits can be longer than Python agrees to write out.
    if isinstance(value, int) and abs(value) >= 10**18:
        return f"a number over {'-' if value < 0 else ''}10^18"
    return str(value)
