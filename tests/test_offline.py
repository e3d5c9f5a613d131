"""Whatever the environment says, a process of ours stays off the network; a download asked for may use it."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from speechcx import offline

ROOT = Path(__file__).resolve().parent.parent
LET_OUT = {name: "0" if value == "1" else "1" for name, value in offline.SWITCHES.items()}
"""What a user might have set who wants other programs to use the network."""


def run_python(code: str, **environment: str) -> str:
    """What `code` prints in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True, cwd=ROOT, env={**os.environ, **environment},
    )  # fmt: skip
    return done.stdout.strip()


@pytest.mark.parametrize("module", ["speechcx", "speechcx.call", "speechcx.executors.worker", "speechcx.cli"])
def test_importing_any_part_sets_every_switch(module: str) -> None:
    """A user's HF_HUB_OFFLINE=0 or RAY_USAGE_STATS_ENABLED=1 is overruled by the first import of ours."""
    code = f"import os, {module}; from speechcx.offline import SWITCHES; print({{n: os.environ[n] for n in SWITCHES}})"
    assert offline.SWITCHES == ast.literal_eval(run_python(code, **LET_OUT))


def test_the_hub_client_and_transformers_see_it() -> None:
    """The libraries' own words for it: offline, no reports."""
    code = (
        "import speechcx; from huggingface_hub import constants as c; from transformers.utils import hub;"
        "print(c.is_offline_mode(), c.HF_HUB_DISABLE_TELEMETRY, hub.constants.is_offline_mode())"
    )
    assert "True True True" == run_python(code, **LET_OUT)


def test_a_run_cannot_be_let_out_by_the_environment() -> None:
    """The Hub's client refuses to ask for a file before it looks up any name."""
    code = (
        "import speechcx\n"
        "from huggingface_hub import hf_hub_download\n"
        "try: hf_hub_download('nobody/nothing', 'x.bin')\n"
        "except Exception as error: print(type(error).__name__)"
    )
    assert "LocalEntryNotFoundError" == run_python(code, **LET_OUT)


@pytest.mark.parametrize("loaded", ["", "import huggingface_hub.constants; "], ids=["before", "after"])
def test_a_download_asked_for_may_use_the_network(loaded: str) -> None:
    """Inside the block the Hub's client is online, without reports; after it, offline again."""
    code = (
        f"import speechcx; from speechcx.offline import hub_allowed; {loaded}\n"
        "with hub_allowed():\n"
        "    from huggingface_hub import constants as c\n"
        "    print(c.is_offline_mode(), c.HF_HUB_DISABLE_TELEMETRY)\n"
        "import os\n"
        "print(c.is_offline_mode(), os.environ['HF_HUB_OFFLINE'])"
    )
    assert ["False True", "True 1"] == run_python(code).splitlines()


def test_what_was_overruled_is_told() -> None:
    """Variables that would have let something out are named with their values, others are not."""
    code = "import speechcx.offline as o; print(o.overruled())"
    said = {
        "HF_HUB_OFFLINE": "0",
        "RAY_USAGE_STATS_ENABLED": "1",
        "DO_NOT_TRACK": "1",
        "TRANSFORMERS_OFFLINE": "",
    }
    assert ("HF_HUB_OFFLINE=0", "RAY_USAGE_STATS_ENABLED=1") == ast.literal_eval(run_python(code, **said))


def programs() -> list[Path]:
    """Every script of ours that starts a Python interpreter of its own."""
    files = [path for path in (ROOT / "scripts").iterdir() if path.is_file() and path.suffix != ".py"]
    return [path for path in files if "import " in path.read_text("utf-8")]


@pytest.mark.parametrize("path", programs(), ids=lambda path: path.name)
def test_scripts_import_speechcx_before_any_library(path: Path) -> None:
    """The first import of a script that is not the standard library's is speechcx."""
    text = path.read_text("utf-8")
    if not text.startswith("#!/usr/bin/env python3"):
        text = "; ".join(re.findall(r'"(import .*?)"', text))
    names = [
        alias.name if isinstance(node, ast.Import) else node.module or ""
        for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    ]  # fmt: skip
    others = [name for name in names if name.split(".")[0] not in sys.stdlib_module_names]
    assert others[:1] in ([], ["speechcx"])
