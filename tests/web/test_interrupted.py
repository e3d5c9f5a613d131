"""What a day brings: two tabs, a session that ends, a call that is erased or a database that is held meanwhile."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from speechcx.batch import erase
from speechcx.store import Store, busy
from speechcx.store.decisions.audit import read_trail
from tests.web.conftest import Built
from tests.web.house import House, mark, open_house

BROWSER = {"accept": "text/html,application/xhtml+xml"}


def field(page: str, name: str) -> str:
    """The value of a hidden field of a page."""
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


def test_a_decision_of_another_tab_is_not_overwritten_unseen(own_house: House) -> None:
    """Two tabs show an open flag; the second to decide is told what the first one did, and may decide after looking."""
    flag = f"{own_house.calls['ann'][0]}:legal-threat"
    seen = field(own_house.ask("qa", f"/flags?flag={flag}").text, "was")
    assert 303 == own_house.post("own", "/flags", flag=flag, status="confirmed", was=seen).status_code
    late = own_house.post("qa", "/flags", flag=flag, status="dismissed", reason="no threat", was=seen)
    assert 400 == late.status_code
    assert "own decided about this flag while you looked at it: it is confirmed now" in late.text
    assert f"/flags?flag={flag.replace(':', '%3A')}" in late.text
    again = field(own_house.ask("qa", f"/flags?status=all&flag={flag}").text, "was")
    assert (
        303
        == own_house.post("qa", "/flags", flag=flag, status="dismissed", reason="no", was=again).status_code
    )


def test_a_review_that_was_handed_in_cannot_be_handed_in_again(own_house: House) -> None:
    """The back button and a second tab lead to what was handed in; sending the form again says why it cannot be."""
    place = own_house.post("qa", "/reviews", call=own_house.calls["ann"][0]).headers["location"]
    answers = {"answer.greeted": "yes", "answer.kind": "yes", "do": "submit"}
    assert 303 == own_house.send("qa", place, answers).status_code
    assert "of the machine" in own_house.ask("qa", place).text
    again = own_house.send("qa", place, answers)
    assert 400 == again.status_code
    assert "Expected" in again.text


def test_a_form_after_the_session_has_ended_leads_to_signing_in_and_back(own_house: House) -> None:
    """A browser is led to the sign-in page, which says that nothing was kept, and from there to the form."""
    place = own_house.post("qa", "/reviews", call=own_house.calls["ann"][0]).headers["location"]
    own_house.site.sessions.end(own_house.tokens.pop("qa"))
    sent = own_house.ask("qa", place, method="POST", data={"do": "keep"}, headers=BROWSER)
    assert 303 == sent.status_code
    told = own_house.ask("stranger", sent.headers["location"]).text
    assert "Your session has ended" in told
    assert place == field(told, "next")
    assert 401 == own_house.ask("qa", place, method="POST", data={"do": "keep"}).status_code


def test_a_call_that_is_erased_while_its_page_is_open_is_gone_everywhere(own_house: House) -> None:
    """Its sound, its flag, its review and pages that were kept: nothing tells of it any more, and nothing fails."""
    call_id = own_house.calls["ann"][0]
    place = own_house.post("qa", "/reviews", call=call_id).headers["location"]
    kept = ("/", "/why", f"/customer?customer=cust-{mark('ann')}-0", "/rules")
    assert all(own_house.ask("admin", path).status_code == 200 for path in kept)
    assert call_id in own_house.ask("admin", "/").text
    with Store.open(own_house.site.database) as store:
        erase(store, [call_id], who="cora", reason="asked for")
    for path in (
        f"/call/{call_id}",
        f"/call/{call_id}/audio",
        f"/call/{call_id}.json",
        f"/flags?flag={call_id}:legal-threat",
    ):
        assert 404 == own_house.ask("admin", path).status_code, path
    assert "This call was erased on" in own_house.ask("admin", f"/call/{call_id}").text
    assert "erased" not in own_house.ask("own", f"/call/{call_id}").text
    for path in kept:
        told = own_house.ask("admin", path)
        assert told.status_code in (200, 404)
        assert call_id not in told.text, path
    assert (
        404 == own_house.post("qa", "/flags", flag=f"{call_id}:legal-threat", status="confirmed").status_code
    )
    assert own_house.send("qa", place, {"answer.kind": "yes", "do": "submit"}).status_code in (400, 404)
    assert own_house.ask("qa", place).status_code in (400, 404)


def test_a_form_sent_while_the_database_is_held_says_that_nothing_was_changed(
    own_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages are read meanwhile; the same form is taken afterwards."""
    flag = f"{own_house.calls['ann'][0]}:legal-threat"
    monkeypatch.setattr(
        busy.Patience.__init__, "__defaults__", (0.1, *busy.Patience.__init__.__defaults__[1:])
    )
    with closing(sqlite3.connect(own_house.site.database, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        assert 200 == own_house.ask("qa", f"/flags?flag={flag}").status_code
        sent = own_house.post("qa", "/flags", flag=flag, status="confirmed")
        assert 503 == sent.status_code
        assert "Nothing was changed" in sent.text
        holder.execute("ROLLBACK")
    assert 303 == own_house.post("qa", "/flags", flag=flag, status="confirmed").status_code
    with Store.open(own_house.site.database) as store:
        assert 1 == len(read_trail(store, action="flag"))


def test_a_database_that_was_moved_away_is_told_on_a_page(own_house: House, tmp_path: Path) -> None:
    """Every page says that calls cannot be read now, and reads them again once the database is back."""
    call = f"/call/{own_house.calls['ann'][0]}"
    assert 200 == own_house.ask("qa", call).status_code
    (tmp_path / "calls.db").rename(tmp_path / "moved.db")
    told = own_house.ask("qa", call)
    assert 503 == told.status_code
    assert "The calls cannot be read now" in told.text
    assert "<h1>" in told.text
    (tmp_path / "moved.db").rename(tmp_path / "calls.db")
    assert 200 == own_house.ask("qa", call).status_code


def test_pages_without_a_call_say_so(built: Built, tmp_path: Path) -> None:
    """Before the first run, and for a supervisor whose team has no call."""
    with open_house(*built, tmp_path) as house:
        assert "There is no call yet" not in house.ask("qa", "/calls").text
        house.site.accounts.add("newcomer", "supervisor", "not-a-secret-1", teams=("nobody",))
        account = house.site.accounts.find("newcomer")
        assert account is not None
        house.tokens["newcomer"] = house.site.sessions.begin("newcomer", account.password)
        for path in ("/", "/agents", "/why", "/flags", "/calls", "/rules"):
            told = house.ask("newcomer", path)
            assert 200 == told.status_code, path
            assert "There is no call yet that you may see" in told.text, path


def test_a_server_that_was_started_again_asks_people_to_sign_in(built: Built, tmp_path: Path) -> None:
    """Sessions end with the server; answers that were kept for later are still there."""
    with open_house(*built, tmp_path) as house:
        place = house.post("qa", "/reviews", call=house.calls["ann"][0]).headers["location"]
        assert 303 == house.send("qa", place, {"answer.kind": "no", "do": "keep"}).status_code
        old = dict(house.tokens)
        site = house.site
        for token in old.values():
            site.sessions.end(token)
        assert "/login" in house.ask("qa", place).headers["location"]
        account = site.accounts.find("qa")
        assert account is not None
        house.tokens["qa"] = site.sessions.begin("qa", account.password)
        assert 'name="answer.kind" value="no" checked' in house.ask("qa", place).text
