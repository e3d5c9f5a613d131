"""The page of the audit trail reads the rows that it shows, the newest first, and leads to the others."""

import json

from speechcx.store import Store
from speechcx.store.decisions.audit import AuditEntry, add_entries
from tests.web.house import House


def test_the_trail_comes_page_by_page_and_whole_for_programs(own_house: House) -> None:
    """250 rows are three pages of a hundred, newest first; the data has all, oldest first."""
    with Store.open(own_house.site.database) as store, store.write():
        add_entries(store, "somebody", [AuditEntry("view", "f" * 16, detail={"no": no}) for no in range(250)])
    first = own_house.ask("compliance", "/trail").text
    assert "1 to 100 of 250 rows, newest first" in first
    assert first.index("no: 249") < first.index("no: 150")
    assert "no: 149<" not in first
    last = own_house.ask("compliance", "/trail?offset=200").text
    assert "201 to 250 of 250 rows" in last
    assert "Newer rows" in last
    assert "Older rows" not in last
    rows = json.loads(own_house.ask("compliance", "/trail.json").text)["rows"]
    assert list(range(250)) == [json.loads(row["detail"])["no"] for row in rows]
    assert 404 == own_house.ask("compliance", "/trail?call=0123456789abcdef").status_code
