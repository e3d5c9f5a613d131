"""What a perfect listener would write down about a scene, by the project's own definitions.

Runs are energy stretches with silences under 0.2 s closed (see takes.py). A turn is one
party's runs joined over silences under 0.8 s in which the other party says nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from .scene import OTHER, Piece, Scene
from .screenplay import RULES, Play

TURN_GAP_S = 0.8
PAUSE_S = 0.3
NON_TALK_S = 3.0
OVERLAP_S = 0.1
BACKCHANNELS = {"mm-hm", "uh-huh", "yeah", "okay", "right", "sure", "yes", "hmm"}
# A truth that a fair ear could call either way is worth nothing: no planned event may lie
# this near to a threshold of the definitions.
CLEAR_S = 0.09


@dataclass(frozen=True, slots=True)
class Turn:
    """One party's continuous speech."""

    pieces: tuple[Piece, ...]

    @property
    def party(self) -> str:
        """Who speaks."""
        return self.pieces[0].party

    @property
    def runs(self) -> list[tuple[float, float]]:
        """All speech runs."""
        return [run for piece in self.pieces for run in piece.runs]

    @property
    def start_s(self) -> float:
        """First energy."""
        return self.pieces[0].start_s

    @property
    def end_s(self) -> float:
        """Last energy."""
        return self.pieces[-1].end_s

    @property
    def text(self) -> str:
        """The exact words."""
        return " ".join(piece.text for piece in self.pieces)

    @property
    def is_backchannel(self) -> bool:
        """Tell whether the words are only a sign of listening."""
        words = re.findall(r"[a-z'-]+", self.text.lower())
        return bool(words) and set(words) <= BACKCHANNELS


def describe(scene: Scene, file_name: str, duration_s: float) -> dict[str, Any]:
    """Return one file's entry of truth.json."""
    play, turns = scene.play, find_turns(scene.pieces)
    levels = {party: [turn.pieces[0].level_dbov for turn in turns if turn.party == party] for party in OTHER}
    overlaps, interruptions = _find_overlaps(scene, turns)
    return {
        **_describe_play(play, file_name, duration_s),
        "turns": [_describe_turn(play, turn, no, levels) for no, turn in enumerate(turns)],
        "speech": _find_speech(play, scene.pieces),
        "pauses": _find_pauses(scene, turns),
        "non_talk": _find_non_talk(scene),
        "overlaps": overlaps,
        "interruptions": interruptions,
        "backchannels": [
            {"party": turn.party, **_span(turn.start_s, turn.end_s), "text": turn.text}
            for turn in turns
            if turn.is_backchannel
        ],
        "hold": [_round_span(span) for span in scene.hold],
        "tones": [_round_span(span) for span in scene.tones],
    }


def find_turns(pieces: list[Piece]) -> list[Turn]:
    """Join a party's pieces over silences under 0.8 s in which the other does not speak."""
    turns: list[Turn] = []
    for party in OTHER:
        own = sorted((p for p in pieces if p.party == party), key=lambda p: p.start_s)
        other_runs = [run for p in pieces if p.party != party for run in p.runs]
        open_pieces: list[Piece] = []
        for piece in own:
            if open_pieces:
                end_s = open_pieces[-1].end_s
                taken = any(a < piece.start_s and b > end_s for a, b in other_runs)
                if taken or piece.start_s - end_s >= TURN_GAP_S:
                    turns.append(Turn(tuple(open_pieces)))
                    open_pieces = []
            open_pieces.append(piece)
        if open_pieces:
            turns.append(Turn(tuple(open_pieces)))
        _check_unbroken([turn for turn in turns if turn.party == party], other_runs)
    return sorted(turns, key=lambda turn: (turn.start_s, turn.party))


def _check_unbroken(turns: list[Turn], other_runs: list[tuple[float, float]]) -> None:
    for turn in turns:
        for piece in turn.pieces:
            for (_, end_s), (next_s, _) in pairwise(piece.runs):
                if any(a < next_s and b > end_s for a, b in other_runs):
                    raise ValueError(
                        f"the other speaks at {end_s:.2f}-{next_s:.2f} s, inside a silence of "
                        f"{piece.text!r}: that would end the turn there; change `over` or the words"
                    )


def _describe_play(play: Play, file_name: str, duration_s: float) -> dict[str, Any]:
    channels = (
        {"0": "mono"} if play.is_mono else {str(number): party for number, party in enumerate(play.channels)}
    )
    return {
        "file": file_name,
        "about": play.about,
        "brand": play.brand,
        "format": play.format,
        "duration_s": round(duration_s, 3),
        "channels": channels,
        "agent": play.agent.agent,
        "agent_name": play.agent.name,
        "team": play.agent.team,
        "center": play.agent.center,
        "customer": play.customer,
        "started_at": play.started_at.isoformat(),
        "direction": play.direction,
        "queue": play.queue,
        "metadata": play.metadata,
        "customer_mood": play.mood,
        "acoustics": play.acoustics,
        "rules": {
            "must_hit": [rule for rule in RULES if rule in play.hits],
            "must_not_hit": [rule for rule in RULES if rule not in play.hits + play.unclear],
        },
    }


def _describe_turn(play: Play, turn: Turn, number: int, levels: dict[str, list[float]]) -> dict[str, Any]:
    level_dbov = turn.pieces[0].level_dbov
    return {
        "no": number,
        "party": turn.party,
        "channel": _channel_of(play, turn.party),
        **_span(turn.start_s, turn.end_s),
        "text": turn.text,
        "mood": turn.pieces[0].mood,
        "level_step_db": turn.pieces[0].level_step_db,
        "level_dbov": round(level_dbov, 2),
        "level_rel_db": round(level_dbov - median(levels[turn.party]), 2),
        "is_backchannel": turn.is_backchannel,
    }


def _find_speech(play: Play, pieces: list[Piece]) -> list[dict[str, Any]]:
    """Speech per channel with silences under 0.3 s closed: what a good VAD should find."""
    found = []
    for party in OTHER:
        joined: list[tuple[float, float]] = []
        for start_s, end_s in sorted(run for p in pieces if p.party == party for run in p.runs):
            if joined and start_s - joined[-1][1] < PAUSE_S:
                joined[-1] = (joined[-1][0], max(end_s, joined[-1][1]))
            else:
                joined.append((start_s, end_s))
        found += [{"party": party, "channel": _channel_of(play, party), **_span(a, b)} for a, b in joined]
    return sorted(found, key=lambda span: (span["start_s"], span["party"]))


def _find_pauses(scene: Scene, turns: list[Turn]) -> list[dict[str, Any]]:
    """Pauses of 0.3 s and more inside a turn, and silences after which the same party goes on."""
    found = []
    for turn in turns:
        for (_, end_s), (next_s, _) in pairwise(turn.runs):
            if next_s - end_s >= PAUSE_S:
                found.append(("in_turn", turn.party, end_s, next_s))
    for before, after in pairwise(turns):
        is_filled = any(
            float(str(sound["start_s"])) < after.start_s and float(str(sound["end_s"])) > before.end_s
            for sound in scene.hold + scene.tones
        )
        if before.party == after.party and not is_filled and after.start_s - before.end_s >= TURN_GAP_S:
            found.append(("between_turns", before.party, before.end_s, after.start_s))
    planned = [(party, a) for party, a, _ in scene.planned_pauses]
    return [
        {
            "kind": kind,
            "party": party,
            "channel": _channel_of(scene.play, party),
            **_span(a, b),
            "planned": any(p == party and abs(start_s - a) < 0.1 for p, start_s in planned),
        }
        for kind, party, a, b in sorted(found, key=lambda pause: pause[2])
    ]


def _find_non_talk(scene: Scene) -> list[dict[str, Any]]:
    """Spans of 3 s and more inside the conversation where nobody speaks and no music plays."""
    busy = sorted(
        [run for piece in scene.pieces for run in piece.runs]
        + [(float(str(h["start_s"])), float(str(h["end_s"]))) for h in scene.hold]
    )
    found, end_s = [], busy[0][0]
    for start_s, stop_s in busy:
        gap_s = start_s - end_s
        if abs(gap_s - NON_TALK_S) < 3 * CLEAR_S:
            raise ValueError(f"silence of {gap_s:.2f} s at {end_s:.2f} s is too near to 3 s")
        if gap_s >= NON_TALK_S:
            found.append(_span(end_s, start_s))
        end_s = max(end_s, stop_s)
    return found


def _find_overlaps(scene: Scene, turns: list[Turn]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    overlaps, interruptions = [], []
    for late in turns:
        for early in turns:
            if early.party == late.party or not early.start_s < late.start_s < early.end_s:
                continue
            end_s = min(early.end_s, late.end_s)
            if end_s - late.start_s < OVERLAP_S:
                continue
            kind = _judge_overlap(scene, early, late)
            span = _span(late.start_s, end_s)
            overlaps.append({**span, "started_by": late.party, "kind": kind})
            if kind == "interruption":
                interruptions.append({"by": late.party, **span})
    return overlaps, interruptions


def _judge_overlap(scene: Scene, early: Turn, late: Turn) -> str:
    """Say what an overlap is: back-channel, interruption, or only an overlap."""
    if late.is_backchannel:
        return "backchannel"
    overlap_s = min(early.end_s, late.end_s) - late.start_s
    measures = (
        (overlap_s, 0.5), (early.end_s - late.start_s, 2.0), (late.end_s - early.end_s, 1.0)
    )  # fmt: skip
    for value_s, threshold_s in measures:
        if abs(value_s - threshold_s) < CLEAR_S:
            raise ValueError(
                f"overlap at {late.start_s:.2f} s is too near to the "
                f"threshold of {threshold_s} s ({value_s:.2f} s)"
            )
    is_taken = overlap_s >= 0.5 and early.end_s - late.start_s <= 2.0
    return "interruption" if is_taken and late.end_s - early.end_s >= 1.0 else "overlap"


def _channel_of(play: Play, party: str) -> int:
    return 0 if play.is_mono else play.channels.index(party)


def _span(start_s: float, end_s: float) -> dict[str, Any]:
    return {"start_s": round(start_s, 3), "end_s": round(end_s, 3)}


def _round_span(span: dict[str, object]) -> dict[str, Any]:
    rounded = {key: round(value, 3) if isinstance(value, float) else value for key, value in span.items()}
    if isinstance(rounded.get("parties"), tuple):
        rounded["parties"] = list(rounded["parties"])
    return rounded
