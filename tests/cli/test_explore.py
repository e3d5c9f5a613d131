"""The supervisor's and reviewer's commands over a small run."""

import csv
import io
from pathlib import Path

import pytest

from tests.cli.conftest import Speechcx

pytestmark = pytest.mark.usefixtures("ran")


@pytest.fixture
def ran(project: Path, speechcx: Speechcx) -> None:
    """Both calls, scored."""
    (project / "roster.csv").write_text(
        "agent,name,team,center,valid_from,valid_to\nann,Ann Ames,cards,Berlin,2025-01-01,\n"
        "bob,Bob Bell,loans,Berlin,2025-01-01,\n"
    )
    assert speechcx("run").code == 0


def test_scores_by_agent_team_and_center(speechcx: Speechcx) -> None:
    """Agents, teams and centres carry the mean of their calls with n; the greeting decides it here."""
    agents = {row["key"]: row for row in speechcx("agents", "--json").json["rows"]}
    assert (100.0, 0.0) == tuple(agents[who]["measures"]["score"]["mean"] for who in ("ann", "bob"))
    centers = speechcx("centers", "--json").json["rows"]
    assert [("Berlin", 2, 50.0)] == [
        (row["key"], row["n"], row["measures"]["score"]["mean"]) for row in centers
    ]
    assert {"cards", "loans"} == {row["key"] for row in speechcx("teams", "--json").json["rows"]}


def test_tables_and_csv_say_the_same(speechcx: Speechcx) -> None:
    """The table names the agents with their teams, the CSV parses back to the same numbers."""
    shown = speechcx("agents")
    assert "ann" in shown.out
    assert "cards, Berlin" in shown.out
    rows = list(csv.DictReader(io.StringIO(speechcx("agents", "--csv").out)))
    assert {"ann": "100.0", "bob": "0.0"} == {
        row["agent" if "agent" in row else "key"]: row["score"] for row in rows
    }


def test_filters_narrow_and_hints_widen(speechcx: Speechcx) -> None:
    """A filter that shuts all out says which days there are and the nearest name."""
    assert 1 == len(speechcx("calls", "--agent", "bob", "--json").json["rows"])
    nothing = speechcx("agents", "--agent", "anne")
    assert ("", True) == (nothing.out, "nearest is 'ann'" in nothing.err)


def test_flagged_calls(speechcx: Speechcx) -> None:
    """The call without a greeting is flagged, by the rule's title."""
    rows = speechcx("calls", "--flagged", "--json").json["rows"]
    assert [("bob", ["Greets the caller"])] == [(row["agent"], row["flagged_rules"]) for row in rows]


def test_show_explains_the_score(speechcx: Speechcx) -> None:
    """`show --why` gives words, roles, rule evidence and each answer; by id, by beginning, by file."""
    call_id = speechcx("calls", "--agent", "ann", "--json").json["rows"][0]["call_id"]
    for name in (call_id, call_id[:6], "ann_c1_2026-03-02T09-15-00.wav"):
        shown = speechcx("show", name, "--why")
        assert shown.code == 0, shown.err
        assert "Thank you for calling" in shown.out
        assert "Greeted?: yes" in shown.out
        assert "rulebook small version 1" in shown.out


def test_show_of_nothing_is_a_clear_error(speechcx: Speechcx) -> None:
    """A call that is not there is a usage error that says how to find one."""
    shown = speechcx("show", "ffff")
    assert (2, "") == (shown.code, shown.out)
    assert "ffff" in shown.err


def test_json_and_csv_together_are_refused(speechcx: Speechcx) -> None:
    """Two output forms at once are a usage error."""
    ran = speechcx("agents", "--json", "--csv")
    assert (2, "") == (ran.code, ran.out)
    assert "one of them" in ran.err


def test_rules_that_stand_for_applies_if_are_not_listed(
    project: Path, speechcx: Speechcx, tmp_path: Path
) -> None:
    """A question's condition is no rule of its own on the screen, though it decides the question."""
    book = project / "rulebook.yaml"
    book.write_text(
        book.read_text().replace(
            "rule: greeting}", "rule: greeting, applies_if: {metric: audio_duration_s > 5}}"
        )
    )
    assert speechcx("rejudge").code == 0
    shown = speechcx("show", "ann_c1_2026-03-02T09-15-00.wav", "--why")
    assert "applies_if" not in shown.out
    assert "Greeted?: yes" in shown.out


def test_show_draws_the_call(project: Path, speechcx: Speechcx) -> None:
    """`show CALL --plot` writes the picture and says where; another ending is refused before anything is read."""
    pytest.importorskip("matplotlib")
    call = speechcx("calls", "--json").json["rows"][0]["call_id"]
    drawn = speechcx("show", call, "--plot", project / "call.svg")
    assert (0, "") == (drawn.code, drawn.out)
    assert f"Drawn: {project / 'call.svg'}" in drawn.err
    assert call in (project / "call.svg").read_text("utf-8")
    both = speechcx("show", call, "--json", "--plot", project / "call.png")
    assert call == both.json["call_id"]
    refused = speechcx("show", "no-such-call", "--plot", "call.pdf")
    assert (2, True) == (refused.code, ".png or .svg" in refused.err)
