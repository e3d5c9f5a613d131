"""Nobody sees a call they may not see: by page, data, audio, guessed id, encoded path or Datasette's own pages."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest

from speechcx.web.access import EVERYONE, NOBODY, Route
from speechcx.web.accounts import ROLES, Account
from speechcx.web.routes import ROUTES, find_route
from tests.web.house import AGENTS, PEOPLE, VISIBLE, House, agent_id, mark

KINDS = ("stranger", *PEOPLE)


def samples(house: House) -> dict[str, list[str]]:
    """Addresses of every route, for the calls of every agent."""
    per_agent: dict[str, list[str]] = {name: [] for name in ("call", "audio", "agent", "customer", "more")}
    for agent, calls in house.calls.items():
        word = mark(agent)
        for call_id in calls[:2]:
            per_agent["call"] += [f"/call/{call_id}{form}" for form in ("", ".json", ".csv", "?part=2")]
            per_agent["audio"].append(f"/call/{call_id}/audio")
        per_agent["agent"] += [f"/agent{form}?agent={agent_id(agent)}" for form in ("", ".json", ".csv")]
        per_agent["customer"] += [f"/customer{form}?customer=cust-{word}-0" for form in ("", ".json", ".csv")]
        per_agent["more"] += [
            f"/calls?agent={agent_id(agent)}", f"/calls?team={AGENTS[agent]}", f"/calls?queue=queue-{word}",
            f"/search?q={word}", f"/search.json?q={word}", f"/search.csv?q={word}", f"/search?customer=cust-{word}-0",
            f"/flags?flag={calls[0]}:legal-threat", f"/flags?agent={agent_id(agent)}", f"/trail?call={calls[0]}",
            f"/agents?agent={agent_id(agent)}", f"/why?agent={agent_id(agent)}", f"/calls?customer=CUST-{word}-0",
        ]  # fmt: skip

    def forms(path: str, query: str = "") -> list[str]:
        return [f"{path}{form}{query}" for form in ("", ".json", ".csv")]

    return {
        "sign in": ["/login", "/login?next=/calls"], "sign out": ["/logout"], "account": ["/account"],
        "file": ["/static/pages.css", "/static/pages.js"], "last night": ["/", "/?team=north", "/?period=2026"],
        "calls": [*forms("/calls"), "/calls?sort=score", "/calls?limit=1000", "/calls?flagged=yes"],
        "search": [*forms("/search", "?q=lawyer"), "/search?rule=legal-threat", "/search?party=customer",
                   "/search?q=thank*", "/search?result=cannot_tell", "/search?silence=1"],
        "call": per_agent["call"], "audio": per_agent["audio"], "agent": per_agent["agent"],
        "customer": per_agent["customer"],
        "agents": [*forms("/agents"), *forms("/agents", "?by=team"), *forms("/agents", "?mix=yes")],
        "why they call": forms("/why"), "review desk": [*forms("/flags"), "/flags?status=all", *per_agent["more"]],
        "rules": forms("/rules"), "rule": forms("/rule", "?rule=legal-threat"), "reviews": forms("/reviews"),
        "review": ["/review/1", "/review/2", "/review/999999999"], "audit trail": forms("/trail"),
        "legal holds": forms("/holds"), "retention": forms("/retention"),
        "certificates": [*forms("/certificates"), *forms("/certificates", "?certificate=1")],
    }  # fmt: skip


def datasette_paths(house: House) -> list[str]:
    """Addresses of Datasette's own pages, tables, SQL and files."""
    call_id = house.calls["cy"][0]
    return [
        "/database", "/database.json", "/database.db", "/database?sql=select+*+from+calls",
        "/database.json?sql=select+text+from+turns", "/database.csv?sql=select+1", "/database/calls",
        "/database/calls.json?_shape=array", "/database/calls.csv", "/database/calls/1", "/database/calls/1.json",
        f"/database/calls?call_id={call_id}", "/database/turns.json", "/database/turns_fts?_search=lawyer",
        "/database/recordings.json?_labels=on", "/database/results?_facet=rule", "/database/reviews",
        "/_memory", "/_memory?sql=select+1", "/_internal", "/_internal/tables.json", "/:memory:",
        "/-/metadata", "/-/metadata.json", "/-/versions.json", "/-/plugins.json", "/-/settings.json", "/-/config",
        "/-/config.json", "/-/threads.json", "/-/databases.json", "/-/actor.json",
        "/-/auth-token?token=x", "/-/logout",
        "/-/permissions", "/-/messages", "/-/allow-debug", "/-/patterns", "/-/static/app.css", "/favicon.ico",
        "/-/static-plugins/speechcx/pages.css", "/.json", "/.jsono", "/index.html", "/robots.txt",
    ]  # fmt: skip


def odd_paths(house: House) -> Iterator[str]:
    """Other ways to write the address of somebody else's call."""
    for agent, call_id in ((agent, calls[0]) for agent, calls in house.calls.items()):
        yield from (
            f"/call/{call_id.upper()}", f"/call/{call_id[:12]}", f"/call/{call_id[:15]}", f"//call/{call_id}",
            f"/call//{call_id}", f"/call/{call_id}/", f"/call/{call_id}%2Fx", f"/%63all/{call_id}",
            f"/call/%{ord(call_id[0]):02x}{call_id[1:]}", f"/call/{call_id}%00", f"/call/{call_id}%0A",
            f"/call/../call/{call_id}", f"/calls/../call/{call_id}", f"/static/../call/{call_id}",
            f"/static/%2e%2e/call/{call_id}", f"/call/{call_id};x", f"/call/{call_id}.html",
            f"/call/{call_id}.json/", f"/call/{call_id}/audio.wav", f"/call/{call_id}/AUDIO",
            f"/call/{call_id}/audio/", f"/call/{call_id}/../{call_id}/audio", f"/login/../call/{call_id}",
            f"/login?next=/call/{call_id}", f"/CALL/{call_id}", f"/call/{call_id}?format=json",
            f"/database/../call/{call_id}", f"/agent?agent={agent_id(agent).upper()}",
            f"/agent?agent={agent}", f"/customer?customer=cust-{mark(agent)}", "/customer?customer=*",
            f"/flags?flag={call_id[:8]}:legal-threat", f"/flags?flag={call_id}:", f"/flags?flag={call_id}",
            "/agent?agent=%27+OR+1%3D1+--", "/calls?agent=%27%29+OR+1%3D1+--", "/calls?team=%00",
        )  # fmt: skip


def leaks(house: House, who: str, path: str, **more: object) -> list[str]:
    """Agents of whom an answer tells something though this person may not see their calls."""
    reply = house.ask(who, path, **more)
    body = reply.content.decode("utf-8", "replace") + str(reply.headers)
    hidden = [agent for agent in AGENTS if agent not in VISIBLE[who]]
    # A file that failed is nobody's.
    hidden += ["nobody"] if who not in ("qa", "compliance", "admin") else []
    return [
        f"{who} {path}: {agent} (status {reply.status_code})"
        for agent in hidden
        if tells(house, path, body, agent)
    ]


def tells(house: House, path: str, body: str, agent: str) -> bool:
    """Whether an answer holds something of an agent's calls besides what was typed into the address."""
    word = mark(agent)
    if word not in path.lower() and not any(call_id in path for call_id in house.calls.get(agent, ())):
        return word in body
    stored = (f"{word} speaking", f"My card {word}", f"spring-{word}", f"said it {word}",
              f"{agent.title()} {word}", f"{word}-1.wav", f"cust-{word}-1", f"cust-{word}-2")  # fmt: skip
    return any(one in body for one in stored)


def test_every_route_has_a_rule_and_a_sample(house: House) -> None:
    """Every address that the router knows is in the table of rules, or Datasette's own and for admins only."""
    ours = {f"{route.path}\\Z": route.name for route in ROUTES}
    known = [pattern.pattern for pattern, _ in house.datasette._routes()]
    own = [pattern for pattern in known if pattern not in ours]
    assert set(ours) <= set(known)
    assert set(samples(house)) == {route.name for route in ROUTES}
    assert len({route.name for route in ROUTES}) == len(ROUTES)
    for name, paths in samples(house).items():
        found = {one.name for path in paths if (one := find_route(path.partition("?")[0])) is not None}
        assert name in found, f"no sample reaches {name}"
    unreached = [
        pattern
        for pattern in own
        if not any(re.match(pattern, path.partition("?")[0]) for path in datasette_paths(house))
    ]
    assert [] == unreached, "a route of Datasette that no sample asks for"


def test_a_route_without_anybody_named_is_closed() -> None:
    """A route that names nobody lets nobody in, and none lets strangers change anything but sign in."""
    page = ROUTES[0].page
    account = Account("a", "admin", (), (), "", False, "")
    assert not Route("x", "/x", page, NOBODY).allows(account, "GET")
    assert not Route("x", "/x", page, EVERYONE).allows(account, "POST")
    assert ["sign in"] == [route.name for route in ROUTES if "stranger" in route.writers]
    assert ["sign in", "file"] == [route.name for route in ROUTES if "stranger" in route.roles]


@pytest.mark.parametrize("who", KINDS)
def test_nobody_sees_a_call_they_may_not_see(house: House, who: str) -> None:
    """Every address, in every form, shows each kind of person their own calls and nothing of others."""
    found = []
    for path in itertools.chain(*samples(house).values(), datasette_paths(house), odd_paths(house)):
        found += leaks(house, who, path)
    assert [] == found


@pytest.mark.parametrize("who", KINDS)
def test_head_and_ranges_give_no_more_than_get(house: House, who: str) -> None:
    """HEAD has no body and the status of GET; a stretch of somebody else's recording is not there."""
    for agent, calls in house.calls.items():
        path = f"/call/{calls[0]}/audio"
        for span in ("bytes=0-10", "bytes=-64", "bytes=100-", "bytes=0-0,5-9", "bytes=9999999-"):
            reply = house.ask(who, path, headers={"range": span})
            if agent not in VISIBLE[who]:
                assert reply.status_code == (401 if who == "stranger" else 404)
                assert b"RIFF" not in reply.content
                assert leaks(house, who, path, headers={"range": span}) == []
    for path in itertools.chain(*samples(house).values(), datasette_paths(house)):
        asked, headed = house.ask(who, path), house.ask(who, path, method="HEAD")
        assert b"" == headed.content, path
        assert asked.status_code == headed.status_code, path


@pytest.mark.parametrize("who", KINDS)
def test_a_method_that_is_not_offered_is_refused(house: House, who: str) -> None:
    """PUT, DELETE, PATCH and OPTIONS reach no page."""
    for method, path in itertools.product(
        ("PUT", "DELETE", "PATCH", "OPTIONS"), ("/", "/flags", "/database")
    ):
        assert 405 == house.ask(who, path, method=method).status_code


def test_strangers_see_the_sign_in_page_only(house: House) -> None:
    """Without a session every address but the sign-in page and its files leads there or is refused."""
    for path in itertools.chain(*samples(house).values(), datasette_paths(house), odd_paths(house)):
        status = house.ask("stranger", path).status_code
        is_open = path.startswith(("/login?", "/static/pages")) or path == "/login"
        assert status in ((200,) if is_open else (303, 401)), path


def test_own_calls_are_shown(house: House) -> None:
    """Everybody who may see a call gets its page, its data and its sound: the matrix above is not empty."""
    for who, agents in VISIBLE.items():
        for agent in agents:
            call_id = house.calls[agent][0]
            assert f"My card {mark(agent)}" in house.ask(who, f"/call/{call_id}").text
            assert mark(agent) in house.ask(who, f"/call/{call_id}.json").text
            assert house.ask(who, f"/call/{call_id}/audio").content.startswith(b"RIFF")
            assert mark(agent) in house.ask(who, "/calls").text
            assert call_id in house.ask(who, f"/search?q={mark(agent)}").text


def test_only_admins_reach_raw_tables_and_sql(house: House) -> None:
    """Tables and SQL are for admins, the file of a database that is in use for nobody; refusals tell nothing."""
    assert 403 == house.ask("admin", "/database.db").status_code
    for path in ("/database", "/database.json?sql=select+1", "/database/calls.json"):
        statuses = {who: house.ask(who, path).status_code for who in KINDS}
        assert 200 == statuses.pop("admin"), path
        assert set(statuses.values()) <= {303, 401, 403}, (path, statuses)


def test_every_role_has_its_pages(house: House) -> None:
    """Which pages each kind of person may open is as the table of roles says."""
    opened = {
        who: {path for path in ("/calls", "/agents", "/flags", "/reviews", "/rules", "/why", "/trail", "/holds",
                              "/retention", "/certificates", "/database")
              if house.ask(who, path).status_code == 200}
        for who in PEOPLE
    }  # fmt: skip
    leaders = {"/calls", "/agents", "/flags", "/rules", "/why"}
    assert {"/calls"} == opened["ann"]
    assert leaders | {"/reviews"} == opened["own"] == opened["other"] == opened["qa"]
    overseers = {"/trail", "/holds", "/retention", "/certificates"}
    assert leaders | overseers == opened["compliance"]
    assert leaders | overseers | {"/reviews", "/database"} == opened["admin"]
    assert {role for role, *_ in PEOPLE.values()} == set(ROLES)
