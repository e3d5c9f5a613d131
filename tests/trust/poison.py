"""Calls that are at odds with a part of the work each: dates, texts, numbers, names, whole files.

A kind is made from a good call by changing its recording, its sidecar or its transcript. What becomes
of it is not said here: scored where the oddness is harmless, else one failure.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.synth import two_speaker_call, wav_bytes

WORDS = (
    (0, 0.3, "Thank"), (0, 0.6, "you"), (0, 0.9, "for"), (0, 1.2, "calling"), (1, 1.7, "I"), (1, 1.9, "am"),
    (1, 2.1, "angry"), (0, 2.7, "Sorry"), (0, 3.0, "goodbye"),
)  # fmt: skip


@dataclass
class Made:
    """One call as its files will say it.

    Attributes
    ----------
    name
        File name without its ending.
    sidecar, transcript
        Objects to be written as JSON, or text and bytes to be written as they are.
    sound
        The recording.
    mtime_s
        When its file was changed last; None for now.
    """

    name: str
    sidecar: Any
    transcript: Any
    sound: bytes
    mtime_s: float | None = None
    words: list[dict[str, Any]] = field(default_factory=list)

    def write(self, folder: Path) -> Path:
        """Write the files; returns the recording's path."""
        path = folder / f"{self.name}.wav"
        path.write_bytes(self.sound)
        for ending, content in (("json", self.sidecar), ("transcript.json", self.transcript)):
            if content is not None:
                raw = (
                    content if isinstance(content, bytes) else _text(content).encode("utf-8", "surrogatepass")
                )
                (folder / f"{self.name}.{ending}").write_bytes(raw)
        if self.mtime_s is not None:
            os.utime(path, ns=(0, round(self.mtime_s * 10**9)))
        return path


def _text(content: Any) -> str:
    return content if isinstance(content, str) else json.dumps(content)


def make_good(number: int) -> Made:
    """A call that nothing is wrong with, unlike every other number's."""
    sound = two_speaker_call(((0.2, 1.5), (2.6, 3.3)), ((1.6, 2.5),), duration_s=3.5).sound
    words = [
        {"text": text, "start_s": at, "end_s": at + 0.25, "confidence": 0.9, "channel": channel}
        for channel, at, text in WORDS
    ]
    raw = wav_bytes(sound * (1 - 0.004 * number), encoding="mulaw")
    sidecar = {
        "agent": "ann", "customer": f"c{number}", "channels": ["agent", "customer"],
        "started_at": f"2025-03-04T09:{number // 60:02d}:{number % 60:02d}+00:00",
    }  # fmt: skip
    return Made(f"call-{number:03d}", sidecar, {"language": "en", "words": words}, raw, words=words)


Change = Callable[[Made], None]


def _detail(**values: Any) -> Change:
    def change(made: Made) -> None:
        made.sidecar |= values

    return change


def _word(**values: Any) -> Change:
    """Change the second word of the agent."""

    def change(made: Made) -> None:
        made.words[1].update(values)

    return change


def _transcript(content: Any) -> Change:
    def change(made: Made) -> None:
        made.transcript = content(made) if callable(content) else content

    return change


def _sidecar(content: Any) -> Change:
    def change(made: Made) -> None:
        made.sidecar = content(made) if callable(content) else content

    return change


def _raw(old: str, new: str) -> Change:
    """Write into the transcript what no JSON writer writes."""

    def change(made: Made) -> None:
        made.transcript = json.dumps(made.transcript).replace(old, new)

    return change


def _name(name: str) -> Change:
    def change(made: Made) -> None:
        made.name = name

    return change


def _changed_at(mtime_s: float) -> Change:
    def change(made: Made) -> None:
        made.mtime_s = mtime_s

    return change


def _many_words(count: int) -> Change:
    def change(made: Made) -> None:
        made.words += [dict(made.words[1]) for _ in range(count)]

    return change


def _sound(content: Callable[[bytes], bytes]) -> Change:
    def change(made: Made) -> None:
        made.sound = content(made.sound)

    return change


KINDS: dict[str, Change] = {
    # Dates: null dates of other software, the ends of what a program can count, no dates at all.
    "year 1": _detail(started_at="0001-01-01T00:00:00"),
    "year 1, east": _detail(started_at="0001-01-01T00:00:00+14:00"),
    "year 9999": _detail(started_at="9999-12-31T23:59:59"),
    "year 9999, west": _detail(started_at="9999-12-31T23:59:59-14:00"),
    "spreadsheet zero": _detail(started_at="1899-12-30T00:00:00+00:00"),
    "a second before 1970": _detail(started_at="1969-12-31T23:59:59+00:00"),
    "epoch zero": _detail(started_at=0),
    "epoch of 31 digits": _detail(started_at=1e30),
    "epoch below zero": _detail(started_at=-1e18),
    "date NaN": _sidecar(lambda made: json.dumps(made.sidecar | {"started_at": float("nan")})),
    "30 February": _detail(started_at="2025-02-30T10:00:00+00:00"),
    "leap second": _detail(started_at="2016-12-31T23:59:60+00:00"),
    "odd offset": _detail(started_at="2025-03-04T09:00:00+23:59:59.999999"),
    # Text: half characters, control characters, enormous words, the search language's own signs.
    "high surrogate": _word(text="\ud83d"),
    "low surrogate": _word(text="a\udc80b"),
    "surrogate language": _transcript(lambda made: made.transcript | {"language": "e\udfff"}),
    "NUL in a word": _word(text="a\0b"),
    "word of control characters": _word(text="\x01\x02\x1b[2J\x7f"),
    "word of a megabyte": _word(text="x" * 1_000_000),
    "word of combining marks": _word(text="e" + "\u0301" * 5_000),
    "right to left": _word(text="\u202eevil\u2066"),
    "search signs": _word(text="\" OR NEAR( * ^ -- ' ; DROP TABLE calls"),
    "language of a megabyte": _transcript(lambda made: made.transcript | {"language": "e" * 1_000_000}),
    # Numbers: none, endless, huge, before the beginning.
    "time NaN": _raw('"start_s": 0.6', '"start_s": NaN'),
    "time endless": _raw('"end_s": 0.85', '"end_s": Infinity'),
    "time 1e308": _word(start_s=1e308, end_s=1.7e308),
    "time of 400 digits": _word(start_s=10**400, end_s=10**400),
    "time below zero": _word(start_s=-5.0),
    "time backwards": _word(start_s=3.0, end_s=0.1),
    "confidence 7": _word(confidence=7),
    "channel of a billion": _word(channel=10**9),
    "channel true": _word(channel=True),
    "number of 5,000 digits": _raw('"start_s": 0.6', f'"start_s": {"9" * 5000}'),
    # Shapes: nested, empty, doubled, of the wrong kind.
    "nested transcript": _transcript("[" * 50_000 + "]" * 50_000),
    "nested sidecar": _sidecar('{"a":' * 50_000 + "1" + "}" * 50_000),
    "no words": _transcript({"language": "en", "words": []}),
    "words null": _transcript({"language": "en", "words": None}),
    "empty word": _word(text="   "),
    "word is a list": _word(text=["a", "b"]),
    "30,000 words": _many_words(30_000),
    "transcript in UTF-16": _transcript(lambda made: json.dumps(made.transcript).encode("utf-16")),
    "transcript cut off": _transcript(lambda made: json.dumps(made.transcript)[:-40]),
    "transcript empty": _transcript(b""),
    "transcript missing": _transcript(None),
    "sidecar a list": _sidecar([1, 2, 3]),
    "keys twice": _sidecar(lambda made: json.dumps(made.sidecar)[:-1] + ', "agent": "bob"}'),
    # Names: empty, endless, with what no name has.
    "empty agent": _detail(agent=""),
    "blank agent": _detail(agent=" \t\u00a0 "),
    "agent NUL": _detail(agent="an\0n"),
    "agent surrogate": _detail(agent="an\ud800n"),
    "agent of 100,000 letters": _detail(agent="n" * 100_000),
    "agent a list": _detail(agent=["ann", "bob"]),
    "agent a number": _detail(agent=10**30),
    "customer a formula": _detail(customer='=HYPERLINK("http://x")'),
    "direction unknown": _detail(direction="sideways\0"),
    "channels unknown": _detail(channels=["agent", "agent", "robot", "\ud800"]),
    "zone unknown": _detail(zone="../../etc/passwd\0"),
    "odd extras": _detail(
        **{"\ud800": "\udfff", "a\0": "b\0", "": "empty", "deep": {"a": [1, [2]]}, "big": 10**400}
    ),
    "1,000 extras": _detail(**{f"key {n}": n for n in range(1_000)}),
    "call id of another": _detail(call_id="same", id="same"),
    # Files.
    "changed in 2400": _changed_at(13_569_465_600),
    "changed in 1900": _changed_at(-2_208_988_800),
    "name not UTF-8": _name("call-\udcff\udcfe"),
    "name with a line": _name("call\n\x1b[31m-red"),
    "name of 240 letters": _name("n" * 235),
    "name a formula": _name("=cmd|' !A0'"),
    "sound of zeros": _sound(lambda raw: raw[:60] + bytes(len(raw) - 60)),
    "header only": _sound(lambda raw: raw[:58]),
    "no bytes": _sound(lambda _: b""),
}
"""Name of each kind, and how it is made from a good call."""


def write_night(folder: Path, good: int) -> tuple[list[Path], dict[str, Path]]:
    """`good` good calls and one of each kind among them; their paths, and those of the kinds by name."""
    folder.mkdir(parents=True)
    fine = [make_good(number).write(folder) for number in range(good)]
    odd = {}
    for number, (kind, change) in enumerate(KINDS.items(), start=good):
        made = make_good(number)
        change(made)
        odd[kind] = made.write(folder)
    return fine, odd
