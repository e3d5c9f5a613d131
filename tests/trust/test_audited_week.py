"""A week of a contact centre in the audit trail: every action is in it once, and says who, when and what."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from speechcx.store import Store
from speechcx.store.decisions.audit import AuditRow, read_trail
from speechcx.store.decisions.trail_check import verify_trail
from speechcx.web.accounts import Accounts
from speechcx.web.site import make_datasette, make_site
from tests.cli.conftest import Speechcx, make_project
from tests.cli.conftest import speechcx as speechcx
from tests.web.house import PASSWORD, House

ANN, BOB = "calls/ann_c1_2026-03-02T09-15-00.wav", "calls/bob_c2_2026-03-03T10-00-00.wav"
WEEK: tuple[tuple[str, tuple[str, ...]], ...] = (
    # what is typed, and the actions that it leaves in the trail, in order
    ("run", ("rules", "settings")),
    ("run", ()),
    (f"show {ANN}", ("view",)),
    (f"show {ANN} --json", ("view",)),
    ("show nosuchcall", ()),
    ("search cancel", ("search",)),
    ("search cancel --speaker customer --csv", ("search",)),
    ("flags", ()),
    (f"flags show {BOB}:greeting", ("view",)),
    (f"flags set {BOB}:greeting --status confirmed --as lead", ("flag",)),
    ("customer c2", ("view",)),
    ("rules try cancel", ("search",)),
    (f"relabel {ANN} --swap", ("relabel",)),
    (f"relabel {ANN} --swap", ("relabel",)),
    ("report --out morning.html", ("export",)),
    (f"export {BOB} --to evidence --as lead", ("export",)),
    ("import calls records.csv --as lead", ("import",)),
    ("import calls records.csv --as lead", ()),
    ("hold set case-17 --customer c2 --reason claim --as lead", ("hold",)),
    (f"erase {BOB} --reason asked --yes --as lead", ()),
    ("hold release case-17 --reason settled --as lead", ("hold",)),
    ("backup copy.db --as lead", ("backup",)),
    ("rejudge --again", ()),
    ("run --set sentiment.headroom=0.2", ("settings",)),
    ("retention apply --yes --as lead --set retention.words=30days", ("retention", "retention")),
    (f"erase {ANN} --reason asked --yes --as lead", ("erase",)),
)

MORNING: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    # who, the page, and the actions that it leaves in the trail
    ("quinn", "/", ()),
    ("quinn", "/calls", ()),
    ("quinn", "/call/{call}", ("view",)),
    ("quinn", "/call/{call}/audio", ("play",)),
    # The call was viewed a moment ago: only that it was taken away is new.
    ("quinn", "/call/{call}.json", ("export",)),
    ("quinn", "/calls.csv", ("export",)),
    ("quinn", "/search?q=cancel", ("search",)),
    ("quinn", "/trail", ()),
    ("cora", "/call/{call}", ("view",)),
    ("cora", "/trail.csv", ("export",)),
    ("cora", "/holds.csv", ("export",)),
    ("cora", "/retention", ()),
    ("cora", "/certificates", ()),
    ("cora", "/call/0123456789abcdef", ()),
    ("cora", "/call/0123456789abcdef/audio", ()),
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = make_project(tmp_path)
    monkeypatch.chdir(folder)
    (folder / "records.csv").write_text("call_id,started_at,agent\nr1,2026-03-02T09:15:00Z,ann\n")
    return folder


def trail(project: Path) -> tuple[AuditRow, ...]:
    with Store.open(project / "calls.db", read_only=True) as store:
        assert () == verify_trail(store).problems
        return read_trail(store)


def test_every_action_of_a_week_is_in_the_trail_once(
    project: Path,
    speechcx: Speechcx,
) -> None:
    """Each command leaves just the rows it should; each row has a moment, a name and what was done."""
    done = 0
    for typed, actions in WEEK:
        ran = speechcx(*typed.split())
        rows = trail(project)
        new = rows[done:]
        assert actions == tuple(row.action for row in new), (typed, ran.out, ran.err)
        for row in new:
            assert row.who
            assert row.at.startswith("20")
            assert isinstance(json.loads(row.detail or "{}"), dict)
        done = len(rows)
    (project / "rulebook.yaml").write_text(
        (project / "rulebook.yaml").read_text().replace("thank you", "thanks")
    )
    speechcx("rejudge")
    # The run before had other settings on its command line.
    assert {"rules": 1, "settings": 1} == dict(Counter(row.action for row in trail(project)[done:]))


def test_every_view_play_and_export_of_the_pages_is_in_the_trail_once(
    project: Path,
    speechcx: Speechcx,
) -> None:
    """A morning at the pages, each address asked for three times as browsers do: a row for each act, none for looking
    at lists, and none for what was refused."""
    speechcx("run")
    accounts = Accounts(project / "users.json")
    for name, role in (("quinn", "qa"), ("cora", "compliance")):
        accounts.add(name, role, PASSWORD)
    site = make_site(project / "calls.db", accounts=accounts)
    with Store.open(project / "calls.db", read_only=True) as store:
        call_id = str(store.db.execute("SELECT min(call_id) FROM calls").fetchone()[0])
        done = len(read_trail(store))
    house = House(site, make_datasette(site), {})
    with house.runner:
        for account in accounts.read():
            house.tokens[account.name] = site.sessions.begin(account.name, account.password)
        for who, path, actions in MORNING:
            for _ in range(3):
                house.ask(who, path.format(call=call_id))
            site.trail.flush()
            new = trail(project)[done:]
            assert [(who, action) for action in actions] == [(row.who, row.action) for row in new], path
            done += len(new)
        house.post("stranger", "/login", name="cora", password=PASSWORD)
        house.post("quinn", "/flags", flag=f"{call_id}:greeting", status="confirmed")
        site.trail.flush()
        new = trail(project)[done:]
        assert {("cora", "sign-in"), ("quinn", "flag")} >= {(row.who, row.action) for row in new}
        assert ("cora", "sign-in") in [(row.who, row.action) for row in new]
        site.close()


def test_a_reading_says_why_where_the_reader_says_so(
    project: Path,
    speechcx: Speechcx,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`SPEECHCX_REASON` stands in the row; settings leave readings out altogether."""
    speechcx("run")
    monkeypatch.setenv("SPEECHCX_REASON", "complaint 17")
    speechcx("show", ANN)
    row = trail(project)[-1]
    assert ("view", "complaint 17") == (row.action, json.loads(str(row.detail))["reason"])
    count = len(trail(project))
    monkeypatch.setenv("SPEECHCX_AUDIT_READINGS", "false")
    speechcx("show", ANN)
    assert count == len(trail(project))


def test_a_database_that_cannot_be_written_answers_and_says_so(
    project: Path,
    speechcx: Speechcx,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the settings refuse what cannot be recorded, it does not answer."""
    speechcx("run")
    monkeypatch.setattr(
        "speechcx.store.decisions.reading_log.record_reading", lambda *_, **__: "not recorded"
    )
    ran = speechcx("show", ANN)
    assert ran.code == 0
    assert "thank you for calling" in ran.out.lower()
    assert "the audit trail does not tell of this" in ran.err
    monkeypatch.setenv("SPEECHCX_AUDIT_UNRECORDED", "refuse")
    ran = speechcx("show", ANN)
    assert (ran.code, ran.out) == (15, "")
    assert "audit.unrecorded is refuse" in ran.err
