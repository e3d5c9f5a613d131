"""The quality lead's commands: rulebooks are checked, tested and applied anew."""

from pathlib import Path

from tests.cli.conftest import RULEBOOK, Speechcx


def test_lint_names_line_and_column(project: Path, speechcx: Speechcx) -> None:
    """A wrong rulebook is told with line and column, and exits with 12."""
    (project / "rulebook.yaml").write_text(RULEBOOK.replace("by: agent", "by: agnet"))
    ran = speechcx("rules", "lint", "--json")
    assert 12 == ran.code
    problem = ran.json["rows"][0]
    assert "agnet" in problem["found"]
    assert problem["line"] == 1 + RULEBOOK[: RULEBOOK.index("by: agent")].count("\n")


def test_failing_rulebook_test_exits_with_12(project: Path, speechcx: Speechcx) -> None:
    """A test of the rulebook that fails is shown with what was found."""
    assert 0 == speechcx("rules", "test").code
    (project / "rulebook.yaml").write_text(RULEBOOK.replace("    expect: present\n\n", "") + "    x: 1\n")
    assert 12 == speechcx("rules", "test").code
    (project / "rulebook.yaml").write_text(RULEBOOK[: RULEBOOK.rindex("present")] + "absent\n")
    ran = speechcx("rules", "test", "--failed", "--json")
    assert (12, "present") == (ran.code, ran.json["rows"][0]["found"])


def test_rejudge_applies_a_new_rulebook_without_audio(project: Path, speechcx: Speechcx) -> None:
    """With the recordings gone, a new rulebook still changes every score."""
    assert 0 == speechcx("run").code
    for path in (project / "calls").iterdir():
        path.unlink()
    (project / "rulebook.yaml").write_text(RULEBOOK.replace("rule: greeting}", "rule: cancel}"))
    judged = speechcx("rejudge", "--json")
    assert (0, 2) == (judged.code, judged.json["done"])
    scores = {row["agent"]: row["score"] for row in speechcx("calls", "--json").json["rows"]}
    assert {"ann": 100.0, "bob": 100.0} == scores
    assert 0 == speechcx("rejudge", "--json").json["done"]


def test_relabel_swaps_and_judges_anew(project: Path, speechcx: Speechcx) -> None:
    """Swapped by a person, agent and customer change places, the score follows, and a swap back restores it."""
    speechcx("run")
    before = speechcx("show", "ann_c1_2026-03-02T09-15-00.wav", "--json").json
    ran = speechcx("relabel", before["call_id"], "--swap")
    assert (0, True) == (ran.code, "ch0 is now customer" in ran.out)
    after = speechcx("show", before["call_id"], "--json").json
    assert ["customer", "agent"] == [role["party"] for role in after["roles"]]
    assert {"relabel"} == {role["how"] for role in after["roles"]}
    assert (100.0, 0.0) == (before["scores"][0]["score"], after["scores"][0]["score"])
    assert before["parties"]["agent"]["talk_s"] == after["parties"]["customer"]["talk_s"]
    speechcx("relabel", before["call_id"], "--swap")
    again = speechcx("show", before["call_id"], "--json").json
    assert before["scores"] == again["scores"]


def test_relabel_needs_as_many_parties_as_speakers(project: Path, speechcx: Speechcx) -> None:
    """One party for two speakers is refused with their names."""
    speechcx("run")
    ran = speechcx("relabel", "ann_c1_2026-03-02T09-15-00.wav", "--channels", "agent")
    assert (2, True) == (ran.code, "ch0, ch1" in ran.err)
    assert 2 == speechcx("relabel", "ann_c1_2026-03-02T09-15-00.wav").code


def test_sentiment_reads_a_line_each(project: Path, speechcx: Speechcx) -> None:
    """Each line of a file gets its label and value, in order, as text and as JSON lines."""
    import json

    text = project / "said.txt"
    text.write_text("this is terrible and I am angry\n\nthank you that is wonderful\n")
    lines = [json.loads(line) for line in speechcx("sentiment", text, "--json").out.splitlines()]
    assert ["negative", "positive"] == [line["label"] for line in lines]
    assert lines[0]["value"] < -0.25 < 0.25 < lines[1]["value"]
    assert speechcx("sentiment", text).out.startswith("negative")
    assert 2 == speechcx("sentiment", "nowhere.txt").code
