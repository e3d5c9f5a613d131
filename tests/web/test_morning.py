"""The first page of the day: what other systems know of the calls stands beside what was recorded."""

from pathlib import Path

from speechcx.store import Store
from tests.imports.exports import import_text
from tests.web.house import House, agent_id, mark

HEAD = "linkedid,uniqueid,calldate,src,dst,disposition,duration,billsec,recordingfile"


def import_facts(house: House, folder: Path) -> None:
    """A record with its recording and one without for ann, one without for cy; and what two customers answered."""
    ann, cy = agent_id("ann"), agent_id("cy")
    records = (
        f"1.1,1.1,2026-03-02 10:00:00,0301111111,{ann},ANSWERED,16,14,{mark('ann')}-0.wav",
        f"2.1,2.1,2026-03-02 11:00:00,0302222222,{ann},ANSWERED,95,90,",
        f"3.1,3.1,2026-03-02 12:00:00,0303333333,{cy},ANSWERED,95,90,{mark('cy')}-gone.wav",
    )
    answers = (
        f"1,2026-03-02 12:00,{house.calls['ann'][0]},5",
        f"2,2026-03-02 13:00,{house.calls['cy'][0]},1",
    )
    with Store.open(house.site.database) as store:
        import_text(store, folder, "calls", "\n".join((HEAD, *records)))
        import_text(store, folder, "surveys", "\n".join(("id,date,reference,csat", *answers)))


def test_gaps_between_records_and_recordings_are_told_to_those_who_may_see_the_calls(
    own_house: House, tmp_path: Path
) -> None:
    """Two answered calls without a recording, one of them for her own supervisor, who sees nothing of the other."""
    assert "Call records and recordings" not in own_house.ask("qa", "/").text
    import_facts(own_house, tmp_path)
    own_house.site.kept.forget_decisions()
    shown = {who: own_house.ask(who, "/?period=2026-03").text for who in ("qa", "own", "other")}
    assert "3 call records, 3 answered, 1 with their recording" in shown["qa"]
    assert "2 answered calls without a recording" in shown["qa"]
    assert "1 answered calls without a recording" in shown["own"]
    assert mark("cy") not in shown["own"]
    assert mark("ann") not in shown["other"]


def test_what_customers_answered_stands_on_the_board_and_on_the_agents_page(
    own_house: House, tmp_path: Path
) -> None:
    """Each agent's answers on the board of those who may see the calls; nothing of others'."""
    import_facts(own_house, tmp_path)
    for who, agents in (("qa", {"ann", "cy"}), ("own", {"ann"}), ("other", {"cy"})):
        board = own_house.ask(who, "/agents").text.partition("What customers answered to surveys")[2]
        told = {agent for agent in ("ann", "cy") if mark(agent) in board.partition("<section")[0]}
        assert agents == told, who
    own = own_house.ask("ann", f"/agent?agent={agent_id('ann')}").text
    assert "What customers answered to surveys" in own
    assert mark("cy") not in own
