"""Whether what was decoded is the whole call: flags it, or refuses it."""

from __future__ import annotations

from dataclasses import dataclass

from speechcx.audio.settings import AudioSettings
from speechcx.errors import CallError

LENGTH_TOLERANCE_S = 0.5
LENGTH_TOLERANCE_SHARE = 0.02
"""A difference over either flags the call ``truncated`` (docs/metrics.md) ..."""

_PADDING_S = 0.15
"""... but codecs round up to whole frames, the longest of which has 128 ms (AAC at 8 kHz)."""

UNREAD_SHARE = 0.01
"""More of the sound than this in no packet is damage; encoders leave some bytes of filling."""

GAPS_ARE_NORMAL = frozenset({"matroska", "mov", "asf"})
"""Their recorders leave out the time in which nothing came in; only a bad packet proves damage."""


@dataclass(frozen=True, slots=True)
class DecodingTally:
    """What decoding came to.

    Parameters
    ----------
    container
        FFmpeg's name of the container.
    decoded_s
        Length of the result, silence put in for lost packets included.
    declared_s
        Length the file claims; None where it claims nothing.
    lost_s
        Silence put in.
    bad_packets
        Packets that could not be decoded.
    tail_packets
        Those of them that came after the last good packet.
    cut
        How the file can be seen to be cut off; empty where it cannot.
    behind_share
        Bytes behind the sound that belong to nothing, over all bytes.
    is_open
        The file was written by a program that never put in its length.
    audio_streams
        Audio streams in the file.
    damage
        What is wrong inside the file by its own structure; empty where nothing can be seen.
    unread_share
        Bytes among the sound that no packet holds, over all bytes of sound.
    parts
        Recordings in the file, one behind the other.
    tells_end
        Whether the format says where it ends.
    frame_s
        Length of the longest packet, 0 if unknown.
    is_doubtful
        The header contradicts itself about the rate.
    """

    container: str
    decoded_s: float
    declared_s: float | None
    lost_s: float
    bad_packets: int
    tail_packets: int = 0
    cut: str = ""
    behind_share: float = 0.0
    is_open: bool = False
    audio_streams: int = 1
    damage: str = ""
    unread_share: float = 0.0
    parts: int = 1
    tells_end: bool = True
    frame_s: float = 0.0
    is_doubtful: bool = False


def judge_whole(tally: DecodingTally, settings: AudioSettings) -> tuple[str, ...]:
    """Flags of the recording, sorted.

    ``truncated``: it ends early. ``damaged``: packets were lost and their time silenced. ``gaps``: its
    own timestamps leave out stretches, which are silent here. ``longer_than_declared``, ``loose_end``:
    the header knows less than the file holds; a loose end could not be read. ``open_length``: its length
    was never written. ``length_unverified``: its format has no length, so that a cut between two frames
    cannot be seen. ``joined``: several recordings, read one behind the other. ``more_streams``: only the
    first of several audio streams was read.

    Raises
    ------
    CallError
        ``empty``, ``truncated`` or ``damaged``: too little is left to analyse.
    """
    _refuse(tally, settings)
    flags = set()
    if _is_short(tally):
        flags.add("truncated")
    if tally.bad_packets > (tally.tail_packets if _ends_inside_packet(tally) else 0):
        flags.add("damaged")
    elif tally.lost_s > 0 and not tally.bad_packets:
        flags.add("gaps" if tally.container in GAPS_ARE_NORMAL else "damaged")
    if tally.damage or tally.unread_share > UNREAD_SHARE:
        flags.add("damaged")
    if tally.declared_s is not None and _differs(tally.decoded_s, tally.declared_s):
        flags.add("longer_than_declared")
    if tally.behind_share > LENGTH_TOLERANCE_SHARE:
        flags.add("loose_end")
    if tally.is_open:
        flags.add("open_length")
    elif tally.is_doubtful or (tally.declared_s is None and not tally.tells_end and "truncated" not in flags):
        flags.add("length_unverified")
    if tally.parts > 1:
        flags.add("joined")
    if tally.audio_streams > 1:
        flags.add("more_streams")
    return tuple(sorted(flags))


def _refuse(tally: DecodingTally, settings: AudioSettings) -> None:
    if tally.decoded_s <= 0:
        if tally.bad_packets:
            raise CallError("damaged", f"none of {tally.bad_packets} packets could be decoded", "a recording")
        if tally.cut or tally.declared_s:
            found = f"no sound is left; {tally.cut or 'the header claims some'}"
            raise CallError("truncated", found, "the sound that it claims")
        raise CallError("empty", "no sound in the file", "a recording with samples")
    if _is_short(tally) and tally.decoded_s < settings.min_truncated_s:
        raise CallError(
            "truncated",
            f"{tally.decoded_s:.2f} s are left of {_claimed(tally)}",
            f"at least {settings.min_truncated_s:g} s (audio.min_truncated_s)",
        )
    share = tally.lost_s / tally.decoded_s
    is_damage = tally.bad_packets > 0 or tally.container not in GAPS_ARE_NORMAL
    if is_damage and share > settings.max_lost_share:
        raise CallError(
            "damaged",
            f"{tally.lost_s:.1f} of {tally.decoded_s:.1f} s cannot be decoded ({tally.bad_packets} packets)",
            f"at most {settings.max_lost_share:.0%} lost (audio.max_lost_share)",
        )


def _claimed(tally: DecodingTally) -> str:
    if tally.declared_s is not None:
        return f"{tally.declared_s:.2f} s"
    return f"a longer file ({tally.cut or 'the last packet is not whole'})"


def _is_short(tally: DecodingTally) -> bool:
    if tally.cut or _ends_inside_packet(tally):
        return True
    # Some containers name one frame more than comes out, so that there a second one is missing already.
    padding_s = min(_PADDING_S, 1.5 * tally.frame_s) if tally.frame_s else _PADDING_S
    if tally.container == "flac":
        padding_s = 0.0  # it names its length to the sample
    return tally.declared_s is not None and _differs(tally.declared_s, tally.decoded_s, padding_s)


def _ends_inside_packet(tally: DecodingTally) -> bool:
    """Whether nothing but a broken last packet tells that the file was cut off."""
    is_known_whole = tally.declared_s is not None and not _differs(tally.declared_s, tally.decoded_s)
    return tally.tail_packets > 0 and not is_known_whole


def _differs(longer_s: float, shorter_s: float, padding_s: float = _PADDING_S) -> bool:
    """Whether `longer_s` is over the other by more than the tolerance."""
    over_s = longer_s - shorter_s
    return over_s > LENGTH_TOLERANCE_S or over_s > max(LENGTH_TOLERANCE_SHARE * longer_s, padding_s)
