"""The same seam on Ray, where one machine is not enough (``pip install 'speechcx[ray]'``).

One actor for each core, or GPU, of the cluster. An actor works items in a worker process of its own, the
same as :mod:`speechcx.executors.processes` starts, so that everything promised of workers holds on every
node: models loaded once, a time limit also for native code, a memory limit, a crash that costs one item.
What Ray adds is where the actors are. Nodes that join are used, and what an actor or node that is lost
held is given to another one: the item was not to blame. The truth stays in the parent's ledger.

Every node needs this version of the package, the models, and the recordings under the same paths.
"""

from __future__ import annotations

import atexit
import logging
import math
import os
import pickle
import secrets
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any, Generic

from speechcx import __version__
from speechcx.errors import ConfigError
from speechcx.executors import (
    Item,
    Result,
    WorkerLimits,
    WorkerLost,
    WorkerStartError,
    count_cores,
    never,
)
from speechcx.executors.faults import describe_fault
from speechcx.executors.processes import Crew
from speechcx.offline import NO_WEB, RAY_LOCAL_SWITCHES, RAY_OPTIONS

POLL_S = 0.2
_LOOK_EVERY_S = 1.0
"""How often the cluster is asked for nodes that joined."""

_GRACE_S = 60.0
"""An actor keeps the time limit itself; one that has not answered so much later is given up with its node."""

_MAX_LOST = 3
"""An item whose actor or node was lost this often is not given to another one."""

_MAX_FAILED_STARTS = 3
"""For each place in the cluster, without a result in between."""

_AT_WORK_AFTER_S = 30.0
_ANSWER_WITHIN_S = 10.0
_START_LIMIT_S = 180.0
_LOCAL_STARTS = 3
_OBJECT_STORE_BYTES = 256_000_000
"""For a local cluster: a result is a few hundred kB, and there is one for each actor at most."""


class RayExecutor:
    """Actors on a Ray cluster, each with a worker process that may die."""

    name = "ray"

    def __init__(self, limits: WorkerLimits) -> None:
        self.limits = limits
        self._ray = _import_ray(is_local=_find_address(limits) == "local")

    def map(
        self,
        function: Callable[[Item], Result],
        items: Iterable[Item],
        *,
        time_limit_s: Callable[[Item], float] | None = None,
        give_up: Callable[[], bool] = never,
    ) -> Iterator[tuple[Item, Result | WorkerLost]]:
        """As :meth:`speechcx.executors.Executor.map`. Closing the iterator kills what runs."""
        if give_up():
            return
        _connect(self._ray, self.limits)
        fleet: _Fleet[Item, Result] = _Fleet(self._ray, function, self.limits, time_limit_s)
        try:
            yield from fleet.work(iter(items), give_up)
        finally:
            fleet.dismiss()


@dataclass(frozen=True, slots=True)
class _Flight(Generic[Item]):
    """An item at an actor: how often it was lost with one before, since when, and when to give the actor up."""

    actor: Any
    item: Item
    lost: int
    since: float
    end: float | None


class _Fleet(Generic[Item, Result]):
    """The actors of one ``map``."""

    def __init__(
        self,
        ray: Any,
        function: Callable[[Item], Result],
        limits: WorkerLimits,
        time_limit_s: Callable[[Item], float] | None,
    ) -> None:
        self.ray = ray
        self.limits = limits
        self.time_limit_s = time_limit_s
        # Put once: settings and rulebook travel to each node once, not with every item.
        self.packed = ray.put(pickle.dumps(function, pickle.HIGHEST_PROTOCOL))
        self.make = ray.remote(
            num_cpus=limits.threads, num_gpus=limits.gpus, max_restarts=0, scheduling_strategy="SPREAD"
        )(Seat)
        self.starting: dict[Any, Any] = {}
        self.idle: deque[Any] = deque()
        self.flights: dict[Any, _Flight[Item]] = {}
        self.again: deque[tuple[Item, int]] = deque()
        self.has_started = False
        self.failed_starts = 0
        self.begun = self.looked = time.monotonic()
        self.size = 0

    def work(
        self, items: Iterator[Item], give_up: Callable[[], bool]
    ) -> Iterator[tuple[Item, Result | WorkerLost]]:
        more = True
        while not give_up():
            if more:
                more = self._hand_out(items)
            elif self.again:
                self._hand_out(iter(()))
            if not more and not self.flights and not self.again:
                return
            self._grow()
            for landed in self._land():
                if landed in self.starting:
                    self._welcome(landed)
                else:
                    yield from self._read(landed)
            yield from self._overdue()

    def dismiss(self) -> None:
        """Kill every actor; its worker process goes with it."""
        actors = [*self.idle, *self.starting.values(), *(flight.actor for flight in self.flights.values())]
        for actor in actors:
            self._kill(actor)
        self.idle.clear()
        self.starting.clear()
        self.flights.clear()

    def _hand_out(self, items: Iterator[Item]) -> bool:
        """Give an item to each idle actor; false once there are no more items."""
        while self.idle:
            if self.again:
                item, lost = self.again.popleft()
            else:
                try:
                    item, lost = next(items), 0
                except StopIteration:
                    return False
            actor = self.idle.popleft()
            limit_s = self.time_limit_s(item) if self.time_limit_s else None
            now = time.monotonic()
            end = None if limit_s is None else now + limit_s + _GRACE_S
            self.flights[actor.work.remote(item, limit_s)] = _Flight(actor, item, lost, now, end)
        return True

    def _grow(self) -> None:
        """Start actors for the cores that the cluster has, those of nodes that have joined among them."""
        now = time.monotonic()
        if not self.size or now - self.looked >= _LOOK_EVERY_S:
            self.looked, self.size = now, self._count_places()
        missing = self.size - len(self.idle) - len(self.flights) - len(self.starting)
        for _ in range(missing):
            actor = self.make.remote(self.packed, self.limits)
            self.starting[actor.begin.remote()] = actor
        if not self.has_started and now - self.begun > _START_LIMIT_S:
            raise WorkerStartError(
                f"no actor has started on the Ray cluster within {_START_LIMIT_S:.0f} s",
                f"a node with {self.limits.threads} free cores and {self.limits.gpus:g} free GPUs",
                "see what the cluster has: `ray status`",
            )

    def _count_places(self) -> int:
        there = self.ray.cluster_resources()
        places = int(there.get("CPU", 0) // self.limits.threads)
        if self.limits.gpus:
            places = min(places, int(there.get("GPU", 0) // self.limits.gpus))
        return min(places, self.limits.workers)

    def _land(self) -> list[Any]:
        """What has come back, after at most :data:`POLL_S`."""
        waited = [*self.starting, *self.flights]
        if not waited:
            time.sleep(POLL_S)
            return []
        landed, _ = self.ray.wait(waited, num_returns=1, timeout=POLL_S)
        if landed:
            landed, _ = self.ray.wait(waited, num_returns=len(waited), timeout=0)
        return list(landed)

    def _welcome(self, landed: Any) -> None:
        """An actor that has started, or not."""
        actor = self.starting.pop(landed)
        try:
            version = self.ray.get(landed)
        except self.ray.exceptions.RayError as error:
            self._kill(actor)
            self._count_failed_start(error)
            return
        if version != __version__:
            raise WorkerStartError(
                f"a node of the Ray cluster has speechcx {version}",
                f"speechcx {__version__}, as here",
                "install it there",
            )
        self.has_started = True
        self.idle.append(actor)

    def _count_failed_start(self, error: Exception) -> None:
        """Count an actor, or its worker, that ended at its start; none of many in a row is too many."""
        self.failed_starts += 1
        now = time.monotonic()
        # One broken node among others fails again and again, while the others are at work for long.
        is_any_at_work = any(now - flight.since > _AT_WORK_AFTER_S for flight in self.flights.values())
        if self.failed_starts >= _MAX_FAILED_STARTS * max(1, self.size) and not is_any_at_work:
            raise WorkerStartError(
                f"{self.failed_starts} actors in a row ended at their start on the Ray cluster ({_tell(error)})",
                f"speechcx {__version__} on every node, for the same Python, and memory for a worker",
                "install it there, and run `speechcx doctor` on each node",
            ) from error

    def _read(self, landed: Any) -> Iterator[tuple[Item, Result | WorkerLost]]:
        flight = self.flights.pop(landed)
        errors = self.ray.exceptions
        try:
            found: Result | WorkerLost = self.ray.get(landed)
        except errors.OutOfMemoryError as error:
            self._kill(flight.actor)
            yield flight.item, WorkerLost("out_of_memory", type(error).__name__)
        except errors.RayTaskError as error:
            self._kill(flight.actor)
            if isinstance(error.cause, WorkerStartError):
                # No item is to blame; the run ends only where no node can start a worker.
                self.again.append((flight.item, flight.lost))
                self._count_failed_start(error)
                return
            yield flight.item, WorkerLost("raised", describe_fault(error))
        except errors.RayError as error:
            # The actor or its node is gone, or the answer went with it: none of it was kept.
            self._kill(flight.actor)
            if flight.lost + 1 < _MAX_LOST:
                self.again.append((flight.item, flight.lost + 1))
            else:
                yield flight.item, WorkerLost("died", f"{type(error).__name__}, {_MAX_LOST} times")
        else:
            self.failed_starts = 0
            self.idle.append(flight.actor)
            yield flight.item, found

    def _overdue(self) -> Iterator[tuple[Item, WorkerLost]]:
        """Actors that should have ended their item themselves: their node does not answer."""
        now = time.monotonic()
        late = [
            landed for landed, flight in self.flights.items() if flight.end is not None and now > flight.end
        ]
        for landed in late:
            # The caller may have been busy for long: what has landed meanwhile was in time.
            if not self.ray.wait([landed], timeout=0)[0]:
                flight = self.flights.pop(landed)
                self._kill(flight.actor)
                yield flight.item, WorkerLost("timeout", "its node does not answer")

    def _kill(self, actor: Any) -> None:
        self.ray.kill(actor, no_restart=True)


class Seat:
    """In an actor of Ray: the pool of :mod:`speechcx.executors.processes` with one worker.

    Parameters
    ----------
    packed
        The pickled function.
    limits
        Memory and threads of the worker.
    """

    def __init__(self, packed: bytes, limits: WorkerLimits) -> None:
        self._crew: Crew[object, object] = Crew(packed, replace(limits, workers=1), lambda _: self._limit_s)
        self._limit_s = math.inf
        self._items: deque[object] = deque()
        self._results = self._crew.work(self._feed(), never)

    def begin(self) -> str:
        """The version of the package here."""
        return __version__

    def work(self, item: object, limit_s: float | None) -> object:
        """The result of one item, or what its worker was lost by."""
        self._items.append(item)
        self._limit_s = math.inf if limit_s is None else limit_s
        return next(self._results)[1]

    def _feed(self) -> Iterator[object]:
        """Asked for the next item only by a worker that is free, which is when there is one."""
        while True:
            yield self._items.popleft()


def _tell(error: Exception) -> str:
    """An error of Ray in one line."""
    cause = getattr(error, "cause", None) or error
    return f"{type(cause).__name__}: {str(cause).strip().splitlines()[-1] if str(cause).strip() else ''}"


def _find_address(limits: WorkerLimits) -> str:
    return limits.address or os.environ.get("RAY_ADDRESS") or "local"


def _import_ray(*, is_local: bool) -> Any:
    if is_local and "ray" not in sys.modules:
        # Read when Ray is imported. The key is passed on in the environment; else one lies in the home folder.
        os.environ.update(RAY_LOCAL_SWITCHES)
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    try:
        return import_module("ray")
    except ImportError as error:
        raise ConfigError(
            "batch.executor is 'ray', and Ray is not installed",
            "the extra [ray]",
            "pip install 'speechcx[ray]', or set batch.executor to processes",
        ) from error


def _connect(ray: Any, limits: WorkerLimits) -> None:
    """Join the cluster that is asked for, else start one on this machine that no other can reach."""
    if ray.is_initialized():
        return
    address = _find_address(limits)
    options: dict[str, Any] = {"log_to_driver": False, "configure_logging": False, **RAY_OPTIONS}
    # What Ray logs while it connects is told below, where it matters.
    logging.getLogger("ray").setLevel(logging.CRITICAL)
    _keep_quiet()
    if address == "local":
        options |= _prepare_local(ray, limits)
    else:
        _expect_answer(address)
    # Ray gives its own processes 30 s to start, which a busy machine may not keep, and has no setting for it.
    tries = _LOCAL_STARTS if address == "local" else 1
    for left in reversed(range(tries)):
        try:
            with _signals_kept(), _environment(NO_WEB if address == "local" else {}):
                ray.init(address=address, **options)
            return
        except Exception as error:
            ray.shutdown()
            if not left:
                raise (_no_start if address == "local" else _no_answer)(address, _tell(error)) from error


def _expect_answer(address: str) -> None:
    """Look whether anything answers there: Ray itself would try for minutes."""
    host, _, port = address.rpartition(":")
    if address == "auto":
        return
    if not host or not port.isdigit() or "/" in host:
        raise _no_answer(address, "this is no address of a head node")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_ANSWER_WITHIN_S).close()
    except (OSError, OverflowError) as error:
        raise _no_answer(address, str(error)) from error


def _no_answer(address: str, why: str) -> WorkerStartError:
    return WorkerStartError(
        f"no Ray cluster answers at {address}: {why}",
        "the address of a head node, as HOST:6379",
        "start it by `ray start --head`, see docs/scale.md; or leave the address out for this machine alone",
    )


def _no_start(_: str, why: str) -> WorkerStartError:
    return WorkerStartError(
        f"Ray did not start on this machine in {_LOCAL_STARTS} tries: {why}",
        "a machine with a moment to spare: Ray waits 30 s for its own processes",
        "run again when less is going on, or leave out --executor ray: on one machine worker processes do the same",
    )


def _keep_quiet() -> None:
    """Ray prints what happens to its processes on standard output, where the answers of commands go."""
    module = import_module("ray._private.worker")
    if hasattr(module, "print_to_stdstream"):
        module.print_to_stdstream = lambda *_, **__: None  # type: ignore[attr-defined]


def _prepare_local(ray: Any, limits: WorkerLimits) -> dict[str, Any]:
    """Options of a cluster of this machine's cores: its files and sockets are its owner's alone, and go in the end."""
    folder = tempfile.mkdtemp(prefix="speechcx-ray-")
    atexit.register(_end_local, ray, folder)
    cores = count_cores()
    return {
        "num_cpus": max(1, min(limits.workers, cores)) * limits.threads,
        "object_store_memory": _OBJECT_STORE_BYTES,
        "_temp_dir": folder,
    }


def _end_local(ray: Any, folder: str) -> None:
    ray.shutdown()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Variables for the processes that are started meanwhile."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Ray answers SIGTERM itself once it has started, and a run would not stop cleanly."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, before)
