"""Every setting is declared once and documented where it is declared."""

import pickle

import pytest

from speechcx.config import Settings, describe_sections, listen_digest, load_settings
from speechcx.config.retention_settings import RetentionSettings
from speechcx.config.sections import FileSettings


@pytest.mark.parametrize("item", describe_sections(), ids=lambda item: f"{item.section}.{item.key}")
def test_every_setting_is_documented(item) -> None:
    """Each field of each settings dataclass has a text in its docstring."""
    assert item.text


def test_settings_travel_to_workers() -> None:
    """Settings are hashable, comparable and survive pickling."""
    settings = Settings()
    assert settings == pickle.loads(pickle.dumps(settings))  # noqa: S301
    assert hash(settings) == hash(Settings())


def test_settings_with_tables_travel_too() -> None:
    """A rulebook for each language and periods for each rule: hashable, comparable, and they survive pickling."""
    settings = Settings(
        files=FileSettings(rulebook={"en": "en.yaml"}),
        retention=RetentionSettings(rules={"complaint": "6 years"}),
    )
    assert settings == pickle.loads(pickle.dumps(settings))  # noqa: S301
    assert 2 == len({settings, Settings()})


def test_digest_follows_what_changes_a_result() -> None:
    """Another model changes the digest of listening, another number of workers does not."""
    usual = load_settings(None, environment={}).settings
    other = load_settings(None, overrides=["transcribe.model=tiny.en"], environment={}).settings
    faster = load_settings(None, overrides=["batch.workers=7"], environment={}).settings
    assert listen_digest(usual) != listen_digest(other)
    assert listen_digest(usual) == listen_digest(faster)
