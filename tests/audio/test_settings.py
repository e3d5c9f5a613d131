"""What the audio section of a settings file may say."""

import pytest

from speechcx.audio import NOT_IN_DIGEST, AudioSettings


def test_defaults_are_legal() -> None:
    """The defaults pass their own checks, and 4 hours of two channels at 16 kHz fit the budget."""
    settings = AudioSettings()
    assert settings.max_duration_s * 16000 * 2 * 2 <= settings.max_output_bytes


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"max_duration_s": 0.0}, "max_duration_s must be over 0 and at most 604,800, got 0"),
        ({"max_file_bytes": -1}, "max_file_bytes must be over 0"),
        ({"min_truncated_s": -1.0}, "min_truncated_s must be 0 to 3,600, got -1"),
        ({"max_lost_share": 1.5}, "max_lost_share must be 0 to 1, got 1.5"),
        ({"headerless_rate_hz": 1}, "headerless_rate_hz must be 4,000 to 192,000, got 1"),
        ({"headerless_channels": 9}, "headerless_channels must be 1 to 8, got 9"),
        ({"peaks_per_s": 0}, "peaks_per_s must be 1 to 1,000, got 0"),
        ({"headerless": (".pcm=mp9",)}, "'.pcm=mulaw'.*got '.pcm=mp9'"),
        ({"headerless": ("pcm",)}, "got 'pcm'"),
    ],
)
def test_wrong_values_are_named(change: dict[str, object], words: str) -> None:
    """Every wrong value is refused with the value and the rule."""
    with pytest.raises(ValueError, match=words):
        AudioSettings(**change)  # type: ignore[arg-type]


def test_limits_are_not_in_the_digest() -> None:
    """Only fields that exist, and none that changes a decoded sample, are left out of the digest."""
    names = set(AudioSettings.__dataclass_fields__)
    assert names - NOT_IN_DIGEST == {"headerless_rate_hz", "headerless_channels", "headerless", "peaks_per_s"}
    assert names >= NOT_IN_DIGEST
