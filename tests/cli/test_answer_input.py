"""Times, answers and forms as people type them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.ask.qa import FormQuestion
from speechcx.cli.answer_input import ask_answers, read_answer, read_file, read_time, read_words
from speechcx.errors import UsageError
from speechcx.store.decisions.review_record import Given


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("83", 83.0), ("1:23", 83.0), ("0:01.5", 1.5), ("1:02:03", 3723.0), (" 0:07 ", 7.0)],
)
def test_times(typed: str, seconds: float) -> None:
    """Seconds, minutes and hours, with or without a fraction."""
    assert seconds == read_time(typed)


@given(st.text(max_size=12))
def test_any_text_is_a_time_or_a_clear_error(typed: str) -> None:
    """Nothing typed as a time ends in anything but seconds or a UsageError."""
    try:
        seconds = read_time(typed)
    except UsageError:
        return
    assert seconds >= 0


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("y", "yes"),
        ("YES", "yes"),
        ("N", "no"),
        ("-", "n-a"),
        ("n/a", "n-a"),
        ("?", "cannot-tell"),
        ("Jein", "jein"),
    ],
)
def test_short_answers(typed: str, kept: str) -> None:
    """Short forms are spelled out; others are left for the form to refuse."""
    assert kept == read_answer(typed)


def test_words_with_comments_and_times() -> None:
    """A comment may hold an equals sign; a question twice is refused."""
    given = read_words(["a=y", "b=no"], ["b=x=1"], ["b=0:05"])
    assert [Given("a", "yes"), Given("b", "no", "x=1", 5.0)] == given
    with pytest.raises(UsageError, match="a twice"):
        read_words(["a=y", "a=n"], [], [])
    with pytest.raises(UsageError, match="an answer '=yes'"):
        read_words(["=yes"], [], [])


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=7), inner, max_size=3),
                    max_leaves=8))  # fmt: skip
def test_any_json_is_answers_or_a_clear_error(
    tmp_path_factory: pytest.TempPathFactory, document: object
) -> None:
    """No file ends in anything but answers or a UsageError."""
    path = tmp_path_factory.mktemp("json") / "answers.json"
    path.write_text(json.dumps(document), "utf-8")
    try:
        found = read_file(str(path))
    except UsageError:
        return
    assert found
    assert all(isinstance(one, Given) for one in found)


def test_a_file_with_a_byte_order_mark_and_a_missing_one(tmp_path: Path) -> None:
    """Spreadsheet programs write a mark first; a missing file is named."""
    (tmp_path / "a.json").write_text('\ufeff{"a": "yes"}', "utf-8")
    assert [Given("a", "yes")] == read_file(str(tmp_path / "a.json"))
    with pytest.raises(UsageError, match=r"cannot read answers from .*none\.json"):
        read_file(str(tmp_path / "none.json"))


def question(name: str, answer: str | None = None) -> FormQuestion:
    """A question of a form."""
    return FormQuestion(name, "Opening", f"{name}?", None, False, answer, None, None)


def ask(lines: list[str], *questions: FormQuestion) -> tuple[bool, list[Given]]:
    """Type lines at a form; what was kept, and whether all was answered."""
    kept: list[Given] = []
    waiting = iter(lines)

    def type_next() -> str:
        try:
            return next(waiting)
        except StopIteration:
            raise EOFError from None

    return ask_answers(questions, kept.append, type_next), kept


def test_asked_questions_skip_what_is_answered() -> None:
    """Only what waits is asked, from the first on."""
    done, kept = ask(["y", "n"], question("a"), question("b", "yes"), question("c"))
    assert (True, ["a", "c"]) == (done, [one.question for one in kept])


def test_one_can_go_back() -> None:
    """b asks the question before again; what follows that is answered already is not asked twice."""
    done, kept = ask(["y", "b", "n oops @0:03", "y"], question("a"), question("b"))
    assert done
    assert [Given("a", "yes"), Given("a", "no", "oops", 3.0), Given("b", "yes")] == kept


def test_the_end_of_input_stops(capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing more comes, what was answered is kept, and it is not done."""
    done, kept = ask(["y"], question("a"), question("b"))
    assert (False, 1) == (done, len(kept))
    assert "2/2 Opening: b?" in capsys.readouterr().err
