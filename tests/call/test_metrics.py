"""Measures by name: every name has a value or a reason."""

from hypothesis import given
from hypothesis import strategies as st

from speechcx.call import collect_metrics, metric_names
from speechcx.call.metrics import party_metrics
from tests import factories


def test_every_name_is_answered() -> None:
    """Every documented name is a key, with a value or a reason for its absence."""
    metrics = collect_metrics(factories.make_call().assessment.reading)
    assert set(metric_names()) == set(metrics)
    assert [] == [m.name for m in metrics.values() if m.value is None and not m.why_missing]


@given(st.sampled_from(["agent", "customer", "unknown", "ivr"]))
def test_absent_party_has_reasons(party) -> None:
    """A party that does not speak in the call has no numbers, and says so."""
    reading = factories.make_call().assessment.reading
    if all(flow.party != party for flow in reading.flow.parties):
        assert {None} == {m.value for m in party_metrics(reading, party).values()}
        assert all("no speaker" in str(m.why_missing) for m in party_metrics(reading, party).values())
