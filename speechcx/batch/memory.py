"""How much memory this machine, or the container we are in, has to give, and what of it one worker may take."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

WORKER_BYTES = 1_500_000_000
"""What one worker needs with the base model loaded and an hour of two channels at hand."""

_OTHERS_BYTES = 500_000_000
"""Left for the parent, its database cache and everything else on the machine, beside a tenth of the whole."""

_MIN_LIMIT_BYTES = 2_600_000_000
"""No computed limit is lower, lest it end a good call: four hours of stereo may need 2 GiB, and libraries ask
for up to 0.4 GB more than they use (tiny.en, an hour of stereo: 1.43 GB asked for, 1.04 GB in use)."""

_PROC, _CGROUP = Path("/proc"), Path("/sys/fs/cgroup")
_UNBOUNDED_BYTES = 1 << 60
"""Version 1 of control groups says "no limit" by a number near 2**63."""


def worker_limit_mb(workers: int) -> int:
    """MB that each of so many workers may take; 0, which is no limit, where the machine does not say what it has."""
    whole = machine_bytes()
    if whole is None:
        return 0
    share = (whole - whole // 10 - _OTHERS_BYTES) // workers
    return max(share, _MIN_LIMIT_BYTES) // 1_000_000


def machine_bytes() -> int | None:
    """Memory of the machine, or of the control group this process is in if that is less; None where unknown."""
    found = [*_read_meminfo("MemTotal:"), *_group_limits()]
    return min(found, default=None)


def available_bytes() -> int | None:
    """Memory that is free now, bounded by that of the control group; None where unknown."""
    found = [*_read_meminfo("MemAvailable:"), *_group_limits()]
    return min(found, default=None)


def _read_meminfo(name: str) -> Iterator[int]:
    try:
        for line in (_PROC / "meminfo").read_text("ascii").splitlines():
            if line.startswith(name):
                yield int(line.split()[1]) * 1024
    except (OSError, ValueError):
        return


def _group_limits() -> Iterator[int]:
    """Limits of the control group and of all above it (versions 1 and 2)."""
    try:
        lines = (_PROC / "self" / "cgroup").read_text("utf-8", "replace").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, group = line.split(":", 2)
        if controllers == "":
            yield from _limits_above(_CGROUP, group, "memory.max")
        elif "memory" in controllers.split(","):
            yield from _limits_above(_CGROUP / "memory", group, "memory.limit_in_bytes")


def _limits_above(root: Path, group: str, name: str) -> Iterator[int]:
    folder = Path(os.path.normpath(f"{root}/{group}"))
    # Inside a container the group's path is often that of the host, which does not exist here.
    for place in dict.fromkeys((folder, *folder.parents, root)):
        if place != root and root not in place.parents:
            continue
        try:
            limit = int((place / name).read_text("ascii"))
        except (OSError, ValueError):
            # Not there, or "max".
            continue
        if 0 < limit < _UNBOUNDED_BYTES:
            yield limit
