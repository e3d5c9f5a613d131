from hypothesis import given
from hypothesis import strategies as st

from speechcx.ask.search.snippets import LONGEST, SnippetPiece, cut_snippet


def test_a_short_turn_is_shown_whole() -> None:
    """Cut at the matches, and nowhere else."""
    pieces = cut_snippet("I want to cancel it", [(10, 16)])
    assert (
        SnippetPiece("I want to ", False),
        SnippetPiece("cancel", True),
        SnippetPiece(" it", False),
    ) == pieces


def test_a_long_turn_is_shown_around_the_first_match() -> None:
    """Between whole words, with signs that there is more."""
    text = " ".join(f"word{n}" for n in range(200))
    at = text.index("word100")
    pieces = cut_snippet(text, [(at, at + 7)])
    assert ("… ", " …") == (pieces[0].text, pieces[-1].text)
    assert ["word100"] == [piece.text for piece in pieces if piece.is_match]
    shown = "".join(piece.text for piece in pieces)
    assert LONGEST + 20 > len(shown)
    assert all(part in text.split() or part == "…" for part in shown.split())


def test_without_a_match_the_beginning_is_shown() -> None:
    """Where the index folds a letter in a way of its own."""
    assert (SnippetPiece("hello there", False),) == cut_snippet("hello there", [])
    assert () == cut_snippet("", [])


@given(st.text(st.sampled_from("ab "), max_size=900), st.data())
def test_pieces_are_parts_of_the_text(text: str, data: st.DataObject) -> None:
    """The first match is always whole, and pieces follow each other as in the text."""
    edges = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    spans = list(zip(edges[::2], edges[1::2], strict=False))
    pieces = cut_snippet(text, spans)
    assert "".join(piece.text for piece in pieces).replace("… ", "").replace(" …", "") in text
    if spans:
        assert text[spans[0][0] : spans[0][1]] == next(piece.text for piece in pieces if piece.is_match)
