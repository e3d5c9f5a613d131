"""Sound as recorders get it wrong: mixed parts, neighbours, silenced channels; what is lost, invented or blamed.

Run by ``scripts/bench odd_sound NAME [--model tiny.en] [--data DIR] [--seed 1]``; names are those of
``MEASURES``. Calls are made from the samples, whose every word and edge is known, and where ``--data`` has
them from two real calls of two channels.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from scripts.bench_rooms.voice import ROOT, conversation_of, read_audio, sample_paths
from speechcx.audio.offset import remove_offset
from speechcx.call import Audio, Recording, Span, Speech, Turn, Utterance, Word
from speechcx.call.spans import join_spans
from speechcx.config import Settings
from speechcx.pipeline import read_call
from speechcx.rules import Rulebook, apply_rules, parse_rulebook
from speechcx.rules.starter import starter_rulebook, starter_rulebooks
from speechcx.store.calls.aligned_words import TimedPair, align_words, pair_words
from speechcx.transcribe import Recognizer, TranscribeSettings, load_recognizer, transcribe
from speechcx.turns import TurnSettings, find_turns, mark_unheard, set_prompts_apart
from speechcx.turns.another_voice import MIN_OVER, MIN_OVER_S, find_another_voice
from speechcx.turns.late_channel import find_distance

TURNS = TurnSettings()
STEP_S = 0.01
REAL = (
    "aws_calls/Auto_Repairs_40_UTC_L-agent_R-caller.wav",
    "harper_valley/0002f70f7386445b_L-agent_R-caller.wav",
)
"""Calls of two channels in the shared data."""

NOBODY = Recording("0" * 16, "made.wav", "0" * 64, 1)
"""A made call lies in no file."""

Truth = dict[str, Any]


@dataclass(frozen=True)
class Options:
    """What was asked for."""

    model: str
    data: Path
    seed: int


def main(argv: Sequence[str] | None = None) -> int:
    """Print what a measure finds; 1 when its bar is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench odd_sound", description=__doc__)
    parser.add_argument("name", choices=sorted(MEASURES))
    parser.add_argument("--model", default="tiny.en")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("SPEECHCX_DATA", ROOT.parent / "shared/data"))
    )
    args = parser.parse_args(argv)
    return 0 if MEASURES[args.name](Options(args.model, args.data, args.seed)) else 1


def two_channel_samples() -> Iterator[tuple[Truth, Audio]]:
    """Samples with a channel for each party, decoded."""
    for entry, path in sample_paths():
        if len(entry["channels"]) == 2:
            yield entry, read_sample(path)


@cache
def read_sample(path: Path) -> Audio:
    """One sample, decoded once."""
    return read_audio(path)


def mask_of(spans: Sequence[Span], duration_s: float) -> NDArray[np.bool_]:
    """Every hundredth of a second: whether it lies in one of `spans`."""
    mask = np.zeros(round(duration_s / STEP_S) + 1, np.bool_)
    for span in spans:
        mask[round(span.start_s / STEP_S) : round(span.end_s / STEP_S)] = True
    return mask


def speech_of(speech: Speech, speaker: str) -> list[Span]:
    """Stretches of speech of one speaker."""
    return [span for turn in speech.turns if turn.speaker == speaker for span in turn.speech]


# Channels that hold the same mix for a part of the call.


def measure_mixed(options: Options) -> bool:
    """Each call with the first and with the last part mixed: who is given the speech of that part."""
    calls = [audio for _, audio in two_channel_samples()]
    calls += [read_audio(options.data / name) for name in REAL if (options.data / name).exists()]
    draw = np.random.default_rng(options.seed)
    right = wrong = true = flagged = plain = 0
    for audio in calls:
        base = find_turns(audio, TURNS)
        plain += "partly_mixed" in base.flags
        at_s = audio.duration_s * float(draw.uniform(0.3, 0.7))
        for part in (Span(0.0, at_s), Span(at_s, audio.duration_s)):
            speech = find_turns(_mix_part(audio, part), TURNS)
            flagged += "partly_mixed" in speech.flags
            inside = mask_of([part], audio.duration_s)
            for own, other in (("ch0", "ch1"), ("ch1", "ch0")):
                got = mask_of(speech_of(speech, own), audio.duration_s) & inside
                theirs = mask_of(speech_of(base, own), audio.duration_s)
                others = mask_of(speech_of(base, other), audio.duration_s)
                right += int((got & theirs).sum())
                wrong += int((got & others & ~theirs).sum())
                true += int((theirs & inside).sum())
    print(
        f"{len(calls)} calls, {2 * len(calls)} parts mixed: {flagged} flagged, {plain} calls flagged as they are"
    )
    print(f"speech in the mix: {right / true:.1%} given to its party, {wrong / true:.1%} to the other")
    return right >= 0.95 * true and flagged == 2 * len(calls) and plain == 0


def _mix_part(audio: Audio, part: Span) -> Audio:
    samples = audio.samples.copy()
    where = slice(round(part.start_s * audio.rate_hz), round(part.end_s * audio.rate_hz))
    samples[:, where] = np.clip(samples[:, where].astype(np.int32).sum(axis=0), -32768, 32767)
    return replace(audio, samples=samples)


# Neighbours in the headset.

NEIGHBOUR_CALLS = 30
NEIGHBOUR_DB = (20.0, 35.0)
"""How far the loudest turn of the neighbours is under the agent: they shout too."""
NEAR_S = 0.25
"""A word so near to the agent's own speech is the agent's."""
AROUND_S = 3.0


def measure_neighbours(options: Options) -> bool:
    """Words of neighbours that land in the agent's transcript: at most 1 % of the agent's words."""
    draw = np.random.default_rng(options.seed)
    calls = list(two_channel_samples())
    settings = TranscribeSettings(model=options.model, language="en")
    recognizer = load_recognizer(settings)
    foreign = words = 0
    clean: dict[str, list[_SaidTurn]] = {}
    for no in range(NEIGHBOUR_CALLS):
        entry, audio = calls[no % len(calls)]
        agent = next(int(channel) for channel, party in entry["channels"].items() if party == "agent")
        other = calls[(no + 1 + int(draw.integers(len(calls) - 1))) % len(calls)]
        under_db = float(draw.uniform(*NEIGHBOUR_DB))
        noisy, said = _add_neighbour(entry, audio, agent, other, under_db)
        speech = find_turns(noisy, TURNS)
        heard = transcribe(noisy, speech, NOBODY, recognizer, settings)
        if entry["file"] not in clean:
            clean[entry["file"]] = _heard_words(audio, agent, recognizer, settings)
        found = _foreign_words(entry, agent, (said, clean[entry["file"]]), speech, heard)
        count = sum(
            len(each.words) for turn, each in zip(speech.turns, heard, strict=True) if turn.channel == agent
        )
        foreign, words = foreign + len(found), words + count
        print(
            f"{entry['file'][:24]} {-under_db:.0f} dB: {len(found)} of {count} words foreign {found}",
            flush=True,
        )
    print(
        f"{NEIGHBOUR_CALLS} calls: {foreign} of {words} of the agent's words are the neighbours', {foreign / words:.2%}"
    )
    return foreign <= 0.01 * words


SOFT_DB = 17.0
SOFT_S = 1.5


def measure_soft(options: Options) -> bool:
    """One sentence of each agent said 17 dB lower: how much of it is still the agent's."""
    draw = np.random.default_rng(options.seed)
    kept = said = 0
    for entry, audio in two_channel_samples():
        agent = next(int(channel) for channel, party in entry["channels"].items() if party == "agent")
        turns = [
            Span(turn["start_s"], turn["end_s"])
            for turn in entry["turns"]
            if turn["channel"] == agent and turn["end_s"] - turn["start_s"] >= SOFT_S
        ]
        part = turns[int(draw.integers(len(turns)))]
        samples = audio.samples.astype(np.float32)
        where = slice(round(part.start_s * audio.rate_hz), round(part.end_s * audio.rate_hz))
        samples[agent, where] *= 10 ** (-SOFT_DB / 20)
        soft = replace(audio, samples=np.rint(samples).astype(np.int16))
        name, inside = f"ch{agent}", mask_of([part], audio.duration_s)
        true = mask_of(speech_of(find_turns(audio, TURNS), name), audio.duration_s) & inside
        got = mask_of(speech_of(find_turns(soft, TURNS), name), audio.duration_s) & true
        kept, said = kept + int(got.sum()), said + int(true.sum())
        print(f"{entry['file'][:24]} {got.sum() * STEP_S:.1f} of {true.sum() * STEP_S:.1f} s", flush=True)
    print(f"sentences {SOFT_DB:.0f} dB lower: {kept / said:.1%} of their speech kept")
    return kept >= 0.95 * said


SHOUT_DB = 14.0


def measure_shouting(options: Options) -> bool:
    """A caller of another sample on the agent's headset, 14 dB under the agent: how much is taken for the agent."""
    draw = np.random.default_rng(options.seed)
    calls = list(two_channel_samples())
    taken = theirs = 0
    for no, (entry, audio) in enumerate(calls):
        agent = next(int(channel) for channel, party in entry["channels"].items() if party == "agent")
        truth, sound = calls[(no + 1 + int(draw.integers(len(calls) - 1))) % len(calls)]
        caller = next(int(channel) for channel, party in truth["channels"].items() if party != "agent")
        turns = [turn for turn in truth["turns"] if turn["channel"] == caller]
        one = {**truth, "turns": turns}, replace(sound, samples=sound.samples[caller : caller + 1])
        noisy, said = _add_neighbour(entry, audio, agent, one, SHOUT_DB)
        own = mask_of(speech_of(find_turns(audio, TURNS), f"ch{agent}"), audio.duration_s)
        there = mask_of(
            [Span(start_s, end_s) for start_s, end_s, _ in said if end_s < audio.duration_s], audio.duration_s
        )
        got = mask_of(speech_of(find_turns(noisy, TURNS), f"ch{agent}"), audio.duration_s)
        there &= ~own
        taken, theirs = taken + int((got & there).sum()), theirs + int(there.sum())
        lost = (own & ~got).sum() / own.sum()
        print(
            f"{entry['file'][:24]} {(got & there).sum() * STEP_S:.1f} of {there.sum() * STEP_S:.1f} s, "
            f"own lost {lost:.1%}",
            flush=True,
        )
    print(f"a neighbour {SHOUT_DB:.0f} dB under: {taken / theirs:.1%} of the time taken for the agent's")
    return taken <= 0.1 * theirs


_SaidTurn = tuple[float, float, str]
_Said = list[_SaidTurn]


def _add_neighbour(
    entry: Truth, audio: Audio, agent: int, other: tuple[Truth, Audio], under_db: float
) -> tuple[Audio, _Said]:
    """The call with both parties of another one, all along, so far under the agent; and what those say."""
    truth, sound = other
    levels = [turn["level_dbov"] for turn in entry["turns"] if turn["channel"] == agent]
    theirs = [turn["level_dbov"] for turn in truth["turns"]]
    gain = 10 ** ((float(np.median(levels)) - under_db - max(theirs)) / 20)
    both = sound.samples.astype(np.float32).sum(axis=0)
    voices = soxr.resample(both, sound.rate_hz, audio.rate_hz)
    count = audio.samples.shape[1]
    times = -(-count // voices.size)
    samples = audio.samples.astype(np.float32)
    samples[agent] += gain * np.tile(voices, times)[:count]
    said = [
        (turn["start_s"] + no * sound.duration_s, turn["end_s"] + no * sound.duration_s, turn["text"])
        for no in range(times)
        for turn in truth["turns"]
    ]
    noisy = replace(audio, samples=np.clip(np.rint(samples), -32768, 32767).astype(np.int16))
    return noisy, said


def _heard_words(
    audio: Audio, agent: int, recognizer: Recognizer, settings: TranscribeSettings
) -> list[_SaidTurn]:
    """What the recogniser makes of the agent's words without neighbours."""
    speech = find_turns(audio, TURNS)
    heard = transcribe(audio, speech, NOBODY, recognizer, settings)
    return [
        (turn.span.start_s, turn.span.end_s, said.text)
        for turn, said in zip(speech.turns, heard, strict=True)
        if turn.channel == agent
    ]


def _foreign_words(
    entry: Truth, agent: int, known: tuple[_Said, _Said], speech: Speech, heard: Sequence[Utterance]
) -> list[str]:
    """Words in the agent's turns that the agent did not say: far from all own speech, or a neighbour's.

    A neighbour's is a word that a neighbour says about then, and that the agent does not say about then, nor the
    recogniser writes without the neighbour.
    """
    theirs, clean = known
    own = [(t["start_s"], t["end_s"], t["text"]) for t in entry["turns"] if t["channel"] == agent]
    found = []
    for turn, utterance in zip(speech.turns, heard, strict=True):
        for word in utterance.words if turn.channel == agent else ():
            middle_s = (word.start_s + word.end_s) / 2
            is_near = any(start_s - NEAR_S <= middle_s <= end_s + NEAR_S for start_s, end_s, _ in own)
            foreign = _said_about(theirs, middle_s) - _said_about([*own, *clean], middle_s)
            tokens = _plain(word.text)
            if tokens and (not is_near or foreign.intersection(tokens)):
                found.append(word.text.strip())
    return found


def _said_about(said: _Said, time_s: float) -> set[str]:
    """The words of turns at or near a moment."""
    return {
        token
        for start_s, end_s, text in said
        if start_s - AROUND_S <= time_s <= end_s + AROUND_S
        for token in _plain(text)
    }


def _plain(text: str) -> list[str]:
    return [
        "".join(sign for sign in part if sign.isalnum()).casefold()
        for part in text.split()
        if any(map(str.isalnum, part))
    ]


# Second recordings of one call.

COPY_CALLS = 8
LEAD_S, CUT_SHARE = 25.0, 0.2


def measure_copies(options: Options) -> bool:
    """Mono copies with a lead-in or without their start against the stereo file, and every call against all others."""
    draw = np.random.default_rng(options.seed)
    hear = _hearing(options)
    calls = [audio for _, audio in two_channel_samples()][:COPY_CALLS]
    texts, shares = [hear(audio) for audio in calls], []
    for audio, text in zip(calls, texts, strict=True):
        mono = np.clip(audio.samples.astype(np.int32).sum(axis=0, keepdims=True), -32768, 32767)
        quiet = draw.normal(0.0, 20.0, (1, round(LEAD_S * audio.rate_hz)))
        late = np.concatenate([quiet, mono], axis=1).astype(np.int16)
        cut = mono[:, round(CUT_SHARE * mono.shape[1]) :].astype(np.int16)
        shares.append([align_words(text, hear(replace(audio, samples=copy))).share for copy in (late, cut)])
    others = [align_words(one, two).share for no, one in enumerate(texts) for two in texts[no + 1 :]]
    late_shares, cut_shares = zip(*shares, strict=True)
    print(f"{len(calls)} mono copies {LEAD_S:.0f} s late: share of words {min(late_shares):.2f} and more")
    print(f"{len(calls)} mono copies without the first {CUT_SHARE:.0%}: {min(cut_shares):.2f} and more")
    print(f"{len(others)} pairs of two calls: at most {max(others):.2f}")
    return min(*late_shares, *cut_shares) >= 0.3 > 2 * max(others)


def _hearing(options: Options) -> Callable[[Audio], list[TimedPair]]:
    """What gives the pairs of words of a call."""
    settings = TranscribeSettings(model=options.model, language="en")
    recognizer = load_recognizer(settings)

    def hear(audio: Audio) -> list[TimedPair]:
        said = transcribe(audio, find_turns(audio, TURNS), NOBODY, recognizer, settings)
        return [pair for each in said for pair in pair_words([(w.text, w.start_s) for w in each.words])]

    return hear


# A channel that goes silent before the end.

PLACES = 8


def measure_silenced(options: Options) -> bool:
    """Each channel of each call silent from some places on: rules *absent* whose evidence lay in the missing part."""
    draw = np.random.default_rng(options.seed)
    books = [parse_rulebook(starter_rulebook(name), name) for name in starter_rulebooks()]
    books.append(parse_rulebook((ROOT / "samples/rulebook.yaml").read_text(), "samples"))
    cases, asked = 0, 0
    wrong: Counter[str] = Counter()
    for entry, audio in two_channel_samples():
        speech = find_turns(audio, TURNS)
        whole = _judge_truth(entry, audio, speech, books)
        for channel in (0, 1):
            for at_s in sorted(draw.uniform(0.0, audio.duration_s, PLACES).tolist()):
                samples = audio.samples.copy()
                samples[channel, round(at_s * audio.rate_hz) :] = 0
                silent = replace(audio, samples=samples)
                found = _judge_truth(entry, silent, _cut_channel(speech, channel, at_s), books)
                cases += 1
                asked += sum(value == "present" for value in whole.values())
                for rule, value in whole.items():
                    if value == "present" and found.get(rule, "") == "absent":
                        wrong[rule] += 1
                        print(
                            f"{entry['file'][:24]} channel {channel} from {at_s:.1f} s: {rule} absent",
                            flush=True,
                        )
    print(
        f"{cases} channels silenced, {asked} rules that hold in the whole call: {wrong.total()} absent {dict(wrong)}"
    )
    return not wrong


def _judge_truth(entry: Truth, audio: Audio, speech: Speech, books: Sequence[Rulebook]) -> dict[str, str]:
    """Results of every rule on a call with its true words."""
    said = tuple(_true_words(entry, turn) for turn in speech.turns)
    speech, said = set_prompts_apart(speech, said, TURNS)
    speech = mark_unheard(audio, speech, said)
    if not speech.turns:
        return {}
    heard = conversation_of(entry, audio, speech)
    heard = replace(heard, utterances=said)
    # The reading is the same under every rulebook, and the dearest part.
    reading = read_call(heard, Settings(transcribe=TranscribeSettings(language="en")))
    return {
        f"{book.name}:{result.rule}": result.value
        for book in books
        for result in apply_rules(book, heard, reading)
    }


def _cut_channel(speech: Speech, channel: int, at_s: float) -> Speech:
    """The speech of a call whose channel goes silent; what is cut through is heard up to there."""
    turns = []
    for turn in speech.turns:
        spans = turn.speech
        if turn.channel == channel:
            spans = tuple(Span(s.start_s, min(s.end_s, at_s)) for s in spans if s.start_s < at_s - 0.1)
        if spans:
            whole = Span(spans[0].start_s, spans[-1].end_s)
            turns.append(replace(turn, no=len(turns), span=whole, speech=spans))
    flags = {*speech.flags, *(["one_sided"] if len({turn.speaker for turn in turns}) == 1 else [])}
    return replace(speech, turns=tuple(turns), flags=tuple(sorted(flags)))


def _true_words(entry: Truth, turn: Turn) -> Utterance:
    """The true words, spread evenly over their turns, that lie in a turn that was heard."""
    words = []
    for true in entry["turns"]:
        if true["channel"] != turn.channel:
            continue
        texts = true["text"].split()
        step_s = (true["end_s"] - true["start_s"]) / len(texts)
        for no, text in enumerate(texts):
            start_s = true["start_s"] + no * step_s
            middle_s = start_s + step_s / 2
            if turn.span.start_s - 0.2 <= middle_s <= turn.span.end_s:
                words.append(Word(text, start_s, start_s + step_s, 1.0))
    return Utterance(
        turn.no, " ".join(word.text for word in words), tuple(words), "en", 1.0 if words else None
    )


# A recording that begins late or ends early.

CUTS = 12


def measure_cuts(options: Options) -> bool:
    """Each call cut at some places: rules *absent* in one part that hold in the whole call."""
    draw = np.random.default_rng(options.seed)
    books = [parse_rulebook(starter_rulebook(name), name) for name in starter_rulebooks()]
    books.append(parse_rulebook((ROOT / "samples/rulebook.yaml").read_text(), "samples"))
    parts = asked = 0
    wrong: Counter[str] = Counter()
    for entry, audio in two_channel_samples():
        speech = find_turns(audio, TURNS)
        whole = {
            rule for rule, value in _judge_truth(entry, audio, speech, books).items() if value == "present"
        }
        for at_s in sorted(draw.uniform(0.0, audio.duration_s, CUTS).tolist()):
            for part in (Span(0.0, at_s), Span(at_s, audio.duration_s)):
                found = _judge_truth(*_cut_out(entry, audio, speech, part), books)
                parts, asked = parts + 1, asked + len(whole)
                lost = sorted(rule for rule in whole if found.get(rule, "") == "absent")
                wrong.update(lost)
                if lost:
                    print(
                        f"{entry['file'][:24]} {part.start_s:.1f} to {part.end_s:.1f} s: {lost} absent",
                        flush=True,
                    )
    print(
        f"{parts} parts of calls, {asked} rules that hold in the whole call: {wrong.total()} absent {dict(wrong)}"
    )
    return not wrong


def _cut_out(entry: Truth, audio: Audio, speech: Speech, part: Span) -> tuple[Truth, Audio, Speech]:
    """A part of a call as a recording of its own, with what is true and what was found of it."""
    where = slice(round(part.start_s * audio.rate_hz), round(part.end_s * audio.rate_hz))
    turns = []
    for turn in speech.turns:
        spans = tuple(
            Span(max(0.0, s.start_s - part.start_s), min(s.end_s, part.end_s) - part.start_s)
            for s in turn.speech
            if s.overlap_s(part) > 0.1
        )
        if spans:
            span = Span(spans[0].start_s, spans[-1].end_s)
            turns.append(replace(turn, no=len(turns), span=span, speech=spans))
    true = [
        _shift(turn, part)
        for turn in entry["turns"]
        if turn["start_s"] < part.end_s and turn["end_s"] > part.start_s
    ]
    flags = {*speech.flags, *(["one_sided"] if len({turn.speaker for turn in turns}) == 1 else [])}
    hold = tuple(
        Span(max(0.0, s.start_s - part.start_s), min(s.end_s, part.end_s) - part.start_s)
        for s in speech.hold
        if s.overlap_s(part) > 0.0
    )
    cut = replace(speech, turns=tuple(turns), hold=hold, flags=tuple(sorted(flags)))
    return {**entry, "turns": true}, replace(audio, samples=audio.samples[:, where]), cut


def _shift(turn: Truth, part: Span) -> Truth:
    """A turn as the part has it: the words that lie in it, spread evenly over their turn, at their times there."""
    words = turn["text"].split()
    step_s = (turn["end_s"] - turn["start_s"]) / len(words)
    kept = [
        no for no in range(len(words)) if part.start_s <= turn["start_s"] + (no + 0.5) * step_s <= part.end_s
    ]
    if not kept:
        kept = [len(words) - 1]
    start_s = max(0.0, turn["start_s"] + kept[0] * step_s - part.start_s)
    text = " ".join(words[no] for no in kept)
    return {**turn, "text": text, "start_s": start_s, "end_s": start_s + len(kept) * step_s}


# A constant offset.

OFFSETS, LEVELS_DBOV = (0.0, 0.2), (-35.0, -15.0)
MOVED_S = 0.1
DRAWS = 2


def measure_offsets(options: Options) -> bool:
    """Each call at another level with a constant offset: speech lost and turns moved against the same without."""
    draw = np.random.default_rng(options.seed)
    calls = lost = said = moved = turns = 0
    for entry, audio in two_channel_samples():
        for _ in range(DRAWS):
            level, offset = draw.uniform(*LEVELS_DBOV), draw.uniform(*OFFSETS) * draw.choice([-1, 1])
            heard = audio.samples[np.abs(audio.samples) > 50].astype(np.float64)
            gain = 32768 * 10 ** (level / 20) / np.sqrt((heard**2).mean())
            plain = np.clip(np.rint(audio.samples * gain), -32768, 32767).astype(np.int16)
            shifted = np.clip(plain.astype(np.int32) + round(32768 * offset), -32768, 32767).astype(np.int16)
            remove_offset(shifted, audio.rate_hz)
            true = find_turns(replace(audio, samples=plain), TURNS)
            found = find_turns(replace(audio, samples=shifted), TURNS)
            for name in true.speakers:
                own = mask_of(speech_of(true, name), audio.duration_s)
                got = mask_of(speech_of(found, name), audio.duration_s)
                lost, said = lost + int((own & ~got).sum()), said + int(own.sum())
            off = [turn for turn in true.turns if not _has_turn(found, turn)]
            calls, moved, turns = calls + 1, moved + len(off), turns + len(true.turns)
            if off:
                print(
                    f"{entry['file'][:24]} {offset:+.1%} at {level:.0f} dBov:"
                    f" {len(off)} of {len(true.turns)} turns moved",
                    flush=True,
                )
    print(
        f"{calls} calls with an offset: {lost / said:.2%} of {said * STEP_S:.0f} s of speech lost,"
        f" {moved} of {turns} turns moved"
    )
    return lost < 0.005 * said and moved == 0


def _has_turn(speech: Speech, turn: Turn) -> bool:
    return any(
        other.speaker == turn.speaker
        and abs(other.span.start_s - turn.span.start_s) <= MOVED_S
        and abs(other.span.end_s - turn.span.end_s) <= MOVED_S
        for other in speech.turns
    )


# One channel late.

LATE_S = (-3.0, -1.0, 0.7, 1.5, 5.0)
NEAR_ENOUGH_S = 0.5


def measure_late(options: Options) -> bool:
    """The second channel of each call late, or the first one: whether it is found, and by how much it is wrong."""
    calls = [audio for _, audio in two_channel_samples()]
    calls += [read_audio(options.data / name) for name in REAL if (options.data / name).exists()]
    plain = sum(find_distance(audio, TURNS) is not None for audio in calls)
    print(f"{plain} of {len(calls)} calls found late as they are")
    missed = wrong = 0
    for later_s in LATE_S:
        found = [find_distance(_late(audio, later_s), TURNS) for audio in calls]
        told = [each.later_s for each in found if each is not None and each.later_s is not None]
        off = sum(abs(each - later_s) > NEAR_ENOUGH_S for each in told)
        nothing = sum(each is None for each in found)
        missed, wrong = missed + nothing, wrong + off
        print(
            f"{later_s:+.1f} s: {len(told)} told, {off} of them more than {NEAR_ENOUGH_S:g} s off;"
            f" {len(calls) - nothing - len(told)} unsure, {nothing} not found",
            flush=True,
        )
    return plain == 0 and wrong == 0 and missed <= 0.2 * len(calls) * len(LATE_S)


def _late(audio: Audio, later_s: float) -> Audio:
    """The call with one channel late behind a faint line."""
    samples = audio.samples.copy()
    shift, channel = round(abs(later_s) * audio.rate_hz), int(later_s > 0)
    samples[channel, shift:] = audio.samples[channel, : samples.shape[1] - shift]
    samples[channel, :shift] = np.random.default_rng(1).integers(-3, 4, shift)
    return replace(audio, samples=samples)


# A supervisor who whispers to the agent.

WHISPER_S, AFTER_S = 2.0, 0.5


def measure_whisper(options: Options) -> bool:
    """Another call's agent in the agent's channel while the customer speaks, and the calls as they are."""
    calls = list(two_channel_samples())
    made = found = plain = same = 0
    left_s = true_s = 0.0
    for no, (entry, audio) in enumerate(calls):
        agent = next(int(channel) for channel, party in entry["channels"].items() if party == "agent")
        spans = tuple(
            join_spans(Span(t["start_s"], t["end_s"]) for t in entry["turns"] if t["channel"] == channel)
            for channel in (0, 1)
        )
        plain += any(find_another_voice(audio, spans, TURNS))
        other = next(c for c in calls[no + 1 :] + calls[:no] if c[0]["agent"] != entry["agent"])
        for voice, own in ((other, False), ((entry, audio), True)):
            whisper, where = _whisper(audio, agent, spans[1 - agent], voice)
            if len(where) < MIN_OVER or _total_s(where) < MIN_OVER_S:
                continue
            both = tuple(
                join_spans((*each, *where)) if channel == agent else each
                for channel, each in enumerate(spans)
            )
            got = find_another_voice(whisper, both, TURNS)[agent]
            if own:
                same += bool(got)
                continue
            made, found = made + 1, found + bool(got)
            true_s += _total_s(where)
            left_s += _total_s(where) - sum(span.overlap_s(each) for span in where for each in got)
    print(
        f"{made} calls with a whisper: {found} found, {left_s / true_s:.0%} of whispers left with the agent"
    )
    print(
        f"{same} as often found where the agent talks over the customer; {plain} of {len(calls)} as they are"
    )
    return found >= 0.8 * made and same == 0 and plain == 0


def _whisper(
    audio: Audio, agent: int, customer: Sequence[Span], voice: tuple[Truth, Audio]
) -> tuple[Audio, list[Span]]:
    """The call with pieces of another agent's turns, each inside a turn of the customer; and where."""
    truth, sound = voice
    speaks = next(int(channel) for channel, party in truth["channels"].items() if party == "agent")
    turns = [t for t in truth["turns"] if t["channel"] == speaks and t["end_s"] - t["start_s"] >= WHISPER_S]
    samples, where = audio.samples.astype(np.float32), []
    for span, turn in zip(
        [s for s in customer if s.duration_s >= WHISPER_S + 2 * AFTER_S], turns, strict=False
    ):
        first = round(turn["start_s"] * sound.rate_hz)
        piece = sound.samples[speaks, first : first + round(WHISPER_S * sound.rate_hz)].astype(np.float32)
        piece = soxr.resample(piece, sound.rate_hz, audio.rate_hz)
        at = round((span.start_s + AFTER_S) * audio.rate_hz)
        samples[agent, at : at + piece.size] += piece
        where.append(Span(span.start_s + AFTER_S, span.start_s + AFTER_S + WHISPER_S))
    return replace(audio, samples=np.clip(np.rint(samples), -32768, 32767).astype(np.int16)), where


def _total_s(spans: Sequence[Span]) -> float:
    return sum(span.duration_s for span in spans)


MEASURES: dict[str, Callable[[Options], bool]] = {
    "copies": measure_copies,
    "cuts": measure_cuts,
    "late": measure_late,
    "mixed": measure_mixed,
    "neighbours": measure_neighbours,
    "offsets": measure_offsets,
    "shouting": measure_shouting,
    "silenced": measure_silenced,
    "soft": measure_soft,
    "whisper": measure_whisper,
}
"""What can be measured, by name."""


if __name__ == "__main__":
    sys.exit(main())
