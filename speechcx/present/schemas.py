"""Schemas of what every command prints with ``--json``; ``docs/json/`` is written from them.

Each module of this room that presents answers declares their documents in ``ENVELOPES``, by the command that is
typed. A schema follows from the envelope and its record: the docstring of the record says what its keys mean.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import sys
from pathlib import Path
from typing import Any

from speechcx import present
from speechcx.present.envelope import SCHEMA_VERSION, Envelope, Envelopes

Schema = dict[str, Any]

CALL_DOCUMENT = "call.schema.json"
"""Written by hand: the document of one call (``analyze --json``, ``show --json``), in ``docs/``."""


def list_envelopes() -> dict[str, Envelopes]:
    """Every command with ``--json``, as it is typed, and what it prints; `analyze` and `show` apart."""
    found: dict[str, Envelopes] = {}
    for module in pkgutil.iter_modules(present.__path__, f"{present.__name__}."):
        found |= getattr(importlib.import_module(module.name), "ENVELOPES", {})
    return dict(sorted(found.items()))


def find_schema(command: str, envelopes: Envelopes) -> Schema:
    """The JSON schema (draft 2020-12) of a command's document; closed, so that a key without an entry fails."""
    forms = envelopes if isinstance(envelopes, tuple) else (envelopes,)
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
    wanted = {file_name(command): find_schema(command, form) for command, form in list_envelopes().items()}
    for old in folder.glob("*.schema.json"):
        if old.name not in wanted:
            old.unlink()
    for name, schema in wanted.items():
        (folder / name).write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _build(form: Envelope, definitions: Schema) -> Schema:
    body = _describe(form.record, definitions)
    for place, kind in form.swapped.items():
        owner, _, name = place.partition(".")
        found = body if body.get("title") == owner else definitions[owner]
        found["properties"][name] = _describe(kind, definitions) | _description(found["properties"][name])
    for name, kind in form.also.items():
        body["properties"][name] = _describe(kind, definitions)
        body["required"].append(name)
    head: Schema = {"schema_version": {"const": SCHEMA_VERSION}, "kind": {"const": form.kind}}
    if form.is_rows:
        head["hint"] = {"type": ["string", "null"], "description": "What would widen an empty answer."}
        facts = {name: _describe(kind, definitions) for name, kind in form.facts.items()}
        return _closed({**head, **facts, "rows": {"type": "array", "items": body}})
    if form.kind is not None:
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
