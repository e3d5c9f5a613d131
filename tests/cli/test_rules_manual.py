"""Every command of docs/rules.md is typed in a small project and prints what the manual shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.cli.conftest import RULEBOOK, Speechcx

MANUAL = (Path(__file__).resolve().parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", MANUAL, re.DOTALL)
LABELS = """call,rule,truth
ann_c1_2026-03-02T09-15-00.wav,greeting,yes
bob_c2_2026-03-03T10-00-00.wav,greeting,no
"""


def test_commands_of_the_manual_print_what_it_shows(project: Path, speechcx: Speechcx) -> None:
    """In its order, line by line; `...` stands for the rest of a line, spaces do not count."""
    speechcx("run")
    (project / "labels.csv").write_text(LABELS)
    new = RULEBOOK.replace("version: 1", "version: 2").replace("thank you for calling", "let me look at it")
    (project / "new.yaml").write_text(new)
    commands = 0
    for block in BLOCKS:
        for typed, *lines in (part.splitlines() for part in block.split("$ ")[1:]):
            words = [word.replace("\\n", "\n") for word in shlex.split(typed)]
            ran = speechcx(*words[1:])
            shown = flat(ran.out + ran.err)
            commands += 1
            for line in lines:
                assert flat(line.removeprefix("...")) in shown, f"{typed}\n{ran.out}{ran.err}"
    assert commands >= 13


def flat(text: str) -> str:
    """Text with single spaces."""
    return " ".join(text.split())
