import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechcx.ask.ground.typed_words import MAX_TERMS, Term, find_terms, read_words

SIGNS = "\"'*()-:^{}[]\\ +~|&%_;\0\x1f\t\n"


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("cancel account", (Term(("cancel",)), Term(("account",)))),
        ('"cancel my account"', (Term(("cancel", "my", "account")),)),
        ("cancel*", (Term(("cancel",), True),)),
        ('"get my mon"*', (Term(("get", "my", "mon"), True),)),
        ("don't", (Term(("don", "t")),)),
        ("C++ (24/7)", (Term(("C",)), Term(("24", "7")))),
        ("NOT this or NEAR", (Term(("NOT",)), Term(("this",)), Term(("or",)), Term(("NEAR",)))),
        ("cancel AND account", (Term(("cancel",)), Term(("account",)))),
        ("cancel OR", (Term(("cancel",)), Term(("OR",)))),
        ("OR cancel", (Term(("OR",)), Term(("cancel",)))),
        ('"open quote', (Term(("open", "quote")),)),
        ("a*", (Term(("a",)),)),
        ("!!! -- ***", ()),
        ("", ()),
    ],
)
def test_what_is_typed_is_understood(typed: str, terms: tuple[Term, ...]) -> None:
    """Words, phrases, beginnings; signs are separators, operators are words."""
    assert terms == read_words(typed).terms


def test_what_is_not_searched_for_is_named() -> None:
    """Signs without letters, and words beyond the limit."""
    words = read_words("!!! " + " ".join(f"w{n}" for n in range(MAX_TERMS + 2)))
    assert (MAX_TERMS, ("!!!", f"w{MAX_TERMS}", f"w{MAX_TERMS + 1}")) == (len(words.terms), words.left_out)


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("supervisor OR manager", '("supervisor" OR "manager")'),
        ("refund supervisor | manager", '"refund" AND ("supervisor" OR "manager")'),
        ('"team leader" OR boss* OR manager now', '("team leader" OR "boss"* OR "manager") AND "now"'),
    ],
)
def test_one_word_or_the_other_is_searched_for_as_typed(typed: str, query: str) -> None:
    """OR binds its two neighbours; every other word must be there."""
    assert query == read_words(typed).to_match()


def test_alternatives_may_stand_near_a_word() -> None:
    """Each is looked for near it."""
    query = 'NEAR("refund" "fee", 5) OR NEAR("refund" "charge", 5)'
    assert query == read_words("refund fee OR charge", near=5).to_match()


def test_or_finds_turns_with_either_word(index: sqlite3.Connection) -> None:
    """Whichever of the two was said."""
    query = "SELECT count(*) FROM t WHERE t MATCH ?"
    for typed, found in (("cancel OR refund", 1), ("refund OR credit", 0), ("refund OR cancel account", 1)):
        assert (found,) == index.execute(query, (read_words(typed).to_match(),)).fetchone()


@pytest.fixture(scope="module")
def index() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE t USING fts5 (x, tokenize = 'unicode61 remove_diacritics 2')")
    db.execute("INSERT INTO t VALUES ('I want to cancel my account, it''s ridiculous')")
    return db


texts = st.one_of(
    st.text(max_size=40),
    st.text(st.sampled_from(SIGNS + "abORNE"), max_size=40),
    st.text(st.characters(), max_size=20).map(lambda text: text + "\ud800"),
    st.lists(
        st.sampled_from(("NEAR(", "AND", "OR", "NOT", '"', "*", "cancel", "x:", "^", "account", "{a b}")),
        max_size=9,
    ).map(" ".join),
)


@given(texts, st.none() | st.integers(0, 9))
@settings(max_examples=500, deadline=None)
def test_no_text_is_an_error_to_the_index(index: sqlite3.Connection, typed: str, near: int | None) -> None:
    """Whatever is typed, the query made of it is one the index takes."""
    words = read_words(typed, near=near)
    if words.terms:
        index.execute("SELECT rowid FROM t WHERE t MATCH ?", (words.to_match(),)).fetchall()


@given(
    st.text(st.sampled_from("ab éÉ'- "), max_size=30),
    st.text(st.sampled_from('ab eé*" '), min_size=1, max_size=8),
)
@settings(max_examples=500, deadline=None)
def test_terms_are_found_in_the_text_where_the_index_finds_them(text: str, typed: str) -> None:
    """What the index matches is marked in the snippet, and nothing else."""
    words = read_words(typed)
    if not words.terms:
        return
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE t USING fts5 (x, tokenize = 'unicode61 remove_diacritics 2')")
    db.execute("INSERT INTO t VALUES (?)", (text,))
    for term in words.terms:
        one = type(words)(((term,),))
        matched = bool(db.execute("SELECT 1 FROM t WHERE t MATCH ?", (one.to_match(),)).fetchall())
        assert matched == bool(find_terms(text, one))
    db.close()


def test_matches_are_told_by_their_place() -> None:
    """Without case and accents, as parts of the text as it stands."""
    text = "Zoë's account: CANCEL my Account!"
    spans = find_terms(text, read_words('zoe "cancel my" acc*'))
    assert ["Zoë", "account", "CANCEL my", "Account"] == [text[a:b] for a, b in spans]
