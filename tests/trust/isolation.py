"""Watch what a command does beyond its own memory: sockets, name queries, files written.

The command runs with an environment made from nothing (no variable of a continuous-integration service,
which some libraries take as a reason to keep quiet), an empty home, in a network namespace without a
route where that is permitted, and under ``strace``.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from speechcx.weights import models_folder

ROOT = Path(__file__).resolve().parents[2]
WATCHED = (
    "network,open,openat,openat2,creat,mkdir,mkdirat,"
    "rename,renameat,renameat2,link,linkat,symlink,symlinkat,mknod,mknodat"
)
NAMESPACE = ("unshare", "--user", "--map-root-user", "--net")
WITH_LOOPBACK = ("sh", "-c", 'ip link set lo up && exec "$@"', "sh")
RESOLVER_FILES = ("/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/run/systemd/resolve")

_ASKING = ("getsockname(", "getpeername(", "getsockopt(", "setsockopt(", "shutdown(")
_PATH = re.compile(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"')
_WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC")


@dataclass(frozen=True, slots=True)
class Observed:
    """What a command did.

    Parameters
    ----------
    code, output
        Its exit code, and standard output and error together.
    sockets
        System calls that made or used a socket other than a Unix one.
    lookups
        System calls by which the C library prepares to ask for a host's address.
    written
        Paths opened for writing, made, or renamed to; devices, ``/proc`` and Python's ``.pyc`` left out.
    """

    code: int
    output: str
    sockets: tuple[str, ...]
    lookups: tuple[str, ...]
    written: tuple[Path, ...]

    def foreign(self, *allowed: Path) -> set[str]:
        """What was written outside `allowed`; to make the folders above one of them is fine."""
        return {
            str(path) for path in self.written
            if not any(path.is_relative_to(one) or one.is_relative_to(path) for one in allowed)
        }  # fmt: skip


@functools.cache
def why_no_namespace() -> str:
    """Why a command cannot be run without a network here; empty where it can."""
    try:
        done = subprocess.run([*NAMESPACE, "true"], capture_output=True, text=True, check=False)
    except OSError as error:
        return f"unshare: {error}"
    return "" if done.returncode == 0 else f"network namespaces are not permitted here: {done.stderr.strip()}"


@functools.cache
def why_no_strace() -> str:
    """Why a command cannot be watched here; empty where it can."""
    try:
        done = subprocess.run(
            ["strace", "-f", "-o", "/dev/null", "true"], capture_output=True, text=True, check=False
        )
    except OSError as error:
        return f"strace: {error}"
    return "" if done.returncode == 0 else f"strace is not permitted here: {done.stderr.strip()}"


def bare_environment(home: Path, **more: str) -> dict[str, str]:
    """Variables of a fresh user: nothing from ours but the path, and where the models lie."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "SPEECHCX_MODELS": str(models_folder()),
        **more,
    }


def observe(
    command: list[str], folder: Path, home: Path, *,
    offline: bool = True, loopback: bool = False, **more: str,
) -> Observed:  # fmt: skip
    """Run a command in `folder` and say what it did.

    Parameters
    ----------
    command
        Program and arguments.
    folder
        Where it runs.
    home
        Its user's home.
    offline
        Without a network, where that is permitted.
    loopback
        With the addresses of this machine itself, which a new network does not have at first.
    more
        More variables of its environment.
    """
    traces = home.parent / "traces"
    shutil.rmtree(traces, ignore_errors=True)
    traces.mkdir()
    words = list(command)
    if not why_no_strace():
        # One file for each thread: no line is broken in two by another's.
        options = ["-ff", "--seccomp-bpf", "-qq", "-y", "-s", "4096", "-e", f"trace={WATCHED}"]
        words = ["strace", *options, "-o", str(traces / "t"), *words]
    if offline and not why_no_namespace():
        words = [*NAMESPACE, *(WITH_LOOPBACK if loopback else ()), *words]
    done = subprocess.run(
        words, cwd=folder, env=bare_environment(home, **more),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = [
        line for path in sorted(traces.iterdir()) for line in path.read_text(errors="replace").splitlines()
    ]
    return Observed(
        code=done.returncode,
        output=done.stdout + done.stderr,
        sockets=tuple(line for line in lines if is_outward(line)),
        lookups=tuple(line for line in lines if any(name in line for name in RESOLVER_FILES)),
        written=tuple(sorted({path for line in lines for path in paths_written(line, folder)})),
    )


def is_outward(line: str) -> bool:
    """Whether a line of ``strace`` makes or uses a socket that is not a Unix one."""
    families = re.findall(r"\b(?:AF|PF)_[A-Z0-9]+", line)
    return any(family not in ("AF_UNIX", "AF_LOCAL", "AF_UNSPEC") for family in families)


def leaves_the_machine(line: str) -> bool:
    """Whether a line of ``strace`` goes beyond the loopback: another address, or a socket that asks for names."""
    if not is_outward(line):
        return False
    v4 = re.findall(r'inet_addr\("([^"]+)"\)', line)
    v6 = re.findall(r'inet_pton\(AF_INET6, "([^"]+)"', line)
    if v4 or v6:
        return not (all(one.startswith("127.") for one in v4) and all(one == "::1" for one in v6))
    # What has no address in it is harmless when it belongs to a stream, whose other end another line tells.
    is_stream = "SOCK_STREAM" in line or re.search(r"<TCP(v6)?:", line) is not None
    return not (is_stream or line.startswith(_ASKING))


def paths_written(line: str, folder: Path) -> list[Path]:
    """Files that a line of ``strace`` opened for writing, made, or renamed to; none where it failed.

    Commands of ours stay in the folder where they start, to which `folder` bare names belong.
    """
    name = line.partition("(")[0]
    if " = -1 " in line or not line or (name.startswith("open") and not _WRITING.search(line)):
        return []
    found = [folder / place / path for place, path in _PATH.findall(line)]
    if name.startswith(("rename", "link", "symlink")):
        found = found[-1:]
    elif not name.startswith(("open", "creat", "mkdir", "mknod")):
        return []
    return [path for path in found if not _is_harmless(path)]


def _is_harmless(path: Path) -> bool:
    is_bytecode = path.parent.name == "__pycache__" and ".pyc" in path.name
    return is_bytecode or path.name == "__pycache__" or path.is_relative_to("/proc") or str(path) in (
        "/dev/null", "/dev/tty", "/dev/zero",
    )  # fmt: skip
