"""Search over two stored calls."""

from pathlib import Path

import pytest

from tests.cli.conftest import Speechcx
from tests.cli.stored import fill_project

pytestmark = pytest.mark.usefixtures("ran")


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two stored calls; bob's lacks the greeting."""
    fill_project(tmp_path)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("words", ['"', "AND", "a*b(", "don't", "\x00", "NEAR/", "-x", "wonderful OR"])
def test_search_never_fails(speechcx: Speechcx, words: str) -> None:
    """Whatever is typed, search answers."""
    assert 0 == speechcx("search", "--json", "--", words).code


def test_search_finds_who_said_it(speechcx: Speechcx) -> None:
    """A word is found with its party and time, and filters apply."""
    rows = speechcx("search", "cancel", "--speaker", "customer", "--json").json["rows"]
    assert {"customer"} == {row["party"] for row in rows}
    assert 2 == len(rows)
    assert all(row["start_s"] == pytest.approx(5.9, abs=0.4) for row in rows)
    assert [] == speechcx("search", "cancel", "--speaker", "agent", "--json").json["rows"]
    assert "[cancel]" in speechcx("search", "cancel").out


def test_searches_without_words(speechcx: Speechcx) -> None:
    """A rule's evidence, what could not be told, turns of a feeling; and nothing at all says what could be asked."""
    (hit,) = speechcx("search", "--rule", "greeting", "--json").json["rows"]
    assert ("rule", "greeting", "present", "agent", "[Thank you for calling]") == (
        hit["found"], hit["rule"], hit["result"], hit["party"], hit["snippet"]
    )  # fmt: skip
    assert [] == speechcx("search", "--result", "cannot-tell", "--json").json["rows"]
    assert "it is terrible" in speechcx("search", "--sentiment", "neutral").out
    assert "it is terrible" in speechcx("search", "--sentiment", "-0.1").out
    nothing = speechcx("search")
    assert (0, "", True) == (nothing.code, nothing.out, "Nothing to look for" in nothing.err)


def test_a_search_is_kept_run_counted_and_forgotten(speechcx: Speechcx) -> None:
    """Under its name, with what is new since the last look."""
    assert "Kept as quits" in speechcx("search", "cancel", "--agent", "bob", "--save", "quits").err
    (row,) = speechcx("searches", "--json").json["rows"]
    assert ("quits", "cancel", "agent bob", 0) == (row["name"], row["words"], row["filters"], row["new"])
    ran = speechcx("search", "--saved", "quits", "--json")
    assert (["bob"], True) == ([hit["agent"] for hit in ran.json["rows"]], "0 new" in ran.err)
    assert [] == speechcx("search", "--saved", "quits", "--new", "--json").json["rows"]
    assert 0 == speechcx("searches", "--delete", "quits").code
    assert [] == speechcx("searches", "--json").json["rows"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--saved", "nix"), "no saved search"),
        (("cancel", "--saved", "nix"), "words beside --saved"),
        (("--result", "absent"), "add --rule"),
        (("--sentiment", "sad"), "negative"),
        (("--sentiment", "nan"), "from -1 to 1"),
        (("--speaker", "agnt"), "use agent"),
        (("x", "--save", " "), "1 to 100"),
    ],
)
def test_wrong_words_say_what_would_be_right(speechcx: Speechcx, words: tuple[str, ...], said: str) -> None:
    """Exit code 2, nothing on stdout."""
    found = speechcx("search", *words)
    assert (2, "", True) == (found.code, found.out, said in found.err)


def test_a_megabyte_is_searched_for_in_no_time(speechcx: Speechcx) -> None:
    """What is more than a question is cut."""
    assert 0 == speechcx("search", "--json", "x" * 1_000_000).code
    assert 0 == speechcx("search", "--json", "don't " * 150_000).code
