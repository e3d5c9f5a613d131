"""What users install is free to use and to pass on, but for what docs/licences.md says; and that can be taken out."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from importlib.metadata import distribution
from pathlib import Path

import pytest

from scripts.inventory import parts
from scripts.inventory.licences import USERS_EXTRAS, library_table, package_table, violations

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "licences.md").read_text("utf-8")
CALL = ROOT / "samples" / "calls" / "james.carter_C7001_2026-03-04T17-20-00.flac"
DECODE = (
    "import av, hashlib, sys\n"
    "digest = hashlib.sha256()\n"
    "for frame in av.open(sys.argv[1]).decode(audio=0): digest.update(frame.to_ndarray().tobytes())\n"
    "print(digest.hexdigest())"
)


def test_only_the_two_known_libraries_are_under_the_gpl() -> None:
    """Every other package and library is permissive, LGPL or MPL; if PyAV drops these two, the page has to say so."""
    assert parts.KNOWN_EXCEPTIONS == violations()


@pytest.mark.parametrize("table", [package_table, library_table], ids=["packages", "libraries"])
def test_the_page_lists_every_part(table: object) -> None:
    """Each row of this machine's tables is in docs/licences.md; else run scripts/docs."""
    rows = table().splitlines()  # type: ignore[operator]
    assert len(rows) > 30
    assert [] == [row for row in rows if row not in PAGE]


@pytest.mark.parametrize(
    ("expression", "unknown"),
    [
        ("MIT", set()),
        ("GPL-3.0-only", {"GPL-3.0-only"}),
        ("LGPL-3.0-or-later OR GPL-2.0-or-later", set()),
        ("MIT AND GPL-2.0-only", {"GPL-2.0-only"}),
        ("CC-BY-NC-4.0", {"CC-BY-NC-4.0"}),
        ("GPL-3.0-or-later WITH GCC-exception-3.1", set()),
    ],
)
def test_what_counts_as_free_to_pass_on(expression: str, unknown: set[str]) -> None:
    """The GPL and non-commercial terms are found, a free choice beside them is enough."""
    assert unknown == parts.unknown_terms(expression)


def test_a_package_without_a_licence_is_an_error() -> None:
    """A package that nobody has looked at stops the report."""
    with pytest.raises(LookupError, match="no-such-package-anywhere is not installed"):
        parts.licence_of("no-such-package-anywhere")


def test_base_packages_say_which_need_which() -> None:
    """The graph of dependencies holds what is known of it, and every package of the lock is looked at."""
    found = {package.name: package for package in parts.packages("base")}
    assert {"numba", "soxr", "scikit-learn"} <= set(found["librosa"].needs)
    assert all(
        package.hashes and package.licence for extra in USERS_EXTRAS for package in parts.packages(extra)
    )


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """An environment with PyAV's files by hard links, as some installers make it; the rest from here."""
    if not all(map(shutil.which, ("cc", "nm"))):
        pytest.skip("cc and nm are needed to make the empty libraries (Debian: apt install gcc)")
    here = distribution("av")
    if not (Path(str(here.locate_file("av.libs"))).is_dir()):
        pytest.skip("this PyAV is not from a wheel: it carries no libraries")
    folder = tmp_path / "environment"
    venv.create(folder, symlinks=True)
    (site,) = folder.glob("lib/python3*/site-packages")
    for path in here.files or ():
        source = Path(str(here.locate_file(path)))
        if source.is_file() and ".." not in path.parts:
            (site / path).parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(source, site / path)
            except OSError:
                shutil.copy(source, site / path)
    (site / "others.pth").write_text(f"{here.locate_file('')}\n")
    return folder


def decode(environment: Path) -> tuple[str, str]:
    """The digest of the decoded call, and the folder PyAV was loaded from."""
    code = f"{DECODE}\nprint(av.__file__)"
    done = subprocess.run(
        [environment / "bin" / "python", "-c", code, CALL], capture_output=True, text=True, check=True
    )
    digest, origin = done.stdout.split()
    return digest, origin


def test_x264_and_x265_can_be_taken_out_and_decoding_stays_the_same(environment: Path) -> None:
    """The environment's own libraries are empty afterwards, this one's untouched, and the same samples come out."""
    before, origin = decode(environment)
    assert Path(origin).is_relative_to(environment)
    ours = sorted(Path(str(distribution("av").locate_file("av.libs"))).glob("libx26*"))
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in ours]
    program = [sys.executable, str(ROOT / "scripts" / "av_without_gpl"), str(environment)]
    first = subprocess.run(program, capture_output=True, text=True, check=True).stdout
    again = subprocess.run(program, capture_output=True, text=True, check=True).stdout
    assert (2, 2) == (first.count("MB taken out"), again.count("already taken out"))
    left = sorted(environment.glob("lib/python3*/site-packages/av.libs/libx26*"))
    assert 2 == len(left)
    assert max(path.stat().st_size for path in left) < 100_000
    assert digests == [hashlib.sha256(path.read_bytes()).hexdigest() for path in ours]
    assert (before, origin) == decode(environment)
    assert_encoders_fail(environment)


def assert_encoders_fail(environment: Path) -> None:
    """Whoever asks for one of the two encoders gets an error, not a crash."""
    code = (
        "import av, io, sys\n"
        "stream = av.open(io.BytesIO(), 'w', format='mp4').add_stream(sys.argv[1], rate=25)\n"
        "stream.width = stream.height = 64\n"
        "stream.pix_fmt = 'yuv420p'\n"
        "try: stream.encode(av.VideoFrame(64, 64, 'yuv420p'))\n"
        "except av.error.FFmpegError: print('refused')"
    )
    for encoder in ("libx264", "libx265"):
        done = subprocess.run(
            [environment / "bin" / "python", "-c", code, encoder], capture_output=True, text=True, check=True
        )
        assert "refused" == done.stdout.strip()
