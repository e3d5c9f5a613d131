"""Tests of the flow of talk: a call whose numbers can be added up by hand, and properties of any call."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speechcx.call import (
    Conversation,
    Flow,
    Origin,
    Party,
    PartyFlow,
    Role,
    Span,
    SpeakerVoice,
    Speech,
    TextSentiment,
    Turn,
    TurnVoice,
    Unheard,
    Utterance,
)
from speechcx.prosody import ProsodySettings, measure_flow
from speechcx.prosody.time_partition import divide_time, find_silences
from tests.call.test_spans import Tenths, cells, counted, spans
from tests.factories import make_conversation

TEXTS = ("mm-hm", "okay", "I did not say that", "please hold the line", "")


def heard(
    lines: list[tuple[str, float, float, str]],
    *,
    duration_s: float = 60.0,
    hold: tuple[Span, ...] = (),
    ivr: tuple[Span, ...] = (),
    speakers: tuple[str, ...] = ("ch0", "ch1"),
) -> Conversation:
    """A conversation of (speaker, start, end, words) turns without pauses."""
    lines = sorted(lines, key=lambda line: (line[1], line[0]))
    turns = tuple(Turn(no, who, 0, Span(a, b), (Span(a, b),)) for no, (who, a, b, _) in enumerate(lines))
    return replace(
        make_conversation(),
        origin=Origin("wav", "pcm_s16le", 2, 8000, duration_s),
        speech=Speech("channels", speakers, turns, hold, ivr),
        utterances=tuple(Utterance(no, line[3], (), "en", None) for no, line in enumerate(lines)),
        voices=tuple(TurnVoice(no) for no in range(len(lines))),
        sentiments=tuple(TextSentiment(no, None, None, None) for no in range(len(lines))),
        speaker_voices=tuple(SpeakerVoice(who, -26.0, -60.0, 120.0, 4.0, 0.6, 0.0) for who in speakers),
    )


def flow_of(conversation: Conversation, first: Party = "agent", second: Party = "customer") -> Flow:
    parties = (first, second, "unknown")
    roles = [
        Role(name, party, 1.0, "config")
        for name, party in zip(conversation.speech.speakers, parties, strict=False)
    ]
    return measure_flow(conversation, roles, ProsodySettings())


def party(flow: Flow, name: Party) -> PartyFlow:
    return next(one for one in flow.parties if one.party == name)


LINES = [
    ("ch0", 1.0, 5.0, "thank you for calling how can I help"),
    ("ch1", 5.5, 20.0, "my card " * 15),
    ("ch0", 10.0, 10.4, "mm-hm"),
    ("ch0", 24.0, 36.0, "let me look " * 10),
    ("ch1", 35.0, 40.0, "no I want to cancel it"),
]
CALL = heard(LINES, hold=(Span(42.0, 50.0),))


def test_the_partition_of_a_call() -> None:
    """Only-times, both, hold and silence of a call added up by hand."""
    part = flow_of(CALL).partition
    assert part.agent_only_s == pytest.approx(4.0 + 11.0)
    assert part.customer_only_s == pytest.approx(14.1 + 4.0)
    assert part.both_s == pytest.approx(0.4 + 1.0)
    assert (part.hold_s, part.ivr_s) == (8.0, 0.0)
    assert part.silence_s == pytest.approx(60 - 15.0 - 18.1 - 1.4 - 8.0)


def test_the_course_of_a_call() -> None:
    """Span, silences, overlaps and the greeting of a call added up by hand."""
    flow = flow_of(CALL)
    assert flow.conversation == Span(1.0, 40.0)
    assert flow.non_talk == (Span(20.0, 24.0),)
    assert flow.longest_silence_s == pytest.approx(4.0)
    assert flow.non_talk_share == pytest.approx(4.0 / 39.0)
    assert flow.greeting_latency_s == pytest.approx(1.0)
    assert [(o.by, o.kind) for o in flow.overlaps] == [("agent", "backchannel"), ("customer", "interruption")]


def test_who_talks_over_the_other_is_who_came_in_second() -> None:
    """A second of the customer's 19.5 s of talk is over the agent; the agent's back-channel is no overtalk."""
    flow = flow_of(CALL)
    assert party(flow, "customer").overtalk_share == pytest.approx(1.0 / 19.5)
    assert party(flow, "agent").overtalk_share == 0.0
    mono = flow_of(replace(CALL, speech=replace(CALL.speech, split="diarized")))
    assert party(mono, "customer").overtalk_share is None
    assert ("overtalk_share", "two people at once are not told apart in one channel") in party(
        mono, "customer"
    ).reasons


def test_dead_air_is_the_silence_in_which_the_other_waits() -> None:
    """The agent left the customer's words without an answer for 4 s, and again for 5 s until the customer asked."""
    lines = [
        ("ch0", 0.0, 4.0, "how can I help"),
        ("ch1", 5.0, 10.0, "my card is gone"),
        ("ch0", 14.0, 20.0, "let me look that up for you"),
        ("ch1", 20.0, 20.5, "okay"),
        ("ch0", 26.5, 30.0, "it is blocked now"),
        ("ch1", 31.0, 33.0, "and the new one"),
        ("ch0", 33.1, 33.5, "mm-hm"),
        ("ch1", 38.5, 40.0, "are you still there"),
    ]
    flow = flow_of(heard(lines))
    assert [4.0, 6.0, 5.0] == [gap.duration_s for gap in flow.non_talk]
    assert (4.0 + 5.0) / 40.0 == pytest.approx(party(flow, "agent").dead_air_share)
    assert 6.0 / 40.0 == pytest.approx(party(flow, "customer").dead_air_share)
    held = flow_of(heard(lines, hold=(Span(10.0, 11.0),)))
    assert [3.0, 6.0, 5.0] == [gap.duration_s for gap in held.non_talk]
    assert 5.0 / 40.0 == pytest.approx(party(held, "agent").dead_air_share)


def test_dead_air_is_not_told_where_nobody_or_somebody_unknown_waits() -> None:
    """A call in which one party speaks, or one with a speaker of unknown party, has none, and says why."""
    alone = party(flow_of(heard([LINES[0]], speakers=("ch0",))), "agent")
    assert (None, "the other party says nothing") == (
        alone.dead_air_share,
        dict(alone.reasons)["dead_air_share"],
    )
    strange = party(flow_of(CALL, second="unknown"), "agent")
    assert (None, "the party of a speaker is not known") == (
        strange.dead_air_share,
        dict(strange.reasons)["dead_air_share"],
    )


def test_the_greeting_is_measured_from_the_start_of_the_leg() -> None:
    """From the recording's start, or the end of what a machine said before; not where the opening is missing."""
    speech = CALL.speech
    menu = replace(CALL, speech=replace(speech, ivr=(Span(0.0, 0.6),)))
    assert flow_of(menu).greeting_latency_s == pytest.approx(0.4)
    cut = flow_of(replace(CALL, speech=replace(speech, flags=("opening_missing",))))
    assert cut.greeting_latency_s is None
    assert ("greeting_latency_s", "the opening of the call was not recorded") in cut.reasons


def test_the_parties_of_a_call() -> None:
    """Talk, turns, latencies and monologues of both parties added up by hand."""
    flow = flow_of(CALL)
    agent, customer = party(flow, "agent"), party(flow, "customer")
    assert (agent.talk_s, customer.talk_s) == pytest.approx((16.4, 19.5))
    assert agent.talk_share == pytest.approx(16.4 / 35.9)
    assert (agent.turns, customer.turns) == (3, 2)
    assert (agent.interruptions, customer.interruptions) == (0, 1)
    assert customer.response_latency_s == pytest.approx(0.5)
    assert agent.response_latency_s == pytest.approx(4.0)
    assert (agent.longest_monologue_s, customer.longest_monologue_s) == pytest.approx((11.0, 14.5))
    assert agent.words == 8 + 1 + 30
    assert agent.pace_wpm == pytest.approx(39 / (16.4 / 60))
    assert (agent.level_dbov, agent.pitch_hz) == (-26.0, 120.0)


def test_nobody_is_blamed_for_times_between_channels_that_do_not_fit() -> None:
    """Where one leg is late, what lies between the parties is not told, with the reason; talk shares are."""
    call = heard(
        [
            ("ch0", 1.0, 9.0, "please hold the line"),
            ("ch1", 7.0, 12.0, "I did not say that"),
            ("ch0", 20.0, 30.0, "okay so"),
        ]
    )
    late = replace(call, origin=replace(call.origin, flags=("channel_late", "timing_unsure")))
    assert [flow_of(call).parties[no].interruptions for no in (0, 1)] == [0, 1]
    flow = flow_of(late)
    assert (flow.overlaps, flow.non_talk, flow.longest_silence_s, flow.partition.both_s) == (
        (),
        (),
        None,
        None,
    )
    assert flow.greeting_latency_s is None
    for party in flow.parties:
        told = (
            party.interruptions,
            party.overtalk_share,
            party.response_latency_s,
            party.longest_monologue_s,
        )
        assert told == (None, None, None, None)
        assert "recorded apart" in dict(party.reasons)["interruptions"]
        assert party.talk_share is not None


def test_hold_is_no_silence() -> None:
    """Music between two turns is hold, not non-talk; what is left of the gap counts by its own length."""
    lines = [("ch0", 0.0, 5.0, "one moment"), ("ch1", 20.0, 25.0, "thank you")]
    assert flow_of(heard(lines, hold=(Span(6.0, 19.0),))).non_talk == ()
    assert flow_of(heard(lines, hold=(Span(10.0, 19.0),))).non_talk == (Span(5.0, 10.0),)


def test_pauses_are_those_inside_turns() -> None:
    """Pauses of a party are counted per minute of its turns."""
    turn = Turn(0, "ch0", 0, Span(0, 20), (Span(0, 5), Span(5.4, 10), Span(10.6, 20)))
    one = heard([("ch0", 0.0, 20.0, "word " * 40)], speakers=("ch0", "ch1"))
    one = replace(one, speech=replace(one.speech, turns=(turn,)))
    agent = party(flow_of(one), "agent")
    assert agent.pauses_per_min == pytest.approx(6.0)
    assert agent.pause_median_s == pytest.approx(0.5)
    assert agent.pause_share == pytest.approx(1.0 / 20)
    assert agent.pace_wpm == pytest.approx(120.0)
    assert agent.articulation_wpm == pytest.approx(40 / (19.0 / 60))


def test_what_cannot_be_told_has_a_reason() -> None:
    """Where the parties are unknown, their measures are None and each None has a reason."""
    flow = flow_of(CALL, "unknown", "unknown")
    assert flow.partition.agent_only_s is None
    assert flow.partition.speech_s == pytest.approx(34.5)
    assert [one.party for one in flow.parties] == ["unknown"]
    assert party(flow, "unknown").interruptions is None
    assert_reasons(flow)


def test_a_party_that_says_nothing_has_no_numbers() -> None:
    """A silent party has no talk, and no pace, latency or level made up for it."""
    flow = flow_of(heard([("ch0", 0.0, 12.0, "hello " * 9)]))
    silent = party(flow, "customer")
    assert (silent.talk_s, silent.turns, silent.interruptions) == (0.0, 0, 0)
    assert (silent.pace_wpm, silent.longest_monologue_s, silent.pause_share) == (None, None, None)
    assert_reasons(flow)


def test_nobody_speaks() -> None:
    """A call without speech is all silence, and says why it has no more."""
    flow = flow_of(heard([]))
    assert flow.partition.silence_s == 60.0
    assert (flow.conversation, flow.longest_silence_s, flow.non_talk_share) == (None, None, None)
    assert_reasons(flow)


def test_a_machine_is_neither_party_nor_silence() -> None:
    """What a machine says is its own class of time, and no turn of the talk."""
    lines = [*LINES, ("ch2", 50.0, 55.0, "press one")]
    call = heard(lines, speakers=("ch0", "ch1", "ch2"), ivr=(Span(55.0, 56.0),))
    roles = [Role(n, p, 1.0, "config") for n, p in (("ch0", "agent"), ("ch1", "customer"), ("ch2", "ivr"))]  # type: ignore[arg-type]
    flow = measure_flow(call, roles, ProsodySettings())
    assert flow.partition.ivr_s == pytest.approx(6.0)
    assert flow.conversation == Span(1.0, 40.0)
    assert [one.party for one in flow.parties] == ["agent", "customer"]


def assert_reasons(flow: Flow) -> None:
    """Every None of a flow and of its parties has a reason."""
    for record in (flow, flow.partition, *flow.parties):
        reasons = dict(record.reasons if hasattr(record, "reasons") else flow.reasons)
        names = [name for name in record.__dataclass_fields__ if name not in ("conversation", "reasons")]
        without = [name for name in names if getattr(record, name) is None and not reasons.get(name)]
        assert without == [], type(record).__name__


@st.composite
def calls(draw: st.DrawFn) -> Conversation:
    """Any call of two channels: turns of a speaker lie apart, those of two may overlap."""
    lines = []
    for who in ("ch0", "ch1"):
        at = 0.0
        for gap, length, text in draw(
            st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60), st.sampled_from(TEXTS)), max_size=8)
        ):
            start_s = at + gap / 10
            at = start_s + length / 10
            lines.append((who, start_s, at, text))
    hold = draw(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 100)), max_size=3))
    spans = tuple(Span(a / 10, (a + n) / 10) for a, n in hold)
    return heard(lines, duration_s=draw(st.floats(1.0, 120.0)), hold=spans)


@settings(deadline=None)
@given(calls(), st.sampled_from([("agent", "customer"), ("customer", "agent"), ("unknown", "unknown")]))
def test_time_adds_up_in_any_call(call: Conversation, parties: tuple[Party, Party]) -> None:
    """The partition adds up, silences hold no speech, and every None has a reason."""
    flow = flow_of(call, *parties)
    part = flow.partition
    assert part.speech_s + part.hold_s + part.ivr_s + part.silence_s == pytest.approx(
        call.origin.duration_s, abs=0.01
    )
    turns = [turn.span for turn in call.speech.turns]
    for gap in flow.non_talk:
        assert gap.duration_s >= 3.0 - 1e-6
        assert all(gap.overlap_s(other) == 0 for other in (*turns, *call.speech.hold))
        assert flow.conversation is not None
        assert flow.conversation.overlap_s(gap) == pytest.approx(gap.duration_s)
    assert_reasons(flow)


@settings(deadline=None)
@given(calls())
def test_swapping_the_roles_swaps_the_numbers(call: Conversation) -> None:
    """What was the agent's is the customer's when the roles are swapped, and the rest stays."""
    one, other = flow_of(call, "agent", "customer"), flow_of(call, "customer", "agent")
    assert one.partition.agent_only_s == pytest.approx(other.partition.customer_only_s)
    assert one.partition.both_s == pytest.approx(other.partition.both_s)
    assert one.non_talk == other.non_talk
    assert replace(party(one, "agent"), party="customer") == party(other, "customer")
    assert [(o.span, o.speaker, o.kind) for o in one.overlaps] == [
        (o.span, o.speaker, o.kind) for o in other.overlaps
    ]


@settings(deadline=None)
@given(calls())
def test_every_interruption_is_an_overlap(call: Conversation) -> None:
    """An interruption overlaps 0.5 s or more, its speaker has words, and each party's count is theirs."""
    flow = flow_of(call)
    texts = {turn.no: said.text for turn, said in zip(call.speech.turns, call.utterances, strict=True)}
    for overlap in flow.overlaps:
        both = [turn for turn in call.speech.turns if turn.span.overlap_s(overlap.span) > 0]
        assert {turn.speaker for turn in both} == {"ch0", "ch1"}
        if overlap.kind == "interruption":
            # A pause of either parts the attempt; its parts together overlap for 0.5 s.
            later = [o for o in flow.overlaps if o.span.start_s >= overlap.span.start_s]
            assert sum(o.span.duration_s for o in later) >= 0.5 - 1e-6
            starter = [
                t for t in both if t.speaker == overlap.speaker and t.span.start_s == overlap.span.start_s
            ]
            assert texts[starter[0].no] not in ("", "mm-hm", "okay")
    for one in flow.parties:
        assert one.interruptions == sum(o.kind == "interruption" and o.by == one.party for o in flow.overlaps)


@given(Tenths, Tenths, Tenths, Tenths, st.floats(0.5, 30))
def test_the_partition_adds_up(
    agent: list[tuple[int, int]],
    customer: list[tuple[int, int]],
    hold: list[tuple[int, int]],
    ivr: list[tuple[int, int]],
    duration_s: float,
) -> None:
    """All classes add up to the file's length, the parties to the speech, and nothing is negative."""
    part = divide_time(
        duration_s,
        agent=spans(agent),
        customer=spans(customer),
        speech=spans(agent + customer),
        hold=spans(hold),
        ivr=spans(ivr),
    )
    whole = part.speech_s + part.hold_s + part.ivr_s + part.silence_s
    assert whole == pytest.approx(duration_s, abs=0.01)
    assert part.agent_only_s is not None
    assert part.customer_only_s is not None
    assert part.both_s is not None
    assert part.agent_only_s + part.customer_only_s + part.both_s == pytest.approx(part.speech_s, abs=1e-6)
    assert min(part.speech_s, part.hold_s, part.ivr_s, part.silence_s, part.both_s) >= 0


def test_speech_goes_before_hold_and_hold_before_machine() -> None:
    """Where classes meet, the first of speech, hold and machine counts."""
    part = divide_time(
        10.0,
        agent=None,
        customer=None,
        speech=(Span(0, 2),),
        hold=(Span(1, 5),),
        ivr=(Span(4, 7),),
    )
    assert (part.speech_s, part.hold_s, part.ivr_s, part.silence_s) == (2.0, 3.0, 2.0, 3.0)
    assert part.agent_only_s is None


@given(Tenths, Tenths)
def test_silence_is_apart_from_all_sound(speech: list[tuple[int, int]], hold: list[tuple[int, int]]) -> None:
    """No silence overlaps speech or hold, and all of them fill the conversation."""
    conversation = Span(2.0, 18.0)
    silent = find_silences(spans(speech), conversation, spans(hold))
    assert counted(silent) == set(range(20, 180)) - cells(speech) - cells(hold)


class TestADeadChannel:
    """Where a channel holds no signal its party may speak all the same: nobody is blamed for that silence."""

    LINES = (
        ("ch0", 1.0, 5.0, "thank you for calling how can I help"),
        ("ch1", 5.5, 10.0, "my card was stolen"),
        ("ch0", 12.0, 14.0, "which card is it"),
        ("ch0", 40.0, 44.0, "then I will block that one"),
        ("ch1", 44.5, 46.0, "thank you bye"),
    )

    @staticmethod
    def flow(*dead: Unheard) -> Flow:
        """The flow of the lines with channels dead."""
        call = heard(list(TestADeadChannel.LINES))
        return flow_of(replace(call, speech=replace(call.speech, unheard=dead)))

    def test_its_silence_is_no_silence_of_the_call(self) -> None:
        """A supervisor saw 26 s of silence where the customer was not recorded."""
        assert self.flow().longest_silence_s == pytest.approx(26.0)
        flow = self.flow(Unheard(1, Span(14.5, 39.5)))
        assert [] == [span for span in flow.non_talk if span.overlap_s(Span(14.5, 39.5)) > 0]
        assert flow.longest_silence_s is None
        assert flow.non_talk_share is None
        assert "a channel is dead for 25 s" in dict(flow.reasons)["longest_silence_s"]

    def test_a_party_does_not_keep_an_unheard_one_waiting(self) -> None:
        """Dead air and shares of the talk need both parties."""
        agent = party(self.flow(Unheard(0, Span(14.5, 39.5))), "agent")
        assert agent.dead_air_share is None
        assert agent.talk_share is None
        assert "a channel is dead for 25 s" in dict(agent.reasons)["dead_air_share"]
        assert "a channel is dead for 25 s" in dict(agent.reasons)["talk_share"]

    def test_what_both_say_alone_is_not_told(self) -> None:
        """Who speaks alone is not known where one cannot be heard."""
        flow = self.flow(Unheard(1, Span(14.5, 39.5)))
        assert flow.partition.agent_only_s is None
        assert "dead" in dict(flow.reasons)["agent_only_s"]

    def test_a_short_one_takes_only_its_own_stretch_out(self) -> None:
        """A mute of two seconds costs no more than what lies in it."""
        flow = self.flow(Unheard(1, Span(10.0, 12.0)))
        assert flow.longest_silence_s == pytest.approx(26.0)
        agent = party(flow, "agent")
        assert agent.talk_share == pytest.approx(10.0 / 16.0)
        # The only reply of the agent falls into the dead stretch.
        assert agent.response_latency_s is None

    def test_nobody_breaks_a_monologue_that_is_not_heard(self) -> None:
        """The other may have spoken there: a monologue ends where it does."""
        call = heard(
            [("ch0", 0.0, 30.0, "so what we do is this"), ("ch1", 31.0, 33.0, "that is good to know")]
        )
        whole = party(flow_of(call), "agent").longest_monologue_s
        dead = replace(call, speech=replace(call.speech, unheard=(Unheard(1, Span(10.0, 11.0)),)))
        assert whole == pytest.approx(30.0)
        assert party(flow_of(dead), "agent").longest_monologue_s == pytest.approx(19.0)

    def test_a_greeting_that_was_not_recorded_is_not_late(self) -> None:
        """The agent may have greeted in the dead stretch before the first word."""
        call = heard([("ch0", 9.0, 12.0, "how can I help"), ("ch1", 12.5, 20.0, "my card was stolen")])
        call = replace(call, speech=replace(call.speech, unheard=(Unheard(0, Span(0.0, 8.0)),)))
        flow = flow_of(call)
        assert flow.greeting_latency_s is None
        assert "dead" in dict(flow.reasons)["greeting_latency_s"]

    def test_soft_neighbours_and_mixed_channels_change_nothing(self) -> None:
        """Only what holds no signal may hide a party."""
        assert self.flow() == self.flow(Unheard(1, Span(14.5, 39.5), "background_voice"))
