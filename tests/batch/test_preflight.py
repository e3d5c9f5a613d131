from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from speechcx.batch.preflight import expect_engines
from speechcx.errors import ConfigError, ModelBad, ModelMissing
from speechcx.sentiment import SentimentSettings
from speechcx.transcribe import TranscribeSettings
from tests.batch.folders import make_settings


def test_engines_without_weights_need_nothing() -> None:
    """``replay`` and ``lexicon`` are always ready."""
    expect_engines(make_settings())


@pytest.mark.parametrize("section", ["transcribe", "sentiment"])
def test_weights_that_are_not_there_are_told(section: str, tmp_path: Path) -> None:
    """With exit code 13."""
    nowhere = str(tmp_path / "nowhere")
    settings = (
        replace(make_settings(), transcribe=TranscribeSettings(engine="whisper", model=nowhere))
        if section == "transcribe"
        else replace(
            make_settings(), sentiment=SentimentSettings(engine="transformer", model="no-such-model")
        )
    )
    with pytest.raises(ModelMissing) as told:
        expect_engines(settings)
    assert told.value.exit_code == 13
    assert told.value.cure


def test_weights_that_could_run_code_are_refused(tmp_path: Path) -> None:
    """A pickle in the place of a model is no model."""
    (tmp_path / "model.bin").write_bytes(b"\x80\x04pickle")
    settings = replace(make_settings(), transcribe=TranscribeSettings(model=str(tmp_path)))
    with pytest.raises(ModelBad, match="can run code"):
        expect_engines(settings)


def test_an_unknown_engine_is_told_with_the_nearest() -> None:
    """With exit code 12."""
    settings = replace(make_settings(), sentiment=SentimentSettings(engine="lexikon"))
    with pytest.raises(ConfigError, match="use 'lexicon'"):
        expect_engines(settings)
