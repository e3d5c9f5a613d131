"""AMR as telephones write it: pauses in which nothing is sent, and frames that were lost on the air."""

from __future__ import annotations

import io
import random

import numpy as np
import pytest

from speechcx.audio.amr import frame_kind
from tests.audio.conftest import Decode
from tests.faults.mutants import encode
from tests.synth import speech_like, to_int16

NARROW, WIDE = b"#!AMR\n", b"#!AMR-WB\n"
NO_DATA = b"\x7c"
NARROW_BYTES = 32
"""A frame of 12.2 kbit/s, its first byte included."""

UNSURE = ("length_unverified",)


def narrow_speech() -> list[bytes]:
    """Four seconds of speech as frames of 20 ms each."""
    content = encode("a.amr", "libopencore_amrnb", bit_rate=12200, seconds=4.0).content[len(NARROW) :]
    return [content[at : at + NARROW_BYTES] for at in range(0, len(content), NARROW_BYTES)]


def wide_speech(count: int = 100) -> list[bytes]:
    """Frames of 23.85 kbit/s, of which any bits are speech."""
    draw = random.Random(count)
    return [b"\x44" + draw.randbytes(60) for _ in range(count)]


def pause(frames: int, sid: bytes) -> list[bytes]:
    """A pause as 3GPP TS 26.093 has it: the noise described in every eighth frame, nothing in the others."""
    return [sid if number % 8 == 0 else NO_DATA for number in range(frames)]


SPEECH = {
    "narrow": (NARROW, narrow_speech(), b"\x44\x10\x20\x30\x40\x50"),
    "wide": (WIDE, wide_speech(), b"\x4c\1\2\3\4\5"),
}


@pytest.mark.parametrize("kind", SPEECH)
@pytest.mark.parametrize("has_noise", [True, False], ids=["noise described", "nothing at all"])
def test_a_pause_is_silence_of_its_length(kind: str, has_noise: bool, decode_bytes: Decode) -> None:
    """Two seconds in which the telephone sent nothing are two seconds of silence; nothing is damaged or lost."""
    magic, speech, sid = SPEECH[kind]
    before, after = speech[:60], speech[60:]
    silent = pause(100, sid) if has_noise else [NO_DATA] * 100
    audio = decode_bytes(magic + b"".join([*before, *silent, *after]), "call.amr")
    rate_hz = audio.rate_hz
    assert (UNSURE, 0.0, ()) == (audio.origin.flags, audio.origin.lost_s, audio.origin.gaps)
    assert audio.duration_s == pytest.approx((len(speech) + 100) * 0.02)
    middle = audio.samples[0, round(1.3 * rate_hz) : round(3.1 * rate_hz)]
    assert not middle.any()
    rest = audio.samples[0, round(3.3 * rate_hz) : round(3.9 * rate_hz)]
    assert np.abs(rest).max() > 500


@pytest.mark.parametrize("kind", SPEECH)
def test_a_call_may_begin_and_end_with_a_pause(kind: str, decode_bytes: Decode) -> None:
    """Nobody speaks at first and at last: that time is there, and nothing is cut off or damaged."""
    magic, speech, sid = SPEECH[kind]
    audio = decode_bytes(magic + b"".join([*[NO_DATA] * 25, *speech, *pause(50, sid)]), "call.amr")
    assert (UNSURE, 0.0) == (audio.origin.flags, audio.origin.lost_s)
    assert audio.duration_s == pytest.approx((len(speech) + 75) * 0.02)
    assert not audio.samples[0, : round(0.5 * audio.rate_hz)].any()


def write_call(name: str, *, sends_always: bool) -> bytes:
    """Nine seconds of speech with four seconds of nothing within, from the reference encoder."""
    import av

    sound = speech_like(9.0)
    sound[2 * 8000 : 6 * 8000] = 0
    out = io.BytesIO()
    with av.open(out, "w", format=name.rpartition(".")[2]) as file:
        stream = file.add_stream(
            "libopencore_amrnb", rate=8000, layout="mono", options={"dtx": str(int(not sends_always))}
        )
        stream.bit_rate = 12200
        frame = av.AudioFrame.from_ndarray(to_int16(sound[None]), format="s16", layout="mono")
        frame.sample_rate = 8000
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


@pytest.mark.parametrize("name", ["call.amr", "call.3gp"])
def test_what_an_encoder_sends_while_nobody_speaks(name: str, decode_bytes: Decode) -> None:
    """With discontinuous transmission on, a call is as long and as undamaged as with it off."""
    steady, broken = (write_call(name, sends_always=always) for always in (True, False))
    assert len(broken) < 0.8 * len(steady)
    whole, audio = decode_bytes(steady, name), decode_bytes(broken, name)
    assert (whole.origin.flags, 0.0, ()) == (audio.origin.flags, audio.origin.lost_s, audio.origin.gaps)
    assert whole.duration_s == audio.duration_s


@pytest.mark.parametrize("lost", [b"\x74", b"\x40" + bytes(60)], ids=["marked as lost", "marked as bad"])
def test_frames_lost_on_the_air_are_damage(lost: bytes, decode_bytes: Decode) -> None:
    """AMR-WB marks frames that never arrived or arrived broken: their time is silent, counted and flagged."""
    speech = wide_speech()
    audio = decode_bytes(WIDE + b"".join([*speech[:75], *[lost] * 10, *speech[75:]]), "call.awb")
    assert audio.origin.flags == ("damaged", *UNSURE)
    assert audio.origin.lost_s == pytest.approx(0.2)
    [gap] = audio.origin.gaps
    assert (gap.start_s, gap.end_s) == pytest.approx((1.5, 1.7))
    assert audio.duration_s == pytest.approx(2.2)


def test_bytes_that_begin_no_frame_are_no_pause() -> None:
    """Of a pause every spare bit is 0: a row of ones, as broken disks give, is damage."""
    assert frame_kind(0x7C, is_wide=False) == frame_kind(0x78, is_wide=True) == "pause"
    assert {frame_kind(head, is_wide=True) for head in (0xFF, 0x7F, 0xFC, 0x7D)} == {"speech"}
