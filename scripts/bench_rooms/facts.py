"""Call records of a made archive: how long the join takes, and every question about them."""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from scripts.bench_rooms.ask import measure, measure_once
from speechcx.ask.customers import read_repeats, read_satisfaction
from speechcx.ask.operations import read_handling, reconcile
from speechcx.discover import DiscoverSettings
from speechcx.imports import ImportOptions, run_import
from speechcx.store import Store

HEAD = (
    "call_id", "leg_id", "start", "agent", "customer", "queue", "direction", "outcome", "wait", "talk", "hold", "acw",
    "duration", "recording",
)  # fmt: skip


def write_records(store: Store, path: Path, *, seed: int = 6) -> int:
    """A call record for nearly every call, one in five with a second leg; some calls that nobody recorded."""
    rng = random.Random(seed)
    rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        calls = store.db.execute(
            "SELECT c.call_id, r.started_at, c.agent, c.customer, c.queue, c.direction, c.audio_duration_s FROM calls c"
            " JOIN recordings r USING (call_no) WHERE c.superseded_by IS NULL ORDER BY c.call_no"
        )
        for number, (call_id, started, agent, customer, queue, direction, length_s) in enumerate(calls):
            if number % 100 == 7:
                continue
            start, wait = started.partition("[")[0], round(rng.expovariate(1 / 25), 1)
            talk = round(length_s * (rng.uniform(0.5, 0.7) if number % 50 == 3 else 1.0), 1)
            is_transfer = number % 5 == 0
            parts = [round(talk * 0.6, 1), round(talk * 0.4, 1)] if is_transfer else [talk]
            for leg, part in enumerate(parts):
                who = agent if leg == 0 else f"a{rng.randrange(1, 121):04d}"
                writer.writerow(
                    [f"r{number}", f"r{number}.{leg}", start, who, customer, queue, direction, "answered",
                     wait if leg == 0 else 0, part, 0, rng.randrange(60), "", call_id if leg == 0 else ""]
                )  # fmt: skip
                rows += 1
            if number % 40 == 0:
                outcome = rng.choice(("answered", "abandoned", "abandoned"))
                writer.writerow(
                    [f"x{number}", f"x{number}.0", start, agent if outcome == "answered" else "", f"n{number}", queue,
                     "inbound", outcome, wait, 60 if outcome == "answered" else "", "", "", "", ""]
                )  # fmt: skip
                rows += 1
    return rows


def main(arguments: Sequence[str]) -> int:
    """Import, then ask."""
    parser = argparse.ArgumentParser(prog="scripts/bench facts", description=__doc__)
    parser.add_argument("database", type=Path, help="a copy of an archive; call records are written into it")
    parser.add_argument("--times", type=int, default=5, help="runs of each question")
    given = parser.parse_args(arguments)
    with Store.open(given.database) as store:
        (known,) = store.db.execute("SELECT count(*) FROM call_records").fetchone()
        if not known:
            export = given.database.with_suffix(".records.csv")
            rows = write_records(store, export)
            options = ImportOptions(who="bench")
            wall, cpu = measure_once(
                lambda: run_import(
                    store, export, "calls", settings=DiscoverSettings(zone="Europe/London"), options=options
                )
            )
            print(f"import of {rows:,} rows: {wall:.1f} s, {cpu:.1f} s of the processor")
            export.unlink()
        records, calls = store.db.execute(
            "SELECT (SELECT count(*) FROM call_records), (SELECT count(*) FROM calls)"
        ).fetchone()
        print(f"{calls:,} calls, {records:,} call records")
        questions: list[tuple[str, Callable[[], object]]] = [
            ("handling --by agent", lambda: read_handling(store, by="agent")),
            ("handling --by day", lambda: read_handling(store, by="day")),
            ("handling --by hour", lambda: read_handling(store, by="hour")),
            (
                "handling --by queue, other limits",
                lambda: read_handling(store, by="queue", service_s=30, short_s=10),
            ),
            ("reconcile", lambda: reconcile(store)),
            ("repeats", lambda: read_repeats(store)),
            ("repeats --by agent", lambda: read_repeats(store, by="agent")),
            ("repeats --by driver", lambda: read_repeats(store, by="driver")),
            ("repeats --days 14", lambda: read_repeats(store, days=14)),
            ("surveys", lambda: read_satisfaction(store)),
        ]
        for name, question in questions:
            print(f"{name:36} {measure(question, given.times)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
