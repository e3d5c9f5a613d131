"""The JSON Schema of a rulebook, for editors: names completed, wrong ones underlined while typing.

Made from the same names as the reader; ``docs/rulebook.schema.json`` is its text. What a schema cannot
say (phrases, names that refer to others) is left to ``rules lint``.
"""

from __future__ import annotations

from speechcx.call import RESULTS, metric_names
from speechcx.rules.language.conditions import RULE_KINDS, SEVERITIES, TURN_NUMBERS
from speechcx.rules.language.read_conditions import LABELS

SchemaPart = dict[str, "SchemaPart"] | list["SchemaPart"] | str | int | float | bool | None

_TEXT: SchemaPart = {"type": ["string", "number", "boolean"]}
_WHO: SchemaPart = {"enum": ["agent", "customer", "ivr", "any"]}
_PARTY: SchemaPart = {"enum": ["agent", "customer", "ivr", "unknown"]}
_VALUE: SchemaPart = {"enum": ["present", "absent"]}
_BOUND: SchemaPart = {"type": "string", "pattern": r"^\s*(<=|>=|==|!=|<|>|=)\s*-?\d+(\.\d+)?\s*(%|s)?\s*$"}
_TIME: SchemaPart = {"type": "string", "pattern": r"^\d+(\.\d+)?\s*(s|sec|seconds|min|minutes|%)$"}
_WEIGHT: SchemaPart = {"type": "number", "minimum": 0}
_TRUTH: SchemaPart = {"type": "boolean"}


def rulebook_schema() -> SchemaPart:
    """The schema, draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "speechcx rulebook",
        "description": "Phrase lists, rules, scorecards and tests; see docs/rules.md",
        **_group(_rulebook(), required=("rulebook", "version")),
        "$defs": {
            "condition": _group(_condition()),
            "step": _group(_condition() | {"within": _within(after=True)}),
            "question": _group(_question(), required=("id", "text")),
            "turn": _group(_turn()),
        },
    }


def _group(properties: dict[str, SchemaPart], *, required: tuple[str, ...] = ()) -> dict[str, SchemaPart]:
    group: dict[str, SchemaPart] = {
        "type": "object",
        "properties": dict(properties),
        "additionalProperties": False,
    }
    return group | ({"required": list(required)} if required else {})


def _list(of: SchemaPart) -> SchemaPart:
    return {"type": "array", "items": of}


def _rulebook() -> dict[str, SchemaPart]:
    section = _group({"title": _TEXT, "weight": _WEIGHT, "questions": _list({"$ref": "#/$defs/question"})})
    card = _group({"id": _TEXT, "title": _TEXT, "sections": _list(section)}, required=("id", "sections"))
    return {
        "rulebook": _TEXT,
        "version": _TEXT,
        "title": _TEXT,
        "language": {"type": "string"},
        "include": _list(
            {
                "anyOf": [
                    _TEXT,
                    _group(
                        {"from": _TEXT, "rules": _list(_TEXT), "without": _list(_TEXT)}, required=("from",)
                    ),
                ]
            }
        ),
        "lists": {"type": "object", "additionalProperties": _list(_TEXT)},
        "rules": _list(_group(_rule(), required=("id", "kind"))),
        "scorecards": _list(card),
        "tests": _list(_group(_test(), required=("rule", "expect"))),
    }


def _rule() -> dict[str, SchemaPart]:
    return _condition() | {
        "id": _TEXT,
        "title": _TEXT,
        "kind": {"enum": list(RULE_KINDS)},
        "severity": {"enum": list(SEVERITIES)},
        "expect": _VALUE,
        "confidence_floor": {"type": "number", "minimum": 0, "maximum": 1},
        "titles": _group(dict.fromkeys(RESULTS, _TEXT)),
        "when": {"anyOf": [{"$ref": "#/$defs/condition"}, {"enum": ["always"]}]},
    }


def _condition() -> dict[str, SchemaPart]:
    inner: SchemaPart = {"$ref": "#/$defs/condition"}
    names = "|".join(name.replace(".", r"\.") for name in metric_names())
    return {
        "said": _TEXT,
        "means": {"anyOf": [_TEXT, _list(_TEXT)]},
        "similarity": {"type": "number", "minimum": 0, "maximum": 1},
        "metric": {"type": "string", "pattern": rf"^\s*({names})\s*[<>=!]"},
        "meta": {"type": "object", "additionalProperties": {"anyOf": [_TEXT, _list(_TEXT)]}},
        "rule": _TEXT,
        "all": _list(inner),
        "any": _list(inner),
        "not": inner,
        "sequence": _list({"$ref": "#/$defs/step"}),
        "by": _WHO,
        "within": _within(after=False),
        "at_least": {"type": "number", "exclusiveMinimum": 0},
        "turn": {"$ref": "#/$defs/turn"},
        "negated": {"enum": ["ignore", "match"]},
    }


def _within(*, after: bool) -> SchemaPart:
    names = ("first", "last", "from", "to", *(("after",) if after else ()))
    return _group(dict.fromkeys(names, _TIME))


def _turn() -> dict[str, SchemaPart]:
    return {**dict.fromkeys(TURN_NUMBERS, _BOUND), "label": {"enum": list(LABELS)}, "by": _WHO}


def _question() -> dict[str, SchemaPart]:
    return {
        "id": _TEXT,
        "text": _TEXT,
        "weight": _WEIGHT,
        "rule": _TEXT,
        "yes_when": _VALUE,
        "metric": {"enum": list(metric_names())},
        "bands": _group(dict.fromkeys(("yes", "no", "n-a", "true", "false"), _BOUND)),
        "ask": {"enum": ["person"]},
        "applies_if": {"$ref": "#/$defs/condition"},
        "critical": {"enum": ["customer", "business", "compliance"]},
        "auto_fail": _TRUTH,
    }


def _test() -> dict[str, SchemaPart]:
    number: SchemaPart = {"type": "number"}
    line = _group(
        {
            "by": _PARTY,
            "at": number,
            "until": number,
            "text": _TEXT,
            "confidence": number,
            "label": {"enum": list(LABELS)},
            "language": _TEXT,
            **dict.fromkeys(TURN_NUMBERS, number),
        },
        required=("by", "at", "text"),
    )
    short: SchemaPart = {
        "type": "array",
        "prefixItems": [_PARTY, number, _TEXT],
        "minItems": 3,
        "maxItems": 3,
    }
    return {
        "rule": _TEXT,
        "says": _list({"anyOf": [short, line]}),
        "expect": {"enum": ["present", "absent", "cannot_tell"]},
        "duration": number,
        "flags": _list({"type": "string"}),
        "metrics": {
            "type": "object",
            "propertyNames": {"enum": list(metric_names())},
            "additionalProperties": number,
        },
        "meta": {"type": "object", "additionalProperties": _TEXT},
        "title": _TEXT,
        "quote": _TEXT,
    }
