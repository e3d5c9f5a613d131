"""Comments of surveys: redacted, read for what they say and for contact drivers, and never read twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from speechcx.ask.customers import describe_customer, list_callbacks, read_satisfaction
from speechcx.imports import CommentSettings, ImportOptions, ImportReport, run_import
from speechcx.present.customers import present_customer
from speechcx.present.table import Table
from speechcx.rules import Rulebook, parse_rulebook
from speechcx.sentiment import SentimentSettings
from speechcx.store import Store
from tests.ask.archive import at, make
from tests.imports.exports import SETTINGS

RULEBOOK = """
rulebook: drivers
version: 1
language: en
rules:
  - id: driver-billing
    title: Billing
    kind: driver
    by: customer
    said: bill* | invoice* | charged
  - id: driver-delivery
    title: Delivery
    kind: driver
    by: customer
    said: deliver* | parcel
"""
HEAD = "Response ID,Completed at,Call ID,CSAT,NPS,Comment"
ROWS = (
    "1,2026-03-02 09:00:00,c1,1,0,This is terrible: the bill was wrong again and the delivery is awful",
    "2,2026-03-02 10:00:00,c2,5,10,Great service and a friendly agent. I love it",
    "3,2026-03-02 11:00:00,c3,1,1,El servicio fue muy malo y nadie me ayudó con la factura de este mes",
    "4,2026-03-02 12:00:00,c4,2,3,My card 4111 1111 1111 1111 was charged twice and I hate this",
    "5,2026-03-02 13:00:00,c5,4,8,",
)


class Loaded:
    """Counts how often the rulebook is loaded."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Rulebook:
        """Load it."""
        self.times += 1
        return parse_rulebook(RULEBOOK, "drivers.yaml")


def take(store: Store, folder: Path, rows: tuple[str, ...], rulebooks: Loaded) -> ImportReport:
    """Import answers of these rows."""
    path = folder / "answers.csv"
    path.write_text("\n".join((HEAD, *rows)), encoding="utf-8")
    comments = CommentSettings(rulebooks, SentimentSettings(engine="lexicon"))
    wanted = ImportOptions(who="mia")
    return run_import(store, path, "surveys", settings=SETTINGS, options=wanted, comments=comments)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database."""
    with Store.open(tmp_path / "calls.db", create=True) as made:
        yield made


def test_comments_are_read_for_feeling_and_drivers_with_their_source(store: Store, tmp_path: Path) -> None:
    """A comment beside two ratings is one comment; another language has no value, and the reason."""
    take(store, tmp_path, ROWS, Loaded())
    rows = store.db.execute(
        "SELECT comment_label, comment_drivers, comment_language, comment_why, comment_read_with FROM survey_answers"
        " WHERE kind = 'csat' ORDER BY answer_id"
    ).fetchall()
    assert [row[:3] for row in rows] == [
        ("negative", '["driver-billing", "driver-delivery"]', None),
        ("positive", "[]", None),
        (None, None, "es"),
        ("negative", '["driver-billing"]', None),
        (None, None, None),
    ]
    assert rows[2][3] == "language 'es' is not read; the rulebook is in 'en'"
    assert "drivers" in rows[0][4]
    assert rows[4][3:] == (None, None)
    comments = read_satisfaction(store).comments
    assert (comments.n, comments.read, comments.negative, comments.positive) == (4, 3, 2, 1)
    assert [(one.driver, one.comments, one.negative) for one in comments.drivers] == [
        ("driver-billing", 2, 2),
        ("driver-delivery", 1, 1),
    ]
    assert comments.unread == (("language 'es' is not read; the rulebook is in 'en'", 1),)


def test_a_word_or_two_are_read_where_they_are_known(store: Store, tmp_path: Path) -> None:
    """Their language cannot be found: "muy malo" is not read as English, "Terrible!" is; others have the reason."""
    said = ("Terrible!", "muy malo", "sehr schlecht", "ok", "friendly agent")
    rows = tuple(f"{n},2026-03-02 09:00:00,c{n},1,,{text}" for n, text in enumerate(said))
    take(store, tmp_path, rows, Loaded())
    found = dict(store.db.execute("SELECT comment, comment_label FROM survey_answers"))
    assert found == dict(zip(said, ("negative", None, None, None, "positive"), strict=True))
    assert read_satisfaction(store).comments.unread == (
        ("under 3 words, none of them known: the language cannot be told", 3),
    )


def test_what_a_customer_wrote_is_shown_with_the_customer_and_the_call_back(
    store: Store, tmp_path: Path
) -> None:
    """The comment beside a low answer; of an answer whose call is not known, with the customer only."""
    store.save_call(make("c1", customer="0301111111", extras=(("id", "ticket-1"),), started_at=at(2)))
    rows = (
        "1,2025-03-02 10:00:00,ticket-1,,1,,The delivery is awful and nobody called",
        "2,2026-01-05 10:00:00,,+49 30 1111111,5,,A friendly agent and all is fine",
        "3,2026-01-05 10:00:00,,0302222222,1,,Awful",
    )
    path = tmp_path / "answers.csv"
    path.write_text(
        "\n".join(("Response ID,Completed at,Call ID,Customer,CSAT,NPS,Comment", *rows)), encoding="utf-8"
    )
    comments = CommentSettings(Loaded(), SentimentSettings(engine="lexicon"))
    wanted = ImportOptions(who="mia")
    run_import(store, path, "surveys", settings=SETTINGS, options=wanted, comments=comments)
    answers = describe_customer(store, "0301111111").answers
    assert [(one.kind, one.value, one.is_low, one.sentiment, one.drivers) for one in answers] == [
        ("csat", 1.0, True, "negative", ("driver-delivery",)),
        ("csat", 5.0, False, "positive", ()),
    ]
    assert [one.call_id is None for one in answers] == [False, True]
    (row,) = list_callbacks(store).rows
    assert row.why == ("CSAT answer 1 on 1 to 5",)
    assert row.comments == ("The delivery is awful and nobody called",)
    shown = [
        table
        for table in present_customer(describe_customer(store, "0301111111")).blocks
        if isinstance(table, Table)
    ]
    assert "CSAT 1 on 1 to 5, low" in repr(shown[1])


def test_a_card_number_in_a_comment_is_not_kept(store: Store, tmp_path: Path) -> None:
    """As in what is said: a mark stands in its place."""
    take(store, tmp_path, ROWS, Loaded())
    kept = [
        text for (text,) in store.db.execute("SELECT comment FROM survey_answers WHERE answer_id = 'csat:4'")
    ]
    assert "4111" not in kept[0]
    assert "[card number]" in kept[0]


def test_nothing_is_loaded_without_a_new_comment(store: Store, tmp_path: Path) -> None:
    """Not for answers without one, nor for the same file again, which changes nothing."""
    rulebooks = Loaded()
    take(store, tmp_path, ROWS[4:], rulebooks)
    assert rulebooks.times == 0
    take(store, tmp_path, ROWS, rulebooks)
    again = take(store, tmp_path, ROWS, rulebooks)
    assert rulebooks.times == 1
    assert again.saved is not None
    assert (again.saved.added, again.saved.updated, again.saved.unchanged) == (0, 0, 10)


def test_a_changed_comment_is_read_again(store: Store, tmp_path: Path) -> None:
    """A customer who thinks better of it."""
    rulebooks = Loaded()
    take(store, tmp_path, ROWS, rulebooks)
    changed = take(
        store, tmp_path, (ROWS[0].rpartition(",")[0] + ",All is wonderful now and I love it",), rulebooks
    )
    assert changed.saved is not None
    assert changed.saved.updated == 2
    assert store.db.execute(
        "SELECT comment_label, comment_drivers FROM survey_answers WHERE answer_id = 'nps:1'"
    ).fetchone() == ("positive", "[]")
