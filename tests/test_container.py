"""The Dockerfile, as far as it can be told without Docker: what it copies is there, what it runs is pinned."""

import fnmatch
import re
import shlex
import tomllib
from pathlib import Path

from typer.main import get_command

from speechcx.cli import app
from speechcx.weights import MODELS_VARIABLE

ROOT = Path(__file__).resolve().parents[1]
KNOWN = {"ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "FROM", "RUN", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}


def steps() -> list[tuple[str, str]]:
    """(instruction, the rest) of each line."""
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    return [(line.split()[0], line.partition(" ")[2]) for line in lines if line and line[0] != "#"]


def test_each_line_is_an_instruction_and_the_image_is_pinned() -> None:
    """No other instruction slips in (ADD fetches from anywhere), and no image of whatever version is newest."""
    assert {name for name, _ in steps()} <= KNOWN
    images = [rest.split()[0] for name, rest in steps() if name == "FROM"]
    assert len(set(images)) == 1
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", images[0])
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    assert wanted == ">=3.11"


def test_what_it_copies_is_there_and_is_sent_to_the_builder() -> None:
    """Each source exists and is let through by .dockerignore; nothing else is."""
    copied = {
        source
        for name, rest in steps() if name == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    }  # fmt: skip
    sent = {
        line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")
    }
    assert copied == sent
    assert all((ROOT / name).exists() for name in copied)


def test_everything_the_package_is_built_from_is_copied() -> None:
    """Files that the wheel takes in lie in what is copied."""
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]
    copied = [part for name, rest in steps() if name == "COPY" for part in rest.split()[:-1]]
    for path in (*build["force-include"], *build["shared-data"], *build["packages"]):
        assert any(path == part or path.startswith(f"{part}/") for part in copied), path


def test_files_are_installed_by_hash_and_nothing_else_is_resolved() -> None:
    """Every install takes no dependency of its own; the one from an index asks for hashes, and its lock exists."""
    installs = [rest for name, rest in steps() if name == "RUN" and rest.startswith("pip install")]
    assert len(installs) == 2
    assert all("--no-deps" in one for one in installs)
    assert "--require-hashes" in installs[0]
    assert "--no-build-isolation" in installs[1]
    (lock,) = (rest.partition("=")[2] for name, rest in steps() if name == "ARG" and rest.startswith("LOCK"))
    assert "hatchling==" in (ROOT / "locks" / f"{lock}.txt").read_text("utf-8")


def test_commands_of_speechcx_are_accepted() -> None:
    """What it runs of ours, and what the recipe types after the image's name, are commands that there are."""
    recipe = (ROOT / "docs" / "recipes.md").read_text("utf-8")
    typed = [
        rest.replace("$MODEL", "base")
        for name, rest in steps()
        if name == "RUN" and rest.startswith("speechcx")
    ]
    typed += [
        line[line.index(" speechcx ") + 1 :] for line in recipe.splitlines() if line.startswith("docker run")
    ]
    assert len(typed) >= 3
    for line in typed:
        command = get_command(app)
        _, *words = shlex.split(line)
        while hasattr(command, "commands") and words:
            command = command.commands[words.pop(0)]
        command.make_context("speechcx", words)


def test_it_runs_as_nobody_special_and_without_a_network() -> None:
    """A number that is not root's, models where the program looks for them, and the recipe takes the network away."""
    assert [rest for name, rest in steps() if name == "USER"] == ["10001"]
    assert any(f"{MODELS_VARIABLE}=/opt/models" in rest for name, rest in steps() if name == "ENV")
    runs = [
        line
        for line in (ROOT / "docs" / "recipes.md").read_text("utf-8").splitlines()
        if "docker run" in line
    ]
    assert runs
    assert all(fnmatch.fnmatch(line, "*--network none --read-only *") for line in runs)
