"""A quality lead and two reviewers at work, typed as they type it."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from speechcx.cli import main
from tests.cli.conftest import Speechcx, make_project

FORM = """
scorecards:
  - id: quality
    sections:
      - title: Opening
        weight: 100
        questions:
          - {id: greeted, text: Greeted?, rule: greeting}
          - {id: polite, text: Polite?, ask: person}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two calls, scored by a form with a question for the machine and one for a person; made once."""
    folder = make_project(tmp_path_factory.mktemp("reviews"))
    text = (folder / "rulebook.yaml").read_text()
    start, end = text.index("scorecards:"), text.index("tests:")
    (folder / "rulebook.yaml").write_text(text[:start] + FORM.lstrip() + text[end:])
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["speechcx", "run"])
        with pytest.raises(SystemExit, match="0"):
            main()
    return folder


@pytest.fixture
def ran(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, the working directory of the test."""
    folder = shutil.copytree(made, tmp_path / "project")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def planned(ran: Path, speechcx: Speechcx) -> Path:
    """The same with a plan of both calls."""
    assert speechcx("review", "plan", "march", "--as", "lead").code == 0
    return ran


def program(*words: str, **more: object) -> subprocess.Popen:
    """A command in a process of its own."""
    command = [sys.executable, "-m", "speechcx", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


def test_from_plan_to_decision(planned: Path, speechcx: Speechcx) -> None:
    """Take, answer, submit, compare, acknowledge refused, dispute, second opinion, decide: every step shows."""
    form = speechcx("review", "next", "--as", "rita", "--json").json
    number, agent = form["review_id"], form["agent"]
    assert ["greeted", "polite"] == [one["question"] for one in form["questions"]]
    assert (
        "1 of 2 answered; waiting: polite"
        in speechcx("review", "answer", number, "greeted=n", "--as", "rita").out
    )
    speechcx(
        "review",
        "answer",
        number,
        "polite=yes",
        "--at",
        "polite=0:05",
        "--comment",
        "polite=kind",
        "--as",
        "rita",
    )
    handed_in = speechcx("review", "submit", number, "--as", "rita")
    assert handed_in.code == 0, handed_in.err
    assert "Score of the person: 50.0 of 100" in handed_in.out
    assert 2 == speechcx("review", "acknowledge", number, "--as", "zoe").code
    assert 0 == speechcx("review", "dispute", number, "--reason", "I did greet", "--as", agent).code
    second = speechcx("review", "second", number, "--as", "sam", "--json").json
    assert all(one["answer"] is None for one in second["questions"])
    speechcx("review", "answer", second["review_id"], "greeted=yes", "polite=yes", "--as", "sam")
    assert 0 == speechcx("review", "submit", second["review_id"], "--as", "sam").code
    speechcx("review", "note", number, "Say your name first.", "--at", "0:01", "--as", "lead")
    decided = speechcx("review", "decide", number, "greeted=yes", "--reason", "heard at 0:01", "--as", "lead")
    assert "decided: changed" in decided.out
    shown = speechcx("review", "show", number, "--log", "--as", "lead")
    for text in ("Score of the person: 100.0", "Note by lead at 0:01.0", "disputed", "plan march", "kind"):
        assert text in shown.out
    kinds = [step["kind"] for step in speechcx("review", "show", number, "--json").json["steps"]]
    assert [
        "opened",
        "answered",
        "answered",
        "submitted",
        "disputed",
        "second",
        "note",
        "changed",
        "decided",
    ] == kinds


def test_an_open_review_is_blind(planned: Path, speechcx: Speechcx) -> None:
    """Form and list of an open review hold neither answers, scores nor flags; `review show` refuses."""
    form = speechcx("review", "next", "--as", "rita")
    listed = speechcx("review", "list", "--json")
    for text in (form.out, speechcx("review", "next", "--as", "rita", "--json").out, listed.out):
        for hidden in ("machine", "flag", "chance", "sentiment", "thank you for calling\"'"):
            assert hidden not in text
    assert listed.json["rows"][0]["reason"] is None
    refused = speechcx("review", "show", 1, "--as", "lead")
    assert (2, "") == (refused.code, refused.out)
    assert "stay hidden until then" in refused.err


def test_answers_from_a_file(planned: Path, speechcx: Speechcx) -> None:
    """A JSON file answers all; a wrong one answers nothing and says what is right."""
    number = speechcx("review", "next", "--as", "rita", "--json").json["review_id"]
    (planned / "good.json").write_text(
        json.dumps(
            {"answers": {"greeted": {"answer": "Yes", "at": "0:02", "comment": "=1+1"}, "polite": "n/a"}}
        )
    )
    for text in (
        '{"greeted": "yes", "polite": "perhaps"}',
        '{"greeted": {"answer": "yes", "when": 3}}',
        "[]",
        "{",
    ):
        (planned / "bad.json").write_text(text)
        assert 2 == speechcx("review", "answer", number, "--file", "bad.json", "--as", "rita").code
    done = speechcx("review", "answer", number, "--file", "good.json", "--as", "rita", "--json").json
    assert (2, []) == (done["answered"], done["waiting"])
    form = speechcx("review", "open", number, "--as", "rita", "--json").json
    assert [("yes", 2.0), ("n-a", None)] == [(one["answer"], one["at_s"]) for one in form["questions"]]


def test_asked_one_by_one(planned: Path, speechcx: Speechcx, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without answers each question is asked; a wrong one is asked again, stopping keeps what was answered."""
    number = speechcx("review", "next", "--as", "rita", "--json").json["review_id"]
    monkeypatch.setattr("sys.stdin", io.StringIO("perhaps\nno no name @0:03\nq\n"))
    first = speechcx("review", "answer", number, "--as", "rita")
    assert "answer 'perhaps' to greeted" in first.err
    assert "waiting: polite" in first.out
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert [] == speechcx("review", "answer", number, "--as", "rita", "--json").json["waiting"]
    one = speechcx("review", "open", number, "--as", "rita", "--json").json["questions"][0]
    assert ("no", "no name", 3.0) == (one["answer"], one["comment"], one["at_s"])


def test_two_programs_at_once_get_different_calls(planned: Path) -> None:
    """Two `review next` started at the same moment are given the two calls, one each."""
    started = [program("review", "next", "--as", name, "--json") for name in ("rita", "sam")]
    forms = [json.loads(one.communicate(timeout=60)[0]) for one in started]
    assert 2 == len({form["call_id"] for form in forms})


def test_a_killed_reviewer_loses_nothing(planned: Path, speechcx: Speechcx) -> None:
    """A program killed between an answer and the next question: the answer is there, and the review goes on."""
    number = speechcx("review", "next", "--as", "rita", "--json").json["review_id"]
    asking = program("review", "answer", str(number), "--as", "rita", stdin=subprocess.PIPE)
    assert asking.stdin is not None
    assert asking.stderr is not None
    asking.stdin.write("yes\n")
    asking.stdin.flush()
    while "2/2" not in asking.stderr.readline():
        assert asking.poll() is None
    asking.kill()
    asking.wait()
    form = speechcx("review", "next", "--as", "rita", "--json").json
    assert (number, ["yes", None]) == (form["review_id"], [one["answer"] for one in form["questions"]])
    assert 0 == speechcx("review", "answer", number, "polite=yes", "--as", "rita").code
    assert 0 == speechcx("review", "submit", number, "--as", "rita").code


def test_who_is_at_work(planned: Path, speechcx: Speechcx, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--as` wins over SPEECHCX_REVIEWER, which wins over the login."""
    monkeypatch.setenv("SPEECHCX_REVIEWER", "sam")
    assert "sam" == speechcx("review", "next", "--json").json["reviewer"]
    assert "rita" == speechcx("review", "next", "--as", "rita", "--json").json["reviewer"]
    monkeypatch.delenv("SPEECHCX_REVIEWER")
    monkeypatch.setenv("LOGNAME", "tom")
    nothing = speechcx("review", "next")
    assert (0, "") == (nothing.code, nothing.out)
    assert "No call waits for you" in nothing.err


def test_given_back_and_taken_by_another(planned: Path, speechcx: Speechcx) -> None:
    """A released call is the other's next one; the release stays in the list."""
    first = speechcx("review", "next", "--as", "rita", "--json").json
    speechcx("review", "next", "--as", "sam")
    assert 0 == speechcx("review", "release", first["review_id"], "--as", "rita").code
    assert first["call_id"] == speechcx("review", "next", "--as", "tom", "--json").json["call_id"]
    rows = speechcx("review", "list", "--state", "released", "--json").json["rows"]
    assert [first["review_id"]] == [row["review_id"] for row in rows]


def test_a_call_of_ones_choice(ran: Path, speechcx: Speechcx) -> None:
    """`review open FILE` opens a call without a plan, and its number shows the form again to its reviewer only."""
    form = speechcx("review", "open", "ann_c1_2026-03-02T09-15-00.wav", "--as", "rita", "--json").json
    assert "ann" == form["agent"]
    assert form == speechcx("review", "open", form["review_id"], "--as", "rita", "--json").json
    other = speechcx("review", "open", form["review_id"], "--as", "sam")
    assert (2, "") == (other.code, other.out)
    own = speechcx("review", "open", "ann_c1_2026-03-02T09-15-00.wav", "--as", "ann")
    assert "their own" in own.err


def test_plans(ran: Path, speechcx: Speechcx) -> None:
    """A plan says what it drew, why, and of whom too little; a dry run keeps nothing; a name is taken once."""
    drawn = speechcx(
        "review", "plan", "march", "--per-agent", 2, "--spread", "queue", "--risk", "flags=4", "--dry-run"
    )
    assert "2 calls of 2 agents out of 2" in drawn.out
    assert "2 times an agent had fewer calls" in drawn.out
    assert "No plan yet" in speechcx("review", "plans").err
    kept = speechcx("review", "plan", "march", "--risk", "flags", "--second", 1, "--json").json
    assert {2} == {one["reviews"] for one in kept["draws"]}
    assert {1.0, 3.0} == {one["risk"] for one in kept["draws"]}
    again = speechcx("review", "plan", "march")
    assert (2, "") == (again.code, again.out)
    (row,) = speechcx("review", "plans", "--json").json["rows"]
    assert ("march", 2, 4, 0) == (row["name"], row["drawn"], row["wanted"], row["done"])
    rows = list(csv.DictReader(io.StringIO(speechcx("review", "plan", "april", "--csv").out)))
    assert {"1.0"} == {row["chance"] for row in rows}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("plan", "m", "--each", "year"), "one of day, week, month, all"),
        (("plan", "m", "--spread", "color"), "one of queue, direction"),
        (("plan", "m", "--risk", "flag"), "use flags"),
        (("plan", "m", "--risk", "flags=much"), "a weight, as in flags=3"),
        (("plan", "m", "--risk", "flags=-1"), "0 to 1,000"),
        (("plan", "m", "--agent", "anne"), "nearest is 'ann'"),
        (("plan", "m", "--json", "--csv"), "one of them"),
        (("next", "--plan", "april"), "there is none yet"),
        (("submit", "7"), "no review 7"),
        (("show", "7"), "no review 7"),
        (("open", "zzz"), "no call is named"),
        (("list", "--state", "closed"), "one of open"),
        (("answer", "7", "greeted"), "QUESTION=VALUE"),
        (("answer", "7", "greeted=yes", "--at", "greeted=soon"), "minutes:seconds"),
        (("answer", "7", "greeted=yes", "--comment", "polite=x"), "without an answer"),
        (("answer", "7", "greeted=yes", "--file", "x.json"), "one of the two"),
        (("dispute", "7", "--reason", " "), "without a reason"),
    ],
)
def test_wrong_words_are_answered(
    ran: Path, speechcx: Speechcx, words: tuple[str, ...], message: str
) -> None:
    """A wrong option ends with 2, prints nothing on stdout, and names what is right."""
    told = speechcx("review", *words)
    assert (2, "") == (told.code, told.out)
    assert message in told.err


def test_control_characters_do_not_reach_the_screen(planned: Path, speechcx: Speechcx) -> None:
    """Comments and names with escape codes, NUL and right-to-left marks are shown without them."""
    nasty = "\x1b[31mred\u202e"
    number = speechcx("review", "next", "--as", nasty, "--json").json["review_id"]
    (planned / "a.json").write_text(
        json.dumps({"greeted": {"answer": "yes", "comment": f"{nasty}\0é"}, "polite": "no"})
    )
    speechcx("review", "answer", number, "--file", "a.json", "--as", nasty)
    shown = speechcx("review", "submit", number, "--as", nasty)
    assert shown.code == 0, shown.err
    assert "red" in shown.out
    assert not {"\x1b", "\u202e", "\0"} & set(shown.out)


def test_an_empty_database(tmp_path: Path, speechcx: Speechcx, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without calls every command says what to do first."""
    from speechcx.store import Store

    monkeypatch.chdir(tmp_path)
    Store.open(tmp_path / "speechcx.db", create=True).close()
    assert "run `speechcx run`" in speechcx("review", "plan", "march").err
    assert "No review fits" in speechcx("review", "list").err
    assert "No call waits" in speechcx("review", "next", "--as", "rita").err
    assert 10 == speechcx("review", "next", "--db", "nothing.db").code
    assert not os.path.exists("nothing.db")


def test_an_estimate_from_a_plan(planned: Path, speechcx: Speechcx) -> None:
    """One of two calls reviewed: its agent has a score, the other is said to be unseen."""
    number = speechcx("review", "next", "--as", "rita", "--json").json["review_id"]
    speechcx("review", "answer", number, "greeted=yes", "polite=no", "--as", "rita")
    speechcx("review", "submit", number, "--as", "rita")
    shown = speechcx("qa", "estimate", "march")
    assert "50.0" in shown.out
    assert "Nothing is scored yet of 1 agents" in shown.err
    assert 50.0 == speechcx("qa", "estimate", "march", "--json").json["total"]["score"]
    assert 2 == speechcx("qa", "estimate", "may").code
