"""What the settings of the room refuse."""

from dataclasses import fields
from typing import Any

import pytest

from speechcx.transcribe import NOT_IN_DIGEST, TranscribeSettings


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"compute_type": "int4"}, "compute_type must be one of auto, .* got 'int4'"),
        ({"device": "tpu"}, "device must be auto, cpu or cuda, got 'tpu'"),
        ({"language": "English"}, "language must be 'auto' or a code such as 'en', got 'English'"),
        ({"language": ""}, "language must be 'auto'"),
        ({"beam_size": 0}, "beam_size must be 1 to 64, got 0"),
        ({"batch_size": 65}, "batch_size must be 0 to 64"),
        ({"cpu_threads": 0}, "cpu_threads must be 1 to 64"),
        ({"window_s": 31.0}, "window_s must be 5 to 30"),
        ({"seam_s": 3.0}, "seam_s must be 0 to 2"),
        ({"padding_s": -0.1}, "padding_s must be 0 to 2"),
        ({"tail_s": 0.0}, "tail_s must be 1 to 30"),
        ({"no_speech_at": 1.1}, "no_speech_at must be 0 to 1"),
        ({"replay_suffix": "../x.json"}, "replay_suffix must end in .json"),
        ({"replay_suffix": ".txt"}, "replay_suffix must end in .json"),
    ],
)
def test_impossible_values_are_refused(given: dict[str, Any], complaint: str) -> None:
    """Each refusal says the rule and the value."""
    with pytest.raises(ValueError, match=complaint):
        TranscribeSettings(**given)


def test_what_is_left_out_of_the_digest_exists() -> None:
    """Every name in NOT_IN_DIGEST is a setting."""
    assert {field.name for field in fields(TranscribeSettings)} >= NOT_IN_DIGEST


def test_every_setting_is_explained() -> None:
    """The docstring, from which the manual is made, names every setting."""
    documented = TranscribeSettings.__doc__ or ""
    assert [] == [
        field.name for field in fields(TranscribeSettings) if f"\n    {field.name}\n" not in documented
    ]


def test_settings_are_a_key() -> None:
    """Engines are kept for each settings, so settings can be hashed and compared."""
    assert 1 == len({TranscribeSettings(), TranscribeSettings()})
