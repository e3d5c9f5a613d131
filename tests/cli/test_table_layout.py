"""How tables fit a window: one line a row where there is room, two where there is little, never half an id."""

from rich.cells import cell_len

from speechcx.cli.table_layout import fold, lay_out
from speechcx.present.table import Column, Table, make_table

COLUMNS = (
    Column("flag", "flag", is_read=True),
    Column("agent", "agent"),
    Column("title", "what was found"),
    Column("day", "day", rank=1),
    Column("status", "status", rank=2),
)
ROWS = [
    {
        "flag": "66ea3428199fa522:card-number-read-out-x", "agent": "james.carter", "day": "2026-03-06",
        "title": "Customer threatens with a lawyer, court or regulator", "status": "open",
    },
    {"flag": "66ea3428199fa522:a", "agent": "日本の名前", "title": "Ok", "day": "2026-03-06", "status": "open"},
]  # fmt: skip


def made(rows: list[dict[str, str]] = ROWS) -> Table:
    return make_table("flags", COLUMNS, rows)


def test_a_pipe_gets_one_line_a_row() -> None:
    """Without a window nothing is broken, hidden or cut."""
    layout = lay_out(made(), None)
    assert layout is not None
    assert (layout.hidden, layout.is_cut) == ((), False)
    assert not any("\n" in cell.text for row in layout.table.rows for cell in row)


def test_no_row_takes_over_two_lines_and_no_line_is_wider_than_the_window() -> None:
    """At every width that takes a table; the columns of high rank go first, and ids stay whole."""
    for width in range(72, 200):
        layout = lay_out(made(), width)
        assert layout is not None, width
        assert sum(layout.widths) + 2 * (len(layout.widths) - 1) <= width
        for row in layout.table.rows:
            for cell, wide in zip(row, layout.widths, strict=True):
                lines = cell.text.split("\n")
                assert len(lines) <= 2
                assert max(map(cell_len, lines)) <= wide
            assert "\n" not in row[0].text
    narrow = lay_out(made(), 80)
    assert narrow is not None
    assert [column.key for column in narrow.hidden] == ["day", "status"]


def test_what_is_cut_says_so() -> None:
    """The end of a long cell is missing only with a mark, and never of a column that is read as a whole."""
    layout = lay_out(made([ROWS[0] | {"title": "word " * 60}]), 80)
    assert layout is not None
    assert (layout.is_cut, layout.table.rows[0][2].text[-1]) == (True, "…")
    spoken = make_table("turns", [Column("text", "words", is_read=True)], [{"text": "word " * 60}])
    read = lay_out(spoken, 80)
    assert read is not None
    assert (read.is_cut, read.table.rows[0][0].text.split()) == (False, ["word"] * 60)


def test_too_narrow_for_a_table() -> None:
    """Where what must be seen has no room, there is no table."""
    assert lay_out(made(), 40) is None


def test_words_are_broken_only_where_they_do_not_fit() -> None:
    """Lines break between words, wide letters count as two, and a long word is chopped."""
    assert fold("one two three", 7) == ["one two", "three"]
    assert fold("日本 語", 4) == ["日本", "語"]
    assert fold("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert fold("", 4) == [""]
