"""Who oversees what is kept sees holds, periods with what is over them, and certificates; nobody else does."""

from __future__ import annotations

import json
from datetime import date

from speechcx.batch import erase
from speechcx.config.retention_settings import RetentionSettings
from speechcx.store import Store
from speechcx.store.decisions.legal_holds import Held, release_hold, set_hold
from tests.web.house import House, mark


def test_holds_in_force_stand_apart_from_those_that_were_released(own_house: House) -> None:
    """Each hold says what it is about, why, who set it and how many calls it keeps."""
    with Store.open(own_house.site.database) as store:
        set_hold(
            store, "case-17", Held(customer=f"cust-{mark('ann')}-0"), who="cora", reason="claim of 2 March"
        )
        set_hold(store, "case-9", Held(since=date(2026, 3, 1)), who="cora", reason="inquiry")
        release_hold(store, "case-9", who="ada", reason="settled")
    shown = own_house.ask("compliance", "/holds").text
    force, _, released = shown.partition("Released")
    assert "1 hold in force" in force
    assert "case-17" in force
    assert "claim of 2 March" in force
    assert "case-9" not in force
    assert "case-9" in released
    rows = json.loads(own_house.ask("admin", "/holds.json").text)["rows"]
    assert [("case-17", 1), ("case-9", 9)] == [(row["name"], row["calls"]) for row in rows]
    assert 3 == len(own_house.ask("admin", "/holds.csv").text.splitlines())


def test_an_erasure_leaves_a_certificate_that_can_be_opened(own_house: House) -> None:
    """The list leads to the certificate; neither names the call."""
    call_id = own_house.calls["ann"][0]
    assert "Nothing was erased yet" in own_house.ask("compliance", "/certificates").text
    with Store.open(own_house.site.database) as store:
        erase(store, [call_id], who="cora", reason="asked for by the customer")
    listed = own_house.ask("compliance", "/certificates").text
    assert "/certificates?certificate=1" in listed
    shown = own_house.ask("compliance", "/certificates?certificate=1").text
    assert "asked for by the customer" in shown
    assert call_id not in listed + shown
    assert 404 == own_house.ask("compliance", "/certificates?certificate=2").status_code
    assert 1 == json.loads(own_house.ask("admin", "/certificates.json?certificate=1").text)["certificate_id"]


def test_retention_says_what_is_over_its_period_and_what_a_hold_keeps(own_house: House) -> None:
    """Without periods everything is kept; with one each call over it is listed, those under a hold apart."""
    assert "everything is kept until somebody erases it" in own_house.ask("compliance", "/retention").text
    with Store.open(own_house.site.database) as store:
        set_hold(store, "case-17", Held(call_id=own_house.calls["bob"][0]), who="cora", reason="claim")
    object.__setattr__(own_house.site, "retention", RetentionSettings(words="30 days"))
    shown = own_house.ask("compliance", "/retention?again=1").text
    over, _, held = shown.partition("Kept by a legal hold")
    assert ": 8 calls." in over
    assert "30 days" in over
    assert f"/call/{own_house.calls['bob'][0]}" not in over
    assert f"/call/{own_house.calls['bob'][0]}" in held
    assert 9 == len(own_house.ask("admin", "/retention.csv").text.splitlines()) - 1
    object.__setattr__(
        own_house.site, "retention", RetentionSettings(words="30 days", rules={"nosuch": "1 year"})
    )
    assert "cannot be told" in own_house.ask("compliance", "/retention?again=2").text
