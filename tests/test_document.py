"""The JSON document follows its schema and adds up."""

import json
from pathlib import Path

import jsonschema
import pytest

from speechcx.document import call_document
from tests import factories

SCHEMA = json.loads((Path(__file__).parent.parent / "docs" / "call.schema.json").read_text("utf-8"))


def test_document_follows_the_schema() -> None:
    """A made call's document validates, through JSON and back."""
    document = json.loads(json.dumps(call_document(factories.make_call())))
    jsonschema.validate(document, SCHEMA)


def test_schema_refuses_a_stranger() -> None:
    """The schema is closed: an undocumented key fails."""
    document = call_document(factories.make_call()) | {"surprise": 1}
    with pytest.raises(jsonschema.ValidationError, match="surprise"):
        jsonschema.validate(document, SCHEMA)


def test_every_null_measure_has_a_reason() -> None:
    """What could not be measured is null and named in `missing`."""
    document = call_document(factories.make_call())
    for party, values in document["parties"].items():
        nulls = {name for name, value in values.items() if value is None and name != "end_state"}
        nulls -= {"most_negative_turn", "most_positive_turn"}
        assert nulls <= set(values["missing"]), party
