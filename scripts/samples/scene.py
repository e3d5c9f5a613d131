"""A written call put on the time line: two clean tracks and who made which sound when."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .screenplay import Event, Line, Play
from .sound import SILENT_DBOV, make_hold_music, make_keys, make_line_noise, make_ring
from .takes import Take, measure_level, record
from .voices import RATE_HZ, VOICES, Delivery, Samples

LEAD_S, TAIL_S = 0.6, 0.9
PAUSE = re.compile(r"\{([\d.]+)\}")
BACKCHANNEL = re.compile(r"<([^>]+)>")
OTHER = {"agent": "customer", "customer": "agent"}
DELIVERIES = {
    "negative": Delivery(pitch_st=0.8, range_factor=1.1, pace=1.04),
    "neutral": Delivery(),
    "positive": Delivery(pitch_st=0.7, range_factor=1.1, pace=1.02),
}
LOUD_DB = 6.0


@dataclass(frozen=True, slots=True)
class Piece:
    """One uninterrupted segment of one person's words, with its speech runs on the call's clock."""

    party: str
    text: str
    runs: tuple[tuple[float, float], ...]
    mood: str
    level_step_db: float
    level_dbov: float
    line: int

    @property
    def start_s(self) -> float:
        """Where its speech begins."""
        return self.runs[0][0]

    @property
    def end_s(self) -> float:
        """Where its speech ends."""
        return self.runs[-1][1]


@dataclass(slots=True)
class Scene:
    """What has been put on the time line so far."""

    play: Play
    cache: Path | None
    rng: np.random.Generator
    clock_s: float = LEAD_S
    pieces: list[Piece] = field(default_factory=list)
    sounds: list[tuple[str, int, Samples]] = field(default_factory=list)
    hold: list[dict[str, object]] = field(default_factory=list)
    tones: list[dict[str, object]] = field(default_factory=list)
    planned_pauses: list[tuple[str, float, float]] = field(default_factory=list)


def stage(play: Play, cache: Path | None) -> tuple[Scene, NDArray[np.float64]]:
    """Perform a play; return the scene and the finished tracks `[channel, time]` in -1..1."""
    rng = np.random.default_rng(zlib.crc32(play.stem.encode()))
    scene = Scene(play, cache, rng)
    for number, line in enumerate(play.lines):
        if isinstance(line, Event):
            _play_event(scene, line)
        else:
            _say_line(scene, line, number)
    return scene, _mix(scene)


def _say_line(scene: Scene, line: Line, number: int) -> None:
    gap_s = float(scene.rng.uniform(0.25, 0.65)) if line.gap_s is None else line.gap_s
    time_s = scene.clock_s - line.over_s if line.over_s else scene.clock_s + gap_s
    delivery = _choose_delivery(line, scene.rng)
    base_dbov = scene.play.acoustics.get(f"{line.party}_dbov", -24.0)
    jitter_db = 0.0 if line.level_db else float(scene.rng.uniform(-0.7, 0.7))
    parts = PAUSE.split(line.text)
    for index in range(0, len(parts), 2):
        words = parts[index].strip()
        if index:
            pause_s = float(parts[index - 1])
            if index > 1 or parts[0].strip():
                scene.planned_pauses.append((line.party, time_s, time_s + pause_s))
            time_s += pause_s
        if words:
            how = (time_s, base_dbov, jitter_db, delivery)
            time_s = _put_words(scene, replace(line, text=words), number, how)
    scene.clock_s = max(scene.clock_s, time_s) if line.over_s else time_s


def _put_words(scene: Scene, line: Line, number: int, how: tuple[float, float, float, Delivery]) -> float:
    """Speak one segment so that its speech starts at the given time; return where it ends."""
    start_s, base_dbov, jitter_db, delivery = how
    clean = re.sub(r"\s+", " ", BACKCHANNEL.sub("", line.text)).strip()
    take = record(clean, VOICES[_voice_of(scene.play, line.party)], delivery, scene.cache)
    piece = _put_take(scene, take, start_s, replace(line, text=clean), (number, base_dbov + jitter_db))
    spoken_chars = 0
    for index, part in enumerate(BACKCHANNEL.split(line.text)):
        if index % 2:
            _put_backchannel(scene, part, piece, spoken_chars / max(len(clean), 1))
        else:
            spoken_chars += len(part)
    return piece.end_s


def _put_take(scene: Scene, take: Take, start_s: float, line: Line, how: tuple[int, float]) -> Piece:
    number, base_dbov = how
    level_dbov = base_dbov + line.level_db
    gain_db = level_dbov - measure_level(take.samples, take.runs)
    begin = round((start_s - take.runs[0][0]) * RATE_HZ)
    scene.sounds.append((line.party, begin, take.samples * 10 ** (gain_db / 20)))
    shift_s = begin / RATE_HZ
    runs = tuple((a + shift_s, b + shift_s) for a, b in take.runs)
    piece = Piece(line.party, line.text, runs, line.mood, line.level_db, level_dbov, number)
    scene.pieces.append(piece)
    return piece


def _put_backchannel(scene: Scene, text: str, over: Piece, share: float) -> None:
    """Say a back-channel wholly over unbroken speech, as near to `share` of it as fits."""
    party = OTHER[over.party]
    take = record(f"{text}.", VOICES[_voice_of(scene.play, party)], Delivery(), scene.cache)
    length_s = take.runs[-1][1] - take.runs[0][0]
    wanted_s = over.start_s + share * (over.end_s - over.start_s)
    places = [
        min(max(wanted_s, a + 0.25), b - length_s - 0.25) for a, b in over.runs if b - a >= length_s + 0.5
    ]
    if not places:
        raise ValueError(f"no room for {text!r} over {over.text!r}")
    start_s = min(places, key=lambda place: abs(place - wanted_s))
    base_dbov = scene.play.acoustics.get(f"{party}_dbov", -24.0) - 2.0
    _put_take(scene, take, start_s, Line(party, text), (-1, base_dbov))


def _choose_delivery(line: Line, rng: np.random.Generator) -> Delivery:
    plain = DELIVERIES[line.mood]
    pace = plain.pace * line.pace * float(rng.choice([0.98, 1.0, 1.02]))
    if line.level_db < LOUD_DB:
        return replace(plain, pace=pace)
    return Delivery(plain.pitch_st + 2.5, max(plain.range_factor, 1.25), pace * 1.04, tilt=0.35)


def _voice_of(play: Play, party: str) -> str:
    return play.agent.agent if party == "agent" else play.voice


def _play_event(scene: Scene, event: Event) -> None:
    if event.kind == "QUIET":
        scene.clock_s += float(event.words[0])
    elif event.kind == "HOLD":
        start_s = scene.clock_s + 0.7
        music = make_hold_music(int(float(event.words[0]) * RATE_HZ), scene.rng)
        heard_on = ("agent", "customer") if event.words[1] == "both" else (event.words[1],)
        end_s = _put_sound(scene, heard_on, start_s, music)
        scene.hold.append({"start_s": start_s, "end_s": end_s, "parties": heard_on})
        scene.clock_s = end_s + 0.4
    elif event.kind == "RING":
        end_s = _put_sound(scene, ("customer",), scene.clock_s, make_ring(int(event.words[0])))
        scene.tones.append({"kind": "ring-back", "start_s": scene.clock_s, "end_s": end_s - 4.0})
        scene.clock_s = end_s - 2.5
    else:
        start_s = scene.clock_s + 0.8
        end_s = _put_sound(scene, (event.words[0],), start_s, make_keys(event.words[1]))
        scene.tones.append({"kind": "dtmf", "start_s": start_s, "end_s": end_s - 0.1})
        scene.clock_s = end_s + 0.4


def _put_sound(scene: Scene, parties: tuple[str, ...], start_s: float, samples: Samples) -> float:
    begin = round(start_s * RATE_HZ)
    scene.sounds += [(party, begin, samples) for party in parties]
    return (begin + len(samples)) / RATE_HZ


def _mix(scene: Scene) -> NDArray[np.float64]:
    """Add everything up per channel, with leak, line noise and, for mono, one sum."""
    length = int((scene.clock_s + TAIL_S) * RATE_HZ)
    tracks = {party: np.zeros(length) for party in OTHER}
    for party, begin, samples in scene.sounds:
        part = samples[: length - begin]
        tracks[party][begin : begin + len(part)] += part
    acoustics = scene.play.acoustics
    leak = {party: acoustics.get(f"{party}_leak_db", SILENT_DBOV) for party in OTHER}
    delay = int(0.012 * RATE_HZ)
    heard = {
        party: tracks[party] + 10 ** (leak[party] / 20) * np.roll(tracks[OTHER[party]], delay)
        for party in OTHER
    }
    noise_dbov = acoustics.get("noise_dbov", -60.0)
    for party, other_dbov in (("agent", noise_dbov), ("customer", noise_dbov + 2.0)):
        wanted_dbov = acoustics.get(f"{party}_noise_dbov", other_dbov)
        heard[party] = heard[party] + make_line_noise(length, wanted_dbov, scene.rng)
    if scene.play.is_mono:
        mixed = (heard["agent"] + heard["customer"])[None, :]
    else:
        mixed = np.stack([heard[party] for party in scene.play.channels])
    peak = float(np.abs(mixed).max())
    if peak > 0.99:
        raise ValueError(f"peak {peak:.2f} would clip; lower a level")
    return np.asarray(mixed)
