"""Whether what was decoded is the whole call."""

from dataclasses import replace

import pytest

from speechcx.audio import AudioSettings
from speechcx.audio.decoding_verdict import DecodingTally, judge_whole
from speechcx.errors import CallError

WHOLE = DecodingTally("wav", 60.0, 60.0, 0.0, 0)


@pytest.mark.parametrize(
    ("change", "flags"),
    [
        ({}, ()),
        ({"declared_s": None}, ()),
        ({"declared_s": 60.4}, ()),
        ({"declared_s": 60.6}, ("truncated",)),
        ({"declared_s": 59.4}, ("longer_than_declared",)),
        ({"decoded_s": 5.0, "declared_s": 5.2}, ("truncated",)),
        ({"decoded_s": 5.0, "declared_s": 5.14}, ()),
        ({"declared_s": None, "cut": "no last page"}, ("truncated",)),
        ({"lost_s": 1.0, "bad_packets": 3}, ("damaged",)),
        ({"lost_s": 1.0}, ("damaged",)),
        ({"lost_s": 1.0, "container": "matroska"}, ("gaps",)),
        ({"lost_s": 1.0, "container": "matroska", "bad_packets": 1}, ("damaged",)),
        ({"declared_s": None, "lost_s": 0.1, "bad_packets": 1, "tail_packets": 1}, ("truncated",)),
        ({"declared_s": None, "lost_s": 0.1, "bad_packets": 2, "tail_packets": 1}, ("damaged", "truncated")),
        ({"lost_s": 0.1, "bad_packets": 1, "tail_packets": 1}, ("damaged",)),
        ({"behind_share": 0.5}, ("loose_end",)),
        ({"behind_share": 0.01}, ()),
        ({"is_open": True, "declared_s": None}, ("open_length",)),
        ({"audio_streams": 2}, ("more_streams",)),
    ],
)
def test_flags(change: dict[str, object], flags: tuple[str, ...]) -> None:
    """Each thing that is wrong has its flag, and nothing else has one."""
    assert judge_whole(replace(WHOLE, **change), AudioSettings()) == flags  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"decoded_s": 0.0, "declared_s": None}, "empty", "no sound in the file"),
        ({"decoded_s": 0.0}, "truncated", "no sound is left"),
        ({"decoded_s": 0.0, "bad_packets": 7}, "damaged", "none of 7 packets"),
        ({"decoded_s": 0.9}, "truncated", "0.90 s are left of 60.00 s"),
        ({"decoded_s": 0.9, "declared_s": None, "cut": "x"}, "truncated", r"of a longer file \(x\)"),
        ({"lost_s": 12.1, "bad_packets": 1}, "damaged", r"12\.1 of 60\.0 s.*\n.*at most 20% lost"),
    ],
)
def test_refusals(change: dict[str, object], kind: str, words: str) -> None:
    """A call with next to nothing left is refused, and says how much there was."""
    with pytest.raises(CallError, match=words) as caught:
        judge_whole(replace(WHOLE, **change), AudioSettings())  # type: ignore[arg-type]
    assert caught.value.kind.slug == kind


def test_gaps_of_a_recorder_are_no_damage() -> None:
    """A recorder that leaves out silence may leave out most of the time."""
    tally = replace(WHOLE, container="matroska", lost_s=50.0)
    assert judge_whole(tally, AudioSettings()) == ("gaps",)


def test_short_whole_files_are_fine() -> None:
    """A call of 50 ms that says so itself is whole."""
    assert judge_whole(DecodingTally("wav", 0.05, 0.05, 0.0, 0), AudioSettings()) == ()
