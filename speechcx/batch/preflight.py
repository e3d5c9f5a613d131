"""Before any call is claimed: are the engines of the settings there, and their weights?"""

from __future__ import annotations

from speechcx.config import Settings
from speechcx.engines import find_factory
from speechcx.pipeline import needed_models
from speechcx.weights import find_model


def expect_engines(settings: Settings) -> None:
    """Look up every engine and the weights it will load, without loading them.

    Engines of other packages answer for their own weights when they are loaded.

    Raises
    ------
    ConfigError
        There is no engine of that name.
    ModelMissing, ModelBad
        Its weights are not on this machine, or not what the manifest says.
    """
    find_factory("recognizers", settings.transcribe.engine)
    find_factory("sentiment", settings.sentiment.engine)
    for name in needed_models(settings):
        find_model(name)
