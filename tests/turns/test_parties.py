"""Tests of giving speakers their party."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from scripts.bench_rooms.party_talk import Talk, make_talk
from speechcx.call import Conversation, Party
from speechcx.turns import TurnSettings, name_parties
from speechcx.turns.partly_mixed import MIXED_SPEAKER
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


def made(talk: Talk, *, swapped: bool, mono: bool = False) -> tuple[Conversation, dict[str, Party]]:
    """A made conversation with its speakers' true parties."""
    one, other = ("s1", "s0") if swapped else ("s0", "s1")
    if not mono:
        one, other = one.replace("s", "ch"), other.replace("s", "ch")
    said = [(one if party == "agent" else other, 2.0 * i, text) for i, (party, text) in enumerate(talk.lines)]
    recording = make_recording("x", agent=talk.agent, direction=talk.direction)
    heard = make_conversation(said, recording=recording, duration_s=2.0 * len(said) + 10)
    split = "diarized" if mono else "channels"
    speech = replace(heard.speech, speakers=tuple(sorted((one, other))), split=split)  # type: ignore[arg-type]
    return replace(heard, speech=speech), {one: "agent", other: "customer"}


def verdicts(*, noise: float, direction: str, cut: bool, count: int = 60) -> Iterator[tuple[float, bool]]:
    """Confidence of each conversation's first speaker, and whether the likelier party was right."""
    draw = random.Random(f"{noise} {direction} {cut}")
    for _ in range(count):
        talk = make_talk(draw, noise=noise, direction=direction, cut=cut)
        heard, truth = made(talk, swapped=draw.random() < 0.5, mono=draw.random() < 0.5)
        role = name_parties(heard, TurnSettings(party_confidence=0.5))[0]
        yield role.confidence, role.party == truth[role.speaker]


CONDITIONS = [
    (noise, direction, cut)
    for noise in (0.0, 0.1, 0.2, 0.3)
    for direction in ("inbound", "outbound")
    for cut in (False, True)
]


def test_confidence_is_kept_on_made_conversations() -> None:
    """Of 960 conversations (words lost or misheard, outbound, cut, swapped) at most 0.5 % of those over 0.7 are
    wrong, and no band of confidence promises over 0.05 more than it keeps."""
    found = [pair for noise, out, cut in CONDITIONS for pair in verdicts(noise=noise, direction=out, cut=cut)]
    sure = [right for confidence, right in found if confidence >= 0.7]
    assert len(sure) >= 0.6 * len(found)
    assert sure.count(False) <= 0.005 * len(sure)
    for low in (0.5, 0.6, 0.7, 0.8, 0.9):
        band = [(c, right) for c, right in found if low <= c < low + 0.1 + (low == 0.9)]
        assert sum(right for _, right in band) >= sum(c for c, _ in band) - 0.05 * len(band), low


def test_clear_calls_are_named() -> None:
    """Whole inbound calls with every word right are named in nine cases of ten."""
    named = [c >= 0.7 and right for c, right in verdicts(noise=0.0, direction="inbound", cut=False)]
    assert sum(named) >= 0.9 * len(named)


@pytest.mark.parametrize(("share", "confidence"), [(0.05, 0.95), (0.17, 0.8)])
def test_turns_given_to_the_wrong_voice_make_it_less_sure(share: float, confidence: float) -> None:
    """Where a diarizer mixes up turns, a mono call is right, or unknown with a reason."""
    draw = random.Random(3)
    wrong = named = 0
    for _ in range(200):
        talk = make_talk(draw, noise=0.1)
        flip = {"agent": "customer", "customer": "agent"}
        lines = tuple((flip[p] if draw.random() < share else p, text) for p, text in talk.lines)
        heard, truth = made(replace(talk, lines=lines), swapped=draw.random() < 0.5, mono=True)
        turns = tuple(replace(turn, confidence=confidence) for turn in heard.speech.turns)
        role = name_parties(replace(heard, speech=replace(heard.speech, turns=turns)), TurnSettings())[0]
        assert role.party != "unknown" or "not clear enough" in role.why
        named += role.party != "unknown"
        wrong += role.party not in ("unknown", truth[role.speaker])
    assert named >= 100
    assert wrong <= 0.03 * 200


def test_the_rosters_name_tells_the_agent() -> None:
    """An agent with a number for an id is known by the name the roster has for it."""
    said = (("ch0", 0.5, "Hello, is that the shop?"), ("ch1", 2.0, "It is, Marisol here."))
    assert parties(call(*said, agent="4711", extras=(("agent_name", "Marisol Vega"),)))[1] == "agent"
    assert parties(call(*said, agent="4711"))[1] != "agent"


def test_a_stretch_that_nobody_can_part_takes_no_party_from_the_others() -> None:
    """Speech of a mix whose voices are not told apart is nobody's; a sidecar and the words still name the channels."""
    said = ((MIXED_SPEAKER, 0.5, WISH), ("ch0", 6.0, GREETING), ("ch1", 12.0, WISH))
    by_name = {role.speaker: role for role in name_parties(call(*said), TurnSettings())}
    assert {"ch0": "agent", "ch1": "customer", MIXED_SPEAKER: "unknown"} == {
        name: role.party for name, role in by_name.items()
    }
    assert "same mix" in by_name[MIXED_SPEAKER].why
    named = name_parties(call(*said, channels=("customer", "agent")), TurnSettings(party_confidence=0.1))
    assert ["customer", "agent", "unknown"] == [role.party for role in named]
