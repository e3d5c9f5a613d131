"""The door of the picture room: formats, determinism, and every way a file cannot be drawn."""

import importlib.util
from pathlib import Path

import pytest

from speechcx.errors import UsageError
from speechcx.picture import check_picture, draw_call
from tests.factories import make_call


@pytest.mark.parametrize("name", ["call.pdf", "call", "call.svg.gz", ".png"])
def test_other_endings_are_refused_by_name(tmp_path: Path, name: str) -> None:
    """An unknown or missing suffix is an error that names png and svg, and writes nothing."""
    with pytest.raises(UsageError, match=r"\.png or \.svg"):
        draw_call(make_call(), tmp_path / name)
    assert [] == list(tmp_path.iterdir())


def test_endings_in_capitals_are_fine(tmp_path: Path) -> None:
    """.SVG and .Png are svg and png."""
    assert ("svg", "png") == (check_picture(tmp_path / "a.SVG"), check_picture(tmp_path / "a.Png"))


def test_missing_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without matplotlib the error is the line that installs it."""
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda n, *a: None if n == "matplotlib" else find(n, *a))
    with pytest.raises(UsageError, match="matplotlib is not installed") as caught:
        draw_call(make_call(), tmp_path / "call.png")
    assert "pip install 'speechcx[plot]'" in str(caught.value)


def test_missing_folder_and_unwritable_file(tmp_path: Path) -> None:
    """A folder that is not there, and a name that is a folder, are errors for people."""
    pytest.importorskip("matplotlib")
    with pytest.raises(UsageError, match="there is no folder"):
        draw_call(make_call(), tmp_path / "no" / "call.png")
    (tmp_path / "call.png").mkdir()
    with pytest.raises(UsageError, match="cannot write"):
        draw_call(make_call(), tmp_path / "call.png")


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_same_call_gives_same_bytes(tmp_path: Path, suffix: str) -> None:
    """Two drawings are equal to the byte, and the SVG carries no date."""
    pytest.importorskip("matplotlib")
    made = []
    for name in ("a", "b"):
        draw_call(make_call(), tmp_path / f"{name}.{suffix}")
        made.append((tmp_path / f"{name}.{suffix}").read_bytes())
    assert made[0] == made[1]
    assert b"date" not in made[0].lower()
    assert made[0].startswith(b"<?xml" if suffix == "svg" else b"\x89PNG\r\n\x1a\n")


def test_users_settings_are_neither_used_nor_changed(tmp_path: Path) -> None:
    """matplotlib settings of the process draw no other picture, and are the same afterwards."""
    matplotlib = pytest.importorskip("matplotlib")
    draw_call(make_call(), tmp_path / "plain.svg")
    with matplotlib.rc_context({"font.size": 20, "svg.fonttype": "path", "axes.facecolor": "red"}):
        draw_call(make_call(), tmp_path / "odd.svg")
        assert (20.0, "path") == (matplotlib.rcParams["font.size"], matplotlib.rcParams["svg.fonttype"])
    assert (tmp_path / "plain.svg").read_bytes() == (tmp_path / "odd.svg").read_bytes()
