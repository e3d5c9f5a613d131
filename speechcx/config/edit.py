"""Settings written into a settings file: the lines that change, and no comment or order of the others."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from speechcx.config.load import CONFIG_NAME, load_settings
from speechcx.errors import ConfigError
from speechcx.private_files import write_private

_SECTION = re.compile(r"\s*\[\s*([\w-]+)\s*\]\s*(#.*)?")


def write_settings(config: Path | None, values: Mapping[str, Mapping[str, int]]) -> Path:
    """Put values into a settings file, in the place of those that are there, and check that it says so.

    Parameters
    ----------
    config
        The file; None for ``speechcx.toml`` in this folder. Made where there is none.
    values
        By section and key.

    Raises
    ------
    ConfigError
        The file is written in a way that lines cannot be put into, or a value is wrong; it stays as it was.
    """
    path = config or Path(CONFIG_NAME)
    if path.exists():
        # What is wrong already is told as ever.
        load_settings(path, environment={})
    text = path.read_text("utf-8-sig") if path.exists() else ""
    lines = text.splitlines()
    for section, keys in values.items():
        for key, value in keys.items():
            _put_line(lines, section, key, f"{key} = {json.dumps(value)}")
    new = "\n".join(lines) + "\n"
    before = tomllib.loads(text)
    for section, keys in values.items():
        before.setdefault(section, {}).update(keys)
    try:
        after = tomllib.loads(new)
    except tomllib.TOMLDecodeError:
        after = {}
    chosen = [
        (section, key, json.dumps(value)) for section, keys in values.items() for key, value in keys.items()
    ]
    if after != before:
        raise ConfigError(
            f"{path} cannot be changed line by line",
            "one setting on a line, below its [section]",
            "write it yourself: "
            + "; ".join(f"[{section}] {key} = {value}" for section, key, value in chosen),
        )
    load_settings(path if text else None, overrides=[f"{part}.{key}={value}" for part, key, value in chosen])
    write_private(path, new.encode("utf-8"))
    return path


def _put_line(lines: list[str], section: str, key: str, line: str) -> None:
    """Put a line in the place of the key's own, else at the end of its section, else below a new one."""
    starts = [(number, found[1]) for number, text in enumerate(lines) if (found := _SECTION.fullmatch(text))]
    start = next((number for number, name in starts if name == section), None)
    if start is None:
        lines += ["", f"[{section}]", line]
        return
    end = next((number for number, _ in starts if number > start), len(lines))
    for number in range(start + 1, end):
        if re.match(rf"\s*{re.escape(key)}\s*=", lines[number]):
            comment = re.search(r"\s+#[^\"']*$", lines[number])
            lines[number] = line + (comment[0] if comment else "")
            return
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    lines.insert(end, line)
