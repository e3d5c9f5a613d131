"""Rulebooks to begin with: one YAML file each in this folder, offered by ``speechcx init``."""

from __future__ import annotations

from importlib.resources import files


def starter_rulebooks() -> tuple[str, ...]:
    """Names of the starter rulebooks, sorted."""
    names = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def starter_rulebook(name: str) -> str:
    """The YAML text of a starter rulebook; `name` is one of :func:`starter_rulebooks`."""
    return files(__name__).joinpath(f"{name}.yaml").read_text("utf-8")
