"""A run on a Ray cluster of two nodes: the same content as anywhere, whatever is killed on the way."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from speechcx.batch import RunSummary, run
from speechcx.executors import WorkerLimits, find_executor
from tests.batch.folders import content_hash, make_rulebook, make_settings, write_call, write_calls
from tests.faults.workers import work

Start = Callable[..., RunSummary]
LONG = pytest.mark.timeout(3600)
"""For 201 kills; each costs the start of a process."""

NODE = {"num_cpus": 1, "object_store_memory": 100_000_000}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two nodes of one core each on this machine, and no connection to them yet."""
    # Before Ray is imported, so that its processes stay on this machine.
    find_executor("ray", WorkerLimits())
    import ray
    from ray.cluster_utils import Cluster

    ray.shutdown()
    made = Cluster(initialize_head=True, head_node_args=dict(NODE))
    made.add_node(**NODE)
    yield made
    ray.shutdown()
    made.shutdown()


@pytest.fixture
def run_on(made_up: None, inbox: Path, tmp_path: Path, empty_database: Path, cluster: Any) -> Start:
    """A run over the inbox into a database of a name, on the cluster or in worker processes."""

    def start(name: str, executor: str = "ray", **batch: object) -> RunSummary:
        place = shutil.copy(empty_database, tmp_path / name)
        settings = make_settings(executor, **{"ray_address": cluster.address, "max_attempts": 100} | batch)
        return run(Path(place), [inbox], settings, make_rulebook())

    return start


def test_a_cluster_and_worker_processes_make_the_same(run_on: Start, inbox: Path, tmp_path: Path) -> None:
    """Two nodes or two processes: one content, failures and copies among it."""
    paths = write_calls(inbox, 20)
    (inbox / "again").mkdir()
    shutil.copy(paths[3], inbox / "again" / paths[3].name)
    write_call(inbox, 30, fault="call:truncated")
    assert run_on("ray.db").done == 20
    assert run_on("processes.db", "processes").done == 20
    assert content_hash(tmp_path / "ray.db") == content_hash(tmp_path / "processes.db")


def test_both_nodes_are_used_and_one_that_joins(cluster: Any) -> None:
    """Each node works items, and one that comes while the run goes on gets its part of them."""
    nodes, joined = set[str](), []
    executor = find_executor("ray", WorkerLimits(workers=8, address=cluster.address))
    for _, node in executor.map(work, (f"node:{100 + n}" for n in range(400))):
        nodes.add(str(node))
        if len(nodes) == 2 and not joined:
            joined.append(cluster.add_node(**NODE))
        if len(nodes) == 3:
            break
    cluster.remove_node(joined[0])
    assert len(nodes) == 3


@pytest.mark.parametrize(
    ("calls", "rounds"), [pytest.param(30, 2), pytest.param(600, 100, marks=[pytest.mark.nightly, LONG])]
)
def test_nothing_is_lost_or_doubled_by_kills(
    run_on: Start,
    inbox: Path,
    tmp_path: Path,
    cluster: Any,
    *,
    capfd: pytest.CaptureFixture[str],
    calls: int,
    rounds: int,
) -> None:
    """Workers, actors and a whole node die in the midst: every call is kept, once, and as ever."""
    for number in range(calls):
        write_call(inbox, number, fault="slow:100")
    killer = Killer(cluster.add_node(**NODE), cluster, rounds=rounds)
    killer.start()
    summary = run_on("killed.db", workers=3)
    killer.join()
    assert killer.hits == [rounds, rounds, 1]
    # Standard output belongs to the command's answer.
    assert capfd.readouterr().out == ""
    assert (summary.done, summary.exit_code) == (calls, 0)
    run_on("whole.db", "processes")
    assert content_hash(tmp_path / "killed.db") == content_hash(tmp_path / "whole.db")
    with closing(sqlite3.connect(tmp_path / "killed.db")) as db:
        kept = db.execute("SELECT count(*), count(DISTINCT call_id) FROM attempts WHERE outcome = 'done'")
        assert kept.fetchone() == (calls, calls)


class Killer(threading.Thread):
    """Kills as many workers and actors as there are rounds, and a node, each while calls are worked on."""

    def __init__(self, node: Any, cluster: Any, *, rounds: int) -> None:
        super().__init__(daemon=True)
        self.node, self.cluster, self.rounds = node, cluster, rounds
        self.hits = [0, 0, 0]

    def run(self) -> None:
        """One after another, as soon as there is one to kill."""
        for _ in range(self.rounds):
            for kind, find in enumerate((find_workers, find_actors)):
                self.hits[kind] += kill_one(find)
                time.sleep(0.3)
        self.cluster.remove_node(self.node, allow_graceful=False)
        self.hits[2] += 1


def kill_one(find: Callable[[], list[int]]) -> int:
    """Kill the newest process of a kind, waiting for one; returns how many were."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with suppress(IndexError, ProcessLookupError):
            os.kill(find()[-1], signal.SIGKILL)
            return 1
        time.sleep(0.02)
    return 0


def find_actors() -> list[int]:
    """Actors that work an item now."""
    return [pid for pid, text in read_processes() if text.startswith("ray::Seat.work")]


def find_workers() -> list[int]:
    """Worker processes of actors that work an item now."""
    actors = set(find_actors())
    return [pid for pid, text in read_processes() if "serve(" in text and read_parent(pid) in actors]


def read_processes() -> list[tuple[int, str]]:
    """Number and command line of every process."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with suppress(OSError):
                line = Path(f"/proc/{entry}/cmdline").read_bytes().decode("utf-8", "replace")
                found.append((int(entry), line))
    return sorted(found)


def read_parent(pid: int) -> int:
    """Number of the parent of a process; 0 where it has ended."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0
