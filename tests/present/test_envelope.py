"""JSON documents: what stands around records, and fields that are written in another form."""

from dataclasses import dataclass
from datetime import date

from speechcx.present.envelope import record, rows, to_plain


@dataclass(frozen=True)
class Named:
    """A measure."""

    name: str
    mean: float


@dataclass(frozen=True)
class Report:
    """A record with fields of every kind."""

    day: date
    measures: tuple[Named, ...]
    left_out: tuple[tuple[str, int], ...]
    hint: Named | None


REPORT = Report(date(2026, 3, 1), (Named("score", 80.0),), (("short", 2),), Named("no", 0.0))
SWAPPED = {"Report.measures": dict[str, Named], "Report.left_out": dict[str, int], "Report.hint": str | None}


def test_a_record_has_its_head_and_its_swapped_fields() -> None:
    """Named records become an object by name, pairs an object, a record its text; the rest stays as it is."""
    found = record("report", Report, swapped=SWAPPED, kept=bool).wrap(REPORT, kept=True)
    assert {
        "schema_version": 1, "kind": "report", "day": "2026-03-01",
        "measures": {"score": {"name": "score", "mean": 80.0}}, "left_out": {"short": 2},
        "hint": str(REPORT.hint), "kept": True,
    } == found  # fmt: skip


def test_rows_have_facts_beside_them_and_a_hint_where_there_are_none() -> None:
    """Keys that are added to a row stand in it."""
    form = rows("names", Named, facts={"total": int}, time=str)
    found = form.wrap_rows([Named("a", 1.0)], also=[{"time": "0:01"}], total=7)
    assert (None, 7, [{"name": "a", "mean": 1.0, "time": "0:01"}]) == (
        found["hint"], found["total"], found["rows"],
    )  # fmt: skip
    assert "wider" == form.wrap_rows([], hint="wider", total=0)["hint"]
    assert "No names." == form.wrap_rows([], total=0)["hint"]


def test_what_json_does_not_know_is_text() -> None:
    """Sets and tuples are lists, days are text, nothing stays nothing."""
    assert {"a": [1, None], "2": "2026-03-01"} == to_plain({"a": (1, None), 2: date(2026, 3, 1)})
