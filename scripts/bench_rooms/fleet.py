"""What the driver of a run costs for each call, with a made fleet of 200 workers that answers at once.

The fleet holds as many calls at once as it has workers and hands their results back in random order, each unpickled
from bytes as from a socket. The results are those of the replay engine on one made call, with the recording that was
asked for. So what is measured is the driver: reading and hashing the file, claiming it, unpickling the result and
keeping it, each step in a transaction of its own that waits for the disk.
"""

from __future__ import annotations

import argparse
import pickle
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from speechcx.batch import run, work_loop
from speechcx.call import Call
from tests.batch.folders import make_rulebook, make_settings
from tests.trust.nights import write_real_calls


class MadeFleet:
    """An executor whose workers take no time: results are made from one that was analysed before."""

    name = "made"

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.call: bytes | None = None
        self.marks: list[tuple[float, float]] = []

    def map(
        self, function: Callable[[Any], Any], items: Iterable[Any], **_: Any
    ) -> Iterator[tuple[Any, Any]]:
        """Yield each item with its result, as many in flight as there are workers."""
        waiting: list[Any] = []
        draw, more = random.Random(1), iter(items)
        while True:
            while len(waiting) < self.workers and (item := next(more, None)) is not None:
                waiting.append(item)
            if not waiting:
                return
            item = waiting.pop(draw.randrange(len(waiting)))
            if self.call is None:
                self.call = pickle.dumps(function(item), pickle.HIGHEST_PROTOCOL)
            call: Call = pickle.loads(self.call)  # noqa: S301  our own bytes
            self.marks.append((time.perf_counter(), time.process_time()))
            yield item, replace(call, conversation=replace(call.conversation, recording=item))


def measure(calls: int, workers: int, folder: Path | None) -> tuple[list[float], list[float]]:
    """Milliseconds of the wall and of the processor for each call: of all, of the first and of the last tenth."""
    fleet = MadeFleet(workers)
    work_loop.find_crew = lambda *_, **__: fleet  # type: ignore[assignment]
    with tempfile.TemporaryDirectory(dir=folder) as place:
        write_real_calls(Path(place) / "calls", calls)
        summary = run(Path(place) / "calls.db", [Path(place) / "calls"], make_settings(), make_rulebook())
    assert summary.done == calls, summary
    tenth = max(1, calls // 10)
    # The first result took the loading of the engines too.
    parts = (fleet.marks[1], fleet.marks[-1], calls - 2), (fleet.marks[1], fleet.marks[1 + tenth], tenth)
    parts += ((fleet.marks[-1 - tenth], fleet.marks[-1], tenth),)
    return tuple(  # type: ignore[return-value]
        [1e3 * (end[clock] - start[clock]) / count for start, end, count in parts] for clock in (0, 1)
    )


def main(arguments: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, nargs="*", default=[20, 200, 2000])
    parser.add_argument("--workers", type=int, default=200)
    parser.add_argument("--folder", type=Path, help="where to work, on the disk to be measured")
    wanted = parser.parse_args(arguments)
    print("milliseconds of the driver for each call; the processor's in brackets")
    print(f"{'calls':>7} {'workers':>7} {'all':>16} {'first tenth':>16} {'last tenth':>16}")
    for calls in wanted.calls:
        wall, cpu = measure(calls, wanted.workers, wanted.folder)
        cells = " ".join(f"{one:8.2f} ({other:5.2f})" for one, other in zip(wall, cpu, strict=True))
        print(f"{calls:7} {wanted.workers:7} {cells}")
    return 0
