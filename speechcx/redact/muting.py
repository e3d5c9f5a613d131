"""Recordings with the stretches muted in which something was taken out of the words, and copies heard again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from speechcx.call import CHANNEL_LATE, Conversation, Recording, RedactedSpan, Span
from speechcx.call.spans import join_spans
from speechcx.file_bytes import hash_bytes
from speechcx.private_files import new_private_file

if TYPE_CHECKING:
    from speechcx.audio import AudioSettings
    from speechcx.call import Audio
    from speechcx.turns import TurnSettings

HearAgain = Callable[[Recording], tuple[RedactedSpan, ...]]
"""Hears a recording and tells where values are read out in it."""

BRIDGED_S = 1.0
"""What lies between two muted stretches is muted too where it is no longer than this, in seconds."""

ROUNDS = 3
"""So often what is heard in a copy is muted too, before the copy is given up."""


@dataclass(frozen=True, slots=True)
class MutingSettings:
    """What muting needs of the settings.

    Parameters
    ----------
    audio, turns
        Of the rooms that decode, and that move a late channel.
    margin_s
        Muted before and after each stretch.
    """

    audio: AudioSettings
    turns: TurnSettings
    margin_s: float


@dataclass(frozen=True, slots=True)
class MutedCopy:
    """A muted copy of a recording.

    Parameters
    ----------
    sha256, size_bytes
        Of the copy.
    muted
        The stretches, margins included, in seconds.
    is_checked
        Whether the copy was heard again.
    rounds
        How often something more was muted because it could still be heard.
    left
        What could be heard in the copy at last, by kind and time; empty where nothing could, or nobody listened.
    """

    sha256: str
    size_bytes: int
    muted: tuple[Span, ...]
    is_checked: bool
    rounds: int
    left: tuple[RedactedSpan, ...]


def mute(audio: Audio, stretches: Iterable[Span], margin_s: float) -> tuple[Audio, tuple[Span, ...]]:
    """The same sound with stretches silent in every channel, as what one party says can be heard in the other's.

    Parameters
    ----------
    audio
        Decoded sound.
    stretches
        What to mute, in seconds.
    margin_s
        Muted before and after each.

    Returns
    -------
    (Audio, tuple of Span)
        Sound of the same length, and what is silent in it.
    """
    from speechcx.audio.silencing import silence

    wide = _bridge(
        join_spans(Span(max(0.0, span.start_s - margin_s), span.end_s + margin_s) for span in stretches)
    )
    return silence(audio, wide), wide


def _bridge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same stretches, those joined between which there is no room for more than a digit or two.

    A number is read on over a short pause, and a digit there that the recogniser did not hear belongs to it.
    """
    joined: list[Span] = []
    for span in spans:
        if joined and span.start_s - joined[-1].end_s <= BRIDGED_S:
            joined[-1] = Span(joined[-1].start_s, span.end_s)
        else:
            joined.append(span)
    return tuple(joined)


def usual_muting() -> MutingSettings:
    """Muting where no settings are at hand."""
    from speechcx.audio import AudioSettings
    from speechcx.redact import RedactSettings
    from speechcx.turns import TurnSettings

    return MutingSettings(AudioSettings(), TurnSettings(), RedactSettings().margin_s)


def decode_muted(heard: Conversation, path: str, settings: MutingSettings | None = None) -> Audio:
    """A recording on the clock of its turns, silent where something was taken out of its words.

    Parameters
    ----------
    heard
        What was heard in it.
    path
        The file that holds it.
    settings
        None for the usual ones.

    Raises
    ------
    CallError
        The recording cannot be decoded.
    """
    muting = settings or usual_muting()
    sound = _decode_aligned(heard, path, muting)
    return mute(sound, heard.redaction.stretches, muting.margin_s)[0] if heard.redaction.spans else sound


def _decode_aligned(heard: Conversation, path: str, settings: MutingSettings) -> Audio:
    """A recording as decoded, with a late channel moved as it was when it was heard."""
    from speechcx.audio import decode
    from speechcx.turns import align_channels

    audio = decode(replace(heard.recording, path=path), settings.audio)
    return align_channels(audio, settings.turns) if CHANNEL_LATE in heard.flags else audio


def write_muted_copy(
    heard: Conversation, path: str, target: Path, settings: MutingSettings, hear: HearAgain | None = None
) -> MutedCopy:
    """Write a recording as WAV with everything muted that was taken out of its words, and hear it again.

    What can still be heard is muted as well, and the copy is heard once more.

    Parameters
    ----------
    heard
        What was heard in the recording, with what was taken out.
    path
        The file that holds it.
    target
        A new file, for the owner alone.
    settings
        How it is decoded, and the margin.
    hear
        Hears the copy; None for a copy that nobody checked.

    Raises
    ------
    CallError
        The recording cannot be decoded.
    FileExistsError
        There is a file of that name.
    """
    sound = _decode_aligned(heard, path, settings)
    stretches = list(heard.redaction.stretches)
    rounds = 0
    while True:
        muted, spans = mute(sound, stretches, settings.margin_s)
        copy = _write(muted, target)
        left = () if hear is None else hear(replace(copy, path=str(target)))
        if not left or rounds == ROUNDS:
            break
        rounds += 1
        stretches += [each.span for each in left]
        target.unlink()
    return MutedCopy(copy.sha256, copy.size_bytes, spans, hear is not None, rounds, left)


def _write(audio: Audio, target: Path) -> Recording:
    from speechcx.audio import write_wav

    with new_private_file(target) as file:
        write_wav(audio, file)
    with target.open("rb") as reader:
        sha256 = hash_bytes(reader.fileno())
    return Recording(sha256[:16], str(target), sha256, target.stat().st_size)
