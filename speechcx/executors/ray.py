"""The same seam on Ray, where one machine is not enough (``pip install 'speechcx[ray]'``).

Connects to the cluster of ``RAY_ADDRESS``, else starts a local one. Every node needs the package, the
models and the recordings under the same paths. The truth stays in the parent's ledger: Ray retries
nothing, and a lost task comes back as lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any, Generic

from speechcx.errors import ConfigError
from speechcx.executors import Item, Result, WorkerLimits, WorkerLost, WorkerStartError, never
from speechcx.executors.faults import describe_fault

POLL_S = 0.2


class RayExecutor:
    """Ray tasks, one core each, no more in flight than there are workers.

    A time limit counts from when Ray is given the item, and ``memory_mb`` is not kept: Ray has its
    own memory monitor.
    """

    name = "ray"

    def __init__(self, limits: WorkerLimits) -> None:
        self.limits = limits
        self._ray = _import_ray()

    def map(
        self,
        function: Callable[[Item], Result],
        items: Iterable[Item],
        *,
        time_limit_s: Callable[[Item], float] | None = None,
        give_up: Callable[[], bool] = never,
    ) -> Iterator[tuple[Item, Result | WorkerLost]]:
        """As :meth:`speechcx.executors.Executor.map`."""
        if give_up():
            return
        flights: _Flights[Item, Result] = _Flights(self._ray, function, self.limits)
        try:
            yield from flights.work(iter(items), time_limit_s, give_up)
        finally:
            flights.cancel()


class _Flights(Generic[Item, Result]):
    """Tasks in flight: their items and deadlines by Ray's reference."""

    def __init__(self, ray: Any, function: Callable[[Item], Result], limits: WorkerLimits) -> None:
        self.ray = ray
        self.limits = limits
        _connect(ray)
        # Put once: settings and rulebook travel to each node once, not with every item.
        self.function = ray.put(function)
        self.task = ray.remote(num_cpus=limits.threads, max_retries=0, max_calls=limits.recycle_after)(_call)
        self.items: dict[Any, tuple[Item, float | None]] = {}

    def work(
        self,
        items: Iterator[Item],
        time_limit_s: Callable[[Item], float] | None,
        give_up: Callable[[], bool],
    ) -> Iterator[tuple[Item, Result | WorkerLost]]:
        more = True
        while not give_up():
            while more and len(self.items) < self.limits.workers:
                try:
                    item = next(items)
                except StopIteration:
                    more = False
                    break
                limit_s = time_limit_s(item) if time_limit_s else None
                end = None if limit_s is None else time.monotonic() + limit_s
                self.items[self.task.remote(self.function, item)] = item, end
            if not self.items:
                return
            landed, _ = self.ray.wait(list(self.items), num_returns=1, timeout=POLL_S)
            for flight in landed:
                item, _ = self.items.pop(flight)
                yield item, self._read(flight)
            yield from self._overdue()

    def cancel(self) -> None:
        """Drop what is in flight."""
        for flight in self.items:
            self.ray.cancel(flight, force=True)
        self.items.clear()

    def _read(self, flight: Any) -> Result | WorkerLost:
        try:
            found: Result | WorkerLost = self.ray.get(flight)
        except self.ray.exceptions.RayTaskError as error:
            return WorkerLost("raised", describe_fault(error))
        except self.ray.exceptions.OutOfMemoryError as error:
            return WorkerLost("out_of_memory", type(error).__name__)
        except self.ray.exceptions.RayError as error:
            return WorkerLost("died", type(error).__name__)
        return found

    def _overdue(self) -> Iterator[tuple[Item, WorkerLost]]:
        now = time.monotonic()
        for flight, (item, end) in list(self.items.items()):
            # The caller may have been busy for long: what has landed meanwhile was in time.
            if end is not None and now > end and not self.ray.wait([flight], timeout=0)[0]:
                self.ray.cancel(flight, force=True)
                del self.items[flight]
                yield item, WorkerLost("timeout", "cancelled at its time limit")


def _call(function: Callable[[Item], Result], item: Item) -> Result | WorkerLost:
    """In Ray's worker: errors become values here, so that their words stay here too."""
    try:
        return function(item)
    except MemoryError as error:
        return WorkerLost("out_of_memory", describe_fault(error))
    except Exception as error:  # noqa: BLE001  an item's fault must not end the others
        return WorkerLost("raised", describe_fault(error))


def _import_ray() -> Any:
    try:
        return import_module("ray")
    except ImportError as error:
        raise ConfigError(
            "batch.executor is 'ray', and Ray is not installed",
            "the extra [ray]",
            "pip install 'speechcx[ray]', or set batch.executor to processes",
        ) from error


def _connect(ray: Any) -> None:
    if ray.is_initialized():
        return
    try:
        ray.init(log_to_driver=False, include_dashboard=False, configure_logging=False)
    except (ConnectionError, ray.exceptions.RayError, ValueError, RuntimeError) as error:
        raise WorkerStartError(
            f"no Ray cluster answers: {error}", "a cluster at RAY_ADDRESS, or none", "run `ray status`"
        ) from error
