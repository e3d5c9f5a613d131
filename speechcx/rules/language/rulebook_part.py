"""Parts of a rulebook that are declared once: pydantic reads them and gives the JSON schema and the manual's tables.

A part is a class whose fields are the keys that may stand in it. It is read from YAML nodes, so that every problem
has its line and column. A part with a problem is left out, and those beside it are read all the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar, cast, get_args

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    PlainValidator,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import CoreSchema, ErrorDetails

from speechcx.call import Bound, metric_names
from speechcx.rules.language.read_conditions import BOUND_EXPECTED, BOUND_PATTERN, parse_bound
from speechcx.rules.language.rulebook_source import RulebookSource, name_kind, nearest

T = TypeVar("T")


class WrittenText(str):
    """A plain value of the file, with its place."""

    node: yaml.Node


class WrittenList(list[Any]):
    """A list of the file, with its place."""

    node: yaml.Node


class RulebookPart(BaseModel):
    """A group of ``name: value`` lines; its fields are the legal names.

    It is read with a :class:`RulebookSource` as context, which gets the problems; a part that has one is None.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    part: ClassVar[str]
    """What messages call it: ``question``."""
    name_key: ClassVar[str] = "id"
    """The key whose value tells one such part from another."""
    hints: ClassVar[Mapping[str, str]] = {}
    """What messages expect where a key is missing that needs more than its name."""

    _node: yaml.Node = PrivateAttr()

    @classmethod
    def read(cls, source: RulebookSource, node: yaml.Node) -> Self | None:
        """The part at a node; None, with the problems in `source`, where something is wrong with it."""
        return cls.model_validate(node, context=source)

    @property
    def node(self) -> yaml.Node:
        """Where it stands in the file."""
        return self._node

    def node_of(self, key: str) -> yaml.Node:
        """Where the value of a key stands; of a key that is not written, where the part stands."""
        pairs = self._node.value if isinstance(self._node, yaml.MappingNode) else []
        return next((value for name, value in pairs if name.value == key), self._node)

    def list_problems(self) -> Iterator[tuple[str, str]]:
        """What is wrong with the keys together: what was found, and what is expected."""
        return iter(())

    @classmethod
    def pairs(cls, source: RulebookSource, node: yaml.Node) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        """Key, the key's node and the value's node of all its lines."""
        return source.pairs(node, f"a {cls.part}")

    @model_validator(mode="wrap")  # type: ignore[arg-type]
    @classmethod
    def _read(cls, value: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self | None:
        source: RulebookSource = info.context  # type: ignore[assignment]
        node = value if isinstance(value, yaml.Node) else value.node
        before = len(source.problems)
        keys, written = {}, {}
        for key, key_node, inner in cls.pairs(source, node):
            keys[key], written[key] = key_node, _as_written(source, inner)
        if len(source.problems) > before and not written:
            return None
        try:
            found = handler(written)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                _complain(source, cls, node, detail, keys, written)
            return None
        found._node = node
        problems = list(found.list_problems())
        for problem in problems:
            source.complain(node, *problem)
        return None if problems else found


def _as_written(source: RulebookSource, node: yaml.Node) -> object:
    """Plain values and lists with their place; groups and empty values stay nodes, for those who read them."""
    if isinstance(node, yaml.ScalarNode) and (node.style or node.tag != "tag:yaml.org,2002:null"):
        text = WrittenText(node.value)
        text.node = node
        source.count(node)
        return text
    if isinstance(node, yaml.SequenceNode):
        items = WrittenList(_as_written(source, item) for item in node.value)
        items.node = node
        source.count(node)
        return items
    return node


def _complain(
    source: RulebookSource, part: type[RulebookPart], node: yaml.Node, error: ErrorDetails,
    keys: Mapping[str, yaml.Node], written: Mapping[str, Any],
) -> None:  # fmt: skip
    """One problem that pydantic found, in the words of a rulebook's author."""
    key = str(error["loc"][0])
    given = error["input"]
    place = given if isinstance(given, yaml.Node) else getattr(given, "node", node)
    what = key if len(error["loc"]) == 1 else f"an entry of {key}"
    kind = error["type"]
    if kind == "extra_forbidden":
        source.complain(keys[key], f"unknown name {key!r} in a {part.part}", nearest(key, part.model_fields))
    elif kind in ("missing", "too_short"):
        name = written.get(part.name_key)
        named = f"a {part.part}" if not isinstance(name, str) else f"{part.part} {str(name)!r}"
        source.complain(node, f"{named} has no {key}", part.hints.get(key, f"{key}: ..."))
    elif not isinstance(given, WrittenText):
        expected = "a list: [a, b] or lines that begin with '- '" if kind == "list_type" else "text"
        source.complain(place, f"{what} is {name_kind(place)}", expected)
    elif kind == "list_type":
        source.complain(place, f"{what} is a value", "a list: [a, b] or lines that begin with '- '")
    else:
        source.complain(place, f"{what} {str(given)!r}", _expected(part, key, given))


def _expected(part: type[RulebookPart], key: str, given: str) -> str:
    """What a key of a part expects of a plain value, from its declaration."""
    schema = part_schema(part)["properties"][key]
    if "enum" in schema or "const" in schema:
        return nearest(given, schema.get("enum") or (schema["const"],))
    if schema.get("type") == "boolean":
        return nearest(given, ("true", "false"))
    return f"a number from {schema['minimum']:g} to {schema['maximum']:g}"


_ELSEWHERE = "$ref elsewhere"
"""Stands for ``$ref`` while pydantic, which follows each reference, does not know the definition."""


class _PlainSchema(GenerateJsonSchema):
    """Schemas for editors: no titles that only repeat names, and a key that may be missing may not be empty."""

    def generate(self, schema: CoreSchema, mode: JsonSchemaMode = "validation") -> JsonSchemaValue:
        text = json.dumps(super().generate(schema, mode)).replace(f'"{_ELSEWHERE}"', '"$ref"')
        found: JsonSchemaValue = json.loads(text)
        return found

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def nullable_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        found = super().default_schema(schema)
        return {key: value for key, value in found.items() if (key, value) != ("default", None)}


def list_definitions(part: type[RulebookPart]) -> dict[str, JsonSchemaValue]:
    """The JSON schemas of a part and of the parts inside it, by what messages call them."""
    inner = _walk_parts(part)
    text = json.dumps({found.part: _own_schema(found) for found in inner})
    for found in inner:
        text = text.replace(f'"#/$defs/{found.__name__}"', f'"#/$defs/{found.part}"')
    definitions: dict[str, JsonSchemaValue] = json.loads(text)
    return definitions


def list_keys(part: type[RulebookPart]) -> Iterator[tuple[str, str, str, str]]:
    """For the manual: part, key, its values, and what it means; of a part and of the parts inside it."""
    for found in _walk_parts(part):
        schema = _own_schema(found)
        for key, field in found.model_fields.items():
            about = field.description or ""
            values = _name_values(schema["properties"][key])
            yield (
                found.part,
                key,
                values,
                about if key not in schema.get("required", ()) else f"needed: {about}",
            )


def _own_schema(part: type[RulebookPart]) -> JsonSchemaValue:
    """The schema of a part without those of the parts inside it."""
    return {key: value for key, value in part_schema(part).items() if key not in ("$defs", "title")}


def _walk_parts(part: type[RulebookPart]) -> tuple[type[RulebookPart], ...]:
    inner = (kind for field in part.model_fields.values() for kind in get_args(field.annotation))
    parts = (kind for kind in inner if isinstance(kind, type) and issubclass(kind, RulebookPart))
    return (part, *(found for kind in parts for found in _walk_parts(kind)))


def _name_values(schema: JsonSchemaValue) -> str:
    """The values of a key, for people."""
    legal = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    if 0 < len(legal) < 5:
        return ", ".join(f"`{value}`" for value in legal)
    if legal:
        return "the name of a measure"
    if schema.get("type") == "boolean":
        return "`true`, `false`"
    if "minimum" in schema:
        return f"a number from {schema['minimum']:g}" + (
            f"; {schema['default']:g}" if "default" in schema else ""
        )
    names = {"array": "a list", "object": "comparisons by answer"}
    return "a condition" if "$ref" in schema else names.get(str(schema.get("type")), "text")


def part_schema(part: type[RulebookPart]) -> JsonSchemaValue:
    """The JSON schema of a part; parts inside it are under ``$defs``, by the name of their class."""
    return part.model_json_schema(schema_generator=_PlainSchema)


# --- kinds of values


BandAnswer = Literal["yes", "no", "n-a"]


def _read_bands(value: object, info: ValidationInfo) -> tuple[tuple[BandAnswer, Bound], ...]:
    """The bands of a measure in the order in which they are written; a wrong one is left out, as a problem."""
    source: RulebookSource = info.context  # type: ignore[assignment]
    node = _node(value)
    bands = []
    for answer, inner in source.fields(node, "bands", get_args(BandAnswer)).items():
        text = source.text_of(inner, answer)
        bound = None if text is None else parse_bound(text)
        if bound is not None:
            bands.append((cast(BandAnswer, answer), bound))
        elif text is not None:
            source.complain(inner, f"{answer}: {text!r}", BOUND_EXPECTED)
    return tuple(bands)


def _real(parts: list[T | None]) -> list[T]:
    return [part for part in parts if part is not None]


def _node(value: Any) -> yaml.Node:
    node: yaml.Node = value if isinstance(value, yaml.Node) else value.node
    return node


PlainText = Annotated[str, WithJsonSchema({"type": ["string", "number", "boolean"]})]
"""A plain value, read as text: an editor takes 2026 for a number."""
Several = Annotated[list[T], AfterValidator(_real)]
"""A list of parts; those with problems are left out."""
ConditionNode = Annotated[yaml.Node, PlainValidator(_node), WithJsonSchema({_ELSEWHERE: "#/$defs/condition"})]
"""A condition, read by :class:`speechcx.rules.language.read_conditions.ConditionReader`."""
_BOUND_SCHEMA = {"type": "string", "pattern": BOUND_PATTERN}
Bands = Annotated[
    tuple[tuple[BandAnswer, Bound], ...],
    PlainValidator(_read_bands),
    # YAML takes the names yes and no for true and false.
    WithJsonSchema(
        {
            "type": "object",
            "properties": dict.fromkeys((*get_args(BandAnswer), "true", "false"), _BOUND_SCHEMA),
            "additionalProperties": False,
        }
    ),
]
"""Answers with the comparison that gives them; the first that holds counts."""
MetricName = Annotated[str, WithJsonSchema({"enum": list(metric_names())})]
"""A measure's name; whether there is one of that name is checked by those who read it."""
