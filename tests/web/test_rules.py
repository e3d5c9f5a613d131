"""The page of a rule: its wording, its record from decisions, its tests, and what another wording would change."""

from tests.web.house import House

DRAFT = "{id: legal-threat, title: Legal threat, kind: risk, severity: critical, said: WORDS, by: customer}"


def try_draft(house: House, who: str, said: str) -> str:
    """The page after a draft was sent."""
    answered = house.post(who, "/rule", rule="legal-threat", draft=DRAFT.replace("WORDS", said))
    assert 200 == answered.status_code
    return answered.text


def test_a_rule_shows_its_wording_its_tests_and_how_often_it_was_right(own_house: House) -> None:
    """Two flags confirmed and one dismissed: right 2 of 3, beside the rule as it is written."""
    flags = [f"{call_id}:legal-threat" for call_id in own_house.calls["ann"]]
    for flag, status in zip(flags, ("confirmed", "confirmed", "dismissed"), strict=True):
        assert (
            303 == own_house.post("qa", "/flags", flag=flag, status=status, reason="looked at it").status_code
        )
    shown = own_house.ask("qa", "/rule?rule=legal-threat").text
    assert "Right 2 of 3" in shown
    assert "said: &#39;&#34;my lawyer&#34;&#39;" in shown
    assert "You hear from my lawyer." in shown


def test_a_draft_says_what_it_would_change(house: House) -> None:
    """Calls that would be flagged no more are counted and listed, and the rulebook's own test fails."""
    shown = try_draft(house, "qa", "'\"thank you\"'")
    assert "Tried on 9 of the newest 9 calls" in shown
    assert "0 calls more would be flagged, 0 fewer" in shown
    assert "A test of the rulebook fails" in shown
    fewer = try_draft(house, "qa", "'\"my solicitor\"'")
    assert "0 calls more would be flagged, 9 fewer" in fewer
    assert fewer.count("flags it no more") == 9
    same = try_draft(house, "qa", '\'"my lawyer" | "my solicitor"\'')
    assert "All 1 tests of the rule pass." in same


def test_a_draft_is_tried_on_own_calls_only(house: House) -> None:
    """A supervisor's draft is judged on the calls of their teams."""
    shown = try_draft(house, "other", "'\"my solicitor\"'")
    assert "Tried on 3 of the newest 3 calls" in shown
    for call_id in (*house.calls["ann"], *house.calls["bob"]):
        assert call_id not in shown


def test_a_draft_that_cannot_be_read_says_where_it_is_wrong(house: House) -> None:
    """Broken YAML, an unknown key and another id are told, and the draft stays in the form."""
    for draft, told in (
        ("{id: legal-threat, said: [", "the draft, line"),
        ("{id: legal-threat, kind: risk, sayd: x}", "sayd"),
        ("{id: another, kind: risk, said: x}", "legal-threat"),
    ):
        answered = house.post("qa", "/rule", rule="legal-threat", draft=draft)
        assert 200 == answered.status_code
        assert 'role="alert"' in answered.text, draft
        assert told in answered.text, draft


def test_trying_a_draft_changes_nothing(house: House) -> None:
    """The rule, its flags and the kept answers are as before."""
    before = house.ask("qa", "/flags.json").text
    first = house.site.kept.get("a", object, shows_decisions=True)
    try_draft(house, "qa", "thanks")
    assert before == house.ask("qa", "/flags.json").text
    assert house.site.kept.get("a", object, shows_decisions=True) is first
