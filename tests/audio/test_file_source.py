"""Opening one file, and only that."""

import hashlib
import os
import socket
from pathlib import Path

import pytest

from speechcx.audio.file_source import FileSource, PrefixedFile
from speechcx.errors import CallError


def test_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    """The SHA-256 is over the whole file, also over several chunks."""
    content = os.urandom(2_500_000)
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with FileSource(str(path)) as source:
        assert source.hash_sha256() == hashlib.sha256(content).hexdigest()
        assert source.read(10, 20) == content[10:30]
        assert source.read(2_499_999, 20) == content[-1:]


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    socket.socket(socket.AF_UNIX).bind(str(path))


def make_folder(path: Path) -> None:
    path.mkdir()


def make_loop(path: Path) -> None:
    path.symlink_to(path)


def make_locked(path: Path) -> None:
    path.write_bytes(b"RIFF")
    path.chmod(0)


def make_nothing(path: Path) -> None:
    pass


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (make_pipe, "not_audio"),
        (make_socket, "unreadable"),
        (make_folder, "not_audio"),
        (make_loop, "unreadable"),
        (make_nothing, "vanished"),
    ],
)
def test_no_regular_file(make: object, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe, socket, folder, looping link or missing file is refused at once; nothing waits."""
    monkeypatch.chdir(tmp_path)  # names of sockets are limited to 107 bytes
    make(Path("x.wav"))  # type: ignore[operator]
    with pytest.raises(CallError) as caught:
        FileSource("x.wav")
    assert caught.value.kind.slug == kind


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_locked_file_is_unreadable(tmp_path: Path) -> None:
    """A file without read permission is unreadable."""
    make_locked(tmp_path / "x.wav")
    with pytest.raises(CallError, match="cannot be opened"):
        FileSource(str(tmp_path / "x.wav"))


def test_device_is_refused() -> None:
    """A device that never ends is refused."""
    with pytest.raises(CallError, match="this is a device"):
        FileSource("/dev/zero")


def test_a_moved_file_is_still_read(tmp_path: Path) -> None:
    """What is opened stays what is read, whatever takes its name."""
    path = tmp_path / "a.wav"
    path.write_bytes(b"first")
    with FileSource(str(path)) as source:
        path.rename(tmp_path / "b.wav")
        path.write_bytes(b"other")
        assert source.read(0, 5) == b"first"
        assert Path(source.url.removeprefix("file:")).read_bytes() == b"first"
        assert not source.has_changed()


def test_change_is_seen(tmp_path: Path) -> None:
    """More bytes, or other bytes of the same number, are a change."""
    path = tmp_path / "a.wav"
    path.write_bytes(b"first")
    with FileSource(str(path)) as source:
        assert not source.has_changed()
        path.write_bytes(b"other")
        os.utime(path, ns=(0, 1))
        assert source.has_changed()


def test_prefixed_file_reads_as_one(tmp_path: Path) -> None:
    """A header shown before a file and the file read as one, from any place."""
    path = tmp_path / "a.vox"
    path.write_bytes(b"sound")
    with FileSource(str(path)) as source:
        file = PrefixedFile(b"head", source)
        assert [file.read(6), file.read(100), file.read(1)] == [b"headso", b"und", b""]
        assert (file.seek(2), file.read(4), file.tell()) == (2, b"adso", 6)
        assert (file.seek(-3, 2), file.read(9)) == (6, b"und")
