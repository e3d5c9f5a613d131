"""The bill of materials is valid CycloneDX, whole, and the same each time."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from scripts.inventory.parts import packages
from scripts.inventory.sbom import document, main
from speechcx.weights.manifest import read_manifest


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    """Of the base installation."""
    return json.loads(document("base"))  # type: ignore[no-any-return]


def test_it_is_valid_and_does_not_change(bill: dict[str, Any]) -> None:
    """Made twice it is the same, and CycloneDX's own schema accepts it."""
    assert bill == json.loads(document("base"))
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bill)) is None


def test_every_package_and_model_is_in_it(bill: dict[str, Any]) -> None:
    """Each entry of the lock with version, licence and hashes, and each model with the SHA-256 of its files."""
    found = {component["name"]: component for component in bill["components"]}
    for package in packages("base"):
        component = found.pop(package.name)
        assert (package.version, package.licence) == (
            component["version"],
            component["licenses"][0]["expression"],
        )
        assert set(package.hashes) == {one["value"] for one in component["properties"]}
    assert {model.name for model in read_manifest()} == found.keys()
    weights = {one["hashes"][0]["content"] for component in found.values() for one in component["components"]}
    assert {f.sha256 for m in read_manifest() for b in m.builds for f in b.files} == weights


def test_the_gpl_libraries_are_in_it(bill: dict[str, Any]) -> None:
    """What a wheel carries is listed under it, x264 and x265 with their true licence."""
    (av,) = (component for component in bill["components"] if component["name"] == "av")
    licences = {one["name"]: one["licenses"][0]["expression"] for one in av["components"]}
    assert ("GPL-2.0-or-later",) * 2 == (licences["x264"], licences["x265"])


def test_dependencies_are_in_it(bill: dict[str, Any]) -> None:
    """librosa needs numba, which needs llvmlite."""
    needs = {one["ref"]: one.get("dependsOn", []) for one in bill["dependencies"]}
    assert ("numba" in needs["librosa"], "llvmlite" in needs["numba"]) == (True, True)


def test_the_command_writes_a_file(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """`scripts/sbom FILE` says how much it wrote."""
    assert 0 == main([str(tmp_path / "new" / "speechcx.cdx.json")])
    count = len(packages("base")) + len(read_manifest())
    assert f"{count} components" in capsys.readouterr().out
