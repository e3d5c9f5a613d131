"""A contact centre for tests of pages: two teams, whose every text and sound carries the mark of its agent."""

from __future__ import annotations

import asyncio
import hashlib
import io
import math
import shutil
import struct
import wave
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode

from speechcx.call import Call, Recording
from speechcx.store import FileStats, RunInfo, RunTotals, Store
from speechcx.web.accounts import Accounts
from speechcx.web.sessions import COOKIE
from speechcx.web.site import Site, make_datasette, make_site
from tests.ask.archive import Line
from tests.factories import (
    make_answer,
    make_assessment,
    make_conversation,
    make_details,
    make_failure,
    make_hit,
    make_reading,
    make_result,
    make_score,
)

AGENTS = {"ann": "north", "bob": "north", "cy": "south"}
"""Agents and their teams."""
CALLS_EACH = 3
LENGTH_S = 14.0
PASSWORD = "not-a-secret-1"
RULEBOOK = """\
rulebook: northwind-bank
version: 1
language: en
rules:
  - {id: legal-threat, title: Legal threat, kind: risk, severity: critical, said: '"my lawyer"', by: customer}
tests:
  - {rule: legal-threat, says: [[customer, 0.0, "You hear from my lawyer."]], expect: present}
"""


def mark(agent: str) -> str:
    """A word that stands in everything of an agent's calls and nowhere else."""
    return f"zq{hashlib.sha256(agent.encode()).hexdigest()[:8]}"


def agent_id(agent: str) -> str:
    """The agent as calls have it."""
    return f"{agent}-{mark(agent)}"


def make_wav(seconds: float, text: str, *, rate_hz: int = 8000) -> bytes:
    """Two channels of quiet tones, and a text that a player skips."""
    held = io.BytesIO()
    with wave.open(held, "wb") as writer:
        writer.setnchannels(2)
        writer.setsampwidth(2)
        writer.setframerate(rate_hz)
        tones = [round(3000 * math.sin(2 * math.pi * 440 * n / rate_hz)) for n in range(rate_hz)]
        second = b"".join(struct.pack("<hh", tone, -tone) for tone in tones)
        writer.writeframes(second * round(seconds))
    return held.getvalue() + b"note" + struct.pack("<I", len(text)) + text.encode()


@dataclass(frozen=True)
class Texts:
    """What is said and written in a call, so that a test may write something else."""

    agent: str
    customer: str
    queue: str
    said: tuple[tuple[str, float, str], ...]
    title: str
    why: str
    path: str
    extras: tuple[tuple[str, str], ...] = ()


def texts_of(agent: str, no: int) -> Texts:
    """The usual texts, all with the mark of the agent."""
    word = mark(agent)
    said = (
        ("ch0", 0.5, f"Northwind, {word} speaking, how can I help?"),
        ("ch1", 4.0, f"My card {word} is late, you hear from my lawyer."),
        ("ch0", 8.0, f"I am sorry, {word}, it is on its way."),
        ("ch1", 11.0, "Okay thank you."),
    )
    return Texts(
        agent_id(agent), f"cust-{word}-{no}", f"queue-{word}", said, "Legal threat",
        f"the customer said it {word}", f"{word}-{no}.wav", (("campaign", f"spring-{word}"),),
    )  # fmt: skip


def make_marked_call(folder: Path, texts: Texts, no: int, *, sound: bytes | None = None) -> Call:
    """A call with a recording on the disk and one critical flag with evidence at second 5.8."""
    body = make_wav(LENGTH_S, f"{texts.customer} {no}") if sound is None else sound
    sha256 = hashlib.sha256(body).hexdigest()
    path = folder / texts.path
    path.write_bytes(body)
    details = make_details(
        agent=texts.agent, customer=texts.customer, queue=texts.queue, extras=texts.extras,
        started_at=datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(days=no, minutes=len(texts.agent)),
    )  # fmt: skip
    recording = Recording(sha256[:16], str(path), sha256, len(body), details)
    heard = make_conversation(texts.said, recording=recording, duration_s=LENGTH_S)
    quote = texts.said[1][2]
    hit = make_hit("legal-threat", 1, start_s=5.8, end_s=6.4, quote=quote, why=texts.why)
    flag = make_result("legal-threat", title=texts.title, severity="critical", why=texts.why, hits=(hit,))
    driver = make_result("card-late", title="Card is late", kind="driver", severity="info", flagged=False,
                         hits=(replace(hit, rule="card-late"),))  # fmt: skip
    greeted = make_answer("greeted", why=texts.why, hits=(hit,))
    kind = make_answer("kind", text="Was the agent kind?", answer="no", points=0.0, why=texts.why, rule=None)
    score = make_score(60.0 + no, answers=(greeted, kind))
    judged = make_assessment(
        heard, reading=make_reading(heard), results=(flag, driver), scores=(score,), version="1"
    )
    return Call(heard, judged)


def fill(store: Store, folder: Path, agents: dict[str, str] | None = None) -> dict[str, list[str]]:
    """Put every agent's calls into a store, and one failed file of nobody's; returns call ids by agent."""
    agents = AGENTS if agents is None else agents
    found: dict[str, list[str]] = {}
    store.sync_roster(
        Line(agent_id(agent), team, "Leeds", f"{agent.title()} {mark(agent)}")
        for agent, team in agents.items()
    )
    run_id = store.ledger.begin_run(RunInfo())
    for agent in agents:
        for no in range(CALLS_EACH):
            call = make_marked_call(folder, texts_of(agent, no), no)
            recording = call.conversation.recording
            store.ledger.save_outcome(run_id, call, FileStats(recording.size_bytes, no))
            found.setdefault(agent, []).append(recording.id)
    failed = make_failure(f"failed-{mark('nobody')}")
    store.ledger.save_outcome(run_id, failed, FileStats(1, 1))
    store.ledger.finish_run(run_id, RunTotals(10, 9, 1, 0, 126.0, 10.0), 3)
    store.save_rulebook(call.assessment.digest, name="northwind-bank", version="1", source=RULEBOOK)
    return found


PEOPLE: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "ann": ("agent", (agent_id("ann"),), ()),
    "own": ("supervisor", (), ("north",)),
    "other": ("supervisor", (), ("south",)),
    "qa": ("qa", (), ()),
    "compliance": ("compliance", (), ()),
    "admin": ("admin", (), ()),
}
"""Everybody who may sign in: role, agents and teams whose calls they see. A stranger is none of them."""
VISIBLE = {
    "stranger": (), "ann": ("ann",), "own": ("ann", "bob"), "other": ("cy",), "qa": tuple(AGENTS),
    "compliance": tuple(AGENTS), "admin": tuple(AGENTS),
}  # fmt: skip
"""The agents whose calls each kind of person may see."""


@dataclass
class House:
    """The centre with its site: asks for pages as somebody, without a network.

    Attributes
    ----------
    site, datasette
        What serves the pages.
    calls
        Call ids by agent.
    tokens
        A session for everybody.
    """

    site: Site
    datasette: Any
    calls: dict[str, list[str]]
    tokens: dict[str, str] = field(default_factory=dict)
    runner: asyncio.Runner = field(default_factory=asyncio.Runner)

    def ask(
        self, who: str, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None, data: Mapping[str, str] | None = None,
    ) -> Answered:  # fmt: skip
        """What somebody gets for a path, which reaches the server letter by letter as it is written here."""
        held = dict(cookies or {})
        if who in self.tokens:
            held.setdefault(COOKIE, self.tokens[who])
        body = urlencode(data or {}).encode()
        sent = {"host": "localhost", **(headers or {})}
        if held:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in held.items())
        if data is not None:
            sent |= {"content-type": "application/x-www-form-urlencoded", "content-length": str(len(body))}
        raw, _, query = path.partition("?")
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": unquote(raw), "raw_path": raw.encode(), "query_string": query.encode(), "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 5000), "server": ("localhost", 80),
        }  # fmt: skip
        return self.runner.run(_ask(self.datasette.client.app, scope, body))

    def post(self, who: str, path: str, **fields: str) -> Answered:
        """What somebody gets for a form, with the mark that forms carry."""
        return self.send(who, path, fields)

    def send(self, who: str, path: str, fields: Mapping[str, str]) -> Answered:
        """As :meth:`post`, for fields whose names are no names in Python."""
        seen = self.ask(who, "/account" if who in self.tokens else "/login")
        hidden = seen.text.partition('name="csrftoken" value="')[2].partition('"')[0]
        cookies = {"ds_csrftoken": hidden}
        return self.ask(who, path, method="POST", data={"csrftoken": hidden, **fields}, cookies=cookies)


@dataclass
class Answered:
    """What came back."""

    status_code: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode("utf-8", "replace")


async def _ask(app: Any, scope: dict[str, Any], body: bytes) -> Answered:
    answered = Answered(0, {}, b"")

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answered.status_code = message["status"]
            for name, value in message["headers"]:
                key, text = name.decode().lower(), value.decode("latin-1")
                answered.headers[key] = (
                    f"{answered.headers[key]}\n{text}" if key in answered.headers else text
                )
        else:
            answered.content += message.get("body", b"")

    await app(scope, receive, send)
    return answered


def build_house(folder: Path) -> dict[str, list[str]]:
    """Make the centre and its accounts in a folder; returns call ids by agent."""
    with Store.open(folder / "calls.db", create=True) as store:
        store.db.execute("PRAGMA synchronous = OFF")
        calls = fill(store, folder)
    accounts = Accounts(folder / "users.json")
    for name, (role, agents, teams) in PEOPLE.items():
        accounts.add(name, role, PASSWORD, agents=agents, teams=teams)
    return calls


@contextmanager
def open_house(
    built: Path, calls: dict[str, list[str]], folder: Path, *, prefix: str = "/"
) -> Iterator[House]:
    """A copy of a centre that was built before, in a folder of its own, with a session for everybody."""
    for name in ("calls.db", "users.json"):
        shutil.copy(built / name, folder / name)
    accounts = Accounts(folder / "users.json")
    site = make_site(folder / "calls.db", base_url=prefix, accounts=accounts)
    house = House(site, make_datasette(site), calls)
    for account in accounts.read():
        house.tokens[account.name] = site.sessions.begin(account.name, account.password)
    with house.runner:
        yield house
        site.close()
