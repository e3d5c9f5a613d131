import pytest

from speechcx.ask.ground import Estimate
from speechcx.present.measures import change_text, interval_text, number_text, value_text
from speechcx.present.units import signed


@pytest.mark.parametrize(
    ("measure", "value", "sign", "text"),
    [
        ("score", 81.26, False, "81.3"),
        ("score", 1.04, True, "+1.0"),
        ("agent_talk_share", 0.476, False, "48 %"),
        ("agent_talk_share", -0.001, True, "0 %"),
        ("customer_sentiment", -0.04, False, "0.0"),
        ("agent_pace_wpm", 151.6, False, "152"),
        ("hold_s", None, False, None),
    ],
)
def test_measures_in_peoples_units(measure: str, value: float | None, sign: bool, text: str | None) -> None:
    """Shares in percent, no minus before nothing, a dash for what is missing."""
    assert text == number_text(measure, value, sign=sign)


def test_intervals_stay_on_their_scale() -> None:
    """The t interval of a few calls may reach past it."""
    assert "95.0 (80.0 to 100.0)" == value_text("score", 95.0, (80.0, 110.0))
    assert "95 % (90 to 100)" == value_text("critical_accuracy", 0.95, (0.9, 1.1))
    assert "5 (0 to 11)" == value_text("hold_s", 5.0, (-1.0, 11.0))
    assert "80 to 100" == interval_text(Estimate("score", 95.0, (80.0, 110.0), 5, 0))
    assert "n too small" == interval_text(Estimate("score", 95.0, None, 2, 0))
    assert interval_text(Estimate("score", None, None, 0, 0)) is None


def test_a_word_beside_a_change_that_can_be_told() -> None:
    """And none beside one that cannot."""
    told, not_told = (
        Estimate("score", 80.0, None, 9, 0, change=2.0, verdict=word) for word in ("better", "cannot tell")
    )
    none = Estimate("score", 1.0, None, 1, 0)
    assert ["+2.0 better", "+2.0", None] == [change_text("score", one) for one in (told, not_told, none)]
    assert ("+0.5", "0.0", None) == (signed(0.5, 1), signed(-0.01, 1), signed(None, 1))
