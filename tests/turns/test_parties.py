"""Tests of giving speakers their party."""

from dataclasses import replace

import pytest

from speechcx.call import Conversation, Party
from speechcx.turns import TurnSettings, name_parties
from tests.factories import Line, make_conversation, make_recording

GREETING = "Thank you for calling Northwind Bank, this is Ann, how can I help you?"
WISH = "Hi, I lost my debit card and I need a new one."


def call(*said: Line, **details: object) -> Conversation:
    return make_conversation(said, recording=make_recording("x", **details))


def parties(conversation: Conversation, settings: TurnSettings | None = None) -> tuple[Party, ...]:
    return tuple(role.party for role in name_parties(conversation, settings or TurnSettings()))


@pytest.mark.parametrize("agent_is", [0, 1])
def test_words_tell_the_parties(agent_is: int) -> None:
    """The agent is found on either channel, with a confidence and the reason."""
    one, other = f"ch{agent_is}", f"ch{1 - agent_is}"
    roles = name_parties(call((one, 0.5, GREETING), (other, 6.0, WISH)), TurnSettings())
    by_name = {role.speaker: role for role in roles}
    assert (by_name[one].party, by_name[other].party) == ("agent", "customer")
    assert {role.how for role in roles} == {"words"}
    assert all(role.confidence > 0.95 for role in roles)
    assert "offers help" in by_name[one].why


def test_unclear_words_leave_it_unknown() -> None:
    """Under the threshold a speaker stays unknown, and the reason says how near it was."""
    roles = name_parties(call(("ch0", 0.5, "Hello."), ("ch1", 2.0, "Hello there.")), TurnSettings())
    assert {role.party for role in roles} == {"unknown"}
    assert all(0.5 <= role.confidence < 0.7 for role in roles)
    assert "not clear enough (0." in roles[0].why


def test_the_threshold_is_a_setting() -> None:
    """A lower threshold takes the likelier party."""
    unclear = call(("ch0", 0.5, "Hello."), ("ch1", 2.0, "Hello there."))
    assert parties(unclear, TurnSettings(party_confidence=0.5)) == ("agent", "customer")


def test_no_words_leave_it_unknown() -> None:
    """Without recognised words nothing is guessed."""
    roles = name_parties(call(("ch0", 0.5, ""), ("ch1", 2.0, "")), TurnSettings())
    assert [(role.party, role.confidence, role.why) for role in roles] == [
        ("unknown", 0.0, "no words recognised")
    ] * 2


def test_settings_name_the_channels() -> None:
    """Channels named in the settings need no words."""
    roles = name_parties(
        call(("ch0", 0.5, "Hello."), ("ch1", 2.0, "Hello.")), TurnSettings(channels=("customer", "agent"))
    )
    assert [(role.party, role.how) for role in roles] == [("customer", "config"), ("agent", "config")]
    assert all(role.confidence >= 0.9 for role in roles)


def test_a_sidecar_goes_before_the_settings() -> None:
    """What is said of this call goes before what is said of all calls."""
    told = call(("ch0", 0.5, "Hello."), ("ch1", 2.0, "Hello."), channels=("customer", "agent"))
    roles = name_parties(told, TurnSettings(channels=("agent", "customer")))
    assert [(role.party, role.how) for role in roles] == [("customer", "sidecar"), ("agent", "sidecar")]


def test_swapped_channels_are_noticed() -> None:
    """Where the words tell the opposite of the settings, the confidence falls and the reason says so."""
    swapped = call(("ch0", 0.5, WISH), ("ch1", 6.0, GREETING))
    roles = name_parties(swapped, TurnSettings(channels=("agent", "customer")))
    assert [role.party for role in roles] == ["agent", "customer"]
    assert {role.confidence for role in roles} == {0.7}
    assert all("the words tell the opposite" in role.why for role in roles)


def test_a_person_is_believed() -> None:
    """A relabelled call is what the person said, whatever the words."""
    swapped = call(
        ("ch0", 0.5, WISH),
        ("ch1", 6.0, GREETING),
        channels=("agent", "customer"),
        sources=(("channels", "relabel"),),
    )
    roles = name_parties(swapped, TurnSettings())
    assert [(role.party, role.how, role.confidence) for role in roles] == [
        ("agent", "relabel", 1.0),
        ("customer", "relabel", 1.0),
    ]


def test_unsplit_mono_is_unknown() -> None:
    """One unsplit channel is nobody's, also where the settings name two channels."""
    mono = call(("s0", 0.5, GREETING), ("s0", 6.0, WISH))
    mono = replace(mono, speech=replace(mono.speech, split="unsplit", speakers=("s0",)))
    (role,) = name_parties(mono, TurnSettings(channels=("agent", "customer")))
    assert (role.party, role.how) == ("unknown", "none")
    assert "not told apart" in role.why


def test_one_side_alone_can_be_named() -> None:
    """A recording of the agent's side alone is the agent's where the settings say so."""
    mono = call(("s0", 0.5, GREETING))
    mono = replace(mono, speech=replace(mono.speech, split="unsplit", speakers=("s0",)))
    assert parties(mono, TurnSettings(channels=("agent",))) == ("agent",)


def test_a_silent_channel_is_the_other_party() -> None:
    """With one channel silent the words of the other tell both."""
    one = call(("ch0", 0.5, GREETING))
    one = replace(one, speech=replace(one.speech, speakers=("ch0", "ch1")))
    assert parties(one) == ("agent", "customer")


def test_three_speakers_are_judged_each_alone() -> None:
    """In a conference each speaker is judged by his own words."""
    three = call(("ch0", 0.5, GREETING), ("ch1", 6.0, WISH), ("ch2", 12.0, "Hm."))
    three = replace(three, speech=replace(three.speech, speakers=("ch0", "ch1", "ch2")))
    assert parties(three) == ("agent", "customer", "unknown")
