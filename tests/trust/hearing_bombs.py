"""Measures what a night does with bombs, up to where each is refused.

``python -m tests.trust.hearing_bombs`` reads paths, one a line, and forks a child for each.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measured:
    """What one bomb cost, imports not counted in the time, but in the memory.

    Parameters
    ----------
    kind
        Failure kind; ``heard`` where there was no failure, empty where something else than one of our errors came.
    found, expected, cure
        The message.
    seconds
        Of the processor, system calls included.
    peak_mb
        The largest resident size of the process.
    """

    kind: str
    found: str
    expected: str
    cure: str
    seconds: float
    peak_mb: float


def hear(path: Path) -> None:
    """What a night does with one file: hash it, read what is known of it, decode it, find its turns."""
    from speechcx.audio import decode
    from speechcx.config import Settings
    from speechcx.discover import FoundFile, identify, read_sources
    from speechcx.errors import CallError
    from speechcx.turns import find_turns

    settings = Settings()
    stat = os.stat(path)
    sources = read_sources([str(path)], settings.discover)
    recording = identify(
        FoundFile(str(path), stat.st_size, stat.st_mtime_ns, None), sources, settings.discover
    )
    audio = decode(recording, settings.audio)
    if not find_turns(audio, settings.turns).turns:
        raise CallError("no_speech", f"no speech in {audio.duration_s:.1f} s of sound", "at least one turn")


def measure(path: Path) -> Measured:
    """Hear a file in this process, which must be fresh."""
    from speechcx.errors import SpeechcxError

    told = ("heard", "a call", "a call", "none needed")
    try:
        hear(path)
    except SpeechcxError as error:
        kind = getattr(error, "kind", None)
        told = (
            kind.slug if kind else type(error).__name__,
            error.found,
            error.expected,
            error.cure or kind.cure,
        )
    except Exception:  # noqa: BLE001  whatever else comes is what the test must show
        told = ("", traceback.format_exc(limit=-3), "", "")
    used = resource.getrusage(resource.RUSAGE_SELF)
    # The largest size of a process that was forked begins with its size at that moment.
    status = Path("/proc/self/status").read_text("ascii")
    peak_kb = int(status.partition("VmHWM:")[2].split()[0])
    return Measured(*told, round(used.ru_utime + used.ru_stime, 2), round(peak_kb / 1024, 1))


def main() -> None:
    """Answer each path on standard input with one line of JSON."""
    import av  # noqa: F401
    import soxr  # noqa: F401

    import speechcx.audio.decoding
    import speechcx.pipeline
    import speechcx.turns.vad  # noqa: F401

    for line in sys.stdin:
        path = Path(line.rstrip("\n"))
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(write, json.dumps(asdict(measure(path))).encode())
            os._exit(0)
        os.close(write)
        began = time.monotonic()
        with os.fdopen(read, "rb") as answer:
            text = answer.read().decode()
        os.waitpid(child, 0)
        print(
            text
            or json.dumps(asdict(Measured("", f"died after {time.monotonic() - began:.0f} s", "", "", 0, 0))),
            flush=True,
        )


if __name__ == "__main__":
    main()
