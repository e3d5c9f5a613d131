"""What keeps every process of ours off the network, set before any library that reads it can load.

Importing :mod:`speechcx`, or anything in it, passes here: the command line, worker processes, Ray's
workers on other nodes, scripts, tests and programs that use the Python API. The libraries read these
variables once, when they are loaded or make their first session, so they are set at import and for
good, whatever the environment said before: nobody can let a run out by an old ``HF_HUB_OFFLINE=0``.

The one way out is :func:`hub_allowed`, around a download that somebody asked for.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SWITCHES = {
    # onnxruntime 1.29 and newer: a device id and a queue in the user's cache folder, sent to Microsoft.
    "ORT_DISABLE_TELEMETRY": "1",
    # huggingface_hub, transformers, tokenizers, faster-whisper: local files only, and no usage reports.
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    # transformers with torch: asks a service to convert weights, and fetches faster kernels.
    "DISABLE_SAFETENSORS_CONVERSION": "1",
    "USE_HUB_KERNELS": "NO",
    # Ray: usage reports to its makers, and the question whether they may be sent.
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_USAGE_STATS_PROMPT_ENABLED": "0",
    # What several tools have agreed on (https://donottrack.sh), among them the Hub's client.
    "DO_NOT_TRACK": "1",
}
"""Each variable that stops a dependency from using the network, and the value that does."""

RAY_OPTIONS = {"include_dashboard": False}
"""What every connection to Ray is made with: no web page."""

RAY_LOCAL_SWITCHES = {
    # Without this, Ray asks the system for the address by which it would reach the internet, and listens there.
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    # Only processes with the run's own key are answered.
    "RAY_AUTH_MODE": "token",
}
"""What keeps a cluster of this machine's cores on this machine; read when Ray is imported."""

NO_WEB = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9") | {
    "no_proxy": "localhost,127.0.0.1",
    "NO_PROXY": "localhost,127.0.0.1",
}
"""Where processes of a library that asks the web are started: a port nobody listens at. Ray's head node asks each
cloud's address for its name, also with its reports of usage off."""

_HUB_SWITCHES = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
_TRUE = frozenset({"1", "ON", "YES", "TRUE"})

_before: dict[str, str | None] = {}
"""What the environment said of each switch before the first :func:`stay_offline`."""


def stay_offline() -> None:
    """Set every switch, in this process and so in those it starts; called when speechcx is imported."""
    for name, value in SWITCHES.items():
        _before.setdefault(name, os.environ.get(name))
        os.environ[name] = value


def overruled() -> tuple[str, ...]:
    """Variables by which the environment would have let something out, as ``NAME=value``."""
    return tuple(
        f"{name}={said}"
        for name, said in _before.items()
        if said and _is_true(said) != _is_true(SWITCHES[name])
    )


@contextmanager
def hub_allowed() -> Iterator[None]:
    """Let the Hub's client use the network inside the block; reports of usage stay off.

    For a download that a person asked for by a flag or a setting of ours. The client may have been
    loaded before, and has then read its switch already: that one is turned as well.
    """
    _turn_hub(offline=False)
    try:
        yield
    finally:
        _turn_hub(offline=True)


def _turn_hub(*, offline: bool) -> None:
    for name in _HUB_SWITCHES:
        os.environ[name] = "1" if offline else "0"
    constants = sys.modules.get("huggingface_hub.constants")
    if constants is not None:
        constants.HF_HUB_OFFLINE = offline  # type: ignore[attr-defined]


def _is_true(value: str) -> bool:
    return value.upper() in _TRUE
