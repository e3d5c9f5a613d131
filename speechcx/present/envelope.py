"""The form of JSON documents: what stands around a record or a list of them, and how its fields are written.

An :class:`Envelope` is declared beside the function that presents the answer. Both the document and its schema
(``docs/json/``) are made from it and from the record, so that a new field of the record is a new key of both:

- ``rows("calls", CallRow)`` is a document with a list: ``{"schema_version", "kind", "hint", "rows": [...]}``;
- ``record("status", Status)`` is one record: ``{"schema_version", "kind", ...its fields}``;
- ``lines(T)`` is a bare document of ``T`` on each line.

``also`` names keys that are added to each row or to the record, ``facts`` those beside ``rows``, ``swapped``
fields that are written in another form than they have in the record: ``{"ScoreRow.measures": dict[str, Estimate]}``
are named records written as an object by name, ``{"ScoreTable.hint": str | None}`` is a record written as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, get_origin

SCHEMA_VERSION = 1

Types = Mapping[str, Any]
Document = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Envelope:
    """One form of document; see the functions below and the module."""

    kind: str | None
    record: Any
    is_rows: bool = False
    also: Types = field(default_factory=dict)
    facts: Types = field(default_factory=dict)
    swapped: Types = field(default_factory=dict)

    def wrap(self, answer: Any, **also: object) -> Document:
        """The document of one record, with the keys added to it."""
        return {**self._head(), **self.plain(answer), **to_plain(also)}

    def wrap_rows(
        self, answers: Iterable[Any], *, hint: str = "", also: Iterable[Types] = (), **facts: object
    ) -> Document:
        """The document of a list of records.

        Parameters
        ----------
        answers
            The records.
        hint
            What would widen the question; said where there are no records.
        also
            For each record the keys that are added to it.
        facts
            What stands beside the list.
        """
        rows = [self.plain(answer) for answer in answers]
        for row, more in zip(rows, also, strict=True) if also else ():
            row |= to_plain(more)
        empty = None if rows else hint or f"No {self.kind}."
        return {**self._head(), "hint": empty, **to_plain(facts), "rows": rows}

    def plain(self, answer: Any) -> dict[str, Any]:
        """A record without anything around it."""
        found: dict[str, Any] = to_plain(answer, self.swapped)
        return found

    def _head(self) -> dict[str, object]:
        return {} if self.kind is None else {"schema_version": SCHEMA_VERSION, "kind": self.kind}


Envelopes = Envelope | tuple[Envelope, ...]
"""A tuple for a command that prints one or the other."""


def rows(kind: str, record: Any, *, facts: Types | None = None, **also: Any) -> Envelope:
    """A document with a list of records."""
    return Envelope(kind, record, is_rows=True, also=also, facts=facts or {})


def record(kind: str, record: Any, *, swapped: Types | None = None, **also: Any) -> Envelope:
    """A document that is one record."""
    return Envelope(kind, record, also=also, swapped=swapped or {})


def lines(record: Any, **also: Any) -> Envelope:
    """A bare record on each line, without version and kind."""
    return Envelope(None, record, also=also)


def to_plain(value: Any, swapped: Types | None = None) -> Any:
    """A value as JSON has it: records as objects, tuples as lists, what JSON does not know as text.

    Parameters
    ----------
    value
        Records, tuples, mappings and plain values in one another.
    swapped
        Fields (``Record.field``) that are written in another form, with the type of that form.
    """
    swapped = swapped or {}
    if is_dataclass(value) and not isinstance(value, type):
        owner = type(value).__name__
        return {
            one.name: _write_field(getattr(value, one.name), swapped.get(f"{owner}.{one.name}"), swapped)
            for one in fields(value)
        }
    if isinstance(value, Mapping):
        return {str(name): to_plain(part, swapped) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_plain(part, swapped) for part in value]
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)


def _write_field(value: Any, form: Any, swapped: Types) -> Any:
    if form is None or value is None:
        return to_plain(value, swapped)
    if get_origin(form) is dict:
        pairs = (one if isinstance(one, tuple) else (one.name, one) for one in value)
        return {str(name): to_plain(part, swapped) for name, part in pairs}
    return str(value)
