"""No command sends anything, asks for a name, or writes outside its own folders; and the watch would see it."""

from __future__ import annotations

import math
import shutil
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from speechcx.errors import SpeechcxError
from speechcx.weights import find_model, models_folder
from tests.e2e.against_truth import SAMPLES
from tests.trust.figures import record
from tests.trust.isolation import (
    ROOT,
    Observed,
    leaves_the_machine,
    observe,
    why_no_namespace,
    why_no_strace,
)

MODEL = "tiny.en"
SHORT = "james.carter_C7001_2026-03-04T17-20-00"
CALLED = "maria.lopez_C6008_2026-03-04T08-50-21"
RUN_S = 120
"""onnxruntime sends its reports after a minute: a run has to last longer to show that it does not."""

needs_strace = pytest.mark.skipif(bool(why_no_strace()), reason=why_no_strace())
needs_watch = pytest.mark.skipif(
    bool(why_no_strace() or why_no_namespace()), reason=f"{why_no_strace()} {why_no_namespace()}".strip()
)


@dataclass(frozen=True, slots=True)
class Desk:
    """A user's project folder and home, both made for the test."""

    project: Path
    home: Path

    def speechcx(self, *words: str, **more: str) -> Observed:
        """A command of ours, as a user types it in the project's folder."""
        return observe([sys.executable, "-m", "speechcx", *words], self.project, self.home, **more)

    @property
    def documented(self) -> tuple[Path, ...]:
        """Where docs/privacy.md says that files are written."""
        cache, settings = self.home / ".cache", self.home / ".config"
        return self.project, cache / "speechcx", cache / "matplotlib", settings / "matplotlib"


def make_desk(folder: Path, *names: str) -> Desk:
    """The samples' settings and rules with the recordings named so, and an empty home."""
    desk = Desk(folder / "project", folder / "home")
    desk.home.mkdir(parents=True)
    (desk.project / "calls").mkdir(parents=True)
    for name in ("rulebook.yaml", "roster.csv"):
        shutil.copy(SAMPLES / name, desk.project)
    settings = (SAMPLES / "speechcx.toml").read_text().replace("../demo/speechcx.db", "speechcx.db")
    (desk.project / "speechcx.toml").write_text(settings)
    for path in (SAMPLES / "calls").iterdir():
        if path.stem in names:
            shutil.copy(path, desk.project / "calls")
    return desk


def assert_kept_to_itself(seen: Observed, *documented: Path) -> None:
    """Neither socket nor name query, and no file but where the documentation says."""
    foreign = seen.foreign(*documented)
    record(
        "commands in a network without a route", 1, bar="all 0",
        sockets=len(seen.sockets), name_queries=len(seen.lookups), foreign_files=len(foreign),
    )  # fmt: skip
    assert () == seen.sockets
    assert () == seen.lookups
    assert set() == foreign


@pytest.fixture(scope="module")
def model() -> str:
    """The small recognition model."""
    try:
        find_model(MODEL)
    except SpeechcxError as error:
        pytest.skip(f"{MODEL}: {error.found}; run speechcx models pull whisper-tiny.en")
    return MODEL


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Two short calls."""
    return make_desk(tmp_path_factory.mktemp("isolation"), SHORT, CALLED)


@pytest.fixture(scope="module")
def scored(desk: Desk, model: str) -> Observed:
    """A run over the two calls with real models, whatever the user had set for other programs."""
    return desk.speechcx(
        "run", "--model", model, "--workers", "2", HF_HUB_OFFLINE="0", TRANSFORMERS_OFFLINE="0"
    )


COMMANDS = {
    "analyze": ["analyze", f"calls/{SHORT}.flac", "--model", MODEL],
    "rejudge": ["rejudge"],
    "agents": ["agents"],
    "calls": ["calls", "--flagged"],
    "search": ["search", "balance"],
    "failures": ["failures"],
    "doctor": ["doctor"],
    "models": ["models", "list"],
    "sentiment": ["sentiment", "roster.csv"],
    "picture": ["show", f"{SHORT}.flac", "--plot", "call.png"],
    "export": ["export", f"{SHORT}.flac", "--evidence", "--to", "evidence"],
}


@needs_watch
@pytest.mark.e2e
def test_a_run_keeps_to_itself(desk: Desk, scored: Observed) -> None:
    """Without a route a run scores every call; it makes no socket and writes the database and its cache only."""
    assert scored.code == 0, scored.output
    assert_kept_to_itself(scored, *desk.documented)


@needs_watch
@pytest.mark.e2e
@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.usefixtures("scored")
def test_each_command_keeps_to_itself(desk: Desk, name: str) -> None:
    """Without a route every command works; it makes no socket and writes in the project and the cache only."""
    seen = desk.speechcx(*COMMANDS[name])
    assert seen.code == 0, seen.output
    assert_kept_to_itself(seen, *desk.documented)


@needs_watch
@pytest.mark.e2e
@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_a_run_of_two_minutes_keeps_to_itself(tmp_path: Path, model: str) -> None:
    """A run that lasts longer than onnxruntime waits before it reports makes no socket and no foreign file."""
    began = time.monotonic()
    assert make_desk(tmp_path / "probe", CALLED).speechcx("run", "--model", model, "--workers", "1").code == 0
    probe_s = time.monotonic() - began
    desk = make_desk(tmp_path / "long")
    source = SAMPLES / "calls" / f"{CALLED}.wav"
    for number in range(math.ceil(RUN_S * 2 / probe_s)):
        add_call(source, desk.project / "calls", number)
    began = time.monotonic()
    seen = desk.speechcx("run", "--model", model, "--workers", "1")
    assert seen.code == 0, seen.output
    assert time.monotonic() - began > RUN_S
    assert_kept_to_itself(seen, *desk.documented)


@needs_watch
@pytest.mark.e2e
@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_the_demo_keeps_to_itself(tmp_path: Path, model: str) -> None:
    """scripts/demo on a checkout that is set up and has its model: no socket, files in the checkout only."""
    checkout, home = tmp_path / "checkout", tmp_path / "home"
    home.mkdir()
    shutil.copytree(SAMPLES, checkout / "samples")
    shutil.copytree(ROOT / "scripts", checkout / "scripts")
    for name in ("pyproject.toml", "locks", "speechcx", "models", ".venv"):
        (checkout / name).symlink_to(ROOT / name)
    seen = observe(["scripts/demo", "--model", MODEL], checkout, home)
    assert seen.code == 0, seen.output
    assert "Flagged calls" in seen.output
    assert_kept_to_itself(seen, checkout, home / ".cache" / "speechcx", models_folder() / ".pull.lock")


def add_call(source: Path, folder: Path, number: int) -> None:
    """A call of other bytes and another start than `source`: one sample of its sound is one step off."""
    audio = bytearray(source.read_bytes())
    audio[len(audio) // 2 + number] ^= 1
    name = f"maria.lopez_C{9000 + number}_2026-03-04T{8 + number // 60:02d}-{number % 60:02d}-21.wav"
    (folder / name).write_bytes(audio)


@needs_strace
def test_the_watch_sees_what_it_is_there_for(tmp_path: Path) -> None:
    """A program that looks up a name, sends a datagram and writes into its home is caught at all three."""
    code = (
        "import socket, pathlib\n"
        "pathlib.Path.home().joinpath('.device-id').write_text('x')\n"
        "try: socket.getaddrinfo('example.invalid', 443)\n"
        "except OSError: pass\n"
        "try: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))\n"
        "except OSError: pass\n"
    )
    home = tmp_path / "home"
    home.mkdir()
    seen = observe([sys.executable, "-c", code], tmp_path, home)
    assert seen.code == 0
    assert any("192.0.2.1" in line for line in seen.sockets)
    assert seen.lookups
    assert {str(home / ".device-id")} == seen.foreign(tmp_path / "elsewhere")


@needs_watch
@pytest.mark.e2e
@pytest.mark.usefixtures("scored")
def test_the_pages_keep_to_themselves(desk: Desk) -> None:
    """Signing in and opening every kind of page uses the loopback and nothing else, and writes in the project only."""
    pytest.importorskip("datasette")
    from speechcx.web.routes import ROUTES

    seen = observe(
        [sys.executable, "-m", "tests.trust.visit_pages"], desk.project, desk.home,
        loopback=True, PYTHONPATH=str(ROOT),
    )  # fmt: skip
    assert seen.code == 0, seen.output
    opened = [line.partition("?")[0] for line in seen.output.splitlines()]
    unseen = [route.name for route in ROUTES if not any(route.matches(path) for path in opened)]
    assert ["sign out"] == unseen, seen.output
    beyond = tuple(line for line in seen.sockets if leaves_the_machine(line))
    assert any("127.0.0.1" in line for line in seen.sockets), "the watch saw the server"
    assert_kept_to_itself(replace(seen, sockets=beyond), *desk.documented)


def test_the_loopback_is_told_from_the_world() -> None:
    """An address beyond this machine, a datagram socket and a route are seen; our own server is not."""
    lines = {
        'connect(5, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("192.0.2.1")}, 16) = 0': True,
        'connect(5, {sa_family=AF_INET6, inet_pton(AF_INET6, "2001:db8::1", &sin6_addr)}, 28) = 0': True,
        'bind(5, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("0.0.0.0")}, 16) = 0': True,
        "socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP) = 5": True,
        "socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, NETLINK_ROUTE) = 5": True,
        'bind(5, {sa_family=AF_INET, sin_port=htons(8765), sin_addr=inet_addr("127.0.0.1")}, 16) = 0': False,
        "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 5": False,
        "socket(AF_UNIX, SOCK_DGRAM, 0) = 5": False,
    }
    assert {line: leaves_the_machine(line) for line in lines} == lines
