"""Figures of the store and its questions: speed, size and growth on made archives, and a search box that cannot fail.

Run by ``scripts/bench ask [--sizes 10000,100000] [--folder DIR] [--only queries,writes,size,fuzz]``. An archive that
is not in the folder yet is made first (``scripts/make_archive``; some 10 minutes for 100,000 calls). Times are of the
warm file cache: the middle and the largest of several runs, and the processor time of the middle, which other work on
the machine disturbs less.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from archive.build import Plan, build_archive, make_call  # noqa: E402
from archive.people import Organisation  # noqa: E402
from archive.talk import sentences  # noqa: E402

from speechcx.ask.compliance import FlagFilter, count_flags, list_flags, show_flag  # noqa: E402
from speechcx.ask.customers import list_callbacks  # noqa: E402
from speechcx.ask.ground import find_call  # noqa: E402
from speechcx.ask.people import score_agents, score_centers, score_teams  # noqa: E402
from speechcx.ask.runs import read_status  # noqa: E402
from speechcx.ask.search import (  # noqa: E402
    SearchFilter,
    list_calls,
    search,
)
from speechcx.store import CallFilter, Store  # noqa: E402

PARTS = ("queries", "writes", "size", "fuzz")
MONTH = CallFilter(since=date(2025, 10, 1), until=date(2025, 10, 31))
REAL, RANDOM = 300, 100_000
SIGNS = "\"'*()-:^{}[]\\ +~|&%_;\0\x1f\té日\U0001f600"


@dataclass(frozen=True)
class Timing:
    """Seconds of several runs."""

    wall_s: tuple[float, ...]
    cpu_s: tuple[float, ...]

    def __str__(self) -> str:
        middle, worst = statistics.median(self.wall_s), max(self.wall_s)
        return (
            f"{1000 * middle:8.1f} ms  worst {1000 * worst:8.1f} ms  cpu {1000 * statistics.median(self.cpu_s):8.1f} ms"
            f"  n={len(self.wall_s)}"
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures asked for."""
    parser = argparse.ArgumentParser(prog="bench ask", description=__doc__)
    parser.add_argument("--sizes", default="10000,100000", help="calls of the archives, by comma")
    parser.add_argument(
        "--folder", type=Path, default=Path(os.environ.get("TMPDIR", "/tmp")) / "speechcx-archives"
    )
    parser.add_argument("--only", default=",".join(PARTS), help="parts to run, by comma")
    parser.add_argument("--random", type=int, default=RANDOM, help="random search strings")
    parser.add_argument("--seed", type=int, default=4, help="which random search strings")
    parser.add_argument(
        "--seconds",
        type=float,
        default=240.0,
        help="processor seconds of random searches, then no more of them",
    )
    options = parser.parse_args(argv)
    options.folder.mkdir(parents=True, exist_ok=True)
    for size in map(int, options.sizes.split(",")):
        path = options.folder / f"archive-{size}.db"
        if not path.exists():
            build_archive(path, Plan(size), lambda line: print(line, file=sys.stderr))
        print(f"== {size} calls")
        for part in options.only.split(","):
            {
                "queries": show_queries,
                "writes": show_writes,
                "size": show_size,
                "fuzz": lambda path: show_fuzz(path, options.random, options.seed, options.seconds),
            }[part](path)
    return 0


def measure(question: Callable[[], object], times: int = 5) -> Timing:
    """Ask once to warm up, then several times."""
    question()
    wall, cpu = [], []
    for _ in range(times):
        start, used = time.perf_counter(), time.process_time()
        question()
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - used)
    return Timing(tuple(wall), tuple(cpu))


def show_queries(path: Path) -> None:
    """Every question with a bar, and some that have none."""
    with Store.open(path, read_only=True) as store:
        rng = random.Random(1)
        ids = list(store.iter_call_ids(MONTH))
        name = store.load(ids[0]).conversation.recording.path.rpartition("/")[2]
        five = SearchFilter(
            CallFilter(since=MONTH.since, until=MONTH.until, queue=("billing",), direction=("inbound",)),
            party="customer", sentiment_at_most=-0.3,
        )  # fmt: skip
        rare = SearchFilter(
            CallFilter(agent=("a0007",), queue=("retention",)), party="customer", sentiment_at_most=-0.3,
            rule="risk-cancel", result="present",
        )  # fmt: skip
        of_rule = SearchFilter(MONTH, rule="compliance-opening", result="absent")
        unsure = SearchFilter(result="cannot_tell")
        flag = list_flags(store, limit=1).rows[0].flag
        rows: list[tuple[str, str, Callable[[], object]]] = [
            ("agents for a month, with trend", "300", lambda: score_agents(store, MONTH)),
            ("teams for a month, with trend", "", lambda: score_teams(store, MONTH)),
            ("centers, all calls", "", lambda: score_centers(store)),
            ("calls, newest 50", "", lambda: list_calls(store)),
            ("calls of a month, worst score", "", lambda: list_calls(store, MONTH, sort="score")),
            ("status", "300", lambda: read_status(store)),
            ("show by id", "50", lambda: find_call(store, rng.choice(ids))),
            ("show by file name", "", lambda: find_call(store, name)),
            ("search: cancel account", "200", lambda: search(store, "cancel account")),
            ("search: the you", "200", lambda: search(store, "the you")),
            ('search: "thank you for calling"', "200", lambda: search(store, '"thank you for calling"')),
            ("search: can* acc*", "", lambda: search(store, "can* acc*")),
            ("search: words nobody says", "200", lambda: search(store, "zzyzx account")),
            ("search: two words, five filters, a month", "400", lambda: search(store, "account the", five)),
            ("search: two words, five filters, one agent", "400", lambda: search(store, "the you", rare)),
            (
                "search: no words, what could not be told",
                "",
                lambda: search(store, "", unsure),
            ),
            ("search: no words, a rule of a month", "", lambda: search(store, "", of_rule)),
            ("flags: the queue, all calls", "", lambda: list_flags(store)),
            ("flags: the queue, a month", "", lambda: list_flags(store, FlagFilter(MONTH))),
            (
                "flags: by rule, a month, with course",
                "",
                lambda: count_flags(store, FlagFilter(MONTH, status=())),
            ),
            ("flags: one with its words", "", lambda: show_flag(store, flag)),
            ("callbacks", "", lambda: list_callbacks(store)),
        ]
        for what, bar, question in rows:
            print(f"{what:45} {'bar ' + bar + ' ms' if bar else '':12} {measure(question)}")
        print(f"{'300 real searches, each':45} {'bar 200 ms':12} {_real_searches(store)}")


def _real_searches(store: Store) -> Timing:
    """Words, phrases and beginnings out of sentences that callers say."""
    rng = random.Random(2)
    wall, cpu = [], []
    for number in range(REAL):
        words = rng.choice(sentences()).split()
        at = rng.randrange(len(words))
        few = words[at : at + rng.randint(1, 4)]
        typed = f'"{" ".join(few)}"' if number % 3 == 0 else " ".join(few)
        start, used = time.perf_counter(), time.process_time()
        search(store, typed)
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - used)
    return Timing(tuple(wall), tuple(cpu))


def show_writes(path: Path) -> None:
    """One call written, with all it takes; the calls are taken out again."""
    rng = random.Random(3)
    plan = Plan(1, seed=99)
    people = Organisation(rng, agents=plan.agents, first_day=date(2025, 12, 31), days=1)
    calls = [make_call(rng, number, people.draw(), plan) for number in range(40)]
    with Store.open(path) as store:
        save, judge, load = [], [], []
        for call in calls:
            call_id = call.conversation.recording.id
            save.append(measure_once(lambda call=call: store.save_call(call)))
            load.append(measure_once(lambda call_id=call_id: store.load_conversation(call_id)))
            judge.append(measure_once(lambda call=call, i=call_id: store.save_assessment(i, call.assessment)))
        for what, bar, found in (
            ("write one call, durable", "bar 20 ms", save), ("write an assessment, durable", "", judge),
            ("load a conversation", "", load),
        ):  # fmt: skip
            print(f"{what:45} {bar:12} {Timing(tuple(w for w, _ in found), tuple(c for _, c in found))}")
        with store.write():
            for call in calls:
                store.delete_call(call.conversation.recording.id)


def measure_once(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of the processor."""
    start, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - used


def show_size(path: Path) -> None:
    """Bytes of the file for each six minutes of audio, and what they are."""
    with Store.open(path, read_only=True) as store:
        calls, audio_s, turns = store.db.execute(
            "SELECT count(*), total(audio_duration_s), total(turn_count) FROM calls"
        ).fetchone()
        words = store.db.execute("SELECT total(words) FROM party_measures").fetchone()[0]
        six = audio_s / 360
        small = path.with_suffix(".small")
        small.unlink(missing_ok=True)
        whole = sqlite3.connect(path)
        whole.execute("VACUUM INTO ?", (str(small),))
        whole.close()
        sizes = [file.stat().st_size / six / 1024 for file in (path, small)]
        small.unlink()
        print(
            f"a call of six minutes: {sizes[0]:.1f} KB as written, {sizes[1]:.1f} KB compacted (bar 25), with"
            f" {turns / six:.0f} turns, {words / six:.0f} words; n={calls} calls of {audio_s / calls:.0f} s"
        )
        parts = store.db.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 8")
        print("of it " + ", ".join(f"{name} {size / six / 1024:.1f}" for name, size in parts))


def show_fuzz(path: Path, count: int, seed: int, most_s: float) -> None:
    """Random strings in the search box: errors, and how long the slowest of each kind took.

    Whether a string is an error does not depend on the size of the archive, so a small one can be asked all of
    them; on a large one, `most_s` ends it, and the line says how many there were.
    """
    rng = random.Random(seed)
    said = [word for text in sentences()[:200] for word in text.split()]
    words = [*said, "AND", "OR", "NOT", "NEAR(", ")", '"', "*"]
    kinds = {
        "words": lambda: " ".join(rng.choices(words, k=rng.randint(0, 6))),
        "signs": lambda: "".join(rng.choices(SIGNS + "abcdef", k=rng.randint(0, 20))),
        "any characters": lambda: "".join(chr(rng.randrange(0x110000)) for _ in range(rng.randint(0, 10))),
    }  # fmt: skip
    errors, spent = 0, 0.0
    times: dict[str, list[tuple[float, str]]] = {kind: [] for kind in kinds}
    with Store.open(path, read_only=True) as store:
        for number in range(count):
            if spent > most_s:
                break
            kind = tuple(kinds)[number % len(kinds)]
            typed = kinds[kind]()
            near = rng.choice((None, None, None, 0, 5))
            start = time.process_time()
            try:
                search(store, typed, SearchFilter(near=near), limit=5)
            except Exception as error:  # noqa: BLE001
                errors += 1
                print(f"error on {typed!r}: {error!r}")
            times[kind].append((time.process_time() - start, typed))
            spent += times[kind][-1][0]
    n = sum(map(len, times.values()))
    print(f"random searches: {errors} errors, mean {1000 * spent / n:.2f} ms cpu; n={n} of {count}")
    for kind, taken in times.items():
        ordered = sorted(seconds for seconds, _ in taken)
        p99, (worst, typed) = ordered[int(0.99 * len(ordered))], max(taken)
        print(
            f"  {kind:16} 99 % within {1000 * p99:6.1f} ms, slowest {1000 * worst:6.1f} ms cpu: {typed[:60]!r}"
        )


if __name__ == "__main__":
    sys.exit(main())
