"""Conditions tried from the command line: on stored calls, on typed talk, wrongly typed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.cli.conftest import ANN, BOB, RULEBOOK, Speechcx


def test_a_typed_phrase_is_found_with_words_party_and_time(scored_copy: Path, speechcx: Speechcx) -> None:
    """Both customers want to cancel; the newest call comes first."""
    found = speechcx("rules", "try", "cancel* NEAR/3 card", "--by", "customer", "--json").json
    assert (2, 0, 0, 2) == tuple(found[name] for name in ("present", "absent", "cannot_tell", "searched"))
    assert ["bob", "ann"] == [call["agent"] for call in found["calls"]]
    hit = found["calls"][1]["hits"][0]
    assert ("customer", "cancel my card") == (hit["party"], hit["quote"])
    assert 5.0 < hit["start_s"] < hit["end_s"] < 8.0


def test_a_phrase_that_holds_nowhere_shows_the_nearest_miss(scored_copy: Path, speechcx: Speechcx) -> None:
    """With its words and what is wrong with it, and what would widen it."""
    ran = speechcx("rules", "try", "cancel*", "--by", "agent")
    assert (0, True) == (ran.code, "holds in 0" in ran.out)
    assert "said by the customer, not the agent" in " ".join(ran.out.split())
    assert "2 calls come near" in ran.err
    lost = speechcx("rules", "try", "zebra")
    assert "Nothing comes near" in lost.err


def test_conditions_measures_and_lists_can_be_typed(scored_copy: Path, speechcx: Speechcx) -> None:
    """A whole condition, a measure, a list and a rule of the project's rulebook."""
    (scored_copy / "rulebook.yaml").write_text(
        RULEBOOK.replace("rules:", "lists: {thing: [card]}\nrules:", 1)
    )
    for typed, count in (
        ("{said: cancel*, within: {first: 2s}}", 1),
        ("customer.words > 5", 2),
        ("{thing}", 2),
        ("all: [{rule: greeting}, {rule: cancel}]", 1),
    ):
        assert count == speechcx("rules", "try", typed, "--json").json["present"], typed
    assert 1 == speechcx("rules", "try", "--rule", "greeting", "--json").json["present"]


def test_calls_are_chosen_by_name_day_agent_and_number(scored_copy: Path, speechcx: Speechcx) -> None:
    """Only these are searched; what is left out is said."""
    for flags, count in (
        (("--call", ANN), 1), (("--call", ANN, "--call", BOB), 2), (("--agent", "bob"), 1),
        (("--since", "2026-03-03"), 1), (("--call", ANN, "--agent", "bob"), 0),
    ):  # fmt: skip
        assert count == speechcx("rules", "try", "cancel*", *flags, "--json").json["searched"], flags
    ran = speechcx("rules", "try", "cancel*", "--newest", "1")
    assert "newest 1 of 2 calls" in ran.err
    empty = speechcx("rules", "try", "cancel*", "--agent", "nobody")
    assert (0, True) == (empty.code, "Without --agent there would be 2" in empty.err)


def test_typed_talk_needs_no_database(
    project: Path, speechcx: Speechcx, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words on the command line or on standard input, by whom and when."""
    said = speechcx(
        "rules", "try", "cancel*", "--by", "customer", "--text", "I want to cancel", "--json"
    ).json
    assert ("customer", "cancel") == (
        said["calls"][0]["hits"][0]["party"],
        said["calls"][0]["hits"][0]["quote"],
    )
    monkeypatch.setattr("sys.stdin", io.StringIO("agent: Hello.\n0:40 customer: I want to cancel.\n"))
    late = speechcx("rules", "try", "{said: cancel*, within: {first: 30s}}", "--text", "-", "--json").json
    assert (0, 1) == (late["present"], late["absent"])
    assert "outside of first 30s" in late["misses"][0]["why"]
    both = "sequence: [{said: cancel*, by: customer}, {said: sorry, by: agent}]"
    ran = speechcx("rules", "try", both, "--text", "cancel sorry")
    assert (2, True) == (ran.code, "does not say who speaks" in ran.err)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("cancel* NEER/6 card",), 12, "NEAR/6"),
        (("{thing}",), 12, "no list 'thing'"),
        (("said: [a",), 12, "not YAML"),
        (("",), 12, "nothing was typed"),
        ((), 2, "nothing to try"),
        (("cancel", "--rule", "greeting"), 2, "together"),
        (("--rule", "greetin"), 12, "did you mean 'greeting'"),
        (("cancel", "--by", "agnet"), 2, "use agent"),
        (("cancel", "--negated", "x"), 2, "ignore, match"),
        (("cancel", "--json", "--csv"), 2, "one of them"),
        (("cancel", "--call", "nowhere.wav"), 2, "no call is named"),
        (("cancel", "--since", "yesterday"), 2, "YYYY-MM-DD"),
        (("cancel", "--text", " "), 2, "no words"),
    ],
)
def test_what_cannot_be_tried_is_told_clearly(
    scored_copy: Path, speechcx: Speechcx, words: tuple[str, ...], code: int, message: str
) -> None:
    """With what would be legal, and the exit code of its kind."""
    ran = speechcx("rules", "try", *words)
    assert code == ran.code
    assert message in ran.err


def test_a_column_is_marked_under_what_was_typed(project: Path, speechcx: Speechcx) -> None:
    """As a compiler does."""
    ran = speechcx("rules", "try", "cancel* NEER/6 card", "--text", "x")
    _, text, mark, *_ = ran.err.splitlines()
    assert text[mark.index("^") :].startswith("NEER/6 card")


def test_a_broken_rulebook_does_not_stop_a_plain_phrase(scored_copy: Path, speechcx: Speechcx) -> None:
    """It is said that its lists cannot be used."""
    (scored_copy / "rulebook.yaml").write_text("rules: [")
    ran = speechcx("rules", "try", "cancel*", "--json")
    assert (0, 2) == (ran.code, ran.json["present"])
    assert "cannot be used" in ran.err
    assert 12 == speechcx("rules", "try", "--rule", "greeting").code


def test_hits_as_csv_have_a_row_each(scored_copy: Path, speechcx: Speechcx) -> None:
    """With file and times, for a spreadsheet."""
    lines = speechcx("rules", "try", "cancel*", "--csv").out.splitlines()
    assert "call_id,file,agent,started_at,value,start_s,end_s,party,words,why" == lines[0]
    assert [BOB, ANN] == [line.split(",")[1] for line in lines[1:]]
