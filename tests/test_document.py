"""The JSON document follows its schema and adds up."""

import json
from pathlib import Path

import jsonschema
import pytest

from speechcx.call.measures import list_measures
from speechcx.document import call_document
from tests import factories

SCHEMA = json.loads((Path(__file__).parent.parent / "docs" / "call.schema.json").read_text("utf-8"))


def test_document_follows_the_schema() -> None:
    """A made call's document validates, through JSON and back."""
    document = json.loads(json.dumps(call_document(factories.make_call())))
    jsonschema.validate(document, SCHEMA)


def test_a_party_has_every_measure_that_is_declared() -> None:
    """By its name in docs/metrics.md; quarters stand together in a list."""
    names = {measure.name for measure in list_measures("party")}
    quarters = {name for name in names if name.startswith("sentiment_q")}
    others = set(SCHEMA["$defs"]["party"]["properties"])
    for party in call_document(factories.make_call())["parties"].values():
        assert names - quarters == set(party) - others


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


def test_conditions_of_questions_are_left_out_unless_asked_for() -> None:
    """A hidden rule stands for an ``applies_if``: its results and hits are nobody's business but the answer's."""
    results = (
        factories.make_result("open"),
        factories.make_result(
            "card.q.applies_if", kind="hidden", hits=(factories.make_hit("card.q.applies_if"),)
        ),
    )
    call = factories.make_call(assessment=factories.make_assessment(results=results))
    document = call_document(call)
    assert ["open"] == [rule["rule"] for rule in document["rules"]]
    assert {"open"} >= {hit["rule"] for hit in document["hits"]}
    assert 2 == len(call_document(call, with_hidden=True)["rules"])
