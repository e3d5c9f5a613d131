"""Tests of rulebooks that include others."""

from __future__ import annotations

from pathlib import Path

import pytest

from speechcx.ask.compliance import find_rule_text
from speechcx.errors import RulebookError
from speechcx.rules import limits, lint, lint_file, parse_rulebook, read_rulebook
from speechcx.rules.language.including import key_of, make_whole
from speechcx.rules.starter import starter_rulebook, starter_rulebooks
from tests.rules.talk import ask, customer

HEAD = "rulebook: mine\nversion: 1\n"
SHARED = """# what all of us use
rulebook: shared
version: 3
lists:
  thing: [card, "debit card"]
  other: [umbrella]
rules:
  - id: lost
    kind: driver
    by: customer
    said: >-
      lost NEAR/3
        {thing}
  - {id: wet, kind: driver, said: 'wet NEAR/2 {other}'}
  - {id: trouble, kind: outcome, any: [{rule: lost}, {rule: wet}]}
scorecards:
  - id: card
    sections: [{title: All, questions: [{id: q, text: Lost?, rule: lost}]}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a shared rulebook in a folder of its own."""
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "shared.yaml").write_text(SHARED, "utf-8")
    return tmp_path


def write(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    """A rulebook beside the shared one."""
    path = folder / name
    path.write_text(HEAD + text, "utf-8")
    return path


def refused(path: Path) -> str:
    """What is said of a rulebook that cannot be read."""
    with pytest.raises(RulebookError) as error:
        read_rulebook(path)
    return str(error.value)


def test_a_rulebook_has_the_rules_lists_and_cards_of_what_it_includes(folder: Path) -> None:
    """By a path from its own folder; they find what they find on their own."""
    book = read_rulebook(write(folder, "include: [common/shared.yaml]\n"))
    assert ["lost", "wet", "trouble"] == [rule.id for rule in book.rules]
    assert ["thing", "other"] == [name for name, _ in book.lists]
    assert ["card"] == [card.id for card in book.scorecards]
    assert "present" == ask(book, customer("I lost my debit card"), rule="lost").value


def test_some_rules_come_with_what_they_need_and_without_cards(folder: Path) -> None:
    """A rule brings the rules and lists it refers to, and nothing else."""
    one = read_rulebook(write(folder, "include: [{from: common/shared.yaml, rules: [wet]}]\n"))
    assert (["wet"], ["other"], ()) == ([r.id for r in one.rules], [n for n, _ in one.lists], one.scorecards)
    all_of = read_rulebook(write(folder, "include: [{from: common/shared.yaml, rules: [trouble]}]\n"))
    assert ["lost", "wet", "trouble"] == [rule.id for rule in all_of.rules]


def test_a_rule_is_replaced_by_leaving_it_out(folder: Path) -> None:
    """The scorecard of the included rulebook asks the rule of its name, whoever wrote it."""
    text = "include: [{from: common/shared.yaml, without: [lost]}]\nrules: [{id: lost, kind: driver, said: gone}]\n"
    book = read_rulebook(write(folder, text))
    assert "present" == ask(book, customer("it is gone"), rule="lost").value
    assert "card" == book.scorecards[0].id


def test_one_name_for_two_things_is_refused_and_both_places_named(folder: Path) -> None:
    """What is alike is taken once; what is not is a problem, of rules, lists and scorecards."""
    assert read_rulebook(write(folder, "include: [common/shared.yaml, common/shared.yaml]\n")).rules
    text = "include: [common/shared.yaml]\nrules: [{id: lost, kind: driver, said: gone}]\n"
    found = refused(write(folder, text))
    assert "rule 'lost' is in common/shared.yaml and in this rulebook, and not alike" in found
    assert "without: [lost]" in found
    assert "line 3" in found
    assert "list 'thing'" in refused(write(folder, "include: [common/shared.yaml]\nlists: {thing: [hat]}\n"))
    card = "scorecards: [{id: card, sections: [{title: A, questions: [{id: z, text: Z, ask: person}]}]}]\n"
    assert "scorecard 'card' is in two" in refused(write(folder, f"include: [common/shared.yaml]\n{card}"))


def test_problems_of_an_included_rulebook_name_its_file_and_line(folder: Path) -> None:
    """As they would be told of that file alone."""
    (folder / "common" / "shared.yaml").write_text(SHARED.replace("kind: driver, said", "kynd: driver, said"))
    problems = [str(problem) for problem in lint_file(write(folder, "include: [common/shared.yaml]\n"))]
    alone = [f"common/shared.yaml, {problem}" for problem in lint_file(folder / "common" / "shared.yaml")]
    assert alone == problems
    assert "line 14" in alone[0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("include: [complience]\n", "did you mean 'compliance'"),
        ("include: [gone.yaml]\n", "gone.yaml, which cannot be read"),
        ("include: [mine.yaml]\n", "includes itself"), ("include: [/etc/passwd.yaml]\n", "absolute path"),
        ("include: [{rules: [x]}]\n", "has no from"),
        ("include: [{from: risk, rules: [nothing]}]\n", "no rule 'nothing'"),
        ("include: [{from: risk, without: [nothing]}]\n", "no rule 'nothing'"), ("include: [a.yaml]\n", "a circle"),
        ("include: [{from: risk, only: [x]}]\n", "unknown name 'only'"), ("include: [es.yaml]\n", "language 'es'"),
    ],
)  # fmt: skip
def test_what_cannot_be_included_is_told_at_its_line(folder: Path, text: str, found: str) -> None:
    """With what was found and what is expected; nothing is left out without a word."""
    for one, other in (("a", "b"), ("b", "a")):
        (folder / f"{one}.yaml").write_text(
            f"{HEAD}include: [{other}.yaml]\nrules: [{{id: {one}, kind: risk, said: x}}]\n"
        )
    (folder / "es.yaml").write_text(
        f"{HEAD}language: es\nrules: [{{id: es, kind: risk, said: hola}}]\n", "utf-8"
    )
    assert found in refused(write(folder, text))


def test_includes_are_bounded_in_depth_and_size(folder: Path) -> None:
    """A chain that is too long and a text that is too big are refused with the limit."""
    for number in range(limits.INCLUDE_DEPTH + 2):
        write(
            folder,
            f"include: [n{number + 1}.yaml]\nrules: [{{id: r{number}, kind: risk, said: x}}]\n",
            f"n{number}.yaml",
        )
    assert f"more than {limits.INCLUDE_DEPTH} levels" in refused(folder / "n0.yaml")
    (folder / "big.yaml").write_text("#" * (limits.FILE_BYTES + 1))
    assert "bigger than" in refused(write(folder, "include: [big.yaml]\n"))


def test_the_kept_text_says_everything(folder: Path) -> None:
    """It is read again without the files, has the same digest, and holds the text of each rule."""
    book = read_rulebook(write(folder, "include: [common/shared.yaml, risk]\n"))
    (folder / "common" / "shared.yaml").unlink()
    again = parse_rulebook(book.source)
    assert book == again
    assert "lost NEAR/3" in (find_rule_text(book.source, "lost") or "")
    assert make_whole(book.source).text == book.source


def test_the_digest_covers_what_is_included(folder: Path) -> None:
    """A changed included file is another rulebook."""
    path = write(folder, "include: [common/shared.yaml]\n")
    before = read_rulebook(path).digest
    (folder / "common" / "shared.yaml").write_text(SHARED.replace("umbrella", "parasol"), "utf-8")
    assert before != read_rulebook(path).digest


def test_any_starters_can_be_combined() -> None:
    """What they share is alike, so that no two of them are in each other's way, but for two kinds of drivers."""
    names = [name for name in starter_rulebooks() if not name.startswith("drivers-")]
    assert () == lint(f"{HEAD}include: [{', '.join([*names, 'drivers-banking'])}]\n")
    for name in starter_rulebooks():
        if name.startswith("drivers-"):
            assert () == lint(f"{HEAD}include: [service-quality, compliance, {name}]\n"), name
    assert starter_rulebook("risk")


def test_paths_are_taken_from_the_including_file() -> None:
    """With either slash, up and down."""
    assert "common/b.yaml" == key_of("b.yaml", "common/a.yaml")
    assert "b.yaml" == key_of("..\\b.yaml", "common/a.yaml")
    assert "risk" == key_of("risk", "common/a.yaml")


@pytest.mark.parametrize("opening", ["[", "{a: "], ids=["lists", "groups"])
def test_a_rulebook_of_a_hundred_thousand_brackets_does_not_end_the_program(
    opening: str, folder: Path
) -> None:
    """It was a segmentation fault, of the rulebook itself and of one that it includes."""
    deep = "rules: " + opening * 100_000
    path = folder / "deep.yaml"
    path.write_text(deep)
    (problem,) = lint_file(path)
    assert "levels inside each other" in problem.found
    other = folder / "other.yaml"
    other.write_text(f"{HEAD}include: [deep.yaml]\n")
    assert lint_file(other)
