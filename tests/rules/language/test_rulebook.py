"""Tests of rulebooks as a whole: what is read, what is refused and how."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.errors import RulebookError
from speechcx.rules import limits
from speechcx.rules.language.conditions import Said
from speechcx.rules.language.rulebook import LANGUAGE_VERSION, lint, parse_rulebook, read_rulebook, with_rules

GOOD = """\
rulebook: northwind
version: 7
lists:
  product: [account, "debit card"]
rules:
  - {id: leave, kind: driver, said: 'cancel* NEAR/6 {product}', by: customer}
  - {id: notice, title: Notice given, kind: compliance, severity: critical, said: '"recorded line"', expect: present}
  - {id: both, kind: risk, all: [{rule: leave}, {not: {rule: notice}}]}
scorecards:
  - {id: card, sections: [{title: All, questions: [{id: q, text: Notice?, rule: notice}]}]}
tests:
  - {rule: leave, says: [[customer, 1.0, cancel my account]], expect: present}
"""


def errors(text: str) -> list[str]:
    """Problems of a rulebook as text."""
    return [str(problem) for problem in lint(text)]


def with_rule(rule: str) -> str:
    """A rulebook with one more rule."""
    return GOOD.replace("scorecards:", f"  - {rule}\nscorecards:")


def test_a_rulebook_is_read_whole() -> None:
    """Name, version, rules, lists, scorecards and tests come out as written."""
    rulebook = parse_rulebook(GOOD)
    assert ("northwind", "7", "en") == (rulebook.name, rulebook.version, rulebook.language)
    assert ["leave", "notice", "both"] == [rule.id for rule in rulebook.rules]
    assert ("Notice given", "critical", "present") == (
        rulebook.rule("notice").title, rulebook.rule("notice").severity, rulebook.rule("notice").expect,
    )  # fmt: skip
    assert [("product", 2)] == [(name, len(entries)) for name, entries in rulebook.lists]
    assert ("card", "card") == (rulebook.scorecards[0].id, rulebook.scorecards[0].title)
    assert 1 == len(rulebook.tests)
    assert GOOD == rulebook.source


def test_the_digest_is_that_of_the_text() -> None:
    """The same text has the same digest; any change, another; and it can be pickled."""
    rulebook = parse_rulebook(GOOD)
    assert rulebook.digest == parse_rulebook(GOOD).digest
    assert rulebook.digest != parse_rulebook(GOOD.replace("version: 7", "version: 8")).digest
    assert rulebook == pickle.loads(pickle.dumps(rulebook))  # noqa: S301
    assert LANGUAGE_VERSION >= 1


def test_drivers_and_risks_ignore_negated_matches() -> None:
    """What somebody does not want is no wish, unless the rule says so."""
    rulebook = parse_rulebook(GOOD)
    leave, notice = rulebook.rule("leave").condition, rulebook.rule("notice").condition
    assert isinstance(leave, Said)
    assert isinstance(notice, Said)
    assert ("ignore", "match") == (leave.scope.negated, notice.scope.negated)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (GOOD.replace("rulebook: northwind\n", ""), "line 1", "has no name"),
        (GOOD.replace("version: 7\n", ""), "line 1", "has no version"),
        (GOOD.replace("lists:", "list:"), "line 3, column 1", "did you mean 'lists'"),
        ("rulebook: x\nversion: 1\n", "line 1", "no rules"),
        ("[]", "line 1", "a list"),
        (GOOD.replace("kind: driver", "kind: drvier"), "line 6", "did you mean 'driver'"),
        (GOOD.replace("kind: driver, ", ""), "line 6", "has no kind"),
        (GOOD.replace("id: both, ", ""), "line 8", "has no id"),
        (GOOD.replace("id: both", "id: leave"), "line 8", "given twice"),
        (GOOD.replace("severity: critical", "severity: awful"), "line 7", "one of critical, major"),
        (
            GOOD.replace("expect: present}\n  - {id: both", "expect: maybe}\n  - {id: both"),
            "line 7",
            "present, absent",
        ),
        (GOOD.replace("{product}'", "{produkt}'"), "line 6, column 53", "did you mean 'product'"),
        (GOOD.replace("{rule: leave}, ", "{rule: leaf}, "), "line 8", "did you mean 'leave'"),
        (GOOD.replace("{rule: leave}, ", "{rule: both}, "), "line 8", "refers to itself"),
        (GOOD.replace('account, "debit card"', ""), "line 4", "is empty"),
        (GOOD.replace('account, "debit card"', "a~9"), "line 4, column 14", "in list 'product', column 2"),
        (GOOD.replace('account, "debit card"', "'{other}'"), "line 4", "no list 'other'"),
        (
            GOOD.replace('account, "debit card"', "'{product} x'"),
            "line 4",
            "lists inside lists one level deep",
        ),
        (with_rule("{id: x, kind: risk}"), "line 9", "asks for nothing"),
        (with_rule("{id: x, kind: risk, said: a b}"), "line 9, column 33", "one pair of quotation marks"),
        (with_rule("{id: x, kind: risk, said: ab, confidence_floor: 7}"), "line 9", "a number from 0 to 1"),
        (with_rule("{id: x, kind: risk, said: ab, by: agnet}"), "line 9", "did you mean 'agent'"),
    ],
)
def test_wrong_rulebooks_say_where_and_what_would_be_right(text: str, place: str, message: str) -> None:
    """Each mistake is named with its line and what would be legal."""
    found = errors(text)
    assert any(place in problem and message in problem for problem in found), found


def test_all_problems_come_at_once_and_one_cause_once() -> None:
    """Two mistakes are two problems; a rule that could not be read does not make its users wrong too."""
    text = GOOD.replace("cancel* NEAR/6 {product}", "cancel my card").replace(
        "severity: critical", "severity: awful"
    )
    assert 2 == len(errors(text))


def test_reading_refuses_with_every_problem_and_the_files_name(tmp_path: Path) -> None:
    """The error lists each problem with file, line and column, and says what to do."""
    path = tmp_path / "rules.yaml"
    path.write_text(GOOD.replace("kind: driver", "kind: x").replace("version: 7\n", ""))
    with pytest.raises(RulebookError, match="2 problems in the rulebook") as caught:
        read_rulebook(path)
    assert f"{path}, line 5" in str(caught.value)
    assert "docs/rules.md" in str(caught.value)


def test_files_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    """Missing, too big and non-text files are refused in words."""
    with pytest.raises(RulebookError, match="cannot be read: No such file"):
        read_rulebook(tmp_path / "none.yaml")
    binary = tmp_path / "b.yaml"
    binary.write_bytes(b"\xff\xfe\x00rules")
    with pytest.raises(RulebookError, match="not UTF-8"):
        read_rulebook(binary)
    big = tmp_path / "big.yaml"
    big.write_bytes(b"#" * (limits.FILE_BYTES + 1))
    with pytest.raises(RulebookError, match="at most 1,000,000 bytes"):
        read_rulebook(big)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    """A file gives what its text gives."""
    path = tmp_path / "rules.yaml"
    path.write_text(GOOD, encoding="utf-8-sig")
    assert parse_rulebook(GOOD) == read_rulebook(path)


def test_too_many_conditions_and_rules_are_refused() -> None:
    """Deep nesting and too many rules stop at their limits."""
    deep = "not: {" * 12 + "said: ab" + "}" * 12
    assert any(
        "too many conditions" in problem for problem in errors(with_rule(f"{{id: x, kind: risk, {deep}}}"))
    )
    many = "rulebook: x\nversion: 1\nrules:\n" + "".join(
        f"- {{id: r{n}, kind: risk, said: ab}}\n" for n in range(limits.RULES + 1)
    )
    assert any("at most 2,000" in problem for problem in errors(many))


def test_some_rules_of_a_rulebook_with_those_they_need() -> None:
    """A part of a rulebook keeps the rules its rules refer to."""
    part = with_rules(parse_rulebook(GOOD), frozenset({"both"}))
    assert ["leave", "notice", "both"] == [rule.id for rule in part.rules]
    assert ["leave"] == [rule.id for rule in with_rules(parse_rulebook(GOOD), frozenset({"leave"})).rules]
    with pytest.raises(RulebookError, match="no rule 'leaf'"):
        parse_rulebook(GOOD).rule("leaf")


@given(st.data())
def test_a_damaged_rulebook_is_read_or_explained(data: st.DataObject) -> None:
    """Any piece cut out of a rulebook, or put in, gives a rulebook or problems, never an exception."""
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, min(len(GOOD), start + 12)))
    put = data.draw(st.text(alphabet="{}[]:'\"-,ab*& \n", max_size=4))
    for problem in lint(GOOD[:start] + put + GOOD[end:]):
        assert problem.line >= 1
        assert problem.found
