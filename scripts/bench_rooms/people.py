"""Speed of what supervisors ask, on made archives: agents, one agent, one customer, drivers, trends, case mix.

Run by ``scripts/bench people [--sizes 10000,100000] [--folder DIR]`` on the archives of ``scripts/bench ask``; one that
is not there is made first. Times are of the warm file cache, within one process.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from scripts.bench_rooms.ask import MONTH, measure
from speechcx.ask.customers import describe_customer, list_driver_rows, list_outcomes
from speechcx.ask.ground import find_call
from speechcx.ask.people import (
    adjust_scores,
    compare_two,
    describe_agent,
    score_agents,
    score_centers,
    score_over_time,
    score_teams,
)
from speechcx.ask.search import list_calls
from speechcx.store import Store


def main(argv: Sequence[str] | None = None) -> int:
    """Print a line for each question and size."""
    parser = argparse.ArgumentParser(prog="bench people", description=__doc__)
    parser.add_argument("--sizes", default="10000,100000", help="calls of the archives, by comma")
    parser.add_argument(
        "--folder", type=Path, default=Path(os.environ.get("TMPDIR", "/tmp")) / "speechcx-archives"
    )
    options = parser.parse_args(argv)
    options.folder.mkdir(parents=True, exist_ok=True)
    for size in map(int, options.sizes.split(",")):
        path = options.folder / f"archive-{size}.db"
        if not path.exists():
            from scripts.bench_rooms.ask import Plan, build_archive

            build_archive(path, Plan(size), lambda line: print(line, file=sys.stderr))
        Store.open(path).close()
        print(f"== {size} calls")
        with Store.open(path, read_only=True) as store:
            for what, bar, question in questions(store):
                print(f"{what:45} {bar and f'bar {bar} ms':12} {measure(question)}")
    return 0


def questions(store: Store) -> list[tuple[str, str, Callable[[], object]]]:
    """What is asked, its bar, and how."""
    some = next(iter(store.iter_call_ids(MONTH)))
    return [
        ("agents for a month, with change", "150", lambda: score_agents(store, MONTH)),
        ("teams for a month, with change", "150", lambda: score_teams(store, MONTH)),
        ("centers, all calls", "", lambda: score_centers(store)),
        ("two teams, a month", "", lambda: compare_two(store, "team", ("Leeds-2", "Porto-2"), MONTH)),
        ("agents, a month, for the mix of calls", "", lambda: adjust_scores(store, "agent", MONTH)),
        ("one agent, a month", "", lambda: describe_agent(store, "a0007", MONTH)),
        ("one agent, all calls", "", lambda: describe_agent(store, "a0007")),
        ("one customer", "", lambda: describe_customer(store, "c00123")),
        ("drivers, a month, with change", "", lambda: list_driver_rows(store, MONTH)),
        ("weeks of all calls", "", lambda: score_over_time(store)),
        ("outcomes by team, a month", "", lambda: list_outcomes(store, MONTH)),
        ("calls of a month, worst score", "", lambda: list_calls(store, MONTH, sort="score")),
        ("show by id", "50", lambda: find_call(store, some)),
    ]


if __name__ == "__main__":
    sys.exit(main())
