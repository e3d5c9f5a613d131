"""Drawing a call into an SVG and reading it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from speechcx.call import Call
from speechcx.picture import draw_call

pytest.importorskip("matplotlib")

SVG = "{http://www.w3.org/2000/svg}"


class Drawn:
    """An SVG's texts and marked parts."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        root = ElementTree.fromstring(data)
        self.texts = ["".join(node.itertext()).strip() for node in root.iter(f"{SVG}text")]
        self.ids = [node.get("id", "") for node in root.iter()]
        self.width = float(root.get("width", "0").removesuffix("pt"))

    def count(self, kind: str) -> int:
        """Parts whose mark is `kind` and a number."""
        return sum(
            name.startswith(f"{kind}-") and name.removeprefix(f"{kind}-").isdigit() for name in self.ids
        )

    def says(self, text: str) -> bool:
        """Whether a text holds `text`."""
        return any(text in line for line in self.texts)


Draw = Callable[[Call], Drawn]


def change(call: Call, *, heard: dict | None = None, reading: dict | None = None) -> Call:
    """A call with other parts of its conversation and reading."""
    read = replace(call.assessment.reading, **(reading or {}))
    assessment = replace(call.assessment, reading=read)
    return replace(call, conversation=replace(call.conversation, **(heard or {})), assessment=assessment)


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    """Draw a call as SVG."""

    def work(call: Call) -> Drawn:
        draw_call(call, tmp_path / "call.svg")
        return Drawn((tmp_path / "call.svg").read_bytes())

    return work
