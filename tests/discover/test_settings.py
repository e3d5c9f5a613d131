"""What the discover section of a settings file may say."""

import pytest

from speechcx.discover import NOT_IN_DIGEST, DiscoverSettings


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"extensions": ("wav",)}, "like '.wav', in lower case, got 'wav'"),
        ({"extensions": (".WAV",)}, "got '.WAV'"),
        ({"settle_s": -1.0}, "settle_s must be 0 to 86,400, got -1"),
        ({"max_sidecar_bytes": 0}, "max_sidecar_bytes must be 1 to"),
        ({"zone": "Europe/Atlantis"}, "no time zone 'Europe/Atlantis'"),
        ({"zone": "Europe"}, "no time zone 'Europe'"),
        ({"zone": "../etc/passwd"}, "no time zone"),
        ({"patterns": ("{agent}", "{agent")}, "a { without its } in column 1 of the name pattern '{agent'"),
    ],
)
def test_wrong_values_are_named(change: dict[str, object], words: str) -> None:
    """Every wrong value is refused with the value and the rule."""
    with pytest.raises(ValueError, match=words):
        DiscoverSettings(**change)  # type: ignore[arg-type]


def test_nothing_is_in_the_digest() -> None:
    """What is known of a call asks for no new listening."""
    assert set(DiscoverSettings.__dataclass_fields__) == NOT_IN_DIGEST
    assert isinstance(hash(DiscoverSettings(zone="UTC")), int)
