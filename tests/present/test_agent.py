"""One agent on the screen."""

import pytest

from tests.cli.conftest import Speechcx

pytestmark = pytest.mark.usefixtures("archive")


def test_what_a_supervisor_looks_at_before_a_talk(speechcx: Speechcx) -> None:
    """Figures beside the peers', weeks, questions, calls to open with their ids, moments with their words."""
    shown = speechcx("agent", "cid", "--period", "2025-03")
    assert (0, True) == (shown.code, shown.out.startswith("cid (cid), red, Porto"))
    for part in (
        "measure",
        "Questions, the weakest first",
        "lowest score",
        "Moments to talk about",
        "cancel my account",
    ):
        assert part in shown.out, part
    worst = speechcx("calls", "--agent", "cid", "--sort", "score", "--json").json["rows"][0]["call_id"]
    assert worst in shown.out


def test_an_agent_by_name_and_the_document(speechcx: Speechcx) -> None:
    """Measures by name, the peers and the weeks."""
    found = speechcx("agent", "Ann Hall", "--json").json
    assert ("ann", "Ann Hall", 1) == (found["agent"], found["name"], found["peers"])
    assert found["measures"]["score"]["n"] == 8
    assert {"measures", "key"} <= set(found["weeks"][0])


def test_an_unknown_agent_and_one_without_calls(speechcx: Speechcx) -> None:
    """The one is an error with the nearest name, the other is told when there are calls."""
    ran = speechcx("agent", "Ann Hal")
    assert 2 == ran.code
    assert "nearest: Ann Hall (ann)" in ran.err
    nothing = speechcx("agent", "ann", "--period", "2020")
    assert 0 == nothing.code
    assert "There are 16 calls" in nothing.err
