"""Voices in the background of a channel: neighbours in the headset, a television, people in the same room.

They are told by their level. A headset brings neighbours in some 20 to 35 dB under the one who wears it, while
somebody who drops the voice for a sentence falls by 15 at most. On the samples and real calls no stretch of
speech of a channel's own speaker stays more than 7 dB under their active level.

Level alone would lose who comes in on a bad line after a transfer, moves away from the telephone or says one
sentence under the breath, and would take a neighbour who shouts for the speaker. So soft speech that takes turns with
the other party is the speaker's, however soft; so is what is said in turn in the speaker's own voice. And what is not
so soft, in plainly another voice and without regard to the other party, is the background's. Voices are compared by
the diarizer's vectors, and only where there is such soft speech at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from speechcx.call import Span
from speechcx.call.spans import join_spans
from speechcx.turns.speech_spans import Run, runs_of, subtract_spans
from speechcx.turns.vad import FLOOR_DBOV, LEVEL_STEP_S, ChannelActivity

if TYPE_CHECKING:
    from numpy.typing import NDArray

_Utterance = tuple[Span, ...]
CompareVoices = Callable[[int, Sequence[Span], Sequence[Span]], "NDArray[np.float32]"]
"""Of a channel, its speaker's own stretches and others: how alike the voice of each of these is, -1 to 1."""

SOFT_STEPS = 10
"""Levels are compared over this many steps, 0.1 s: a syllable."""
TOP_S, MAX_ROUNDS, SETTLED_DB = 1.0, 20, 0.05
"""The search for a speaker's level begins at their loudest second and ends when it no longer moves."""
ACTIVE_DB = 17.0
"""Sound so far under the active level is no part of it; 15.9 dB in ITU-T P.56."""
NEAR_DB = 7.0
"""Sound less than this under the speaker's level is the speaker's."""
EDGE_S, AROUND_S, EDGE_DB = 0.06, 0.25, 16.0
"""So is what lies next to it, and up to this far around it while it is less than this under that level: the soft
beginnings and ends of words."""
GROUP_GAP_S = 1.0
"""Soft speech with shorter gaps, and nothing louder between, is one utterance."""
FAR_DB = 14.5
"""An utterance is in the background where its loud syllables stay so far under the speaker's level."""
LOUD_SHARE = 15.0
"""The level of an utterance's loud syllables: what so many per cent of its time reach."""
SHORTEST_TAIL_S = 0.3
"""A shorter soft end of the speaker's own words stays with them."""
MIN_BACKGROUND_S = 1.0
"""Where less of it stands apart from the speaker's words, what touches them is taken for their soft ends."""
MIN_ANSWERS = 6
"""Soft utterances that answer another channel, or are answered, at least so often are a conversation's ..."""
MAX_OVER = 0.15
"""... where no more of their time than this lies over the other's speech. Neighbours do not wait for anyone."""
ANSWER_S = 2.0
"""An answer begins within this time."""
VOICE_S = 1.0
"""A shorter utterance says nothing of a voice."""
OWN_ALIKE = 0.84
"""From here on a soft utterance is in the speaker's own voice. 13 sentences of the samples' agents, 17 dB softer, came
to 0.86 to 0.95; neighbours of another voice to 0.61 at most."""
SHOUT_DB, OTHER_ALIKE = 9.0, 0.62
"""An utterance so far under the speaker's level and not in turn is a shouting neighbour's, where its voice is no more
alike than this."""


def find_background(
    heard: Sequence[ChannelActivity],
    spans: Sequence[tuple[Span, ...]],
    compare: CompareVoices | None = None,
) -> tuple[tuple[Span, ...], ...]:
    """Stretches of each channel's speech that are not its speaker's, but somebody's in the background.

    Parameters
    ----------
    heard, spans
        Levels and stretches of speech, one for each channel, leakage taken out.
    compare
        Compares voices; None where there is nothing to compare them with, and level alone decides.

    Returns
    -------
    tuple of tuple of Span
        One for each channel, sorted and apart.
    """
    parted = [_part_by_level(each.level_dbov, speech) for each, speech in zip(heard, spans, strict=True)]
    found = []
    for channel, (far, soft, near) in enumerate(parted):
        others = join_spans(
            span for other, (_, _, own) in enumerate(parted) if other != channel for span in own
        )
        background = [
            utterance
            for stretch in _between(far, near)
            if not _is_conversation(stretch, others)
            for utterance in stretch
        ]
        if compare is not None:
            own = subtract_spans(near, [span for utterance in soft for span in utterance], shortest_s=0.0)
            background = _hear_who(background, soft, others, partial(compare, channel, own))
        found.append(tuple(sorted(span for utterance in background for span in utterance)))
    return tuple(found)


def _hear_who(
    background: Sequence[_Utterance],
    soft: Sequence[_Utterance],
    others: Sequence[Span],
    alike: Callable[[Sequence[Span]], NDArray[np.float32]],
) -> list[_Utterance]:
    """The background without what the speaker says in turn, and with what a neighbour shouts."""
    maybe_own = [each for each in background if _is_long(each) and _is_in_turn(each, others)]
    maybe_other = [each for each in soft if _is_long(each) and not _is_in_turn(each, others)]
    asked = [Span(each[0].start_s, each[-1].end_s) for each in (*maybe_own, *maybe_other)]
    if not asked:
        return list(background)
    cosines = alike(asked)
    own = {each for each, cosine in zip(maybe_own, cosines, strict=False) if cosine >= OWN_ALIKE}
    shouted = [
        each
        for each, cosine in zip(maybe_other, cosines[len(maybe_own) :], strict=True)
        if cosine <= OTHER_ALIKE
    ]
    return [each for each in background if each not in own] + shouted


def _is_long(utterance: _Utterance) -> bool:
    return sum(span.duration_s for span in utterance) >= VOICE_S


def _is_in_turn(utterance: _Utterance, others: Sequence[Span]) -> bool:
    """Whether hardly any of an utterance lies over the other channels' speech."""
    over_s = sum(span.overlap_s(other) for span in utterance for other in others)
    return over_s <= MAX_OVER * sum(span.duration_s for span in utterance)


def find_speaker_level(level_dbov: NDArray[np.float32], speech: Sequence[Span]) -> float:
    """Active level of who is nearest in a channel, in dBov, however much softer speech there is beside.

    Parameters
    ----------
    level_dbov
        float32, shape ``(steps,)``: RMS of each 10 ms.
    speech
        Stretches of speech in it, at least one.
    """
    spoken = np.concatenate([level_dbov[slice(*_steps(span))] for span in speech])
    if not spoken.size:
        return float(level_dbov.max(initial=FLOOR_DBOV))
    active_dbov = _mean_dbov(np.sort(spoken)[-round(TOP_S / LEVEL_STEP_S) :])
    for _ in range(MAX_ROUNDS):
        before_dbov, active_dbov = active_dbov, _mean_dbov(spoken[spoken >= active_dbov - ACTIVE_DB])
        if abs(active_dbov - before_dbov) < SETTLED_DB:
            break
    return active_dbov


def _part_by_level(
    level_dbov: NDArray[np.float32], speech: Sequence[Span]
) -> tuple[list[_Utterance], list[_Utterance], tuple[Span, ...]]:
    """Utterances far under the speaker's level, those not so far under it, and the speech that is not far under it."""
    if not speech:
        return [], [], ()
    evenly = np.full(SOFT_STEPS, 1 / SOFT_STEPS)
    soft_dbov = 10 * np.log10(np.convolve(10 ** (level_dbov / 10), evenly, mode="same") + 1e-12)
    under_db = find_speaker_level(level_dbov, speech) - soft_dbov
    far: list[_Utterance] = []
    soft: list[_Utterance] = []
    for runs in _soft_utterances(under_db, speech):
        loud_db = np.percentile(np.concatenate([under_db[slice(*run)] for run in runs]), LOUD_SHARE)
        utterance = tuple(
            Span(round(first * LEVEL_STEP_S, 3), round(last * LEVEL_STEP_S, 3)) for first, last in runs
        )
        if loud_db >= SHOUT_DB:
            (far if loud_db >= FAR_DB else soft).append(utterance)
    apart = [utterance for utterance in far if any(span in speech for span in utterance)]
    if sum(span.duration_s for utterance in apart for span in utterance) < MIN_BACKGROUND_S:
        far = apart
    near = subtract_spans(speech, [span for utterance in far for span in utterance], shortest_s=0.0)
    return far, soft, near


def _soft_utterances(under_db: NDArray[np.floating], speech: Sequence[Span]) -> list[list[Run]]:
    """Runs of steps in `speech` away from near sound, those of one utterance together."""
    runs = [_steps(span) for span in speech]
    spoken = np.zeros(under_db.size, np.bool_)
    for run in runs:
        spoken[slice(*run)] = True
    is_near = spoken & (under_db <= NEAR_DB)
    is_own = _reach_out(is_near, under_db)
    utterances: list[list[Run]] = []
    for start, end in runs:
        for first, last in runs_of(~is_own[start:end]):
            if (first, last) != (0, end - start) and (last - first) * LEVEL_STEP_S < SHORTEST_TAIL_S:
                continue
            run = (start + first, start + last)
            before = utterances[-1][-1][1] if utterances else 0
            is_one = run[0] - before < GROUP_GAP_S / LEVEL_STEP_S and not is_near[before : run[0]].any()
            if utterances and is_one:
                utterances[-1].append(run)
            else:
                utterances.append([run])
    return utterances


def _reach_out(is_near: NDArray[np.bool_], under_db: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Near steps and what belongs to the same words: soft sound around them, as long as it goes on."""
    least, most = round(EDGE_S / LEVEL_STEP_S), round(AROUND_S / LEVEL_STEP_S)
    own = np.convolve(is_near, np.ones(2 * least + 1), mode="same") > 0.5
    around = np.convolve(is_near, np.ones(2 * most + 1), mode="same") > 0.5
    for first, last in runs_of(around & (under_db <= EDGE_DB)):
        if own[first:last].any():
            own[first:last] = True
    return own


def _between(far: Sequence[_Utterance], near: Sequence[Span]) -> list[list[_Utterance]]:
    """Utterances in the background, those together that nothing near parts."""
    groups: list[list[_Utterance]] = []
    for utterance in far:
        last = groups[-1][-1][-1].end_s if groups else 0.0
        gap = Span(last, utterance[0].start_s) if last <= utterance[0].start_s else Span(last, last)
        if groups and not any(span.overlap_s(gap) > 0 for span in near):
            groups[-1].append(utterance)
        else:
            groups.append([utterance])
    return groups


def _is_conversation(stretch: Sequence[_Utterance], others: Sequence[Span]) -> bool:
    """Whether soft utterances take turns with the other channels' speech."""
    soft = [span for utterance in stretch for span in utterance]
    over_s = sum(span.overlap_s(other) for span in soft for other in others)
    if over_s > MAX_OVER * sum(span.duration_s for span in soft):
        return False
    answers = sum(
        any(0 <= other.start_s - utterance[-1].end_s <= ANSWER_S for other in others)
        + any(0 <= utterance[0].start_s - other.end_s <= ANSWER_S for other in others)
        for utterance in stretch
    )
    return answers >= MIN_ANSWERS


def _steps(span: Span) -> Run:
    return round(span.start_s / LEVEL_STEP_S), round(span.end_s / LEVEL_STEP_S)


def _mean_dbov(level_dbov: NDArray[np.float32]) -> float:
    return float(10 * np.log10(np.mean(10.0 ** (level_dbov / 10))))
