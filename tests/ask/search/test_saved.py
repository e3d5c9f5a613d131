"""Searches kept under a name."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechcx.ask.search.saved import (
    count_new,
    find_saved,
    list_saved,
    read_filters,
    read_name,
    write_filters,
)
from speechcx.ask.search.word_search import SearchFilter
from speechcx.errors import UsageError
from speechcx.store import CallFilter, Store
from speechcx.store.decisions.saved_searches import (
    delete_search,
    list_searches,
    newest_moment,
    note_look,
    save_search,
)
from tests.factories import make_call

text = st.text(max_size=8)
call_filters = st.builds(
    CallFilter,
    since=st.none() | st.dates(), until=st.none() | st.dates(), agent=st.lists(text).map(tuple),
    extras=st.lists(st.tuples(text, text), max_size=2).map(tuple),
    results=st.lists(st.tuples(text, st.sampled_from(("present", "absent"))), max_size=2).map(tuple),
    flagged=st.none() | st.booleans(),
)  # fmt: skip


@given(
    st.builds(
        SearchFilter, calls=call_filters, party=st.none() | st.sampled_from(("agent", "customer")),
        sentiment_at_most=st.none() | st.floats(-1, 1), label=st.none() | st.sampled_from(("negative", "mixed")),
        rule=text, min_silence_s=st.none() | st.floats(0, 100), near=st.none() | st.integers(0, 1000),
    )
)  # fmt: skip
def test_a_filter_comes_back_as_it_was_kept(filters: SearchFilter) -> None:
    """Whatever was asked for, and nothing else is written."""
    assert filters == read_filters(write_filters(filters))


def keep(store: Store, name: str, words: str, filters: SearchFilter | None = None) -> None:
    save_search(store, name, words, write_filters(filters or SearchFilter()), who="mia")


def test_new_is_what_was_stored_since_somebody_looked(store: Store) -> None:
    """Not what was said since: an old recording that comes in late is new."""
    store.save_call(make_call("a"))
    keep(store, "quits", "cancel")
    store.db.execute("UPDATE calls SET stored_at = '2025-01-01T00:00:00.000Z'")
    store.db.execute("UPDATE saved_searches SET looked_at = '2025-01-01T00:00:00.000Z'")
    assert 0 == count_new(store, find_saved(store, "quits"))
    store.save_call(make_call("b"))
    assert (1, "mia") == (list_saved(store)[0].new, list_saved(store)[0].saved_by)
    note_look(store, "quits", newest_moment(store))
    assert 0 == count_new(store, find_saved(store, "quits"))


def test_searches_are_listed_replaced_and_forgotten(store: Store) -> None:
    """By name, with what they ask for in words."""
    keep(store, "b", "one")
    keep(store, "a", "two", SearchFilter(CallFilter(agent=("ann",), since=date(2025, 3, 1)), rule="notice"))
    keep(store, "b", "three")
    rows = list_saved(store)
    assert [("a", "two", "agent ann, since 2025-03-01, rule notice"), ("b", "three", "")] == [
        (row.name, row.words, row.filters) for row in rows
    ]
    assert (True, False) == (delete_search(store, "a"), delete_search(store, "a"))
    assert ["b"] == [found.name for found in list_searches(store)]


def test_a_name_nobody_kept_names_the_nearest(store: Store) -> None:
    """Or says how to keep one."""
    with pytest.raises(UsageError, match="--save NAME"):
        find_saved(store, "quits")
    keep(store, "quits", "cancel")
    with pytest.raises(UsageError, match="use 'quits'"):
        find_saved(store, "quit")


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
def test_names_are_short_and_not_blank(name: str) -> None:
    """They are typed again and again."""
    with pytest.raises(UsageError, match="1 to 100"):
        read_name(name)


def test_filters_of_a_newer_version_are_refused() -> None:
    """Rather than half understood."""
    with pytest.raises(UsageError, match="another version"):
        read_filters('{"calls": {}, "mood": 5}')
