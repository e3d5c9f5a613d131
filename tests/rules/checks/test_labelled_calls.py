"""Tests of label files."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.errors import UsageError
from speechcx.rules import read_labels
from speechcx.rules.checks.labelled_calls import TRUTHS

RULES = ("greet", "cancel")
CALLS = {"a.wav": "aaaa", "aaaa": "aaaa", "b.wav": "bbbb"}


def find_call(name: str) -> str:
    """The call of a name."""
    if name not in CALLS:
        raise UsageError(f"no call is named {name!r}", "an id", "list calls")
    return CALLS[name]


def read(path: Path, text: str | bytes):  # type: ignore[no-untyped-def]
    """The labels in a text."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_labels(path, rules=RULES, find_call=find_call)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A place for labels."""
    return tmp_path / "labels.csv"


@pytest.mark.parametrize(
    "text",
    [
        "call,rule,truth\na.wav,greet,present\nb.wav,cancel,absent\n",
        "\ufeffcall,rule,truth\r\na.wav,greet,yes\r\nb.wav,cancel,no\r\n",
        "Call;RULE;truth;by\na.wav;greet;1;kim\nb.wav;cancel;0;kim\n",
        "rule\tcall\ttruth\ngreet\ta.wav\tTRUE\n\n\ncancel\tb.wav\tFalse",
        '"call","rule","truth"\n"a.wav","greet"," Present "\n"b.wav","cancel","Absent"\n,,\n',
        "call,rule,truth\na.wav,greet,y\naaaa,greet,present\nb.wav,cancel,n\n",
    ],
)
def test_files_of_spreadsheets_are_read_alike(file: Path, text: str) -> None:
    """With a byte-order mark, CRLF, semicolons, tabs, quotes, other columns, and calls named in two ways."""
    assert [("aaaa", "greet", "present"), ("bbbb", "cancel", "absent")] == [
        (label.call, label.rule, label.truth) for label in read(file, text)
    ]


def test_people_may_not_know_either(file: Path) -> None:
    """A truth of its own."""
    (label,) = read(file, "call,rule,truth\na.wav,greet,cannot tell\n")
    assert ("cannot_tell", 2) == (label.truth, label.line)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: no column call, rule, truth; found nothing"),
        ("call,rule\na.wav,greet\n", "no column truth; found call, rule"),
        ("call,rule,truth\n", "holds no labels"),
        (
            "call,rule,truth\nx,greet,yes\nx,cancel,yes\n",
            r"2 problems\n  line 2: no call is named 'x'.*\n  line 3: 'x'",
        ),
        ("call,rule,truth\na.wav,gret,yes\n", "line 2: no rule 'gret'; did you mean 'greet'"),
        ("call,rule,truth\na.wav,greet,perhaps\n", "line 2: truth 'perhaps'; legal are present, absent"),
        ("call,rule,truth\na.wav,greet\n", r"line 2: 'a.wav | greet' lacks one of".replace("|", r"\|")),
        (
            "call,rule,truth\na.wav,greet,yes\naaaa,greet,no\n",
            "line 3: 'aaaa' and rule 'greet' are absent here and",
        ),
        (b"call,rule,truth\n\xff\xfe,greet,yes\n", "not UTF-8 text"),
        ("call,rule,truth\n" + 'a.wav,greet,"' + "x" * 200_000, "line 2: field larger than field limit"),
        ("call,rule,truth\n" + "z,greet,yes\n" * 1, "1 problem\n"),
        ("call,rule,truth\n" + "".join(f"z{n},greet,yes\n" for n in range(30)), "and 10 more"),
    ],
)
def test_wrong_lines_are_all_named(file: Path, text: str | bytes, message: str) -> None:
    """Each with its line and what would be legal."""
    with pytest.raises(UsageError, match=message):
        read(file, text)


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    """A missing one and a folder."""
    for path in (tmp_path / "no.csv", tmp_path):
        with pytest.raises(UsageError, match="cannot be read"):
            read_labels(path, rules=RULES, find_call=find_call)


@given(
    st.lists(
        st.tuples(st.sampled_from(["a.wav", "b.wav"]), st.sampled_from(RULES), st.sampled_from(list(TRUTHS))),
        min_size=1,
    ),
    st.sampled_from(",;\t"),
)
def test_labels_come_back_or_contradict(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], delimiter: str
) -> None:
    """What is written is read, once for each call and rule; a contradiction is always found."""
    path = tmp_path_factory.mktemp("labels") / "labels.csv"
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([("call", "rule", "truth"), *rows])
    wanted: dict[tuple[str, str], set[str]] = {}
    for call, rule, truth in rows:
        wanted.setdefault((CALLS[call], rule), set()).add(TRUTHS[truth])
    if any(len(truths) > 1 for truths in wanted.values()):
        with pytest.raises(UsageError, match="here and"):
            read_labels(path, rules=RULES, find_call=find_call)
    else:
        labels = read_labels(path, rules=RULES, find_call=find_call)
        assert wanted == {(label.call, label.rule): {label.truth} for label in labels}
        assert len(wanted) == len(labels)


@given(st.binary(max_size=300))
def test_random_bytes_are_labels_or_a_message(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """Never another error."""
    path = tmp_path_factory.mktemp("labels") / "labels.csv"
    path.write_bytes(data)
    with pytest.raises(UsageError):
        read_labels(path, rules=RULES, find_call=find_call)
