"""What the commands that keep the database print with ``--json``."""

from __future__ import annotations

from speechcx.cli.shapes import Shapes, record


def list_keep_shapes() -> dict[str, Shapes]:
    """`check`, `backup`, `restore` and `merge`."""
    from speechcx.batch.backup import BackupReport, RestoreReport
    from speechcx.batch.check import CheckReport
    from speechcx.batch.merge import MergeReport

    return {
        "backup": record("backup", BackupReport),
        "check": record("check", CheckReport),
        "merge": record("merge", MergeReport),
        "restore": record("restore", RestoreReport),
    }
