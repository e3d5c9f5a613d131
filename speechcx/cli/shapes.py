"""The shape of what every command prints with ``--json``; ``docs/json/`` is written from it.

One line of :func:`list_shapes` for each command. A shape is made from the record the command prints,
so a new field of the record is a new key of the document and of its schema:

- ``rows("calls", CallRow)`` is a document with a list: ``{"schema_version", "kind", "hint", "rows": [...]}``;
- ``record("status", Status)`` is one record: ``{"schema_version", "kind", ...its fields}``;
- ``lines(T)`` is a bare document of ``T`` on each line;
- a tuple of shapes is a command that prints one or the other.

``also`` names keys that the command adds to each row or to the record, ``facts`` those beside ``rows``,
``swapped`` fields that are printed in another form than they have in the record.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from speechcx.cli.output import SCHEMA_VERSION

Types = Mapping[str, Any]
Schema = dict[str, Any]

CALL_DOCUMENT = "call.schema.json"
"""Written by hand: the document of one call (``analyze --json``, ``show --json``), in ``docs/``."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One form of document; see the functions below and the module."""

    kind: str | None
    record: Any
    is_rows: bool = False
    also: Types = field(default_factory=dict)
    facts: Types = field(default_factory=dict)
    swapped: Types = field(default_factory=dict)


Shapes = Shape | tuple[Shape, ...]


def rows(kind: str, record: Any, *, facts: Types | None = None, **also: Any) -> Shape:
    """A document with a list of records."""
    return Shape(kind, record, is_rows=True, also=also, facts=facts or {})


def record(kind: str, record: Any, *, swapped: Types | None = None, **also: Any) -> Shape:
    """A document that is one record."""
    return Shape(kind, record, also=also, swapped=swapped or {})


def lines(record: Any, **also: Any) -> Shape:
    """A bare record on each line, without version and kind."""
    return Shape(None, record, also=also)


def list_shapes() -> dict[str, Shapes]:
    """Every command with ``--json``, as it is typed, and what it prints; `analyze` and `show` apart."""
    from speechcx.ask.customers.customer import CustomerReport
    from speechcx.ask.customers.drivers import DriverTable
    from speechcx.ask.customers.outcomes import Outcome, OutcomeTable
    from speechcx.ask.ground.score_rows import Estimate, ScoreTable
    from speechcx.ask.people.agent import AgentReport
    from speechcx.ask.people.case_mix import CaseMixTable
    from speechcx.ask.people.compare import Comparison
    from speechcx.ask.people.trends import TrendTable
    from speechcx.ask.runs.failures import FailureRow
    from speechcx.ask.runs.left_out import LeftOut
    from speechcx.ask.runs.status import Status
    from speechcx.ask.search.calls import CallRow
    from speechcx.batch import CoverReport, RunSummary, TryReport
    from speechcx.batch.recordings import MissingFiles
    from speechcx.call import TextSentiment
    from speechcx.cli.diff_view import RulebookDiff
    from speechcx.cli.flags_shapes import list_comply_shapes
    from speechcx.cli.keep_shapes import list_keep_shapes
    from speechcx.cli.operations_shapes import list_operate_shapes
    from speechcx.cli.review_shapes import list_review_shapes
    from speechcx.cli.rulebook_view import LabelledRule
    from speechcx.discover import ExplainRow
    from speechcx.discover.layouts import LayoutDescription
    from speechcx.doctor import Finding
    from speechcx.project import Starter
    from speechcx.rules import Problem, TestOutcome

    measures, hint = dict[str, Estimate], str | None
    scores = {"ScoreRow.measures": measures, "ScoreTable.hint": hint}
    mix = {"CaseMixTable.hint": hint}
    compared = record("comparison", Comparison)

    def people(kind: str) -> Shapes:
        return (
            record(kind, ScoreTable, swapped=scores),
            record(f"{kind}_case_mix", CaseMixTable, swapped=mix),
            compared,
        )

    failures = rows("failures", FailureRow, facts={"left_out": LeftOut})
    return {
        **list_comply_shapes(),
        **list_keep_shapes(),
        **list_operate_shapes(),
        **list_review_shapes(),
        "agent": record(
            "agent",
            AgentReport,
            swapped={
                "AgentReport.measures": measures,
                "TrendRow.measures": measures,
                "AgentReport.hint": hint,
            },
        ),
        "agents": people("agents"),
        "calls": rows("calls", CallRow, facts={"total": int, "scorecard": str | None}),
        "centers": people("centers"),
        "customer": record("customer", CustomerReport, swapped={"CustomerReport.hint": hint}),
        "doctor": (rows("findings", Finding), rows("settings", dict[str, Any])),
        "drivers": record("drivers", DriverTable, swapped={"DriverTable.hint": hint}),
        "failures": failures,
        "failures list": failures,
        "layouts list": rows("layouts", LayoutDescription),
        "layouts try": rows("names", dict[str, Any]),
        "models list": rows("models", dict[str, Any]),
        "outcomes": record(
            "outcomes",
            OutcomeTable,
            swapped={"OutcomeRow.measures": dict[str, Outcome], "OutcomeTable.hint": hint},
        ),
        "rejudge": record("rejudge", RunSummary, rulebook=str),
        "rules coverage": record("rules-coverage", CoverReport),
        "rules diff": record("rules-diff", RulebookDiff),
        "rules lint": rows("problems", Problem),
        "rules starters": rows("starters", Starter),
        "rules test": (
            rows("tests", TestOutcome),
            rows("tests", TestOutcome, facts={"measures": list[LabelledRule]}),
        ),
        "rules try": record("rules-try", TryReport),
        "run": (record("run", RunSummary), rows("fields", ExplainRow)),
        "sentiment": lines(TextSentiment, text=str),
        "status": record("status", Status, missing=MissingFiles),
        "teams": people("teams"),
        "trends": record(
            "trends", TrendTable, swapped={"TrendRow.measures": measures, "TrendTable.hint": hint}
        ),
    }


def find_schema(command: str, shapes: Shapes) -> Schema:
    """The JSON schema (draft 2020-12) of a command's document; closed, so that a key without an entry fails."""
    forms = shapes if isinstance(shapes, tuple) else (shapes,)
    definitions: Schema = {}
    built = [_build(form, definitions) for form in forms]
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"speechcx {command} --json"}
    body = built[0] if len(built) == 1 else {"oneOf": built}
    return {**head, **body, **head, **({"$defs": dict(sorted(definitions.items()))} if definitions else {})}


def file_name(command: str) -> str:
    """The file under ``docs/json/`` of a command."""
    return command.replace(" ", "-") + ".schema.json"


def write_schemas(folder: Path) -> None:
    """Write the schema of every command, and remove those of commands that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {file_name(command): find_schema(command, shapes) for command, shapes in list_shapes().items()}
    for old in folder.glob("*.schema.json"):
        if old.name not in wanted:
            old.unlink()
    for name, schema in wanted.items():
        (folder / name).write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _build(shape: Shape, definitions: Schema) -> Schema:
    body = _describe(shape.record, definitions)
    for place, kind in shape.swapped.items():
        owner, _, name = place.partition(".")
        found = body if body.get("title") == owner else definitions[owner]
        found["properties"][name] = _describe(kind, definitions) | _description(found["properties"][name])
    for name, kind in shape.also.items():
        body["properties"][name] = _describe(kind, definitions)
        body["required"].append(name)
    head: Schema = {"schema_version": {"const": SCHEMA_VERSION}, "kind": {"const": shape.kind}}
    if shape.is_rows:
        head["hint"] = {"type": ["string", "null"], "description": "What would widen an empty answer."}
        facts = {name: _describe(kind, definitions) for name, kind in shape.facts.items()}
        return _closed({**head, **facts, "rows": {"type": "array", "items": body}})
    if shape.kind is not None:
        body["properties"] = head | body["properties"]
        body["required"] = [*head, *body["required"]]
    return body


def _closed(properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _describe(kind: Any, definitions: Schema) -> Schema:
    """The schema of a type; records it consists of go to `definitions`."""
    from pydantic import TypeAdapter

    found: Schema = TypeAdapter(kind).json_schema(mode="serialization")
    definitions |= {name: _close(part) for name, part in found.pop("$defs", {}).items()}
    return _close(found)


def _close(found: Schema) -> Schema:
    """A record's schema without unknown keys, described by its docstring."""
    if "properties" not in found:
        found.pop("title", None)
        return found
    text, meanings = _read_docstring(found.get("description", ""))
    for name, part in found["properties"].items():
        part.pop("title", None)
        part.pop("default", None)
        part |= {"description": meanings[name]} if name in meanings else {}
    return found | {"description": text, "required": list(found["properties"]), "additionalProperties": False}


def _read_docstring(text: str) -> tuple[str, dict[str, str]]:
    """What a numpydoc docstring says in its first part, and of each parameter."""
    first, *rest = re.split(r"\n(\w+)\n-{3,}\n", text)
    sections = dict(zip(rest[::2], rest[1::2], strict=True))
    meanings = {}
    for names, meaning in re.findall(r"^(\S.*)\n((?:[ \t]+\S.*\n?)+)", sections.get("Parameters", ""), re.M):
        for name in names.split(","):
            meanings[name.strip()] = " ".join(meaning.split())
    return " ".join(first.split()), meanings


def _description(found: Schema) -> Schema:
    return {name: found[name] for name in ("description",) if name in found}


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
