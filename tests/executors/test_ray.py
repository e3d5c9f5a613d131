from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import speechcx.executors.ray as ray_executor
from speechcx.errors import ConfigError
from speechcx.executors import WorkerLimits, WorkerStartError, find_executor

ROOT = Path(__file__).resolve().parents[2]


def test_without_ray_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing extra is a setting that cannot be: exit 12, with the install command."""
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(
        ConfigError, match=r"Ray is not installed[\s\S]*pip install 'speechcx\[ray\]'"
    ) as told:
        find_executor("ray", WorkerLimits())
    assert told.value.exit_code == 12


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("127.0.0.1:1", "Connection refused"),
        ("head", "this is no address"),
        ("ray://head:10001", "this is no address"),
    ],
)
def test_a_cluster_that_is_not_there_is_told_at_once(address: str, why: str) -> None:
    """What was asked for, why nothing answers, and how to start it; no item is taken."""
    executor = find_executor("ray", WorkerLimits(address=address))
    with pytest.raises(WorkerStartError, match=f"no Ray cluster answers at {address}: .*{why}") as told:
        list(executor.map(abs, iter([1])))
    assert "ray start --head" in told.value.cure


def test_a_cluster_of_this_machine_stays_on_it_and_leaves_nothing() -> None:
    """No page, a key of its own, addresses of this machine only, SIGTERM left to the run, and no folder in the end."""
    code = (
        "import os, signal, sys\n"
        "from speechcx.executors import WorkerLimits, find_executor\n"
        "from tests.faults.workers import work\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "assert [4] == [value for _, value in find_executor('ray', WorkerLimits()).map(work, ['square:2'])]\n"
        "import ray\n"
        "print([n['NodeManagerAddress'] for n in ray.nodes()], signal.getsignal(signal.SIGTERM) is signal.SIG_IGN)\n"
        "print(os.environ['RAY_AUTH_MODE'], len(os.environ['RAY_AUTH_TOKEN']), os.environ['RAY_USAGE_STATS_ENABLED'])\n"
        "print(ray._private.worker._global_node.get_session_dir_path())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    first, second, folder = done.stdout.splitlines()
    assert ("['127.0.0.1'] True", "token 64 0", "") == (first, second, done.stderr)
    assert "speechcx-ray-" in folder
    assert not Path(folder).exists()


class SlowRay:
    """A Ray whose processes take longer than it waits for them, some times."""

    def __init__(self, slow: int) -> None:
        self.slow, self.starts, self.ends = slow, 0, 0

    def is_initialized(self) -> bool:
        """Never before."""
        return False

    def init(self, **_: object) -> None:
        """As Ray does on a machine that is too busy."""
        self.starts += 1
        if self.starts <= self.slow:
            raise Exception("The current node timed out during startup.")

    def shutdown(self) -> None:
        """What is left of a start goes."""
        self.ends += 1


@pytest.fixture
def start_slowly(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, str], SlowRay]:
    """Connect through a Ray that is slow so many times."""
    for name in ("_prepare_local", "_keep_quiet", "_expect_answer"):
        monkeypatch.setattr(ray_executor, name, lambda *_: {})

    def start(slow: int, address: str) -> SlowRay:
        ray = SlowRay(slow)
        ray_executor._connect(ray, WorkerLimits(address=address))
        return ray

    return start


def test_a_busy_machine_gets_more_than_one_try(start_slowly: Callable[[int, str], SlowRay]) -> None:
    """Ray waits 30 s for its own processes and no longer; what is left of a try is ended before the next."""
    ray = start_slowly(2, "local")
    assert (ray.starts, ray.ends) == (3, 2)


def test_a_machine_that_stays_busy_is_told_so(start_slowly: Callable[[int, str], SlowRay]) -> None:
    """The message speaks of this machine and not of an address, and names the way without Ray."""
    with pytest.raises(
        WorkerStartError, match=r"did not start on this machine in 3 tries.*\n.*\n.*--executor ray"
    ):
        start_slowly(9, "local")


def test_a_cluster_elsewhere_is_asked_once(start_slowly: Callable[[int, str], SlowRay]) -> None:
    """Another try would wait for nothing: its processes run, or do not."""
    with pytest.raises(WorkerStartError, match=r"no Ray cluster answers at head:6379"):
        start_slowly(1, "head:6379")
