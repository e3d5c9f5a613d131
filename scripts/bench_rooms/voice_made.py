"""Made calls in numbers: hundreds of interruptions and pauses, leaky lines, ringing and keys, named parties.

The voices are cut from the turns of the two-channel samples, whose edges are known, and put on new time
lines, level and line by chance. What an interruption is, is written here once more, apart from the package:
a truth must not be made by what it judges.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.bench_rooms.party_talk import make_talk
from speechcx.call import Audio, Conversation, Party, Role, Span, Speech, TextSentiment, TurnVoice, Utterance
from speechcx.call.spans import intersect, subtract, total_s, unite
from speechcx.prosody import ProsodySettings, measure_flow
from speechcx.turns import TurnSettings, find_turns, name_parties
from speechcx.waveform import read_channel
from tests.factories import make_conversation, make_recording
from tests.prosody.voices import mu_law
from tests.synth import audio_of, noise, scale_to, tone

RATE_HZ = 8000
MIN_S, MAX_S = 1.6, 7.0
GOES_ON_S = 0.8
EDGE_S = 0.05
"""Speech that reaches less than this into a silence is an edge, not a reply."""
CLEAR_S = 0.12
"""What is nearer to a limit of the definition is called neither way, as in the samples' truth."""
Floats = NDArray[np.float64]
Sample = tuple[dict[str, Any], Audio, Speech]


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A turn's sound, with its own pauses relative to its start, and its words."""

    sound: Floats
    text: str
    pauses: tuple[tuple[float, float], ...]
    backchannel: bool

    @property
    def duration_s(self) -> float:
        """Length."""
        return float(self.sound.size / RATE_HZ)


@dataclass(slots=True)
class Made:
    """A made call while it grows, and what is true of it."""

    turns: list[tuple[int, float, float, Clip]] = field(default_factory=list)
    pauses: list[tuple[int, float, float]] = field(default_factory=list)

    def put(self, channel: int, at_s: float, clip: Clip, *, stop_s: float | None = None) -> float:
        """Put a turn down; with `stop_s` it breaks off there. Its end."""
        end_s = min(at_s + clip.duration_s, stop_s or 1e9)
        for a, b in clip.pauses:
            if at_s + a < end_s < at_s + b + 0.15:
                end_s = at_s + a
        cut = replace(clip, sound=clip.sound[: round((end_s - at_s) * RATE_HZ)])
        self.turns.append((channel, at_s, end_s, cut))
        inside = [(at_s + a, at_s + b) for a, b in clip.pauses if at_s + b < end_s - 0.15]
        self.pauses += [(channel, a, b) for a, b in inside if b - a >= 0.3]
        return end_s

    def runs(self, who: int) -> list[tuple[float, float, bool]]:
        """Speech of one party without its pauses, in order: start, end, whether it only shows listening."""
        found = []
        for party, start_s, end_s, clip in self.turns:
            if party == who:
                gaps = sorted(p[1:] for p in self.pauses if p[0] == who and start_s < p[1] and p[2] < end_s)
                edges = [start_s, *(t for gap in gaps for t in gap), end_s]
                found += [(a, b, clip.backchannel) for a, b in zip(edges[::2], edges[1::2], strict=True)]
        return sorted(found)

    def parts(self, who: int) -> list[tuple[float, float, bool]]:
        """Turns of one party by the definition: silence under 0.8 s in which the other is silent parts none."""
        spoken = self.runs(1 - who)
        joined: list[tuple[float, float, bool]] = []
        for start_s, end_s, nods in self.runs(who):
            before = joined[-1] if joined else None
            taken = before and any(min(b, start_s) - max(a, before[1]) >= EDGE_S for a, b, _ in spoken)
            if before and not taken and start_s - before[1] < GOES_ON_S:
                joined[-1] = (before[0], max(before[1], end_s), before[2] and nods)
            else:
                joined.append((start_s, end_s, nods))
        return joined

    def interruptions(self) -> tuple[list[tuple[Party, float, float]], list[float]]:
        """Who cuts in, from when to when; and when it is too near to a limit to be called.

        By the definition: the overlap is 0.5 s, the other stops within 2 s, the floor is held for 1 s, and more
        than a "mm-hm" is said. What follows a pause under 0.8 s belongs to the same attempt.
        """
        found: list[tuple[Party, float, float]] = []
        doubtful = []
        for who in (0, 1):
            theirs, mine = self.parts(1 - who), self.parts(who)
            for i, (start_s, _, nods) in enumerate(mine):
                for from_s, stop_s, _ in theirs:
                    breath = i > 0 and start_s - mine[i - 1][1] < 0.3
                    if nods or breath or not from_s < start_s < stop_s:
                        continue
                    attempt = [mine[i]]
                    for part in mine[i + 1 :]:
                        if part[0] - attempt[-1][1] < GOES_ON_S:
                            attempt.append(part)
                    again_s = min((a for a, _, _ in theirs if a >= stop_s), default=1e9)
                    values = (
                        sum(max(0.0, min(stop_s, b) - a) for a, b, _ in attempt) - 0.5,
                        2.0 - (stop_s - start_s),
                        min(attempt[-1][1], again_s) - stop_s - 1.0,
                    )
                    if min(abs(value) for value in values) < CLEAR_S and min(values) > -CLEAR_S:
                        doubtful.append(start_s)
                    elif min(values) >= 0 and not any(f[0] == PARTIES[who] and f[2] == stop_s for f in found):
                        found.append((PARTIES[who], start_s, stop_s))
        return found, doubtful


PARTIES: tuple[Party, Party] = ("agent", "customer")


def cut_clips(samples: Sequence[Sample]) -> list[tuple[list[Clip], list[Clip]]]:
    """For each sample with a channel for each party: its sentences, and its back-channels."""
    cut = []
    for entry, audio, _ in samples:
        if len(entry["channels"]) != 2 or entry["acoustics"]:
            continue
        for channel in (0, 1):
            sound = read_channel(audio, channel, rate_hz=RATE_HZ).astype(np.float64)
            own = [turn for turn in entry["turns"] if turn["channel"] == channel]
            pauses = [p for p in entry["pauses"] if p["channel"] == channel and p["kind"] == "in_turn"]
            clips = [_cut(sound, turn, pauses) for turn in own]
            said = [c for c in clips if not c.backchannel and MIN_S <= c.duration_s <= MAX_S]
            cut.append((said, [c for c in clips if c.backchannel]))
    return [pair for pair in cut if len(pair[0]) >= 4]


def _cut(sound: Floats, turn: dict[str, Any], pauses: Sequence[dict[str, Any]]) -> Clip:
    start_s, end_s = turn["start_s"], turn["end_s"]
    piece = sound[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)].copy()
    fade = min(40, piece.size // 2)
    piece[:fade] *= np.linspace(0, 1, fade)
    piece[-fade:] *= np.linspace(1, 0, fade)
    own = tuple((p["start_s"] - start_s, p["end_s"] - start_s) for p in pauses
                if start_s < p["start_s"] and p["end_s"] < end_s)  # fmt: skip
    return Clip(piece, turn["text"], own, bool(turn["is_backchannel"]))


def make_call(draw: random.Random, sides: Sequence[tuple[list[Clip], list[Clip]]], turns: int = 14) -> Made:
    """One call of two people who often talk at once."""
    one, other = draw.sample(range(len(sides)), 2)
    voices, nods = (sides[one][0], sides[other][0]), [clip for _, clips in sides for clip in clips]
    made, at_s, who = Made(), 0.8, draw.randint(0, 1)
    made.put(who, at_s, draw.choice(voices[who]))
    for _ in range(turns):
        last, start_s, end_s, _ = made.turns[-1]
        who = 1 - last
        clip = draw.choice(voices[who])
        kind = draw.choices(("after", "cuts in", "touches", "talks over", "nods"), (3, 4, 1, 1, 2))[0]
        if kind == "after":
            made.put(who, end_s + draw.uniform(0.15, 1.5), clip)
        elif kind == "cuts in" and end_s - start_s > 2.6:
            # The one who is cut off breaks off 0.65 to 1.7 s later, and the other goes on for at least 1.2 s.
            stop_s = draw.uniform(start_s + 2.4, end_s)
            begin_s = stop_s - draw.uniform(0.65, 1.7)
            _break_off(made, stop_s)
            long = [c for c in voices[who] if c.duration_s >= stop_s - begin_s + 1.2] or [
                max(voices[who], key=lambda c: c.duration_s)
            ]
            made.put(who, begin_s, draw.choice(long))
        elif kind == "touches":
            made.put(who, end_s - draw.uniform(0.12, 0.35), clip)
        elif kind == "talks over" and end_s - start_s > 4.0:
            made.put(who, start_s + 1.0, min(voices[who], key=lambda c: c.duration_s))
            at_s = max(end_s, made.turns[-1][2]) + draw.uniform(0.9, 1.5)
            made.put(last, at_s, draw.choice(voices[last]))
        elif kind == "nods" and nods and end_s - start_s > 2.0:
            made.put(who, draw.uniform(start_s + 0.5, end_s - 0.6), draw.choice(nods))
            made.put(last, end_s + draw.uniform(0.9, 1.4), draw.choice(voices[last]))
        else:
            made.put(who, end_s + draw.uniform(0.3, 1.0), clip)
    return made


def _break_off(made: Made, stop_s: float) -> None:
    who, start_s, _, clip = made.turns.pop()
    made.pauses = [p for p in made.pauses if not (p[0] == who and p[1] >= start_s)]
    made.put(who, start_s, clip, stop_s=stop_s)


def to_audio(made: Made, draw: random.Random, *, leak_db: float | None = None) -> Audio:
    """Two channels of a telephone line; with `leak_db` each also carries the other, softer and filtered."""
    count = round((max(end_s for _, _, end_s, _ in made.turns) + 1.0) * RATE_HZ)
    tracks = np.zeros((2, count))
    gains = [10 ** (draw.uniform(-6, 3) / 20) for _ in range(2)]
    for who, start_s, _, clip in made.turns:
        first = round(start_s * RATE_HZ)
        tracks[who, first : first + clip.sound.size] += gains[who] * clip.sound
    mixed = tracks.copy()
    if leak_db is not None:
        delay = draw.randint(0, 400)
        echo = np.array([0.7, 0.2, -0.15, 0.1])
        for who in (0, 1):
            leaked = np.convolve(np.roll(tracks[1 - who], delay), echo)[:count] * 10 ** (leak_db / 20)
            mixed[who] += leaked
    for who in (0, 1):
        mixed[who] += noise(count / RATE_HZ, level_dbov=draw.uniform(-70, -52), seed=draw.randint(0, 999))
    return audio_of(np.stack([mu_law(np.clip(track, -1, 1)) for track in mixed]).astype(np.float32))


def conversation_of(made: Made, speech: Speech, audio: Audio) -> Conversation:
    """What was found, with the true words of the turn each found turn shares most time with."""
    said = []
    for turn in speech.turns:
        same = [t for t in made.turns if t[0] == turn.channel]
        best = max(same, key=lambda t: turn.span.overlap_s(Span(t[1], t[2])), default=None)
        said.append(Utterance(turn.no, best[3].text if best else "", (), "en", None))
    empty = make_conversation([])
    return replace(
        empty,
        speech=speech,
        utterances=tuple(said),
        origin=audio.origin,
        voices=tuple(TurnVoice(turn.no) for turn in speech.turns),
        sentiments=tuple(TextSentiment(turn.no, None, None, None) for turn in speech.turns),
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """Events that were found, all that were found, and all there were."""

    hits: int
    found: int
    true: int

    @property
    def shares(self) -> tuple[float, float]:
        """Precision and recall."""
        return self.hits / max(1, self.found), self.hits / max(1, self.true)


def _count(pairs: Sequence[tuple[list[Any], list[Any]]], *, both_edges: bool) -> Counts:
    hits = 0
    for true, found in pairs:
        left = list(found)
        for who, start_s, end_s in true:
            near = [f for f in left if f[0] == who and abs(f[1] - start_s) <= 0.3]
            near = [f for f in near if not both_edges or abs(f[2] - end_s) <= 0.3]
            if near:
                left.remove(near[0])
                hits += 1
    return Counts(hits, sum(len(found) for _, found in pairs), sum(len(true) for true, _ in pairs))


def measure_calls(
    sides: Sequence[tuple[list[Clip], list[Clip]]], count: int, *, seed: int, leak_db: float | None = None
) -> tuple[Counts, Counts, list[float]]:
    """Interruptions, pauses, and the errors of all edges over `count` made calls."""
    draw = random.Random(seed)
    roles = tuple(Role(f"ch{i}", party, 1.0, "config") for i, party in enumerate(PARTIES))
    cuts, pauses, errors = [], [], []
    for _ in range(count):
        made = make_call(draw, sides)
        audio = to_audio(made, draw, leak_db=leak_db)
        speech = find_turns(audio, TurnSettings())
        flow = measure_flow(conversation_of(made, speech, audio), roles, ProsodySettings())
        cut_in = [(o.by, o.span.start_s, o.span.end_s) for o in flow.overlaps if o.kind == "interruption"]
        true, doubtful = made.interruptions()
        cuts.append((true, [c for c in cut_in if not any(abs(c[1] - at_s) <= 0.3 for at_s in doubtful)]))
        gaps = [
            (turn.channel, a.end_s, b.start_s)
            for turn in speech.turns
            for a, b in zip(turn.speech, turn.speech[1:], strict=False)
            if b.start_s - a.end_s >= 0.3
        ]
        pauses.append((_unbroken(made), gaps))
        errors += _edge_errors(made, speech)
    return _count(cuts, both_edges=False), _count(pauses, both_edges=True), errors


def _unbroken(made: Made) -> list[tuple[int, float, float]]:
    """True pauses inside turns, of 0.3 s at least."""
    found = []
    for who in (0, 1):
        runs = made.runs(who)
        for (_, end_s, _), (start_s, _, _) in pairwise(runs):
            inside = any(a < end_s and start_s < b for a, b, _ in made.parts(who))
            if inside and start_s - end_s >= 0.3:
                found.append((who, end_s, start_s))
    return found


def _edge_errors(made: Made, speech: Speech) -> list[float]:
    """Error of both edges of every true turn; 9 s for one that was not found."""
    errors = []
    for who in (0, 1):
        found = [turn.span for turn in speech.turns if turn.channel == who]
        for start_s, end_s, _ in made.parts(who):
            true = Span(start_s, end_s)
            best = max(found, key=true.overlap_s, default=None)
            if best is None or true.overlap_s(best) <= 0:
                errors += [9.0, 9.0]
            else:
                errors += [abs(best.start_s - start_s), abs(best.end_s - end_s)]
    return errors


# --- ringing, tones, keys --------------------------------------------------------------------------


def _ring(on_s: float, off_s: float, *hz: float) -> Floats:
    burst = sum(tone(h, on_s).astype(np.float64) for h in hz)
    return np.concatenate([part for _ in range(4) for part in (burst, np.zeros(round(off_s * RATE_HZ)))][:-1])


def _keys(digits: Sequence[tuple[float, float]]) -> Floats:
    pressed = [tone(low, 0.1).astype(np.float64) + tone(high, 0.1) for low, high in digits]
    return np.concatenate([part for key in pressed for part in (key, np.zeros(720))][:-1])


TONES: dict[str, Callable[[], Floats]] = {
    "ringing, North America": lambda: _ring(2.0, 4.0, 440, 480),
    "ringing, Europe": lambda: _ring(1.0, 4.0, 425),
    "ringing, Britain": lambda: _ring(0.4, 2.0, 400, 450),
    "busy": lambda: _ring(0.5, 0.5, 480, 620),
    "hold tone": lambda: _ring(0.5, 3.5, 425),
    "keys": lambda: _keys(((697, 1209), (770, 1336), (852, 1477), (941, 1336), (941, 1477))),
}


def measure_tones(
    sides: Sequence[tuple[list[Clip], list[Clip]]], *, each: int = 4, seed: int = 3
) -> Iterator[tuple[str, float, float, float, float]]:
    """(kind, seconds found, seconds there, speech lost, speech) of tones between two voices."""
    for kind, make in TONES.items():
        draw = random.Random(f"{kind}{seed}")
        sums = np.zeros(4)
        for _ in range(each):
            voice = draw.choice(sides)[0]
            before, after = draw.choice(voice).sound, draw.choice(voice).sound
            sound = scale_to(make(), draw.uniform(-30, -14)).astype(np.float64)
            gap = np.zeros(round(draw.uniform(0.3, 1.2) * RATE_HZ))
            gain = 10 ** (draw.uniform(-8, 6) / 20)
            parts = [gap, before, gap, sound, gap, gain * after, gap]
            found = find_turns(_line(parts), TurnSettings())
            parts[3] = np.zeros(sound.size)
            plain = find_turns(_line(parts), TurnSettings(find_hold=False))
            start_s = (gap.size + before.size + gap.size) / RATE_HZ
            true = [Span(start_s, start_s + sound.size / RATE_HZ)]
            said = [unite(span for turn in s.turns for span in turn.speech) for s in (found, plain)]
            machine = found.ivr if kind == "keys" else found.hold
            sums += (total_s(intersect(machine, true)), total_s(true), total_s(subtract(said[1], said[0])),
                     total_s(said[1]))  # fmt: skip
        yield (kind, *map(float, sums))


def _line(parts: Sequence[Floats]) -> Audio:
    sound = np.concatenate(parts)
    sound = sound + noise(sound.size / RATE_HZ, level_dbov=-62)
    return audio_of(mu_law(np.clip(sound, -1, 1)).astype(np.float32))


# --- parties ---------------------------------------------------------------------------------------

BANDS = (0.5, 0.6, 0.7, 0.8, 0.9)


def measure_parties(requests: Sequence[str], *, each: int = 150) -> list[tuple[float, int, int, float]]:
    """(lower limit, conversations, right ones, mean confidence) for each band of confidence.

    Half of the calls are placed by the centre, half begin in the middle, up to 30 % of the words are lost or
    misheard, channels are swapped by chance, a third is one channel with the voices told apart.
    """
    sums = {low: [0, 0, 0.0] for low in BANDS}
    for direction in ("inbound", "outbound"):
        for cut in (False, True):
            for words in (0.0, 0.1, 0.2, 0.3):
                draw = random.Random(f"{direction} {cut} {words}")
                for _ in range(each):
                    talk = make_talk(draw, requests, noise=words, direction=direction, cut=cut)
                    heard, truth = _as_call(talk.lines, talk.agent, talk.direction, draw)
                    role = name_parties(heard, TurnSettings(party_confidence=0.5))[0]
                    low = max(limit for limit in BANDS if role.confidence >= limit or limit == 0.5)
                    sums[low][0] += 1
                    sums[low][1] += role.party == truth[role.speaker]
                    sums[low][2] += role.confidence
    return [(low, int(n), int(right), total / max(1, n)) for low, (n, right, total) in sums.items()]


def _as_call(
    lines: Sequence[tuple[str, str]], agent: str | None, direction: str | None, draw: random.Random
) -> tuple[Conversation, dict[str, Party]]:
    mono = draw.random() < 1 / 3
    names = ["s0", "s1"] if mono else ["ch0", "ch1"]
    draw.shuffle(names)
    mine = {"agent": names[0], "customer": names[1]}
    said = [(mine[party], 2.0 * i, text) for i, (party, text) in enumerate(lines)]
    recording = make_recording("made", agent=agent, direction=direction)
    heard = make_conversation(said, recording=recording, duration_s=2.0 * len(said) + 10)
    speech = replace(heard.speech, speakers=tuple(sorted(names)), split="diarized" if mono else "channels")
    return replace(heard, speech=speech), {names[0]: "agent", names[1]: "customer"}
