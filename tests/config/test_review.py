"""The settings of reviews say what is legal."""

import pytest

from speechcx.config import ReviewSettings, load_settings


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"period": "year"}, "one of day, week, month, all, got 'year'"),
        ({"strata": ("colour",)}, "among queue, direction, duration, driver, day, got 'colour'"),
        ({"strata": ("queue", "queue")}, "each once"),
        ({"risks": (("danger", 1.0),)}, "among flags, low-score"),
        ({"risks": (("flags", -1.0),)}, "risks must be 0 to 1,000"),
        ({"per_agent": 0}, "per_agent must be 1 to 100,000, got 0"),
        ({"second_share": 1.5}, "second_share must be 0 to 1"),
        ({"kappa_bar": 2.0}, "kappa_bar must be -1 to 1"),
        ({"duration_bands_s": (60.0, 30.0)}, "must rise"),
    ],
)
def test_impossible_settings_are_refused(given: dict, message: str) -> None:
    """Each names the value and the rule."""
    with pytest.raises(ValueError, match=message):
        ReviewSettings(**given)


def test_risks_are_read_from_the_project_file(tmp_path) -> None:
    """A plan can stand in the project file; the names of other variables are no settings."""
    (tmp_path / "speechcx.toml").write_text('[review]\nrisks = [["flags", 2]]\nstrata = ["queue"]\n')
    variables = {"SPEECHCX_REVIEWER": "rita", "SPEECHCX_DEBUG": "1", "SPEECHCX_REVIEW_PER_AGENT": "5",
                 "SPEECHCX_NOTIFY_TO": "mailto://x"}  # fmt: skip
    found = load_settings(tmp_path / "speechcx.toml", environment=variables).settings.review
    assert ((("flags", 2.0),), ("queue",), 5) == (found.risks, found.strata, found.per_agent)
