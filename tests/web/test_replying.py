"""Answers are small, and the same for people and programs."""

from pathlib import Path

from speechcx.store import Store
from tests.web.hour_call import keep_hour
from tests.web.house import House

LARGEST_BYTES = 1_000_000


def test_every_answer_about_a_call_of_an_hour_is_under_a_megabyte(own_house: House, tmp_path: Path) -> None:
    """Its page, each part of it, JSON and CSV: 630 turns with their words, waveforms and lanes."""
    with Store.open(own_house.site.database) as store:
        store.db.execute("PRAGMA synchronous = OFF")
        call_id = keep_hour(store, tmp_path)
    first = own_house.ask("qa", f"/call/{call_id}")
    assert first.text.count('class="turn ') == 400
    for form in ("", "?part=2", ".json", ".csv"):
        answered = own_house.ask("qa", f"/call/{call_id}{form}")
        assert 200 == answered.status_code, form
        assert 100 < len(answered.content) < LARGEST_BYTES, form
