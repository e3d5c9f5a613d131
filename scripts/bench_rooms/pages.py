"""Figures of the pages: 50 people who read at once while a run writes.

Run by ``scripts/bench pages [--calls 100000] [--readers 50] [--think 5] [--minutes 2]``. The archive is made first
where it is not there (some 10 minutes for 100,000 calls). `speechcx serve` runs as users run it, in a process of its
own; so does the run that writes. Each reader signs in, opens a page, reads it for some seconds (``--think``, drawn
about it) and opens another, as their role does. Times are from the request to the last byte. The run is timed alone,
and with them.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import secrets
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from archive.build import Plan, build_archive  # noqa: E402

from speechcx.store import Store  # noqa: E402
from speechcx.web.access import visible_to  # noqa: E402
from speechcx.web.accounts import Accounts  # noqa: E402
from tests.batch.folders import RULES  # noqa: E402
from tests.trust.nights import CONFIG, write_real_calls  # noqa: E402

PASSWORD = secrets.token_urlsafe(12)
FIRST_DAY = date(2025, 12, 1)
BAR_MS, SLOWED_SHARE = 500, 0.10
PEOPLE = {"agent": 0.5, "supervisor": 0.3, "qa": 0.12, "compliance": 0.04, "admin": 0.04}
"""Shares of readers by role."""
WALKS = {
    "agent": ("/agent?agent={own}", "/calls", "/call/{call}", "/call/{call}", "/search?q={word}"),
    "supervisor": ("/", "/agents", "/agent?agent={agent}", "/call/{call}", "/call/{call}", "/flags", "/calls",
                   "/why", "/search?q={word}", "/customer?customer={customer}"),
    "qa": ("/", "/flags", "/reviews", "/call/{call}", "/call/{call}", "/rules", "/rule?rule={rule}",
           "/search?q={word}", "/agents?mix=yes"),
    "compliance": ("/", "/flags", "/rules", "/trail", "/call/{call}"),
    "admin": ("/", "/agents?by=team", "/why", "/calls?sort=score", "/trail"),
}  # fmt: skip
"""Pages that each role opens, as often as they stand here."""
WORDS = ("cancel", "refund", "thank+you", "supervisor", "card", "not+working")


@dataclass(frozen=True, slots=True)
class Known:
    """What readers may ask for: calls, agents, customers and rules of one person's sight."""

    own: str
    calls: tuple[str, ...]
    agents: tuple[str, ...]
    customers: tuple[str, ...]
    rules: tuple[str, ...]

    def fill(self, path: str, draw: random.Random) -> str:
        """A path with something of this person's in its places."""
        return path.format(
            own=self.own, call=draw.choice(self.calls), agent=draw.choice(self.agents), word=draw.choice(WORDS),
            customer=draw.choice(self.customers), rule=draw.choice(self.rules),
        )  # fmt: skip


@dataclass
class Reader:
    """Somebody who signs in and reads."""

    name: str
    role: str
    known: Known
    client: httpx.AsyncClient
    draw: random.Random
    times: list[tuple[str, float, int, int]] = field(default_factory=list)

    async def sign_in(self) -> None:
        """Sign in as a browser does."""
        form = await self.client.get("/login")
        token = re.search(r'name="csrftoken" value="([^"]*)"', form.text)
        assert token is not None
        sent = {"name": self.name, "password": PASSWORD, "csrftoken": unescape(token[1]), "next": "/account"}
        answered = await self.client.post("/login", data=sent)
        assert answered.status_code == 303, answered.text[:300]

    async def read(self, until: float, think_s: float) -> None:
        """Open pages until then."""
        await asyncio.sleep(self.draw.uniform(0, think_s))
        while time.monotonic() < until:
            pattern = self.draw.choice(WALKS[self.role])
            path = self.known.fill(pattern, self.draw)
            start = time.perf_counter()
            answered = await self.client.get(path, follow_redirects=True)
            self.times.append(
                (pattern, time.perf_counter() - start, answered.status_code, len(answered.content))
            )
            await asyncio.sleep(self.draw.uniform(0.5, 1.5) * think_s)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(prog="bench pages", description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--think", type=float, default=5.0, help="seconds that somebody reads a page")
    parser.add_argument("--minutes", type=float, default=2.0, help="how long they read")
    parser.add_argument("--night", type=int, default=150, help="recordings of the run that writes meanwhile")
    parser.add_argument(
        "--folder", type=Path, default=Path(os.environ.get("TMPDIR", "/tmp")) / "speechcx-archives"
    )
    options = parser.parse_args(argv)
    options.folder.mkdir(parents=True, exist_ok=True)
    database = options.folder / f"pages-{options.calls}.db"
    if not database.exists():
        plan = Plan(options.calls, first_day=FIRST_DAY)
        build_archive(database, plan, lambda line: print(line, file=sys.stderr))
    with tempfile.TemporaryDirectory(dir=options.folder) as place:
        # Before the server is started: it works out the first pages ahead.
        alone_s = time_run(database, write_night(Path(place) / "alone", options.night))
        night = write_night(Path(place) / "together", options.night)
        with serving(database, options.readers) as site:
            print(f"first pages of everybody worked out in {wait_until_idle(site):.0f} s", flush=True)
            readers, together_s = asyncio.run(read_while_writing(site, database, options, night))
    show_pages(readers)
    slowed = together_s / alone_s - 1
    print(f"run of {options.night} calls: alone {alone_s:.1f} s, with {options.readers} readers {together_s:.1f} s,"
          f" slowed {100 * slowed:+.1f} % (bar {100 * SLOWED_SHARE:.0f} %); {os.cpu_count()} cores,"
          f" load {os.getloadavg()[0]:.1f}")  # fmt: skip
    return 0 if slowed <= SLOWED_SHARE and is_quick(readers) else 1


@dataclass(frozen=True, slots=True)
class Server:
    """`speechcx serve` in a process of its own, and who may sign in."""

    address: str
    process: subprocess.Popen[bytes]
    people: tuple[tuple[str, str], ...]

    def cpu_s(self) -> float:
        """Processor seconds it has used."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(database: Path, readers: int) -> Iterator[Server]:
    """The pages of a database, with an account for each reader."""
    users = database.with_suffix(".users.json")
    users.unlink(missing_ok=True)
    accounts, people = Accounts(users), []
    with sqlite3.connect(database) as db:
        agents = [name for (name,) in db.execute("SELECT DISTINCT agent FROM calls WHERE agent LIKE 'a%'")]
        teams = [name for (name,) in db.execute("SELECT DISTINCT team FROM calls WHERE team IS NOT NULL")]
    draw = random.Random(5)
    for role, share in PEOPLE.items():
        for number in range(round(share * readers)):
            name = f"{role}{number}"
            own = {"agents": (draw.choice(agents),)} if role == "agent" else {}
            own |= {"teams": (draw.choice(teams),)} if role == "supervisor" else {}
            accounts.add(name, role, PASSWORD, **own)
            people.append((name, role))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "speechcx", "serve", "--db", str(database), "--port", str(port)]
    )
    try:
        wait_for(port)
        yield Server(f"http://127.0.0.1:{port}", process, tuple(people))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        users.unlink(missing_ok=True)


def wait_until_idle(site: Server) -> float:
    """Until the server has worked out the first pages; returns how many seconds that took."""
    start = time.monotonic()
    before = site.cpu_s()
    while time.monotonic() < start + 240:
        time.sleep(3)
        now = site.cpu_s()
        if now - before < 0.3:
            break
        before = now
    return time.monotonic() - start


def wait_for(port: int) -> None:
    """Until the server takes connections."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(port)


def write_night(folder: Path, count: int) -> Path:
    """A project with recordings that no earlier night had."""
    folder.mkdir()
    (folder / "speechcx.toml").write_text(CONFIG.replace("EXECUTOR", "processes"))
    (folder / "rulebook.yaml").write_text(RULES)
    write_real_calls(folder / "calls", count)
    for path in (folder / "calls").glob("*.wav"):
        sound = bytearray(path.read_bytes())
        sound[-8:] = os.urandom(8)
        path.write_bytes(sound)
    return folder


def time_run(database: Path, night: Path) -> float:
    """Seconds of a run over a night."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "speechcx", "run", "--db", str(database)],
        cwd=night,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return time.perf_counter() - start


async def read_while_writing(
    site: Server, database: Path, options: argparse.Namespace, night: Path
) -> tuple[list[Reader], float]:
    """Everybody reads, before and during the run; only what they read during it counts."""
    readers = [make_reader(site, database, name, role) for name, role in site.people]
    for reader in readers:
        await reader.sign_in()
    until = time.monotonic() + 60 * options.minutes
    reading = asyncio.gather(*(reader.read(until, options.think) for reader in readers))
    await asyncio.sleep(20 * options.minutes)
    for reader in readers:
        reader.times.clear()
    before, start = site.cpu_s(), time.monotonic()
    together_s = await asyncio.to_thread(time_run, database, night)
    await reading
    taken = time.monotonic() - start
    print(f"{sum(len(one.times) for one in readers) / taken:.1f} pages a second, server"
          f" {100 * (site.cpu_s() - before) / taken:.0f} % of a core")  # fmt: skip
    for reader in readers:
        await reader.client.aclose()
    return readers, together_s


def make_reader(site: Server, database: Path, name: str, role: str) -> Reader:
    """A reader who knows some of the calls that they may see."""
    account = Accounts(database.with_suffix(".users.json")).find(name)
    assert account is not None
    with Store.open_for(database, visible_to(account)) as store:
        db = store.db
        calls = db.execute(
            "SELECT call_id, agent, customer FROM calls ORDER BY call_no DESC LIMIT 200"
        ).fetchall()
        rules = db.execute("SELECT DISTINCT rule FROM rules WHERE kind IN ('compliance', 'risk')").fetchall()
    known = Known(
        (account.agents or ("",))[0], tuple(row[0] for row in calls), tuple({row[1] for row in calls if row[1]}),
        tuple({row[2] for row in calls if row[2]}), tuple(rule for (rule,) in rules),
    )  # fmt: skip
    client = httpx.AsyncClient(base_url=site.address, timeout=60)
    return Reader(name, role, known, client, random.Random(name))


def show_pages(readers: Sequence[Reader]) -> None:
    """A line for each page: how many, the middle, the 95th percentile, errors, bytes."""
    print(f"{'page':28} {'n':>5} {'median':>8} {'p95':>8} {'worst':>8}  errors  largest")
    for pattern, taken in sorted(by_page(readers).items()):
        seconds = sorted(one[1] for one in taken)
        errors = sum(one[2] != 200 for one in taken)
        print(f"{pattern:28} {len(taken):5} {1000 * statistics.median(seconds):5.0f} ms {1000 * p95(seconds):5.0f} ms"
              f" {1000 * seconds[-1]:5.0f} ms  {errors:6}  {max(one[3] for one in taken) / 1000:.0f} kB")  # fmt: skip


def is_quick(readers: Sequence[Reader]) -> bool:
    """Whether every page keeps the bar, without an error."""
    return all(
        1000 * p95(sorted(one[1] for one in taken)) <= BAR_MS and all(one[2] == 200 for one in taken)
        for taken in by_page(readers).values()
    )


def by_page(readers: Sequence[Reader]) -> dict[str, list[tuple[str, float, int, int]]]:
    """What was read, by page."""
    found = defaultdict(list)
    for reader in readers:
        for one in reader.times:
            found[one[0]].append(one)
    found["all"] = [one for taken in found.values() for one in taken]
    return dict(found)


def p95(ordered: Sequence[float]) -> float:
    """The 95th percentile of ordered values."""
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]


if __name__ == "__main__":
    sys.exit(main())
