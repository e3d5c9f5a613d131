"""Files for their owner alone, whole or not at all, whatever the umask."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from speechcx.private_files import (
    is_same_file,
    make_private_folder,
    mode_of,
    new_private_file,
    partial_of,
    write_private,
)


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def test_only_the_owner_may_read(tmp_path: Path, umask: int) -> None:
    """Files 0600, folders 0700, also those above; what was there before keeps its mode."""
    tmp_path.chmod(0o755)
    make_private_folder(tmp_path / "a" / "b")
    write_private(tmp_path / "a" / "b" / "c.txt", b"words")
    assert [0o755, 0o700, 0o700, 0o600] == [
        mode_of(tmp_path / name) for name in (".", "a", "a/b", "a/b/c.txt")
    ]


def test_a_file_that_is_there_is_replaced_whole(tmp_path: Path) -> None:
    """Also one that everybody could read; nothing else is left in the folder."""
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(0o666)
    write_private(path, b"new")
    assert ("new", 0o600, [path]) == (path.read_text(), mode_of(path), list(tmp_path.iterdir()))


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What it points to is replaced, as a plain write does."""
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    write_private(tmp_path / "link.txt", b"new")
    assert (True, "new") == ((tmp_path / "link.txt").is_symlink(), (tmp_path / "real.txt").read_text())


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    """And nothing beside it."""
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail() -> None:
        with partial_of(path) as partial, new_private_file(partial) as writer:
            writer.write(b"ne")
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        fail()
    assert ("old", [path]) == (path.read_text(), list(tmp_path.iterdir()))


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    """A part of a process that is no more goes; that of one at work, and other files, stay."""
    gone, alive, other = (
        tmp_path / ".a.txt.partial-4194999", tmp_path / f".a.txt.partial-{os.getppid()}", tmp_path / ".a.txt.partial-x"
    )  # fmt: skip
    for path in (gone, alive, other):
        path.write_text("part")
    write_private(tmp_path / "a.txt", b"whole")
    assert {alive, other, tmp_path / "a.txt"} == set(tmp_path.iterdir())


def test_names_of_one_file_are_the_same(tmp_path: Path) -> None:
    """By another spelling, a link or a second name; also where there is no file yet."""
    one = tmp_path / "one"
    one.write_text("")
    (tmp_path / "two").symlink_to(one)
    (tmp_path / "three").hardlink_to(one)
    assert all(
        is_same_file(one, tmp_path / name) for name in ("../" + tmp_path.name + "/one", "two", "three")
    )
    assert is_same_file(tmp_path / "new", tmp_path / "." / "new")
    assert not is_same_file(one, tmp_path / "new")
