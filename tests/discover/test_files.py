"""Finding files: what is taken, what is left out and why."""

from __future__ import annotations

import hashlib
import os
import socket
import time
from pathlib import Path

import pytest

from speechcx.discover import SKIP_REASONS, DiscoverSettings, FoundFile, find_files, hash_file
from speechcx.discover.files import hash_at_rest
from speechcx.errors import CallError, UsageError

AT_REST = DiscoverSettings()
LONG_AGO = time.time() - 3600


def put(path: Path, content: bytes = b"RIFF", mtime: float = LONG_AGO) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (mtime, mtime))
    return path


def found(*paths: Path | str, settings: DiscoverSettings = AT_REST) -> dict[str, str | None]:
    return {os.path.basename(one.path): one.skip for one in find_files(paths, settings)}


def test_folders_are_searched_by_extension(tmp_path: Path) -> None:
    """Recordings are taken in the order of their names, also below; other files are no finds."""
    for name in (
        "b.wav",
        "a.WAV",
        "deep/er/c.mp3",
        "deep/d.ulaw",
        "calls.csv",
        "b.json",
        "note.txt",
        "README",
    ):
        put(tmp_path / name)
    finds = list(find_files([tmp_path], AT_REST))
    assert [os.path.relpath(one.path, tmp_path) for one in finds] == [
        "a.WAV",
        "b.wav",
        "deep/d.ulaw",
        "deep/er/c.mp3",
    ]
    assert {one.skip for one in finds} == {None}
    assert (finds[0].size_bytes, finds[0].mtime_ns // 10**9) == (4, int(LONG_AGO))
    flat = DiscoverSettings(recursive=False)
    assert list(found(tmp_path, settings=flat)) == ["a.WAV", "b.wav"]
    assert list(found(tmp_path, settings=DiscoverSettings(extensions=(".txt",)))) == ["note.txt"]


def test_named_files_and_globs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is named is taken whatever its extension; a glob takes recordings; each comes once."""
    for name in ("a.wav", "b.wav", "x.dat", "deep/c.wav", "[1]_x.wav"):
        put(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert found("x.dat", "a.wav", "a.wav", tmp_path / "a.wav") == {"x.dat": None, "a.wav": None}
    assert found("*.wav") == {"[1]_x.wav": None, "a.wav": None, "b.wav": None}
    assert found("[1]_x.wav") == {"[1]_x.wav": None}
    assert list(found("**/*", tmp_path)) == ["[1]_x.wav", "a.wav", "b.wav", "c.wav"]
    assert found("none*.wav") == {}


def test_a_missing_path_is_an_error(tmp_path: Path) -> None:
    """A path without wildcards that is not there is a mistake of the user."""
    with pytest.raises(UsageError, match=r"no file or folder '.*gone\.wav'"):
        list(find_files([tmp_path / "gone.wav"], AT_REST))


@pytest.mark.parametrize("age_s", [0, 60, 119, -60, -119])
def test_young_files_are_still_growing(age_s: float, tmp_path: Path) -> None:
    """A file changed within the settling time, by either clock, is left for the next run."""
    put(tmp_path / "a.wav", mtime=time.time() - age_s)
    assert found(tmp_path) == {"a.wav": "still_growing"}
    assert found(tmp_path / "a.wav") == {"a.wav": "still_growing"}
    assert found(tmp_path, settings=DiscoverSettings(settle_s=0)) == {"a.wav": None}


@pytest.mark.parametrize("age_s", [125, 86_400 * 365, -86_400])
def test_old_files_are_at_rest(age_s: float, tmp_path: Path) -> None:
    """A file is at rest after the settling time; so is one from far in the future, whose clock is wrong."""
    put(tmp_path / "a.wav", mtime=time.time() - age_s)
    assert found(tmp_path) == {"a.wav": None}


def test_unfinished_and_hidden_names(tmp_path: Path) -> None:
    """Names of unfinished files are reported as such, hidden ones too, where they would be recordings."""
    for name in (
        "a.wav.part",
        "b.mp3.tmp",
        ".~c.wav",
        "~d.wav",
        "._e.wav",
        ".f.wav",
        "g.part",
        ".config",
        "h.wav.gz",
    ):
        put(tmp_path / name)
    put(tmp_path / ".hidden" / "i.wav")
    assert found(tmp_path) == {
        "a.wav.part": "partial", "b.mp3.tmp": "partial", ".~c.wav": "partial", "~d.wav": "partial",
        "._e.wav": "hidden", ".f.wav": "hidden",
    }  # fmt: skip


def test_what_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pipes, sockets, folders and links with the names of recordings are left out at once, with the reason."""
    monkeypatch.chdir(tmp_path)
    target = put(tmp_path / "outside" / "real.wav")
    put(tmp_path / "in" / "folder.wav" / "inside.wav")
    os.mkfifo("in/pipe.wav")
    socket.socket(socket.AF_UNIX).bind("in/socket.wav")
    os.symlink(target, "in/link.wav")
    os.symlink(tmp_path / "gone", "in/broken.wav")
    os.symlink("loop.wav", "in/loop.wav")
    os.symlink(tmp_path / "in", "in/round")
    assert found("in") == {
        "broken.wav": "symlink", "folder.wav": "directory", "inside.wav": None, "link.wav": "symlink",
        "loop.wav": "symlink", "pipe.wav": "not_a_file", "socket.wav": "not_a_file",
    }  # fmt: skip
    followed = found("in", settings=DiscoverSettings(follow_symlinks=True))
    assert (followed["link.wav"], followed["broken.wav"]) == (None, "broken_link")
    assert followed["loop.wav"] in ("unreadable", "broken_link")
    assert len(followed) == 7
    assert set(followed.values()) - {None} <= set(SKIP_REASONS)
    assert found("in/link.wav", "in/pipe.wav", "in/broken.wav") == {
        "link.wav": None, "pipe.wav": "not_a_file", "broken.wav": "broken_link",
    }  # fmt: skip


def test_hard_links_and_holes(tmp_path: Path) -> None:
    """Two names of one file are two finds with the same hash; a file of holes is a file."""
    first = put(tmp_path / "a.wav", b"same")
    os.link(first, tmp_path / "b.wav")
    with (tmp_path / "c.wav").open("wb") as file:
        file.truncate(1_000_000)
    os.utime(tmp_path / "c.wav", (0, 0))
    finds = list(find_files([tmp_path], AT_REST))
    assert [one.skip for one in finds] == [None, None, None]
    assert hash_file(finds[0].path) == hash_file(finds[1].path)
    assert hash_file(finds[2].path) == hashlib.sha256(bytes(1_000_000)).hexdigest()


@pytest.mark.parametrize(
    "name",
    [b"a b.wav", b"it's \"x\".wav", b"new\nline.wav", b"tab\t.wav", b"\x1b[31m.wav", b"-rf.wav", b"$(id).wav",
     b"a;b.wav", b"%s%n.wav", b"caf\xe9.wav", b"\xff\xfe.wav", "ü\u202e😀.wav".encode(), b"x" * 251 + b".wav",
     b"CON.wav", b"..wav", b"a.wav ", b"*.wav"],
)  # fmt: skip
def test_odd_names(name: bytes, tmp_path: Path) -> None:
    """A file of any name is found, shown safely, and opened again by its exact bytes."""
    path = os.fsdecode(os.fsencode(tmp_path) + b"/" + name)
    put(Path(path), b"content")
    (find,) = find_files([path], AT_REST)
    assert os.fsencode(find.path) == os.fsencode(path)
    assert hash_file(find.path) == hashlib.sha256(b"content").hexdigest()
    find.shown.encode("utf-8")
    assert find.shown.isprintable()


def test_two_spellings_of_a_letter_are_two_files(tmp_path: Path) -> None:
    """Names that look the same and differ in bytes stay apart."""
    put(tmp_path / "caf\u00e9.wav")
    put(tmp_path / "cafe\u0301.wav")
    assert len(list(find_files([tmp_path], AT_REST))) == 2


def test_hash_of_what_cannot_be_read(tmp_path: Path) -> None:
    """Nothing that is no file is hashed, and nothing waits."""
    os.mkfifo(tmp_path / "pipe.wav")
    for path, kind in (
        (tmp_path / "gone.wav", "vanished"),
        (tmp_path, "not_audio"),
        (tmp_path / "pipe.wav", "not_audio"),
    ):
        with pytest.raises(CallError) as caught:
            hash_file(path)
        assert caught.value.kind.slug == kind


def test_a_change_since_it_was_found(tmp_path: Path) -> None:
    """A file that is not as it was found is still growing."""
    path = put(tmp_path / "a.wav", b"first")
    (find,) = find_files([path], AT_REST)
    assert hash_at_rest(find) == (hashlib.sha256(b"first").hexdigest(), 5)
    put(path, b"first and more")
    with pytest.raises(CallError, match=r"sizes 5, 14") as caught:
        hash_at_rest(find)
    assert caught.value.kind.slug == "still_growing"
    with pytest.raises(CallError, match="still|not there"):
        hash_at_rest(FoundFile(str(tmp_path / "gone.wav"), 1, 1))
