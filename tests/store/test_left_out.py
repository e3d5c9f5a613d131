"""What the last run passed over is kept until the next."""

from pathlib import Path

from speechcx.discover import OtherFile, SourceWarning
from speechcx.store import Store
from speechcx.store.left_out import read_other_files, replace_left_out


def test_a_run_replaces_what_the_last_one_passed_over(tmp_path: Path) -> None:
    """Files that went away are no longer listed, whatever the bytes of their names; warnings are those of the run."""
    odd = b"/calls/caf\xe9.txt".decode("utf-8", "surrogateescape")
    with Store.open(tmp_path / "calls.db", create=True) as store:
        for others, lines in (((odd, "/calls/a.zip"), (3, 4)), ((odd,), (5,))):
            with store.write():
                replace_left_out(
                    store.db,
                    [OtherFile(path, 1, 2, "archive", "why") for path in others],
                    [SourceWarning("/calls/calls.csv", line, "found", "cure") for line in lines],
                )
        assert [(odd, 1, 2, "archive", "why")] == read_other_files(store.db)
        assert [(5,)] == store.db.execute("SELECT line FROM source_warnings").fetchall()
