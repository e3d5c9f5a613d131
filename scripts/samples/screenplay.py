"""Written dialogues: one YAML file for each call, read and checked into plain records.

A line is `PARTY key=value ...: words`, where PARTY is `A` (agent) or `C` (customer), or one
of the events `HOLD seconds both|agent|customer`, `RING count`, `QUIET seconds`,
`KEYS agent|customer digits`. Keys of a spoken line: `gap` (seconds after the previous line),
`over` (starts so many seconds before the previous line ends), `level` (dB above the person's
own level), `mood` (negative, neutral, positive), `pace`. In the words, `{1.2}` is a pause of
1.2 s and `<uh-huh>` a back-channel of the other party, spoken over the words around it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

RULES = (
    "greeting", "recording-notice", "verification", "empathy", "hold-explained", "closing",
    "supervisor-refused", "card-number-read-out", "cancel-intent", "complaint", "legal-threat",
    "promise-guarantee", "profanity", "hostile-customer", "lost-card", "billing-dispute",
    "network-fault",
)  # fmt: skip
MOODS = ("negative", "neutral", "positive")
SPOKEN = re.compile(r"^([AC])((?: \w+=[^ :]+)*): (.+)$", re.DOTALL)
EVENT = re.compile(r"^(HOLD|RING|QUIET|KEYS) (.+)$")
PARTY = {"A": "agent", "C": "customer"}


@dataclass(frozen=True, slots=True)
class Line:
    """What one person says, and how."""

    party: str
    text: str
    gap_s: float | None = None
    over_s: float = 0.0
    level_db: float = 0.0
    mood: str = "neutral"
    pace: float = 1.0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is heard and is not speech: hold music, ring-back, silence, keys."""

    kind: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """An agent of the roster, as of one stint in one team."""

    agent: str
    name: str
    team: str
    center: str
    zone: str
    valid_from: str
    valid_to: str


@dataclass(frozen=True, slots=True)
class Play:
    """One whole call as written."""

    source: str
    about: str
    brand: str
    agent: Person
    customer: str
    voice: str
    started_at: datetime
    direction: str
    queue: str
    format: str
    channels: tuple[str, ...]
    metadata: str
    mood: str
    hits: tuple[str, ...]
    unclear: tuple[str, ...]
    acoustics: dict[str, float]
    lines: tuple[Line | Event, ...]

    @property
    def stem(self) -> str:
        """The file name without its ending: agent, customer, local start."""
        return f"{self.agent.agent}_{self.customer}_{self.started_at:%Y-%m-%dT%H-%M-%S}"

    @property
    def is_mono(self) -> bool:
        """Tell whether both people share one channel."""
        return len(self.channels) == 1


def read_plays(folder: Path, people: dict[str, list[Person]]) -> list[Play]:
    """Read every dialogue in `folder`, in the order of their file names."""
    return [_read_play(path, people) for path in sorted(folder.glob("*.yaml"))]


def _read_play(path: Path, people: dict[str, list[Person]]) -> Play:
    raw: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    started_at = datetime.fromisoformat(str(raw["started"]))
    day = started_at.date().isoformat()
    agent = next(p for p in people[raw["agent"]] if p.valid_from <= day <= (p.valid_to or "9999-12-31"))
    hits, unclear = tuple(raw["hits"]), tuple(raw.get("unclear", ()))
    unknown = sorted({*hits, *unclear} - set(RULES))
    if unknown or set(hits) & set(unclear):
        raise ValueError(f"{path.name}: unknown or doubled rules {unknown or hits}")
    return Play(
        source=path.name,
        about=raw["about"],
        brand=raw["brand"],
        agent=agent,
        customer=raw["customer"],
        voice=raw["voice"],
        started_at=started_at.replace(tzinfo=ZoneInfo(agent.zone)),
        direction=raw.get("direction", "inbound"),
        queue=raw["queue"],
        format=raw["format"],
        channels=tuple(raw.get("channels", ("agent", "customer"))),
        metadata=raw["metadata"],
        mood=raw["mood"],
        hits=hits,
        unclear=unclear,
        acoustics={key: float(value) for key, value in raw.get("acoustics", {}).items()},
        lines=tuple(_read_line(path, text) for text in raw["lines"]),
    )


def _read_line(path: Path, text: str) -> Line | Event:
    event = EVENT.match(text)
    if event:
        return Event(event[1], tuple(event[2].split()))
    spoken = SPOKEN.match(text)
    if not spoken:
        raise ValueError(f"{path.name}: not a line: {text!r}; expected 'A gap=0.4: words'")
    keys = dict(pair.split("=") for pair in spoken[2].split())
    line = Line(
        party=PARTY[spoken[1]],
        text=spoken[3].strip(),
        gap_s=float(keys.pop("gap")) if "gap" in keys else None,
        over_s=float(keys.pop("over", 0.0)),
        level_db=float(keys.pop("level", 0.0)),
        mood=keys.pop("mood", "neutral"),
        pace=float(keys.pop("pace", 1.0)),
    )
    if keys or line.mood not in MOODS:
        raise ValueError(f"{path.name}: unknown key or mood in {text!r}")
    return line
