"""Rulebooks from the command line: checked, tested, covered, compared, applied anew."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import ANN, BOB, RULEBOOK, Speechcx

NEW = RULEBOOK.replace("version: 1", "version: 2").replace('"thank you for calling"', '"how can I help"')


def content(database: Path) -> list[str]:
    """Everything in a database, as SQL."""
    with sqlite3.connect(database) as db:
        return list(db.iterdump())


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


def test_rejudge_applies_a_new_rulebook_without_audio(scored_copy: Path, speechcx: Speechcx) -> None:
    """With the recordings gone, a new rulebook still changes every score."""
    for path in (scored_copy / "calls").iterdir():
        path.unlink()
    (scored_copy / "rulebook.yaml").write_text(RULEBOOK.replace("rule: greeting}", "rule: cancel}"))
    judged = speechcx("rejudge", "--json")
    assert (0, 2) == (judged.code, judged.json["done"])
    scores = {row["agent"]: row["score"] for row in speechcx("calls", "--json").json["rows"]}
    assert {"ann": 100.0, "bob": 100.0} == scores
    assert 0 == speechcx("rejudge", "--json").json["done"]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_in_the_file_it_is_told(tmp_path: Path, speechcx: Speechcx, seed: int) -> None:
    """Random bytes, half a rulebook, a picture: always a message and exit code 12, never a fault of ours."""
    rng = random.Random(seed)
    file = tmp_path / "any.yaml"
    text = RULEBOOK.encode()
    kinds = (
        rng.randbytes(300), text[: rng.randrange(40, len(text) - 40)] + rng.randbytes(20),
        b"\x89PNG\r\n" + rng.randbytes(50), b"", b"rulebook: " + b"[" * 2000, b"a" * 1_000_001,
    )  # fmt: skip
    file.write_bytes(kinds[seed % len(kinds)])
    for words in (
        ("lint", file),
        ("test", file),
        ("try", "a", "--rulebook", file, "--text", "a"),
        ("diff", file, file),
    ):
        ran = speechcx("rules", *words)
        assert 12 == ran.code
        assert ran.out + ran.err
        assert "unexpected" not in ran.err


def test_a_rulebook_of_another_editor_is_read(tmp_path: Path, speechcx: Speechcx) -> None:
    """With a byte-order mark and CRLF, as Windows writes it."""
    file = tmp_path / "win.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + RULEBOOK.replace("\n", "\r\n").encode())
    assert 0 == speechcx("rules", "lint", file).code == speechcx("rules", "test", file).code
    assert 12 == speechcx("rules", "lint", tmp_path).code == speechcx("rules", "lint", tmp_path / "no").code


# --- try ------------------------------------------------------------------------------------------------------------


def test_every_starter_is_listed_and_can_be_kept(tmp_path: Path, speechcx: Speechcx) -> None:
    """What is printed is a rulebook without problems, whose tests pass."""
    rows = speechcx("rules", "starters", "--json").json["rows"]
    assert {"service-quality", "compliance", "risk", "drivers-banking"} <= {row["name"] for row in rows}
    for row in rows:
        file = tmp_path / f"{row['name']}.yaml"
        file.write_text(speechcx("rules", "starters", row["name"]).out)
        assert 0 == speechcx("rules", "lint", file).code == speechcx("rules", "test", file).code
        assert row["tests"] > row["rules"] > 3
        assert row["about"].endswith(".")
    wrong = speechcx("rules", "starters", "compliancy")
    assert (2, True) == (wrong.code, "use compliance" in wrong.err)


# --- coverage -------------------------------------------------------------------------------------------------------


def test_coverage_tells_never_always_and_dead_phrases(scored_copy: Path, speechcx: Speechcx) -> None:
    """A rule that holds in every call, one in none, a phrase nobody said, and calls without a driver."""
    extra = """  - {id: never, kind: outcome, said: 'zebra | "a b c"', by: agent}
  - {id: blind, kind: outcome, meta: {campaign: x}}
  - {id: leave, kind: driver, said: 'leave | "my zebra"', by: customer}
scorecards:"""
    (scored_copy / "rulebook.yaml").write_text(
        RULEBOOK.replace("scorecards:", extra).replace("kind: driver", "kind: risk", 1)
    )
    found = speechcx("rules", "coverage", "--json").json
    assert (["never", "leave"], ["cancel"], ["blind"]) == (
        [rule for rule in found["never"] if rule != "blind"],
        found["always"],
        found["blind"],
    )
    dead = [(phrase["rule"], phrase["phrase"]) for phrase in found["dead_phrases"]]
    assert [("never", "zebra"), ("never", "a b c"), ("leave", "leave"), ("leave", "my zebra")] == dead
    assert 2 == len(found["without_driver"])
    reasons = {rule["rule"]: rule["reasons"] for rule in found["rules"]}
    assert [["the call's campaign is not known", 2]] == reasons["blind"]
    shown = speechcx("rules", "coverage")
    assert "No driver explains 2 of 2 calls (100%)" in shown.out
    assert 1 + 5 == len(speechcx("rules", "coverage", "--csv").out.splitlines())


def test_coverage_of_no_calls_says_what_would_widen_it(scored_copy: Path, speechcx: Speechcx) -> None:
    """Instead of a table of nothing."""
    ran = speechcx("rules", "coverage", "--team", "none")
    assert (0, "") == (ran.code, ran.out)
    assert "Without --team there would be 2" in ran.err


# --- diff -----------------------------------------------------------------------------------------------------------


def test_diff_tells_what_a_rejudge_then_does(scored_copy: Path, speechcx: Speechcx) -> None:
    """The same calls and rules flip, scores and flags end where it said, and asking writes nothing."""
    (scored_copy / "new.yaml").write_text(NEW.replace("said: 'cancel*'", "said: 'wonderful'"))
    before = content(scored_copy / "calls.db")
    told = speechcx("rules", "diff", "stored", "new.yaml", "--json").json
    assert before == content(scored_copy / "calls.db")
    old = results(scored_copy, speechcx)
    assert 0 == speechcx("rejudge", "new.yaml").code
    new = results(scored_copy, speechcx)
    flips = {(flip["call_id"], flip["rule"]): (flip["before"], flip["after"]) for flip in told["flips"]}
    assert flips == {key: (old[key], new[key]) for key in old if old[key] != new[key]}
    agents = {row["key"]: row for row in speechcx("agents", "--json").json["rows"]}
    moves = {move["key"]: move for move in told["moves"] if move["by"] == "agent"}
    assert set(agents) == set(moves) == {"ann", "bob"}
    for key, row in agents.items():
        measures = row["measures"]
        assert measures["score"]["mean"] == pytest.approx(moves[key]["score_after"])
        assert measures["critical_accuracy"]["mean"] == pytest.approx(moves[key]["critical_after"])
        assert row["n_flagged"] == moves[key]["flagged_after"]


def results(scored_copy: Path, speechcx: Speechcx) -> dict[tuple[str, str], str]:
    """Results of all rules of all calls."""
    found = {}
    for row in speechcx("calls", "--json").json["rows"]:
        for rule in speechcx("show", row["call_id"], "--json").json["rules"]:
            found[row["call_id"], rule["rule"]] = rule["result"]
    return found


def test_diff_of_two_files_and_of_nothing(scored_copy: Path, speechcx: Speechcx) -> None:
    """Two rulebooks are compared whatever is stored; the same one changes nothing."""
    (scored_copy / "new.yaml").write_text(NEW.replace("expect: present\n  - id", "expect: absent\n  - id"))
    ran = speechcx("rules", "diff", "rulebook.yaml", "new.yaml")
    assert "From small version 1 to small version 2: 2 of 2 calls would change" in " ".join(ran.out.split())
    same = speechcx("rules", "diff", "rulebook.yaml", "rulebook.yaml", "--json").json
    assert (0, [], []) == (same["changed"], same["flips"], same["rules"])
    assert 0 == speechcx("rules", "diff", "--json").json["changed"]
    alone = speechcx("rules", "diff", "new.yaml", "--json").json
    assert (None, "2", alone["flips"]) == (
        alone["old"], alone["new"]["version"], speechcx("rules", "diff", "stored", "new.yaml", "--json").json["flips"]
    )  # fmt: skip
    assert 12 == speechcx("rules", "diff", "nowhere.yaml", "new.yaml").code
    assert "call_id,rule,before,after" in speechcx("rules", "diff", "rulebook.yaml", "new.yaml", "--csv").out


def test_rules_and_scorecards_that_come_and_go(scored_copy: Path, speechcx: Speechcx) -> None:
    """A rule that is gone, one that is new, and a scorecard under another name."""
    gone = RULEBOOK.replace("id: cancel", "id: leave").replace("id: quality", "id: other")
    (scored_copy / "new.yaml").write_text(gone)
    told = speechcx("rules", "diff", "stored", "new.yaml", "--json").json
    steps = {rule["rule"]: rule["steps"] for rule in told["rules"]}
    assert {"leave": [[None, "present", 2]], "cancel": [["present", None, 2]]} == steps
    everything = {move["scorecard"]: move for move in told["moves"] if move["by"] == "all"}
    assert (None, 50.0) == (everything["other"]["score_before"], everything["other"]["score_after"])
    assert (50.0, None) == (everything["quality"]["score_before"], everything["quality"]["score_after"])


# --- rejudge --------------------------------------------------------------------------------------------------------


def test_old_results_stay_under_their_version(scored_copy: Path, speechcx: Speechcx) -> None:
    """`show --version` gives the results as they were, `--why` names rule, version, words and time."""
    (scored_copy / "new.yaml").write_text(NEW)
    assert 0 == speechcx("rejudge", "new.yaml").code
    now = speechcx("show", BOB, "--json").json
    assert "2" == now["provenance"]["rulebook"]["version"]
    then = speechcx("show", BOB, "--version", "1", "--json").json
    assert "1" == then["provenance"]["rulebook"]["version"]
    assert ("present", "absent") == tuple(
        {rule["rule"]: rule["result"] for rule in document["rules"]}["greeting"] for document in
        (speechcx("show", ANN, "--version", "1", "--json").json, then)
    )  # fmt: skip
    told = speechcx("show", ANN, "--why", "--version", "1").out
    assert "rulebook small version 1" in told
    assert "Thank you for calling" in told
    wrong = speechcx("show", BOB, "--version", "7")
    assert (2, True, True) == (wrong.code, "1 (small, " in wrong.err, "2 (small, " in wrong.err)


def test_rejudge_of_some_calls_and_again(scored_copy: Path, speechcx: Speechcx) -> None:
    """A filter means only these; what is judged already is left, unless asked for."""
    (scored_copy / "new.yaml").write_text(NEW)
    assert 1 == speechcx("rejudge", "new.yaml", "--agent", "bob", "--json").json["done"]
    assert 1 == speechcx("rejudge", "new.yaml", "--json").json["done"]
    nothing = speechcx("rejudge", "new.yaml")
    assert (0, True) == (nothing.code, "--again" in nothing.out)
    assert 2 == speechcx("rejudge", "new.yaml", "--again", "--json").json["done"]


# --- labels ---------------------------------------------------------------------------------------------------------


def test_labels_give_precision_and_recall_with_intervals(scored_copy: Path, speechcx: Speechcx) -> None:
    """By file name or id; a threshold that is not met exits with 12 and says which rule."""
    (scored_copy / "labels.csv").write_bytes(
        b"\xef\xbb\xbfCall;Rule;Truth;remark\r\n"
        + f"{ANN};greeting;yes;\r\n{BOB};greeting;1;\r\n{ANN};cancel;present;\r\n{BOB};cancel;no;x\r\n".encode()
    )
    ran = speechcx("rules", "test", "--labels", "labels.csv", "--json")
    assert 0 == ran.code
    cancel, greeting = ran.json["measures"]
    assert (2, 1.0, 0.5) == (greeting["n"], greeting["precision"], greeting["recall"])
    assert (2, 0.5, 1.0) == (cancel["n"], cancel["precision"], cancel["recall"])
    assert [0.0945, 0.9055] == pytest.approx(greeting["recall_95"], abs=1e-3)
    assert 1 == len(greeting["missed"]) == len(cancel["false"])
    short = speechcx("rules", "test", "--labels", "labels.csv", "--min-precision", "0.9")
    assert (12, True) == (short.code, "cancel: precision 0.500 is under 0.9" in short.err)
    assert 12 == speechcx("rules", "test", "--labels", "labels.csv", "--min-recall", "0.6").code
    assert 0 == speechcx("rules", "test", "--labels", "labels.csv", "--min-recall", "0.5").code
    table = speechcx("rules", "test", "--labels", "labels.csv", "--csv").out.splitlines()
    assert ["cancel", "greeting"] == [line.split(",")[0] for line in table[1:]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("call,rule,truth\nx.wav,greeting,yes\n", "line 2: no call is named 'x.wav'"),
        (f"call,rule,truth\n{ANN},greetin,yes\n", "did you mean 'greeting'"),
        (f"call,rule,truth\n{ANN},greeting,maybe\n", "line 2: truth 'maybe'"),
        (f"call,rule,truth\n{ANN},greeting,yes\n{ANN},greeting,no\n", "absent here and present in line 2"),
        (f"call,rule\n{ANN},greeting\n", "no column truth"),
        (f"call,rule,truth\n{ANN},greeting\n", "lacks one of"),
        ("call,rule,truth\n", "holds no labels"),
        ("", "no column call, rule, truth"),
    ],
)
def test_wrong_labels_are_told_with_their_line(
    scored_copy: Path, speechcx: Speechcx, text: str, message: str
) -> None:
    """And exit with 2, so that CI tells them from a rule that falls short."""
    (scored_copy / "labels.csv").write_text(text)
    ran = speechcx("rules", "test", "--labels", "labels.csv")
    assert 2 == ran.code
    assert message in ran.err


def test_thresholds_need_labels(scored_copy: Path, speechcx: Speechcx) -> None:
    """A threshold alone measures nothing."""
    assert 2 == speechcx("rules", "test", "--min-recall", "0.5").code
    assert 2 == speechcx("rules", "test", "--labels", "nowhere.csv").code
