"""Schemas are closed, and say what their keys mean."""

from speechcx.present.schemas import find_schema, list_envelopes


def test_schemas_are_closed_and_say_what_keys_mean() -> None:
    """An unknown key fails, and the docstring of the record is the description of the key."""
    schema = find_schema("status", list_envelopes()["status"])
    assert schema["additionalProperties"] is False
    assert schema["properties"]["flagged_calls"]["description"] == "Calls with a flagged rule."
