"""The package as Python users have it: light, lazy, and as ``docs/python.md`` says."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

import speechcx
from speechcx.cli import main
from speechcx.errors import CallError, ConfigError, RulebookError
from tests.cli.conftest import ANN, make_project

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "python.md").read_text("utf-8"), re.S)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project the page speaks of: one recording beside it, two in its database."""
    folder = make_project(tmp_path_factory.mktemp("python"))
    (folder / "call.wav").write_bytes((folder / "calls" / ANN).read_bytes())
    words = (folder / "calls" / ANN).with_suffix(".transcript.json").read_bytes()
    (folder / "call.transcript.json").write_bytes(words)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["speechcx", "run", "--db", "speechcx.db"])
        with pytest.raises(SystemExit, match="0"):
            main()
    return folder


def test_the_examples_of_the_manual_run(project: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    """In order, as a reader would type them; those for pandas where it is installed."""
    monkeypatch.chdir(project)
    monkeypatch.setenv("MPLBACKEND", "agg")
    names: dict[str, object] = {}
    assert len(EXAMPLES) == 7
    for example in EXAMPLES:
        if "pandas" in example:
            # In a copy: the plot below takes the plain records.
            if importlib.util.find_spec("pandas"):
                exec(example, dict(names))
            continue
        exec(example, names)
    out = capsys.readouterr().out
    assert "customer I want to cancel my card" in out
    assert "greeting present" in out
    assert "quality 100.0" in out
    assert {"ann", "bob"} == {row["agent"] for row in names["calls"]}
    assert {"agent", "customer"} <= {turn["party"] for turn in names["turns"]}
    assert (project / "talk.png").stat().st_size > 1000


def test_importing_loads_nothing_heavy() -> None:
    """The package is there without NumPy, pydantic and SQLite; what is asked for is loaded then."""
    code = (
        "import sys, speechcx; loaded = set(sys.modules);"
        " print(sorted(loaded & {'numpy', 'pydantic', 'sqlite3', 'typing', 'dataclasses', 'speechcx.store'}));"
        " print(speechcx.Store.__name__, 'speechcx.store' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ["[]", "Store True"] == ran.stdout.splitlines()


def test_the_door_is_this() -> None:
    """A name that is added or taken away changes what Python users stand on; the stub says the same."""
    names = ["Call", "CallFilter", "Store", "analyze", "ask", "call_document", "load_rulebook"]
    assert names == sorted(speechcx.__all__)
    stub = (ROOT / "speechcx" / "__init__.pyi").read_text()
    assert set(names) == set(re.findall(r"as (\w+)$", stub, re.M))
    assert set(names) <= set(dir(speechcx))
    with pytest.raises(AttributeError, match="no attribute 'analyse'"):
        speechcx.analyse  # noqa: B018


def test_a_recording_that_cannot_be_analysed_is_an_error(project: Path, tmp_path: Path) -> None:
    """It names the file, what was found and what to do; so do a wrong setting and a wrong rulebook."""
    config = project / "speechcx.toml"
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"RIFF" + b"\0" * 5000)
    with pytest.raises(CallError, match=r"bad\.wav"):
        speechcx.analyze(bad, config=config)
    with pytest.raises(CallError, match=r"missing\.wav"):
        speechcx.analyze(tmp_path / "missing.wav", config=config)
    with pytest.raises(ConfigError, match="transcribe.modle"):
        speechcx.analyze(bad, config=config, settings={"transcribe.modle": "base"})
    with pytest.raises(RulebookError, match=r"none\.yaml"):
        speechcx.load_rulebook(tmp_path / "none.yaml")
