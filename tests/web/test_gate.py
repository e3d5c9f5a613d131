"""What stands before and around every answer: signing in, forms, headers, errors, the proxy's path."""

import logging
from pathlib import Path

import pytest

from speechcx.store import Store
from speechcx.store.decisions.audit import read_trail
from speechcx.store.decisions.trail_check import verify_trail
from speechcx.web.sessions import SignInLimit
from tests.web.conftest import Built
from tests.web.house import PASSWORD, House, mark, open_house

EVERY = {
    "x-content-type-options": "nosniff", "x-frame-options": "DENY", "referrer-policy": "no-referrer",
    "cache-control": "private, no-store",
}  # fmt: skip


@pytest.mark.parametrize(
    "path", ["/login", "/", "/calls.csv", "/nope", "/database", "/-/versions.json", "/call/x"]
)
@pytest.mark.parametrize("who", ["stranger", "ann", "admin"])
def test_every_answer_has_the_headers(house: House, who: str, path: str) -> None:
    """No answer may be sniffed, framed or kept, and no page may load from or send to elsewhere."""
    found = house.ask(who, path).headers
    assert EVERY == {name: found[name] for name in EVERY}
    policy = dict(part.strip().split(" ", 1) for part in found["content-security-policy"].split(";"))
    assert "'none'" == policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"]
    assert "http" not in found["content-security-policy"]
    assert "unsafe-eval" not in found["content-security-policy"]
    if path in ("/login", "/", "/calls.csv"):
        assert "'self'" == policy["script-src"] == policy["style-src"]
    assert "unsafe" not in policy["script-src"]


def test_signing_in_and_out(own_house: House) -> None:
    """A right password gives a session that holds until signing out; a wrong one gives none."""
    wrong = own_house.post("stranger", "/login", name="qa", password="not it at all")
    assert (403, False) == (wrong.status_code, "speechcx_session" in str(wrong.headers))
    answered = own_house.post("stranger", "/login", name=" qa ", password=PASSWORD, next="/calls?sort=score")
    assert (303, "/calls?sort=score") == (answered.status_code, answered.headers["location"])
    token = answered.headers["set-cookie"].partition("speechcx_session=")[2].partition(";")[0]
    own_house.tokens["new"] = token
    assert 200 == own_house.ask("new", "/calls").status_code
    assert 303 == own_house.post("new", "/logout").status_code
    assert 303 == own_house.ask("new", "/calls").status_code


ELSEWHERE = ("https://evil.example/", "//evil.example", "/\\evil.example", "/a\nb", "javascript:1")


def test_signing_in_leads_to_no_other_site(own_house: House) -> None:
    """Where somebody is led after signing in is always an address of this site."""
    for there in ELSEWHERE:
        answered = own_house.post("stranger", "/login", name="qa", password=PASSWORD, next=there)
        assert "/" == answered.headers["location"], there


def test_wrong_passwords_wait(own_house: House) -> None:
    """After five wrong passwords even the right one must wait, and the answer says how long."""
    object.__setattr__(own_house.site, "limit", SignInLimit(clock=lambda: 0.0))
    for _ in range(5):
        assert 403 == own_house.post("stranger", "/login", name="qa", password="wrong-password").status_code
    answered = own_house.post("stranger", "/login", name="qa", password=PASSWORD)
    assert 429 == answered.status_code
    assert int(answered.headers["retry-after"]) >= 1


def test_a_closed_account_and_a_new_password_end_sessions(own_house: House) -> None:
    """Who is disabled, or got a new password, is signed out at once."""
    own_house.site.accounts.change("qa", is_disabled=True)
    own_house.site.accounts.change("own", password="another-password")
    assert 303 == own_house.ask("qa", "/calls").status_code
    assert 303 == own_house.ask("own", "/calls").status_code
    assert 200 == own_house.ask("compliance", "/calls").status_code


def test_a_new_password_needs_the_present_one(own_house: House) -> None:
    """Somebody at an open screen cannot take the account over; the person stays signed in with the new password."""
    assert 403 == own_house.post("qa", "/account", password="wrong-password", new="brand-new-one").status_code
    assert 400 == own_house.post("qa", "/account", password=PASSWORD, new="short").status_code
    answered = own_house.post("qa", "/account", password=PASSWORD, new="brand-new-one")
    assert 200 == answered.status_code
    assert 303 == own_house.ask("qa", "/calls").status_code
    own_house.tokens["qa"] = (
        answered.headers["set-cookie"].partition("speechcx_session=")[2].partition(";")[0]
    )
    assert 200 == own_house.ask("qa", "/calls").status_code


FORMS = ("/login", "/logout", "/account", "/flags", "/reviews", "/review/1")


def test_a_form_of_another_site_changes_nothing(own_house: House) -> None:
    """A form without the hidden mark, with another one, or sent by another site, is refused."""
    fields = {"flag": f"{own_house.calls['ann'][0]}:legal-threat", "status": "confirmed", "name": "qa"}
    hidden = (
        own_house.ask("admin", "/account").text.partition('name="csrftoken" value="')[2].partition('"')[0]
    )
    own, right = {"ds_csrftoken": hidden}, {**fields, "csrftoken": hidden}
    for path in FORMS:
        assert 403 == own_house.ask("admin", path, method="POST", data=fields).status_code
        wrong = {**fields, "csrftoken": "x"}
        assert 403 == own_house.ask("admin", path, method="POST", data=wrong, cookies=own).status_code
        for headers in (
            {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"},
            {"origin": "null"},
        ):  # fmt: skip
            sent = own_house.ask("admin", path, method="POST", data=right, headers=headers, cookies=own)
            assert 403 == sent.status_code, (path, headers)
    with Store.open(own_house.site.database) as store:
        assert () == read_trail(store, action="flag")
    assert 303 == own_house.ask("admin", "/flags", method="POST", data=right, cookies=own).status_code


def test_a_stolen_token_of_datasette_is_worth_nothing(house: House) -> None:
    """Datasette's own cookie for an actor, however it was signed, signs nobody in."""
    forged = house.datasette.sign({"a": {"id": "root", "role": "admin"}}, "actor")
    for path in ("/calls", "/database", "/-/actor.json"):
        assert house.ask("stranger", path, cookies={"ds_actor": forged}).status_code in (303, 401)
    assert "root" not in house.ask("admin", "/-/actor.json", cookies={"ds_actor": forged}).text


def test_an_error_shows_and_logs_no_words_of_a_call(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A page that fails says so without a trace, and neither log nor terminal has words of the call."""
    secret = f"secret {mark('ann')}"

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(secret)

    monkeypatch.setattr("speechcx.web.pages.call.draw_timeline", fail)
    with caplog.at_level(logging.DEBUG):
        answered = house.ask("admin", f"/call/{house.calls['ann'][0]}")
    assert 500 == answered.status_code
    told = answered.text + caplog.text + "".join(capfd.readouterr())
    assert mark("ann") not in told
    assert "RuntimeError" in caplog.text


def test_what_people_look_at_is_written_down(own_house: House) -> None:
    """A view, a play and an export are rows of the audit trail, once however often a player asks; the chain holds."""
    call_id = own_house.calls["ann"][0]
    for _ in range(3):
        own_house.ask("qa", f"/call/{call_id}")
        own_house.ask("own", f"/call/{call_id}/audio", headers={"range": "bytes=0-99"})
        own_house.ask("compliance", "/calls.csv")
    own_house.ask("ann", f"/call/{own_house.calls['cy'][0]}")
    own_house.site.trail.flush()
    with Store.open(own_house.site.database) as store:
        rows = [(row.who, row.action, row.call_id) for row in read_trail(store)]
        assert not verify_trail(store).problems
    assert sorted(rows) == [("compliance", "export", None), ("own", "play", call_id), ("qa", "view", call_id)]


def test_a_card_number_typed_into_a_page_is_not_in_the_trail(own_house: House) -> None:
    """Neither of the search nor of the table that is taken away; the agent who was asked for stays."""
    own_house.ask("qa", "/search?q=4929+1234+5678+1234")
    own_house.ask("qa", "/search.csv?q=my+card+is+4929123456781234&agent=ann")
    own_house.site.trail.flush()
    with Store.open(own_house.site.database) as store:
        told = [row.detail or "" for row in read_trail(store) if row.action in ("search", "export")]
    assert len(told) == 3
    assert not any("4929" in detail for detail in told)
    assert any("agent=ann" in detail for detail in told)


def test_pages_work_under_a_path(built: Built, tmp_path: Path) -> None:
    """With a base URL every link, form and redirect begins with it, and the rules hold under it."""
    with open_house(*built, tmp_path, prefix="/calls/x/") as house:
        shown = house.ask("own", "/calls/x/flags").text
        links = [part.partition('"')[0] for part in shown.replace('action="', 'href="').split('href="')[1:]]
        assert links
        assert [] == [link for link in links if not link.startswith(("/calls/x/", "#"))]
        assert "/calls/x/login?next=%2F" == house.ask("stranger", "/calls/x/").headers["location"]
        assert 200 == house.ask("own", f"/calls/x/call/{house.calls['ann'][0]}").status_code
        assert 404 == house.ask("own", f"/calls/x/call/{house.calls['cy'][0]}").status_code
        assert 403 == house.ask("own", "/calls/x/database").status_code
        assert 200 == house.ask("admin", "/calls/x/database").status_code
