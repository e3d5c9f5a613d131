"""What the commands that keep the database print with ``--json``."""

from __future__ import annotations

from speechcx.cli.shapes import Shapes, record


def list_keep_shapes() -> dict[str, Shapes]:
    """`check`, `backup` and `restore`."""
    from speechcx.batch.backup import BackupReport, RestoreReport
    from speechcx.batch.check import CheckReport

    return {
        "backup": record("backup", BackupReport),
        "check": record("check", CheckReport),
        "restore": record("restore", RestoreReport),
    }
