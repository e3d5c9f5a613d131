"""Loaded before every test module: tests stay off the network as runs do."""

import signal
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

import speechcx  # noqa: F401

# A suite started in the background ignores Ctrl-C, and so would every process that its tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


LONG_FILES_FIRST = ("e2e", "trust", "web")
"""Folders whose files take a minute each: begun last, one of them would leave the other process idle at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, otherwise in order; ``scripts/test`` tells xdist to keep it so."""
    items.sort(key=lambda item: not set(LONG_FILES_FIRST).intersection(item.path.parts))


# How long drawing an example takes depends on what else the machine does.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(scope="module", autouse=True)
def no_ray_is_left() -> Iterator[None]:
    """A cluster that a module started ends with it: its processes are children of whatever test comes next."""
    yield
    ray = sys.modules.get("ray")
    if ray is not None and ray.is_initialized():
        ray.shutdown()
