"""Who reviews a call blind sees nothing of what the machine found in it, wherever they look, until they submit."""

from tests.web.house import House

LISTS = ("/", "/calls", "/calls.json", "/calls.csv", "/search?q=lawyer", "/search?rule=legal-threat", "/flags",
         "/flags.json", "/flags?status=all", "/rules", "/agents", "/why")  # fmt: skip


def test_a_call_under_blind_review_is_left_out_everywhere_until_it_is_submitted(own_house: House) -> None:
    """Lists, search, queue and first page leave it out for its reviewer, say so, and have it for everybody else."""
    call_id = own_house.calls["ann"][0]
    before = {who: own_house.ask(who, "/calls").text.count(call_id) for who in ("own", "qa")}
    assert all(before.values())
    place = own_house.post("own", "/reviews", call=call_id).headers["location"]

    for path in LISTS:
        answered = own_house.ask("own", path)
        assert 200 == answered.status_code, path
        assert call_id not in answered.text, path
    assert "1 call that you review blind is left out" in own_house.ask("own", "/flags").text
    assert call_id in own_house.ask("qa", "/calls").text
    assert 200 == own_house.ask("own", place).status_code
    assert own_house.ask("own", f"/call/{call_id}/audio").content.startswith(b"RIFF")
    assert "submit your review first" in own_house.ask("own", f"/flags?flag={call_id}:legal-threat").text

    own_house.send("own", place, {"do": "submit", "answer.greeted": "yes", "answer.kind": "no"})
    assert before["own"] == own_house.ask("own", "/calls").text.count(call_id)


def test_the_queue_opens_while_its_gravest_flag_is_under_blind_review(own_house: House) -> None:
    """The first flag of the queue belongs to a call under review: the queue shows the next one instead of a refusal."""
    first = own_house.ask("qa", "/flags").text.partition('href="/call/')[2][:16]
    own_house.post("qa", "/reviews", call=first)
    answered = own_house.ask("qa", "/flags")
    assert 200 == answered.status_code
    assert first not in answered.text
    assert "Legal threat" in answered.text
