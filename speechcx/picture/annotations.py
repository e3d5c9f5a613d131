"""What is to be seen of a call, as plain data: strips, flags, shades, headings, ticks. Draws nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from speechcx.call import Call, Party, Peaks, Span

TICK_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
LONGEST_LABEL = 56
LONGEST_NAME = 20
SAME_HIT_S = 5.0
"""Hits of one rule this near to each other are one flag."""
SHOWN_MISSES = 6


@dataclass(frozen=True, slots=True)
class Strip:
    """One speaker's place in the picture.

    Parameters
    ----------
    speaker, party, channel
        As in the call.
    name
        Who it is, as the label's second line: the agent's or customer's id, else the speaker's.
    """

    speaker: str
    party: Party
    channel: int
    name: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A rule's hit, or `count` of them close together."""

    text: str
    span: Span
    flagged: bool
    count: int = 1

    @property
    def label(self) -> str:
        """The rule's name, and how often."""
        return self.text if self.count == 1 else f"{self.text} ×{self.count}"


@dataclass(frozen=True, slots=True)
class Shade:
    """A stretch in which nobody talks, with its name."""

    span: Span
    kind: Literal["hold", "ivr", "silence"]
    text: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A label's row, 0 at the bottom, and whether its text stands left of its place."""

    row: int
    leftward: bool


def plain(text: str, most: int = LONGEST_LABEL) -> str:
    """`text` without control characters, which no SVG may hold, and not longer than `most`."""
    spaced = " ".join(text.split())
    kept = "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return kept if len(kept) <= most else kept[: most - 1].rstrip() + "…"


def clock(seconds: float) -> str:
    """Seconds as minutes:seconds, however many minutes."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def make_strips(call: Call) -> tuple[Strip, ...]:
    """A strip for each speaker: agents first, then as named in the call."""
    heard, reading = call.conversation, call.assessment.reading
    details = heard.recording.details
    ids: dict[Party, str | None] = {"agent": details.agent, "customer": details.customer}
    channels = {turn.speaker: turn.channel for turn in heard.speech.turns}
    strips = []
    for speaker in heard.speech.speakers:
        party = reading.party_of(speaker)
        channel = channels.get(speaker, int(speaker[2:]) if speaker.startswith("ch") else 0)
        strips.append(Strip(speaker, party, channel, plain(ids.get(party) or speaker, LONGEST_NAME)))
    order = ("agent", "customer", "unknown", "ivr")
    return tuple(sorted(strips, key=lambda strip: (order.index(strip.party), strip.speaker)))


def make_flags(call: Call) -> tuple[Flag, ...]:
    """What rules found, where it has a time; in order of time."""
    flags = []
    for result in call.assessment.results:
        if result.kind == "hidden":
            continue
        hits = [
            Span(hit.start_s, max(hit.start_s, hit.end_s or hit.start_s))
            for hit in result.hits
            if hit.result == "present" and hit.start_s is not None
        ]
        title = plain(result.title or result.rule)
        for group in _near(sorted(hits)):
            span = Span(group[0].start_s, max(hit.end_s for hit in group))
            flags.append(Flag(title, span, result.flagged, len(group)))
    return tuple(sorted(flags, key=lambda flag: (flag.span.start_s, not flag.flagged, flag.text)))


def _near(hits: Iterable[Span]) -> list[list[Span]]:
    groups: list[list[Span]] = []
    for hit in hits:
        if groups and hit.start_s - groups[-1][-1].start_s <= SAME_HIT_S:
            groups[-1].append(hit)
        else:
            groups.append([hit])
    return groups


def make_shades(call: Call) -> tuple[Shade, ...]:
    """Hold, machine and silence, in order of time."""
    speech, flow = call.conversation.speech, call.assessment.reading.flow
    kinds: tuple[tuple[Literal["hold", "ivr", "silence"], str, tuple[Span, ...]], ...] = (
        ("hold", "hold", speech.hold),
        ("ivr", "machine", speech.ivr),
        ("silence", "silence", flow.non_talk),
    )
    found = [
        Shade(span, kind, f"{name} {span.duration_s:.0f} s" if span.duration_s >= 1 else name)
        for kind, name, spans in kinds
        for span in spans
    ]
    return tuple(sorted(found, key=lambda shade: shade.span))


def make_heading(call: Call) -> tuple[str, str, str]:
    """Three lines over the picture: the call with its scores, what it is, and what has no place in time."""
    heard, judged = call.conversation, call.assessment
    details, origin = heard.recording.details, heard.origin
    when = f"{details.local_start:%Y-%m-%d %H:%M}" if details.local_start else "date unknown"
    agent = plain(details.agent, 40) if details.agent else "unknown"
    scores = [
        f"{plain(score.title or score.scorecard)} "
        + ("without a score" if score.score is None else f"{score.score:.0f} of 100")
        + (" (auto-fail)" if score.auto_failed else "")
        for score in judged.scores
    ]
    title = "  ·  ".join((f"Call {heard.recording.id}", f"agent {agent}", when, *(scores or ["not scored"])))
    about = [f"customer {plain(details.customer, 40)}" if details.customer else "customer unknown"]
    about += [plain(text) for text in (details.direction, details.queue) if text]
    about += [f"{clock(origin.duration_s)} min", _split(call)]
    about += [f"recording: {', '.join(heard.flags)}"] if heard.flags else []
    missed = [plain(r.title or r.rule) for r in judged.results if r.flagged and not _has_time(r.hits)]
    more = f" and {len(missed) - SHOWN_MISSES} more" if len(missed) > SHOWN_MISSES else ""
    absent = f"Flagged, at no particular time: {', '.join(missed[:SHOWN_MISSES])}{more}" if missed else ""
    return title, "  ·  ".join(about), absent


def _has_time(hits: Sequence[object]) -> bool:
    return any(
        getattr(h, "result", "") == "present" and getattr(h, "start_s", None) is not None for h in hits
    )


def _split(call: Call) -> str:
    split = call.conversation.speech.split
    if split == "channels":
        return "speakers by channel"
    if split == "unsplit":
        return "one channel, speakers not told apart"
    return "one channel, speakers told apart by voice"


def outline(peaks: Peaks, channel: int, points: int) -> tuple[float, ...]:
    """A channel's outline, 0 to 1, with at most `points` values: each the largest of its time."""
    values = peaks.values[channel] if channel < len(peaks.values) else b""
    width = max(1, -(-len(values) // max(1, points)))
    return tuple(max(values[at : at + width]) / 255 for at in range(0, len(values), width))


def tick_step(duration_s: float, width_in: float, *, least_in: float = 0.75) -> int:
    """Seconds between marks of the time axis, so that they stand at least `least_in` apart."""
    return next((s for s in TICK_STEPS_S if s * width_in >= least_in * duration_s), TICK_STEPS_S[-1])


def text_width_in(text: str, size_pt: float) -> float:
    """About how wide a label is; wide characters count twice."""
    columns = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return columns * size_pt * 0.62 / 72


def place_labels(at_in: Sequence[float], widths_in: Sequence[float], *, most_in: float) -> list[Placed]:
    """Rows for labels from left to right, so that none covers another.

    Parameters
    ----------
    at_in
        Where each label belongs, rising.
    widths_in
        How wide each is.
    most_in
        Width of the picture: a label that would leave it stands left of its place.
    """
    free: list[list[tuple[float, float]]] = []
    placed = []
    for at, width in zip(at_in, widths_in, strict=True):
        leftward = at + width > most_in and at - width >= 0
        low, high = (at - width, at) if leftward else (at, at + width)
        row = next(
            (i for i, taken in enumerate(free) if all(high <= a or low >= b for a, b in taken)), len(free)
        )
        if row == len(free):
            free.append([])
        free[row].append((low, high))
        placed.append(Placed(row, leftward))
    return placed
