"""The JSON Schema of a rulebook, for editors: names completed, wrong ones underlined while typing.

Scorecards give their own part (:mod:`speechcx.rules.language.rulebook_part`); the rest is made from the names that
the reader takes. ``scripts/docs`` writes ``docs/rulebook.schema.json`` from it. What a schema cannot say (phrases,
names that refer to others) is left to ``rules lint``.
"""

from __future__ import annotations

from speechcx.call import RESULTS, metric_names
from speechcx.rules.language.conditions import RULE_KINDS, SEVERITIES, TURN_NUMBERS
from speechcx.rules.language.read_conditions import BOUND_PATTERN, LABELS
from speechcx.rules.language.read_scorecards import WrittenScorecard
from speechcx.rules.language.rulebook_part import list_definitions

SchemaPart = dict[str, "SchemaPart"] | list["SchemaPart"] | str | int | float | bool | None

_TEXT: SchemaPart = {"type": ["string", "number", "boolean"]}
_WHO: SchemaPart = {"enum": ["agent", "customer", "ivr", "any"]}
_PARTY: SchemaPart = {"enum": ["agent", "customer", "ivr", "unknown"]}
_VALUE: SchemaPart = {"enum": ["present", "absent"]}
_BOUND: SchemaPart = {"type": "string", "pattern": BOUND_PATTERN}
_TIME: SchemaPart = {"type": "string", "pattern": r"^\d+(\.\d+)?\s*(s|sec|seconds|min|minutes|%)$"}


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
            "turn": _group(_turn()),
            **list_definitions(WrittenScorecard),
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
        "scorecards": _list({"$ref": "#/$defs/scorecard"}),
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
